package rendezvous_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

const ownURL = "wss://one.example.org:7117"

// clustered is an engine with more servers than this one.
type clustered struct {
	engine.Engine

	mu     sync.Mutex
	others []engine.Node
}

func (c *clustered) Nodes() []engine.Node {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append(c.Engine.Nodes(), c.others...)
}

func (c *clustered) set(others ...engine.Node) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.others = others
}

func otherNode(t testing.TB, id, url string, weight, load uint32) engine.Node {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Node{ID: id, Notice: engine.Notice{URL: url, Key: identity.ServerKey(public), Weight: weight, Load: load}}
}

func announced(cluster *clustered) func(*rendezvous.Options) {
	return func(o *rendezvous.Options) {
		cluster.Engine = memory.New(memory.Options{})
		o.Engine, o.Announce = cluster, rendezvous.AnnounceOptions{URL: ownURL, Weight: 200, Version: "test"}
	}
}

// nextList reads until a list and checks its signature.
func (r *raw) nextList(server *rendezvoustest.Server) *wire.ServerList {
	r.testing.Helper()
	for {
		signed := r.mustRead().GetServerList()
		if signed == nil {
			continue
		}
		var list wire.ServerList
		if err := wire.DecodeCanonical(signed.GetBody(), wire.MaxServerFrame, &list); err != nil {
			r.testing.Fatal(err)
		}
		if !identity.VerifySigned(server.Rendezvous().Key(), identity.ContextServers, signed) {
			r.testing.Error("the list's signature is wrong")
		}
		return &list
	}
}

func TestServerList(t *testing.T) {
	t.Parallel()
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		t.Run(encoding.Subprotocol(), func(t *testing.T) {
			t.Parallel()
			var cluster clustered
			server := start(t, announced(&cluster))
			ana := come(t, server, encoding)
			first := ana.nextList(server)
			key := server.Rendezvous().Key()
			if servers := first.GetServers(); len(servers) != 1 || servers[0].GetUrl() != ownURL || servers[0].GetWeight() != 200 || string(servers[0].GetKey()) != string(key[:]) {
				t.Errorf("list %v", first)
			}
			cluster.set(otherNode(t, "two", "wss://two.example.org", 100, 10), otherNode(t, "inside", "", 100, 0))
			second := ana.nextList(server)
			if len(second.GetServers()) != 2 || second.GetTimeMs() <= first.GetTimeMs() {
				t.Errorf("list %v", second)
			}
			many := make([]engine.Node, 40)
			for i := range many {
				many[i] = otherNode(t, "many", "wss://many.example.org/"+string(rune('a'+i)), uint32(i), 10)
			}
			cluster.set(many...)
			if third := ana.nextList(server); len(third.GetServers()) != 32 {
				t.Errorf("%d servers listed", len(third.GetServers()))
			}
			// Who comes later gets the newest.
			if late := come(t, server, encoding).nextList(server); len(late.GetServers()) != 32 {
				t.Errorf("%d servers listed", len(late.GetServers()))
			}
		})
	}
}

func TestDrain(t *testing.T) {
	t.Parallel()
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		t.Run(encoding.Subprotocol(), func(t *testing.T) {
			t.Parallel()
			var cluster clustered
			server := start(t, announced(&cluster))
			ana, ben := come(t, server, encoding), come(t, server, encoding)
			ana.nextList(server)
			left := make(chan int, 1)
			go func() { left <- server.Rendezvous().Drain(time.Minute) }()
			for _, one := range []*person{ana, ben} {
				told := false
				for weight := uint32(1); weight != 0 || !told; {
					frame := one.mustRead()
					if drain := frame.GetDrain(); drain != nil {
						told = true
						if within := drain.GetWithinMs(); within <= 0 || within > 48_000 {
							t.Errorf("within %d ms", within)
						}
					}
					var list wire.ServerList
					if signed := frame.GetServerList(); signed != nil {
						if err := wire.Decode(signed.GetBody(), wire.MaxServerFrame, &list); err != nil {
							t.Fatal(err)
						}
						weight = list.GetServers()[0].GetWeight()
					}
				}
			}
			late, device := mustDial(t, server.Rendezvous().Listening().String(), encoding), rendezvoustest.NewDevice(t)
			late.send(hello(late.mustRead().GetChallenge(), device, device.Record))
			late.expectError(wire.ErrorCode_ERROR_CODE_SHUTDOWN)
			if nodes := cluster.Nodes(); !nodes[0].Notice.Draining || nodes[0].Notice.Weight != 0 {
				t.Errorf("announced %v", nodes[0].Notice)
			}
			select {
			case got := <-left:
				t.Fatalf("drained with %d left although two are here", got)
			default:
			}
			for _, one := range []*person{ana, ben} {
				one.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Goodbye{Goodbye: &wire.Goodbye{}}})
				one.expectClosed()
			}
			if got := <-left; got != 0 {
				t.Errorf("%d left", got)
			}
			// Once more, with nobody here, is over at once; and with no time it tells who is left.
			if got := server.Rendezvous().Drain(time.Minute); got != 0 {
				t.Errorf("%d left", got)
			}
		})
	}
}

func TestDrainRunsOutOfTime(t *testing.T) {
	t.Parallel()
	server := start(t)
	enter(t, server)
	if left := server.Rendezvous().Drain(10 * time.Millisecond); left != 1 {
		t.Errorf("%d left", left)
	}
}
