package store_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// filesWith returns the files of a folder in which some bytes stand.
func filesWith(t testing.TB, folder string, words string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(words)) {
			found = append(found, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestErasedTextLeavesTheFiles erases in every way messages of all lengths out
// of a conversation whose pages were split many times, and looks for the bytes
// while the database is open.
func TestErasedTextLeavesTheFiles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	path := t.TempDir()
	one := open(t, path, store.Options{})
	talk := storetest.NewTalk(t, 1)
	talk.Salted = true
	commit(t, one, node.PutContact{Contact: talk.Contact()})
	// words are 24 letters that stand nowhere else, again and again.
	words := func(i int) string {
		length := []int{1, 3, 20, 200, 700}[random.IntN(5)]
		return strings.Repeat(fmt.Sprintf("<words of message %06d>", i), length)
	}
	texts := make(map[journal.Hash]string)
	var order []journal.Hash
	for i := range 400 {
		who := talk.Me
		if random.IntN(2) == 0 {
			who = talk.Them
		}
		text := words(i)
		write := talk.Tell(t, who, journal.Message{Text: text, Timer: time.Duration(i%2) * time.Minute})
		commit(t, one, write)
		texts[write.Entry.Hash()] = text
		order = append(order, write.Entry.Hash())
		if i%5 == 0 {
			edited := words(1000 + i)
			commit(t, one, talk.Edit(t, who, write.Entry.Hash(), edited))
			texts[write.Entry.Hash()] += edited
		}
	}
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for i, hash := range order[:200] {
		message, err := one.Message(t.Context(), hash)
		if err != nil {
			t.Fatal(err)
		}
		switch who := map[bool]*storetest.Person{true: talk.Me, false: talk.Them}[message.Mine]; i % 3 {
		case 0:
			commit(t, one, talk.Remove(t, who, hash))
		case 1:
			commit(t, one, node.EraseMessages{Messages: []journal.Hash{hash}})
		default:
			commit(t, one, node.PutRemotePosition{Conversation: talk.ID, Position: node.RemotePosition{Device: talk.Them.Keys.Device(), Held: talk.Held()}},
				node.HideMessage{Message: hash})
		}
	}
	files := make(map[string][]byte)
	for _, name := range []string{"tincan.db", "tincan.db-wal"} {
		data, err := os.ReadFile(filepath.Join(path, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	left := 0
	for i, hash := range order {
		for _, words := range []string{texts[hash][:24], texts[hash][len(texts[hash])-24:]} {
			there := bytes.Contains(files["tincan.db"], []byte(words)) || bytes.Contains(files["tincan.db-wal"], []byte(words))
			if there != (i >= 200) {
				left++
				t.Logf("%s: in the files %v", words, there)
			}
		}
	}
	if left > 0 {
		t.Errorf("%d texts are wrong", left)
	}
	closeStore(t, one)
	if err := storetest.CompareWithLogs(t.Context(), open(t, path, store.Options{}), talk.Log(talk.Me)); err != nil {
		t.Error(err)
	}
}

// TestErasedTextLeavesSnapshots: the copy from before a migration has it too.
func TestErasedTextLeavesSnapshots(t *testing.T) {
	path := old(t, 3)
	one := open(t, path, store.Options{})
	talk := storetest.NewTalk(t, 1)
	talk.Fill(t, 12) // what the old database holds
	hash := talk.Writes[4].Entry.Hash()
	before := snapshots(t, path)
	if found := filesWith(t, path, "message 4"); len(found) < 2 || len(before) != 1 {
		t.Fatalf("before: %v, %v", found, before)
	}
	commit(t, one, node.EraseMessages{Messages: []journal.Hash{hash}})
	if found := filesWith(t, path, "message 4"); len(found) != 0 {
		t.Errorf("it is still in %v", found)
	}
	if found := filesWith(t, path, "message 5"); len(found) < 2 {
		t.Errorf("others are only in %v", found)
	}
	if after := snapshots(t, path); len(after) != 1 || after[0] != before[0] {
		t.Errorf("snapshots %v", after)
	}
	closeStore(t, one)

	// One that cannot be written to goes as a whole.
	if err := os.WriteFile(before[0], []byte("message 5, and no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	one = open(t, path, store.Options{})
	commit(t, one, node.EraseMessages{Messages: []journal.Hash{talk.Writes[5].Entry.Hash()}})
	if found := filesWith(t, path, "message 5"); len(found) != 0 || len(snapshots(t, path)) != 0 {
		t.Errorf("it is still in %v", found)
	}
	closeStore(t, one)
}

// TestWhatWasLeftUndoneIsDone: entries that an older version kept without
// knowing what they say, and erasing that a crash interrupted.
func TestWhatWasLeftUndoneIsDone(t *testing.T) {
	path := t.TempDir()
	file := filepath.Join(path, store.FileName)
	one := open(t, path, store.Options{})
	talk := storetest.NewTalk(t, 1)
	first, second := talk.Say(t, talk.Them, "first"), talk.Say(t, talk.Them, "second")
	commit(t, one, node.PutContact{Contact: talk.Contact()}, first, second,
		talk.Edit(t, talk.Them, first.Entry.Hash(), "edited"), talk.React(t, talk.Me, first.Entry.Hash(), "👍", false))
	removed := talk.Remove(t, talk.Them, second.Entry.Hash())
	closeStore(t, one)
	// The old version: nothing is known of the edit and the reaction.
	if err := store.Run(file, "DELETE FROM changes; INSERT INTO unfolded SELECT id FROM entries WHERE shown = 0"); err != nil {
		t.Fatal(err)
	}
	one = open(t, path, store.Options{})
	if message, err := one.Message(t.Context(), first.Entry.Hash()); err != nil || message.Text != "edited" || len(message.Reactions) != 1 {
		t.Errorf("it is %+v, %v", message, err)
	}
	commit(t, one, removed)
	closeStore(t, one)
	// The crash: the body is gone from its row, and a copy of it is elsewhere.
	if err := store.Run(file, "INSERT INTO erasing SELECT hash FROM entries WHERE body IS NULL; CREATE TABLE gap (text TEXT); INSERT INTO gap VALUES ('a copy in a gap'); PRAGMA secure_delete=off; DELETE FROM gap"); err != nil {
		t.Fatal(err)
	}
	if len(filesWith(t, path, "a copy in a gap")) == 0 {
		t.Fatal("there is no copy")
	}
	one = open(t, path, store.Options{})
	if found := filesWith(t, path, "a copy in a gap"); len(found) != 0 {
		t.Errorf("it is still in %v", found)
	}
	closeStore(t, one)
	for table, want := range map[string]int64{"unfolded": 0, "erasing": 0, "changes": 2} {
		if got, err := store.Ask(file, "SELECT count(*) FROM "+table); err != nil || got != want {
			t.Errorf("%s has %d rows, %v", table, got, err)
		}
	}
}

// TestFailedIndexingForgetsNothing: what is still to leave the disk leaves it
// after the next commit, also when the indexer failed in between.
func TestFailedIndexingForgetsNothing(t *testing.T) {
	one := open(t, t.TempDir(), store.Options{})
	talk := storetest.NewTalk(t, 1)
	store.StopIndexer(one)
	commit(t, one, node.PutContact{Contact: talk.Contact()}, talk.Say(t, talk.Them, "a text"))
	if known, err := store.FailIndexing(t.Context(), one); err == nil || !known {
		t.Errorf("known: %v, %v", known, err)
	}
	closeStore(t, one)
}
