package replica_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

func conversationID(n int) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

func state(n int) replica.State {
	log := journal.Log{Device: identity.DeviceID{1}, Epoch: 1}
	other := journal.Log{Device: identity.DeviceID{2}, Epoch: uint32(1 + n%3)}
	held := journal.Vector{log: {Sequence: uint64(n + 1), Hash: journal.Hash{byte(n)}}, other: {Sequence: 7, Hash: journal.Hash{7}}}
	return replica.State{Held: held, Reads: [2]journal.Vector{{log: {Sequence: uint64(n)}}, {other: {Sequence: 3}}}}
}

func copyState(one replica.State) replica.State {
	return replica.State{Held: one.Held.Clone(), Reads: [2]journal.Vector{one.Reads[0].Clone(), one.Reads[1].Clone()}}
}

// compare runs a comparison between two sides and returns what each of them
// sends in bytes, and what comes of it.
func compare(t interface{ Fatal(...any) }, a, b map[uuid.UUID]replica.State) (outcomes [2]replica.Outcome, bytes [2]int) {
	sides := [2]*replica.Comparison{replica.NewComparison(a), replica.NewComparison(b)}
	var pages [2][]*wire.Digests // to each side
	take := func(to int, outcome replica.Outcome, err error) {
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range outcome.Digests {
			bytes[to] += proto.Size(&wire.LinkFrame{Kind: &wire.LinkFrame_Digests{Digests: page}})
			pages[1-to] = append(pages[1-to], page)
		}
		if outcome.Done {
			if outcomes[to].Done {
				t.Fatal("it ends twice")
			}
			outcomes[to] = outcome
		}
	}
	for to := range 2 {
		open := sides[1-to].Open()
		bytes[1-to] += proto.Size(&wire.LinkFrame{Kind: &wire.LinkFrame_Digest{Digest: open}})
		outcome, err := sides[to].Digest(open)
		take(to, outcome, err)
	}
	for to := range 2 {
		for _, page := range pages[to] {
			outcome, err := sides[to].Digests(page)
			take(to, outcome, err)
		}
	}
	return outcomes, bytes
}

// TestComparisonFindsWhatDiffers: whatever two sides hold, both learn the same,
// and that is what differs among what both have.
func TestComparisonFindsWhatDiffers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.SampledFrom([]int{0, 1, 2, 16, 17, 200, 512, 513, 1100}).Draw(t, "count")
		a, b := map[uuid.UUID]replica.State{}, map[uuid.UUID]replica.State{}
		var differ []uuid.UUID
		only := 0
		for n := range count {
			id := conversationID(n)
			a[id] = state(n)
			b[id] = copyState(a[id])
		}
		for range rapid.IntRange(0, 5).Draw(t, "changes") {
			if count == 0 {
				break
			}
			id := conversationID(rapid.IntRange(0, count-1).Draw(t, "which"))
			if _, both := b[id]; !both || slices.Contains(differ, id) {
				continue
			}
			changed := copyState(b[id])
			log := changed.Held.Logs()[0]
			switch rapid.IntRange(0, 4).Draw(t, "how") {
			case 0:
				changed.Held[log] = journal.Head{Sequence: changed.Held.Get(log) + 1, Hash: journal.Hash{9}}
			case 1:
				changed.Held[log] = journal.Head{Sequence: changed.Held.Get(log), Hash: journal.Hash{8, 8}}
			case 2:
				changed.Reads[rapid.IntRange(0, 1).Draw(t, "who")][log] = journal.Head{Sequence: 1 << 40}
			case 3:
				delete(changed.Held, log)
			case 4:
				delete(b, id)
				only++
				continue
			}
			b[id] = changed
			differ = append(differ, id)
		}
		slices.SortFunc(differ, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		outcomes, _ := compare(t, a, b)
		for side, outcome := range outcomes {
			switch {
			case !outcome.Done:
				t.Fatalf("side %d has no answer", side)
			case len(differ)+only == 0:
				if len(outcome.Same) != count || len(outcome.Differ) != 0 {
					t.Fatalf("side %d: %d the same, %d differ, and all are equal", side, len(outcome.Same), len(outcome.Differ))
				}
			case count > 16:
				if !slices.Equal(outcome.Differ, differ) || len(outcome.Same) != count-len(differ)-only {
					t.Fatalf("side %d: %v differ, not %v", side, outcome.Differ, differ)
				}
			default: // few: all vectors are sent
				for _, id := range differ {
					if !slices.Contains(outcome.Differ, id) {
						t.Fatalf("side %d does not see that %v differs", side, id)
					}
				}
			}
		}
	})
}

func TestComparisonRefuses(t *testing.T) {
	t.Parallel()
	states := map[uuid.UUID]replica.State{}
	for n := range 20 {
		states[conversationID(n)] = state(n)
	}
	digest := make([]byte, 32)
	one := func(n int) *wire.ConversationDigest {
		id := conversationID(n)
		return &wire.ConversationDigest{Conversation: id[:], Digest: make([]byte, 16)}
	}
	for name, frames := range map[string][]proto.Message{
		"a short digest":          {&wire.Digest{Conversations: 20, Digest: digest[:31]}},
		"too many conversations":  {&wire.Digest{Conversations: replica.MaxCompared + 1, Digest: digest}},
		"a second digest":         {&wire.Digest{Conversations: 20, Digest: digest}, &wire.Digest{Conversations: 20, Digest: digest}},
		"digests first":           {&wire.Digests{}},
		"digests after the last":  {&wire.Digest{Conversations: 20, Digest: digest}, &wire.Digests{}, &wire.Digests{}},
		"empty pages without end": {&wire.Digest{Conversations: 20, Digest: digest}, &wire.Digests{More: true}},
		"one twice":               {&wire.Digest{Conversations: 20, Digest: digest}, &wire.Digests{Digests: []*wire.ConversationDigest{one(3), one(3)}}},
		"descending":              {&wire.Digest{Conversations: 20, Digest: digest}, &wire.Digests{Digests: []*wire.ConversationDigest{one(3)}, More: true}, &wire.Digests{Digests: []*wire.ConversationDigest{one(2)}}},
		"a short name":            {&wire.Digest{Conversations: 20, Digest: digest}, &wire.Digests{Digests: []*wire.ConversationDigest{{Conversation: digest[:3], Digest: digest[:16]}}}},
		"a large page":            {&wire.Digest{Conversations: 20, Digest: digest}, &wire.Digests{Digests: make([]*wire.ConversationDigest, 513)}},
	} {
		comparison := replica.NewComparison(states)
		var err error
		for i, frame := range frames {
			if err != nil {
				t.Errorf("%s: refused at frame %d", name, i)
			}
			switch frame := frame.(type) {
			case *wire.Digest:
				_, err = comparison.Digest(frame)
			case *wire.Digests:
				_, err = comparison.Digests(frame)
			}
		}
		if !errors.Is(err, replica.ErrComparison) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestVectorsOfManyLogs: a conversation with more logs than a frame names is
// said in several positions, and nothing is left out.
func TestVectorsOfManyLogs(t *testing.T) {
	t.Parallel()
	held := journal.Vector{}
	for epoch := range uint32(3*journal.MaxLogs + 1) {
		held[journal.Log{Device: identity.DeviceID{1}, Epoch: epoch + 1}] = journal.Head{Sequence: 1, Hash: journal.Hash{1}}
	}
	heard := journal.Vector{}
	positions := replica.Positions(conversationID(1), held, journal.Vector{})
	for _, position := range positions {
		part, err := journal.DecodeVector(position.GetHeld())
		if err != nil {
			t.Fatal(err)
		}
		heard.Merge(part)
	}
	if len(positions) != 4 || len(heard) != len(held) {
		t.Errorf("%d of %d logs in %d positions", len(heard), len(held), len(positions))
	}
	var many []*wire.Position
	for range 20 {
		many = append(many, positions...)
	}
	for _, page := range replica.Pages(many) {
		if err := replica.CheckVectors(page); err != nil {
			t.Error(err)
		}
		if size := proto.Size(page); size > wire.MaxLinkFrame {
			t.Errorf("a page of %d bytes", size)
		}
	}
	if replica.CheckVectors(&wire.Vectors{Positions: many}) == nil {
		t.Error("a page of 80 vectors is accepted")
	}
}

// FuzzComparison gives frames of the comparison to one that is under way.
func FuzzComparison(f *testing.F) {
	states := map[uuid.UUID]replica.State{}
	for n := range 20 {
		states[conversationID(n)] = state(n)
	}
	id := conversationID(3)
	for _, frame := range []*wire.LinkFrame{
		{Kind: &wire.LinkFrame_Digest{Digest: replica.NewComparison(states).Open()}},
		{Kind: &wire.LinkFrame_Digest{Digest: &wire.Digest{Conversations: 30, Digest: make([]byte, 32)}}},
		{Kind: &wire.LinkFrame_Digests{Digests: &wire.Digests{Digests: []*wire.ConversationDigest{{Conversation: id[:], Digest: make([]byte, 16)}}, More: true}}},
		{Kind: &wire.LinkFrame_Vectors{Vectors: &wire.Vectors{Positions: replica.Positions(id, state(1).Held, nil)}}},
	} {
		data, err := wire.Encode(frame)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, data)
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		comparison := replica.NewComparison(states)
		for _, data := range [][]byte{first, second} {
			frame := &wire.LinkFrame{}
			if wire.Decode(data, wire.MaxLinkFrame, frame) != nil {
				return
			}
			var outcome replica.Outcome
			var err error
			switch {
			case frame.GetDigest() != nil:
				outcome, err = comparison.Digest(frame.GetDigest())
			case frame.GetDigests() != nil:
				outcome, err = comparison.Digests(frame.GetDigests())
			case frame.GetVectors() != nil:
				err = replica.CheckVectors(frame.GetVectors())
			}
			if err != nil && !errors.Is(err, replica.ErrComparison) {
				t.Fatal(err)
			}
			if len(outcome.Same)+len(outcome.Differ) > len(states) {
				t.Fatalf("%d conversations of %d", len(outcome.Same)+len(outcome.Differ), len(states))
			}
		}
	})
}
