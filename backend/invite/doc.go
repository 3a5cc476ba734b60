// Package invite reads and writes the links with which people meet.
//
// The text form is "tincan:invite/1#" and the unpadded base64url (RFC 4648) of
// a serialised wire.Signed whose body is a wire.Invite signed by the inviting
// identity. The https form has anything before "/i#". Whatever is secret
// stands behind the "#", which browsers do not send.
package invite
