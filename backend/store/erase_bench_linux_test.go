package store_test

import (
	"path/filepath"
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
)

// BenchmarkErase takes single messages of all places out of a conversation of
// 100,000, with the search of the whole file, beside commits of one message.
func BenchmarkErase(b *testing.B) {
	talk := entriesOf(b, 100_000)
	path := fill(b, talk)
	one := open(b, path, store.Options{})
	waitForIndex(b, one)
	b.Run("written", func(b *testing.B) {
		measured(b, func() { commit(b, one, talk.Say(b, talk.Me, message)) })
	})
	at := 0
	erase := func() {
		at = (at + 7919) % 100_000
		commit(b, one, node.EraseMessages{Messages: []journal.Hash{talk.Writes[at].Entry.Hash()}})
	}
	b.Run("erased", func(b *testing.B) { measured(b, erase) })
	b.Run("erased, with copies in gaps", func(b *testing.B) {
		measured(b, func() {
			next := talk.Writes[(at+7919)%100_000].Entry
			name := next.Hash()
			if _, err := store.PlantCopies(filepath.Join(path, store.FileName), append(name[:], next.Body[:8]...), 1); err != nil {
				b.Fatal(err)
			}
			erase()
		})
		b.ReportMetric(float64(fileSize(b, path))/(1<<20), "MiB")
	})
}
