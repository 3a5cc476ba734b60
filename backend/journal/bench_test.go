package journal_test

import (
	"testing"

	"github.com/tincan-chat/tincan/backend/journal"
)

func BenchmarkWrite(b *testing.B) {
	keys := newKeys(b, 1)
	draft := textDraft(b, keys, journal.Head{}, "a message of some length, as people send them all day long")
	for b.Loop() {
		if _, err := journal.Write(draft, keys.SignAsDevice); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	keys := newKeys(b, 1)
	entry := write(b, keys, textDraft(b, keys, journal.Head{}, "a message of some length")).Wire()
	b.Run("outside", func(b *testing.B) {
		for b.Loop() {
			if _, err := journal.Parse(entry); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("kept", func(b *testing.B) {
		for b.Loop() {
			if _, err := journal.Restore(entry); err != nil {
				b.Fatal(err)
			}
		}
	})
}
