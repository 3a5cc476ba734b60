// Package sim runs whole worlds of devices in one process, from a seed.
//
// A [World] has device cores in their goroutine-less shell ([node.Stepped]), disks
// that lose in a crash what was not synced (memstore), links (memlink) and
// rendezvous servers with the rules of the real engine (engine/memory). All of
// it waits in one heap of events on a virtual clock, so that a seed replays
// exactly; nothing here starts a goroutine.
//
// A [Plan] says from a seed what people do and what breaks when. [Run] carries
// it out, heals everything, waits for a bounded virtual time, and checks what
// Tincan promises: everything that was accepted from a person is at its
// receiver exactly once and in the same order, states are truthful, outboxes
// and mailboxes are empty, and memory is bounded. [Shrink] finds a smaller plan
// that fails too.
package sim
