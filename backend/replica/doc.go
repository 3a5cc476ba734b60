// Package replica is the anti-entropy protocol between two devices: each says
// what it holds of a conversation (a version vector), each sends what the other
// is missing, and each acknowledges by saying again what it holds. It is a
// state machine over messages, pure: no clock, no disk, no sockets.
//
// An [Exchange] lives as long as one link and knows one conversation. What is
// sent but not acknowledged is bounded by [Window], so a fast sender waits for
// a slow disk at the other end. A new link starts a new exchange, and the first
// position of each side makes up for whatever the last link lost.
package replica
