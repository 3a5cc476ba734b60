package node

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Times and limits of mailboxes.
const (
	mailSeenFor       = 15 * 24 * time.Hour // longer than a mailbox keeps anything
	acknowledgeAfter  = time.Second
	fetchAgain        = 30 * time.Second // after a server that could not
	fetchAfterFailure = time.Minute      // after a disk that could not
	maxLettersWaiting = 64               // of one contact, for entries before theirs; more stay at the server
	maxAllWaiting     = 256              // the same of all contacts
)

// mailbox is what this device has at one server.
type mailbox struct {
	here     bool                   // the server keeps mail
	fetching uint64                 // the FetchMail under way, 0 none
	again    bool                   // something arrived meanwhile
	fetchAt  time.Time              // when to fetch though nothing arrived, zero: not
	tagged   map[[16]byte]bool      // sealing keys
	invited  map[[16]byte]time.Time // tags of invites, and until when
	// strangers is until when the tag of strangers is registered, zero: it is not.
	strangers time.Time
	tagAt     time.Time // when to register again what the server could not, zero: nothing
	done      [][]byte  // letters to delete at the end of this step
	left      bool      // there was no room for some letter: it is there still
}

// letter is one that is being kept, or that waits for entries before its own.
type letter struct {
	id      uuid.UUID
	peer    identity.PeerID
	places  []place
	carries bool // entries, new ones or not: it is answered
	waiting []waitingEntry
	keeping bool // nothing is left to wait for; being written
}

// place is where a letter is kept.
type place struct {
	token string
	mail  []byte
}

func (c *Core) mailboxUp(server *server, here bool) {
	server.mailbox.here = here
	if !here {
		return
	}
	c.register(server)
	c.fetch(server)
	c.recallUp(server.address.Key)
	c.mailServerUp()
}

// mailboxDown forgets what was under way: what was not answered is asked again
// after the next login.
func (c *Core) mailboxDown(server *server) {
	server.mailbox.here = false
	server.mailbox.fetching, server.mailbox.again, server.mailbox.fetchAt = 0, false, time.Time{}
	server.mailbox.done, server.mailbox.left = nil, false
	c.mailServerDown(server.token)
}

// fetch asks a server for what it keeps, once at a time.
func (c *Core) fetch(server *server) {
	box := &server.mailbox
	switch {
	case !server.up || !box.here || c.readOnly || c.self.Created.IsZero():
	case box.fetching != 0:
		box.again, box.fetchAt = true, time.Time{}
	default:
		c.network.nextID++
		box.fetching, box.again, box.fetchAt, box.left = c.network.nextID, false, time.Time{}, false
		c.do(FetchMail{Token: server.token, ID: box.fetching})
	}
}

// dueMail fetches and registers again where that did not work, and deletes
// what this step is done with.
func (c *Core) dueMail() {
	c.dueRecalls()
	for _, token := range sortedTokens(c.network.servers) {
		server := c.network.servers[token]
		box := &server.mailbox
		if !server.up {
			continue
		}
		if due := box.fetchAt; !due.IsZero() && !c.now.Before(due) {
			c.fetch(server)
		} else if !due.IsZero() {
			c.at(due)
		}
		if due := box.tagAt; !due.IsZero() && !c.now.Before(due) {
			c.register(server)
		} else if !due.IsZero() {
			c.at(due)
		}
		for len(box.done) > 0 {
			some := box.done[:min(len(box.done), signaling.MaxToDelete)]
			box.done = box.done[len(some):]
			c.network.nextID++
			// What could not be deleted comes again and is known then.
			c.do(DeleteMail{Token: token, ID: c.network.nextID, Mail: some})
		}
		box.done = nil
	}
}

func (c *Core) mailOpened(e MailOpened) {
	fetched := 0
	for _, opened := range e.Letters {
		if c.letterOpened(place{token: e.Token, mail: opened.Mail}, opened) == nil { // what is worth nothing is deleted
			fetched++
		}
	}
	server := c.network.servers[e.Token]
	if server != nil && fetched > 0 {
		c.happened(Happened{Kind: LettersFetched, Server: server.address.Key, Count: fetched})
	}
	if server == nil || server.mailbox.fetching != e.ID || e.More && e.Answer == signaling.AnswerDone {
		return
	}
	server.mailbox.fetching = 0
	switch {
	case server.mailbox.again:
		c.fetch(server)
	case e.Answer == signaling.AnswerUnavailable:
		server.mailbox.fetchAt = c.now.Add(fetchAgain)
	}
}

// doneWith deletes a letter at its server.
func (c *Core) doneWith(where place) {
	if server := c.network.servers[where.token]; server != nil && server.up {
		server.mailbox.done = append(server.mailbox.done, where.mail)
	}
}

// letterOpened takes a letter: it is worth nothing, known already, or applied
// as entries and positions of a link are, or as a request is that was relayed.
// Errors say why nothing was taken.
func (c *Core) letterOpened(where place, opened OpenedLetter) error {
	content := opened.Content
	if opened.Err != nil {
		c.doneWith(where) // whoever opened it has said why
		return opened.Err
	}
	if known := c.letters[content.ID]; known != nil {
		same := func(other place) bool { return other.token == where.token && slices.Equal(other.mail, where.mail) }
		if !slices.ContainsFunc(known.places, same) {
			known.places = append(known.places, where)
		}
		return errLetterKnown // not deleted before it is on the disk
	}
	if _, again := c.seen[content.ID]; again {
		c.doneWith(where)
		return errLetterKnown
	}
	if id, banned := c.bannedPeer(content.FromPeer); banned {
		c.blocked(id)
		c.dropped(errLetterBanned)
		c.doneWith(where)
		return errLetterBanned
	}
	if opened.Request != nil {
		c.requestLetter(where, opened)
		return nil
	}
	if one := c.contacts[content.FromPeer]; one != nil && one.flood.closed() {
		// They leave it again, or send it over a line, for as long as it is not acknowledged.
		c.doneWith(where)
		return errLetterMuted
	}
	held, read, one, err := c.readLetter(opened)
	if err != nil {
		c.dropped(err)
		c.doneWith(where)
		return err
	}
	c.accepted(one)
	c.learnProfile(one, opened.Body.GetProfile())
	conversation := c.conversationOf(one)
	if _, impossible := c.compareOwn(one, conversation, held); impossible != "" {
		c.report(one, "impossible: "+impossible)
		c.doneWith(where)
		return errLetter
	}
	writes := conversation.moveRemote(content.FromDevice, held, read, c.broughtEarlier(one, held), opened.left(c.now))
	arrived := &letter{
		id: content.ID, peer: one.Peer, places: []place{where}, carries: len(opened.Entries) > 0, waiting: waitingEntries(opened.Entries, opened.Orders),
	}
	c.letters[arrived.id] = arrived
	c.admitLetter(one, arrived, writes)
	return nil
}

// left is when a letter was left at its server: what it says was so then, however
// late it is fetched. One that came otherwise counts from now.
func (o OpenedLetter) left(now time.Time) time.Time {
	if o.Stored.IsZero() {
		return now
	}
	return earlier(now, o.Stored)
}

// requestLetter takes a request that lay in a box.
func (c *Core) requestLetter(where place, opened OpenedLetter) {
	arrived := &letter{id: opened.Content.ID, peer: opened.Content.FromPeer, places: []place{where}, keeping: true}
	c.letters[arrived.id] = arrived
	by := carried{left: opened.left(c.now), seen: mailSeenFor, box: opened.Box}
	by.done = func(err error) {
		delete(c.letters, arrived.id)
		for _, at := range arrived.places {
			switch {
			case err == nil:
				c.doneWith(at)
			case errors.Is(err, errNoRoom):
				c.leftAt(at)
			default:
				c.fetchLater(at)
			}
		}
	}
	c.requestOpened(opened.Content, opened.Request, by)
}

// roomToWait tells whether a letter may wait for entries before its own.
func (c *Core) roomToWait(one *letter) bool {
	all, theirs := 0, 0
	for _, other := range c.letters {
		if other.keeping || other == one {
			continue
		}
		all++
		if other.peer == one.peer {
			theirs++
		}
	}
	return theirs < maxLettersWaiting && all < maxAllWaiting
}

// leftAt leaves a letter at its server until there is room, or the next login.
func (c *Core) leftAt(where place) {
	if server := c.network.servers[where.token]; server != nil {
		server.mailbox.left = true
	}
}

// roomAgain fetches what there was no room for.
func (c *Core) roomAgain() {
	for _, token := range sortedTokens(c.network.servers) {
		if server := c.network.servers[token]; server.mailbox.left {
			c.fetch(server)
		}
	}
}

// fetchLater fetches a letter again that this disk refused.
func (c *Core) fetchLater(where place) {
	if server := c.network.servers[where.token]; server != nil {
		server.mailbox.fetchAt = c.now.Add(fetchAfterFailure)
	}
}

// Why a letter is worth nothing to this device, or not now.
var (
	errLetter         = errors.New("node: the letter is dropped")
	errLetterKnown    = errors.New("node: the letter came before")
	errLetterBanned   = errors.New("node: the letter is dropped: its sender is banned")
	errLetterMuted    = errors.New("node: the letter is dropped: its sender is muted, and enough of them is kept")
	errLetterMoved    = errors.New("node: the letter is dropped: another key followed its sender's before it was left")
	errLetterStranger = errors.New("node: the letter is dropped: it is of nobody who is a contact, or about something else")
)

// readLetter checks who wrote a letter, and whether it is theirs to write, and
// learns where they are found.
func (c *Core) readLetter(opened OpenedLetter) (held, read journal.Vector, one *contact, err error) {
	content, body := opened.Content, opened.Body
	one = c.contacts[content.FromPeer]
	if one == nil || !slices.Equal(body.GetConversation(), one.Conversation[:]) {
		return nil, nil, nil, errLetterStranger
	}
	if c.moved(one) && !opened.left(c.now).Before(one.retired) {
		return nil, nil, nil, errLetterMoved
	}
	if body.GetVersion() != wire.Major {
		one.trouble = versionTrouble(one.Name, body.GetVersion())
		c.dirty(one.Peer)
		return nil, nil, nil, fmt.Errorf("%w: its version", errLetter)
	}
	held, err = journal.DecodeVector(body.GetHeld())
	if err == nil {
		read, err = journal.DecodeVector(body.GetRead())
	}
	if err != nil {
		return nil, nil, nil, err
	}
	c.learn(one, recordIn(content))
	c.learn(one, &wire.PeerRecord{Location: body.GetLocation()})
	if !senderListed(one, content) {
		return nil, nil, nil, fmt.Errorf("%w: of a device that is theirs no more", errLetter)
	}
	return held, read, one, nil
}

// admitLetter applies what can be applied of a letter now. When nothing of it
// is left, the server need not keep it any more once all is on this disk.
func (c *Core) admitLetter(one *contact, arrived *letter, writes []Write) {
	admitted, left := c.admitAll(c.conversationOf(one), one, arrived.waiting)
	arrived.waiting = left
	c.chargeEntries(nil, one, admitted)
	writes = append(writes, admitted...)
	// What is here already is answered too: they have not heard of it.
	answer := len(admitted) > 0 || len(left) == 0 && arrived.carries
	if answer {
		writes = append(writes, c.owe(one)...)
	}
	if len(left) == 0 {
		arrived.keeping = true
		writes = append(writes, PutSeen{Seen: Seen{ID: arrived.id, Until: c.now.Add(mailSeenFor)}})
	} else if !c.roomToWait(arrived) {
		delete(c.letters, arrived.id)
		for _, where := range arrived.places {
			c.leftAt(where)
		}
	}
	if len(writes) == 0 {
		return
	}
	done := func(err error) { c.letterKept(one, arrived, answer, err) }
	if len(admitted) > 0 {
		c.commitEntries(one, one.Conversation, writes, done)
		return
	}
	c.commit(func(err error) {
		if err == nil {
			c.tell(Change{Position: one.Conversation})
			c.dirty(one.Peer)
		}
		done(err)
	}, writes...)
}

// letterKept goes on after a part of a letter was written, or was not.
func (c *Core) letterKept(one *contact, arrived *letter, answer bool, err error) {
	if err != nil {
		c.owedNow(one, err)
		delete(c.letters, arrived.id) // the server has it still
		for _, where := range arrived.places {
			c.fetchLater(where)
		}
		return
	}
	if answer {
		c.owedNow(one, nil)
	}
	c.roomAgain()
	if !arrived.keeping {
		return
	}
	delete(c.letters, arrived.id)
	c.seen[arrived.id] = c.now.Add(mailSeenFor)
	for _, where := range arrived.places {
		c.doneWith(where)
	}
}

// admitLetters tries the letters again that wait for entries that may have come.
func (c *Core) admitLetters(one *contact) {
	var waiting []*letter
	for _, other := range c.letters {
		if other.peer == one.Peer && !other.keeping {
			waiting = append(waiting, other)
		}
	}
	slices.SortFunc(waiting, func(a, b *letter) int { return slices.Compare(a.id[:], b.id[:]) })
	for _, other := range waiting {
		c.admitLetter(one, other, nil)
	}
}
