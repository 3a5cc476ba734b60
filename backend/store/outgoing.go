package store

import (
	"context"
	"database/sql"
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/signaling"
)

func (t *transaction) putOutgoing(one node.Outgoing) error {
	conversation, err := t.conversation(one.Conversation)
	if err != nil || conversation == nil {
		return err
	}
	_, err = t.exec(`INSERT INTO outgoing (id, conversation, peer, remote, device, epoch, since, through, sealed, sealed_at, expires, stored_until, server)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET sealed=excluded.sealed, expires=excluded.expires, stored_until=excluded.stored_until, server=excluded.server`,
		id(one.ID), conversation.number, one.Peer[:], one.Device[:], one.Log.Device[:], int64(one.Log.Epoch), position(one.After), position(one.Through),
		blob(sealedOrReceipt(one)), millis(one.SealedAt), millis(one.Expires), millis(one.Until), one.Server[:])
	return err
}

func (t *transaction) deleteOutgoing(name uuid.UUID) error {
	_, err := t.exec(`DELETE FROM outgoing WHERE id = ?`, id(name))
	return err
}

func (s *Store) loadOutgoing(ctx context.Context) ([]node.Outgoing, error) {
	return collect(ctx, s, func(rows *sql.Rows) (node.Outgoing, error) {
		var one node.Outgoing
		var name, conversation, peer, remote, device, server []byte
		var sealedAt, expires, until int64
		if err := rows.Scan(&name, &conversation, &peer, &remote, &device, &one.Log.Epoch, &one.After, &one.Through,
			&one.Sealed, &sealedAt, &expires, &until, &server); err != nil {
			return one, err
		}
		one.SealedAt, one.Expires, one.Until = moment(sealedAt), moment(expires), moment(until)
		if until != 0 {
			one.Receipt, one.Sealed = readReceipt(one.Sealed), nil
		}
		return one, fixedAll(one.ID[:], name, one.Conversation[:], conversation, one.Peer[:], peer, one.Device[:], remote,
			one.Log.Device[:], device, one.Server[:], server)
	}, `SELECT o.id, v.id, o.peer, o.remote, o.device, o.epoch, o.since, o.through, o.sealed, o.sealed_at, o.expires, o.stored_until, o.server
		FROM outgoing o JOIN conversations v ON v.number = o.conversation ORDER BY o.sealed_at, o.id`)
}

// receiptSize is that of a receipt on the disk: tag, hash, and size in four bytes.
const receiptSize = 16 + 32 + 4

// sealedOrReceipt is what the column sealed holds: the envelope until a server
// keeps it, then the receipt.
func sealedOrReceipt(one node.Outgoing) []byte {
	if one.Until.IsZero() || one.Receipt == (signaling.Receipt{}) {
		return one.Sealed
	}
	kept := append(append(make([]byte, 0, receiptSize), one.Receipt.Tag[:]...), one.Receipt.Hash[:]...)
	return binary.BigEndian.AppendUint32(kept, uint32(one.Receipt.Size))
}

// readReceipt undoes it; zero for anything else.
func readReceipt(kept []byte) (receipt signaling.Receipt) {
	if len(kept) == receiptSize {
		copy(receipt.Tag[:], kept)
		copy(receipt.Hash[:], kept[16:])
		receipt.Size = int(binary.BigEndian.Uint32(kept[48:]))
	}
	return receipt
}
