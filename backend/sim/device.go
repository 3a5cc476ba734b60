package sim

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/memlink"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/store/memstore"
	"github.com/tincan-chat/tincan/backend/wire"
)

// device is a person's computer: what survives a crash, and what runs.
type device struct {
	world  *World
	number int
	keys   *identity.Keys
	disk   *memstore.Disk
	home   *server
	skew   time.Duration // of its clock
	bytes  *rand.ChaCha8 // its randomness

	life      int // counts the starts: what an earlier one left behind is void
	running   *node.Stepped
	store     *memstore.Store
	transport *memlink.Transport
	client    *client
	record    *wire.PeerRecord // the last that it published
	wakeAt    time.Time        // of the earliest Tick that is queued
	busy      [lanes]bool
	isTouched bool
	calls     uint64
	asked     map[uint64]func(node.Answer) // what was not answered yet
	marked    map[uuid.UUID]journal.Vector // by conversation: what the person was told to be kept as read
	seen      map[uuid.UUID]journal.Vector // what the person read
	told      map[uuid.UUID]journal.Vector // that of it which others may know
	hides     bool                         // the person was told that nobody learns what they read
	choices   int                          // counts what the person chose about that
	jumped    bool                         // its clock was set
	profiles  []*wish                      // names the person took
	asks      map[*device]bool             // whom the person asked by an invite
	present   map[journal.Hash]bool        // messages that were in a timeline, true: and not deleted
	vanished  map[journal.Hash]bool        // messages that were, and are not
	ways      []way                        // by server
	spoken    []int                        // how many texts, by whom they are for
	sayings   [][]*saying                  // likewise
}

// The workers of a device.
const (
	laneSeal = iota
	laneRead
	laneVerify
	laneCommit
	lanes
)

func newDevice(w *World, number int) (*device, error) {
	d := &device{
		world: w, number: number, disk: memstore.NewDisk(), bytes: source(w.plan.Seed, "device", number),
		asked: map[uint64]func(node.Answer){}, marked: map[uuid.UUID]journal.Vector{},
		seen: map[uuid.UUID]journal.Vector{}, told: map[uuid.UUID]journal.Vector{},
		asks: map[*device]bool{}, present: map[journal.Hash]bool{}, vanished: map[journal.Hash]bool{},
	}
	d.ways, d.spoken = make([]way, w.plan.Servers), make([]int, w.plan.Devices)
	d.sayings = make([][]*saying, w.plan.Devices)
	var err error
	if d.keys, err = identity.NewKeys(d.bytes); err != nil {
		return nil, err
	}
	d.home = w.servers[number%len(w.servers)]
	d.skew = w.plan.skew(number)
	if d.skew != 0 {
		w.report.Faults[Skew]++
	}
	list, err := d.keys.DeviceList(1, d.now())
	if err != nil {
		return nil, err
	}
	self := node.Self{Name: fmt.Sprint("Person ", number), Color: 1 + number%8, Created: d.now()}
	if self.DeviceList, err = wire.Encode(list); err != nil {
		return nil, err
	}
	home := node.Server{Key: d.home.address.Key, URLs: d.home.address.URLs, Added: d.now()}
	return d, d.disk.Open().Commit(w.ctx, []node.Write{node.PutSelf{Self: self}, node.PutServer{Server: home}})
}

// now is what its clock says.
func (d *device) now() time.Time { return d.world.now.Add(d.skew) }

// introduce lets everybody make their keys and then be contacts of everybody they talk to.
func (w *World) introduce() error {
	for _, one := range w.devices {
		if err := one.start(); err != nil {
			return err
		}
	}
	if err := w.runUntil(w.now.Add(10 * time.Second)); err != nil {
		return err
	}
	for _, one := range w.devices {
		one.stop()
	}
	for _, one := range w.devices {
		var writes []node.Write
		for _, other := range w.devices {
			if one == other || !w.plan.acquainted(one.number, other.number) || !w.plan.met(one.number, other.number) {
				continue
			}
			record, err := wire.Encode(other.record)
			if err != nil {
				return err
			}
			writes = append(writes, node.PutContact{Contact: node.Contact{
				Peer: other.keys.Peer(), Conversation: one.conversation(other), State: node.ContactMutual,
				Name: "Contact", Color: 1, Since: one.now(), Record: record, Servers: []identity.Server{other.home.address},
			}})
		}
		if err := one.disk.Open().Commit(w.ctx, writes); err != nil {
			return err
		}
	}
	for _, one := range w.devices {
		if err := one.start(); err != nil {
			return err
		}
	}
	w.settle()
	return nil
}

func (d *device) conversation(other *device) uuid.UUID {
	return chat.DirectConversation(d.keys.Peer(), other.keys.Peer())
}

// start begins anew from what is on the disk.
func (d *device) start() error {
	if d.running != nil {
		return nil
	}
	d.life++
	d.store = d.disk.Open()
	d.busy, d.wakeAt = [lanes]bool{}, time.Time{}
	running, err := node.NewStepped(d.world.ctx, node.Config{
		Keys: d.keys, Store: d.store, Now: d.now, Logger: slog.New(slog.DiscardHandler), Changed: d.changed,
		Links: func(config node.LinkConfig) (link.Transport, error) {
			made, err := d.world.links.New(memlink.Config{
				Identity: config.Identity, Random: d.bytes, Now: config.Now, Filter: config.Filter,
				Events: func(e link.Event) { config.Events(e); d.touch() },
			})
			d.transport = made
			return made, err
		},
		Signaling: func(config node.SignalingConfig) (signaling.Client, error) {
			d.client = newClient(d, func(e signaling.Event) { config.Events(e); d.touch() })
			return d.client, nil
		},
	}, func(buffer []byte) { _, _ = d.bytes.Read(buffer) }, node.Watch{Event: d.stepped, Answer: d.answered}) // it never fails
	if err != nil {
		return fmt.Errorf("%w: device %d does not start: %w", errViolation, d.number, err)
	}
	d.running = running
	d.world.tell("%d starts", d.number)
	d.running.Step(d.world.ctx, node.Tick{})
	d.touch()
	return nil
}

// stop ends it as a person does; crash as a power cut does.
func (d *device) stop() {
	if d.running == nil {
		return
	}
	d.world.tell("%d stops", d.number)
	_ = d.running.Close() // of parts that never fail
	d.gone()
}

func (d *device) crash() {
	if d.running == nil {
		return
	}
	d.world.tell("%d crashes", d.number)
	d.transport.Crash()
	d.client.crash()
	d.gone()
}

func (d *device) gone() {
	d.life++
	d.running = nil
	d.store.Crash()
	clear(d.asked) // what was not answered may be kept or not
}

// during runs something later, if the device still lives this life then.
func (d *device) during(wait time.Duration, run func()) {
	life := d.life
	d.world.after(wait, func() {
		if d.life == life {
			run()
			d.touch()
		}
	})
}

func (d *device) touch() {
	if !d.isTouched {
		d.isTouched = true
		d.world.touched = append(d.world.touched, d)
	}
}

// settle takes what adapters and workers left, and gives the workers what waits.
func (d *device) settle() {
	if d.running == nil {
		return
	}
	for d.running.Next(d.world.ctx) {
		if d.world.strikes(d.world.pace.hurry) { // a person may do something in between
			d.during(d.world.spread(d.world.pace.work), func() {})
			break
		}
	}
	waiting := d.running.Waiting()
	d.work(laneSeal, waiting.Seals, func() { d.running.Seal(d.world.ctx) })
	d.work(laneRead, waiting.Reads, func() { d.running.Read(d.world.ctx) })
	d.work(laneVerify, waiting.Frames, func() { d.running.Verify(d.world.ctx) })
	if waiting.Commits > 0 && !d.busy[laneCommit] {
		d.commit()
	}
	wake := d.running.Core().Wake()
	if wake.IsZero() {
		return
	}
	at := wake.Add(-d.skew)
	if soonest := d.world.now.Add(time.Millisecond); at.Before(soonest) {
		at = soonest
	}
	if d.wakeAt.IsZero() || at.Before(d.wakeAt) {
		d.wakeAt = at
		d.during(at.Sub(d.world.now), func() {
			if d.wakeAt.Equal(at) {
				d.wakeAt = time.Time{}
				d.running.Step(d.world.ctx, node.Tick{})
			}
		})
	}
}

// work has a worker do one piece, after a while.
func (d *device) work(lane, waiting int, piece func()) {
	if waiting == 0 || d.busy[lane] {
		return
	}
	d.busy[lane] = true
	d.during(d.world.spread(d.world.pace.work), func() {
		d.busy[lane] = false
		piece()
	})
}

// commit writes what waits: it is on the disk after a while, and the device
// learns of it a while later. A crash in between loses one or the other.
func (d *device) commit() {
	transaction := d.running.Begin()
	if len(transaction.Batches) == 0 {
		d.touch() // all of it was refused
		return
	}
	d.busy[laneCommit] = true
	staged := d.store.Stage(transaction.Batches...)
	d.during(d.world.spread(d.world.pace.disk), func() {
		var err error
		if !d.world.plan.lies(d.world.random) {
			err = staged.Sync()
		}
		d.world.report.Commits++
		d.during(d.world.spread(d.world.pace.disk/4), func() {
			d.busy[laneCommit] = false
			d.running.Done(transaction, err)
		})
	})
}

// stepped notes an event that the core takes.
func (d *device) stepped(event node.Event) {
	w := d.world
	switch e := event.(type) {
	case node.Tick:
		w.note(d.number, 1)
	case node.Command:
		w.note(d.number, 2, e.ID)
	case node.Committed:
		failed := uint64(0)
		if e.Err != nil {
			failed = 1
		}
		w.note(d.number, 3, e.Token, failed)
	case node.EntriesRead:
		w.note(d.number, 4, e.Want.After, uint64(len(e.Entries)))
	case node.LinkEvent:
		w.note(d.number, 5, uint64(e.Event.Session[0]), uint64(e.Event.Session[15]))
		w.tell("%d link %s", d.number, describeLink(e.Event))
	case node.FrameReceived:
		w.note(d.number, 6, uint64(e.Bytes), uint64(len(e.Entries)))
		w.tell("%d frame of %d bytes, %d entries, %v", d.number, e.Bytes, len(e.Entries), e.Err)
	case node.SignalFailed:
		w.note(d.number, 7)
		w.tell("%d refused by the transport: %v", d.number, e.Err)
	case node.ServerEvent:
		w.note(d.number, 8, uint64(e.Event.Token[0]))
		w.tell("%d server %s", d.number, describeServer(e.Event))
	case node.EnvelopeOpened:
		w.note(d.number, 9, uint64(e.Content.Kind), uint64(len(e.Content.Body)))
	case node.MailOpened:
		w.note(d.number, 10, uint64(len(e.Letters)))
		for _, letter := range e.Letters {
			w.tell("%d letter %v with %d entries, %v", d.number, letter.Content.ID, len(letter.Entries), letter.Err)
		}
	case node.LetterSealed:
		w.note(d.number, 11, e.Letter.After, e.Letter.Through)
		w.tell("%d sealed letter %v of %d to %d, %v", d.number, e.Letter.ID, e.Letter.After, e.Letter.Through, e.Err)
		w.letters[sha256.Sum256(e.Letter.Sealed)] = sealedLetter{id: e.Letter.ID, through: e.Letter.Through}
		w.report.Letters++
	case node.SealingKeyMade:
		w.note(d.number, 12)
	}
}

// answered takes what became of what a person did.
func (d *device) answered(answer node.Answer) {
	if then := d.asked[answer.ID]; then != nil {
		delete(d.asked, answer.ID)
		then(answer)
	}
}

// ask returns the number of a command, whose answer is taken by then (nil: by
// nobody), unless the device goes first.
func (d *device) ask(then func(node.Answer)) uint64 {
	d.calls++
	if then != nil {
		d.asked[d.calls] = then
	}
	return d.calls
}

func describeLink(e link.Event) string {
	switch {
	case e.Signal != nil:
		return fmt.Sprintf("%v signal %d", e.Session, e.Signal.Kind)
	case e.Opened != nil:
		return fmt.Sprintf("%v opened", e.Session)
	case e.Closed != nil:
		return fmt.Sprintf("%v closed: %d %v", e.Session, e.Closed.Reason, e.Closed.Err)
	case e.Path != nil:
		return fmt.Sprintf("%v path", e.Session)
	}
	return fmt.Sprintf("%v", e.Session)
}

func describeServer(e signaling.Event) string {
	switch {
	case e.Up != nil:
		return fmt.Sprintf("up, its clock is %v ahead", e.Up.ClockOffset)
	case e.Down != nil:
		return fmt.Sprintf("down, %s", e.Down.Code)
	case e.Presence != nil:
		return fmt.Sprintf("presence of %.8v: %t", e.Presence.Peer, e.Presence.Online)
	case e.Stored != nil:
		return fmt.Sprintf("stored %d: %s, until %v", e.Stored.ID, e.Stored.Answer, e.Stored.Until)
	case e.Answered != nil:
		return fmt.Sprintf("answered %d: %s", e.Answered.ID, e.Answered.Answer)
	case e.Found != nil:
		return fmt.Sprintf("found %d: %t", e.Found.ID, e.Found.Record != nil)
	case e.Sent != nil:
		return fmt.Sprintf("sent %d: %d", e.Sent.ID, e.Sent.Outcome)
	case e.Arrived != nil:
		return "mail"
	}
	return "?"
}
