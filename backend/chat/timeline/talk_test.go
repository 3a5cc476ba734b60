package timeline_test

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// start is when the tests take place.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var conversation = uuid.MustParse("0195a1b2-c3d4-8abc-8def-0123456789ab")

const (
	kindText     = wire.EntryKind_ENTRY_KIND_TEXT
	kindEdit     = wire.EntryKind_ENTRY_KIND_EDIT
	kindDelete   = wire.EntryKind_ENTRY_KIND_DELETE
	kindReaction = wire.EntryKind_ENTRY_KIND_REACTION
	kindProfile  = wire.EntryKind_ENTRY_KIND_PROFILE
	kindTimer    = wire.EntryKind_ENTRY_KIND_TIMER
)

// failer is what both kinds of tests can do.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// writer is a device with what it holds of the conversation.
type writer struct {
	author identity.PeerID
	log    journal.Log
	held   map[journal.Log]journal.Head
}

// newWriter returns a device of an author; both are counted.
func newWriter(author, device byte) *writer {
	return &writer{
		author: identity.PeerID{author},
		log:    journal.Log{Device: identity.DeviceID{author, device}, Epoch: 1},
		held:   make(map[journal.Log]journal.Head),
	}
}

// learn brings everything that another device holds.
func (w *writer) learn(from *writer) {
	for log, head := range from.held {
		if head.Sequence > w.held[log].Sequence {
			w.held[log] = head
		}
	}
}

// talk is a conversation and the order of its entries.
type talk struct {
	failer
	orders  map[journal.Hash]journal.Order
	entries []timeline.Entry
}

func newTalk(t failer) *talk {
	return &talk{failer: t, orders: make(map[journal.Hash]journal.Order)}
}

// write appends an entry of any kind to a writer's log.
func (k *talk) write(from *writer, claimed time.Time, kind wire.EntryKind, body []byte) timeline.Entry {
	k.Helper()
	draft := journal.Draft{
		Conversation: conversation,
		Log:          from.log,
		Previous:     from.held[from.log],
		Claimed:      claimed,
		Kind:         kind,
		Body:         body,
	}
	binary.BigEndian.PutUint64(draft.Salt[:], uint64(len(k.entries)))
	for log, head := range from.held {
		if log != from.log {
			draft.Parents = append(draft.Parents, head.Hash)
		}
	}
	// Whether signatures hold is not the fold's to check.
	written, err := journal.Write(draft, func(identity.Context, []byte) []byte { return make([]byte, 64) })
	if err != nil {
		k.Fatalf("writing: %v", err)
	}
	after := make([]journal.Order, 0, len(draft.Parents)+1)
	for _, parent := range append(slices.Clone(written.Parents), written.Previous) {
		if !parent.IsZero() {
			after = append(after, k.orders[parent])
		}
	}
	entry := timeline.Entry{
		Entry:   written,
		Order:   journal.NewOrder(written, after),
		Author:  from.author,
		Arrived: start.Add(time.Duration(len(k.entries)) * time.Second),
	}
	from.held[from.log] = written.Head()
	k.orders[written.Hash()] = entry.Order
	k.entries = append(k.entries, entry)
	return entry
}

// must returns a body that the builders take.
func (k *talk) must(body []byte, err error) []byte {
	k.Helper()
	if err != nil {
		k.Fatalf("a body: %v", err)
	}
	return body
}

func (k *talk) text(from *writer, at time.Duration, text string, reply journal.Hash) timeline.Entry {
	k.Helper()
	return k.write(from, start.Add(at), kindText, k.must(journal.MessageBody(journal.Message{Text: text, Reply: reply})))
}

func (k *talk) edit(from *writer, at time.Duration, target journal.Hash, text string) timeline.Entry {
	k.Helper()
	return k.write(from, start.Add(at), kindEdit, k.must(journal.EditBody(journal.Edit{Target: target, Text: text})))
}

func (k *talk) remove(from *writer, at time.Duration, target journal.Hash) timeline.Entry {
	k.Helper()
	return k.write(from, start.Add(at), kindDelete, k.must(journal.DeleteBody(target)))
}

func (k *talk) react(from *writer, at time.Duration, target journal.Hash, emoji string, remove bool) timeline.Entry {
	k.Helper()
	return k.write(from, start.Add(at), kindReaction, k.must(journal.ReactionBody(journal.Reaction{Target: target, Emoji: emoji, Remove: remove})))
}

func (k *talk) profile(from *writer, at time.Duration, name string) timeline.Entry {
	k.Helper()
	return k.write(from, start.Add(at), kindProfile, k.must(journal.ProfileBody(journal.Profile{Name: name, Color: 3, About: "about " + name})))
}

func (k *talk) timer(from *writer, at, stay time.Duration) timeline.Entry {
	k.Helper()
	return k.write(from, start.Add(at), kindTimer, k.must(journal.TimerBody(stay)))
}

// erased returns a copy of an entry without its body.
func erased(entry timeline.Entry) timeline.Entry {
	entry.Salt, entry.Body = nil, nil
	return entry
}

// fold applies entries at once.
func fold(entries ...timeline.Entry) *timeline.Timeline {
	folded := timeline.New(conversation)
	folded.Apply(entries...)
	return folded
}

// rows is what a store keeps of a timeline: it knows only its changes.
type rows struct {
	messages map[journal.Hash]timeline.Message
	erase    map[journal.Hash]int // how often each was named
	profiles map[identity.PeerID]timeline.Profile
}

func newRows() *rows {
	return &rows{
		messages: make(map[journal.Hash]timeline.Message),
		erase:    make(map[journal.Hash]int),
		profiles: make(map[identity.PeerID]timeline.Profile),
	}
}

// update writes changes, and fails where they do not fit what is there.
func (r *rows) update(t failer, changes timeline.Changes) {
	t.Helper()
	byOrder := func(a, b timeline.Message) int { return a.Order.Compare(b.Order) }
	if !slices.IsSortedFunc(changes.Inserted, byOrder) || !slices.IsSortedFunc(changes.Changed, byOrder) {
		t.Fatalf("changes are not in order")
	}
	for _, one := range changes.Inserted {
		if _, there := r.messages[one.Hash]; there {
			t.Fatalf("a message was inserted twice")
		}
		r.messages[one.Hash] = one
	}
	for _, one := range changes.Changed {
		if _, there := r.messages[one.Hash]; !there {
			t.Fatalf("a message changed that was never inserted")
		}
		r.messages[one.Hash] = one
	}
	for _, hash := range changes.Erase {
		r.erase[hash]++
	}
	for _, one := range changes.Profiles {
		r.profiles[one.Author] = one
	}
}

// all returns the rows by order.
func (r *rows) all() []timeline.Message {
	return slices.SortedFunc(maps.Values(r.messages), func(a, b timeline.Message) int { return a.Order.Compare(b.Order) })
}

// only returns the one message of a timeline.
func only(t *testing.T, folded *timeline.Timeline) timeline.Message {
	t.Helper()
	all := folded.Messages()
	if len(all) != 1 {
		t.Fatalf("%d messages, want 1", len(all))
	}
	return all[0]
}

func sortHashes(hashes []journal.Hash) []journal.Hash {
	slices.SortFunc(hashes, func(a, b journal.Hash) int { return bytes.Compare(a[:], b[:]) })
	return hashes
}
