// Package replica is the anti-entropy protocol between two devices: they find
// out which conversations differ, each sends what the other is missing, and
// each acknowledges by saying again what it holds. It is a state machine over
// messages, pure: no clock, no disk, no sockets.
//
// A [Comparison] begins a link. It sums up all conversations in one digest, so
// that nothing new costs one frame each way. Those that differ are told apart by
// a digest each, and their version vectors are exchanged.
//
// An [Exchange] lives as long as one link and knows one conversation. What is
// sent but not acknowledged is bounded by a window in bytes, which grows on a
// fast line and shrinks on a slow one, so that a fast sender waits for a slow
// disk at the other end and what is written now has little in front of it. A new
// link starts a new exchange: whatever the last link lost is sent then.
//
// A [Packer] makes batches of entries: compressed, and refused by what they say
// of themselves when they would grow beyond what is allowed.
package replica
