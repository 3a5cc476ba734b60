package node

import (
	"net/netip"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Times of asking.
const (
	askFirst        = 5 * time.Second // between two sendings of a request, doubling
	askMost         = 5 * time.Minute
	requestLife     = 10 * time.Minute
	tellAgain       = time.Minute // a contact who asks is not told more often that they were accepted
	lookupFirst     = time.Second // between two looks for a sealing key, doubling
	lookupMost      = 15 * time.Second
	lookupFresher   = 15 * time.Minute // while the one that is known is past its use
	typingShown     = 6 * time.Second
	maxRequests     = 200 // in the inbox; more are dropped
	maxWhatTheySaid = 64 << 10
)

// contact is somebody I asked or accepted, and what is known of them right now.
type contact struct {
	Contact
	record      record
	presence    map[string]bool // by server token
	typingUntil time.Time
	toldTyping  time.Time // when I last told them that I write
	called      time.Time // when they last asked for a line: they are there, though they may hide it

	session  link.Session // the current one, uuid.Nil if none
	address  netip.Addr   // of the other end of the last line, as far as it was seen
	attempts int          // of dialing, since it last worked
	nextDial time.Time
	lastTalk time.Time // somebody sent something

	asks       int
	nextAsk    time.Time
	nextLookup time.Time
	lookups    int // since a server was reached
	// requestBody is what is sealed again and again while asking.
	requestBody    []byte
	readingRequest bool
	nextRead       time.Time // not before, after a failure
	toldAgain      time.Time // when they asked although they were accepted

	volume   volume // of lines to them, since the start
	outbox   outbox
	answered time.Time              // asked: they accepted, which the disk refused; it is written again then
	tried    map[journal.Log]uint64 // of mine: up to where it is kept that a line was tried
	exported map[journal.Log]uint64 // of mine: up to where a bundle has them, since the start
	sent     map[journal.Log]uint64 // of mine: up to where a line that is closed sent them, since the start

	verification Verification
	check        *check    // nil: none
	checkQuiet   time.Time // nobody is asked to compare before
	retired      time.Time // when they gave their identity up; zero: they did not

	trouble *Refusal // with the version they speak
	doubts  doubts   // about their logs
	claims  int      // see maxClaims
	flood   flood
	keeping int          // profiles of theirs that are being written: their pictures cannot be read yet
	shown   *LiveContact // as last told to the interface
	isDirty bool
	due     time.Time // when to look again
}

func loadContact(kept Contact) (*contact, error) {
	known, err := loadRecord(kept.Peer, kept.Record)
	if err != nil {
		return nil, err
	}
	return &contact{Contact: kept, record: known, presence: map[string]bool{}}, nil
}

// places returns the servers where a contact is found.
func (k *contact) places() []identity.Server {
	return k.Servers[:min(len(k.Servers), maxLocation)]
}

func (k *contact) foundAt(key identity.ServerKey) bool {
	for _, server := range k.places() {
		if server.Key == key {
			return true
		}
	}
	return false
}

// online folds what the servers say; unknown before acceptance and while no
// server that knows is reached.
func (k *contact) online() Presence {
	if k.State != ContactMutual || len(k.presence) == 0 {
		return PresenceUnknown
	}
	for _, here := range k.presence {
		if here {
			return PresenceOnline
		}
	}
	return PresenceOffline
}

// dirty marks a contact to be looked at at the end of this step.
func (c *Core) dirty(peer identity.PeerID) {
	if one := c.contacts[peer]; one != nil && !one.isDirty {
		one.isDirty = true
		c.dirtyPeers = append(c.dirtyPeers, peer)
	}
}

func (c *Core) allDirty() {
	for _, peer := range c.peersSorted() {
		c.dirty(peer)
	}
}

// dueContacts does for the contacts that changed, and for those whose time has
// come, what they need: ask, look up, dial, close, tell.
func (c *Core) dueContacts() {
	if !c.contactsDue.IsZero() && !c.now.Before(c.contactsDue) {
		c.contactsDue = time.Time{}
		for _, peer := range c.peersSorted() {
			if due := c.contacts[peer].due; !due.IsZero() && !c.now.Before(due) {
				c.dirty(peer)
			} else {
				c.contactDueAt(due)
			}
		}
	}
	for len(c.dirtyPeers) > 0 {
		peer := c.dirtyPeers[0]
		c.dirtyPeers = c.dirtyPeers[1:]
		one := c.contacts[peer]
		if one == nil {
			continue
		}
		one.isDirty = false
		one.due = time.Time{}
		c.attend(one)
		c.contactDueAt(one.due)
	}
	c.dirtyPeers = nil
	if !c.contactsDue.IsZero() {
		c.at(c.contactsDue)
	}
}

func (c *Core) contactDueAt(due time.Time) {
	if !due.IsZero() && (c.contactsDue.IsZero() || due.Before(c.contactsDue)) {
		c.contactsDue = due
	}
}

func (k *contact) again(at time.Time) {
	if k.due.IsZero() || at.Before(k.due) {
		k.due = at
	}
}

// attend does what one contact needs now.
func (c *Core) attend(one *contact) {
	c.dueCheck(one)
	if _, banned := c.bannedPeer(one.Peer); !banned && !one.held() && !c.moved(one) {
		switch {
		case one.State == ContactAsked && !c.retired.IsZero():
			// Nobody is asked any more.
		case one.State == ContactAsked:
			c.ask(one)
		default:
			c.keepLine(one)
			c.sendMail(one)
		}
		c.keepRecord(one)
	}
	if one.typingUntil.After(c.now) {
		one.again(one.typingUntil)
	}
	c.show(one)
}

// keepRecord looks for a sealing key when there is none that others may use.
func (c *Core) keepRecord(one *contact) {
	tokens := c.serversOf(one)
	if !one.record.stale(c.now) || len(tokens) == 0 {
		return
	}
	if !c.now.Before(one.nextLookup) {
		wait := min(lookupFirst<<min(one.lookups, 10), lookupMost)
		if _, known := one.record.first(); known {
			wait = lookupFresher
		}
		one.lookups++
		one.nextLookup = c.now.Add(wait)
		for _, token := range tokens {
			c.lookUpAt(one, token)
		}
	}
	one.again(one.nextLookup)
}

func (c *Core) profile() *wire.Profile {
	return &wire.Profile{Name: c.self.Name, Color: uint32(c.self.Color)}
}

// show tells the interface when something about a contact changed.
func (c *Core) show(one *contact) {
	now := c.live(one)
	if one.shown != nil && sameLive(*one.shown, now) {
		return
	}
	one.shown = &now
	c.tell(Change{Contact: &now})
}

// live is a contact as the interface sees it.
func (c *Core) live(one *contact) LiveContact {
	_, banned := c.bannedPeer(one.Peer)
	live := LiveContact{
		Contact:  one.Contact,
		Banned:   banned,
		Presence: one.online(),
		Typing:   one.typingUntil.After(c.now),
		Trouble:  one.trouble,
		Doubts:   one.doubts.all(),

		Verification: one.verification,
		Check:        one.check.live(),
		Retired:      one.retired,
		Muted:        one.flood.muted,
		Next:         c.nextOf(one),
	}
	if one.keeping > 0 {
		live.Contact.Picture = [32]byte{}
		if one.shown != nil {
			live.Contact.Picture = one.shown.Contact.Picture
		}
	}
	session := c.sessions[one.session]
	switch {
	case session != nil && session.open:
		live.Line = Line{State: LineOpen, Path: session.path, RoundTrip: session.roundTrip, RelayHost: session.relayHost}
		live.Presence = PresenceOnline
	case banned:
	case one.held():
		live.Line.State = LineHeld
	case live.Presence != PresenceOnline:
		live.Line.State = LineWaiting
	case session != nil || one.attempts > 0 && c.reasonForLine(one):
		live.Line.State = LineConnecting
	default:
		live.Line.State = LineIdle
	}
	return live
}

func sameLive(a, b LiveContact) bool {
	sameTrouble := a.Trouble == b.Trouble || a.Trouble != nil && b.Trouble != nil && a.Trouble.Code == b.Trouble.Code
	sameDoubts := slices.EqualFunc(a.Doubts, b.Doubts, func(a, b Doubt) bool { return a.What.Code == b.What.Code && a.Which == b.Which })
	sameVerified := a.Verification == b.Verification && sameCheck(a.Check, b.Check) && a.Retired.Equal(b.Retired) && a.Muted.Equal(b.Muted) &&
		a.Next == b.Next && a.Contact.KnownAs == b.Contact.KnownAs
	return sameTrouble && sameDoubts && sameVerified && a.Banned == b.Banned && a.Presence == b.Presence && a.Line == b.Line && a.Typing == b.Typing &&
		a.Contact.State == b.Contact.State && a.Contact.Name == b.Contact.Name && a.Contact.Color == b.Contact.Color &&
		a.Contact.About == b.Contact.About && a.Contact.Picture == b.Contact.Picture && a.Contact.Route == b.Contact.Route &&
		sameServers(a.Contact.Servers, b.Contact.Servers)
}
