package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// testConcurrent writes several conversations while others read them: every
// reader sees whole commits, and no message is lost.
func testConcurrent(t *testing.T, b *bench) {
	const writers, rounds = 3, 20
	ctx, cancel := context.WithCancel(t.Context())
	var writing, reading sync.WaitGroup
	for i := range writers {
		talk := b.begin(t, uint64(i+1))
		var batches [][]node.Write
		for range rounds {
			batches = append(batches, talk.Fill(t, 4))
		}
		writing.Go(func() {
			for _, batch := range batches {
				if err := b.store.Commit(t.Context(), batch); err != nil {
					t.Error(err)
				}
			}
		})
		reading.Go(func() {
			for ctx.Err() == nil {
				messages, err := b.store.PageAfter(t.Context(), talk.ID, journal.Order{}, 1000)
				if err != nil || len(messages)%4 != 0 {
					t.Errorf("%d messages: half a commit is seen; %v", len(messages), err)
					return
				}
				if _, err = b.store.Rows(t.Context()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writing.Wait()
	cancel()
	reading.Wait()
	for _, row := range must(t, b.store.Rows) {
		equal(t, "messages", len(b.before(t, row.Conversation, journal.Order{}, 1000)), rounds*4)
	}
}

// testRebuild has two or three logs arrive interleaved in any way and compares
// the projections with what the logs alone say.
func testRebuild(t *testing.T, b *bench) {
	seed := uint64(0)
	rapid.Check(t, func(r *rapid.T) {
		seed++
		talk := NewTalk(t, seed)
		writes := []node.Write{node.PutContact{Contact: talk.Contact()}}
		for i := range rapid.IntRange(1, 25).Draw(r, "entries") {
			who := talk.Me
			switch rapid.IntRange(0, 3).Draw(r, "who") {
			case 0, 1:
				who = talk.Them
			case 2:
				talk.Them.Epoch = 1 + talk.Them.Epoch%2
				who = talk.Them
			}
			writes = append(writes, talk.Say(t, who, fmt.Sprintf("%d", i)))
			switch rapid.IntRange(0, 5).Draw(r, "position") {
			case 0:
				writes = append(writes, node.PutRead{Conversation: talk.ID, Read: part(r, talk.Held())})
			case 1:
				writes = append(writes, node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{
					Device: talk.Them.Keys.Device(), Held: part(r, talk.Held()), Read: part(r, talk.Held()),
				}})
			}
		}
		for len(writes) > 0 {
			count := rapid.IntRange(1, len(writes)).Draw(r, "together")
			if err := b.store.Commit(t.Context(), writes[:count]); err != nil {
				r.Fatal(err)
			}
			writes = writes[count:]
		}
		// Only the newest conversation: the others did not change.
		snapshot, err := b.store.Load(t.Context())
		if err != nil {
			r.Fatal(err)
		}
		for _, conversation := range snapshot.Conversations {
			if conversation.ID != talk.ID {
				continue
			}
			if err = compareConversation(t.Context(), b.store, conversation, talk.Log(talk.Me)); err != nil {
				r.Fatal(err)
			}
		}
	})
}

// part draws a vector that does not go beyond another one.
func part(r *rapid.T, held journal.Vector) journal.Vector {
	some := journal.Vector{}
	for _, log := range held.Logs() {
		if sequence := rapid.Uint64Range(0, held.Get(log)).Draw(r, "sequence"); sequence > 0 {
			some[log] = journal.Head{Sequence: sequence}
		}
	}
	return some
}

// CompareWithLogs rebuilds every conversation's timeline and counts from its
// logs and returns the first difference to what the store shows. own is a log
// of this device.
func CompareWithLogs(ctx context.Context, store Store, own journal.Log) error {
	snapshot, err := store.Load(ctx)
	if err != nil {
		return err
	}
	for _, conversation := range snapshot.Conversations {
		if err = compareConversation(ctx, store, conversation, own); err != nil {
			return fmt.Errorf("conversation %v: %w", conversation.ID, err)
		}
	}
	return nil
}

func compareConversation(ctx context.Context, store Store, conversation node.Conversation, own journal.Log) error {
	orders, entries, err := replay(ctx, store, conversation)
	if err != nil {
		return err
	}
	folded := timeline.New(conversation.ID)
	for _, entry := range entries {
		author := conversation.Peer
		if entry.Log.Device == own.Device {
			author = identity.PeerID{}
		}
		folded.Apply(timeline.Entry{Entry: entry, Order: orders[entry.Hash()], Author: author})
	}
	var want []journal.Hash
	unread, queued := 0, 0
	for _, entry := range entries {
		message, shown := folded.Message(entry.Hash())
		if !shown || message.Erased {
			continue
		}
		want = append(want, entry.Hash())
		if message.Deleted {
			continue
		}
		delivered := uint64(0)
		for _, remote := range conversation.Remote {
			delivered = max(delivered, remote.Held.Get(entry.Log))
		}
		switch {
		case entry.Log.Device != own.Device && entry.Sequence > conversation.Read.Get(entry.Log):
			unread++
		case entry.Log.Device == own.Device && entry.Sequence > delivered:
			queued++
		}
	}
	slices.SortFunc(want, func(a, b journal.Hash) int { return orders[a].Compare(orders[b]) })
	messages, err := store.PageAfter(ctx, conversation.ID, journal.Order{}, len(entries)+1)
	if err != nil {
		return err
	}
	var got []journal.Hash
	for _, message := range messages {
		got = append(got, message.Hash)
		if message.Order != orders[message.Hash] {
			return fmt.Errorf("message %v has order %v, the logs say %v", message.Hash, message.Order, orders[message.Hash])
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("the timeline has %d messages, the logs %d, or in another order", len(got), len(want))
	}
	row, err := store.Row(ctx, conversation.ID)
	if err != nil {
		return err
	}
	if row.Unread != unread || row.Queued != queued {
		return fmt.Errorf("%d unread and %d queued, the logs say %d and %d", row.Unread, row.Queued, unread, queued)
	}
	return nil
}

// replay reads all logs of a conversation, checks each chain and signature,
// and orders the entries as a new reader would.
func replay(ctx context.Context, store node.Store, conversation node.Conversation) (map[journal.Hash]journal.Order, []journal.Entry, error) {
	var waiting []journal.Entry
	for _, log := range conversation.Held.Logs() {
		for after := uint64(0); after < conversation.Held.Get(log); {
			stretch, err := store.Entries(ctx, conversation.ID, log, after, 64<<10)
			if err != nil || len(stretch) == 0 {
				return nil, nil, fmt.Errorf("a log ends at %d of %d: %w", after, conversation.Held.Get(log), err)
			}
			waiting = append(waiting, stretch...)
			after += uint64(len(stretch))
		}
	}
	orders := make(map[journal.Hash]journal.Order, len(waiting))
	held := journal.Vector{}
	all := slices.Clone(waiting)
	has := func(hash journal.Hash) bool { _, known := orders[hash]; return known }
	for len(waiting) > 0 {
		before := len(waiting)
		waiting = slices.DeleteFunc(waiting, func(entry journal.Entry) bool {
			if journal.Check(held, entry, has) != journal.Next {
				return false
			}
			var after []journal.Order
			if entry.Sequence > 1 {
				after = append(after, orders[entry.Previous])
			}
			for _, parent := range entry.Parents {
				after = append(after, orders[parent])
			}
			orders[entry.Hash()] = journal.NewOrder(entry, after)
			held[entry.Log] = entry.Head()
			return true
		})
		if len(waiting) == before {
			return nil, nil, fmt.Errorf("%d entries do not follow what is held", before)
		}
	}
	if !held.Covers(conversation.Held) || !conversation.Held.Covers(held) {
		return nil, nil, fmt.Errorf("the heads are %v, the logs say %v", conversation.Held, held)
	}
	for _, entry := range all {
		if err := entry.Verify(); err != nil {
			return nil, nil, err
		}
	}
	return orders, all, nil
}
