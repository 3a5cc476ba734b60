// Package node is one running device: a pure core in a thin shell.
//
// The core ([Core]) is a state machine without goroutines, clock, randomness
// or sockets of its own: Step(now, event) changes its state and returns
// effects. The shell ([Node]) is one goroutine with one queue: commands,
// adapter events and timers go in, effects go out through the ports that this
// package declares ([Store], [link.Transport], [signaling.Client]). Nothing
// else locks, and a simulation drives the same core.
//
// Signatures are verified by workers before the queue, the store answers with
// commit events (group commit), and reads that only the interface needs go
// straight to the store's readers, not through the core.
package node
