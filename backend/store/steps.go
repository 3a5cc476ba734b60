package store

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// stepsBetween is after how many steps, of all conversations, the oldest ones
// are looked for.
const stepsBetween = 64

func (t *transaction) putStep(one node.Step) error {
	conversation, err := t.conversation(one.Conversation)
	if err != nil || conversation == nil {
		return err
	}
	number := make([]driver.Value, 1)
	if _, err = t.row(`INSERT INTO steps (conversation, remote, device, epoch, since, through, kind, way, at, until, server) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number`,
		number, conversation.number, one.Device[:], one.Log.Device[:], int64(one.Log.Epoch), position(one.After), position(one.Through),
		int64(one.Kind), int64(one.Way), millis(one.At), millis(one.Until), one.Server[:]); err != nil {
		return err
	}
	// Counted by the rows themselves, so that starts do not begin to count anew.
	if integer(number[0])%stepsBetween != 0 {
		return nil
	}
	_, err = t.exec(`DELETE FROM steps WHERE conversation = ?1
		AND number <= (SELECT number FROM steps WHERE conversation = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)`,
		conversation.number, int64(node.KeptSteps))
	return err
}

// Steps implements node.Reader.
func (s *Store) Steps(ctx context.Context, hash journal.Hash) ([]node.Step, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	return collect(ctx, s, func(rows *sql.Rows) (node.Step, error) {
		var one node.Step
		var conversation, remote, device, server []byte
		var at, until int64
		if err := rows.Scan(&conversation, &remote, &device, &one.Log.Epoch, &one.After, &one.Through, &one.Kind, &one.Way, &at, &until, &server); err != nil {
			return one, err
		}
		one.At, one.Until = moment(at), moment(until)
		return one, fixedAll(one.Conversation[:], conversation, one.Device[:], remote, one.Log.Device[:], device, one.Server[:], server)
	}, `SELECT v.id, p.remote, p.device, p.epoch, p.since, p.through, p.kind, p.way, p.at, p.until, p.server`+named+`
		JOIN steps p ON p.conversation = v.number AND p.device = l.device AND p.epoch = l.epoch
			AND p.since < e.id & `+sequenceDigits+` AND p.through >= e.id & `+sequenceDigits+`
		WHERE substr(e.hash, 1, 8) = ? AND e.hash = ? AND l.mine = 1 ORDER BY p.number`, hash[:8], hash[:])
}
