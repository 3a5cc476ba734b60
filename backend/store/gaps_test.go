package store_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// TestCopiesInGapsAreWiped plants copies of messages where splits of pages leave
// them. They are gone after the erasing, also when their pages are written
// again, without the whole file having been written anew.
func TestCopiesInGapsAreWiped(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	file := filepath.Join(path, store.FileName)
	one := open(t, path, store.Options{})
	talk := storetest.NewTalk(t, 1)
	talk.Salted = true
	commit(t, one, node.PutContact{Contact: talk.Contact()})
	commit(t, one, talk.Fill(t, 400)...)
	writes := talk.Writes
	// Free pages are what shows whether the file was written anew.
	for range 4 {
		long := talk.Say(t, talk.Me, strings.Repeat("long ", 6000))
		commit(t, one, long)
		commit(t, one, node.EraseMessages{Messages: []journal.Hash{long.Entry.Hash()}})
	}
	closeStore(t, one)
	one = open(t, path, store.Options{})
	store.StopIndexer(one) // it takes free pages
	before, err := store.FreePages(one)
	if err != nil || before == 0 {
		t.Fatal(before, err)
	}
	for i := range 20 {
		entry := &writes[i*17].Entry
		name, body := entry.Hash(), entry.Body
		// Of half of them what tells whose it was has been covered.
		needle := string(name[:]) + string(body[:8])
		if i%2 == 0 {
			needle = string(body) + " in a gap"
		}
		planted, failed := store.PlantCopies(file, []byte(needle), 3)
		if failed != nil || planted != 3 {
			t.Fatal(planted, failed)
		}
		commit(t, one, node.EraseMessages{Messages: []journal.Hash{name}})
		if found := filesWith(t, path, needle); len(found) > 0 {
			t.Fatalf("message %d is still in %v", i*17, found)
		}
		// Pages that the writer remembered are written again.
		commit(t, one, talk.Say(t, talk.Me, fmt.Sprintf("another %d", i)), talk.Say(t, talk.Them, fmt.Sprintf("an answer %d", i)))
		if found := filesWith(t, path, needle); len(found) > 0 {
			t.Fatalf("message %d is back in %v", i*17, found)
		}
	}
	if after, failed := store.FreePages(one); failed != nil || after == 0 {
		t.Errorf("the file was written anew: %d free pages, %v", after, failed)
	}
	closeStore(t, one)
	if sound, failed := store.Ask(file, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"); failed != nil || sound != 0 {
		t.Errorf("%d complaints, %v", sound, failed)
	}
	if err = storetest.CompareWithLogs(t.Context(), open(t, path, store.Options{}), talk.Log(talk.Me)); err != nil {
		t.Error(err)
	}
}

// TestCopiesElsewhere: what is in a page that belongs to nothing leaves the disk too.
func TestCopiesElsewhere(t *testing.T) {
	t.Parallel()
	path, talk := profile(t, 40)
	file := filepath.Join(path, store.FileName)
	entry := &talk.Writes[7].Entry
	name := entry.Hash()
	needle := string(name[:]) + string(entry.Body[:8])
	if err := store.Run(file, "PRAGMA secure_delete=off; CREATE TABLE copies (body BLOB); INSERT INTO copies SELECT hash || body FROM entries; DROP TABLE copies"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil || bytes.Count(data, []byte(needle)) < 2 {
		t.Fatal("there is no copy", err)
	}
	one := open(t, path, patient)
	commit(t, one, node.EraseMessages{Messages: []journal.Hash{name}})
	if found := filesWith(t, path, needle); len(found) > 0 {
		t.Errorf("it is still in %v", found)
	}
	closeStore(t, one)
}

// TestFreeOf reads pages as they are drawn in SQLite's description, and takes
// none that is not as it should be.
func TestFreeOf(t *testing.T) {
	t.Parallel()
	leaf := func(change func(page []byte)) []byte {
		page := make([]byte, 512)
		page[0] = 0x0d
		binary.BigEndian.PutUint16(page[1:], 450) // a free block of 20 bytes, and one of 10
		binary.BigEndian.PutUint16(page[3:], 2)
		binary.BigEndian.PutUint16(page[5:], 400)
		binary.BigEndian.PutUint16(page[8:], 400)
		binary.BigEndian.PutUint16(page[10:], 480)
		binary.BigEndian.PutUint16(page[450:], 500)
		binary.BigEndian.PutUint16(page[452:], 20)
		binary.BigEndian.PutUint16(page[502:], 10)
		change(page)
		return page
	}
	put := func(at int, value uint16) func([]byte) {
		return func(page []byte) { binary.BigEndian.PutUint16(page[at:], value) }
	}
	if free := fmt.Sprint(store.FreeOf(leaf(func([]byte) {}))); free != "[[12 400] [454 470] [504 510]]" {
		t.Error(free)
	}
	if free := fmt.Sprint(store.FreeOf(leaf(func(page []byte) { page[0] = 0x02 }))); free != "[]" { // its pointers would be elsewhere
		t.Error(free)
	}
	for name, change := range map[string]func([]byte){
		"another kind":                func(page []byte) { page[0] = 0x0c },
		"too many cells":              put(3, 300),
		"content beyond the page":     put(5, 600),
		"a cell in the gap":           put(8, 300),
		"a cell beyond the page":      put(10, 600),
		"a free block in the gap":     put(1, 100),
		"a free block at the end":     put(1, 510),
		"a free block that is longer": put(452, 100),
		"free blocks in a circle":     put(500, 450),
		"a free block of nothing":     put(452, 2),
	} {
		if free := store.FreeOf(leaf(change)); free != nil {
			t.Errorf("%s: %v", name, free)
		}
	}
}

// FuzzFreeOf: whatever a page says, only what is inside it is free, in order.
func FuzzFreeOf(f *testing.F) {
	f.Add(bytes.Repeat([]byte{0x0d, 0, 0, 1}, 128))
	f.Add(make([]byte, 512))
	f.Fuzz(func(t *testing.T, page []byte) {
		if len(page) < 512 || len(page) > 65536 {
			return
		}
		end := 0
		for _, one := range store.FreeOf(page) {
			if one[0] < end || one[1] < one[0] || one[1] > len(page) {
				t.Fatal(one)
			}
			end = one[1]
		}
	})
}
