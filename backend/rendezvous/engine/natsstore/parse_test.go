package natsstore

import (
	"bytes"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// FuzzRead feeds everything that reads bytes: cursors and ids come from
// devices, the rest from the store.
func FuzzRead(f *testing.F) {
	owner := identity.PeerID{1}
	f.Add([]byte{})
	f.Add(newID(owner, 3, 77))
	f.Add(cursor{1, 2, 3}.encode(owner))
	f.Add(lead{owner: owner, box: engine.BoxInvite, expires: time.UnixMilli(5)}.encode())
	f.Add(encodeOwned(map[engine.Tag]time.Time{{1}: time.UnixMilli(5), {2}: time.UnixMilli(6)}))
	f.Add([]byte("3:77"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if class, number, ok := readID(owner, data); ok && !bytes.Equal(newID(owner, class, number), data) {
			t.Error("another id")
		}
		if at := readCursor(owner, data); at != (cursor{}) && !bytes.Equal(at.encode(owner), data) {
			t.Error("another cursor")
		}
		if l, err := readLead(data); err == nil && !bytes.Equal(l.encode(), data) {
			t.Error("another lead")
		}
		if tags, err := readOwned(data); err == nil && len(encodeOwned(tags)) > len(data) {
			t.Error("more tags than there were")
		}
		if tags := noticed(data); len(tags) > mostNoticed || len(tags)*len(engine.Tag{}) > len(data) {
			t.Error("more tags noticed than there were")
		}
		if at, ok := readPosition(string(data)); ok && at.source < 0 {
			t.Error("a position before the start")
		}
	})
}

func TestCursorOfAnother(t *testing.T) {
	t.Parallel()
	made := cursor{1, 2, 3, 4, 5, 6}.encode(identity.PeerID{1})
	if len(made) > 64 {
		t.Errorf("a cursor has %d bytes", len(made))
	}
	if at := readCursor(identity.PeerID{2}, made); at != (cursor{}) {
		t.Errorf("the cursor of another is %v", at)
	}
	if _, _, ok := readID(identity.PeerID{2}, newID(identity.PeerID{1}, 0, 1)); ok {
		t.Error("the id of another is one's own")
	}
}

func TestClassesKeepTheQuota(t *testing.T) {
	t.Parallel()
	for _, box := range []engine.Box{engine.BoxContact, engine.BoxInvite, engine.BoxStranger} {
		most, size := engine.Quota(box)
		count, bytes := 0, 0
		for _, one := range classes {
			if one.box == box {
				count += one.count
				bytes += one.count * one.size
			}
		}
		if count != most || bytes > size {
			t.Errorf("box %d: %d envelopes of %d, %d bytes of %d", box, count, most, bytes, size)
		}
	}
	all := int64(0)
	for _, config := range configs(Options{MaxBytes: 1 << 30, Shards: 8}) {
		if config.MaxBytes <= 0 {
			t.Errorf("%s is not bounded", config.Name)
		}
		all += config.MaxBytes
	}
	if all > 1<<30 {
		t.Errorf("all streams take %d", all)
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	c, now := newCache(3), time.Now()
	for i := range byte(5) {
		c.put(engine.Tag{i}, lead{box: engine.BoxContact}, now, 0)
		c.get(engine.Tag{0}, now) // what is used stays
	}
	for i, want := range []bool{true, false, false, true, true} {
		if _, ok, _ := c.get(engine.Tag{byte(i)}, now); ok != want {
			t.Errorf("tag %d is there: %t", i, ok)
		}
	}
	if _, ok, _ := c.get(engine.Tag{0}, now.Add(cacheLife)); ok {
		t.Error("what was read long ago is still believed")
	}
	_, _, before := c.get(engine.Tag{9}, now)
	c.forget([]engine.Tag{{9}})
	c.put(engine.Tag{9}, lead{box: engine.BoxContact}, now, before)
	if _, ok, _ := c.get(engine.Tag{9}, now); ok {
		t.Error("what changed while it was read is believed")
	}
}
