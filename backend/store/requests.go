package store

import (
	"context"
	"database/sql"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

func (t *transaction) putRequest(request node.Request) error {
	entries, err := encodeList(request.Entries)
	if err != nil {
		return err
	}
	servers, err := encodeServers(request.Servers)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO requests (peer, name, color, text, entries, record, servers, invite_id, invite_label, invite_made, arrived)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (peer) DO UPDATE SET name=excluded.name, color=excluded.color, text=excluded.text, entries=excluded.entries, record=excluded.record,
		servers=excluded.servers, invite_id=excluded.invite_id, invite_label=excluded.invite_label, invite_made=excluded.invite_made, arrived=excluded.arrived`,
		request.Peer[:], request.Name, int64(request.Color), request.Text, entries, blob(request.Record), servers, id(request.InviteID),
		request.InviteLabel, millis(request.InviteMade), millis(request.Arrived))
	return err
}

func (t *transaction) deleteRequest(w node.DeleteRequest) error {
	if _, err := t.exec(`DELETE FROM requests WHERE peer = ?`, w.Peer[:]); err != nil || !w.Declined {
		return err
	}
	_, err := t.exec(`INSERT INTO declined (peer) VALUES (?) ON CONFLICT DO NOTHING`, w.Peer[:])
	return err
}

func (s *Store) loadRequests(ctx context.Context) ([]node.Request, error) {
	return collect(ctx, s, func(rows *sql.Rows) (node.Request, error) {
		var request node.Request
		var peer, inviteID []byte
		var entries, servers string
		var made, arrived int64
		err := rows.Scan(&peer, &request.Name, &request.Color, &request.Text, &entries, &request.Record, &servers, &inviteID, &request.InviteLabel, &made, &arrived)
		if err != nil {
			return request, err
		}
		request.InviteMade, request.Arrived = moment(made), moment(arrived)
		if err = fixedAll(request.Peer[:], peer, request.InviteID[:], inviteID); err != nil {
			return request, err
		}
		if request.Entries, err = decodeList[[]byte](entries); err != nil {
			return request, err
		}
		request.Servers, err = decodeServers(servers)
		return request, err
	}, `SELECT peer, name, color, text, entries, record, servers, invite_id, invite_label, invite_made, arrived FROM requests ORDER BY arrived, peer`)
}

func (s *Store) loadDeclined(ctx context.Context) ([]identity.PeerID, error) {
	return collect(ctx, s, func(rows *sql.Rows) (identity.PeerID, error) {
		var peer identity.PeerID
		var kept []byte
		if err := rows.Scan(&kept); err != nil {
			return peer, err
		}
		return peer, fixed(peer[:], kept)
	}, `SELECT peer FROM declined ORDER BY peer`)
}
