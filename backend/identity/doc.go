// Package identity says who somebody is: the Ed25519 key of a person
// ([PeerID]), the keys of their devices ([DeviceID]) named in a signed device
// list, where they are found ([Location]), and the folder in which a profile
// keeps its keys.
//
// # Keys from outside
//
// Every public key that comes from outside is checked to be a canonical
// encoding and not of small order: crypto/ed25519 accepts signatures under
// small-order keys that anybody can make. Signatures are Ed25519ctx (RFC 8032)
// with one context string for each purpose, so that what was signed for one
// purpose never serves another.
//
// # Text of a PeerID
//
// "tc1" and 56 characters of lower-case base32 (RFC 4648, no padding) over the
// key (32 bytes) and a checksum (3 bytes: the beginning of SHA-256 over
// "tincan/peer/1" and the key). Case, spaces and dashes do not matter.
package identity
