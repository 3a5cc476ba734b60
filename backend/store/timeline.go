package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// What a message is made of, given an entry e, its log l and its conversation v.
// Mine is delivered and read as far as any remote device says; theirs is read
// as far as I say. Mine is stored as far as a mailbox keeps a letter with it.
const (
	messageColumns = `e.shown, (SELECT m.expires FROM timers m WHERE m.entry = e.id), v.id, e.id & ` + sequenceDigits + `, e.claimed, e.effective, e.arrived, e.hash, e.body, l.device, l.epoch, l.mine, l.author,
		l.mine = 1 AND EXISTS (SELECT 1 FROM positions p WHERE p.conversation = v.number AND p.device = l.device AND p.epoch = l.epoch AND p.held >= e.id & ` + sequenceDigits + `),
		CASE l.mine
		WHEN 1 THEN EXISTS (SELECT 1 FROM positions p WHERE p.conversation = v.number AND p.device = l.device AND p.epoch = l.epoch AND p.read >= e.id & ` + sequenceDigits + `)
		ELSE EXISTS (SELECT 1 FROM reads r WHERE r.conversation = v.number AND r.device = l.device AND r.epoch = l.epoch AND r.sequence >= e.id & ` + sequenceDigits + `) END,
		l.mine = 1 AND EXISTS (SELECT 1 FROM outgoing o WHERE o.conversation = v.number AND o.device = l.device AND o.epoch = l.epoch AND o.stored_until > 0
			AND o.since < e.id & ` + sequenceDigits + ` AND o.through >= e.id & ` + sequenceDigits + `)`

	pageTables = ` FROM conversations v CROSS JOIN timeline t ON t.conversation = v.number CROSS JOIN entries e ON e.id = t.entry CROSS JOIN logs l ON l.number = e.id >> 36`
	pageBefore = `SELECT ` + messageColumns + pageTables + ` WHERE v.id = ? AND t.place < ? ORDER BY t.place DESC LIMIT ?`
	pageAfter  = `SELECT ` + messageColumns + pageTables + ` WHERE v.id = ? AND t.place > ? ORDER BY t.place LIMIT ?`
	// How the tables that belong to an entry are joined, and how an entry is
	// found by its name: the planner would rather walk the index of what is shown.
	ofEntry = ` CROSS JOIN logs l ON l.number = e.id >> 36 CROSS JOIN conversations v ON v.number = l.conversation`
	named   = ` FROM entries e INDEXED BY entries_name` + ofEntry
	byName  = named + ` WHERE substr(e.hash, 1, 8) = ? AND e.hash = ?`
)

// messageRow receives the columns of a message. All are NULL in a list row
// without messages.
type messageRow struct {
	conversation, hash, body, device, author sql.RawBytes
	sequence, claimed, effective, arrived    sql.Null[int64]
	epoch, mine, delivered, read, stored     sql.Null[int64]
	shown, expires                           sql.Null[int64]
}

func (r *messageRow) targets() []any {
	return []any{
		&r.shown, &r.expires, &r.conversation, &r.sequence, &r.claimed, &r.effective, &r.arrived, &r.hash, &r.body,
		&r.device, &r.epoch, &r.mine, &r.author, &r.delivered, &r.read, &r.stored,
	}
}

// message copies the columns: what the message's own entry says.
func (r *messageRow) message() (node.Message, error) {
	message := node.Message{
		Log:       journal.Log{Epoch: uint32(r.epoch.V)},
		Sequence:  uint64(r.sequence.V),
		Mine:      r.mine.V != 0,
		Claimed:   time.UnixMilli(r.claimed.V).UTC(),
		Arrived:   moment(r.arrived.V),
		Stored:    r.stored.V != 0 && r.delivered.V == 0,
		Delivered: r.delivered.V != 0,
		Read:      r.read.V != 0,
	}
	if err := fixedAll(message.Hash[:], r.hash, message.Conversation[:], r.conversation, message.Log.Device[:], r.device, message.Author[:], r.author); err != nil {
		return message, err
	}
	message.Order = journal.OrderOf(uint64(r.effective.V), message.Log, message.Sequence)
	if message.Deleted = r.shown.V == shownDeleted; message.Deleted {
		return message, nil
	}
	content, err := journal.DecodeMessage(r.body)
	if err != nil {
		return message, damaged(err)
	}
	message.Text, message.Timer, message.Expires = content.Text, content.Timer, moment(r.expires.V)
	if !content.Reply.IsZero() {
		message.Reply = &node.Reply{Message: content.Reply}
	}
	return message, nil
}

func scanMessage(rows *sql.Rows) (node.Message, error) {
	var row messageRow
	if err := rows.Scan(row.targets()...); err != nil {
		return node.Message{}, err
	}
	return row.message()
}

// latest is after every order.
var latest = func() (order journal.Order) {
	for i := range order {
		order[i] = 0xff
	}
	return order
}()

// PageBefore implements node.Reader.
func (s *Store) PageBefore(ctx context.Context, conversation uuid.UUID, before journal.Order, limit int) ([]node.Message, error) {
	if before.IsZero() {
		before = latest
	}
	return s.page(ctx, pageBefore, conversation, before, limit, true)
}

// PageAfter implements node.Reader.
func (s *Store) PageAfter(ctx context.Context, conversation uuid.UUID, after journal.Order, limit int) ([]node.Message, error) {
	return s.page(ctx, pageAfter, conversation, after, limit, false)
}

func (s *Store) page(ctx context.Context, query string, conversation uuid.UUID, from journal.Order, limit int, backward bool) ([]node.Message, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	messages, err := collect(ctx, s, scanMessage, query, conversation[:], from[:], int64(max(limit, 0)))
	if err == nil && s.rescue.Load() && len(messages) < limit {
		messages, err = s.rescuePage(ctx, conversation, from, limit, backward)
	}
	if err == nil {
		err = s.fold(ctx, messages)
	}
	if err != nil {
		return nil, err
	}
	if backward {
		for i, j := 0, len(messages)-1; i < j; i, j = i+1, j-1 {
			messages[i], messages[j] = messages[j], messages[i]
		}
	}
	return messages, nil
}

// rescuePage reads a page of a damaged database message by message and leaves
// out those that cannot be read.
func (s *Store) rescuePage(ctx context.Context, conversation uuid.UUID, from journal.Order, limit int, backward bool) ([]node.Message, error) {
	const tables = `SELECT t.entry FROM conversations v CROSS JOIN timeline t ON t.conversation = v.number WHERE v.id = ? AND t.place`
	query := tables + ` > ? ORDER BY t.place`
	if backward {
		query = tables + ` < ? ORDER BY t.place DESC`
	}
	entries, err := collect(ctx, s, func(rows *sql.Rows) (entry int64, err error) {
		err = rows.Scan(&entry)
		return entry, err
	}, query, conversation[:], from[:])
	if err != nil {
		return nil, err
	}
	var messages []node.Message
	for _, entry := range entries {
		if len(messages) == limit {
			break
		}
		one, err := collect(ctx, s, scanMessage, `SELECT `+messageColumns+` FROM entries e`+ofEntry+` WHERE e.id = ?`, entry)
		if err != nil {
			return nil, err
		}
		messages = append(messages, one...)
	}
	return messages, nil
}

// Message implements node.Reader.
func (s *Store) Message(ctx context.Context, hash journal.Hash) (node.Message, error) {
	if err := s.enter(); err != nil {
		return node.Message{}, err
	}
	defer s.leave()
	found, err := collect(ctx, s, scanMessage, `SELECT `+messageColumns+byName+` AND e.shown IN (1, 2)`, hash[:8], hash[:])
	if err == nil {
		err = s.fold(ctx, found)
	}
	switch {
	case err != nil:
		return node.Message{}, err
	case len(found) == 0:
		return node.Message{}, node.ErrNotFound
	}
	return found[0], nil
}

// firstUnread gives for each log of others what is unread and the first of it.
const firstUnread = `SELECT l.device, l.epoch, e.id & ` + sequenceDigits + `, e.effective,
	(SELECT count(*) FROM entries x WHERE x.shown = 1 AND x.id >= e.id AND x.id < (l.number + 1) << 36)
	FROM conversations v CROSS JOIN logs l ON l.conversation = v.number AND l.mine = 0
	CROSS JOIN entries e ON e.id = (SELECT min(x.id) FROM entries x WHERE x.shown = 1 AND x.id < (l.number + 1) << 36 AND x.id > (l.number << 36) +
		min(` + sequenceDigits + `, coalesce((SELECT r.sequence FROM reads r WHERE r.conversation = v.number AND r.device = l.device AND r.epoch = l.epoch), 0)))
	WHERE v.id = ?`

// FirstUnread implements node.Reader. In one log orders grow with sequences, so
// the first of all is the first of one of them.
func (s *Store) FirstUnread(ctx context.Context, conversation uuid.UUID) (journal.Order, int, error) {
	if err := s.enter(); err != nil {
		return journal.Order{}, 0, err
	}
	defer s.leave()
	var first journal.Order
	count := 0
	_, err := collect(ctx, s, func(rows *sql.Rows) (struct{}, error) {
		var device []byte
		var log journal.Log
		var sequence, effective uint64
		var unread int
		if err := rows.Scan(&device, &log.Epoch, &sequence, &effective, &unread); err != nil {
			return struct{}{}, err
		}
		if err := fixed(log.Device[:], device); err != nil {
			return struct{}{}, err
		}
		order := journal.OrderOf(effective, log, sequence)
		if first.IsZero() || order.Compare(first) < 0 {
			first = order
		}
		count += unread
		return struct{}{}, nil
	}, firstUnread, conversation[:])
	return first, count, err
}

// numberedLog is a log with its row's number.
type numberedLog struct {
	number int64
	log    journal.Log
	last   uint64
}

// ReadVectorAt implements node.Reader. It searches each log by halves, since
// orders grow with sequences.
func (s *Store) ReadVectorAt(ctx context.Context, conversation uuid.UUID, order journal.Order) (journal.Vector, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	logs, err := collect(ctx, s, func(rows *sql.Rows) (one numberedLog, err error) {
		var device []byte
		if err = rows.Scan(&one.number, &device, &one.log.Epoch, &one.last); err != nil {
			return one, err
		}
		return one, fixed(one.log.Device[:], device)
	}, `SELECT l.number, l.device, l.epoch, l.sequence FROM conversations v JOIN logs l ON l.conversation = v.number WHERE v.id = ? AND l.mine = 0`, conversation[:])
	if err != nil {
		return nil, err
	}
	vector := journal.Vector{}
	for _, one := range logs {
		sequence, err := s.sequenceAt(ctx, one, order)
		if err != nil {
			return nil, err
		}
		if sequence > 0 {
			vector[one.log] = journal.Head{Sequence: sequence}
		}
	}
	return vector, nil
}

// sequenceAt returns the highest sequence of a log at or before an order, 0 if none.
func (s *Store) sequenceAt(ctx context.Context, one numberedLog, order journal.Order) (uint64, error) {
	low, high := uint64(0), one.last // everything up to low is at or before, everything after high is not
	probe := high                    // most often the whole log was read
	for low < high {
		found, err := collect(ctx, s, func(rows *sql.Rows) (effective uint64, err error) {
			err = rows.Scan(&effective)
			return effective, err
		}, `SELECT effective FROM entries WHERE id = ?`, one.number<<sequenceBits|int64(probe))
		if err != nil {
			return 0, err
		}
		if len(found) == 1 && journal.OrderOf(found[0], one.log, probe).Compare(order) <= 0 {
			low = probe
		} else {
			high = probe - 1
		}
		probe = low + (high-low+1)/2
	}
	return low, nil
}
