package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"slices"
	"unicode"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// Document numbers: see migration 5. A time after lastMillisecond, in the year
// 570,000 or so, counts as that one.
const (
	placeBits       = 8
	lastMillisecond = 1 << 54
	afterAll        = 1<<63 - 1
)

// firstNumber returns the first document number of a millisecond.
func firstNumber(effective int64) int64 {
	return min(max(effective, 0), lastMillisecond) << placeBits
}

const searchQuery = `SELECT ` + messageColumns + `, d.indexed FROM search CROSS JOIN search_documents d ON d.number = search.rowid CROSS JOIN entries e ON e.id = d.entry` + ofEntry + `
	WHERE search MATCH ? AND search.rowid < ? AND e.shown = 1 ORDER BY search.rowid DESC`

// Search implements node.Reader. Messages come in the order of the index,
// newest millisecond first, and are read until no other can be among the first.
func (s *Store) Search(ctx context.Context, query search.Query, conversation uuid.UUID, before journal.Order, limit int) (node.Finding, error) {
	if err := s.enter(); err != nil {
		return node.Finding{}, err
	}
	defer s.leave()
	waiting, err := s.waitingForIndex(ctx)
	if waiting > 0 && s.indexer != nil {
		put(s.indexer.hurry)
	}
	if err != nil || query.IsEmpty() || limit <= 0 {
		return node.Finding{Waiting: waiting}, err
	}
	number := int64(0)
	if conversation != uuid.Nil {
		if number, err = s.conversationNumber(ctx, conversation); err != nil || number == 0 {
			return node.Finding{Waiting: waiting}, err
		}
	}
	below := int64(afterAll)
	if before.IsZero() {
		before = latest
	} else if effective := before.Effective().UnixMilli(); effective < lastMillisecond {
		// Its own millisecond may have earlier ones.
		below = firstNumber(effective + 1)
	}
	var hits []node.Hit
	_, err = collect(ctx, s, func(rows *sql.Rows) (struct{}, error) {
		message, scanned := scanFound(rows)
		if scanned != nil || message.Order.Compare(before) >= 0 {
			return struct{}{}, scanned
		}
		snippet, found := query.Show(message.Text)
		if !found {
			return struct{}{}, nil
		}
		hits = append(hits, node.Hit{Message: message, Snippet: snippet})
		// One that is surely later than the page, so that it tells of more.
		if len(hits) > limit && message.Order.Effective().Before(hits[limit-1].Message.Order.Effective()) {
			return struct{}{}, errEnough
		}
		return struct{}{}, nil
	}, searchQuery, expression(query, number), below)
	if err != nil {
		return node.Finding{}, err
	}
	found := NewestHits(hits, limit)
	found.Waiting = waiting
	return found, s.foldHits(ctx, found.Hits)
}

// scanFound reads a message with the text that it was found by, which is
// another than its own after an edit.
func scanFound(rows *sql.Rows) (node.Message, error) {
	var row messageRow
	var edited sql.NullString
	if err := rows.Scan(append(row.targets(), &edited)...); err != nil {
		return node.Message{}, err
	}
	message, err := row.message()
	if edited.Valid {
		message.Text = edited.String
	}
	return message, err
}

// foldHits brings the messages of hits to how they stand.
func (s *Store) foldHits(ctx context.Context, hits []node.Hit) error {
	messages := make([]node.Message, len(hits))
	for i := range hits {
		messages[i] = hits[i].Message
	}
	if err := s.fold(ctx, messages); err != nil {
		return err
	}
	for i := range hits {
		hits[i].Message = messages[i]
	}
	return nil
}

// mostWords is how many words are listed.
const mostWords = 100_000

// Words implements node.Reader. Words end where letters do: all of one are
// before the last character of Unicode.
func (s *Store) Words(ctx context.Context, beginning string) ([]search.Word, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	return collect(ctx, s, func(rows *sql.Rows) (word search.Word, err error) {
		err = rows.Scan(&word.Text, &word.Texts)
		return word, err
	}, `SELECT term, doc FROM search_words WHERE term >= ? AND term < ? LIMIT ?`, beginning, beginning+string(unicode.MaxRune), mostWords)
}

// NewestHits returns the first of hits, newest first; those at the same place
// as the last one are not parted.
func NewestHits(hits []node.Hit, limit int) node.Finding {
	slices.SortFunc(hits, func(a, b node.Hit) int {
		return cmp.Or(b.Message.Order.Compare(a.Message.Order), bytes.Compare(a.Message.Conversation[:], b.Message.Conversation[:]))
	})
	end := min(limit, len(hits))
	for end > 0 && end < len(hits) && hits[end].Message.Order == hits[end-1].Message.Order {
		end++
	}
	return node.Finding{Hits: hits[:end], More: end < len(hits)}
}

func scanNumber(rows *sql.Rows) (value int64, err error) {
	err = rows.Scan(&value)
	return value, err
}

// waitingForIndex returns how many entries the indexer did not look at yet.
func (s *Store) waitingForIndex(ctx context.Context) (int, error) {
	counts, err := collect(ctx, s, scanNumber, `SELECT coalesce(sum(l.sequence - coalesce(i.through, 0)), 0) FROM logs l LEFT JOIN search_logs i ON i.log = l.number`)
	if err != nil || len(counts) == 0 {
		return 0, err
	}
	return int(counts[0]), nil
}

// conversationNumber returns the number of a conversation's row, 0 if there is none.
func (s *Store) conversationNumber(ctx context.Context, conversation uuid.UUID) (int64, error) {
	numbers, err := collect(ctx, s, scanNumber, `SELECT number FROM conversations WHERE id = ?`, conversation[:])
	if err != nil || len(numbers) == 0 {
		return 0, err
	}
	return numbers[0], nil
}
