package store

import (
	"context"
	"database/sql"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// position is a sequence as the database keeps it.
func position(sequence uint64) int64 { return int64(min(sequence, math.MaxInt64)) }

func (t *transaction) putRemotePosition(w node.PutRemotePosition) error {
	conversation, err := t.conversation(w.Conversation)
	if err != nil || conversation == nil {
		return err
	}
	both := w.Position.Held.Clone()
	for log := range w.Position.Read {
		if _, held := both[log]; !held {
			both[log] = journal.Head{}
		}
	}
	for _, log := range both.Logs() {
		held, read := both[log], w.Position.Read[log].Sequence
		if held.Sequence == 0 && read == 0 {
			continue
		}
		if _, err = t.exec(`INSERT INTO positions (conversation, remote, device, epoch, held, held_hash, read) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (conversation, remote, device, epoch) DO UPDATE SET
			held_hash = CASE WHEN excluded.held > held THEN excluded.held_hash ELSE held_hash END, held = max(held, excluded.held), read = max(read, excluded.read)
			WHERE excluded.held > held OR excluded.read > read`,
			conversation.number, w.Position.Device[:], log.Device[:], int64(log.Epoch), position(held.Sequence), held.Hash[:], position(read)); err != nil {
			return err
		}
		if err = t.count(conversation, log, true, held.Sequence, w.At); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) putRead(w node.PutRead) error {
	conversation, err := t.conversation(w.Conversation)
	if err != nil || conversation == nil {
		return err
	}
	for _, log := range w.Read.Logs() {
		if w.Read.Get(log) == 0 {
			continue
		}
		if _, err = t.exec(`INSERT INTO reads (conversation, device, epoch, sequence) VALUES (?, ?, ?, ?)
			ON CONFLICT (conversation, device, epoch) DO UPDATE SET sequence = excluded.sequence WHERE excluded.sequence > sequence`,
			conversation.number, log.Device[:], int64(log.Epoch), position(w.Read.Get(log))); err != nil {
			return err
		}
		if err = t.count(conversation, log, false, w.Read.Get(log), w.At); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) loadReads(ctx context.Context, conversations map[uuid.UUID]*node.Conversation) error {
	_, err := collect(ctx, s, func(rows *sql.Rows) (struct{}, error) {
		var id, device []byte
		var epoch uint32
		var sequence uint64
		err := rows.Scan(&id, &device, &epoch, &sequence)
		if err != nil {
			return struct{}{}, err
		}
		one, log, err := logOf(conversations, id, device, epoch)
		if err == nil {
			one.Read[log] = journal.Head{Sequence: sequence}
		}
		return struct{}{}, err
	}, `SELECT v.id, r.device, r.epoch, r.sequence FROM reads r JOIN conversations v ON v.number = r.conversation`)
	return err
}

func (s *Store) loadPositions(ctx context.Context, conversations map[uuid.UUID]*node.Conversation) error {
	_, err := collect(ctx, s, func(rows *sql.Rows) (struct{}, error) {
		var id, remote, device, hash []byte
		var epoch uint32
		var held, read journal.Head
		err := rows.Scan(&id, &remote, &device, &epoch, &held.Sequence, &hash, &read.Sequence)
		if err != nil {
			return struct{}{}, err
		}
		one, log, err := logOf(conversations, id, device, epoch)
		if err != nil {
			return struct{}{}, err
		}
		var who identity.DeviceID
		if err = fixedAll(who[:], remote, held.Hash[:], hash); err != nil {
			return struct{}{}, err
		}
		position := remotePosition(one, who)
		if held.Sequence > 0 {
			position.Held[log] = held
		}
		if read.Sequence > 0 {
			position.Read[log] = read
		}
		return struct{}{}, nil
	}, `SELECT v.id, p.remote, p.device, p.epoch, p.held, p.held_hash, p.read FROM positions p JOIN conversations v ON v.number = p.conversation
		ORDER BY v.id, p.remote`)
	return err
}

// remotePosition finds or makes the position of a device.
func remotePosition(conversation *node.Conversation, device identity.DeviceID) *node.RemotePosition {
	at := slices.IndexFunc(conversation.Remote, func(one node.RemotePosition) bool { return one.Device == device })
	if at < 0 {
		at = len(conversation.Remote)
		conversation.Remote = append(conversation.Remote, node.RemotePosition{Device: device, Held: journal.Vector{}, Read: journal.Vector{}})
	}
	return &conversation.Remote[at]
}
