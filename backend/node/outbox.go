package node

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Times and limits of sending by mail.
const (
	mailAfter        = 3 * time.Second        // without a line, entries go by mail after
	mailAfterOffline = 250 * time.Millisecond // the same when they are known to be offline
	tellReadAfter    = 3 * time.Second        // what was read, when no letter of entries tells it
	tellReadAgain    = time.Minute            // between two letters that tell nothing but that
	mailLife         = 14 * 24 * time.Hour
	mailRenewBefore  = 24 * time.Hour // what a server keeps is left again before it ends
	mailLeastLife    = time.Hour      // less is not worth sealing
	mailRetryFirst   = 5 * time.Second
	mailRetryMost    = 15 * time.Minute
	requestRetryMost = time.Hour              // of a request, whose invite may have ended
	mailRetryOwn     = time.Minute            // after a failure of this device's own
	mailLookupEvery  = time.Hour              // for a fresher key of somebody who is away
	mailLookupTime   = 2 * time.Second        // what such an answer may take
	mailRestFirst    = 250 * time.Millisecond // between small letters, doubling with every 8 that are not acknowledged
	mailRestMost     = 30 * time.Second
	maxOutgoing      = 256      // letters to a contact that are not acknowledged
	maxEntriesBody   = 48 << 10 // of a letter
)

// outbox is what this device has to do for a contact by mail.
type outbox struct {
	letters  []*Outgoing // by when they were sealed
	since    time.Time   // when entries without a letter were seen first, zero: there are none
	rest     time.Time   // entries gather until then
	ackAt    time.Time   // when letters that brought something are acknowledged; zero: none did
	toldRead time.Time   // when what was read was, or is to be, told by a letter of its own
	owed     uuid.UUID   // the row that remembers such letters over a restart, uuid.Nil if none
	owedKept bool        // it is on the disk
	through  uint64      // where the stretch that is being read ends
	busy     bool        // a letter is being read, sealed, written or put
	tried    map[string]bool
	answers  map[string]signaling.Answer // by server, the last to a letter
	fails    int                         // rounds of all servers
	nextTry  time.Time
	asked    time.Time // when a fresher key was last looked for
	// What is being taken back: until that is over nothing is sealed, and what is
	// being read or sealed just now is thrown away.
	cancelling int
	discard    bool
	loose      map[uuid.UUID]int // how often letters may lie at a server which did not say so
}

// putting is a PutMail under way.
type putting struct {
	token  string
	peer   identity.PeerID
	letter uuid.UUID
}

func (o *outbox) remove(id uuid.UUID) {
	o.letters = slices.DeleteFunc(o.letters, func(one *Outgoing) bool { return one.ID == id })
}

func (o *outbox) find(id uuid.UUID) *Outgoing {
	at := slices.IndexFunc(o.letters, func(one *Outgoing) bool { return one.ID == id })
	if at < 0 {
		return nil
	}
	return o.letters[at]
}

// sealedTo is the key that a letter is sealed to which no server keeps yet.
func (o *Outgoing) sealedTo() [16]byte {
	header, err := wire.ParseOuter(o.Sealed)
	if err != nil {
		return [16]byte{} // nobody's
	}
	return header.KeyID
}

// rested begins the time in which what is written next gathers, after a letter
// that took all there was: the more letters wait, the larger the next ones.
func (o *outbox) rested(now time.Time) {
	o.since = time.Time{}
	o.rest = now.Add(min(mailRestFirst<<min(len(o.letters)/8, 16), mailRestMost))
}

// unstored returns the first letter that no server keeps yet.
func (o *outbox) unstored() *Outgoing {
	for _, one := range o.letters {
		if one.Until.IsZero() {
			return one
		}
	}
	return nil
}

// ends is when a letter is worth nothing any more.
func (o *Outgoing) ends() time.Time {
	if !o.Until.IsZero() && o.Until.Before(o.Expires) {
		return o.Until
	}
	return o.Expires
}

// sendMail leaves what a contact is missing at their servers, when no line
// brings it, and answers their letters.
func (c *Core) sendMail(one *contact) {
	if one.State != ContactMutual || c.readOnly {
		return
	}
	box := &one.outbox
	c.settle(one)
	if lines := c.sessionsTo(one.Peer); len(lines) > 0 {
		box.since = time.Time{}
		if slices.ContainsFunc(lines, func(line *session) bool { return line.greeted }) {
			c.acknowledged(one) // over the line
		}
		return
	}
	if box.busy || box.cancelling > 0 {
		return
	}
	if c.now.Before(box.nextTry) {
		one.again(box.nextTry)
		return
	}
	servers := c.mailServers(one)
	if letter := box.unstored(); letter != nil {
		c.putLetter(one, letter, servers)
		return
	}
	want, through, missing := c.unmailed(one)
	if !missing {
		box.since = time.Time{}
	} else if box.since.IsZero() {
		box.since = c.now
	}
	due := box.ackAt
	if missing {
		wait := mailAfter
		if one.online() == PresenceOffline {
			wait = mailAfterOffline
		}
		if after := later(box.since.Add(wait), box.rest); due.IsZero() || after.Before(due) {
			due = after
		}
	}
	switch {
	case due.IsZero():
	case c.now.Before(due):
		one.again(due)
	case len(servers) > 0 && !c.lookForKey(one, servers):
		box.busy, box.through = true, through
		if missing {
			c.do(ReadEntries{Conversation: one.Conversation, Want: want, MaxBytes: maxEntriesBody, Mail: true})
			return
		}
		c.writeLetter(one, replica.Want{}, nil)
	}
}

// unmailed returns the first stretch of my entries, up to through, that is on
// no device of theirs and in no letter.
func (c *Core) unmailed(one *contact) (want replica.Want, through uint64, found bool) {
	if len(one.outbox.letters) >= maxOutgoing {
		return want, 0, false
	}
	conversation := c.conversationOf(one)
	letters := slices.Clone(one.outbox.letters)
	slices.SortStableFunc(letters, func(a, b *Outgoing) int { return int(min(max(int64(a.After)-int64(b.After), -1), 1)) })
	for _, log := range conversation.held.Logs() {
		if !conversation.ours(log) || conversation.twofold(log) {
			continue
		}
		at, head := conversation.delivered(log), conversation.held[log].Sequence
		for _, letter := range letters {
			if letter.Log != log || letter.Through == 0 {
				continue
			}
			if letter.After > at {
				return replica.Want{Log: log, After: at}, min(letter.After, head), true
			}
			at = max(at, letter.Through)
		}
		if at < head {
			return replica.Want{Log: log, After: at}, head, true
		}
	}
	return want, 0, false
}

// mailServers returns the servers of a contact that keep mail and that this
// device has a session with, in the order of their location record.
func (c *Core) mailServers(one *contact) []*server {
	var servers []*server
	for _, address := range one.places() {
		if server := c.network.servers[address.Key.String()]; server != nil && server.up && server.mailbox.here {
			servers = append(servers, server)
		}
	}
	return servers
}

// lookForKey asks for a fresher sealing key when the one at hand is old; true
// while the answer may come.
func (c *Core) lookForKey(one *contact, servers []*server) bool {
	if !one.record.stale(c.now) || !one.outbox.asked.IsZero() && c.now.Sub(one.outbox.asked) < mailLookupEvery {
		return false
	}
	one.outbox.asked = c.now
	for _, server := range servers {
		c.lookUpAt(one, server.token)
	}
	c.mailAgain(one, mailLookupTime)
	return true
}

// mailAgain tries after a while.
func (c *Core) mailAgain(one *contact, wait time.Duration) {
	one.outbox.nextTry = c.now.Add(wait)
	one.again(one.outbox.nextTry)
}

// mailFailed ends what was under way and tries after a while.
func (c *Core) mailFailed(one *contact, wait time.Duration) {
	one.outbox.busy, one.outbox.discard = false, false
	one.outbox.nextTry = c.now.Add(wait)
	if one.outbox.owed != uuid.Nil && one.outbox.ackAt.IsZero() {
		one.outbox.ackAt = one.outbox.nextTry
	}
	c.dirty(one.Peer)
}

// mailRead goes on with entries that were read for a letter.
func (c *Core) mailRead(e EntriesRead) {
	one := c.byConversation(e.Conversation)
	if one == nil || !one.outbox.busy {
		return
	}
	if one.outbox.discard {
		c.mailFailed(one, 0) // nothing failed: it is read again
		return
	}
	beyond := func(entry journal.Entry) bool { return entry.Sequence > one.outbox.through }
	entries := slices.DeleteFunc(slices.Clone(e.Entries), beyond)
	if e.Err != nil || len(entries) == 0 {
		c.mailFailed(one, mailRetryOwn)
		return
	}
	c.writeLetter(one, e.Want, entries)
}

// putLetter leaves a letter at the next server; after all of them refused, all
// of them are tried again later.
func (c *Core) putLetter(one *contact, letter *Outgoing, servers []*server) {
	box := &one.outbox
	if len(servers) == 0 {
		return // one comes up and makes this contact dirty
	}
	for _, server := range servers {
		if box.tried[server.token] {
			continue
		}
		if box.tried == nil {
			box.tried = map[string]bool{}
		}
		box.tried[server.token] = true
		box.busy = true
		box.isLoose(letter.ID, 1)
		c.network.nextID++
		c.network.putting[c.network.nextID] = putting{token: server.token, peer: one.Peer, letter: letter.ID}
		c.do(PutMail{Token: server.token, ID: c.network.nextID, Envelope: letter.Sealed, Invite: one.secretOf(), Work: one.asksAsStranger()})
		return
	}
	c.mailLater(one)
	c.dirty(one.Peer)
}

// mailLater tries all servers again after a while that grows.
func (c *Core) mailLater(one *contact) {
	box := &one.outbox
	most := mailRetryMost
	if one.State == ContactAsked {
		most = requestRetryMost
	}
	wait := min(mailRetryFirst<<min(box.fails, 16), most)
	box.fails++
	box.tried = nil
	c.mailAgain(one, c.jitter(wait))
}

// mailStored: a server keeps a letter, or the next one is tried.
func (c *Core) mailStored(stored signaling.Stored) {
	put, known := c.network.putting[stored.ID]
	delete(c.network.putting, stored.ID)
	one := c.contacts[put.peer]
	if !known || one == nil {
		return
	}
	one.outbox.busy = false
	c.dirty(one.Peer)
	letter := one.outbox.find(put.letter)
	server := c.network.servers[put.token]
	if letter == nil || server == nil {
		return
	}
	if one.outbox.answers == nil || len(one.outbox.answers) > 2*maxLocation {
		one.outbox.answers = map[string]signaling.Answer{} // of the servers that there are now
	}
	one.outbox.answers[put.token] = stored.Answer
	kind := LetterRefused
	if stored.Answer == signaling.AnswerDone {
		kind = LetterKept
	}
	if stored.Answer != signaling.AnswerNoSession {
		c.happened(Happened{Kind: kind, Conversation: one.Conversation, Server: server.address.Key, Count: 1})
	}
	if stored.Answer.Final() {
		one.outbox.isLoose(letter.ID, -1)
	}
	switch stored.Answer {
	case signaling.AnswerDone:
		letter.Until, letter.Server, letter.Receipt, letter.Sealed = stored.Until, server.address.Key, receiptOf(letter.Sealed), nil
		if letter.Until.IsZero() || letter.Until.After(letter.Expires) {
			letter.Until = letter.Expires
		}
		if letter.Until.Sub(c.now) < mailLeastLife {
			one.outbox.nextTry = c.now.Add(mailRetryMost) // of such a server not more at once
		}
		one.outbox.fails, one.outbox.tried = 0, nil
		c.do(Log{Message: "a server keeps a letter"})
		if letter.Through == 0 {
			return // settled in this step
		}
		c.commit(func(err error) {
			if err == nil {
				c.tell(Change{Position: one.Conversation})
			}
		}, PutOutgoing{Outgoing: *letter}, PutStep{Step: Step{
			Conversation: one.Conversation, Log: letter.Log, After: letter.After, Through: letter.Through, Device: letter.Device,
			Kind: StepStored, Way: WayMail, At: c.now, Until: letter.Until, Server: letter.Server,
		}})
	case signaling.AnswerRefused:
		c.giveUp(one, letter)
		c.mailLater(one)
	case signaling.AnswerNotFound:
		c.lookUpAt(one, put.token) // they may have a newer key
	default: // the next server
	}
}

// mailServerUp tries again what the servers that were there refused.
func (c *Core) mailServerUp() {
	for _, one := range c.contacts {
		one.outbox.tried, one.outbox.nextTry = nil, time.Time{}
	}
}

// mailServerDown gives up what was under way at a server: what it kept
// nevertheless comes twice and is known then.
func (c *Core) mailServerDown(token string) {
	for _, id := range slices.Sorted(maps.Keys(c.network.putting)) {
		if c.network.putting[id].token == token {
			c.mailStored(signaling.Stored{ID: id, Answer: signaling.AnswerNoSession})
		}
	}
}
