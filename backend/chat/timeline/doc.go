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
//   - Of one author's edits and reactions about one message only the last by
//     order count ([MostEdits], [MostReactions]).
//   - Edits, deletions and reactions are about messages. Until their message is
//     there they wait; what is about anything else changes nothing.
//   - The timer of a message is the one in its own body: what its author knew to
//     be agreed. The conversation's timer is the last TIMER by order and goes into
//     what is written next. It governs nothing that is there: an entry with a time
//     in the past would otherwise erase what others wrote.
//   - The profile of an author is their last one by order.
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
// What a message looks like follows from its own entry and from those that are
// about it. So a store indexes entries by what they are about ([PartOf],
// [Target]), keeps of those what [Trim] leaves, and makes each message with [Fold] when
// it is read: no conversation has to be in memory. It erases salt and body of
// messages that were deleted, of their author's edits of them, and of edits that do not
// count any more, with everything made from them, and keeps the headers.
//
// A [Timeline] is the same fold over a whole conversation, and says what the
// rules are in one place; stores are compared with it.
package timeline
