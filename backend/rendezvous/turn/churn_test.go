package turn

import (
	"fmt"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v3"
	"github.com/pion/turn/v5"

	"github.com/tincan-chat/tincan/backend/identity"
)

// TestChurn: many come and go at once over everything while bans change; in the
// end nothing is held.
func TestChurn(t *testing.T) {
	t.Parallel()
	const clients, rounds = 12, 6
	server := start(t, func(o *Options) {
		o.ListenTCP, o.Limits.Requests, o.PerPeer = "127.0.0.1:0", 100_000, 8
	})
	peer := echo(t).LocalAddr()
	banned := identity.PeerID{99}
	var coming sync.WaitGroup
	for number := range clients {
		coming.Go(func() {
			for round := range rounds {
				who := identity.PeerID{byte(number / 2)}
				if round == rounds/2 && number%3 == 0 {
					who = banned
				}
				if err := visit(t, server, who, number%2 == 0, round%2 == 0, peer); err != nil && who != banned {
					t.Errorf("client %d: %v", number, err)
				}
			}
		})
	}
	done := make(chan struct{})
	var banning sync.WaitGroup
	banning.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
				server.Ban(map[identity.PeerID]time.Time{banned: {}})
			}
		}
	})
	coming.Wait()
	close(done)
	banning.Wait()
	eventually(t, "everything to be given back", func() bool {
		counts := server.Counts()
		server.mu.RLock()
		defer server.mu.RUnlock()
		return counts.Allocations == 0 && counts.Connections == 0 && server.taken == 0
	})
	eventually(t, "the quotas to be given back", func() bool {
		server.quotas.mu.Lock()
		defer server.quotas.mu.Unlock()
		for _, one := range server.quotas.accounts {
			if one.held != 0 {
				return false
			}
		}
		return true
	})
	if len(server.connections.byPrefix) != 0 {
		t.Error("connections are still counted")
	}
}

// visit allocates, sends something there and back, and goes: politely, or by closing its socket.
func visit(t *testing.T, server *Server, who identity.PeerID, isTCP, isPolite bool, peer net.Addr) error {
	t.Helper()
	credentials := server.Credentials(who, "")
	address := server.at(server.port)
	var socket net.PacketConn
	var err error
	if isTCP {
		address = server.at(server.portTCP)
		conn, dialErr := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if dialErr != nil {
			return dialErr
		}
		socket = turn.NewSTUNConn(conn)
		isPolite = isPolite && who[0] != 99
	} else {
		socket, err = (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
		if err != nil {
			return err
		}
		isPolite = true // over UDP an allocation is over after ten minutes otherwise
	}
	defer func() { _ = socket.Close() }()
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: address, Conn: socket, Username: credentials.GetUsername(), Password: credentials.GetPassword(), LoggerFactory: silentLoggers{},
	})
	if err != nil {
		return err
	}
	defer client.Close()
	if err = client.Listen(); err != nil {
		return err
	}
	allocation, err := client.Allocate()
	if err != nil {
		return err
	}
	err = roundTrip(t, allocation, peer, "hello")
	if !isPolite {
		_ = socket.Close()
	}
	_ = allocation.Close()
	return err
}

// TestEndWhilePermissionsCome: an allocation may end at any moment, by its
// timer or by a ban, and so while the library enters a permission.
func TestEndWhilePermissionsCome(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *Options) { o.Limits.Requests, o.Limits.RequestsAll = 1_000_000, 1_000_000 })
	var running sync.WaitGroup
	defer running.Wait()
	for round := range 40 {
		r := rawClient(t, server)
		if answer := r.ask(r.signed(stun.MethodAllocate, relayUDP)); codeOf(answer) != 0 {
			t.Fatal(answer)
		}
		var packets [][]byte
		for number := range 60 {
			one := peerAddress(fmt.Sprintf("127.0.%d.1:1", 2*number))
			packets = append(packets, r.signed(stun.MethodCreatePermission, one, peerAddress(fmt.Sprintf("127.0.%d.1:1", 2*number+1))))
		}
		packets = append(packets, r.signed(stun.MethodChannelBind, channel(0x4000), peerAddress("127.0.0.1:1")))
		held := server.allocations()
		if len(held) != 1 {
			t.Fatalf("%d allocations", len(held))
		}
		running.Go(func() {
			// After so many permissions, which is another moment each time.
			for timeout := time.After(patience); ; {
				held[0].mu.Lock()
				reached := len(held[0].reaches)
				held[0].mu.Unlock()
				if reached > 2*round {
					break
				}
				select {
				case <-timeout:
					t.Errorf("only %d permissions", reached)
					return
				default:
					runtime.Gosched()
				}
			}
			_ = held[0].Close()
		})
		for _, packet := range packets {
			if _, err := r.socket.WriteTo(packet, r.server); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "the end of the allocation", func() bool { return server.Counts().Allocations == 0 })
	}
}
