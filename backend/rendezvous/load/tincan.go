package load

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Tincan is our kind of server: one, or several of a cluster. Client number i
// logs in at server i modulo their number, so that partners are apart where
// they can be. Partners are 0 and 1, 2 and 3, …: they watch each other.
type Tincan struct {
	servers []identity.Server
	seed    Seed
	first   int // number of the first person
	people  []person
}

// NewTincan names the servers as identity.ParseServerAddress reads them.
func NewTincan(seed Seed, addresses ...string) (*Tincan, error) {
	if len(addresses) == 0 {
		return nil, errNoServer
	}
	service := &Tincan{seed: seed}
	for _, address := range addresses {
		server, err := identity.ParseServerAddress(address)
		if err != nil {
			return nil, fmt.Errorf("load: %q: %w", address, err)
		}
		service.servers = append(service.servers, server)
	}
	return service, nil
}

// Prepare implements Service.
func (t *Tincan) Prepare(count int) error {
	held := len(t.people)
	if count <= held {
		return nil
	}
	t.people = append(t.people, make([]person, count-held)...)
	now := time.Now()
	workers := runtime.GOMAXPROCS(0)
	failures := make([]error, workers)
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for i := held + worker; i < count; i += workers {
				if t.people[i], failures[worker] = newPerson(t.seed, t.first+i, now); failures[worker] != nil {
					return
				}
			}
		})
	}
	group.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// Pause implements Service: a little slower than protocol.Rate, for there are heartbeats too.
func (t *Tincan) Pause() time.Duration { return time.Second / (protocol.Rate - 2) }

// BeatEvery implements Service.
func (t *Tincan) BeatEvery() time.Duration { return protocol.Heartbeat }

// peer returns the identity of client index, which was prepared.
func (t *Tincan) peer(index int) identity.PeerID { return t.people[index].keys.Peer() }

// partner of a client.
func partner(index int) int { return index ^ 1 }

// Join implements Service: connect, log in, watch the partner, and wait until
// the server did all of it.
func (t *Tincan) Join(ctx context.Context, index int, events Events) (Client, error) {
	return t.join(ctx, index, events, nil)
}

// join is Join for a client that wants other frames than relayed signals too.
func (t *Tincan) join(ctx context.Context, index int, events Events, handle func(*wire.ServerFrame)) (*session, error) {
	s, err := t.login(ctx, t.servers[index%len(t.servers)], index, events)
	if err != nil {
		return nil, err
	}
	s.handle = handle
	s.people = t
	var watch []*wire.ClientFrame
	if partner(index) < len(t.people) {
		watched := t.peer(partner(index))
		watch = append(watch, &wire.ClientFrame{Kind: &wire.ClientFrame_Watch{Watch: &wire.Watch{Add: [][]byte{watched[:]}}}})
	}
	if err = s.settle(watch...); err != nil {
		s.socket.Close()
		return nil, fmt.Errorf("load: after the login: %w", err)
	}
	s.begin()
	return s, nil
}

// login opens a session; nobody reads for it yet.
func (t *Tincan) login(ctx context.Context, server identity.Server, index int, events Events) (*session, error) {
	socket, err := Dial(ctx, Endpoint{URL: server.URLs[0], Subprotocol: protocol.SubprotocolProtobuf, TLS: protocol.ClientTLS(server.Key)})
	if err != nil {
		return nil, err
	}
	s := &session{socket: socket, events: events, index: index}
	if err = s.logIn(server.Key, t.people[index]); err != nil {
		socket.Close()
		return nil, err
	}
	return s, nil
}
