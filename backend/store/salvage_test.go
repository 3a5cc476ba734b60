package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
	"github.com/tincan-chat/tincan/backend/wire"
)

func ownerOf(talk *storetest.Talk) store.Owner {
	return store.Owner{Peer: talk.Me.Keys.Peer(), Device: talk.Me.Keys.Device()}
}

// TestSalvage damages a database in several places. What is made of it is sound,
// has everything before the damage, begins new epochs, and the damaged file is
// kept as it was.
func TestSalvage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		page  func(data []byte) int // where to damage, in bytes
		least int                   // messages that are saved
		short bool
	}{
		"an entry":     {func(data []byte) int { return bytes.Index(data, []byte("message 150")) }, 100, true},
		"the last":     {func(data []byte) int { return bytes.LastIndex(data, []byte("message 299")) }, 200, true},
		"the timeline": {func(data []byte) int { return indexPage(data, 0x0a) }, 300, false},
		"nothing":      {func([]byte) int { return -1 }, 300, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, talk := profile(t, 300)
			file := filepath.Join(path, store.FileName)
			if at := test.page(files(t, path)[store.FileName]); at > 0 {
				overwrite(t, file, int64(at/pageSize*pageSize), bytes.Repeat([]byte{0xa5}, pageSize))
			}
			before := files(t, path)[store.FileName]
			saved, err := store.Salvage(t.Context(), path, ownerOf(talk), store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if saved.Entries < test.least || (saved.Short > 0) != test.short || saved.Conversations != 1 {
				t.Errorf("%+v", saved)
			}
			if kept, unread := os.ReadFile(filepath.Join(path, saved.Kept)); unread != nil || !bytes.Equal(kept, before) {
				t.Errorf("the damaged file: %v, %d bytes of %d", unread, len(kept), len(before))
			}
			left, err := filepath.Glob(filepath.Join(path, ".salvage-*"))
			if err != nil || len(left) > 0 {
				t.Errorf("%v, %v", left, err)
			}
			one := open(t, path, patient)
			snapshot := load(t, one)
			if snapshot.ReadOnly || !snapshot.Copied || len(snapshot.Contacts) != 1 {
				t.Fatalf("read-only %v, copied %v, %d contacts", snapshot.Problem, snapshot.Copied, len(snapshot.Contacts))
			}
			messages, err := one.PageBefore(t.Context(), talk.ID, journal.Order{}, 1000)
			if err != nil || len(messages) < test.least {
				t.Errorf("%d messages, %v", len(messages), err)
			}
			if !test.short { // otherwise some entries wait for parents, which come back from others
				if err = storetest.CompareWithLogs(t.Context(), one, talk.Log(talk.Me)); err != nil {
					t.Error(err)
				}
			}
			closeStore(t, one)
		})
	}
}

// indexPage finds a leaf page of an index by its kind.
func indexPage(data []byte, kind byte) int {
	for at := pageSize; at+pageSize <= len(data); at += pageSize {
		if data[at] == kind {
			return at
		}
	}
	return -1
}

// TestSalvageOfNothing changes nothing.
func TestSalvageOfNothing(t *testing.T) {
	t.Parallel()
	path, talk := profile(t, 10)
	overwrite(t, filepath.Join(path, store.FileName), 0, bytes.Repeat([]byte{0xa5}, pageSize))
	before := files(t, path)
	if _, err := store.Salvage(t.Context(), path, ownerOf(talk), store.Options{}); !errors.Is(err, store.ErrNothing) {
		t.Fatal(err)
	}
	sameFiles(t, path, before)
}

// TestSalvageTakesNoForgery leaves out what a device did not sign.
func TestSalvageTakesNoForgery(t *testing.T) {
	t.Parallel()
	path, talk := profile(t, 40)
	if err := store.Run(filepath.Join(path, store.FileName), "UPDATE entries SET signature = zeroblob(64) WHERE id & 68719476735 = 7"); err != nil {
		t.Fatal(err)
	}
	saved, err := store.Salvage(t.Context(), path, ownerOf(talk), store.Options{})
	if err != nil || saved.Short == 0 || saved.Entries > 6*2 {
		t.Errorf("%+v, %v", saved, err)
	}
	if !strings.HasPrefix(saved.Kept, "tincan-damaged-") {
		t.Error(saved.Kept)
	}
	one := open(t, path, patient)
	if snapshot := load(t, one); snapshot.Conversations[0].Held.Get(talk.Log(talk.Me)) > 6 {
		t.Errorf("%v", snapshot.Conversations[0].Held)
	}
	if _, err = one.Message(t.Context(), journal.Hash{}); !errors.Is(err, node.ErrNotFound) {
		t.Error(err)
	}
}

// TestSalvageOfFormer: what was written before a key of mine changed is saved as a
// former conversation, and it is known what of it is mine although the device that
// wrote it is on no list.
func TestSalvageOfFormer(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	talk, me := storetest.NewTalk(t, 1), storetest.NewPerson(t, 77)
	listed, err := talk.Them.Keys.DeviceList(1, storetest.Start)
	if err != nil {
		t.Fatal(err)
	}
	contact := talk.Contact()
	if contact.Record, err = wire.Encode(&wire.PeerRecord{DeviceList: listed}); err != nil {
		t.Fatal(err)
	}
	mine, err := me.Keys.DeviceList(1, storetest.Start)
	if err != nil {
		t.Fatal(err)
	}
	self := node.Self{Name: "Ana", Color: 1, Created: storetest.Start}
	if self.DeviceList, err = wire.Encode(mine); err != nil {
		t.Fatal(err)
	}
	next := storetest.NewTalk(t, 2)
	next.Me, next.Them = me, talk.Them
	moved := contact
	moved.Conversation, moved.State, moved.KnownAs = next.ID, node.ContactAsked, talk.Me.Keys.Peer()
	follows := node.Retirement{Peer: talk.Me.Keys.Peer(), At: storetest.Start, Signed: []byte{1}, Successor: me.Keys.Peer()}
	one := open(t, path, store.Options{})
	commit(t, one, node.PutSelf{Self: self}, node.PutContact{Contact: contact})
	commit(t, one, talk.Fill(t, 20)...)
	commit(t, one, node.MoveContact{Contact: moved}, node.PutRetirement{Retirement: follows}, next.Say(t, me, "after"))
	want, err := one.PageBefore(t.Context(), talk.ID, journal.Order{}, 100)
	if err != nil || len(want) == 0 {
		t.Fatal(err)
	}
	closeStore(t, one)
	saved, err := store.Salvage(t.Context(), path, store.Owner{Peer: me.Keys.Peer(), Device: me.Keys.Device()}, store.Options{})
	if err != nil || saved.Short > 0 || saved.Conversations != 2 {
		t.Fatalf("%+v, %v", saved, err)
	}
	again := open(t, path, patient)
	defer closeStore(t, again)
	got, err := again.PageBefore(t.Context(), talk.ID, journal.Order{}, 100)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d messages of %d, %v", len(got), len(want), err)
	}
	for i := range want {
		if got[i].Text != want[i].Text || got[i].Mine != want[i].Mine || got[i].Hash != want[i].Hash {
			t.Errorf("%q, mine %v, and was %q, %v", got[i].Text, got[i].Mine, want[i].Text, want[i].Mine)
		}
	}
	if row, err := again.Row(t.Context(), talk.ID); err != nil || !row.Former || row.Contact.Peer != contact.Peer {
		t.Errorf("%+v, %v", row, err)
	}
	if row, err := again.Row(t.Context(), next.ID); err != nil || row.Former || row.Last == nil || row.Last.Text != "after" || row.Contact.KnownAs != moved.KnownAs {
		t.Errorf("%+v, %v", row, err)
	}
	snapshot := load(t, again)
	if len(snapshot.Retirements) != 1 || snapshot.Retirements[0].Successor != me.Keys.Peer() {
		t.Errorf("%+v", snapshot.Retirements)
	}
}
