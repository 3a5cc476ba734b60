// Package rendezvousclient keeps sessions with rendezvous servers: it is the
// signaling client that a device with a network uses.
//
// Each token has one goroutine that dials, logs in, serves the session and
// waits before the next attempt; it ends with Disconnect or Close. All events
// pass one queue and one goroutine, so that a handler is never called from
// within a method, and never twice at a time.
//
// A server is reached at whichever of its addresses answers first with the
// right key: they are tried a quarter of a second apart. TLS is pinned to the
// server's key; without one the first key that is seen counts from then on. A
// server with a name may show a certificate of the web for it instead: then its
// key is proved by the signature of its welcome alone, and somebody who has such
// a certificate and passes everything on sees what a TLS proxy would see.
//
// Once a server handed out a signed list of its cluster, a few of the others
// are tried with it, in an order drawn by weight and load. The one that the
// owner named is always among them, so that a list can help and never harm. A
// server that asks to leave is left only when another one has let us in, and
// what it still says meanwhile counts.
//
// What a server hands over about people is verified before the owner sees it:
// a server that lies yields an error and never a person.
package rendezvousclient
