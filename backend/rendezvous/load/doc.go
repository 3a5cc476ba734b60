// Package load puts load on rendezvous servers: thousands of clients in one
// process over real sockets, with real logins, and what they see measured.
//
// A [Service] is a kind of server that can be loaded. [Tincan] is ours; other
// kinds are measured through the same [Service] interface with the same
// sockets, so that their figures compare. The mixes [Idle], [Logins] and
// [Signals] take any service; [Presence] and [Mail] need Tincan.
//
// Clients keep to the limits of the protocol (20 frames a second from one
// device, 20 connections that have not logged in from one address), so that a
// server needs no other settings to be measured: load grows with the number of
// clients.
//
// Everything random but the logins comes from a seed, so that a later process
// knows which mail an earlier one put. Such keys protect nothing.
package load
