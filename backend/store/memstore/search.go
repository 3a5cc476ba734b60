package memstore

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
)

// Search implements node.Reader: it looks at every message.
func (s *Store) Search(ctx context.Context, query search.Query, conversation uuid.UUID, before journal.Order, limit int) (found node.Finding, err error) {
	err = s.read(ctx, func(c *content) error {
		if query.IsEmpty() || limit <= 0 {
			return nil
		}
		var hits []node.Hit
		for id, v := range c.conversations {
			if conversation != uuid.Nil && conversation != id {
				continue
			}
			for _, one := range v.timeline {
				if !before.IsZero() && one.Order.Compare(before) >= 0 {
					break
				}
				message := c.fold(v, one)
				if snippet, shown := query.Show(message.Text); shown && !message.Deleted {
					hits = append(hits, node.Hit{Message: message, Snippet: snippet})
				}
			}
		}
		found = store.NewestHits(hits, limit)
		return nil
	})
	return found, err
}

// Words implements node.Reader.
func (s *Store) Words(ctx context.Context, beginning string) (list []search.Word, err error) {
	err = s.read(ctx, func(c *content) error {
		texts := map[string]int{}
		for _, v := range c.conversations {
			for _, one := range v.timeline {
				message := c.fold(v, one)
				if message.Deleted {
					continue
				}
				once := map[string]bool{}
				for _, piece := range search.Fold(message.Text) {
					if word := string(piece.Runes); !piece.Run && strings.HasPrefix(word, beginning) && !once[word] {
						once[word] = true
						texts[word]++
					}
				}
			}
		}
		for word, count := range texts {
			list = append(list, search.Word{Text: word, Texts: count})
		}
		return nil
	})
	return list, err
}
