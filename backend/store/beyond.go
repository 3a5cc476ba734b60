package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// A stretch is what is read of a log at a time when the logs of a conversation
// are merged: entries, and bytes.
const (
	stretchEntries = 128
	stretchBytes   = 128 << 10
)

// cursor is a place in a log, with what was read beyond it.
type cursor struct {
	number int64
	log    journal.Log
	after  uint64
	head   uint64
	ahead  []placedEntry
}

type placedEntry struct {
	entry journal.Entry
	order journal.Order
}

// Beyond implements node.Store. It merges the logs by order, reading a short
// stretch of each at a time.
func (s *Store) Beyond(ctx context.Context, conversation uuid.UUID, vector journal.Vector, maxBytes, maxEntries int) ([]journal.Entry, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	logs, err := s.cursors(ctx, conversation, vector)
	if err != nil {
		return nil, err
	}
	var entries []journal.Entry
	total := 0
	for len(entries) < maxEntries {
		var first *cursor
		for _, one := range logs {
			if err := s.fill(ctx, one); err != nil {
				return nil, err
			}
			if len(one.ahead) > 0 && (first == nil || one.ahead[0].order.Compare(first.ahead[0].order) < 0) {
				first = one
			}
		}
		if first == nil {
			break
		}
		next := first.ahead[0].entry
		if total += next.Size(); total > maxBytes && len(entries) > 0 {
			break
		}
		entries = append(entries, next)
		first.ahead = first.ahead[1:]
	}
	return entries, nil
}

// cursors returns the logs of a conversation that have something beyond a vector.
func (s *Store) cursors(ctx context.Context, conversation uuid.UUID, vector journal.Vector) ([]*cursor, error) {
	all, err := collect(ctx, s, func(rows *sql.Rows) (*cursor, error) {
		one := &cursor{}
		var device sql.RawBytes
		if err := rows.Scan(&one.number, &device, &one.log.Epoch, &one.head); err != nil {
			return nil, err
		}
		if err := fixed(one.log.Device[:], device); err != nil {
			return nil, err
		}
		one.after = vector.Get(one.log)
		return one, nil
	}, `SELECT l.number, l.device, l.epoch, l.sequence FROM conversations v JOIN logs l ON l.conversation = v.number WHERE v.id = ?`, conversation[:])
	if err != nil {
		return nil, err
	}
	var logs []*cursor
	for _, one := range all {
		if one.after < one.head {
			logs = append(logs, one)
		}
	}
	return logs, nil
}

// fill reads on in a log when nothing of it is left to be taken.
func (s *Store) fill(ctx context.Context, one *cursor) error {
	if one.after >= one.head || len(one.ahead) > 0 {
		return nil
	}
	total := 0
	read, err := collect(ctx, s, func(rows *sql.Rows) (placedEntry, error) {
		if total >= stretchBytes {
			return placedEntry{}, errEnough
		}
		var kept wire.Entry
		var effective uint64
		if err := rows.Scan(&kept.Header, &kept.Signature, &kept.Salt, &kept.Body, &effective); err != nil {
			return placedEntry{}, err
		}
		entry, err := journal.Restore(&kept)
		if err != nil {
			return placedEntry{}, fmt.Errorf("%w: %w", node.ErrDamaged, err)
		}
		total += entry.Size()
		return placedEntry{entry: entry, order: journal.OrderOf(effective, entry.Log, entry.Sequence)}, nil
	}, `SELECT header, signature, salt, body, effective FROM entries WHERE id > (? << 36) + ? AND id < (? + 1) << 36 ORDER BY id LIMIT ?`,
		one.number, int64(one.after), one.number, stretchEntries)
	if err != nil {
		return err
	}
	one.after = one.head // nothing more can be read, if nothing was
	if len(read) > 0 {
		one.after = read[len(read)-1].entry.Sequence
	}
	one.ahead = read
	return nil
}
