// Package journal holds the append-only logs that a conversation is made of:
// signed entries, their hash chains, version vectors, and the order in which
// every reader shows them. It is pure: no clock, no randomness, no disk, no
// sockets.
//
// # Entries
//
// An entry is a header, signed once by the device that wrote it, and a
// detached body. The header commits to the body with the SHA-256 of a 32-byte
// salt followed by the body, so that body and salt can be erased while the
// chain still holds. An entry's name is the SHA-256 of its header's bytes,
// which are kept and passed on verbatim.
//
// # Bodies
//
// Each kind has a builder and a reader of its body ([MessageBody] and
// [Entry.Message], and so on), which keep the rules of docs/protocol.md. What
// the entries of a conversation come to is computed by chat/timeline.
//
// # Logs
//
// A [Log] is what one device wrote in one conversation in one epoch. Sequences
// count from 1 and each header names the entry before it, so that a gap and a
// second entry with the same sequence are both visible ([Check]). A header's
// parents are the heads of the other logs that its author held.
//
// # Order
//
// An [Order] is the place of an entry in its conversation, the same for every
// reader whatever came first over the network. Its effective time is the later
// of the claimed time and one millisecond after the previous entry and all
// parents, so an answer never stands before its question, however wrong the
// clocks are; equal times are settled by device, epoch and sequence.
package journal
