package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/tincan-chat/tincan/backend/node"
)

func (t *transaction) putSealingKey(key node.SealingKey) error {
	private, err := wrap(t.wrapper, key.ID[:], key.Private)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO sealing_keys (id, private, created, expires, kept) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET private=excluded.private, created=excluded.created, expires=excluded.expires, kept=excluded.kept`,
		key.ID[:], private, millis(key.Created), millis(key.Expires), millis(key.Delete))
	return err
}

// deleteSealingKey also overwrites the key's bytes (secure_delete). After the
// commit they leave the write-ahead log too.
func (t *transaction) deleteSealingKey(name [16]byte) error {
	changed, err := t.exec(`DELETE FROM sealing_keys WHERE id = ?`, name[:])
	t.forgot = t.forgot || changed > 0
	return err
}

func (s *Store) loadSealingKeys(ctx context.Context) ([]node.SealingKey, error) {
	all, err := collect(ctx, s, func(rows *sql.Rows) (node.SealingKey, error) {
		var key node.SealingKey
		var name []byte
		var created, expires, kept int64
		if err := rows.Scan(&name, &key.Private, &created, &expires, &kept); err != nil {
			return key, err
		}
		key.Created, key.Expires, key.Delete = moment(created), moment(expires), moment(kept)
		return key, fixed(key.ID[:], name)
	}, `SELECT id, private, created, expires, kept FROM sealing_keys ORDER BY created, id`)
	if err != nil {
		return nil, err
	}
	return s.unwrapAll(ctx, all), nil
}

func (t *transaction) putSeen(seen node.Seen) error {
	_, err := t.exec(`INSERT INTO seen (id, until) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET until=excluded.until`, id(seen.ID), millis(seen.Until))
	return err
}

func (t *transaction) deleteSeen(before time.Time) error {
	_, err := t.exec(`DELETE FROM seen WHERE until < ?`, millis(before))
	return err
}

func (s *Store) loadSeen(ctx context.Context) ([]node.Seen, error) {
	return collect(ctx, s, func(rows *sql.Rows) (node.Seen, error) {
		var seen node.Seen
		var name []byte
		var until int64
		if err := rows.Scan(&name, &until); err != nil {
			return seen, err
		}
		seen.Until = moment(until)
		return seen, fixed(seen.ID[:], name)
	}, `SELECT id, until FROM seen ORDER BY until, id`)
}
