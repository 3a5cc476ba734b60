package nodetest

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/signaling/rendezvousclient"
	"github.com/tincan-chat/tincan/backend/store"
)

// Patience is how long a condition may take on a busy machine.
const Patience = 30 * time.Second

// Person is somebody with a device.
type Person struct {
	*node.Node
	Name  string
	Keys  *identity.Keys
	Store *store.Store

	// Wrap, if set before Open, stands between the device and its store.
	Wrap func(node.Store) node.Store
	// Now, if set before Open, is this person's clock.
	Now func() time.Time

	folder  string
	mutex   sync.Mutex
	changed chan struct{} // closed and replaced at each change
	seen    func([]node.Change)
}

// New makes a person with a device in a folder, known to a server (if it has a
// key). The caller closes it.
func New(ctx context.Context, folder, name string, server identity.Server, logger *slog.Logger) (*Person, error) {
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		return nil, err
	}
	p := &Person{Name: name, Keys: keys, folder: folder, changed: make(chan struct{})}
	if err := p.begin(ctx, server, logger); err != nil {
		return nil, err
	}
	return p, nil
}

// NewWrapped is New with something between the device and its store.
func NewWrapped(ctx context.Context, folder, name string, server identity.Server, wrap func(node.Store) node.Store) (*Person, error) {
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		return nil, err
	}
	p := &Person{Name: name, Keys: keys, Wrap: wrap, folder: folder, changed: make(chan struct{})}
	if err := p.begin(ctx, server, nil); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Person) begin(ctx context.Context, server identity.Server, logger *slog.Logger) error {
	if err := p.Open(ctx, logger); err != nil {
		return err
	}
	if err := p.SetProfile(ctx, p.Name, 1); err != nil {
		return errors.Join(err, p.Close())
	}
	if !server.Key.IsZero() {
		if err := p.AddServer(ctx, server); err != nil {
			return errors.Join(err, p.Close())
		}
	}
	return nil
}

// Open starts the device, again after Close.
func (p *Person) Open(ctx context.Context, logger *slog.Logger) error {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(p.folder, 0o700); err != nil {
		return err
	}
	opened, err := store.Open(ctx, p.folder, store.Options{Logger: logger})
	if err != nil {
		return err
	}
	p.Store = opened
	var kept node.Store = opened
	if p.Wrap != nil {
		kept = p.Wrap(opened)
	}
	p.Node, err = node.New(ctx, node.Config{
		Keys:  p.Keys,
		Store: kept,
		Links: func(config node.LinkConfig) (link.Transport, error) {
			return webrtclink.New(webrtclink.Config{
				Identity: config.Identity, Events: config.Events, Filter: config.Filter, Logger: config.Logger,
				Now: config.Now, Random: rand.Reader, LoopbackOnly: true,
			})
		},
		Signaling: func(config node.SignalingConfig) (signaling.Client, error) {
			return rendezvousclient.New(rendezvousclient.Options{
				Identity: link.Identity{Peer: config.Keys.Peer(), Device: config.Keys.Device(), Sign: config.Keys.SignAsDevice},
				Handle:   config.Events, Now: config.Now, Logger: config.Logger,
			}), nil
		},
		Changed: p.onChange,
		Now:     p.Now,
		Logger:  logger,
	})
	if err != nil {
		return errors.Join(err, opened.Close())
	}
	return nil
}

// Close stops the device and closes its files.
func (p *Person) Close() error { return errors.Join(p.Node.Close(), p.Store.Close()) }

// OnChange also hands the changes to seen; nil ends that.
func (p *Person) OnChange(seen func([]node.Change)) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.seen = seen
}

func (p *Person) onChange(changes []node.Change) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
	if p.seen != nil {
		p.seen(changes)
	}
}

// Until waits until a condition holds; it is asked after every change.
func (p *Person) Until(ctx context.Context, what string, condition func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	for {
		p.mutex.Lock()
		changed := p.changed
		p.mutex.Unlock()
		if condition() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return errors.New(p.Name + " waited in vain until " + what)
		}
	}
}

// Texts returns a whole conversation.
func (p *Person) Texts(ctx context.Context, conversation uuid.UUID) ([]node.Message, error) {
	var all []node.Message
	var after journal.Order
	for {
		page, err := p.Store.PageAfter(ctx, conversation, after, 200)
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
		after = page[len(page)-1].Order
	}
}

// Online waits until a server is reached.
func (p *Person) Online(ctx context.Context) error {
	return p.Until(ctx, "a server is reached", func() bool {
		live, err := p.Live(ctx)
		return err == nil && len(live.Servers) > 0 && live.Servers[0].Up
	})
}

// Line returns how a person is connected to a peer.
func (p *Person) Line(ctx context.Context, peer identity.PeerID) node.Line {
	live, err := p.Live(ctx)
	if err != nil {
		return node.Line{}
	}
	for _, one := range live.Contacts {
		if one.Contact.Peer == peer {
			return one.Line
		}
	}
	return node.Line{}
}

// Delivered returns the sequence up to which a peer's device holds this
// device's log.
func (p *Person) Delivered(ctx context.Context, peer identity.PeerID) uint64 {
	snapshot, err := p.Store.Load(ctx)
	if err != nil {
		return 0
	}
	sequence := uint64(0)
	for _, conversation := range snapshot.Conversations {
		if conversation.Peer != peer {
			continue
		}
		for _, remote := range conversation.Remote {
			for log, head := range remote.Held {
				if log.Device == p.Keys.Device() {
					sequence = max(sequence, head.Sequence)
				}
			}
		}
	}
	return sequence
}

// Meet makes two people contacts: an invite, a request with a first text, an
// answer; it returns their conversation when the line is open.
func Meet(ctx context.Context, inviter, guest *Person) (uuid.UUID, error) {
	if err := errors.Join(inviter.Online(ctx), guest.Online(ctx)); err != nil {
		return uuid.Nil, err
	}
	made, err := inviter.CreateInvite(ctx, "", time.Hour, 1)
	if err != nil {
		return uuid.Nil, err
	}
	opened, err := invite.Parse(made.Link)
	if err != nil {
		return uuid.Nil, err
	}
	contact, err := guest.Ask(ctx, opened, "Hello "+inviter.Name)
	if err != nil {
		return uuid.Nil, err
	}
	if err := inviter.Until(ctx, "the request arrives", func() bool {
		live, err := inviter.Live(ctx)
		return err == nil && len(live.Requests) == 1
	}); err != nil {
		return uuid.Nil, err
	}
	if _, err := inviter.Accept(ctx, guest.Keys.Peer()); err != nil {
		return uuid.Nil, err
	}
	return contact.Conversation, guest.Until(ctx, "the line is open", func() bool {
		return guest.Line(ctx, inviter.Keys.Peer()).State == node.LineOpen
	})
}

// Must fails a test on an error.
func Must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// KeepKeys puts a person's keys into their folder, so that the app opens it.
func KeepKeys(folder string, keys *identity.Keys) (err error) {
	opened, err := identity.OpenFolder(folder)
	if err != nil {
		return err
	}
	return errors.Join(opened.SaveKeys(keys), opened.Close())
}
