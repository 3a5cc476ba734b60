// Package timeline folds the entries of one conversation into what is shown:
// messages as they stand, with edits, deletions, replies, reactions and the
// timer that holds for each, and the profiles of those who write.
//
// The fold is pure, and the same set of entries gives the same timeline on
// every device, in whatever order and however often they come. Only what is
// told about times also depends on when an entry arrived ([Times]).
//
// # Rules
//
//   - A text entry is a message. Messages stand in the order of their entries.
//   - Only the author edits and deletes. The last edit by order gives the text,
//     wherever it stands; a deletion wins over every edit, earlier or later.
//   - For each author and emoji the last reaction by order wins. Emoji that
//     differ in style marks only are one ([journal.PlainEmoji]); the earliest
//     that stands is shown.
//   - Edits, deletions and reactions are about messages. Until their message is
//     there they wait; what is about anything else changes nothing.
//   - The timer of a message is the last one by order before it. The profile of
//     an author is their last one by order.
//   - What cannot be read, kinds that are not known, and entries of another
//     conversation change nothing. A text that cannot be read is not shown, but
//     its author can still delete it.
//   - A text entry without its body is a message that was erased on this device
//     (its timer ran out, it was deleted for oneself) or at whoever passed it
//     on. That stays, even if a copy with a body comes later. Other kinds
//     without a body change nothing until they come with one.
//   - Deleted and erased messages have a place, an author and a time, and no
//     content: no text, reply, edits or reactions.
//
// # What a store does
//
// It makes a [Timeline] with [New], gives it every entry that it holds of the
// conversation, and drops the first [Changes]. From then on, for each batch
// that it appends, it calls [Timeline.Apply] and [Timeline.Changes] and writes
// what changed with the entries in one transaction. It erases salt and body of
// the entries in [Changes].Erase, and everything made from them (search rows,
// snapshots), and keeps their headers. Whatever it erases for a reason of its
// own it applies once more without the body. If the transaction fails the
// timeline is ahead of the store: it is dropped and made again.
//
// A [Timeline] holds in memory the texts of its messages as they stand, what
// waits, and the hashes of all entries; never more than the entries it was
// given. It is not safe for use by more than one goroutine at a time.
package timeline
