package store

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

func (t *transaction) putBan(ban node.Ban) error {
	_, err := t.exec(`INSERT INTO bans (id, kind, peer, invite, domain, name, color, range, reason, added, expires, told, blocked)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET kind=excluded.kind, peer=excluded.peer, invite=excluded.invite, domain=excluded.domain, name=excluded.name, color=excluded.color, range=excluded.range,
		reason=excluded.reason, added=excluded.added, expires=excluded.expires, told=excluded.told, blocked=excluded.blocked`,
		id(ban.ID), int64(ban.Kind), ban.Peer[:], id(ban.Invite), ban.Domain, ban.Name, int64(ban.Color), encodePrefix(ban.Range), ban.Reason,
		millis(ban.Added), millis(ban.Expires), flag(ban.Tell), int64(ban.Blocked))
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
		var name, peer, invite []byte
		var banned string
		var added, expires int64
		err := rows.Scan(&name, &ban.Kind, &peer, &invite, &ban.Domain, &ban.Name, &ban.Color, &banned, &ban.Reason, &added, &expires, &ban.Tell, &ban.Blocked)
		if err != nil {
			return ban, err
		}
		ban.Added, ban.Expires = moment(added), moment(expires)
		if err = fixedAll(ban.ID[:], name, ban.Peer[:], peer, ban.Invite[:], invite); err != nil {
			return ban, err
		}
		ban.Range, err = decodePrefix(banned)
		return ban, err
	}, `SELECT id, kind, peer, invite, domain, name, color, range, reason, added, expires, told, blocked FROM bans ORDER BY added, id`)
}
