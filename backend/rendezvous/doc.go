// Package rendezvous is the server that introduces peers and then gets out of
// the way. It sees who is online, who watches and who signals whom, while it
// happens; what it relays is sealed, and it never imports a package that could open it.
//
// A session ([session]) is a state machine over frames without a goroutine,
// clock or socket of its own: Handle(frame, now) returns effects. The
// transport beneath (coder/websocket today) feeds it and carries its effects
// out, the engine knows who is where, and STUN and TURN run in the same process.
//
// # Bounded
//
// Everything that an outsider can make grow has an end in [Limits]: connections
// by address prefix, frames, frames a second, queues, half-read frames. What
// passes a limit is answered with a code and a sentence, or closed.
package rendezvous
