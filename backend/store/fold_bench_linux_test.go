package store_test

import (
	"context"
	"testing"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// BenchmarkFold reads pages of 50 anywhere in a conversation of 100,000 messages:
// as they were written, each edited, and each edited and with a reaction.
func BenchmarkFold(b *testing.B) {
	const count = 100_000
	one := open(b, b.TempDir(), store.Options{})
	for number, more := range []func(talk *storetest.Talk, write node.AppendEntry) []node.Write{
		func(*storetest.Talk, node.AppendEntry) []node.Write { return nil },
		func(talk *storetest.Talk, write node.AppendEntry) []node.Write {
			return []node.Write{talk.Edit(b, talk.Me, write.Entry.Hash(), message)}
		},
		func(talk *storetest.Talk, write node.AppendEntry) []node.Write {
			name := write.Entry.Hash()
			return []node.Write{talk.Edit(b, talk.Me, name, message), talk.React(b, talk.Them, name, "👍", false)}
		},
	} {
		talk := storetest.NewTalk(b, uint64(1000+number))
		commit(b, one, node.PutContact{Contact: talk.Contact()})
		said := make([]node.AppendEntry, 0, count)
		for len(said) < count {
			var batch []node.Write
			for range 1000 {
				write := talk.Say(b, talk.Me, message)
				said = append(said, write)
				batch = append(batch, write)
				batch = append(batch, more(talk, write)...)
			}
			talk.Writes = nil
			commit(b, one, batch...)
		}
		b.Run([]string{"plain", "edited", "edited, with a reaction"}[number], func(b *testing.B) {
			next := uint64(1)
			measured(b, func() {
				next = next*6364136223846793005 + 1442695040888963407
				at := 50 + int(next>>33)%(count-50)
				messages, err := one.PageBefore(context.Background(), talk.ID, said[at].Order, 50)
				if err != nil || len(messages) != 50 || messages[7].Edited.IsZero() != (number == 0) {
					b.Fatalf("%d messages, %v", len(messages), err)
				}
			})
		})
	}
}
