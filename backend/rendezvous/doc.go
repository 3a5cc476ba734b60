// Package rendezvous is the server that introduces peers and then gets out of
// the way. It sees who is online, who watches and who signals whom, while it
// happens; what it relays is sealed, and it never imports a package that could open it.
//
// A session ([session]) is a state machine over frames without a goroutine,
// clock or socket of its own: Handle(frame, now) returns effects. Its shell
// ([connection]) feeds it and carries its effects out, the engine knows who is
// where, and STUN and TURN run in the same process.
//
// # How bytes flow
//
// On Linux event loops (eventloop) tell which sockets can be read, and an idle
// connection costs no goroutine and no buffer. For a device that is logged in
// the loop's own goroutine parses (framing) and steps the session: a signal for
// devices that are here is copied once, from the loop's buffer into the
// recipient's outbox, and outboxes are written when the loop is through with all
// that it was told at once. What comes before the login, where signatures are
// checked, and what is behind TLS is copied and handled by as many workers as
// there are cores. Effects that ask the engine are carried out by another,
// larger set of workers, so that an engine that takes its time holds up nobody
// else. A connection is with one of them at a time: its frames keep their order,
// and while it is with one, no more than 16 KiB of it are read ahead.
//
// TLS is the standard library's. Its handshake has a goroutine; afterwards the
// loop carries what is encrypted, and crypto/tls sees a read deadline that has
// passed whenever nothing is there.
// On other systems a goroutine reads each socket; all else is the same.
//
// # Bounded
//
// Everything that an outsider can make grow has an end in [Limits]: connections
// by address prefix, frames, frames a second, queues, half-read frames. What
// passes a limit is answered with a code and a sentence, or closed; who does
// it again and again is banned for a time (guard).
package rendezvous
