package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// conversation returns what is kept of a conversation, nil when nothing is.
func (t *transaction) conversation(id uuid.UUID) (*keptConversation, error) {
	if known := t.conversations[id]; known != nil {
		return known, nil
	}
	values := make([]driver.Value, 1)
	found, err := t.row(`SELECT number FROM conversations WHERE id = ?`, values, id[:])
	if err != nil || !found {
		return nil, err
	}
	number, _ := values[0].(int64)
	known := &keptConversation{number: number, logs: map[journal.Log]*keptLog{}}
	t.conversations[id] = known
	return known, nil
}

// addConversation returns a conversation, which is made if needed.
func (t *transaction) addConversation(id uuid.UUID, peer identity.PeerID) (*keptConversation, error) {
	known, err := t.conversation(id)
	if err != nil || known != nil {
		return known, err
	}
	if _, err = t.exec(`INSERT INTO conversations (id, peer) VALUES (?, ?)`, id[:], peer[:]); err != nil {
		return nil, err
	}
	return t.conversation(id)
}

// deleteConversation removes a conversation with all that belongs to it.
func (t *transaction) deleteConversation(number int64, id uuid.UUID) error {
	if known := t.conversations[id]; known != nil {
		for _, log := range known.logs {
			log.touched = false // its row is going away, and its number may be used again
		}
		delete(t.conversations, id)
	}
	for {
		values := make([]driver.Value, 1)
		found, err := t.row(`SELECT number FROM logs WHERE conversation = ? LIMIT 1`, values, number)
		if err != nil {
			return err
		}
		if !found {
			break
		}
		if err = t.leaveIndex(values[0]); err != nil {
			return err
		}
		for _, query := range []string{
			`DELETE FROM changes WHERE entry > ?1 << 36 AND entry < (?1 + 1) << 36`, `DELETE FROM timers WHERE entry > ?1 << 36 AND entry < (?1 + 1) << 36`,
		} {
			if _, err = t.exec(query, values[0]); err != nil {
				return err
			}
		}
		if _, err = t.exec(`DELETE FROM entries WHERE id > ?1 << 36 AND id < (?1 + 1) << 36`, values[0]); err != nil {
			return err
		}
		if _, err = t.exec(`DELETE FROM logs WHERE number = ?`, values[0]); err != nil {
			return err
		}
	}
	if _, err := t.exec(`DELETE FROM timeline WHERE conversation = ?`, number); err != nil {
		return err
	}
	// By reference this deletes the contact, positions and draft.
	_, err := t.exec(`DELETE FROM conversations WHERE number = ?`, number)
	return err
}

// log returns the row of a log, nil when nothing of it is kept.
func (t *transaction) log(conversation *keptConversation, log journal.Log) (*keptLog, error) {
	if known := conversation.logs[log]; known != nil {
		return known, nil
	}
	values := make([]driver.Value, 5)
	found, err := t.row(`SELECT number, sequence, hash, effective, mine FROM logs WHERE conversation = ? AND device = ? AND epoch = ?`,
		values, conversation.number, log.Device[:], int64(log.Epoch))
	if err != nil || !found {
		return nil, err
	}
	known := &keptLog{}
	known.number, _ = values[0].(int64)
	sequence, _ := values[1].(int64)
	hash, _ := values[2].([]byte)
	known.effective, _ = values[3].(int64)
	mine, _ := values[4].(int64)
	known.mine = mine != 0
	known.head.Sequence = uint64(sequence)
	if err = fixed(known.head.Hash[:], hash); err != nil {
		return nil, err
	}
	conversation.logs[log] = known
	return known, nil
}

// writeHeads brings the rows of logs up to the entries that were appended.
func (t *transaction) writeHeads() error {
	for _, log := range t.touched {
		if !log.touched { // its conversation was deleted
			continue
		}
		if _, err := t.exec(`UPDATE logs SET sequence = ?, hash = ?, effective = ? WHERE number = ?`,
			int64(log.head.Sequence), log.head.Hash[:], log.effective, log.number); err != nil {
			return err
		}
		log.touched = false
	}
	t.touched = t.touched[:0]
	return nil
}

// timerOf reads the timer of a conversation and its place, nil if nobody ever set one.
func timerOf(seconds int64, place []byte) (node.Timer, error) {
	var timer node.Timer
	if place == nil {
		return timer, nil
	}
	timer.Stay = time.Duration(seconds) * time.Second
	return timer, fixed(timer.Order[:], place)
}

// loadConversations returns all conversations with their heads and positions.
func (s *Store) loadConversations(ctx context.Context) ([]node.Conversation, error) {
	conversations, err := collect(ctx, s, func(rows *sql.Rows) (node.Conversation, error) {
		one := node.Conversation{Held: journal.Vector{}, Read: journal.Vector{}, HeadOrders: map[journal.Log]journal.Order{}}
		var id, peer, place []byte
		var timer int64
		var standing standingRow
		if err := rows.Scan(append([]any{&id, &peer, &timer, &place}, standing.targets()...)...); err != nil {
			return one, err
		}
		one.Standing = standing.finish()
		var err error
		if one.Timer, err = timerOf(timer, place); err != nil {
			return one, err
		}
		return one, fixedAll(one.ID[:], id, one.Peer[:], peer)
	}, `SELECT v.id, v.peer, v.timer, v.timer_place, `+standingColumns+` FROM conversations v ORDER BY v.id`)
	if err != nil {
		return nil, err
	}
	byID := make(map[uuid.UUID]*node.Conversation, len(conversations))
	for i := range conversations {
		byID[conversations[i].ID] = &conversations[i]
	}
	for _, load := range []func(context.Context, map[uuid.UUID]*node.Conversation) error{s.loadHeads, s.loadReads, s.loadPositions} {
		if err = load(ctx, byID); err != nil {
			return nil, err
		}
	}
	return conversations, nil
}

func (s *Store) loadHeads(ctx context.Context, conversations map[uuid.UUID]*node.Conversation) error {
	_, err := collect(ctx, s, func(rows *sql.Rows) (struct{}, error) {
		var id, device, hash []byte
		var epoch uint32
		var effective int64
		var head journal.Head
		err := rows.Scan(&id, &device, &epoch, &head.Sequence, &hash, &effective)
		if err != nil {
			return struct{}{}, err
		}
		one, log, err := logOf(conversations, id, device, epoch)
		if err != nil {
			return struct{}{}, err
		}
		if err = fixed(head.Hash[:], hash); err != nil {
			return struct{}{}, err
		}
		one.Held[log] = head
		one.HeadOrders[log] = journal.OrderOf(uint64(effective), log, head.Sequence)
		return struct{}{}, nil
	}, `SELECT v.id, l.device, l.epoch, l.sequence, l.hash, l.effective FROM logs l JOIN conversations v ON v.number = l.conversation`)
	return err
}

// logOf finds the conversation and makes the log of a row.
func logOf(conversations map[uuid.UUID]*node.Conversation, id, device []byte, epoch uint32) (*node.Conversation, journal.Log, error) {
	log := journal.Log{Epoch: epoch}
	var name uuid.UUID
	if err := fixedAll(name[:], id, log.Device[:], device); err != nil {
		return nil, log, err
	}
	one := conversations[name]
	if one == nil {
		return nil, log, fmt.Errorf("%w: a log without a conversation", node.ErrDamaged)
	}
	return one, log, nil
}
