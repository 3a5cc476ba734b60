package node

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
)

// Random fills a buffer with salts, ids and jitter: from the system, or seeded.
type Random func([]byte)

// Core is the device as a state machine. It is not safe for concurrent use:
// one goroutine (the shell's, or a simulation's) calls Step.
type Core struct {
	keys   *identity.Keys
	random Random

	self     Self
	readOnly bool
	problem  error

	contacts      map[identity.PeerID]*contact
	former        map[uuid.UUID]bool                  // conversations of before a key of mine changed; they are only read
	successors    map[identity.PeerID]identity.PeerID // of others, as both keys signed
	conversations map[uuid.UUID]*conversation
	forgotten     map[identity.PeerID]Contact // whose conversations are kept, though they are no contacts
	requests      map[identity.PeerID]Request
	declined      map[identity.PeerID]bool
	answering     map[identity.PeerID]bool // being made a contact, or declined: on its way to the disk
	invites       map[uuid.UUID]Invite
	handles       []Handle
	lost          map[string]bool // own handles that are not mine any more, as their servers say
	bans          bans
	banned        *ban.Engine // what holds of bans, and the addresses of hosts
	seen          map[uuid.UUID]time.Time
	forgotAt      time.Time // when seen was last looked through
	sealingKeys   []SealingKey
	makingKey     bool
	least         map[uuid.UUID]uint32 // epochs: see Snapshot.Epochs
	copied        bool                 // until the epochs of the copy are on disk
	elders        elders               // earlier devices of this person
	began         time.Time            // the first Step
	retired       time.Time            // when this identity was given up; zero: it was not

	sessions map[link.Session]*session
	network  network
	volume   volume                // of all lines, since the start
	letters  map[uuid.UUID]*letter // by envelope id: being kept, or waiting for entries before theirs

	undeleted []uuid.UUID // rows of the outbox whose end the disk refused
	deleteAt  time.Time   // when that is tried again

	dirtyPeers  []identity.PeerID
	contactsDue time.Time
	expiry      expiry
	focus       uuid.UUID
	now         time.Time
	wake        time.Time // earliest moment at which something is due
	commits     map[uint64]func(error)
	token       uint64
	generation  uint64
	effects     []Effect
	changes     []Change
	started     bool
}

// NewCore builds the core from what the store kept.
func NewCore(keys *identity.Keys, snapshot Snapshot, random Random) (*Core, error) {
	c := &Core{
		keys:          keys,
		random:        random,
		self:          snapshot.Self,
		readOnly:      snapshot.ReadOnly,
		problem:       snapshot.Problem,
		contacts:      make(map[identity.PeerID]*contact, len(snapshot.Contacts)),
		conversations: make(map[uuid.UUID]*conversation, len(snapshot.Conversations)),
		former:        map[uuid.UUID]bool{},
		successors:    map[identity.PeerID]identity.PeerID{},
		forgotten:     make(map[identity.PeerID]Contact),
		requests:      make(map[identity.PeerID]Request, len(snapshot.Requests)),
		declined:      make(map[identity.PeerID]bool, len(snapshot.Declined)),
		answering:     make(map[identity.PeerID]bool),
		invites:       make(map[uuid.UUID]Invite, len(snapshot.Invites)),
		bans:          loadBans(snapshot.Bans),
		sealingKeys:   snapshot.SealingKeys,
		seen:          make(map[uuid.UUID]time.Time, len(snapshot.Seen)),
		sessions:      make(map[link.Session]*session),
		network:       newNetwork(),
		letters:       make(map[uuid.UUID]*letter),
		commits:       make(map[uint64]func(error)),
		least:         make(map[uuid.UUID]uint32, len(snapshot.Epochs)+1),
		copied:        snapshot.Copied,
		expiry:        expiry{timed: snapshot.Timed},
	}
	c.elders = eldersOf(keys.Device(), snapshot.Self.DeviceList)
	maps.Copy(c.least, snapshot.Epochs)
	if c.copied {
		c.leaveEpochs(snapshot.Conversations)
	}
	for _, one := range snapshot.Conversations {
		c.conversations[one.ID] = c.loadConversation(one)
	}
	for _, one := range snapshot.Contacts {
		if c.conversations[one.Conversation] == nil {
			c.conversations[one.Conversation] = c.loadConversation(Conversation{ID: one.Conversation, Peer: one.Peer})
		}
		if one.State == ContactForgotten {
			c.forgotten[one.Peer] = one
			continue
		}
		loaded, err := loadContact(one)
		if err != nil {
			return nil, err
		}
		c.contacts[one.Peer] = loaded
	}
	c.findFormer()
	c.loadForks(snapshot.Forks)
	c.loadVerifications(snapshot.Verifications)
	c.loadRetirements(snapshot.Retirements)
	for _, one := range snapshot.Outgoing {
		switch to := c.contacts[one.Peer]; {
		case one.recalls() && (to == nil || one.Conversation == to.Conversation):
			c.network.wishes = append(c.network.wishes, &wish{row: one})
		case to == nil || one.Conversation != to.Conversation:
		default:
			to.outbox.load(one)
		}
	}
	for _, one := range snapshot.Requests {
		c.requests[one.Peer] = one
	}
	for _, one := range snapshot.Declined {
		c.declined[one] = true
	}
	for _, one := range snapshot.Invites {
		c.invites[one.ID] = one
	}
	for _, one := range snapshot.Seen {
		c.seen[one.ID] = one.Until
	}
	for _, one := range snapshot.Servers {
		c.network.own = append(c.network.own, identity.Server{Key: one.Key, URLs: one.URLs})
	}
	c.loadHandles(snapshot.Handles)
	return c, nil
}

// Step takes one event at a moment and returns what is to be done. The effects
// are valid until the next Step.
func (c *Core) Step(now time.Time, event Event) []Effect {
	c.now = now
	c.effects = c.effects[:0]
	if !c.started {
		c.start()
	}
	switch e := event.(type) {
	case Tick:
	case Command:
		c.command(e)
	case Committed:
		c.committed(e)
	case EntriesRead:
		c.entriesRead(e)
	case LinkEvent:
		c.linkEvent(e.Event)
	case FrameReceived:
		c.frameReceived(e)
	case SignalFailed:
		c.signalFailed(e)
	case ServerEvent:
		c.serverEvent(e.Event)
	case EnvelopeOpened:
		c.envelopeOpened(e)
	case MailOpened:
		c.mailOpened(e)
	case LetterSealed:
		c.letterSealed(e)
	case SealingKeyMade:
		c.sealingKeyMade(e)
	case NamesFound:
		c.namesFound(e)
	case AddressesFound:
		c.addressesFound(e)
	case ExpiringRead:
		c.expiringRead(e)
	}
	c.due()
	if len(c.changes) > 0 {
		c.do(Notify{Changes: c.changes})
		c.changes = nil
	}
	return c.effects
}

// Wake returns when Step wants a Tick; zero when nothing is due.
func (c *Core) Wake() time.Time { return c.wake }

// start brings the adapters to where the state is.
func (c *Core) start() {
	c.started, c.began = true, c.now
	c.settleCopy()
	c.listDevice()
	c.startBans()
	c.do(SetSealingKeys{Keys: slices.Clone(c.sealingKeys)})
	c.signKeyRecord()
	c.renewKeys()
	c.arrangeServers()
	c.relocate()
	c.publish()
	c.allDirty()
	c.lookExpiring()
}

// due does what time brings and computes the next moment.
func (c *Core) due() {
	c.wake = time.Time{}
	c.renewKeys()
	for _, session := range c.openSessions() {
		c.dueGaps(session)
		c.dueCredit(session)
	}
	c.dueContacts()
	c.dueSessions()
	c.dueMail()
	c.dueFarewells()
	c.dueExpiring()
	c.dueOutgoing()
	c.dueBans()
	c.forgetSeen()
}

// at asks for a Tick at a moment; the zero time is never.
func (c *Core) at(moment time.Time) {
	if moment.IsZero() {
		return
	}
	if c.wake.IsZero() || moment.Before(c.wake) {
		c.wake = moment
	}
}

func (c *Core) do(effect Effect)   { c.effects = append(c.effects, effect) }
func (c *Core) tell(change Change) { c.changes = append(c.changes, change) }

// nobody is who waits for an answer to what no call asked for.
const nobody = 0

func (c *Core) answer(id uint64, value any, err error) {
	if id == nobody {
		return
	}
	c.do(Answer{ID: id, Value: value, Err: err})
}

// commit writes and then goes on, or learns why not.
func (c *Core) commit(then func(error), writes ...Write) {
	if c.readOnly {
		then(ErrReadOnly)
		return
	}
	c.token++
	c.commits[c.token] = c.counting(func(err error) {
		if err == nil {
			c.onDisk(writes)
		}
		then(err)
	}, writes)
	c.do(Commit{Token: c.token, Generation: c.generation, Writes: writes})
}

// keep writes what is allowed to be missing after a crash or a full disk.
func (c *Core) keep(writes ...Write) { c.commit(func(error) {}, writes...) }

func (c *Core) committed(e Committed) {
	then := c.commits[e.Token]
	delete(c.commits, e.Token)
	if e.Err != nil {
		c.failed(e.Err)
	} else if errors.Is(c.problem, ErrDiskFull) {
		c.problem = nil
		c.tell(Change{Problem: true})
		c.dialAnew() // lines that the disk closed
	}
	if then != nil {
		then(e.Err)
	}
}

// failed takes back what was counted on: nothing that follows a write that did
// not happen may be written.
func (c *Core) failed(err error) {
	if errors.Is(err, errStale) {
		return // taken back with the write that failed before it
	}
	c.generation++
	if !errors.Is(c.problem, err) {
		c.problem = err
		c.tell(Change{Problem: true})
	}
	for _, one := range c.conversations {
		one.rollBack(c.keys.Device())
	}
	// What a remote device sent and was not kept is sent again over a new link.
	for _, id := range c.sessionsSorted() {
		if c.sessions[id].open {
			c.hangUp(id, "the disk refused what was received")
		}
	}
}

// errStale marks a commit refused because an earlier one failed; it is wrapped
// together with that one's error.
var errStale = errors.New("node: an earlier write failed")

// refusal turns a store's error into a sentence.
func refusal(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrDiskFull):
		return &Refusal{Code: "disk-full", Message: "The disk is full, so nothing can be kept. Free some space, then try again."}
	case errors.Is(err, ErrReadOnly), errors.Is(err, ErrDamaged):
		return &Refusal{Code: "read-only", Message: "The history can only be read, so nothing new can be kept. Look at the notice at the top for the reason."}
	case errors.Is(err, errStale):
		return &Refusal{Code: "disk", Message: "The disk refused an earlier write, so this was not kept. Try again."}
	default:
		return err
	}
}

// newID returns a UUID v7 from the core's own clock and randomness.
func (c *Core) newID() uuid.UUID {
	var id uuid.UUID
	c.random(id[6:])
	var stamp [8]byte
	binary.BigEndian.PutUint64(stamp[:], uint64(max(c.now.UnixMilli(), 0))<<16)
	copy(id[:6], stamp[:6])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// jitter returns between half of and the whole of a duration.
func (c *Core) jitter(d time.Duration) time.Duration {
	var b [2]byte
	c.random(b[:])
	return d/2 + time.Duration(int64(d/2)*int64(binary.BigEndian.Uint16(b[:]))/0xffff)
}

// conversationOf returns a contact's conversation, which exists for each.
func (c *Core) conversationOf(one *contact) *conversation {
	return c.conversations[one.Conversation]
}

// peersSorted returns the contacts in a fixed order, so that a seed replays.
func (c *Core) peersSorted() []identity.PeerID {
	peers := make([]identity.PeerID, 0, len(c.contacts))
	for peer := range c.contacts {
		peers = append(peers, peer)
	}
	slices.SortFunc(peers, func(a, b identity.PeerID) int { return slices.Compare(a[:], b[:]) })
	return peers
}
