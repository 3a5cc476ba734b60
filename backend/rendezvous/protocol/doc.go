// Package protocol is what a rendezvous server and its clients agree on: the
// subprotocols and their encodings, what is signed at login, the times of a
// lease, and the certificate that carries the server's key. Clients need it
// without the server.
//
// # Course of a session
//
//	server                                  device
//	Challenge{server key, nonce}       →
//	                                   ←    Login{identity, device, client nonce, signature, record}
//	Welcome{signature, lease, relay}   →
//	                                   ←    Watch, Publish, Heartbeat, SendSignal, Lookup, …
//	Presence, Deliver, answers         →
//	                                   ←    Goodbye
//
// The login is signed by the device over server key, server nonce, client
// nonce, identity and device, the welcome by the server over client nonce,
// server nonce, identity and device: 32 bytes each, in that order.
//
// Over TLS the server's certificate is self-signed with the server's own
// Ed25519 key, so the certificate proves exactly the key that the address names.
//
// # Mail
//
// A mailbox opens with a tag, which stands in the outer header of an envelope.
// A contact was given the tag; whoever has an invite shows its secret, of which
// [InviteTag] is the hash; a stranger computes [StrangerTag] and proves work
// ([MakeWork]). Frames that make the server write take more of the rate than
// others: [Cost].
//
// The first Watch of a session is the whole set: it replaces what an earlier
// session of the same device left behind. Later ones change it.
package protocol
