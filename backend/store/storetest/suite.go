package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/tincan-chat/tincan/backend/node"
)

// Store is what is tested: both ports.
type Store interface {
	node.Store
	node.Reader
}

// Disk is where a store keeps things. Each Open finds what the one before,
// which is closed by then, left behind.
type Disk interface {
	Open(t testing.TB) Store
	// PutBack has the next Open find a copy of the files in their place, while none is open.
	PutBack(t testing.TB)
}

// Run runs the suite; newDisk returns an empty disk.
func Run(t *testing.T, newDisk func(t testing.TB) Disk) {
	for name, test := range map[string]func(*testing.T, *bench){
		"first start":              testFirstStart,
		"records":                  testRecords,
		"records are replaced":     testReplace,
		"servers":                  testServers,
		"pages":                    testPages,
		"late entries":             testLateEntries,
		"chain":                    testChain,
		"whole or not at all":      testAtomic,
		"positions":                testPositions,
		"unread and queued":        testCounts,
		"letters":                  testLetters,
		"steps":                    testSteps,
		"beyond a vector":          testBeyond,
		"epochs and forks":         testEpochs,
		"a copy put back":          testCopied,
		"verification":             testVerification,
		"former conversations":     testFormer,
		"successors":               testSuccessors,
		"read vector":              testReadVector,
		"entries":                  testEntries,
		"messages and orders":      testLookups,
		"other kinds":              testOtherKinds,
		"deleted contact":          testDeleteContact,
		"rows":                     testRows,
		"drafts and settings":      testInterface,
		"closed":                   testClosed,
		"at the same time":         testConcurrent,
		"projections are rebuilt":  testRebuild,
		"search":                   testSearch,
		"search finds everything":  testSearchFinds,
		"changes in any order":     testFold,
		"changes of one message":   testChanges,
		"answers":                  testAnswers,
		"what is not there waits":  testWaiting,
		"disappearing messages":    testDisappearing,
		"hidden messages":          testHidden,
		"hidden and edited":        testHiddenEdited,
		"expired and edited":       testExpiredEdited,
		"profiles and timers":      testProfiles,
		"how it is kept":           testStanding,
		"cleared":                  testClear,
		"much is cleared":          testClearMany,
		"forgotten":                testForgotten,
		"search keeps on at a tie": testSearchTies,
	} {
		t.Run(name, func(t *testing.T) {
			disk := newDisk(t)
			b := &bench{disk: disk, newDisk: newDisk}
			b.store = disk.Open(t)
			t.Cleanup(func() {
				if err := b.store.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, b)
		})
	}
}

// bench is a disk with its open store.
type bench struct {
	disk    Disk
	store   Store
	newDisk func(t testing.TB) Disk
}

// reopen closes the store and opens the disk again.
func (b *bench) reopen(t *testing.T) {
	t.Helper()
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	b.store = b.disk.Open(t)
}

func (b *bench) commit(t *testing.T, writes ...node.Write) {
	t.Helper()
	if err := b.store.Commit(t.Context(), writes); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) load(t *testing.T) node.Snapshot {
	t.Helper()
	snapshot, err := b.store.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// begin puts a conversation on the disk.
func (b *bench) begin(t *testing.T, seed uint64) *Talk {
	t.Helper()
	talk := NewTalk(t, seed)
	b.commit(t, node.PutContact{Contact: talk.Contact()})
	return talk
}

// must returns the value of a call that does not fail.
func must[T any](t testing.TB, call func(context.Context) (T, error)) T {
	t.Helper()
	value, err := call(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func refused(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}
