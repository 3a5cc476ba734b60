package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// TestClearedWordsLeaveTheFiles: few messages leave at once, and more of them as
// soon as the indexer took them out; snapshots of before lose them too.
func TestClearedWordsLeaveTheFiles(t *testing.T) {
	for _, count := range []int{40, 1400} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			path := old(t, 3) // a snapshot is taken
			one := open(t, path, store.Options{})
			talk, other := storetest.NewTalk(t, 1), storetest.NewTalk(t, 2)
			talk.Fill(t, 12) // what the old database holds
			talk.Salted, other.Salted = true, true
			var writes []node.Write
			for i := range count {
				who := talk.Me
				if i%2 == 0 {
					who = talk.Them
				}
				said := talk.Say(t, who, fmt.Sprintf("xylophonquist %06d", i))
				writes = append(writes, said)
				if i%10 == 0 {
					writes = append(writes, talk.Edit(t, who, said.Entry.Hash(), fmt.Sprintf("xylophonquist edited %06d", i)))
				}
			}
			commit(t, one, writes...)
			commit(t, one, node.PutContact{Contact: other.Contact()}, other.Say(t, other.Them, "zephyr of another conversation"))
			commit(t, one, node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: talk.Held()}})
			expect(t, one, "zephyr", "zephyr of another conversation")
			if !holds(t, path, "xylophonquist") || len(filesWith(t, path, "message 4")) < 2 {
				t.Fatal("the words are not in the files: this test sees nothing")
			}
			commit(t, one, node.ClearConversation{Conversation: talk.ID})
			waitFor(t, "the words to leave", func() bool {
				return len(filesWith(t, path, "xylophonquist"))+len(filesWith(t, path, "message 4")) == 0 && !holds(t, path, "xylophonquist")
			})
			expect(t, one, "xylophonquist")
			expect(t, one, "zephyr", "zephyr of another conversation")
			closeStore(t, one)
			file := filepath.Join(path, store.FileName)
			for _, query := range []string{
				"SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
				"SELECT count(*) FROM erasing",
				"SELECT count(*) FROM search_documents WHERE entry IS NULL",
				"SELECT count(*) - 1 FROM entries WHERE shown = 1",
			} {
				if got, err := store.Ask(file, query); err != nil || got != 0 {
					t.Errorf("%s: %d, %v", query, got, err)
				}
			}
		})
	}
}

// TestInterruptedClearingIsDone: a clearing of which the process did not live to
// see the end leaves the files when the database is opened again.
func TestInterruptedClearingIsDone(t *testing.T) {
	path := t.TempDir()
	one := open(t, path, store.Options{})
	talk := storetest.NewTalk(t, 1)
	talk.Salted = true
	commit(t, one, node.PutContact{Contact: talk.Contact()})
	for range 700 {
		commit(t, one, talk.Say(t, talk.Them, "a xylophonquist plays"))
	}
	last := talk.Say(t, talk.Them, "zephyr")
	commit(t, one, last)
	expect(t, one, "zephyr", "zephyr")
	store.StopIndexer(one)
	commit(t, one, node.ClearConversation{Conversation: talk.ID})
	if len(filesWith(t, path, "xylophonquist")) == 0 {
		t.Fatal("nothing waits for the indexer: this test sees nothing")
	}
	closeStore(t, one)
	one = open(t, path, store.Options{})
	waitFor(t, "the words to leave", func() bool { return len(filesWith(t, path, "xylophonquist")) == 0 })
	if page, err := one.PageBefore(t.Context(), talk.ID, journal.Order{}, 9); err != nil || len(page) != 0 {
		t.Errorf("%d messages, %v", len(page), err)
	}
	closeStore(t, one)
}
