package app_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/signaling/rendezvousclient"
	"github.com/tincan-chat/tincan/backend/store/memstore"
)

// patience is how long a condition may take on a busy machine.
const patience = 30 * time.Second

// person is an App over a real node with an in-memory disk.
type person struct {
	*app.App

	t      *testing.T
	api    *app.API
	keys   *identity.Keys
	disk   *memstore.Disk
	store  *memstore.Store
	opened []string // by the desktop

	downloads string

	board *board // what is shown outside of the window; nil: nothing can be

	copied bool // the app finds its files to be a copy

	reach   *link.Reach   // what a check finds; nil: what is so
	asking  func()        // called by each check
	skew    time.Duration // of this computer's clock
	machine []netip.Addr  // this computer's addresses; nil: those of documentation

	mutex    sync.Mutex
	started  int
	hosting  []bool
	linePort int
	listener app.Listener // of the last start
}

// copiedStore is a store that was copied.
type copiedStore struct{ *memstore.Store }

func (s copiedStore) Load(ctx context.Context) (node.Snapshot, error) {
	snapshot, err := s.Store.Load(ctx)
	snapshot.Copied = true
	return snapshot, err
}

// device is a node without a server of its own.
type device struct {
	*node.Node

	owner *person
	links *webrtclink.Transport
}

// Reach asks around for real, unless the test says what this network is like.
func (d *device) Reach(ctx context.Context) (link.Reach, error) {
	if d.owner.asking != nil {
		d.owner.asking()
	}
	if d.owner.reach != nil {
		return *d.owner.reach, nil
	}
	return d.links.Reach(ctx)
}

func (d *device) Hosting(on bool) {
	d.owner.mutex.Lock()
	defer d.owner.mutex.Unlock()
	d.owner.hosting = append(d.owner.hosting, on)
}

func (d *device) LinePorts(first int) {
	d.owner.mutex.Lock()
	defer d.owner.mutex.Unlock()
	d.owner.linePort = first
}

func (p *person) OpenURL(_ context.Context, address string) error {
	p.opened = append(p.opened, address)
	if address == "https://nowhere.example/" {
		return errors.New("no browser")
	}
	return nil
}

func newPerson(t *testing.T) *person {
	t.Helper()
	return newPersonAt(t, nil)
}

// newPersonAt makes a person with a desktop around the window.
func newPersonAt(t *testing.T, desktop *board) *person {
	t.Helper()
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{t: t, keys: keys, disk: memstore.NewDisk(), downloads: t.TempDir(), board: desktop}
	p.open()
	return p
}

// open starts the App, again after close.
func (p *person) open() {
	p.t.Helper()
	p.store = p.disk.Open()
	var store app.Store = p.store
	if p.copied {
		store = copiedStore{p.store}
	}
	var desktop app.Desktop = p
	if p.board != nil {
		desktop = p.board
	}
	p.App = app.New(p.t.Context(), app.Config{
		Keys: p.keys, Store: store, Run: p.run, CheckServer: p.checkServer, Desktop: desktop, Version: "1.2.3", News: []string{"What is new."},
		Addresses: func() []netip.Addr {
			if p.machine != nil {
				return p.machine
			}
			return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.17"), netip.MustParseAddr("2001:db8:5::17")}
		},
		Downloads: func() (string, error) { return p.downloads, nil },
		Logger:    slog.New(slog.DiscardHandler),
	})
	p.api = p.API()
	p.t.Cleanup(p.close)
}

func (p *person) close() {
	if err := errors.Join(p.Close(), p.store.Close()); err != nil {
		p.t.Error(err)
	}
}

func (p *person) run(ctx context.Context, listener app.Listener) (app.Running, error) {
	p.mutex.Lock()
	p.started++
	p.listener = listener
	p.mutex.Unlock()
	var links *webrtclink.Transport
	started, err := node.New(ctx, node.Config{
		Keys:  p.keys,
		Store: p.store,
		Links: func(config node.LinkConfig) (link.Transport, error) {
			made, err := webrtclink.New(webrtclink.Config{
				Identity: config.Identity, Events: config.Events, Filter: config.Filter, Logger: config.Logger,
				Now: time.Now, Random: rand.Reader, LoopbackOnly: true,
			})
			links = made
			return made, err
		},
		Signaling: func(config node.SignalingConfig) (signaling.Client, error) {
			return rendezvousclient.New(rendezvousclient.Options{
				Identity: link.Identity{Peer: config.Keys.Peer(), Device: config.Keys.Device(), Sign: config.Keys.SignAsDevice},
				Handle:   config.Events,
			}), nil
		},
		Changed: listener.Changed,
		Logger:  slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	listener.Surroundings(app.Surroundings{Up: true})
	return &device{Node: started, owner: p, links: links}, nil
}

func (p *person) checkServer(ctx context.Context, address string) (app.ServerAnswer, error) {
	info, err := rendezvousclient.Check(ctx, address, nil)
	if failure, known := errors.AsType[*rendezvousclient.Failure](err); known {
		return app.ServerAnswer{}, app.ServerError(failure.Code, address)
	}
	return app.ServerAnswer{Server: info.Server, RoundTrip: info.RoundTrip, Clock: info.Offset - p.skew}, err
}

func (p *person) state() app.State {
	p.t.Helper()
	return must(p.api.Start())(p.t)
}

// must fails a test on an error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// code returns the code of a refused call, and fails unless the error is plain.
func code(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var plain *app.Error
	if !errors.As(err, &plain) || plain.Message == "" || plain.Params == nil {
		t.Fatalf("an error that no interface can show: %#v", err)
	}
	return plain.Code
}

// until applies changes to a state until a condition holds: what an interface does.
func (p *person) until(what string, changes *app.Subscription, holds func(app.Changes) bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	for {
		change, err := changes.Next(ctx)
		if err != nil {
			p.t.Fatalf("it never came that %s: %v", what, err)
		}
		if holds(change) {
			return
		}
	}
}

// meet makes two contacts with a line through a real server.
func meet(t *testing.T) (ana, ben *person, conversation string) {
	t.Helper()
	return meetAt(t, newPerson(t))
}

// meetAt makes somebody and a new one contacts.
func meetAt(t *testing.T, who *person) (ana, ben *person, conversation string) {
	t.Helper()
	server := rendezvoustest.Start(t)
	ana, ben = who, newPerson(t)
	must(ana.api.CreateProfile("Ana", 2))(t)
	must(ben.api.CreateProfile("Ben", 5))(t)
	must(ana.api.AddServer(server.Address()))(t)
	must(ben.api.AddServer(server.Address()))(t)
	made := must(ana.api.CreateInvite(app.InviteOptions{Label: "for Ben"}))(t)
	changes := ana.Subscribe(-1)
	accepted := ben.Subscribe(-1)
	asked := must(ben.api.SendRequest(made.Link, "Hello Ana"))(t)
	if asked.Contact != app.ContactAsked || asked.Name != "Ana" || asked.Color != 2 || asked.Preview != "Hello Ana" || !asked.PreviewMine {
		t.Errorf("the asked contact is %+v", asked)
	}
	var request app.Request
	ana.until("the request arrives", changes, func(c app.Changes) bool {
		if len(c.Requests) == 1 {
			request = c.Requests[0]
		}
		return len(c.Requests) == 1
	})
	if request.ID != asked.ID || request.Text != "Hello Ana" || request.InviteLabel != "for Ben" || request.SafetyNumber == "" {
		t.Errorf("the request is %+v", request)
	}
	must(ana.api.AcceptRequest(request.ID))(t)
	ben.until("Ana is a contact", accepted, func(c app.Changes) bool {
		return len(c.Conversations) == 1 && c.Conversations[0].Contact == app.ContactMutual
	})
	if mine := must(ana.api.Invites())(t); len(mine) != 1 || mine[0].Used != 1 || len(mine[0].People) != 1 || mine[0].People[0] != "Ben" || mine[0].Active {
		t.Errorf("after Ben came the invites are %+v", mine)
	}
	return ana, ben, asked.ID
}
