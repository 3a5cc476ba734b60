package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// find waits until all is in the index and returns what is found.
func find(t testing.TB, one *store.Store, query string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		found, err := one.Search(ctx, search.Parse(query), uuid.Nil, journal.Order{}, 50)
		if err != nil {
			t.Fatal(err)
		}
		if found.Waiting > 0 {
			continue
		}
		list := []string{}
		for _, hit := range found.Hits {
			list = append(list, hit.Message.Text)
		}
		return list
	}
}

func expect(t testing.TB, one *store.Store, query string, want ...string) {
	t.Helper()
	if got := find(t, one, query); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%s: found %q, want %q", query, got, want)
	}
}

// holds tells whether a word is in any file of a profile, whole or without its
// first letters (the index leaves out what a word has in common with the one before).
func holds(t testing.TB, path, word string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(path, "tincan.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(word)) || bytes.Contains(data, []byte(word[3:])) {
			return true
		}
	}
	return false
}

// TestErasedWordsLeaveTheFiles takes messages out of the index, one by one,
// with a whole conversation, and after an edit.
func TestErasedWordsLeaveTheFiles(t *testing.T) {
	path := t.TempDir()
	one := open(t, path, store.Options{})
	talk, leaving := storetest.NewTalk(t, 1), storetest.NewTalk(t, 2)
	commit(t, one, node.PutContact{Contact: talk.Contact()}, node.PutContact{Contact: leaving.Contact()})
	commit(t, one, talk.Fill(t, 300)...)
	secret := talk.Say(t, talk.Me, "the word is xylophonquist 丐丑")
	commit(t, one, secret, talk.Say(t, talk.Them, "a word that stays"), leaving.Say(t, leaving.Them, "zephyrgoneaway"))
	commit(t, one, talk.Fill(t, 300)...)
	expect(t, one, "xylophonquist", "the word is xylophonquist 丐丑")
	expect(t, one, "丐丑", "the word is xylophonquist 丐丑")
	expect(t, one, "zephyr", "zephyrgoneaway")
	for _, word := range []string{"xylophonquist", "丐丑", "zephyrgoneaway"} {
		if !holds(t, path, word) {
			t.Errorf("%s is not in the file: this test sees nothing", word)
		}
	}
	if err := store.Unindex(one, secret.Entry.Hash(), true); err != nil {
		t.Fatal(err)
	}
	commit(t, one, node.DeleteContact{Peer: leaving.Them.Keys.Peer()})
	expect(t, one, "xylophonquist")
	expect(t, one, "zephyr")
	expect(t, one, "stays", "a word that stays")
	waitFor(t, "the words to leave", func() bool {
		return !holds(t, path, "xylophonquist") && !holds(t, path, "丐丑") && !holds(t, path, "zephyrgoneaway")
	})
	// Taking out what is not in it changes nothing.
	if err := store.Unindex(one, secret.Entry.Hash(), false); err != nil {
		t.Error(err)
	}
	closeStore(t, one)
	if broken, err := store.Ask(filepath.Join(path, store.FileName), "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"); err != nil || broken != 0 {
		t.Error(broken, err)
	}
}

// waitFor waits for a condition that other goroutines bring about.
func waitFor(t testing.TB, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.After(30 * time.Second)
	for !condition() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// TestSearchFollowsEdits: a message is found by what it says now, whether the
// indexer had come to it before the edit or not, and not after it was deleted
// or hidden.
func TestSearchFollowsEdits(t *testing.T) {
	path := t.TempDir()
	one := open(t, path, store.Options{})
	talk := storetest.NewTalk(t, 1)
	early, late := talk.Say(t, talk.Me, "shared walrusword"), talk.Say(t, talk.Me, "shared second")
	commit(t, one, node.PutContact{Contact: talk.Contact()})
	commit(t, one, early)
	expect(t, one, "walrus", "shared walrusword")
	store.StopIndexer(one)
	commit(t, one, late)
	commit(t, one, talk.Edit(t, talk.Me, early.Entry.Hash(), "shared early thing"), talk.Edit(t, talk.Me, late.Entry.Hash(), "shared late thing"),
		talk.Edit(t, talk.Them, late.Entry.Hash(), "a walrus of somebody else's"))
	store.StartIndexer(one)
	expect(t, one, "shared", "shared late thing", "shared early thing")
	expect(t, one, "walrus")
	expect(t, one, "second")
	expect(t, one, "late", "shared late thing")
	commit(t, one, talk.Remove(t, talk.Me, early.Entry.Hash()))
	expect(t, one, "shared", "shared late thing")
	commit(t, one, node.HideMessage{Message: late.Entry.Hash()})
	expect(t, one, "shared")
}

// TestIndexAgain begins the index again when it was made by other rules, or a
// text that is needed to take something out is gone.
func TestIndexAgain(t *testing.T) {
	path, _ := profile(t, 30)
	file := filepath.Join(path, store.FileName)
	for name, change := range map[string]string{
		"other folding": "UPDATE search_folding SET version = 'older'; INSERT INTO search (search) VALUES ('delete-all')",
		"no text":       "UPDATE search_documents SET entry = NULL WHERE number = (SELECT min(number) FROM search_documents)",
	} {
		one := open(t, path, patient)
		before := find(t, one, "message")
		closeStore(t, one)
		if err := store.Run(file, change); err != nil {
			t.Fatal(name, err)
		}
		one = open(t, path, patient)
		waitFor(t, name, func() bool { return len(find(t, one, "message")) == len(before) && len(before) > 0 })
		if snapshot := load(t, one); snapshot.ReadOnly {
			t.Error(name, snapshot.Problem)
		}
		closeStore(t, one)
	}
}

// TestSearchInOldDatabase catches up with what former versions wrote.
func TestSearchInOldDatabase(t *testing.T) {
	one := open(t, old(t, 3), store.Options{})
	if got := find(t, one, "message"); len(got) != 12 {
		t.Errorf("found %q", got)
	}
}

// TestSearchAtOneTime has more messages in one millisecond than a document
// number has places for.
func TestSearchAtOneTime(t *testing.T) {
	one := open(t, t.TempDir(), store.Options{})
	talk := storetest.NewTalk(t, 1)
	commit(t, one, node.PutContact{Contact: talk.Contact()})
	var writes []node.Write
	for i := range 300 {
		apart := storetest.NewTalk(t, 1)
		apart.Them.Epoch = uint32(i + 1)
		writes = append(writes, apart.Say(t, apart.Them, "at once"))
	}
	commit(t, one, writes...)
	if got := find(t, one, "once"); len(got) != 50 {
		t.Errorf("%d found", len(got))
	}
}

// FuzzSearch looks for anything anybody may type.
func FuzzSearch(f *testing.F) {
	for _, text := range []string{"", "report 会议", `"a b`, `NEAR("x" y, 5) OR ^a* - {text}: + AND NOT`, "\x00\xff", "'; --", "会*", "\u0080re", "“”„", "🎉👍🏽", strings.Repeat("会", 600)} {
		f.Add(text)
	}
	one := open(f, f.TempDir(), store.Options{})
	talk := storetest.NewTalk(f, 1)
	commit(f, one, node.PutContact{Contact: talk.Contact()}, talk.Say(f, talk.Me, "the report of the 会议 is “ready”"))
	find(f, one, "report")
	f.Fuzz(func(t *testing.T, text string) {
		query := search.Parse(text)
		found, err := one.Search(t.Context(), query, uuid.Nil, journal.Order{}, 50)
		if err != nil {
			t.Fatal(err)
		}
		if want := query.Matches("the report of the 会议 is “ready”"); want != (len(found.Hits) == 1) {
			t.Fatalf("found: %v, matches: %v", len(found.Hits), want)
		}
		for _, hit := range found.Hits {
			for _, one := range hit.Snippet.Ranges {
				if one.Start >= one.End || one.End > len(utf16.Encode([]rune(hit.Snippet.Text))) {
					t.Fatalf("%+v", hit.Snippet)
				}
			}
		}
	})
}
