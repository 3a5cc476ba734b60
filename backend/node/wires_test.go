package node

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// wires are the open lines of a world.
type wires struct {
	packer *replica.Packer
	lines  map[link.Session][2]*person
	queue  []wireFrame
	bytes  map[*person]int // that each person sent
	frames map[*person][]*wire.LinkFrame
	lose   func(*wire.LinkFrame) bool // nil: nothing is lost
}

type wireFrame struct {
	session link.Session
	to      *person
	data    []byte
}

// connectLine opens a line between two people and lets frames pass until there
// are none.
func (w *world) connectLine(a, b *person) link.Session {
	w.t.Helper()
	id := w.openLine(a, b)
	w.flow()
	return id
}

func (w *world) openLine(a, b *person) link.Session {
	w.t.Helper()
	if w.wires.packer == nil {
		packer, err := replica.NewPacker()
		if err != nil {
			w.t.Fatal(err)
		}
		w.wires = wires{packer: packer, lines: map[link.Session][2]*person{}}
	}
	w.wires.bytes, w.wires.frames = map[*person]int{}, map[*person][]*wire.LinkFrame{}
	id := uuid.Must(uuid.NewV7())
	w.wires.lines[id] = [2]*person{a, b}
	for i, p := range []*person{a, b} {
		other := []*person{b, a}[i]
		p.core.begin(p.contact(other), id, link.Remote{Peer: other.keys.Peer(), Device: other.keys.Device()})
	}
	for i, p := range []*person{a, b} {
		other := []*person{b, a}[i]
		remote := link.Remote{Peer: other.keys.Peer(), Device: other.keys.Device()}
		p.step(LinkEvent{Event: link.Event{Session: id, Remote: remote, Opened: &link.Opened{Path: link.PathLAN, Binding: sha256.Sum256(id[:])}}})
	}
	return id
}

// carry queues a frame for the other end.
func (w *world) carry(from *person, e SendFrame) {
	w.t.Helper()
	ends, open := w.wires.lines[e.Session]
	if !open {
		return
	}
	to := ends[0]
	if to == from {
		to = ends[1]
	}
	frame := e.Frame
	if hello := frame.GetHello(); hello != nil && (from.old || to.old) {
		// The former version says nothing of features, and does not see them.
		frame = &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major, Profile: hello.GetProfile(), Record: hello.GetRecord()}}}
	}
	data, err := wire.Encode(frame)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(data) > wire.MaxLinkFrame {
		w.t.Fatalf("a frame of %d bytes", len(data))
	}
	w.wires.bytes[from] += len(data)
	w.wires.frames[from] = append(w.wires.frames[from], frame)
	if w.wires.lose != nil && w.wires.lose(frame) {
		return
	}
	w.wires.queue = append(w.wires.queue, wireFrame{session: e.Session, to: to, data: data})
}

// cut ends a line at both ends.
func (w *world) cut(id link.Session) {
	ends, open := w.wires.lines[id]
	if !open {
		return
	}
	delete(w.wires.lines, id)
	w.wires.queue = slices.DeleteFunc(w.wires.queue, func(one wireFrame) bool { return one.session == id })
	for _, p := range ends {
		p.step(LinkEvent{Event: link.Event{Session: id, Closed: &link.Closed{Reason: link.ReasonFailed}}})
	}
}

// flow delivers frames until there are none.
func (w *world) flow() {
	w.t.Helper()
	for rounds := 0; len(w.wires.queue) > 0; rounds++ {
		if rounds > 100_000 {
			w.t.Fatal("two devices talk without end")
		}
		w.deliver()
	}
}

// deliver delivers the first frame, as the shell does.
func (w *world) deliver() {
	w.t.Helper()
	first := w.wires.queue[0]
	w.wires.queue = w.wires.queue[1:]
	first.to.receive(first.session, first.data)
}

func (p *person) receive(session link.Session, data []byte) {
	p.world.t.Helper()
	received := FrameReceived{Session: session, Frame: &wire.LinkFrame{}}
	shell := &Node{packer: p.world.wires.packer}
	received.Err = wire.Decode(data, wire.MaxLinkFrame, received.Frame)
	if received.Err == nil {
		var carried []*wire.Entry
		if carried, received.Err = shell.carriedBy(received.Frame); received.Err == nil && carried != nil {
			received.Entries, received.Err = verifyEntries(carried)
			received.Orders = p.orders(received.Entries)
		}
	}
	for _, entry := range received.Entries {
		received.Bytes += entry.Size()
	}
	p.step(received)
}

// kinds names the frames that somebody sent since the line opened.
func (w *world) kinds(from *person) []string {
	var kinds []string
	for _, frame := range w.wires.frames[from] {
		kinds = append(kinds, fmt.Sprintf("%T", frame.GetKind())[len("*wire.LinkFrame_"):])
	}
	return kinds
}

// forge makes an entry of somebody's that follows a head.
func (p *person) forge(conversation uuid.UUID, epoch uint32, previous journal.Head, text string, now time.Time) journal.Entry {
	p.world.t.Helper()
	body, err := journal.TextBody(text)
	if err != nil {
		p.world.t.Fatal(err)
	}
	draft := journal.Draft{
		Conversation: conversation, Log: journal.Log{Device: p.keys.Device(), Epoch: epoch}, Previous: previous, Claimed: now,
		Kind: wire.EntryKind_ENTRY_KIND_TEXT, Body: body,
	}
	binary.BigEndian.PutUint64(draft.Salt[:], previous.Sequence)
	entry, err := journal.Write(draft, p.keys.SignAsDevice)
	if err != nil {
		p.world.t.Fatal(err)
	}
	return entry
}

// send gives a frame of one person to the other, as if it came over their line.
func (w *world) send(session link.Session, to *person, frame *wire.LinkFrame) {
	w.t.Helper()
	data, err := wire.Encode(frame)
	if err != nil {
		w.t.Fatal(err)
	}
	to.receive(session, data)
}

func entriesFrame(conversation uuid.UUID, entries ...journal.Entry) *wire.LinkFrame {
	frame := &wire.Entries{Conversation: conversation[:]}
	for _, entry := range entries {
		frame.Entries = append(frame.Entries, entry.Wire())
	}
	return &wire.LinkFrame{Kind: &wire.LinkFrame_Entries{Entries: frame}}
}

func positionFrame(conversation uuid.UUID, held journal.Vector) *wire.LinkFrame {
	return &wire.LinkFrame{Kind: &wire.LinkFrame_Position{Position: &wire.Position{Conversation: conversation[:], Held: held.Encode()}}}
}

func (p *person) talk(to *person) uuid.UUID {
	return chat.DirectConversation(p.keys.Peer(), to.keys.Peer())
}

// notice is what is said of a contact, "" if nothing is.
func (p *person) notice(of *person) string {
	live := p.core.live(p.contact(of))
	if live.Trouble != nil {
		return live.Trouble.Code
	}
	if len(live.Doubts) > 0 {
		return live.Doubts[0].What.Code
	}
	return ""
}

// doubts names what a person is told of the logs of another one.
func (p *person) doubts(of *person) []string {
	var named []string
	for _, doubt := range p.core.live(p.contact(of)).Doubts {
		named = append(named, doubt.What.Code+"/"+doubt.Which)
	}
	return named
}

// timeline returns what a person shows of a conversation, in order.
func (p *person) timeline(conversation uuid.UUID) []string {
	p.world.t.Helper()
	p.texts() // nothing twice
	var shown []AppendEntry
	for _, one := range p.logs {
		if one.Entry.Conversation == conversation {
			shown = append(shown, one)
		}
	}
	slices.SortFunc(shown, func(a, b AppendEntry) int { return a.Order.Compare(b.Order) })
	var texts []string
	for _, one := range shown {
		text, err := one.Entry.Text()
		if err != nil {
			p.world.t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}

func sameTimelines(t *testing.T, a, b *person, want int) {
	t.Helper()
	one, other := a.timeline(a.talk(b)), b.timeline(b.talk(a))
	if !slices.Equal(one, other) || len(one) != want {
		t.Fatalf("%d texts are wanted on both sides, the same in one order:\n%v\n%v", want, one, other)
	}
}

// further gives a person more conversations with a contact, with a text in each
// that both hold.
func further(t *testing.T, a, b *person, count int) {
	t.Helper()
	for i := range count {
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[8:], uint64(i+1))
		id[6], id[8] = 0x80, 0x80
		entry := a.forge(id, 1, journal.Head{}, fmt.Sprint("text ", i), a.world.now)
		order := journal.NewOrder(entry, nil)
		for _, p := range []*person{a, b} {
			other := []*person{b, a}[min(1, slices.Index([]*person{a, b}, p))]
			one := Conversation{
				ID: id, Peer: other.keys.Peer(), Held: journal.Vector{entry.Log: entry.Head()}, Read: journal.Vector{entry.Log: {Sequence: 1}},
				HeadOrders: map[journal.Log]journal.Order{entry.Log: order},
				Remote: []RemotePosition{{
					Device: other.keys.Device(), Held: journal.Vector{entry.Log: entry.Head()}, Read: journal.Vector{entry.Log: {Sequence: 1}},
				}},
			}
			p.core.conversations[id] = p.core.loadConversation(one)
			p.logs = append(p.logs, AppendEntry{Entry: entry, Order: order, Author: a.keys.Peer(), Mine: p == a})
		}
	}
}
