package store

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

func (t *transaction) putBan(ban node.Ban) error {
	_, err := t.exec(`INSERT INTO bans (id, kind, peer, name, color, range, reason, added, blocked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET kind=excluded.kind, peer=excluded.peer, name=excluded.name, color=excluded.color, range=excluded.range,
		reason=excluded.reason, added=excluded.added, blocked=excluded.blocked`,
		id(ban.ID), int64(ban.Kind), ban.Peer[:], ban.Name, int64(ban.Color), encodePrefix(ban.Range), ban.Reason, millis(ban.Added), int64(ban.Blocked))
	return err
}

func (t *transaction) deleteBan(ban uuid.UUID) error {
	_, err := t.exec(`DELETE FROM bans WHERE id = ?`, id(ban))
	return err
}

func (t *transaction) countBlocked(w node.CountBlocked) error {
	_, err := t.exec(`UPDATE bans SET blocked = blocked + ? WHERE id = ?`, int64(w.Add), id(w.ID))
	return err
}

func (s *Store) loadBans(ctx context.Context) ([]node.Ban, error) {
	return collect(ctx, s, func(rows *sql.Rows) (node.Ban, error) {
		var ban node.Ban
		var name, peer []byte
		var banned string
		var added int64
		err := rows.Scan(&name, &ban.Kind, &peer, &ban.Name, &ban.Color, &banned, &ban.Reason, &added, &ban.Blocked)
		if err != nil {
			return ban, err
		}
		ban.Added = moment(added)
		if err = fixedAll(ban.ID[:], name, ban.Peer[:], peer); err != nil {
			return ban, err
		}
		ban.Range, err = decodePrefix(banned)
		return ban, err
	}, `SELECT id, kind, peer, name, color, range, reason, added, blocked FROM bans ORDER BY added, id`)
}
