package node

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/envelope"
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
	tagDay            = 24 * time.Hour
)

// mailbox is what this device has at one server.
type mailbox struct {
	here     bool      // the server keeps mail
	fetching uint64    // the FetchMail under way, 0 none
	again    bool      // something arrived meanwhile
	fetchAt  time.Time // when to fetch though nothing arrived, zero: not
	tagged   map[[16]byte]bool
	tagAt    time.Time // when to register again what the server could not, zero: nothing
	done     [][]byte  // letters to delete at the end of this step
}

// tagging is a RegisterTags under way.
type tagging struct {
	token string
	keys  [][16]byte
}

// letter is one that is being kept, or that waits for entries before its own.
type letter struct {
	id      uuid.UUID
	peer    identity.PeerID
	places  []place
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
	c.mailServerUp()
}

// mailboxDown forgets what was under way: what was not answered is asked again
// after the next login.
func (c *Core) mailboxDown(server *server) {
	server.mailbox.here = false
	server.mailbox.fetching, server.mailbox.again, server.mailbox.fetchAt = 0, false, time.Time{}
	server.mailbox.done = nil
	c.mailServerDown(server.token)
}

// registerAll makes mail reach this device at its own servers.
func (c *Core) registerAll() {
	for _, token := range sortedTokens(c.network.servers) {
		c.register(c.network.servers[token])
	}
}

// register makes the tags of every sealing key lead here, for each day on which
// somebody may seal to it and one before, since clocks differ. The days are those
// of the server's clock, which letters carry; a clock that was set back since
// says that the key is of the future.
func (c *Core) register(server *server) {
	box := &server.mailbox
	if !server.up || !box.here || server.guest {
		return
	}
	if box.tagged == nil {
		box.tagged = map[[16]byte]bool{}
	}
	box.tagAt = time.Time{}
	var tags []signaling.Tag
	var keys [][16]byte
	for _, key := range c.sealingKeys {
		if box.tagged[key.ID] || !key.Delete.After(c.now) {
			continue
		}
		expires := key.Delete
		if latest := c.now.Add(signaling.MaxTagLife); expires.After(latest) {
			expires = latest
		}
		first, last := key.Created, key.Delete
		if c.now.Before(first) {
			first = c.now
		}
		for day := first.Add(server.offset - tagDay); !day.After(last.Add(server.offset)); day = day.Add(tagDay) {
			tags = append(tags, signaling.Tag{Tag: envelope.Tag(key.ID, day), Box: signaling.BoxContact, Expires: expires})
		}
		box.tagged[key.ID] = true
		keys = append(keys, key.ID)
	}
	if len(tags) == 0 {
		return
	}
	c.network.nextID++
	c.network.tagging[c.network.nextID] = tagging{token: server.token, keys: keys}
	c.do(RegisterTags{Token: server.token, ID: c.network.nextID, Tags: tags})
}

// tagged: what a session cannot do now is asked again; what a session did not
// live to do is done by the client after the next login.
func (c *Core) tagged(answered signaling.Answered) {
	asked, known := c.network.tagging[answered.ID]
	delete(c.network.tagging, answered.ID)
	server := c.network.servers[asked.token]
	if !known || server == nil || answered.Answer != signaling.AnswerUnavailable {
		return
	}
	for _, key := range asked.keys {
		delete(server.mailbox.tagged, key)
	}
	server.mailbox.tagAt = c.now.Add(fetchAgain)
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
		box.fetching, box.again, box.fetchAt = c.network.nextID, false, time.Time{}
		c.do(FetchMail{Token: server.token, ID: box.fetching})
	}
}

// dueMail fetches and registers again where that did not work, and deletes
// what this step is done with.
func (c *Core) dueMail() {
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
	for _, opened := range e.Letters {
		c.letterOpened(place{token: e.Token, mail: opened.Mail}, opened)
	}
	server := c.network.servers[e.Token]
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
// as entries and positions of a link are.
func (c *Core) letterOpened(where place, opened OpenedLetter) {
	content := opened.Content
	if known := c.letters[content.ID]; known != nil && opened.Err == nil {
		same := func(other place) bool { return other.token == where.token && slices.Equal(other.mail, where.mail) }
		if !slices.ContainsFunc(known.places, same) {
			known.places = append(known.places, where)
		}
		return // not deleted before it is on the disk
	}
	held, read, one, err := c.readLetter(opened)
	if err != nil {
		c.doneWith(where)
		return
	}
	waiting := 0
	for _, other := range c.letters {
		if other.peer == one.Peer {
			waiting++
		}
	}
	if waiting >= maxLettersWaiting {
		return // fetched again after the next login
	}
	c.accepted(one)
	c.learnProfile(one, opened.Body.GetProfile())
	conversation := c.conversationOf(one)
	var writes []Write
	if moved, changed := conversation.moveRemote(content.FromDevice, held, read); changed {
		writes = append(writes, moved)
	}
	arrived := &letter{id: content.ID, peer: one.Peer, places: []place{where}, waiting: waitingEntries(opened.Entries, opened.Orders)}
	c.letters[arrived.id] = arrived
	c.admitLetter(one, arrived, writes)
}

// errLetter says that a letter is worth nothing to this device.
var errLetter = errors.New("node: the letter is dropped")

// readLetter checks who wrote a letter, and whether it is theirs to write, and
// learns where they are found.
func (c *Core) readLetter(opened OpenedLetter) (held, read journal.Vector, one *contact, err error) {
	content, body := opened.Content, opened.Body
	if opened.Err != nil {
		return nil, nil, nil, opened.Err
	}
	if _, again := c.seen[content.ID]; again {
		return nil, nil, nil, errLetter
	}
	if id, banned := c.banned.Peer(content.FromPeer); banned {
		c.blocked(id, 1)
		return nil, nil, nil, errLetter
	}
	one = c.contacts[content.FromPeer]
	if one == nil || !slices.Equal(body.GetConversation(), one.Conversation[:]) {
		return nil, nil, nil, errLetter
	}
	if body.GetVersion() != wire.Major {
		one.trouble = versionTrouble(one.Name, body.GetVersion())
		c.dirty(one.Peer)
		return nil, nil, nil, errLetter
	}
	held, err = journal.DecodeVector(body.GetHeld())
	if err == nil {
		read, err = journal.DecodeVector(body.GetRead())
	}
	if err != nil {
		return nil, nil, nil, err
	}
	record := &wire.PeerRecord{DeviceList: content.DeviceList}
	if content.ReplyKey != nil {
		record.KeyRecords = []*wire.Signed{content.ReplyKey}
	}
	c.learn(one, record)
	c.learn(one, &wire.PeerRecord{Location: body.GetLocation()})
	if !senderListed(one, content) {
		return nil, nil, nil, errLetter
	}
	return held, read, one, nil
}

// admitLetter applies what can be applied of a letter now. When nothing of it
// is left, the server need not keep it any more once all is on this disk.
func (c *Core) admitLetter(one *contact, arrived *letter, writes []Write) {
	admitted, left := c.admitAll(c.conversationOf(one), one, arrived.waiting)
	arrived.waiting = left
	writes = append(writes, admitted...)
	if len(admitted) > 0 {
		writes = append(writes, c.owe(one)...)
	}
	if len(left) == 0 {
		arrived.keeping = true
		writes = append(writes, PutSeen{Seen: Seen{ID: arrived.id, Until: c.now.Add(mailSeenFor)}})
	}
	if len(writes) == 0 {
		return
	}
	done := func(err error) { c.letterKept(one, arrived, len(admitted) > 0, err) }
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
func (c *Core) letterKept(one *contact, arrived *letter, brought bool, err error) {
	if err != nil {
		if one.outbox.ackAt.IsZero() {
			one.outbox.owed = uuid.Nil
		}
		delete(c.letters, arrived.id) // the server has it still
		for _, where := range arrived.places {
			if server := c.network.servers[where.token]; server != nil {
				server.mailbox.fetchAt = c.now.Add(fetchAfterFailure)
			}
		}
		return
	}
	if brought && one.outbox.ackAt.IsZero() {
		one.outbox.ackAt = c.now.Add(acknowledgeAfter)
		c.dirty(one.Peer)
	}
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
