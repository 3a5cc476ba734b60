package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

// ErrMoved says that a contact's conversation is another one than before.
var ErrMoved = errors.New("store: a contact's conversation does not change")

func (t *transaction) putContact(contact node.Contact) error {
	conversation, err := t.addConversation(contact.Conversation, contact.Peer)
	if err != nil {
		return err
	}
	servers, err := encodeServers(contact.Servers)
	if err != nil {
		return err
	}
	changed, err := t.exec(`INSERT INTO contacts (peer, conversation, state, name, color, since, invite_id, invite_label, their_invite, record, servers, major, minor,
		about, profile, profile_place, picture, route, handle, stranger, known_as, ask_epoch)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (peer) DO UPDATE SET state=excluded.state, name=excluded.name, color=excluded.color, since=excluded.since, invite_id=excluded.invite_id,
		invite_label=excluded.invite_label, their_invite=excluded.their_invite, record=excluded.record, servers=excluded.servers, major=excluded.major, minor=excluded.minor,
		about=excluded.about, profile=excluded.profile, profile_place=excluded.profile_place, picture=excluded.picture, route=excluded.route,
		handle=excluded.handle, stranger=excluded.stranger, known_as=excluded.known_as, ask_epoch=excluded.ask_epoch
		WHERE conversation = excluded.conversation`,
		contact.Peer[:], conversation.number, int64(contact.State), contact.Name, int64(contact.Color), millis(contact.Since), id(contact.InviteID),
		contact.InviteLabel, blob(contact.TheirInvite), blob(contact.Record), servers, int64(contact.Major), int64(contact.Minor),
		contact.About, unlessZero(contact.Profile), unlessZero(contact.ProfileOrder), unlessZero(contact.Picture), int64(contact.Route), contact.Handle, flag(contact.Stranger),
		unlessZero([32]byte(contact.KnownAs)), int64(contact.AskEpoch))
	if err == nil && changed == 0 {
		return ErrMoved
	}
	return err
}

// moveContact gives a contact that is there another conversation. The one before
// stays, without a contact of its own.
func (t *transaction) moveContact(contact node.Contact) error {
	next, err := t.addConversation(contact.Conversation, contact.Peer)
	if err != nil {
		return err
	}
	if _, err = t.exec(`UPDATE contacts SET conversation = ? WHERE peer = ?`, next.number, contact.Peer[:]); err != nil {
		return err
	}
	return t.putContact(contact)
}

func (t *transaction) deleteContact(peer identity.PeerID) error {
	values := make([]driver.Value, 2)
	found, err := t.row(`SELECT v.number, v.id FROM contacts c JOIN conversations v ON v.number = c.conversation WHERE c.peer = ?`, values, peer[:])
	if err != nil || !found {
		return err
	}
	number, _ := values[0].(int64)
	name, _ := values[1].([]byte)
	return t.deleteConversation(number, uuid.UUID(name))
}

const contactColumns = `c.peer, v.id, c.state, c.name, c.color, c.since, c.invite_id, c.invite_label, c.their_invite, c.record, c.servers, c.major, c.minor,
	c.about, c.profile, c.profile_place, c.picture, c.route, c.handle, c.stranger, c.known_as, c.ask_epoch`

// contactRow receives the columns of a contact.
type contactRow struct {
	contact                      node.Contact
	peer, conversation, inviteID []byte
	since                        int64
	servers                      string
	profile, place, picture      []byte
	knownAs                      []byte
}

func (r *contactRow) targets() []any {
	return []any{
		&r.peer, &r.conversation, &r.contact.State, &r.contact.Name, &r.contact.Color, &r.since, &r.inviteID, &r.contact.InviteLabel,
		&r.contact.TheirInvite, &r.contact.Record, &r.servers, &r.contact.Major, &r.contact.Minor,
		&r.contact.About, &r.profile, &r.place, &r.picture, &r.contact.Route, &r.contact.Handle, &r.contact.Stranger, &r.knownAs, &r.contact.AskEpoch,
	}
}

func (r *contactRow) finish() (node.Contact, error) {
	r.contact.Since = moment(r.since)
	if err := fixedAll(r.contact.Peer[:], r.peer, r.contact.Conversation[:], r.conversation, r.contact.InviteID[:], r.inviteID); err != nil {
		return node.Contact{}, err
	}
	for _, optional := range [][2][]byte{{r.contact.Profile[:], r.profile}, {r.contact.ProfileOrder[:], r.place}, {r.contact.Picture[:], r.picture}, {r.contact.KnownAs[:], r.knownAs}} {
		if optional[1] == nil {
			continue
		}
		if err := fixed(optional[0], optional[1]); err != nil {
			return node.Contact{}, err
		}
	}
	var err error
	r.contact.Servers, err = decodeServers(r.servers)
	return r.contact, err
}

func (s *Store) loadContacts(ctx context.Context) ([]node.Contact, error) {
	return collect(ctx, s, func(rows *sql.Rows) (node.Contact, error) {
		var row contactRow
		if err := rows.Scan(row.targets()...); err != nil {
			return node.Contact{}, err
		}
		return row.finish()
	}, `SELECT `+contactColumns+` FROM contacts c JOIN conversations v ON v.number = c.conversation ORDER BY c.since, c.peer`)
}
