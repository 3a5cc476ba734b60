package sim

import (
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// stays notes what is in a timeline, and that what was deleted does not come back.
func (d *device) stays(messages []node.Message) {
	for i := range messages {
		message := &messages[i]
		d.world.of(message)
		whole, before := d.present[message.Hash]
		if before && !whole && !message.Deleted || d.vanished[message.Hash] {
			d.world.violate("%d shows %q again", d.number, message.Text)
		}
		d.present[message.Hash] = !message.Deleted
	}
}

// reappeared notes which messages are in no timeline any more, and that there is
// a reason.
func (w *World) reappeared() {
	for _, d := range w.devices {
		reader := d.disk.Open()
		for hash := range d.present {
			if _, err := reader.Message(w.ctx, hash); err == nil {
				continue
			}
			delete(d.present, hash)
			d.vanished[hash] = true
			if said := w.named[hash]; said == nil || !said.mayBeGone(d) {
				w.violate("a message is gone from %d without a reason: %v", d.number, said)
			}
		}
	}
}

// possible tells whether one of some wishes may have come true.
func possible(wishes []*wish) bool {
	return slices.ContainsFunc(wishes, func(one *wish) bool { return one.state != refused })
}

// certain tells whether one did.
func certain(wishes []*wish) bool {
	return slices.ContainsFunc(wishes, func(one *wish) bool { return one.state == accepted })
}

// standing returns what may be so now: the last that came true, which is before
// if none did, and what may have come true after that.
func standing(wishes []*wish, before string) []string {
	may := []string{before}
	for _, one := range wishes {
		switch one.state {
		case accepted:
			may = []string{one.text}
		case unknown:
			may = append(may, one.text)
		case refused:
		}
	}
	return may
}

// mayBeGone tells whether a message may be missing from a device: somebody hid
// it, or its time is over.
func (one *saying) mayBeGone(d *device) bool {
	return possible(one.hidden[d]) || one.expired(d, false)
}

// expired tells whether a message's time may be over on a device, or must be.
// Whoever wrote it counts from when the other device holds it, and whoever reads
// it from then on, by their own clocks.
func (one *saying) expired(d *device, must bool) bool {
	if one.timer == 0 || must && d.jumped {
		return false
	}
	began := one.at
	if d == one.to {
		began = one.read
		if began.IsZero() || must && !one.readKept {
			return false
		}
	}
	return must || d.jumped || !d.world.now.Before(began.Add(one.timer))
}

// disappear waits until all that was read is past its time.
func (w *World) disappear() error {
	if !w.timed {
		return nil
	}
	return w.runUntil(w.now.Add(longestStay + 2*time.Minute))
}

// whole checks what holds once everything arrived: each text once, in the order
// in which it was written, as its author left it, and the same on both sides; and
// what was taken back is on no disk.
func (w *World) whole() {
	disks, words := w.snapshots(), make([]map[string]bool, len(w.devices))
	for i, d := range w.devices {
		d.remembers()
		words[i] = d.disk.Texts()
	}
	w.pairs(func(d, other *device) {
		mine, err := d.timeline(other)
		if err != nil {
			w.violate("a timeline cannot be read: %v", err)
		}
		theirs, err := other.timeline(d)
		if err != nil {
			w.violate("a timeline cannot be read: %v", err)
		}
		if d.number < other.number {
			w.same(d, other, mine, theirs)
		}
		w.eachOnce(d, other, theirs)
		w.asLeft(d, d, other, mine, words[d.number])
		w.asLeft(other, d, other, theirs, words[other.number])
		for i := range disks[other.number].Contacts {
			if contact := &disks[other.number].Contacts[i]; contact.Peer == d.keys.Peer() && certain(d.profiles) {
				if may := standing(d.profiles, ""); !slices.Contains(may, contact.Name) || contact.About != "about "+contact.Name {
					w.violate("%d shows %d as %q, %q, and they are one of %q", other.number, d.number, contact.Name, contact.About, may)
				}
			}
		}
	})
}

// same compares what both sides show, but for what one of them does not show.
func (w *World) same(d, other *device, mine, theirs []node.Message) {
	there := map[journal.Hash]int{}
	for i := range theirs {
		there[theirs[i].Hash] = i
	}
	last := -1
	for i := range mine {
		at, both := there[mine[i].Hash]
		if !both {
			continue
		}
		a, b := &mine[i], &theirs[at]
		if at < last {
			w.violate("the order differs: %q is elsewhere at %d than at %d", a.Text, d.number, other.number)
		}
		last = at
		sameReply := (a.Reply == nil) == (b.Reply == nil) && (a.Reply == nil || a.Reply.Message == b.Reply.Message)
		sameReactions := slices.EqualFunc(a.Reactions, b.Reactions, func(a, b node.Reaction) bool { return a.Emoji == b.Emoji && slices.Equal(a.Authors, b.Authors) })
		if a.Text != b.Text || a.Deleted != b.Deleted || a.Edited.IsZero() != b.Edited.IsZero() || a.Timer != b.Timer || !sameReply || !sameReactions {
			w.violate("%d shows %+v, and %d %+v", d.number, *a, other.number, *b)
		}
	}
}

// eachOnce checks the texts from one to another, as the other has them.
func (w *World) eachOnce(from, to *device, messages []node.Message) {
	there := map[*saying]int{}
	last := 0
	for i := range messages {
		message := &messages[i]
		if message.Mine {
			continue
		}
		said := w.of(message)
		if said == nil || said.from != from || said.to != to {
			w.violate("%d has %q of %d, who did not say that", to.number, message.Text, from.number)
			continue
		}
		there[said]++
		if said.number < last || said.number == last && there[said] == 1 {
			w.violate("%d has %q of %d after number %d", to.number, message.Text, from.number, last)
		}
		last = said.number
	}
	for _, said := range from.sayings[to.number] {
		switch count := there[said]; {
		case count > 1:
			w.violate("%d has %q of %d %d times", to.number, said.text, from.number, count)
		case said.state == accepted && count == 0 && !said.mayBeGone(to):
			w.violate("%q of %d, which was accepted, is not at %d", said.text, from.number, to.number)
		case said.state == refused && count > 0:
			w.violate("%q of %d, which was refused, is at %d", said.text, from.number, to.number)
		}
	}
}

// asLeft checks what was said from one to another against what was done about it
// since, in the timeline and on the disk of one of them.
func (w *World) asLeft(d, from, to *device, messages []node.Message, words map[string]bool) {
	shown := map[*saying]*node.Message{}
	for i := range messages {
		if said := w.of(&messages[i]); said != nil && said.from == from {
			shown[said] = &messages[i]
		}
	}
	for _, said := range from.sayings[to.number] {
		message := shown[said]
		switch {
		case said.state != accepted:
			continue
		case message == nil:
			if !said.mayBeGone(d) {
				w.violate("%q of %d is gone from %d without a reason", said.text, from.number, d.number)
			}
		case message.Deleted != certain(said.deletions) && (message.Deleted != possible(said.deletions)):
			w.violate("%d shows %q of %d as deleted: %t", d.number, said.text, from.number, message.Deleted)
		case certain(said.hidden[d]) || !message.Deleted && said.expired(d, true):
			w.violate("%d shows %q of %d, which was hidden, or whose time is over", d.number, said.text, from.number)
		case !message.Deleted:
			w.stands(d, said, message)
		}
		if gone := message == nil || message.Deleted; gone {
			w.report.Erased++
			for _, text := range said.texts() {
				if words[text] {
					w.violate("%q of %d, which is gone, is on the disk of %d", text, from.number, d.number)
				}
			}
		}
	}
}

// texts are the words of a message, with all that it was edited to.
func (one *saying) texts() []string {
	texts := []string{one.text}
	for _, edit := range one.edits {
		texts = append(texts, edit.text)
	}
	return texts
}

// stands checks a message that is shown against the edits and reactions.
func (w *World) stands(d *device, said *saying, message *node.Message) {
	if may := standing(said.edits, said.text); !slices.Contains(may, message.Text) {
		w.violate("%d shows %q, and the author left it as one of %q", d.number, message.Text, may)
	}
	if (message.Reply == nil) != said.reply.IsZero() || message.Reply != nil && message.Reply.Message != said.reply {
		w.violate("%d shows %q as an answer to another message", d.number, message.Text)
	}
	for by, wishes := range said.reactions {
		there := ""
		for _, one := range message.Reactions {
			if one.Emoji == by.emoji && slices.Contains(one.Authors, by.by.keys.Peer()) {
				there = by.emoji
			}
		}
		if !slices.Contains(standing(wishes, ""), there) {
			w.violate("%d shows %q with the reaction %q of %d wrong: %q", d.number, message.Text, by.emoji, by.by.number, there)
		}
	}
}
