// Package webrtclink is the link (package link) over WebRTC data channels: ICE,
// DTLS and SCTP by pion.
//
// # Channels
//
// Three negotiated channels (RFC 8832 section 2) with fixed ids; a channel that
// the other side opens in band ends the session.
//
//	0 messages   ordered     the first frame both ways is the confirmation
//	1 control    unordered   ping and pong, so that they overtake what waits
//	2 streams    ordered     all byte streams, each with its own credit
//
// A data channel message is at most wire.LinkFragment bytes.
//
// Messages: one byte says what follows.
//
//	1 confirm   a serialised wire.Confirm
//	2 more      a part of a message, exactly LinkFragment-1 bytes; another follows
//	3 last      the rest of a message, 0 to LinkFragment-1 bytes
//	4 bye       nothing; the sender is gone after this
//
// Control: kind (1 ping, 2 pong), flags (bit 0: the sender's own end of the path
// is a relay), 8 bytes that a pong repeats.
//
// Streams: kind, stream id (4 bytes, big-endian; the offerer's are odd, the
// answerer's even, each side counts upwards), payload.
//
//	1 open     the label
//	2 data     at least one byte, within the credit
//	3 credit   4 bytes, big-endian: so many more bytes may come
//	4 finish   the sender writes no more
//	5 reset    the sender reads no more; without a finish before it, the stream broke off
//
// A stream begins with streamWindow bytes of credit each way. The receiver
// always empties the channel, so a stream that nobody reads holds up nothing else.
//
// # Binding
//
// Each session has its own certificate. Offer and answer are checked as
// security.md says before pion sees them; the confirmation of package link is
// over the certificates that DTLS really used.
//
// # Bans
//
// Every socket drops packets from and to banned addresses ([Config.Filter]).
// What comes through a relay is caught at the selected pair, before data of the
// session is processed, at each change of the pair and at [Transport.RecheckBans].
//
// # Relays
//
// Of a relay's transports UDP is tried at once, TCP after a second in which no
// relay answered, TLS after another (RFC 8656, section 2.1, leaves it to us):
// each is a connection and an allocation that the server would hold for nothing.
// A relay over TLS is known by the rendezvous server's key ([link.Relay]) or by
// an authority's certificate.
//
// # Sockets
//
// On Linux bulk packets go to and come from the kernel many at a time
// (batchConn). A lone packet of 1,000 bytes or more waits half a millisecond for
// company; anything smaller is never held back.
package webrtclink
