// Package turn is the STUN and TURN server of a rendezvous: RFC 8489, RFC 8656,
// with clients over UDP, TCP and TLS, while what is relayed is always UDP over
// IPv4. TCP allocations (RFC 6062), reserved and even ports are not offered.
//
// The protocol itself is pion's; what is here is everything that keeps it from
// being used against others or against this machine: who may have an
// allocation and for how long, where packets may go, how much and how fast,
// and what a TCP connection may cost.
//
// # Credentials
//
// A username is "<expiry, Unix seconds>:<tag>", the password an HMAC of it, and
// the tag an HMAC of the peer: the server keeps no list, and what crosses the
// network in the clear names a peer to this process only.
//
// # Framing over TCP and TLS
//
// Frames follow one another (RFC 8656, sections 3.1 and 12.5; all numbers big-endian):
//
//	STUN         00xxxxxx xxxxxxxx  length:2  cookie:4  transaction:12  length bytes, a multiple of 4
//	ChannelData  01xxxxxx xxxxxxxx  length:2  length bytes, then 0 to 3 of padding
//
// Anything else, and anything above MaxFrame, ends the connection. TCP and TLS
// may share a port: a TLS connection begins with 0x16, which no frame does.
package turn
