package memstore_test

import (
	"errors"
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store/memstore"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

type disk struct{ *memstore.Disk }

func (d disk) Open(testing.TB) storetest.Store { return d.Disk.Open() }

func TestConformance(t *testing.T) {
	storetest.Run(t, func(testing.TB) storetest.Disk { return disk{memstore.NewDisk()} })
}

func TestCrashLosesWhatIsNotSynced(t *testing.T) {
	kept := memstore.NewDisk()
	first := kept.Open()
	talk := storetest.NewTalk(t, 1)
	if err := first.Commit(t.Context(), []node.Write{node.PutContact{Contact: talk.Contact()}, talk.Say(t, talk.Me, "kept")}); err != nil {
		t.Fatal(err)
	}
	staged := first.Stage([]node.Write{talk.Say(t, talk.Me, "lost")})
	page, err := first.PageBefore(t.Context(), talk.ID, journal.Order{}, 9)
	if err != nil || len(page) != 1 {
		t.Errorf("what is staged is seen: %d messages, %v", len(page), err)
	}
	first.Crash()
	if err = staged.Sync(); !errors.Is(err, memstore.ErrCrashed) {
		t.Errorf("synced after the crash: %v", err)
	}
	if _, err = first.Load(t.Context()); !errors.Is(err, memstore.ErrCrashed) {
		t.Errorf("loaded after the crash: %v", err)
	}
	second := kept.Open()
	page, err = second.PageBefore(t.Context(), talk.ID, journal.Order{}, 9)
	if err != nil || len(page) != 1 || page[0].Text != "kept" {
		t.Errorf("%d messages after the crash, %v", len(page), err)
	}
	if kept.Syncs() != 1 {
		t.Errorf("%d syncs", kept.Syncs())
	}
}

func TestFail(t *testing.T) {
	kept := memstore.NewDisk()
	one := kept.Open()
	kept.Fail(node.ErrDiskFull)
	write := []node.Write{node.PutSelf{Self: node.Self{Name: "Ana"}}}
	if err := one.Commit(t.Context(), write); !errors.Is(err, node.ErrDiskFull) {
		t.Errorf("%v", err)
	}
	kept.Fail(nil)
	staged := one.Stage(write)
	for range 2 {
		if err := staged.Sync(); err != nil {
			t.Error(err)
		}
	}
	if kept.Syncs() != 1 {
		t.Errorf("%d syncs", kept.Syncs())
	}
}
