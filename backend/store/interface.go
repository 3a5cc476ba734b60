package store

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// Draft implements node.Reader.
func (s *Store) Draft(ctx context.Context, conversation uuid.UUID) (string, error) {
	return s.text(ctx, `SELECT d.text FROM conversations v JOIN drafts d ON d.conversation = v.number WHERE v.id = ?`, conversation[:])
}

// SaveDraft implements node.Reader. Error: node.ErrNotFound for a conversation
// that is not kept.
func (s *Store) SaveDraft(_ context.Context, conversation uuid.UUID, text string) error {
	return s.save(func(t *transaction) error { //nolint:contextcheck // a transaction is not stopped half way
		kept, err := t.conversation(conversation)
		switch {
		case err != nil:
			return err
		case kept == nil:
			return node.ErrNotFound
		case text == "":
			_, err = t.exec(`DELETE FROM drafts WHERE conversation = ?`, kept.number)
		default:
			_, err = t.exec(`INSERT INTO drafts (conversation, text) VALUES (?, ?) ON CONFLICT (conversation) DO UPDATE SET text=excluded.text`, kept.number, text)
		}
		return err
	})
}

// Setting implements node.Reader.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	return s.text(ctx, `SELECT value FROM settings WHERE name = ?`, name)
}

// SaveSetting implements node.Reader.
func (s *Store) SaveSetting(_ context.Context, name, value string) error {
	return s.save(func(t *transaction) error { //nolint:contextcheck // a transaction is not stopped half way
		if value == "" {
			_, err := t.exec(`DELETE FROM settings WHERE name = ?`, name)
			return err
		}
		_, err := t.exec(`INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value=excluded.value`, name, value)
		return err
	})
}

// text reads one text, "" if there is none.
func (s *Store) text(ctx context.Context, query string, argument any) (string, error) {
	if err := s.enter(); err != nil {
		return "", err
	}
	defer s.leave()
	found, err := collect(ctx, s, func(rows *sql.Rows) (text string, err error) {
		err = rows.Scan(&text)
		return text, err
	}, query, argument)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// save writes what does not pass the core.
func (s *Store) save(change func(*transaction) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	s.lockWriting()
	defer s.unlockWriting()
	return s.write(change)
}
