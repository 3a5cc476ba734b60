package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// Counts of a conversation v, computed from positions each time.
const (
	unreadCount = `(SELECT coalesce(sum((SELECT count(*) FROM entries x WHERE x.shown = 1 AND x.id < (g.number + 1) << 36 AND x.id > (g.number << 36) +
		min(` + sequenceDigits + `, coalesce((SELECT r.sequence FROM reads r WHERE r.conversation = g.conversation AND r.device = g.device AND r.epoch = g.epoch), 0)))), 0)
		FROM logs g WHERE g.conversation = v.number AND g.mine = 0)`
	queuedCount = `(SELECT coalesce(sum((SELECT count(*) FROM entries x WHERE x.shown = 1 AND x.id < (g.number + 1) << 36 AND x.id > (g.number << 36) +
		min(` + sequenceDigits + `, coalesce((SELECT max(p.held) FROM positions p WHERE p.conversation = g.conversation AND p.device = g.device AND p.epoch = g.epoch), 0)))), 0)
		FROM logs g WHERE g.conversation = v.number AND g.mine = 1)`

	rowQuery = `SELECT ` + contactColumns + `, ` + messageColumns + `, ` + unreadCount + `, ` + queuedCount + `, coalesce(d.text, ''), v.timer, v.timer_place,
		c.conversation <> v.number, ` + standingColumns + `
		FROM conversations v JOIN contacts c ON c.peer = v.peer
		LEFT JOIN timeline t ON t.conversation = v.number AND t.place = (SELECT max(y.place) FROM timeline y WHERE y.conversation = v.number)
		LEFT JOIN entries e ON e.id = t.entry
		LEFT JOIN logs l ON l.number = e.id >> 36
		LEFT JOIN drafts d ON d.conversation = v.number`
)

func scanRow(rows *sql.Rows) (node.Row, error) {
	var row node.Row
	var contact contactRow
	var last messageRow
	targets := append(contact.targets(), last.targets()...)
	var timer int64
	var place []byte
	var standing standingRow
	targets = append(targets, &row.Unread, &row.Queued, &row.Draft, &timer, &place, &row.Former)
	err := rows.Scan(append(targets, standing.targets()...)...)
	if err != nil {
		return row, err
	}
	row.Standing = standing.finish()
	if row.Timer, err = timerOf(timer, place); err != nil {
		return row, err
	}
	if row.Contact, err = contact.finish(); err != nil {
		return row, err
	}
	row.Conversation = row.Contact.Conversation
	if last.sequence.Valid {
		message, err := last.message()
		if err != nil {
			return row, err
		}
		row.Last = &message
	}
	return row, nil
}

// Row implements node.Reader.
func (s *Store) Row(ctx context.Context, conversation uuid.UUID) (node.Row, error) {
	if err := s.enter(); err != nil {
		return node.Row{}, err
	}
	defer s.leave()
	row, err := s.row(ctx, conversation)
	if err != nil && s.rescue.Load() && ctx.Err() == nil {
		return s.rescueRow(ctx, conversation)
	}
	return row, err
}

func (s *Store) row(ctx context.Context, conversation uuid.UUID) (node.Row, error) {
	rows, err := collect(ctx, s, scanRow, rowQuery+` WHERE v.id = ?`, conversation[:])
	if err == nil {
		err = s.foldRows(ctx, rows)
	}
	switch {
	case err != nil:
		return node.Row{}, err
	case len(rows) == 0:
		return node.Row{}, node.ErrNotFound
	}
	return rows[0], nil
}

// Rows implements node.Reader.
func (s *Store) Rows(ctx context.Context) ([]node.Row, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	var rows []node.Row
	var err error
	if s.rescue.Load() {
		rows, err = s.rescueRows(ctx)
	} else {
		rows, err = collect(ctx, s, scanRow, rowQuery)
		if err == nil {
			err = s.foldRows(ctx, rows)
		}
	}
	if err != nil {
		return nil, err
	}
	SortRows(rows)
	return rows, nil
}

// foldRows brings the last messages of rows to how they stand.
func (s *Store) foldRows(ctx context.Context, rows []node.Row) error {
	messages := make([]node.Message, 0, len(rows))
	for _, row := range rows {
		if row.Last != nil {
			messages = append(messages, *row.Last)
		}
	}
	if err := s.fold(ctx, messages); err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Last != nil {
			rows[i].Last, messages = &messages[0], messages[1:]
		}
	}
	return nil
}

// rescueRow returns a row of a damaged database whose messages cannot be read.
func (s *Store) rescueRow(ctx context.Context, conversation uuid.UUID) (node.Row, error) {
	contacts, err := s.loadContacts(ctx)
	if err != nil {
		return node.Row{}, err
	}
	for _, contact := range contacts {
		if contact.Conversation == conversation {
			return node.Row{Conversation: conversation, Contact: contact}, nil
		}
	}
	return node.Row{}, node.ErrNotFound
}

// rescueRows reads the rows of a damaged database one by one. A contact whose
// messages cannot be read is shown without.
func (s *Store) rescueRows(ctx context.Context) ([]node.Row, error) {
	contacts, err := s.loadContacts(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]node.Row, 0, len(contacts))
	for _, contact := range contacts {
		row, err := s.row(ctx, contact.Conversation)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			row = node.Row{Conversation: contact.Conversation, Contact: contact}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// SortRows puts rows in the list's order: newest activity first. Activity is
// when the last message arrived here, whatever its author's clock said, when its
// messages were erased, or when the contact began.
func SortRows(rows []node.Row) {
	active := func(row node.Row) time.Time {
		last := row.Contact.Since
		if row.Last != nil && row.Last.Arrived.After(last) {
			last = row.Last.Arrived
		}
		if row.Standing.Cleared.After(last) {
			last = row.Standing.Cleared
		}
		return last
	}
	slices.SortFunc(rows, func(a, b node.Row) int {
		return cmp.Or(active(b).Compare(active(a)), slices.Compare(a.Conversation[:], b.Conversation[:]))
	})
}
