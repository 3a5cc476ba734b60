package node

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// errSuccession is wrapped by why a succession changes nothing.
var errSuccession = errors.New("node: the succession is dropped")

// successionsTo reads and checks what an entry says of the identities before its
// author's.
func successionsTo(author identity.PeerID, entry journal.Entry) ([]identity.Succession, error) {
	links, err := entry.Succession()
	if err != nil {
		return nil, err
	}
	chain, err := identity.ParseSuccessions(links)
	if err != nil {
		return nil, err
	}
	if chain[len(chain)-1].To != author {
		return nil, fmt.Errorf("%w: it ends with somebody else", errSuccession)
	}
	return chain, nil
}

// successionOpened takes that a contact goes on as another identity: the request
// of a key that both it and the one before have signed for. They are a contact
// already, so nobody is asked.
func (c *Core) successionOpened(content envelope.Content, asked *OpenedRequest, fresh *wire.PeerRecord, seen PutSeen, kept func(error)) {
	peer, chain := content.FromPeer, asked.Successions
	at := c.followedFrom(chain)
	drop := func(why string) {
		c.dropped(fmt.Errorf("%w: %s", errSuccession, why))
		kept(nil)
	}
	switch {
	case peer == c.keys.Peer():
		drop("it is my own")
		return
	case c.answering[peer]:
		kept(errNoRoom) // a contact in a moment
		return
	case c.declined[peer]:
		drop("this key was refused before")
		return
	case at < 0:
		drop("nobody who is a contact has the key before")
		return
	}
	before, links := c.contacts[chain[at].From], chain[at:]
	ban, banned := c.bannedPeer(before.Peer)
	switch {
	case banned:
		c.blocked(ban)
		drop("the one before is banned")
	case before.State != ContactMutual:
		drop("the one before never answered")
	case !before.retired.IsZero() && !c.moved(before):
		drop("the one before was given up for good")
	case c.contradicts(links):
		c.secondSuccessor(before, peer, kept)
	case c.contacts[peer] != nil:
		one := c.contacts[peer]
		c.follow(before, links, func(err error) {
			if err != nil {
				kept(err)
				return
			}
			c.askedByContact(one, content, asked.Entry, fresh, kept, seen)
		})
	default:
		c.followAs(before, links, asked.Entry, fresh, seen, kept)
	}
}

// followedFrom returns the place of the newest link that begins at a contact; -1:
// none does.
func (c *Core) followedFrom(chain []identity.Succession) int {
	for i, link := range slices.Backward(chain) {
		if c.contacts[link.From] != nil {
			return i
		}
	}
	return -1
}

// contradicts tells whether another identity is known to follow one of those.
func (c *Core) contradicts(links []identity.Succession) bool {
	return slices.ContainsFunc(links, func(link identity.Succession) bool {
		known, follows := c.successors[link.From]
		return follows && known != link.To
	})
}

// followAs makes the contact of an identity that follows a contact's. Nothing
// inherits that the key before was compared: then it is held back.
func (c *Core) followAs(before *contact, links []identity.Succession, entry journal.Entry, fresh *wire.PeerRecord, seen PutSeen, kept func(error)) {
	peer := links[len(links)-1].To
	theirs := newRecord(peer)
	if _, err := theirs.merge(fresh); err != nil {
		c.dropped(errors.Join(errSuccession, err))
		kept(nil)
		return
	}
	next := before.Contact
	next.Peer, next.Conversation, next.State = peer, chat.DirectConversation(c.keys.Peer(), peer), ContactMutual
	next.Since, next.Record, next.Servers = c.now, theirs.marshal(), theirs.location.Servers
	next.TheirInvite, next.KnownAs = nil, identity.PeerID{}
	more := append(retirementsOf(links), seen, PutVerification{Verification: c.inherited(before, peer)})
	if _, waits := c.requests[peer]; waits {
		more = append(more, DeleteRequest{Peer: peer})
	}
	c.newContact(nobody, next, []journal.Entry{entry}, "", func(err error) {
		if err == nil {
			c.followed(before, links)
			if _, waits := c.requests[peer]; waits {
				delete(c.requests, peer)
				c.tell(Change{Answered: &peer})
			}
		}
		kept(err)
	}, more...)
}

// inherited is what is known of an identity that follows a contact's: whatever
// held that one back, or was compared with it, holds this one back.
func (c *Core) inherited(before *contact, peer identity.PeerID) Verification {
	was := before.verification
	switch was.Compared {
	case NotCompared:
		return Verification{Peer: peer}
	case ComparedSame:
		was.Compared = ComparedBefore
	case ComparedDiffered, ComparedBefore, ComparedForked:
	}
	was.Peer, was.Link, was.Mine = peer, false, c.keys.Peer()
	return was
}

// follow keeps that identities follow one another whose last is a contact already.
func (c *Core) follow(before *contact, links []identity.Succession, then func(error)) {
	if c.moved(before) {
		then(nil)
		return
	}
	c.commit(func(err error) {
		if err == nil {
			c.followed(before, links)
		}
		then(err)
	}, retirementsOf(links)...)
}

// followed makes it hold: lines of the key before are cut.
func (c *Core) followed(before *contact, links []identity.Succession) {
	for _, link := range links {
		c.successors[link.From] = link.To
		if one := c.contacts[link.From]; one != nil && one.retired.IsZero() {
			one.retired = link.At
		}
	}
	for _, session := range c.sessionsTo(before.Peer) {
		c.hangUp(session.id, "another key follows")
	}
	if c.sessions[before.session] != nil {
		c.hangUp(before.session, "another key follows")
	}
	clear(before.presence)
	c.watch()
	c.allDirty() // whose conversation goes on elsewhere
}

func retirementsOf(links []identity.Succession) []Write {
	writes := make([]Write, 0, len(links)+3)
	for _, link := range links {
		signed, err := wire.Encode(link.Signed)
		if err != nil {
			continue // cannot happen: it was decoded
		}
		writes = append(writes, PutRetirement{Retirement: Retirement{Peer: link.From, At: link.At, Signed: signed, Successor: link.To}})
	}
	return writes
}

// secondSuccessor: two identities say that they follow one. Whoever came first stays, and
// is held back unless their own key was compared; the second is refused for good.
func (c *Core) secondSuccessor(before *contact, second identity.PeerID, kept func(error)) {
	c.do(Report{What: "two keys follow the one of a contact"})
	writes := []Write{DeleteRequest{Peer: second, Declined: true}}
	first := c.lastSuccessor(before)
	var held Verification
	if first != nil && (first.verification.Compared == NotCompared || first.verification.Compared == ComparedBefore) {
		held = Verification{Peer: first.Peer, Compared: ComparedForked, At: c.now, Mine: c.keys.Peer()}
		writes = append(writes, PutVerification{Verification: held})
		c.setVerification(first, held) // at once, whatever the disk says
	}
	c.commit(func(err error) {
		if err == nil {
			c.declined[second] = true
		}
		kept(err)
	}, writes...)
}

// moved tells whether another identity follows that of a contact.
func (c *Core) moved(one *contact) bool {
	_, follows := c.successors[one.Peer]
	return follows
}

// lastSuccessor returns the contact with which it goes on, nil if there is none.
func (c *Core) lastSuccessor(one *contact) *contact {
	var last *contact
	peer := one.Peer
	for range len(c.successors) {
		next, follows := c.successors[peer]
		if !follows {
			break
		}
		peer = next
		if found := c.contacts[peer]; found != nil {
			last = found
		}
	}
	return last
}

func (c *Core) nextOf(one *contact) uuid.UUID {
	if next := c.lastSuccessor(one); next != nil {
		return next.Conversation
	}
	return uuid.Nil
}
