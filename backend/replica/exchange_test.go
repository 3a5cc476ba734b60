package replica_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// disk is one side's logs.
type disk map[journal.Log][]journal.Entry

func (d disk) held() journal.Vector {
	held := journal.Vector{}
	for log, entries := range d {
		if len(entries) > 0 {
			last := entries[len(entries)-1]
			held[log] = journal.Head{Sequence: last.Sequence, Hash: last.Hash()}
		}
	}
	return held
}

func (d disk) read(want replica.Want, most int) []journal.Entry {
	entries := d[want.Log][want.After:]
	return entries[:min(most, len(entries))]
}

// add appends what continues a log and drops what does not.
func (d disk) add(entries []journal.Entry) {
	for _, entry := range entries {
		if entry.Sequence == uint64(len(d[entry.Log]))+1 {
			d[entry.Log] = append(d[entry.Log], entry)
		}
	}
}

func author(t interface{ Fatal(...any) }, seed byte) *identity.Keys {
	keys, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func write(t interface{ Fatal(...any) }, keys *identity.Keys, into disk, text string) {
	log := journal.Log{Device: keys.Device(), Epoch: 1}
	body, err := journal.TextBody(text)
	if err != nil {
		t.Fatal(err)
	}
	draft := journal.Draft{Conversation: uuid.Max, Log: log, Previous: into.held()[log], Claimed: time.UnixMilli(1), Kind: wire.EntryKind_ENTRY_KIND_TEXT, Body: body}
	entry, err := journal.Write(draft, keys.SignAsDevice)
	if err != nil {
		t.Fatal(err)
	}
	into.add([]journal.Entry{entry})
}

// TestAnyScheduleConverges drives two exchanges with frames that are late or
// lost with their link, and writes in between: in the end both sides hold all.
func TestAnyScheduleConverges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		disks := [2]disk{{}, {}}
		keys := [2]*identity.Keys{author(t, 1), author(t, 2)}
		var exchanges [2]*replica.Exchange
		var positions [2][]journal.Vector // on the way to each side
		var frames [2][][]journal.Entry   // likewise
		connect := func() {
			for side := range 2 {
				exchanges[side] = replica.NewExchange()
				positions[side], frames[side] = nil, nil
			}
			for side := range 2 {
				positions[1-side] = append(positions[1-side], disks[side].held())
			}
		}
		pump := func(side int) {
			if want, more := exchanges[side].Next(disks[side].held()); more {
				send := exchanges[side].Read(want, disks[side].read(want, rapid.IntRange(1, 3).Draw(t, "batch")))
				if len(send) > 0 {
					frames[1-side] = append(frames[1-side], send)
				}
			}
		}
		deliver := func(side int) bool {
			switch {
			case len(positions[side]) > 0:
				exchanges[side].Position(positions[side][0])
				positions[side] = positions[side][1:]
			case len(frames[side]) > 0:
				disks[side].add(frames[side][0])
				frames[side] = frames[side][1:]
				positions[1-side] = append(positions[1-side], disks[side].held())
			default:
				return false
			}
			pump(side)
			return true
		}
		connect()
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			side := rapid.IntRange(0, 1).Draw(t, "side")
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				connect() // the link broke: what was on the way is lost
			case 1, 2:
				write(t, keys[side], disks[side], "text")
				pump(side)
			default:
				deliver(side)
			}
		}
		connect()
		for moved := true; moved; {
			moved = deliver(0) || deliver(1)
		}
		if !disks[0].held().Covers(disks[1].held()) || !disks[1].held().Covers(disks[0].held()) {
			t.Fatalf("one side lacks something: %v and %v", disks[0].held(), disks[1].held())
		}
	})
}

func TestWindowHoldsBack(t *testing.T) {
	t.Parallel()
	keys, mine := author(t, 1), disk{}
	big := string(bytes.Repeat([]byte("a"), wire.MaxText))
	for range replica.Window/wire.MaxText + 10 {
		write(t, keys, mine, big)
	}
	exchange := replica.NewExchange()
	if _, more := exchange.Next(mine.held()); more {
		t.Fatal("it sends before the other side said what it holds")
	}
	exchange.Position(journal.Vector{})
	sent := 0
	for {
		want, more := exchange.Next(mine.held())
		if !more {
			break
		}
		sent += len(exchange.Read(want, mine.read(want, 4)))
	}
	if most := replica.Window/wire.MaxText + 4; sent > most {
		t.Fatalf("%d entries are in flight, the window holds %d", sent, most)
	}
	log := journal.Log{Device: keys.Device(), Epoch: 1}
	exchange.Position(journal.Vector{log: {Sequence: uint64(sent)}})
	if _, more := exchange.Next(mine.held()); !more {
		t.Fatal("an acknowledgement does not open the window")
	}
}
