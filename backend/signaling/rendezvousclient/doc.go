// Package rendezvousclient keeps sessions with rendezvous servers: it is the
// signaling client that a device with a network uses.
//
// Each server has one goroutine that dials, logs in, serves the session and
// waits before the next attempt; it ends with Disconnect or Close. All events
// pass one queue and one goroutine, so that a handler is never called from
// within a method, and never twice at a time.
//
// A server is reached at whichever of its addresses answers first with the
// right key: they are tried a quarter of a second apart. TLS is pinned to the
// server's key; without one the first key that is seen counts from then on.
package rendezvousclient
