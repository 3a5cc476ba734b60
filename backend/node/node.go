package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// ErrClosed answers commands after Close.
var ErrClosed = errors.New("node: closed")

// Node runs one device: the core in its shell. Its methods are safe for
// concurrent use.
type Node struct {
	config Config
	core   *Core
	logger *slog.Logger

	commands chan Event // the person's lane: never behind the network's
	inbox    *inbox     // everything else
	commits  chan Commit
	reads    chan ReadEntries
	expiring chan ReadExpiring // never more than one
	seals    *inbox
	finds    chan Effect // FindNames and FindAddresses
	packer   *replica.Packer
	load     *serverLoad

	links     link.Transport
	signaling signaling.Client
	verifiers sync.Map // link.Session → *verifier
	keyring   atomic.Pointer[map[[16]byte]*envelope.SealingKey]
	bans      atomic.Pointer[ban.Engine]
	clocks    sync.Map // server token → time.Duration

	pending   sync.Map // command id → chan Answer
	commandID atomic.Uint64

	cancel  context.CancelFunc
	stopped <-chan struct{}
	done    sync.WaitGroup
	closed  sync.Once
}

var _ Commands = (*Node)(nil)

// New loads what the store kept and starts the device. Close ends it.
func New(ctx context.Context, config Config) (*Node, error) {
	n, err := build(ctx, config, func(buffer []byte) { _, _ = rand.Read(buffer) }, nil) // never fails
	if err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n.cancel, n.stopped = cancel, running.Done()
	for _, part := range []func(context.Context){n.run, n.commitAll, n.readAll, n.sealAll, n.findAll, n.findAll, n.findAll, n.findAll} {
		n.done.Go(func() { n.supervise(running, part) })
	}
	return n, nil
}

// build makes a node whose parts do not run yet. Links tell frames, unless it is
// nil, instead of the verifiers.
func build(ctx context.Context, config Config, random Random, frames func(link.Session, []byte)) (*Node, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	snapshot, err := config.Store.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("node: loading: %w", err)
	}
	core, err := NewCore(config.Keys, snapshot, random)
	if err != nil {
		return nil, err
	}
	packer, err := replica.NewPacker()
	if err != nil {
		return nil, err
	}
	n := &Node{
		config:   config,
		core:     core,
		logger:   config.Logger,
		commands: make(chan Event),
		inbox:    newInbox(),
		commits:  make(chan Commit, 8192),
		reads:    make(chan ReadEntries, 256),
		expiring: make(chan ReadExpiring, 1),
		seals:    newInbox(),
		finds:    make(chan Effect, maxFinding),
		packer:   packer,
		load:     newServerLoad(),
	}
	events := n.linkEvent
	if frames != nil {
		events = func(e link.Event) {
			if e.Message != nil {
				frames(e.Session, e.Message)
				return
			}
			n.inbox.put(LinkEvent{Event: e})
		}
	}
	keys := config.Keys
	n.links, err = config.Links(LinkConfig{
		Identity: link.Identity{Peer: keys.Peer(), Device: keys.Device(), Sign: keys.SignAsDevice},
		Events:   events,
		Filter:   n.bannedAddress,
		Now:      config.Now,
		Logger:   config.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("node: starting links: %w", err)
	}
	n.signaling, err = config.Signaling(SignalingConfig{Keys: keys, Events: n.serverEvent, Now: config.Now, Logger: config.Logger})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("node: starting signaling: %w", err), n.links.Close())
	}
	return n, nil
}

// Close ends everything that New started and waits for it. It is idempotent.
func (n *Node) Close() error {
	var err error
	n.closed.Do(func() {
		err = errors.Join(n.signaling.Close(), n.links.Close())
		n.cancel()
		n.verifiers.Range(func(_, value any) bool {
			if v, ok := value.(*verifier); ok {
				v.close()
			}
			return true
		})
		n.done.Wait()
	})
	return err
}

// supervise keeps a panic of one part from taking the window with it: the
// device stops, its disk is whole, and the log says why.
func (n *Node) supervise(ctx context.Context, part func(context.Context)) {
	defer func() {
		if reason := recover(); reason != nil {
			n.logger.ErrorContext(ctx, "device stopped", slog.Any("reason", reason), slog.String("stack", string(debug.Stack())))
			n.cancel()
		}
	}()
	part(ctx)
}

func (n *Node) bannedAddress(address netip.Addr) bool {
	_, banned := n.bans.Load().Address(address)
	return banned
}

// BannedAddress tells whether an address is banned now: for the server that
// this app hosts.
func (n *Node) BannedAddress(address netip.Addr) bool { return n.bannedAddress(address) }

// run is the one goroutine that steps the core.
func (n *Node) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var event Event
		select { // the person first
		case event = <-n.commands:
		default:
			select {
			case <-ctx.Done():
				return
			case event = <-n.commands:
			case <-n.inbox.ready:
				event = n.inbox.take()
			case <-timer.C:
				event = Tick{}
			}
		}
		if event == nil {
			continue
		}
		for _, effect := range n.core.Step(n.config.Now(), event) {
			n.perform(ctx, effect)
		}
		switch e := event.(type) {
		case FrameReceived:
			n.seen(e)
		case ServerEvent:
			n.serverSeen()
		default:
		}
		if wake := n.core.Wake(); !wake.IsZero() {
			timer.Reset(max(wake.Sub(n.config.Now()), time.Millisecond))
		}
	}
}

// perform hands one effect to its port. Nothing here blocks for long.
func (n *Node) perform(ctx context.Context, effect Effect) {
	switch e := effect.(type) {
	case Commit:
		select {
		case n.commits <- e:
		case <-ctx.Done():
		}
	case ReadEntries:
		select {
		case n.reads <- e:
		default:
			answer := answerTo(e)
			answer.Err = errBusy
			n.inbox.put(answer)
		}
	case Report:
		n.logger.WarnContext(ctx, "refused", slog.String("what", e.What), slog.String("peer", e.Peer.String()))
	case ReadExpiring:
		select {
		case n.expiring <- e:
		case <-ctx.Done():
		}
	case Answer:
		fault.Point("node.answer")
		if waiting, known := n.pending.LoadAndDelete(e.ID); known {
			if answer, ok := waiting.(chan Answer); ok {
				answer <- e
			}
		}
	case Notify:
		n.config.Changed(e.Changes)
	case Log:
		level := slog.LevelDebug
		if e.Err != nil {
			level = slog.LevelInfo
		}
		n.logger.Log(ctx, level, "core", slog.String("what", e.Message), slog.Any("error", e.Err))
	case SealAndSend, AskDial:
		n.seals.put(sealJob{effect: e})
	case MakeSealingKey, SealLetter:
		n.seals.put(sealJob{effect: e})
	case SetSealingKeys:
		n.setSealingKeys(ctx, e.Keys)
	case SetBans:
		n.bans.Store(e.Engine)
		n.links.RecheckBans()
	case FindNames, FindAddresses:
		n.find(ctx, e)
	case SetClock:
		n.clocks.Store(e.Token, e.Offset)
	default:
		n.performLink(ctx, effect)
		n.performSignaling(effect)
	}
}

// errBusy: too many reads wait; the exchange asks again.
var errBusy = errors.New("node: too many reads wait")

func (n *Node) setSealingKeys(ctx context.Context, keys []SealingKey) {
	ring := make(map[[16]byte]*envelope.SealingKey, len(keys))
	for _, key := range keys {
		parsed, err := envelope.ParseSealingKey(key.Private)
		if err != nil {
			n.logger.WarnContext(ctx, "a sealing key on disk cannot be read", slog.Any("error", err))
			continue
		}
		ring[key.ID] = parsed
	}
	n.keyring.Store(&ring)
}

// call puts a command to the core and waits for its answer.
func call[T any](ctx context.Context, n *Node, what any) (T, error) {
	var none T
	id := n.commandID.Add(1)
	answer := make(chan Answer, 1)
	n.pending.Store(id, answer)
	defer n.pending.Delete(id)
	select {
	case n.commands <- Command{ID: id, Call: what}:
	case <-ctx.Done():
		return none, ctx.Err()
	case <-n.stopped:
		return none, ErrClosed
	}
	select {
	case got := <-answer:
		if got.Err != nil {
			return none, got.Err
		}
		value, ok := got.Value.(T)
		if !ok {
			return none, nil
		}
		return value, nil
	case <-ctx.Done():
		return none, ctx.Err()
	case <-n.stopped:
		return none, ErrClosed
	}
}

// inbox is an unbounded queue between adapters and the core. It does not grow
// without limit: links and mailboxes are bounded by their own windows, verifiers
// hold links back, and what a server relays is bounded by serverLoad.
type inbox struct {
	ready chan struct{}
	mutex sync.Mutex
	queue []Event
}

func newInbox() *inbox { return &inbox{ready: make(chan struct{}, 1)} }

func (b *inbox) put(event Event) {
	b.mutex.Lock()
	b.queue = append(b.queue, event)
	b.mutex.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

func (b *inbox) take() Event {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if len(b.queue) == 0 {
		b.queue = nil
		return nil
	}
	event := b.queue[0]
	b.queue[0] = nil
	b.queue = b.queue[1:]
	if len(b.queue) > 0 {
		select {
		case b.ready <- struct{}{}:
		default:
		}
	}
	return event
}
