package node

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/handle"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// world is people who have one server with a mailbox, and a clock.
type world struct {
	t       *testing.T
	now     time.Time
	address identity.Server
	people  []*person
	tags    map[[16]byte]*person
	invites map[[16]byte]time.Time // tags that take who has the invite, and until when
	boxes   map[*person][]signaling.Letter
	mails   int
	answer  signaling.Answer // to every PutMail, unless it is done
	puts    [][]byte
	lost    bool             // answers to PutMail are lost
	recall  signaling.Answer // to every RecallMail, unless it is done
	wires   wires
	relayed []SealAndSend
	handles handles // what the server's directory has, nil: it has none
}

// person is a core, its disk and its line to the server.
type person struct {
	world    *world
	keys     *identity.Keys
	core     *Core
	up       bool
	full     error       // what the disk answers
	noReads  error       // the same when it is read
	dies     func() bool // before an effect
	dead     bool
	logged   []error
	ring     map[[16]byte]*envelope.SealingKey
	disk     Snapshot
	logs     []AppendEntry
	steps    []Step
	cleared  []ClearConversation
	told     []Change
	own      *wire.PeerRecord // as it was published last
	record   *wire.PeerRecord // as the server hands it out
	deleted  int
	reads    int
	lookups  int
	marks    int    // changes of positions that were told
	messages int    // that were told
	answered Answer // the last
	reports  []string
	old      bool // speaks the former minor version

	slow       bool // makes no sealing keys until the test does
	keysToMake []MakeSealingKey
}

// newStrangers is a world of people who do not know each other.
func newStrangers(t *testing.T, count int) *world {
	t.Helper()
	w := &world{
		t: t, recall: signaling.AnswerDone, now: time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC), answer: signaling.AnswerDone,
		address: identity.Server{Key: identity.ServerKey(testKeys(t, 201).Peer()), URLs: []string{"wss://127.0.0.1:7117"}},
		tags:    map[[16]byte]*person{}, invites: map[[16]byte]time.Time{}, boxes: map[*person][]signaling.Letter{},
	}
	for seed := range count {
		p := &person{world: w, keys: testKeys(t, byte(seed+1))}
		list, err := p.keys.DeviceList(1, w.now)
		if err != nil {
			t.Fatal(err)
		}
		p.disk.Self = Self{Name: fmt.Sprint("Person ", seed), Color: 1, Created: w.now}
		if p.disk.Self.DeviceList, err = wire.Encode(list); err != nil {
			t.Fatal(err)
		}
		p.disk.Servers = []Server{{Key: w.address.Key, URLs: w.address.URLs, Added: w.now}}
		w.people = append(w.people, p)
	}
	for _, p := range w.people {
		p.start()
	}
	return w
}

// newWorld is a world of contacts.
func newWorld(t *testing.T, count int) *world {
	t.Helper()
	w := newStrangers(t, count)
	for _, p := range w.people {
		for _, other := range w.people {
			if p == other {
				continue
			}
			record, err := wire.Encode(other.own)
			if err != nil {
				t.Fatal(err)
			}
			p.disk.Contacts = append(p.disk.Contacts, Contact{
				Peer: other.keys.Peer(), Conversation: chat.DirectConversation(p.keys.Peer(), other.keys.Peer()), State: ContactMutual,
				Name: "Contact", Color: 1, Since: w.now, Record: record, Servers: []identity.Server{w.address},
			})
		}
		p.start()
	}
	return w
}

// start begins anew from what is on the disk; the line to the server is down.
func (p *person) start() {
	p.world.t.Helper()
	p.up, p.dead = false, false
	snapshot := p.disk
	snapshot.Conversations = nil
	conversations := map[uuid.UUID]identity.PeerID{}
	for _, other := range p.world.people { // also of those who are forgotten
		id := chat.DirectConversation(p.keys.Peer(), other.keys.Peer())
		if slices.ContainsFunc(p.logs, func(write AppendEntry) bool { return write.Entry.Conversation == id }) {
			conversations[id] = other.keys.Peer()
		}
	}
	for _, kept := range p.disk.Conversations { // of before a key changed, where a test says whose
		if kept.Peer != (identity.PeerID{}) {
			conversations[kept.ID] = kept.Peer
		}
	}
	for _, contact := range snapshot.Contacts {
		conversations[contact.Conversation] = contact.Peer
	}
	for id, peer := range conversations {
		one := Conversation{ID: id, Peer: peer, Held: journal.Vector{}, HeadOrders: map[journal.Log]journal.Order{}}
		for _, write := range p.logs {
			if write.Entry.Conversation == one.ID {
				one.Held[write.Entry.Log], one.HeadOrders[write.Entry.Log] = write.Entry.Head(), write.Order
			}
		}
		for _, kept := range p.disk.Conversations {
			if kept.ID == one.ID {
				one.Remote, one.Read, one.Standing = kept.Remote, kept.Read, kept.Standing
			}
		}
		snapshot.Conversations = append(snapshot.Conversations, one)
	}
	core, err := NewCore(p.keys, snapshot, func(buffer []byte) { _, _ = rand.Read(buffer) })
	if err != nil {
		p.world.t.Fatal(err)
	}
	p.core = core
	p.step(Tick{})
}

// connect logs in at the server; disconnect ends that.
func (p *person) connect() {
	p.up, p.record = true, p.own
	p.server(signaling.Event{Up: &signaling.Up{Key: p.world.address.Key, Mailbox: true, Directory: p.world.handles != nil}})
}

func (p *person) disconnect() {
	p.up = false
	p.server(signaling.Event{Down: &signaling.Down{Code: signaling.CodeUnreachable}})
}

func (p *person) server(event signaling.Event) {
	event.Token = p.world.address.Key.String()
	p.step(ServerEvent{Event: event})
}

func (p *person) step(event Event) {
	p.world.t.Helper()
	events := []Event{event}
	for len(events) > 0 && !p.dead {
		effects := slices.Clone(p.core.Step(p.world.now, events[0]))
		events = events[1:]
		for _, effect := range effects {
			if p.dies != nil && p.dies() {
				p.dead = true
				return
			}
			if next := p.perform(effect); next != nil {
				events = append(events, next)
			}
		}
	}
}

func (p *person) perform(effect Effect) Event {
	p.world.t.Helper()
	w := p.world
	answer := func(event signaling.Event) Event {
		event.Token = w.address.Key.String()
		return ServerEvent{Event: event}
	}
	switch e := effect.(type) {
	case Commit:
		if p.full == nil {
			p.write(e.Writes)
		}
		return Committed{Token: e.Token, Err: p.full}
	case Log:
		if e.Err != nil {
			p.logged = append(p.logged, e.Err)
		}
	case LookUp:
		p.lookups++
		found := signaling.Found{ID: e.ID, Peer: e.Peer}
		for _, other := range w.people {
			if other.keys.Peer() == e.Peer {
				found.Record = other.record
			}
		}
		return answer(signaling.Event{Found: &found})
	case SealAndSend:
		w.relayed = append(w.relayed, e)
	case Notify:
		p.told = append(p.told, e.Changes...)
		for _, change := range e.Changes {
			if change.Position != uuid.Nil {
				p.marks++
			}
			if change.Message != nil {
				p.messages++
			}
		}
	case MakeSealingKey:
		if p.slow {
			p.keysToMake = append(p.keysToMake, e)
			return nil
		}
		return (&desk{t: w.t, now: w.now, core: p.core}).sealingKey(e)
	case SetSealingKeys:
		p.ring = map[[16]byte]*envelope.SealingKey{}
		for _, key := range e.Keys {
			parsed, err := envelope.ParseSealingKey(key.Private)
			if err != nil {
				w.t.Fatal(err)
			}
			p.ring[key.ID] = parsed
		}
	case PublishRecord:
		p.own = e.Record
		if p.up {
			p.record = p.own
		}
	case ReadEntries:
		p.reads++
		if p.noReads != nil {
			return EntriesRead{Session: e.Session, Conversation: e.Conversation, Want: e.Want, Mail: e.Mail, Err: p.noReads}
		}
		answer := answerTo(e)
		answer.Entries = p.read(e)
		if e.Pack && len(answer.Entries) > 0 {
			packed, err := w.wires.packer.Pack(e.Conversation[:], answer.Entries)
			if err != nil {
				w.t.Fatal(err)
			}
			answer.Packed = packed
		}
		return answer
	case SealLetter:
		sealed, err := sealLetter(p.keys, e)
		e.Letter.Sealed = sealed
		return LetterSealed{Letter: e.Letter, Err: err}
	case RegisterTags:
		for _, tag := range e.Tags {
			if !tag.Expires.After(w.now) || tag.Expires.Sub(w.now) > signaling.MaxTagLife || tag.Box < signaling.BoxContact || tag.Box > signaling.BoxStranger {
				w.t.Fatalf("tag %+v", tag)
			}
			w.tags[tag.Tag] = p
			if tag.Box == signaling.BoxInvite {
				w.invites[tag.Tag] = tag.Expires
			}
		}
		for _, tag := range e.Remove {
			delete(w.tags, tag)
			delete(w.invites, tag)
		}
		return answer(signaling.Event{Answered: &signaling.Answered{ID: e.ID, Answer: signaling.AnswerDone}})
	case PutMail:
		if stored := p.put(e); stored != nil {
			return answer(signaling.Event{Stored: stored})
		}
	case RecallMail:
		if w.recall == signaling.AnswerDone {
			return answer(signaling.Event{Answered: &signaling.Answered{ID: e.ID, Answer: w.takeBack(e.Receipt)}})
		}
		return answer(signaling.Event{Answered: &signaling.Answered{ID: e.ID, Answer: w.recall}})
	case FetchMail:
		opened := MailOpened{Token: e.Token, ID: e.ID, Answer: signaling.AnswerDone}
		for _, kept := range w.boxes[p] {
			one := openLetter(p.keys, &p.ring, w.now, kept)
			if one.Err != nil {
				p.logged = append(p.logged, one.Err)
			} else {
				one.Orders = p.orders(one.Entries)
			}
			opened.Letters = append(opened.Letters, one)
		}
		return opened
	case ClaimHandle, ReleaseHandle, ResolveHandle:
		return answer(signaling.Event{Handle: w.handles.ask(p, effect)})
	case SendFrame:
		w.carry(p, e)
	case HangUp:
		p.reports = append(p.reports, e.Why)
		w.cut(e.Session)
	case Report:
		p.reports = append(p.reports, e.What)
	case Answer:
		p.answered = e
	case DeleteMail:
		p.deleted += len(e.Mail)
		w.boxes[p] = slices.DeleteFunc(w.boxes[p], func(one signaling.Letter) bool {
			return slices.ContainsFunc(e.Mail, func(mail []byte) bool { return bytes.Equal(mail, one.ID) })
		})
	}
	return nil
}

// put is the server's side of PutMail.
func (p *person) put(e PutMail) *signaling.Stored {
	w := p.world
	w.puts = append(w.puts, e.Envelope)
	header, err := wire.ParseOuter(e.Envelope)
	if err != nil {
		w.t.Fatal(err)
	}
	to := w.tags[header.Tag]
	ends, invited := w.invites[header.Tag]
	stranger := to != nil && header.Tag == handle.StrangersTag(to.keys.Peer())
	switch {
	case stranger != e.Work:
		return &signaling.Stored{ID: e.ID, Answer: signaling.AnswerProof}
	case w.answer != signaling.AnswerDone:
		return &signaling.Stored{ID: e.ID, Answer: w.answer}
	case to == nil:
		return &signaling.Stored{ID: e.ID, Answer: signaling.AnswerNotFound}
	case invited && !w.now.Before(ends):
		return &signaling.Stored{ID: e.ID, Answer: signaling.AnswerNotFound}
	case invited != (e.Invite != nil), invited && invite.Tag([16]byte(e.Invite)) != header.Tag:
		return &signaling.Stored{ID: e.ID, Answer: signaling.AnswerProof}
	}
	w.leave(to, e.Envelope)
	if w.lost {
		return nil
	}
	return &signaling.Stored{ID: e.ID, Answer: signaling.AnswerDone, Until: header.Expires}
}

// leave keeps a letter without telling anybody.
func (w *world) leave(to *person, sealed []byte) {
	w.mails++
	box := signaling.BoxContact
	if header, err := wire.ParseOuter(sealed); err == nil && header.Tag == handle.StrangersTag(to.keys.Peer()) {
		box = signaling.BoxStranger
	}
	w.boxes[to] = append(w.boxes[to], signaling.Letter{ID: []byte(fmt.Sprint(w.mails)), Envelope: sealed, Stored: w.now, Box: box})
}

func (p *person) write(writes []Write) {
	for _, write := range writes {
		switch one := write.(type) {
		case AppendEntry:
			p.logs = append(p.logs, one)
			if target, err := one.Entry.Delete(); err == nil {
				p.erase(target)
			}
		case EraseMessages:
			for _, message := range one.Messages {
				p.erase(message)
			}
		case PutSelf:
			p.disk.Self = one.Self
		case PutContact:
			at := slices.IndexFunc(p.disk.Contacts, func(c Contact) bool { return c.Peer == one.Contact.Peer })
			if at < 0 {
				p.disk.Contacts = append(p.disk.Contacts, one.Contact)
			} else {
				p.disk.Contacts[at] = one.Contact
			}
		case PutRequest:
			p.disk.Requests = slices.DeleteFunc(p.disk.Requests, func(r Request) bool { return r.Peer == one.Request.Peer })
			p.disk.Requests = append(p.disk.Requests, one.Request)
		case DeleteRequest:
			p.disk.Requests = slices.DeleteFunc(p.disk.Requests, func(r Request) bool { return r.Peer == one.Peer })
			if one.Declined {
				p.disk.Declined = append(p.disk.Declined, one.Peer)
			}
		case PutInvite:
			p.disk.Invites = slices.DeleteFunc(p.disk.Invites, func(i Invite) bool { return i.ID == one.Invite.ID })
			p.disk.Invites = append(p.disk.Invites, one.Invite)
		case PutHandle:
			p.disk.Handles = slices.DeleteFunc(p.disk.Handles, func(h Handle) bool { return h.String() == one.Handle.String() })
			p.disk.Handles = append(p.disk.Handles, one.Handle)
		case DeleteHandle:
			p.disk.Handles = slices.DeleteFunc(p.disk.Handles, func(h Handle) bool { return h.Name == one.Name && h.Host == one.Host })
		case PutBan:
			p.disk.Bans = append(p.disk.Bans, one.Ban)
		case PutSealingKey:
			p.disk.SealingKeys = append(p.disk.SealingKeys, one.Key)
		case DeleteSealingKey:
			p.disk.SealingKeys = slices.DeleteFunc(p.disk.SealingKeys, func(k SealingKey) bool { return k.ID == one.ID })
		case PutSeen:
			p.disk.Seen = append(p.disk.Seen, one.Seen)
		case DeleteSeen:
			p.disk.Seen = slices.DeleteFunc(p.disk.Seen, func(s Seen) bool { return s.Until.Before(one.Before) })
		case PutOutgoing:
			p.disk.Outgoing = slices.DeleteFunc(p.disk.Outgoing, func(o Outgoing) bool { return o.ID == one.Outgoing.ID })
			p.disk.Outgoing = append(p.disk.Outgoing, one.Outgoing)
		case DeleteOutgoing:
			p.disk.Outgoing = slices.DeleteFunc(p.disk.Outgoing, func(o Outgoing) bool { return o.ID == one.ID })
		case PutEpoch:
			if p.disk.Epochs == nil {
				p.disk.Epochs = map[uuid.UUID]uint32{}
			}
			p.disk.Epochs[one.Conversation] = max(p.disk.Epochs[one.Conversation], one.Least)
		case PutPlace:
			p.disk.Copied = false
		case PutVerification:
			p.disk.Verifications = slices.DeleteFunc(p.disk.Verifications, func(v Verification) bool { return v.Peer == one.Verification.Peer })
			p.disk.Verifications = append(p.disk.Verifications, one.Verification)
		case PutStanding:
			p.kept(one.Conversation).Standing = one.Standing
		case ClearConversation:
			p.cleared = append(p.cleared, one)
		case DropContact:
			p.disk.Contacts = slices.DeleteFunc(p.disk.Contacts, func(c Contact) bool { return c.Peer == one.Peer })
			p.disk.Verifications = slices.DeleteFunc(p.disk.Verifications, func(v Verification) bool { return v.Peer == one.Peer })
		case DeleteVerification:
			p.disk.Verifications = slices.DeleteFunc(p.disk.Verifications, func(v Verification) bool { return v.Peer == one.Peer })
		case PutRetirement:
			if !slices.ContainsFunc(p.disk.Retirements, func(r Retirement) bool { return r.Peer == one.Retirement.Peer }) {
				p.disk.Retirements = append(p.disk.Retirements, one.Retirement)
			}
		case MoveContact:
			p.write([]Write{PutContact(one)})
		case DeleteContact:
			p.disk.Contacts = slices.DeleteFunc(p.disk.Contacts, func(c Contact) bool { return c.Peer == one.Peer })
		case PutFork:
			p.disk.Forks = append(p.disk.Forks, one.Fork)
		case PutRemotePosition:
			p.kept(one.Conversation).Remote = []RemotePosition{one.Position}
		case PutStep:
			p.steps = append(p.steps, one.Step)
		case PutRead:
			p.kept(one.Conversation).Read = one.Read
		}
	}
}

// kept is what the disk has of a conversation beside its entries.
func (p *person) kept(id uuid.UUID) *Conversation {
	at := slices.IndexFunc(p.disk.Conversations, func(v Conversation) bool { return v.ID == id })
	if at < 0 {
		at = len(p.disk.Conversations)
		p.disk.Conversations = append(p.disk.Conversations, Conversation{ID: id})
	}
	return &p.disk.Conversations[at]
}

func (p *person) read(e ReadEntries) []journal.Entry {
	var entries []journal.Entry
	size := 0
	if e.Beyond != nil {
		beyond := slices.DeleteFunc(slices.Clone(p.logs), func(one AppendEntry) bool {
			return one.Entry.Conversation != e.Conversation || one.Entry.Sequence <= e.Beyond.Get(one.Entry.Log)
		})
		slices.SortFunc(beyond, func(a, b AppendEntry) int { return a.Order.Compare(b.Order) })
		for _, write := range beyond {
			if size < e.MaxBytes {
				entries = append(entries, write.Entry)
				size += write.Entry.Size()
			}
		}
		return entries
	}
	for _, write := range p.logs {
		if write.Entry.Conversation == e.Conversation && write.Entry.Log == e.Want.Log && write.Entry.Sequence > e.Want.After && size < e.MaxBytes {
			entries = append(entries, write.Entry)
			size += write.Entry.Size()
		}
	}
	return entries
}

func (p *person) orders(entries []journal.Entry) map[journal.Hash]journal.Order {
	orders := map[journal.Hash]journal.Order{}
	for _, write := range p.logs {
		for _, entry := range entries {
			if hash := write.Entry.Hash(); hash == entry.Hash() || slices.Contains(entry.Parents, hash) {
				orders[hash] = write.Order
			}
		}
	}
	return orders
}

// pass lets time go by, as the cores ask for it.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	end := w.now.Add(d)
	for steps := 0; ; steps++ {
		if steps > 100_000 {
			w.t.Fatal("a core asks for time without end")
		}
		next := end
		for _, p := range w.people {
			if wake := p.core.Wake(); !p.dead && !wake.IsZero() && wake.Before(next) {
				next = wake
			}
		}
		if next.After(w.now) {
			w.now = next
		}
		due := false
		for _, p := range w.people {
			if wake := p.core.Wake(); !p.dead && !wake.IsZero() && !w.now.Before(wake) {
				p.step(Tick{})
				due = true
			}
		}
		if !due && !w.now.Before(end) {
			return
		}
		if next.Equal(end) && due {
			for _, p := range w.people { // what a tick left for this very moment
				p.step(Tick{})
			}
			return
		}
	}
}

func (p *person) say(to *person, text string) {
	p.world.t.Helper()
	p.step(Command{ID: 1, Call: sendTextCall{conversation: chat.DirectConversation(p.keys.Peer(), to.keys.Peer()), text: text}})
}

// texts returns what a person has in the order of arrival, and fails on an entry twice.
func (p *person) texts() []string {
	p.world.t.Helper()
	var texts []string
	seen := map[journal.Hash]bool{}
	for _, write := range p.logs {
		if seen[write.Entry.Hash()] {
			p.world.t.Fatal("an entry was written twice")
		}
		seen[write.Entry.Hash()] = true
		text, err := write.Entry.Text()
		if err != nil {
			p.world.t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

func (p *person) contact(of *person) *contact { return p.core.contacts[of.keys.Peer()] }

func (p *person) undelivered(to *person) bool {
	return p.core.conversationOf(p.contact(to)).undelivered()
}
