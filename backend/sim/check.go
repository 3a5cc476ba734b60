package sim

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// errViolation is wrapped by what a world must never do.
var errViolation = errors.New("sim: violation")

// sealedLetter is what a letter is known by outside its envelope.
type sealedLetter struct {
	id      uuid.UUID
	through uint64
}

// maxPage is more messages than a conversation of a simulation has.
const maxPage = 1 << 20

// Bounds of what a core may hold at any time: its own caps (maxLines, maxOutgoing,
// recentSize, maxLettersWaiting, maxWaiting). What it holds while something is
// under way has to be gone when everything arrived (unfinished).
const (
	mostSessions = 32
	mostOutbox   = 256
	mostRecent   = 256
	mostLetter   = 64   // of one contact, waiting for entries before theirs
	mostWaiting  = 4096 // entries of one session
)

// mostShown is how much of a text a violation shows, in bytes.
const mostShown = 200

// violate notes what must not happen. Only the first few are kept.
func (w *World) violate(format string, arguments ...any) {
	for i, argument := range arguments {
		if text, isText := argument.(string); isText && len(text) > mostShown {
			arguments[i] = text[:mostShown] + "…"
		}
	}
	text := fmt.Sprintf(format, arguments...)
	w.tell("VIOLATION: %s", text)
	if len(w.report.Violations) < 5 {
		w.report.Violations = append(w.report.Violations, text)
	}
}

// timeline is what a device shows of a conversation.
func (d *device) timeline(other *device) ([]node.Message, error) {
	return d.disk.Open().PageAfter(d.world.ctx, d.conversation(other), journal.Order{}, maxPage)
}

// pairs calls each for every two who talk to each other, in both directions.
func (w *World) pairs(each func(d, other *device)) {
	for _, d := range w.devices {
		for _, other := range w.devices {
			if d != other && w.plan.acquainted(d.number, other.number) {
				each(d, other)
			}
		}
	}
}

// truthful checks what holds at every moment: no state says more than is so.
func (w *World) truthful() {
	kept := map[uuid.UUID]bool{} // letters that a server keeps
	for _, s := range w.servers {
		for _, d := range w.devices {
			names, err := s.kept(d.keys.Peer())
			if err != nil {
				w.violate("a mailbox cannot be read: %v", err)
			}
			for _, name := range names {
				kept[w.letters[name].id] = true
			}
		}
	}
	w.pairs(func(d, other *device) {
		messages, err := d.timeline(other)
		if err != nil {
			w.violate("a timeline cannot be read: %v", err)
			return
		}
		var theirs map[journal.Hash]node.Message
		for _, message := range messages {
			if !message.Mine {
				continue
			}
			if theirs == nil {
				theirs = w.index(other, d)
			}
			_, there := theirs[message.Hash]
			switch {
			case message.Delivered && !there:
				w.violate("%d shows %q as delivered and %d does not have it", d.number, message.Text, other.number)
			case message.Read && !other.seen[message.Hash]:
				w.violate("%d shows %q as read and %d did not read it", d.number, message.Text, other.number)
			case message.Stored && !there && !w.letterOf(d, message, kept):
				w.violate("%d shows %q as stored, and no server keeps it", d.number, message.Text)
			}
		}
	})
	for _, d := range w.devices {
		if d.running == nil {
			continue
		}
		sizes := d.running.Core().Sizes()
		letters := mostLetter * len(w.devices)
		if sizes.Sessions > mostSessions || sizes.Outbox > mostOutbox || sizes.Recent > mostRecent ||
			sizes.Letters > letters || sizes.Waiting > mostWaiting*(sizes.Sessions+letters) || sizes.Undeleted > (mostOutbox+1)*len(w.devices) {
			w.violate("the memory of %d: %+v", d.number, sizes)
		}
	}
}

func (w *World) index(d, other *device) map[journal.Hash]node.Message {
	messages, err := d.timeline(other)
	if err != nil {
		w.violate("a timeline cannot be read: %v", err)
	}
	index := make(map[journal.Hash]node.Message, len(messages))
	for _, message := range messages {
		index[message.Hash] = message
	}
	return index
}

// letterOf tells whether some server keeps a letter with a message.
func (w *World) letterOf(d *device, message node.Message, kept map[uuid.UUID]bool) bool {
	snapshot, err := d.disk.Open().Load(w.ctx)
	if err != nil {
		return false
	}
	for _, letter := range snapshot.Outgoing {
		if letter.Conversation == message.Conversation && letter.Log == message.Log && letter.After < message.Sequence &&
			message.Sequence <= letter.Through && kept[letter.ID] {
			return true
		}
	}
	return false
}

// unfinished says what is not yet as it has to be after healing; "" when
// everything arrived.
func (w *World) unfinished() string {
	found := ""
	say := func(format string, arguments ...any) {
		if found == "" {
			found = fmt.Sprintf(format, arguments...)
		}
	}
	for _, d := range w.devices {
		if d.running == nil {
			say("%d does not run", d.number)
			continue
		}
		sizes := d.running.Core().Sizes()
		if sizes.Letters+sizes.Commits+sizes.Undeleted+sizes.Lookups+sizes.Tagging+sizes.Putting+sizes.Waiting > 0 {
			say("%d has something under way: %+v", d.number, sizes)
		}
		snapshot, err := d.disk.Open().Load(w.ctx)
		if err != nil {
			say("%v", err)
		}
		if len(snapshot.Outgoing) > 0 {
			first := snapshot.Outgoing[0]
			say("%d has %d letters, the first, %v, of %d to %d, kept until %v", d.number, len(snapshot.Outgoing), first.ID, first.After, first.Through, first.Until)
		}
		for _, s := range w.servers {
			if names, err := s.kept(d.keys.Peer()); err != nil || len(names) > 0 {
				say("server %d keeps %d letters for %d, %v", s.number, len(names), d.number, err)
			}
		}
	}
	w.pairs(func(d, other *device) {
		if found != "" {
			return
		}
		messages, err := d.timeline(other)
		if err != nil {
			say("%v", err)
		}
		theirs := w.index(other, d)
		for _, message := range messages {
			if _, there := theirs[message.Hash]; !there {
				say("%d does not have %q of %d", other.number, message.Text, d.number)
			}
			if message.Mine && !message.Delivered {
				say("%d does not know that %q is at %d", d.number, message.Text, other.number)
			}
		}
	})
	return found
}

// remembers checks that what a person was told to be kept as read is.
func (d *device) remembers() {
	snapshot, err := d.disk.Open().Load(d.world.ctx)
	if err != nil {
		d.world.violate("%v", err)
	}
	for _, conversation := range snapshot.Conversations {
		if marked := d.marked[conversation.ID]; !conversation.Read.Covers(marked) {
			d.world.violate("%d was told that %v is kept as read, and has %v", d.number, marked, conversation.Read)
		}
	}
}

// whole checks what holds once everything arrived: each text once, and the same
// order on both sides.
func (w *World) whole() {
	for _, d := range w.devices {
		d.remembers()
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
			for i := range min(len(mine), len(theirs)) {
				if mine[i].Hash != theirs[i].Hash {
					w.violate("the order differs: %d has %q where %d has %q", d.number, mine[i].Text, other.number, theirs[i].Text)
					break
				}
			}
			if len(mine) != len(theirs) {
				w.violate("%d has %d messages and %d has %d", d.number, len(mine), other.number, len(theirs))
			}
		}
		w.eachOnce(d, other, theirs)
	})
}

// eachOnce checks the texts from one to another, as the other has them.
func (w *World) eachOnce(from, to *device, messages []node.Message) {
	there := map[string]int{}
	last := 0
	for _, message := range messages {
		if message.Mine {
			continue
		}
		there[message.Text]++
		said := w.said[message.Text]
		if said == nil || said.from != from || said.to != to {
			w.violate("%d has %q of %d, who did not say that", to.number, message.Text, from.number)
			continue
		}
		if said.number <= last {
			w.violate("%d has %q of %d after number %d", to.number, message.Text, from.number, last)
		}
		last = said.number
	}
	for number := range from.spoken[to.number] {
		said := from.sayings[to.number][number]
		switch count := there[said.text]; {
		case count > 1:
			w.violate("%d has %q of %d %d times", to.number, said.text, from.number, count)
		case said.state == accepted && count == 0:
			w.violate("%q of %d, which was accepted, is not at %d", said.text, from.number, to.number)
		case said.state == refused && count > 0:
			w.violate("%q of %d, which was refused, is at %d", said.text, from.number, to.number)
		}
	}
}

// patience is how long a healed world may take: two rounds of the slowest retry
// of the core, which is an hour.
const patience = 2*time.Hour + 10*time.Minute

// converge waits until everything arrived.
func (w *World) converge() error {
	healed := w.now
	wait := 2 * time.Second
	for {
		if err := w.runUntil(w.now.Add(wait)); err != nil {
			return err
		}
		left := w.unfinished()
		if left == "" {
			break
		}
		if w.now.Sub(healed) > patience {
			w.violate("%v after healing: %s", w.now.Sub(healed), left)
			return nil
		}
		wait = min(wait*3/2, 5*time.Minute)
	}
	w.report.Healing = w.now.Sub(healed)
	return nil
}

// name is a trace as text.
func (w *World) name() string { return fmt.Sprintf("%x", w.trace.Sum(nil)[:sha256.Size/2]) }
