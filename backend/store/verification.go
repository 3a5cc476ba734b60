package store

import (
	"context"
	"database/sql"

	"github.com/tincan-chat/tincan/backend/node"
)

// putVerification keeps what is known of a contact that is there.
func (t *transaction) putVerification(one node.Verification) error {
	_, err := t.exec(`INSERT INTO verifications (peer, link, compared, how, at, mine) SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM contacts WHERE peer = ?1)
		ON CONFLICT (peer) DO UPDATE SET link=excluded.link, compared=excluded.compared, how=excluded.how, at=excluded.at, mine=excluded.mine`,
		one.Peer[:], flag(one.Link), int64(one.Compared), int64(one.How), millis(one.At), unlessZero([32]byte(one.Mine)))
	return err
}

func (s *Store) loadVerifications(ctx context.Context) ([]node.Verification, error) {
	return collect(ctx, s, func(rows *sql.Rows) (one node.Verification, err error) {
		var peer, mine []byte
		var at int64
		if err = rows.Scan(&peer, &one.Link, &one.Compared, &one.How, &at, &mine); err != nil {
			return one, err
		}
		one.At = moment(at)
		if err = fixed(one.Peer[:], peer); err == nil && mine != nil {
			err = fixed(one.Mine[:], mine)
		}
		return one, err
	}, `SELECT peer, link, compared, how, at, mine FROM verifications ORDER BY peer`)
}

// putRetirement keeps the first of each identity: it is not taken back.
func (t *transaction) putRetirement(one node.Retirement) error {
	_, err := t.exec(`INSERT OR IGNORE INTO retirements (peer, at, signed, successor) VALUES (?, ?, ?, ?)`,
		one.Peer[:], millis(one.At), one.Signed, unlessZero([32]byte(one.Successor)))
	return err
}

func (s *Store) loadRetirements(ctx context.Context) ([]node.Retirement, error) {
	return collect(ctx, s, func(rows *sql.Rows) (one node.Retirement, err error) {
		var peer, successor []byte
		var at int64
		if err = rows.Scan(&peer, &at, &one.Signed, &successor); err != nil {
			return one, err
		}
		one.At = moment(at)
		if err = fixed(one.Peer[:], peer); err == nil && successor != nil {
			err = fixed(one.Successor[:], successor)
		}
		return one, err
	}, `SELECT peer, at, signed, successor FROM retirements ORDER BY peer`)
}
