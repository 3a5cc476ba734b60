package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// TestExamine reads a sound database, and one whose damage was not found when it was opened.
func TestExamine(t *testing.T) {
	t.Parallel()
	path, talk := profile(t, 400)
	one := open(t, path, store.Options{})
	if found, err := one.Examine(t.Context()); err != nil || found != (node.Examined{Whole: true, Messages: 400}) {
		t.Errorf("a sound one: %+v, %v", found, err)
	}
	commit(t, one, talk.Say(t, talk.Me, "one more"))
	if found, err := one.Examine(t.Context()); err != nil || !found.Whole || found.Messages != 401 {
		t.Errorf("after another message: %+v, %v", found, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := one.Examine(ended); err != nil || found != (node.Examined{}) {
		t.Errorf("without time: %+v, %v", found, err)
	}
	closeStore(t, one)

	file := filepath.Join(path, store.FileName)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(whole, []byte("message 200"))
	if at < 0 {
		t.Fatal("the text is not in the file")
	}
	overwrite(t, file, int64(at/pageSize*pageSize), bytes.Repeat([]byte{0xa5}, pageSize))
	one = open(t, path, store.Options{CheckTime: time.Nanosecond})
	if snapshot := load(t, one); snapshot.Problem != nil {
		t.Fatalf("it was found already: %v", snapshot.Problem)
	}
	for range 2 {
		if found, err := one.Examine(t.Context()); err != nil || found != (node.Examined{Damaged: true}) {
			t.Errorf("a damaged one: %+v, %v", found, err)
		}
		onlyReads(t, one, node.ErrDamaged)
	}
	closeStore(t, one)
	if found, err := one.Examine(t.Context()); err == nil {
		t.Errorf("a closed one: %+v", found)
	}
}

// beginning calls a function when an examination has begun: it asks its context then until when it may go on.
type beginning struct {
	context.Context

	begun func()
}

func (b *beginning) Deadline() (time.Time, bool) {
	if begun := b.begun; begun != nil {
		b.begun = nil
		begun()
	}
	return b.Context.Deadline()
}

// TestExamineMakesWay: erasing empties the write-ahead log, which whoever reads for long would keep from it.
func TestExamineMakesWay(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	one := open(t, path, store.Options{})
	talk := storetest.NewTalk(t, 1)
	talk.Salted = true
	commit(t, one, node.PutContact{Contact: talk.Contact()})
	long := talk.Say(t, talk.Me, "to be erased")
	commit(t, one, long)
	ctx := &beginning{Context: t.Context(), begun: func() {
		commit(t, one, node.EraseMessages{Messages: []journal.Hash{long.Entry.Hash()}})
	}}
	if found, err := one.Examine(ctx); err != nil || found != (node.Examined{Disturbed: true}) {
		t.Errorf("while something is erased: %+v, %v", found, err)
	}
	if found, err := one.Examine(t.Context()); err != nil || !found.Whole {
		t.Errorf("afterwards: %+v, %v", found, err)
	}
}
