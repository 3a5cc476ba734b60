package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// erase takes body and salt from an entry. Their bytes are overwritten in the
// database (secure_delete), and leave snapshots and the write-ahead log after
// the commit. Whatever is made from bodies goes here too.
func (t *transaction) erase(row int64) error {
	found, err := t.remember(row)
	if err != nil || !found {
		return err
	}
	t.forgot = true
	_, err = t.exec(`UPDATE entries SET body = NULL, salt = NULL WHERE id = ?`, row)
	return err
}

// wipe erases what is left of a message with its author's edits, and shows it
// as deleted, or not at all. A message that is gone stays so.
func (t *transaction) wipe(target *keptTarget, shown int64) error {
	if err := errors.Join(t.unindex(target.row), t.erase(target.row)); err != nil {
		return err
	}
	var edits []int64
	err := t.rows(`SELECT c.entry FROM changes c CROSS JOIN logs l ON l.number = c.entry >> 36 WHERE c.target = ? AND c.kind = ? AND l.author = ? AND l.conversation = ?`,
		1, func(values []driver.Value) error {
			edits = append(edits, integer(values[0]))
			return nil
		}, target.hash[:], int64(wire.EntryKind_ENTRY_KIND_EDIT), target.author[:], target.conversation)
	if err != nil {
		return err
	}
	for _, edit := range edits {
		if err = t.erase(edit); err != nil {
			return err
		}
	}
	if _, err = t.exec(`DELETE FROM changes WHERE target = ?`, target.hash[:]); err != nil {
		return err
	}
	if _, err = t.exec(`DELETE FROM timers WHERE entry = ?`, target.row); err != nil {
		return err
	}
	return t.setShown(target, shown)
}

// setShown moves a message into or out of the timeline.
func (t *transaction) setShown(target *keptTarget, shown int64) error {
	if target.shown == shown || target.shown == shownGone {
		return nil
	}
	if _, err := t.exec(`UPDATE entries SET shown = ? WHERE id = ?`, shown, target.row); err != nil {
		return err
	}
	var err error
	switch {
	case shown == shownGone:
		_, err = t.exec(`DELETE FROM timeline WHERE conversation = ? AND place = ?`, target.conversation, target.order[:])
	case target.shown == shownNot:
		_, err = t.exec(`INSERT INTO timeline (conversation, place, entry) VALUES (?, ?, ?)`, target.conversation, target.order[:], target.row)
	}
	target.shown = shown
	return err
}

// hide takes a message out of the timeline of this device. One of mine keeps its
// content until somebody holds it, with all its edits.
func (t *transaction) hide(hash journal.Hash) error {
	target, err := t.target(hash)
	if err != nil || target == nil || !target.text {
		return err
	}
	if !target.mine {
		return t.wipe(target, shownGone)
	}
	held, err := t.held(target)
	if err != nil {
		return err
	}
	waits, err := t.editsWait(target)
	if err != nil {
		return err
	}
	if !waits && (held || target.erased) {
		return t.wipe(target, shownGone)
	}
	return t.leave(target)
}

// held tells whether a device of theirs holds a message of mine.
func (t *transaction) held(target *keptTarget) (bool, error) {
	return t.row(`SELECT 1 FROM positions WHERE conversation = ? AND device = ? AND epoch = ? AND held >= ?`, make([]driver.Value, 1),
		target.conversation, target.log.Device[:], int64(target.log.Epoch), position(target.sequence))
}

// leave takes a message of mine out of the timeline of which something has to
// arrive first. It is due when a position moves.
func (t *transaction) leave(target *keptTarget) error {
	if _, err := t.exec(`INSERT INTO timers (entry, stay, expires) VALUES (?, 0, 0) ON CONFLICT (entry) DO UPDATE SET stay = 0, expires = 0`, target.row); err != nil {
		return err
	}
	if err := t.unindex(target.row); err != nil {
		return err
	}
	return t.setShown(target, shownGone)
}

// editsWait tells whether somebody has to get edits of a message of mine first.
func (t *transaction) editsWait(target *keptTarget) (bool, error) {
	return t.row(`SELECT 1 FROM changes c CROSS JOIN logs l ON l.number = c.entry >> 36 WHERE c.target = ? AND c.kind = ? AND l.author = ? AND l.conversation = ?
		AND NOT EXISTS (SELECT 1 FROM positions p WHERE p.conversation = l.conversation AND p.device = l.device AND p.epoch = l.epoch AND p.held >= c.entry & `+sequenceDigits+`)`,
		make([]driver.Value, 1), target.hash[:], int64(wire.EntryKind_ENTRY_KIND_EDIT), target.author[:], target.conversation)
}

// expire erases messages whose time is over. The edits of one of mine that others
// hold stay until they hold them too: what they see would be what I took back.
// Of one that nobody holds nothing has to arrive.
func (t *transaction) expire(messages []journal.Hash) error {
	for _, hash := range messages {
		target, err := t.target(hash)
		if err != nil {
			return err
		}
		if target == nil || !target.text {
			continue
		}
		waits := false
		if target.mine {
			if waits, err = t.held(target); err == nil && waits {
				waits, err = t.editsWait(target)
			}
			if err != nil {
				return err
			}
		}
		if waits {
			err = errors.Join(t.leave(target), t.erase(target.row)) // the index is left by the body
		} else {
			err = t.wipe(target, shownGone)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// count starts the timers of a log's messages up to a sequence.
func (t *transaction) count(conversation *keptConversation, log journal.Log, mine bool, through uint64, at time.Time) error {
	if at.IsZero() || through == 0 {
		return nil
	}
	kept, err := t.log(conversation, log)
	if err != nil || kept == nil || kept.mine != mine {
		return err
	}
	_, err = t.exec(`UPDATE timers SET expires = ?1 + stay * 1000 WHERE expires = 0 AND entry > ?2 AND entry <= ?2 + ?3`,
		max(millis(at), 1), kept.number<<sequenceBits, position(min(through, sequenceMask)))
	return err
}

// Expiring implements node.Store.
func (s *Store) Expiring(ctx context.Context, now time.Time, limit int) (due []node.Expired, next time.Time, err error) {
	if err = s.enter(); err != nil {
		return nil, time.Time{}, err
	}
	defer s.leave()
	type timer struct {
		node.Expired
		expires time.Time
	}
	timers, err := collect(ctx, s, func(rows *sql.Rows) (one timer, err error) {
		var hash, conversation []byte
		var expires int64
		if err = rows.Scan(&hash, &conversation, &expires); err != nil {
			return one, err
		}
		one.expires = moment(expires)
		return one, fixedAll(one.Message[:], hash, one.Conversation[:], conversation)
	}, `SELECT e.hash, v.id, m.expires FROM timers m INDEXED BY timers_expires CROSS JOIN entries e ON e.id = m.entry`+ofEntry+`
		WHERE m.expires > 0 ORDER BY m.expires, m.entry LIMIT ?`, int64(limit)+1)
	if err != nil {
		return nil, time.Time{}, err
	}
	for _, one := range timers {
		if one.expires.After(now) || len(due) == limit {
			return due, one.expires, nil
		}
		due = append(due, one.Expired)
	}
	return due, time.Time{}, nil
}

// snapshots returns the copies from before migrations.
func (t *transaction) snapshots() []string {
	if t.folder == "" {
		return nil
	}
	found, err := filepath.Glob(filepath.Join(t.folder, snapshotFolder, "tincan-*.db"))
	if err != nil {
		return nil // cannot happen: the pattern is good
	}
	return found
}

// eraseFromSnapshots erases there what was erased here. A snapshot that cannot
// be written to is deleted.
func (t *transaction) eraseFromSnapshots() error {
	var names [][]byte
	err := t.rows(`SELECT hash FROM erasing`, 1, func(values []driver.Value) error {
		names = append(names, bytesOf(values[0]))
		return nil
	})
	if err != nil || len(names) == 0 {
		return err
	}
	var failures []error
	for _, snapshot := range t.snapshots() {
		if err = eraseIn(snapshot, names); err != nil {
			t.logger.Warn("a snapshot holds what must be erased and is deleted", slog.String("snapshot", filepath.Base(snapshot)), slog.Any("error", err))
			failures = append(failures, ignoreMissing(os.Remove(snapshot)))
		}
	}
	return errors.Join(failures...)
}

func eraseIn(path string, names [][]byte) (err error) {
	connection, err := connect(path, snapshotting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, translate(connection.Close())) }()
	for _, name := range names {
		if len(name) != len(journal.Hash{}) {
			continue
		}
		if _, err = connection.Exec(`UPDATE entries SET body = NULL, salt = NULL WHERE substr(hash, 1, 8) = ? AND hash = ?`, values(name[:8], name)); err != nil {
			return translate(err)
		}
	}
	return nil
}

// Picture implements node.Reader.
func (s *Store) Picture(ctx context.Context, conversation uuid.UUID) ([]byte, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	names, err := collect(ctx, s, func(rows *sql.Rows) (name []byte, err error) {
		err = rows.Scan(&name)
		return name, err
	}, `SELECT c.profile FROM conversations v JOIN contacts c ON c.peer = v.peer WHERE v.id = ? AND c.profile IS NOT NULL`, conversation[:])
	if err != nil || len(names) == 0 || len(names[0]) != len(journal.Hash{}) {
		return nil, err
	}
	bodies, err := collect(ctx, s, func(rows *sql.Rows) (body []byte, err error) {
		err = rows.Scan(&body)
		return body, err
	}, `SELECT e.body`+byName, names[0][:8], names[0])
	if err != nil || len(bodies) == 0 {
		return nil, err
	}
	profile, unreadable := journal.Entry{Kind: wire.EntryKind_ENTRY_KIND_PROFILE, Body: bodies[0]}.Profile()
	if unreadable != nil {
		return nil, nil
	}
	return profile.Picture, nil
}

func (s *Store) loadTimed(ctx context.Context) (bool, error) {
	some, err := collect(ctx, s, func(rows *sql.Rows) (some bool, err error) {
		err = rows.Scan(&some)
		return some, err
	}, `SELECT EXISTS (SELECT 1 FROM timers)`)
	return len(some) > 0 && some[0], err
}
