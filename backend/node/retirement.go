package node

import (
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

type retireCall struct{}

// loadRetirements takes what the store kept.
func (c *Core) loadRetirements(kept []Retirement) {
	for _, one := range kept {
		if one.Successor != (identity.PeerID{}) {
			c.successors[one.Peer] = one.Successor
		}
		if one.Peer == c.keys.Peer() {
			c.retired = one.At
		} else if known := c.contacts[one.Peer]; known != nil {
			known.retired = one.At
		}
	}
}

// retire gives this person's identity up: every contact is told with an entry
// that the identity signed, invites end, and nothing else is said any more. Lines
// and mail go on until everybody who can be reached knows.
func (c *Core) retire(id uint64) {
	if !c.retired.IsZero() {
		c.answer(id, nil, c.errRetired())
		return
	}
	signed, err := c.keys.Retire(c.now)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	data, err := wire.Encode(signed)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	body, err := journal.RetireBody(signed)
	if err != nil {
		c.answer(id, nil, err)
		return
	}
	writes := []Write{PutRetirement{Retirement: Retirement{Peer: c.keys.Peer(), At: c.now, Signed: data}}}
	var told []AppendEntry
	for _, peer := range c.peersSorted() {
		if _, banned := c.bannedPeer(peer); banned {
			continue
		}
		if appended, err := c.writeEntry(c.conversationOf(c.contacts[peer]), wire.EntryKind_ENTRY_KIND_RETIRE, body); err == nil {
			told = append(told, appended)
			writes = append(writes, appended)
		}
	}
	var ended []Invite
	for _, one := range c.sortedInvites() {
		if !one.Revoked {
			one.Revoked = true
			ended = append(ended, one)
			writes = append(writes, PutInvite{Invite: one})
		}
	}
	c.retired = c.now // counted at once: nothing is written behind it
	c.commit(func(err error) {
		if err != nil {
			c.retired = time.Time{}
			c.answer(id, nil, refusal(err))
			return
		}
		for _, one := range ended {
			c.invites[one.ID] = one
		}
		for _, one := range told {
			c.appendedQuietly(one)
		}
		c.registerAll() // no more tags of invites
		c.tell(Change{Self: true})
		c.answer(id, nil, nil)
		c.releaseHandles()
	}, writes...)
}

// releaseHandles gives all own handles back where a server answers. Those of
// one that does not are given back when it does: see checkHandles.
func (c *Core) releaseHandles() {
	for _, held := range slices.Clone(c.handles) {
		c.releaseHandle(nobody, held.String())
	}
}

func (c *Core) errRetired() error {
	return &Refusal{Code: "retired", Message: "You gave this identity up. What is here can be read, but nothing can be sent."}
}

// whileRetired tells whether a call may be made under an identity that was given up.
func whileRetired(call any) bool {
	switch call.(type) {
	case liveCall, trafficCall, mailboxesCall, damagedCall, hostCall, networkCall, invitesCall, focusCall, markReadCall, deliveryCall, deleteCall, retryServerCall, addBanCall, restoreBanCall, removeBanCall, declineCall,
		comparedCall, forgetComparedCall, answerCheckCall, importCall, bundleCall, bundledCall, revokeInviteCall, addServerCall, removeServerCall, retireCall, setPrivacyCall, setRouteCall, releaseHandleCall,
		editBanCall, importBansCall, clearBansCall, bansCall, bansByCall, pinCall, folderCall, quietCall, markCall, clearCall, forgetCall:
		return true
	}
	return false
}

// learnRetirement takes from entries of theirs that they gave their identity up,
// and returns what is to be written with them.
func (c *Core) learnRetirement(one *contact, writes []Write) []Write {
	if !one.retired.IsZero() {
		return writes
	}
	for _, write := range writes {
		appended, ok := write.(AppendEntry)
		if !ok || appended.Mine {
			continue
		}
		signed, err := appended.Entry.Retirement()
		if err != nil {
			continue
		}
		retired, err := identity.ParseRetirement(signed)
		if err != nil || retired.Peer != one.Peer {
			c.report(one, "a retirement that they did not sign")
			continue
		}
		data, err := wire.Encode(signed)
		if err != nil {
			continue
		}
		one.retired = retired.At
		c.dirty(one.Peer)
		return append(writes, PutRetirement{Retirement: Retirement{Peer: one.Peer, At: retired.At, Signed: data}})
	}
	return writes
}

// errTheyRetired refuses what would be said to nobody.
func (c *Core) errTheyRetired(one *contact) error {
	if next := c.lastSuccessor(one); next != nil {
		return &Refusal{
			Code: "they-moved", Params: map[string]string{"name": one.Name, "conversation": next.Conversation.String()},
			Message: one.Name + " has a new key. Write to them in the conversation that goes on with it.",
		}
	}
	return &Refusal{
		Code: "they-retired", Params: map[string]string{"name": one.Name, "date": one.retired.UTC().Format(time.RFC3339)},
		Message: one.Name + " gave this identity up. Nobody reads what is sent to it.",
	}
}
