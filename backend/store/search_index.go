package store

import (
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// document is a row of search_documents with what the index needs to know.
type document struct {
	number, conversation int64
	text                 string // as it is in the index, not folded
}

// reindex has a message, which may be in the index or not, found by another
// text than its entry's body: after an edit.
func (t *transaction) reindex(entry int64, text string) error {
	if err := t.unindex(entry); err != nil {
		return err
	}
	values := make([]driver.Value, 2)
	found, err := t.row(`SELECT e.effective, l.conversation FROM entries e JOIN logs l ON l.number = e.id >> 36 WHERE e.id = ?`, values, entry)
	switch {
	case err != nil:
		return err
	case !found:
		return node.ErrNotFound
	}
	effective, _ := values[0].(int64)
	conversation, _ := values[1].(int64)
	return t.addDocument(entry, effective, document{conversation: conversation, text: text}, text)
}

// findEdited has a message that is in the index found by what it says now.
// One that the indexer has not come to is taken as it is then.
func (t *transaction) findEdited(entry int64) error {
	values := make([]driver.Value, 1)
	if found, err := t.row(`SELECT 1 FROM search_documents WHERE entry = ?`, values, entry); err != nil || !found {
		return err
	}
	text, edited, err := t.editedText(entry)
	if err != nil || !edited {
		return err
	}
	return t.reindex(entry, text)
}

// editedText returns what the author's last edit of a message says.
func (t *transaction) editedText(entry int64) (text string, edited bool, err error) {
	var last journal.Order
	err = t.rows(`SELECT x.body, a.device, a.epoch, x.effective, x.id FROM entries e CROSS JOIN logs l ON l.number = e.id >> 36
		CROSS JOIN changes c ON c.target = e.hash AND c.kind = ? CROSS JOIN entries x ON x.id = c.entry CROSS JOIN logs a ON a.number = x.id >> 36
		WHERE e.id = ? AND a.author = l.author AND a.conversation = l.conversation AND x.body IS NOT NULL`,
		5, func(values []driver.Value) error {
			part, readable := timeline.ReadPart(wire.EntryKind_ENTRY_KIND_EDIT, bytesOf(values[0]))
			if !readable {
				return nil
			}
			log := journal.Log{Epoch: uint32(integer(values[2]))}
			if err = fixed(log.Device[:], bytesOf(values[1])); err != nil {
				return err
			}
			order := journal.OrderOf(uint64(integer(values[3])), log, uint64(integer(values[4])&sequenceMask))
			if !edited || order.Compare(last) > 0 {
				text, edited, last = part.Text, true, order
			}
			return nil
		}, int64(wire.EntryKind_ENTRY_KIND_EDIT), entry)
	return text, edited, err
}

// unindex takes a message out of the index, so that its words are in no file
// after the commit. It must be called while the entry still has its body. What
// is not in the index is left as it is.
func (t *transaction) unindex(entry int64) error {
	values := make([]driver.Value, 4)
	found, err := t.row(`SELECT d.number, d.conversation, d.indexed, e.body FROM search_documents d LEFT JOIN entries e ON e.id = d.entry WHERE d.entry = ?`, values, entry)
	if err != nil || !found {
		return err
	}
	t.forgot = true
	err = t.deleteDocument(values)
	if errors.Is(err, errTextGone) {
		// The indexer begins the index again.
		_, err = t.exec(`UPDATE search_documents SET entry = NULL WHERE entry = ?`, entry)
	}
	return err
}

// errTextGone says that a document cannot be taken out: its text is nowhere.
var errTextGone = fmt.Errorf("%w: a text in the index is not kept anywhere", node.ErrDamaged)

// deleteDocument takes a document out: its number, its conversation's, what was
// indexed or NULL, and the entry's body.
func (t *transaction) deleteDocument(values []driver.Value) error {
	var one document
	one.number, _ = values[0].(int64)
	one.conversation, _ = values[1].(int64)
	indexed := values[2]
	if indexed == nil {
		indexed = values[3]
	}
	switch content := indexed.(type) {
	case string:
		one.text = content
	case []byte:
		var err error
		if one.text, err = journal.DecodeText(content); err != nil {
			return damaged(err)
		}
	default:
		return errTextGone
	}
	if _, err := t.exec(`INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)`, one.number, tokens(search.Fold(one.text), one.conversation)); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM search_documents WHERE number = ?`, one.number)
	return err
}

// addDocument puts a message into the index. indexed is nil for the entry's own body.
func (t *transaction) addDocument(entry, effective int64, one document, indexed any) (err error) {
	if one.number, err = t.freeNumber(effective); err != nil {
		return err
	}
	if _, err = t.exec(`INSERT INTO search_documents (number, conversation, entry, indexed) VALUES (?, ?, ?, ?)`, one.number, one.conversation, entry, indexed); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO search (rowid, text) VALUES (?, ?)`, one.number, tokens(search.Fold(one.text), one.conversation))
	return err
}

// freeNumber returns a free document number of a millisecond, or after it when
// more than 256 logs have an entry then.
func (t *transaction) freeNumber(effective int64) (int64, error) {
	values := make([]driver.Value, 1)
	for first := firstNumber(effective); ; first += 1 << placeBits {
		last := first + 1<<placeBits - 1
		if _, err := t.row(`SELECT max(number) FROM search_documents WHERE number BETWEEN ? AND ?`, values, first, last); err != nil {
			return 0, err
		}
		switch taken, some := values[0].(int64); {
		case !some:
			return first, nil
		case taken < last:
			return taken + 1, nil
		}
	}
}

// leaveIndex marks all messages of a log, whose entries are about to be
// deleted: the indexer takes them out, which would take too long now.
func (t *transaction) leaveIndex(log any) error {
	_, err := t.exec(`UPDATE search_documents SET entry = NULL, indexed = coalesce(indexed, (SELECT e.body FROM entries e WHERE e.id = search_documents.entry))
		WHERE entry > ?1 << 36 AND entry < (?1 + 1) << 36`, log)
	return err
}

// emptyIndex begins the index again.
func (t *transaction) emptyIndex() error {
	for _, statement := range []string{`INSERT INTO search (search) VALUES ('delete-all')`, `DELETE FROM search_documents`, `DELETE FROM search_logs`} {
		if _, err := t.exec(statement); err != nil {
			return err
		}
	}
	_, err := t.exec(`INSERT INTO search_folding (id, version) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET version=excluded.version`, search.Version)
	return err
}
