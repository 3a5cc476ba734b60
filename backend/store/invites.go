package store

import (
	"context"
	"database/sql"

	"github.com/tincan-chat/tincan/backend/node"
)

func (t *transaction) putInvite(invite node.Invite) error {
	used, err := encodePeers(invite.Used)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO invites (id, label, link, secret, created, expires, uses, used, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET label=excluded.label, link=excluded.link, secret=excluded.secret, created=excluded.created,
		expires=excluded.expires, uses=excluded.uses, used=excluded.used, revoked=excluded.revoked`,
		id(invite.ID), invite.Label, invite.Link, invite.Secret[:], millis(invite.Created), millis(invite.Expires), int64(invite.Uses), used, flag(invite.Revoked))
	return err
}

func (s *Store) loadInvites(ctx context.Context) ([]node.Invite, error) {
	return collect(ctx, s, func(rows *sql.Rows) (node.Invite, error) {
		var invite node.Invite
		var name, secret []byte
		var used string
		var created, expires int64
		err := rows.Scan(&name, &invite.Label, &invite.Link, &secret, &created, &expires, &invite.Uses, &used, &invite.Revoked)
		if err != nil {
			return invite, err
		}
		invite.Created, invite.Expires = moment(created), moment(expires)
		if err = fixedAll(invite.ID[:], name, invite.Secret[:], secret); err != nil {
			return invite, err
		}
		invite.Used, err = decodePeers(used)
		return invite, err
	}, `SELECT id, label, link, secret, created, expires, uses, used, revoked FROM invites ORDER BY created, id`)
}
