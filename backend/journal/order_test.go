package journal_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// device is a reader and writer of the model: it holds entries in its own
// order of arrival and knows the order of each.
type device struct {
	keys   *identity.Keys
	clock  time.Time
	held   journal.Vector
	orders map[journal.Hash]journal.Order
}

func newDevice(keys *identity.Keys) *device {
	return &device{keys: keys, held: journal.Vector{}, orders: map[journal.Hash]journal.Order{}}
}

func (d *device) has(hash journal.Hash) bool { _, held := d.orders[hash]; return held }

func (d *device) append(entry journal.Entry) {
	var after []journal.Order
	if entry.Sequence > 1 {
		after = append(after, d.orders[entry.Previous])
	}
	for _, parent := range entry.Parents {
		after = append(after, d.orders[parent])
	}
	d.orders[entry.Hash()] = journal.NewOrder(entry, after)
	d.held[entry.Log] = entry.Head()
}

// timeline returns what the device would show.
func (d *device) timeline() []journal.Hash {
	var hashes []journal.Hash
	for hash := range d.orders {
		hashes = append(hashes, hash)
	}
	slices.SortFunc(hashes, func(a, b journal.Hash) int { return d.orders[a].Compare(d.orders[b]) })
	return hashes
}

// history draws a conversation of two or three devices with wrong clocks, in
// which each writes after what it happened to hold.
func history(t *rapid.T, seeds []*identity.Keys) []journal.Entry {
	devices := make([]*device, rapid.IntRange(2, len(seeds)).Draw(t, "devices"))
	for i := range devices {
		devices[i] = newDevice(seeds[i])
	}
	var all []journal.Entry
	for range rapid.IntRange(1, 24).Draw(t, "steps") {
		one := devices[rapid.IntRange(0, len(devices)-1).Draw(t, "who")]
		one.clock = epoch.Add(time.Duration(rapid.Int64Range(-40, 40).Draw(t, "clock")) * time.Millisecond)
		if rapid.Bool().Draw(t, "receive") {
			for _, entry := range all {
				if journal.Check(one.held, entry, one.has) == journal.Next && rapid.Bool().Draw(t, "this one") {
					one.append(entry)
				}
			}
			continue
		}
		own := journal.Log{Device: one.keys.Device(), Epoch: 1}
		draft := journal.Draft{Conversation: conversation, Log: own, Previous: one.held[own], Claimed: one.clock, Kind: wire.EntryKind_ENTRY_KIND_TEXT, Body: []byte{10, 1, 'x'}}
		for log, head := range one.held {
			if log != own {
				draft.Parents = append(draft.Parents, head.Hash)
			}
		}
		entry, err := journal.Write(draft, one.keys.SignAsDevice)
		if err != nil {
			t.Fatal(err)
		}
		one.append(entry)
		all = append(all, entry)
	}
	return all
}

// deliver gives all entries to a reader in a drawn interleaving and returns it.
func deliver(t *rapid.T, entries []journal.Entry) *device {
	reader := newDevice(nil)
	waiting := rapid.Permutation(entries).Draw(t, "arrival")
	for len(waiting) > 0 {
		before := len(waiting)
		waiting = slices.DeleteFunc(waiting, func(entry journal.Entry) bool {
			switch standing := journal.Check(reader.held, entry, reader.has); standing {
			case journal.Next:
				reader.append(entry)
				return true
			case journal.Gap, journal.Orphan:
				return false
			case journal.Duplicate, journal.Fork:
				t.Fatalf("an entry that was delivered once is a %v", standing)
			}
			return false
		})
		if len(waiting) == before {
			t.Fatal("what is missing never comes")
		}
	}
	return reader
}

func TestOrderIsTheSameForEveryReader(t *testing.T) {
	keys := []*identity.Keys{newKeys(t, 1), newKeys(t, 2), newKeys(t, 3)}
	rapid.Check(t, func(t *rapid.T) {
		entries := history(t, keys)
		one, other := deliver(t, entries), deliver(t, entries)
		if !slices.Equal(one.timeline(), other.timeline()) {
			t.Fatal("two readers show two timelines")
		}
		for _, entry := range entries {
			order := one.orders[entry.Hash()]
			if order != other.orders[entry.Hash()] {
				t.Fatal("two readers compute two orders")
			}
			if order.Effective().Before(entry.Claimed) {
				t.Fatal("the effective time is before the claimed one")
			}
			before := entry.Parents
			if entry.Sequence > 1 {
				before = append(slices.Clone(before), entry.Previous)
			}
			for _, parent := range before {
				if one.orders[parent].Compare(order) >= 0 {
					t.Fatal("an entry stands before what it follows")
				}
			}
		}
	})
}

func TestOrderText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) journal.Order {
			return journal.Order(rapid.SliceOfN(rapid.Byte(), 36, 36).Draw(t, label))
		}
		a, b := draw("a"), draw("b")
		if len(a.String()) != 58 || strings.Compare(a.String(), b.String()) != a.Compare(b) {
			t.Fatal("texts do not sort as orders")
		}
		if again, err := journal.ParseOrder(a.String()); err != nil || again != a {
			t.Fatalf("%v, %v", again, err)
		}
	})
}

func TestOrderNamesItsDevice(t *testing.T) {
	t.Parallel()
	mine, theirs := identity.DeviceID{1, 15: 7}, identity.DeviceID{1, 15: 8}
	order := journal.OrderOf(5, journal.Log{Device: mine, Epoch: 2}, 3)
	if !order.By(mine) || order.By(theirs) || (journal.Order{}).By(identity.DeviceID{}) {
		t.Error("it names another device")
	}
}

func TestParseOrderRefuses(t *testing.T) {
	text := journal.Order{0xff, 0xee, 3}.String()
	for _, bad := range []string{"", text[:57], text + "0", strings.ToUpper(text), text[:57] + "1", "\n" + text[:57], strings.Repeat("w", 58)} {
		if _, err := journal.ParseOrder(bad); !errors.Is(err, journal.ErrOrder) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestOrderOfTheFuture(t *testing.T) {
	keys := newKeys(t, 1)
	draft := textDraft(t, keys, journal.Head{}, "from the year 9999")
	draft.Claimed = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)
	far := journal.NewOrder(write(t, keys, draft), nil)
	answer := journal.NewOrder(write(t, newKeys(t, 2), textDraft(t, newKeys(t, 2), journal.Head{}, "now")), []journal.Order{far})
	if answer.Compare(far) <= 0 || answer.Effective().Sub(far.Effective()) != time.Millisecond {
		t.Error("an answer does not follow the question")
	}
	if !(journal.Order{}).IsZero() || answer.IsZero() {
		t.Error("IsZero")
	}
}
