package node

import (
	"crypto/subtle"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/wire"
)

func (c *Core) createInvite(id uint64, call createInviteCall) {
	label := chat.CleanName(call.label)
	if utf8.RuneCountInString(label) > wire.MaxName || call.uses < 1 || call.uses > 100 || call.life < time.Hour || call.life > 366*24*time.Hour {
		c.answer(id, nil, &Refusal{Code: "invite-options", Message: "A link works for 1 hour to 1 year and brings 1 to 100 people; its label has at most 64 characters."})
		return
	}
	servers := c.reachableAt()
	if len(servers) == 0 {
		c.answer(id, nil, &Refusal{Code: "no-server", Message: "Nobody could find you by this link: no introduction server is set and this app introduces nobody. Turn on “Introduce people on this network” or add a server."})
		return
	}
	made := Invite{ID: c.newID(), Label: label, Created: c.now, Expires: c.now.Add(call.life), Uses: call.uses}
	c.random(made.Secret[:])
	link, err := invite.Invite{
		ID: made.ID, Peer: c.keys.Peer(), Name: c.self.Name, Color: c.self.Color,
		Servers: servers[:min(len(servers), maxInviteServers)], Secret: made.Secret, Expires: made.Expires, Uses: made.Uses,
	}.Seal(c.keys)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	made.Link = link
	c.commit(func(err error) {
		if err == nil {
			c.invites[made.ID] = made
			c.registerAll()
		}
		c.answer(id, made, refusal(err))
	}, PutInvite{Invite: made})
}

func (c *Core) sortedInvites() []Invite {
	invites := make([]Invite, 0, len(c.invites))
	for _, one := range c.invites {
		invites = append(invites, one)
	}
	slices.SortFunc(invites, func(a, b Invite) int {
		if order := b.Created.Compare(a.Created); order != 0 {
			return order
		}
		return slices.Compare(b.ID[:], a.ID[:])
	})
	return invites
}

func (c *Core) revokeInvite(id uint64, which uuid.UUID) {
	one, known := c.invites[which]
	if !known {
		c.answer(id, nil, &Refusal{Code: "no-invite", Message: "This link is not here any more."})
		return
	}
	one.Revoked = true
	c.commit(func(err error) {
		if err == nil {
			c.invites[which] = one
			c.registerAll()
		}
		c.answer(id, nil, refusal(err))
	}, PutInvite{Invite: one})
}

// inviteOpen tells whether an invite still brings this peer.
func inviteOpen(one Invite, peer identity.PeerID, now time.Time) bool {
	return !one.Revoked && now.Before(one.Expires) && (len(one.Used) < one.Uses || slices.Contains(one.Used, peer))
}

func equalSecret(theirs []byte, mine [16]byte) bool {
	return subtle.ConstantTimeCompare(theirs, mine[:]) == 1
}

func (c *Core) checkInvite(opened invite.Invite) error {
	date := opened.Expires.UTC().Format(time.RFC3339)
	name := chat.TheirName(opened.Name, "?")
	_, banned := c.bannedPeer(opened.Peer)
	switch {
	case opened.Peer == c.keys.Peer():
		return &Refusal{Code: "invite-own", Message: "This is your own link. Send it to somebody else."}
	case !c.now.Add(c.network.offset).Before(opened.Expires):
		return &Refusal{
			Code:    "invite-expired",
			Message: "This link expired on " + opened.Expires.UTC().Format("2 January 2006") + ". Ask " + name + " for a new one.",
			Params:  map[string]string{"date": date, "name": name},
		}
	case banned:
		return &Refusal{Code: "invite-banned", Message: "You banned " + name + ". Undo the ban first.", Params: map[string]string{"name": name}}
	}
	return nil
}
