package store

import (
	"database/sql/driver"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

const standingColumns = `v.pinned, v.folder, v.quiet, v.marked, v.cleared`

// standingRow receives these columns.
type standingRow struct {
	standing node.Standing
	cleared  int64
}

func (r *standingRow) targets() []any {
	return []any{&r.standing.Pinned, &r.standing.Folder, &r.standing.Quiet, &r.standing.Marked, &r.cleared}
}

func (r *standingRow) finish() node.Standing {
	r.standing.Cleared = moment(r.cleared)
	return r.standing
}

func (t *transaction) putStanding(w node.PutStanding) error {
	kept := w.Standing
	_, err := t.exec(`UPDATE conversations SET pinned = ?, folder = ?, quiet = ?, marked = ?, cleared = ? WHERE id = ?`,
		int64(kept.Pinned), int64(kept.Folder), flag(kept.Quiet), flag(kept.Marked), millis(kept.Cleared), w.Conversation[:])
	return err
}

// dropContact leaves the conversation with its logs; how they were known goes by reference.
func (t *transaction) dropContact(peer identity.PeerID) error {
	_, err := t.exec(`DELETE FROM contacts WHERE peer = ?`, peer[:])
	return err
}

func (t *transaction) deleteVerification(peer identity.PeerID) error {
	_, err := t.exec(`DELETE FROM verifications WHERE peer = ?`, peer[:])
	return err
}

// numbersOf collects the first column of what a query finds.
func (t *transaction) numbersOf(query string, arguments ...any) (numbers []int64, err error) {
	err = t.rows(query, 1, func(values []driver.Value) error {
		numbers = append(numbers, integer(values[0]))
		return nil
	}, arguments...)
	return numbers, err
}
