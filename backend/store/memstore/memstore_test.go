package memstore_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store/memstore"
	"github.com/tincan-chat/tincan/backend/store/storetest"
	"github.com/tincan-chat/tincan/backend/wire"
)

type disk struct{ *memstore.Disk }

func (d disk) Open(testing.TB) storetest.Store { return d.Disk.Open() }

func (d disk) PutBack(testing.TB) { d.Disk.PutBack() }

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

// TestTexts: words that were deleted or edited away are on the disk no more.
func TestTexts(t *testing.T) {
	kept := memstore.NewDisk()
	one := kept.Open()
	talk := storetest.NewTalk(t, 1)
	commit := func(writes ...node.Write) {
		t.Helper()
		if err := one.Commit(t.Context(), writes); err != nil {
			t.Fatal(err)
		}
	}
	has := func(texts ...string) {
		t.Helper()
		if got := slices.Sorted(maps.Keys(kept.Texts())); !slices.Equal(got, texts) {
			t.Errorf("%q instead of %q", got, texts)
		}
	}
	commit(node.PutContact{Contact: talk.Contact()})
	said, other := talk.Say(t, talk.Me, "said"), talk.Say(t, talk.Me, "other")
	commit(said, other)
	body, err := journal.EditBody(journal.Edit{Target: said.Entry.Hash(), Text: "put better"})
	if err != nil {
		t.Fatal(err)
	}
	commit(talk.Append(t, talk.Me, wire.EntryKind_ENTRY_KIND_EDIT, body))
	has("other", "put better", "said")
	if body, err = journal.DeleteBody(said.Entry.Hash()); err != nil {
		t.Fatal(err)
	}
	commit(talk.Append(t, talk.Me, wire.EntryKind_ENTRY_KIND_DELETE, body))
	has("other")
	if err = one.SaveDraft(t.Context(), talk.ID, "said"); err != nil {
		t.Fatal(err)
	}
	has("other", "said")
}
