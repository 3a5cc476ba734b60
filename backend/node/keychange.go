package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/handle"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// KeyChangeSetting is the name under which the store keeps a change of the own key
// that is under way, as [KeyChange.Marshal] writes it.
const KeyChangeSetting = "key-change"

// maxKeyChange caps a marshalled KeyChange, in bytes.
const maxKeyChange = 64 << 10

// ErrKeyChange is wrapped by why the own key cannot be changed.
var ErrKeyChange = errors.New("node: the key cannot be changed")

// KeyChange is what the key before has to sign for the one that follows. It is on
// the disk before the keys are replaced; with those of before it counts for
// nothing, with the new ones it is carried out.
type KeyChange struct {
	Succession identity.Succession
	Moves      map[string][]byte // serialised wire.Signed, a HandleMove, by name@host
}

// keptChange is how a KeyChange is marshalled.
type keptChange struct {
	Succession []byte            `json:"succession"`
	Moves      map[string][]byte `json:"moves"`
}

// NewKeyChange signs that one's identity goes on as another. Errors wrap
// ErrKeyChange.
func NewKeyChange(keys, next *identity.Keys, snapshot Snapshot, now time.Time) (KeyChange, error) {
	switch {
	case snapshot.ReadOnly:
		return KeyChange{}, fmt.Errorf("%w: %w", ErrKeyChange, ErrReadOnly)
	case snapshot.Self.Created.IsZero():
		return KeyChange{}, fmt.Errorf("%w: %w", ErrKeyChange, errNoProfile)
	case slices.ContainsFunc(snapshot.Retirements, func(one Retirement) bool { return one.Peer == keys.Peer() }):
		return KeyChange{}, fmt.Errorf("%w: %w", ErrKeyChange, (&Core{}).errRetired())
	}
	signed, err := keys.SucceededBy(next, now)
	if err != nil {
		return KeyChange{}, err
	}
	change := KeyChange{Moves: map[string][]byte{}}
	if change.Succession, err = identity.ParseSuccession(signed); err != nil {
		return KeyChange{}, err
	}
	from, to := keys.Peer(), next.Peer()
	for _, held := range snapshot.Handles {
		body, err := wire.Encode(&wire.HandleMove{
			Handle: held.Name, Server: held.Host, From: from[:], To: to[:], Version: max(held.Version+1, uint64(max(now.UnixMilli(), 1))),
		})
		if err != nil {
			return KeyChange{}, err
		}
		if change.Moves[held.String()], err = wire.Encode(keys.SignedAsIdentity(identity.ContextHandleMove, body)); err != nil {
			return KeyChange{}, err
		}
	}
	return change, nil
}

// Marshal returns what the store keeps.
func (k KeyChange) Marshal() (string, error) {
	succession, err := wire.Encode(k.Succession.Signed)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrKeyChange, err)
	}
	data, err := json.Marshal(keptChange{Succession: succession, Moves: k.Moves})
	if err == nil && len(data) > maxKeyChange {
		err = errors.New("too many handles")
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrKeyChange, err)
	}
	return string(data), nil
}

// ParseKeyChange reads what Marshal wrote. Errors wrap ErrKeyChange.
func ParseKeyChange(text string) (KeyChange, error) {
	var kept keptChange
	if len(text) > maxKeyChange {
		return KeyChange{}, fmt.Errorf("%w: its size", ErrKeyChange)
	}
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return KeyChange{}, fmt.Errorf("%w: %w", ErrKeyChange, err)
	}
	signed := &wire.SignedSuccession{}
	if err := wire.Decode(kept.Succession, maxWhatTheySaid, signed); err != nil {
		return KeyChange{}, fmt.Errorf("%w: %w", ErrKeyChange, err)
	}
	succession, err := identity.ParseSuccession(signed)
	if err != nil {
		return KeyChange{}, fmt.Errorf("%w: %w", ErrKeyChange, err)
	}
	return KeyChange{Succession: succession, Moves: kept.Moves}, nil
}

// Carry returns what is to be written, in one transaction, so that a profile goes
// on with new keys: contacts get a conversation of the new identity, in which they
// are asked to follow it; what was written before stays as former conversations.
// Nothing is left to write when that was done.
func (k KeyChange) Carry(keys *identity.Keys, snapshot Snapshot, now time.Time, random Random) ([]Write, error) {
	before := k.Succession.From
	if slices.ContainsFunc(snapshot.Retirements, func(one Retirement) bool { return one.Peer == before }) {
		return nil, nil
	}
	writes := retirementsOf([]identity.Succession{k.Succession})
	self := snapshot.Self
	list, err := keys.DeviceList(uint64(max(now.Unix(), 1)), now)
	if err != nil {
		return nil, err
	}
	if self.DeviceList, err = wire.Encode(list); err != nil {
		return nil, err
	}
	writes = append(writes, PutSelf{Self: self})
	for _, one := range snapshot.Contacts {
		more, err := k.carryContact(keys, snapshot, one, now, random)
		if err != nil {
			return nil, err
		}
		writes = append(writes, more...)
	}
	for _, one := range snapshot.Verifications {
		if one.Compared.holds() { // what held somebody back still does
			one.Mine = keys.Peer()
			writes = append(writes, PutVerification{Verification: one})
		}
	}
	return append(writes, k.endings(snapshot)...), nil
}

// endings are the writes that end what was bound to the key before.
func (k KeyChange) endings(snapshot Snapshot) []Write {
	var writes []Write
	for _, one := range snapshot.Requests {
		writes = append(writes, DeleteRequest{Peer: one.Peer})
	}
	for _, one := range snapshot.Invites {
		one.Revoked = true
		writes = append(writes, PutInvite{Invite: one})
	}
	for _, one := range snapshot.SealingKeys {
		writes = append(writes, DeleteSealingKey{ID: one.ID})
	}
	for _, one := range snapshot.Outgoing {
		writes = append(writes, DeleteOutgoing{ID: one.ID})
	}
	for _, one := range snapshot.Handles {
		one.Move = k.Moves[one.String()]
		writes = append(writes, PutHandle{Handle: one})
	}
	return writes
}

// carryContact gives a contact a conversation of the new identity, which begins
// with the succession.
func (k KeyChange) carryContact(keys *identity.Keys, snapshot Snapshot, one Contact, now time.Time, random Random) ([]Write, error) {
	unknown := identity.PeerID{}
	if one.State == ContactAsked && one.KnownAs == unknown {
		return []Write{DeleteContact{Peer: one.Peer}}, nil // a request of a key that nobody has any more
	}
	if slices.ContainsFunc(snapshot.Retirements, func(gone Retirement) bool { return gone.Peer == one.Peer }) {
		return nil, nil // nobody is there to be told
	}
	timer := time.Duration(0)
	if at := slices.IndexFunc(snapshot.Conversations, func(kept Conversation) bool { return kept.ID == one.Conversation }); at >= 0 {
		timer = snapshot.Conversations[at].Timer.Stay
	}
	if one.KnownAs == unknown {
		one.KnownAs = k.Succession.From
	}
	one.State, one.TheirInvite = ContactAsked, nil
	one.Conversation = chat.DirectConversation(keys.Peer(), one.Peer)
	body, err := journal.SuccessionBody(k.linksFrom(one.KnownAs, snapshot.Retirements))
	if err != nil {
		return nil, err
	}
	first := beginning{keys: keys, contact: one, epoch: max(1, snapshot.Epochs[uuid.Nil]), now: now, random: random}
	if err = first.add(wire.EntryKind_ENTRY_KIND_SUCCESSION, body); err != nil {
		return nil, err
	}
	if self := snapshot.Self; self.About != "" || len(self.Picture) > 0 {
		profile := journal.Profile{Name: self.Name, Color: uint32(self.Color), About: self.About, Picture: self.Picture}
		if body, err = journal.ProfileBody(profile); err == nil {
			err = first.add(wire.EntryKind_ENTRY_KIND_PROFILE, body)
		}
		if err != nil {
			return nil, err
		}
	}
	if timer > 0 {
		if body, err = journal.TimerBody(timer); err == nil {
			err = first.add(wire.EntryKind_ENTRY_KIND_TIMER, body)
		}
		if err != nil {
			return nil, err
		}
	}
	return append([]Write{MoveContact{Contact: one}}, first.writes...), nil
}

// linksFrom returns the successions from an identity of mine to the present one,
// the last ones if there are too many to tell.
func (k KeyChange) linksFrom(from identity.PeerID, retirements []Retirement) []*wire.SignedSuccession {
	var links []*wire.SignedSuccession
	for range len(retirements) {
		at := slices.IndexFunc(retirements, func(one Retirement) bool { return one.Peer == from && one.Successor != identity.PeerID{} })
		if at < 0 {
			break
		}
		signed := &wire.SignedSuccession{}
		if wire.Decode(retirements[at].Signed, maxWhatTheySaid, signed) != nil {
			break
		}
		links, from = append(links, signed), retirements[at].Successor
	}
	links = append(links, k.Succession.Signed)
	return links[max(0, len(links)-identity.MaxSuccessions):]
}

// beginning writes the first entries of a log.
type beginning struct {
	keys    *identity.Keys
	contact Contact
	epoch   uint32
	now     time.Time
	random  Random
	last    journal.Head
	order   journal.Order
	writes  []Write
}

func (b *beginning) add(kind wire.EntryKind, body []byte) error {
	draft := journal.Draft{
		Conversation: b.contact.Conversation, Log: journal.Log{Device: b.keys.Device(), Epoch: b.epoch}, Previous: b.last,
		Claimed: b.now, Kind: kind, Body: body,
	}
	b.random(draft.Salt[:])
	var after []journal.Order
	if b.last.Sequence > 0 {
		after = append(after, b.order)
	}
	entry, err := journal.Write(draft, b.keys.SignAsDevice)
	if err != nil {
		return err
	}
	b.last, b.order = entry.Head(), journal.NewOrder(entry, after)
	b.writes = append(b.writes, AppendEntry{Entry: entry, Order: b.order, Author: b.keys.Peer(), Mine: true, Arrived: b.now})
	return nil
}

// takeOver claims a handle that an earlier identity of mine has, with its consent.
func (c *Core) takeOver(held Handle, server *server) {
	signed, body := &wire.Signed{}, &wire.HandleMove{}
	read, err := handle.Parse(held.String())
	if err == nil {
		err = wire.Decode(held.Move, maxRecord, signed)
	}
	if err == nil {
		err = wire.Decode(signed.GetBody(), maxRecord, body)
	}
	if err != nil {
		return // not what this device wrote: it shows as lost at the next look
	}
	c.claimAs(nobody, read, server, body.GetVersion(), false, signed)
}

// notTakenOver shows a handle as lost that its server does not move to my new key.
// It is asked again whenever it comes up.
func (c *Core) notTakenOver(wanted handle.Handle, answer signaling.Answer) {
	if answer != signaling.AnswerTaken && answer != signaling.AnswerInvalid || c.lost[wanted.String()] {
		return // not now, or known
	}
	c.lost[wanted.String()] = true
	c.tell(Change{Self: true})
}
