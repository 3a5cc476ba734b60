package store

import (
	"context"
	"database/sql"

	"github.com/tincan-chat/tincan/backend/node"
)

func (t *transaction) putHandle(handle node.Handle) error {
	_, err := t.exec(`INSERT INTO handles (name, host, server, version, claimed, move) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (name, host) DO UPDATE SET server=excluded.server, version=excluded.version, claimed=excluded.claimed, move=excluded.move`,
		handle.Name, handle.Host, handle.Server[:], int64(handle.Version), millis(handle.Claimed), blob(handle.Move))
	return err
}

func (t *transaction) deleteHandle(w node.DeleteHandle) error {
	_, err := t.exec(`DELETE FROM handles WHERE name = ? AND host = ?`, w.Name, w.Host)
	return err
}

func (s *Store) loadHandles(ctx context.Context) ([]node.Handle, error) {
	return collect(ctx, s, func(rows *sql.Rows) (node.Handle, error) {
		var handle node.Handle
		var server []byte
		var version, claimed int64
		if err := rows.Scan(&handle.Name, &handle.Host, &server, &version, &claimed, &handle.Move); err != nil {
			return handle, err
		}
		handle.Version, handle.Claimed = uint64(version), moment(claimed)
		return handle, fixed(handle.Server[:], server)
	}, `SELECT name, host, server, version, claimed, move FROM handles ORDER BY claimed, name, host`)
}
