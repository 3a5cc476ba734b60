package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// appendEntry adds an entry to its log, and what it says to the timeline.
func (t *transaction) appendEntry(w node.AppendEntry) error {
	entry := &w.Entry
	conversation, err := t.conversation(entry.Conversation)
	switch {
	case err != nil:
		return err
	case conversation == nil:
		return ErrNoConversation
	}
	log, err := t.log(conversation, entry.Log)
	if err != nil {
		return err
	}
	if err = follows(log, w); err != nil {
		return err
	}
	if log == nil {
		if log, err = t.addLog(conversation, w); err != nil {
			return err
		}
	}
	_, unreadable := entry.Text()
	shown := unreadable == nil
	hash := entry.Hash()
	row := log.number<<sequenceBits | int64(entry.Sequence)
	effective := w.Order.Effective().UnixMilli()
	if _, err = t.exec(`INSERT INTO entries (id, shown, claimed, effective, arrived, hash, body, salt, header, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		row, flag(shown), entry.Claimed.UnixMilli(), effective, millis(w.Arrived), hash[:], blob(entry.Body), blob(entry.Salt),
		entry.HeaderBytes, entry.Signature); err != nil {
		return err
	}
	if shown {
		if _, err = t.exec(`INSERT INTO timeline (conversation, place, entry) VALUES (?, ?, ?)`, conversation.number, w.Order[:], row); err != nil {
			return err
		}
	}
	if err = t.takeIn(conversation, w, row); err != nil {
		return err
	}
	log.head, log.effective = journal.Head{Sequence: entry.Sequence, Hash: hash}, effective
	if !log.touched {
		log.touched = true
		t.touched = append(t.touched, log)
	}
	return nil
}

// follows refuses what would break a log: a second entry at one sequence, a
// gap, another chain, or an order that is not this entry's.
func follows(log *keptLog, w node.AppendEntry) error {
	var head journal.Head
	if log != nil {
		head = log.head
	}
	switch {
	case w.Entry.Sequence != head.Sequence+1 || w.Entry.Previous != head.Hash:
		return ErrChain
	case w.Entry.Sequence > sequenceMask:
		return fmt.Errorf("%w: the log is full", ErrChain)
	case log != nil && log.mine != w.Mine:
		return fmt.Errorf("%w: another author", ErrChain)
	}
	effective := w.Order.Effective().UnixMilli()
	if effective == math.MaxInt64 || journal.OrderOf(uint64(effective), w.Entry.Log, w.Entry.Sequence) != w.Order {
		return fmt.Errorf("%w: the order belongs to another entry", ErrChain)
	}
	return nil
}

func (t *transaction) addLog(conversation *keptConversation, w node.AppendEntry) (*keptLog, error) {
	if _, err := t.exec(`INSERT INTO logs (conversation, device, epoch, author, mine, sequence, hash, effective) VALUES (?, ?, ?, ?, ?, 0, zeroblob(32), 0)`,
		conversation.number, w.Entry.Log.Device[:], int64(w.Entry.Log.Epoch), w.Author[:], flag(w.Mine)); err != nil {
		return nil, err
	}
	log, err := t.log(conversation, w.Entry.Log)
	if err == nil && log == nil {
		err = errors.New("store: a log that was just made is not there")
	}
	return log, err
}

// Entries implements node.Store.
func (s *Store) Entries(ctx context.Context, conversation uuid.UUID, log journal.Log, after uint64, maxBytes int) ([]journal.Entry, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	if after >= sequenceMask {
		return nil, nil
	}
	total := 0
	return collect(ctx, s, func(rows *sql.Rows) (journal.Entry, error) {
		if total > 0 && total >= maxBytes {
			return journal.Entry{}, errEnough
		}
		var kept wire.Entry
		if err := rows.Scan(&kept.Header, &kept.Signature, &kept.Salt, &kept.Body); err != nil {
			return journal.Entry{}, err
		}
		entry, err := journal.Restore(&kept)
		if err != nil {
			return journal.Entry{}, fmt.Errorf("%w: %w", node.ErrDamaged, err)
		}
		if total += entry.Size(); total > maxBytes && total > entry.Size() {
			return journal.Entry{}, errEnough
		}
		return entry, nil
	}, `SELECT e.header, e.signature, e.salt, e.body
		FROM conversations v CROSS JOIN logs l ON l.conversation = v.number CROSS JOIN entries e ON e.id > (l.number << 36) + ? AND e.id < (l.number + 1) << 36
		WHERE v.id = ? AND l.device = ? AND l.epoch = ? ORDER BY e.id`,
		int64(after), conversation[:], log.Device[:], int64(log.Epoch))
}

// Orders implements node.Store.
func (s *Store) Orders(ctx context.Context, entries []journal.Hash) (map[journal.Hash]journal.Order, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	orders := make(map[journal.Hash]journal.Order, len(entries))
	for _, hash := range entries {
		found, err := collect(ctx, s, func(rows *sql.Rows) (journal.Order, error) {
			var device sql.RawBytes
			var log journal.Log
			var sequence, effective uint64
			if err := rows.Scan(&device, &log.Epoch, &sequence, &effective); err != nil {
				return journal.Order{}, err
			}
			err := fixed(log.Device[:], device)
			return journal.OrderOf(effective, log, sequence), err
		}, `SELECT l.device, l.epoch, e.id & `+sequenceDigits+`, e.effective`+byName, hash[:8], hash[:])
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			orders[hash] = found[0]
		}
	}
	return orders, nil
}
