package store

import (
	"context"
	"database/sql"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

// putServer keeps a server under its key. One whose key is not known goes by
// its first address, until it is put with the key that it told.
func (t *transaction) putServer(server node.Server) error {
	urls, err := encodeList(server.URLs)
	if err != nil {
		return err
	}
	if _, err = t.exec(`DELETE FROM servers WHERE key IS NULL AND first_url = ?`, firstURL(server)); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO servers (key, first_url, urls, added) VALUES (?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET first_url=excluded.first_url, urls=excluded.urls, added=excluded.added`,
		serverKey(server), firstURL(server), urls, millis(server.Added))
	return err
}

func (t *transaction) deleteServer(server node.Server) error {
	_, err := t.exec(`DELETE FROM servers WHERE CASE WHEN ?1 IS NULL THEN key IS NULL AND first_url = ?2 ELSE key = ?1 END`, serverKey(server), firstURL(server))
	return err
}

func serverKey(server node.Server) any {
	if server.Key == (identity.ServerKey{}) {
		return nil
	}
	return server.Key[:]
}

func firstURL(server node.Server) string {
	if len(server.URLs) == 0 {
		return ""
	}
	return server.URLs[0]
}

func (s *Store) loadServers(ctx context.Context) ([]node.Server, error) {
	return collect(ctx, s, func(rows *sql.Rows) (node.Server, error) {
		var server node.Server
		var key []byte
		var urls string
		var added int64
		err := rows.Scan(&key, &urls, &added)
		if err != nil {
			return server, err
		}
		server.Added = moment(added)
		if key != nil {
			if err = fixed(server.Key[:], key); err != nil {
				return server, err
			}
		}
		server.URLs, err = decodeList[string](urls)
		return server, err
	}, `SELECT key, urls, added FROM servers ORDER BY added, first_url, key`)
}
