// Package envelope seals what travels through hands that must not read it: a
// rendezvous, a mailbox, a courier.
//
// # Outer header
//
// 75 bytes, all of them authenticated, integers big-endian:
//
//	offset size
//	     0    4  magic "TCEN"
//	     4    1  version, 1
//	     5    1  suite, 1: MLKEM768-X25519, HKDF-SHA256, ChaCha20-Poly1305 (RFC 9180, crypto/hpke)
//	     6    1  type: the envelope kind, so that carriers can tell a request from a signal
//	     7   16  destination tag: changes every day, never the identity; of a request perhaps its invite's
//	    23   16  key id of the recipient's sealing key
//	    39    8  expiry, Unix milliseconds
//	    47    4  length of the ciphertext
//	    51   24  zero, reserved: anything else is refused
//
// then the encapsulation (1120 bytes) and the ciphertext.
//
// # Inside
//
// The plaintext is a 64-byte signature, a 4-byte length, that many bytes of a
// serialised wire.EnvelopeInner, and zeros up to 0.5, 1, 2, 4 … 64 KiB. The
// signature is by the sender's device over SHA-256 of the header, the
// encapsulation and the inner bytes; it is inside, so carriers do not learn who
// wrote. One HPKE context an envelope; its info is the header.
//
// An envelope expires after its time and at most 14 days later; a time more
// than 5 minutes ahead of the reader's clock, which is the carrier's, is refused.
//
// The inner names sender and recipient, so nobody who opens an envelope can
// seal it again to somebody else as if it came from its author.
package envelope
