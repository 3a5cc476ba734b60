package sim

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
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
	mostRecent   = 1024
	mostLetter   = 64   // of one contact, waiting for entries before theirs
	mostWaiting  = 4096 // entries of one session
	mostWishes   = 1024
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
	disks := w.snapshots()
	w.pairs(func(d, other *device) {
		messages, err := d.timeline(other)
		if err != nil {
			w.violate("a timeline cannot be read: %v", err)
			return
		}
		d.stays(messages)
		id := d.conversation(other)
		theirs := disks[other.number].conversation(id).Held
		for i := range messages {
			message := &messages[i]
			if !message.Mine {
				continue
			}
			there := theirs.Get(message.Log) >= message.Sequence
			switch {
			case message.Delivered && !there:
				w.violate("%d shows %q as delivered and %d does not have it", d.number, message.Text, other.number)
			case message.Read && other.seen[id].Get(message.Log) < message.Sequence:
				w.violate("%d shows %q as read and %d did not read it", d.number, message.Text, other.number)
			case message.Read && other.told[id].Get(message.Log) < message.Sequence:
				w.violate("%d shows %q as read, and %d lets nobody know", d.number, message.Text, other.number)
			case message.Stored && !there && !disks[d.number].letterOf(message, kept) && !disks[other.number].asked(d):
				w.violate("%d shows %q as stored, and no server keeps it", d.number, message.Text)
			}
		}
	})
	w.reappeared()
	for _, d := range w.devices {
		if d.running == nil {
			continue
		}
		sizes := d.running.Core().Sizes()
		letters := mostLetter * len(w.devices)
		if sizes.Sessions > mostSessions || sizes.Outbox > mostOutbox || sizes.Recent > mostRecent ||
			sizes.Letters > letters || sizes.Waiting > mostWaiting*(sizes.Sessions+letters) || sizes.Undeleted > (mostOutbox+1)*len(w.devices) || sizes.Wishes > mostWishes {
			w.violate("the memory of %d: %+v", d.number, sizes)
		}
	}
}

// contents is what a disk keeps.
type contents struct {
	node.Snapshot
	talks map[uuid.UUID]*node.Conversation
}

// snapshots reads all disks, by device.
func (w *World) snapshots() []*contents {
	all := make([]*contents, len(w.devices))
	for i, d := range w.devices {
		snapshot, err := d.disk.Open().Load(w.ctx)
		if err != nil {
			w.violate("the disk of %d cannot be read: %v", i, err)
		}
		all[i] = &contents{Snapshot: snapshot, talks: map[uuid.UUID]*node.Conversation{}}
		for j := range snapshot.Conversations {
			all[i].talks[snapshot.Conversations[j].ID] = &snapshot.Conversations[j]
		}
	}
	return all
}

// conversation returns one of a disk, empty if there is none.
func (c *contents) conversation(id uuid.UUID) *node.Conversation {
	if one := c.talks[id]; one != nil {
		return one
	}
	return &node.Conversation{}
}

// asked tells whether somebody's request waits to be answered.
func (c *contents) asked(by *device) bool {
	return slices.ContainsFunc(c.Requests, func(one node.Request) bool { return one.Peer == by.keys.Peer() })
}

// letterOf tells whether some server keeps a letter with a message.
func (c *contents) letterOf(message *node.Message, kept map[uuid.UUID]bool) bool {
	for _, letter := range c.Outgoing {
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
	disks := w.snapshots()
	for _, d := range w.devices {
		if d.running == nil {
			say("%d does not run", d.number)
			continue
		}
		sizes := d.running.Core().Sizes()
		if sizes.Letters+sizes.Commits+sizes.Undeleted+sizes.Lookups+sizes.Tagging+sizes.Putting+sizes.Wishes+sizes.Waiting > 0 {
			say("%d has something under way: %+v", d.number, sizes)
		}
		snapshot := disks[d.number]
		if len(snapshot.Outgoing) > 0 {
			first := snapshot.Outgoing[0]
			say("%d has %d letters, the first, %v, of %d to %d, kept until %v", d.number, len(snapshot.Outgoing), first.ID, first.After, first.Through, first.Until)
		}
		for i := range snapshot.Contacts {
			if snapshot.Contacts[i].State != node.ContactMutual {
				say("%d waits to be accepted by %s", d.number, snapshot.Contacts[i].Name)
			}
		}
		if len(snapshot.Requests) > 0 {
			say("%d has %d requests", d.number, len(snapshot.Requests))
		}
		for _, s := range w.servers {
			if names, err := s.kept(d.keys.Peer()); err != nil || len(names) > 0 {
				say("server %d keeps %d letters for %d, %v", s.number, len(names), d.number, err)
			}
		}
	}
	w.pairs(func(d, other *device) {
		id := d.conversation(other)
		mine, theirs := disks[d.number].conversation(id), disks[other.number].conversation(id)
		var known journal.Vector // what they are known to hold
		for _, remote := range mine.Remote {
			if remote.Device == other.keys.Device() {
				known = remote.Held
			}
		}
		for log, head := range mine.Held {
			if theirs.Held.Get(log) < head.Sequence {
				say("%d has %d of %d entries of %d", other.number, theirs.Held.Get(log), head.Sequence, d.number)
			}
			if log.Device == d.keys.Device() && known.Get(log) < head.Sequence {
				say("%d does not know that its entry %d is at %d", d.number, head.Sequence, other.number)
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
		for _, d := range w.devices {
			d.acceptAll()
		}
		w.settle()
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
