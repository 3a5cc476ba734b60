package rendezvous_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// What the server promises for an idle peer, 10,000 of them, in KiB. They fit
// into a limit of 20,000 open files, in this process and in the server's.
const (
	idlePeers     = 10_000
	allowedPlain  = 5
	allowedSecure = 16
)

// measured is a server in a process of its own.
type measured struct {
	testing.TB

	input   io.Writer
	output  *bufio.Reader
	address string
	config  *tls.Config
}

type figures struct{ asItIs, resident, inUse, goroutines, sessions, used int }

func startMeasured(b *testing.B, kind string) *measured {
	b.Helper()
	command := exec.CommandContext(b.Context(), os.Args[0])
	command.Env = append(os.Environ(), "TINCAN_RENDEZVOUS_TEST_SERVER="+kind)
	input, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err = command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = input.Close()
		_ = command.Wait()
	})
	m := &measured{TB: b, input: input, output: bufio.NewReader(output)}
	if kind == "tls" {
		m.config = protocol.ClientTLS(identity.ServerKey{})
	}
	if _, err = fmt.Fscanln(m.output, &m.address); err != nil {
		b.Fatal(err)
	}
	return m
}

func (m *measured) figures() figures {
	m.Helper()
	var f figures
	if _, err := fmt.Fprintln(m.input); err != nil {
		m.Fatal(err)
	}
	if _, err := fmt.Fscanln(m.output, &f.asItIs, &f.resident, &f.inUse, &f.goroutines, &f.sessions, &f.used); err != nil {
		m.Fatal(err)
	}
	return f
}

// BenchmarkIdlePeers measures what an idle logged-in peer costs the server;
// each watches two others. Resident is without what the garbage collector
// keeps for later, which a server gives back while it is idle.
func BenchmarkIdlePeers(b *testing.B) {
	for kind, allowed := range map[string]float64{"plain": allowedPlain, "tls": allowedSecure} {
		b.Run(kind, func(b *testing.B) { measureIdle(b, kind, allowed) })
	}
}

func measureIdle(b *testing.B, kind string, allowed float64) {
	b.Helper()
	for b.Loop() {
		server := startMeasured(b, kind)
		before := server.figures()
		began := time.Now()
		peers := fill(b, server, idlePeers)
		took := time.Since(began)
		after := server.figures()
		if after.sessions != idlePeers {
			b.Fatalf("%d sessions, want %d", after.sessions, idlePeers)
		}
		perPeer := float64(after.resident-before.resident) / idlePeers
		b.ReportMetric(perPeer, "KiB-resident/peer")
		b.ReportMetric(float64(after.asItIs-before.asItIs)/idlePeers, "KiB-as-it-is/peer")
		b.ReportMetric(float64(after.inUse-before.inUse)/idlePeers, "KiB-in-use/peer")
		b.ReportMetric(float64(after.goroutines-before.goroutines)/idlePeers, "goroutines/peer")
		b.ReportMetric(float64(idlePeers)/took.Seconds(), "logins/s")
		b.ReportMetric(1000*float64(after.used-before.used)/idlePeers, "server-µs/login")
		b.ReportMetric(0, "ns/op")
		if perPeer > allowed {
			b.Errorf("an idle peer takes %.1f KiB, more than %.0f", perPeer, allowed)
		}
		for _, peer := range peers {
			peer.close()
		}
	}
}

// fill logs in many devices, a few at a time.
func fill(b *testing.B, server *measured, count int) []*raw {
	b.Helper()
	peers := make([]*raw, count)
	var group sync.WaitGroup
	const workers = 8
	for worker := range workers {
		group.Go(func() {
			var last identity.PeerID
			for i := worker; i < count; i += workers {
				device := rendezvoustest.NewDevice(b)
				r, err := dialVia(b, server.address, protocol.Protobuf, server.config)
				if err != nil {
					b.Errorf("dial %d: %v", i, err)
					return
				}
				peers[i] = r
				r.login(device)
				self := device.Peer()
				r.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Watch{Watch: &wire.Watch{Add: [][]byte{last[:], self[:]}}}})
				r.send(heartbeat(1))
				for answered := false; !answered; {
					answered = r.mustRead().GetHeartbeatReply() != nil
				}
				last = self
			}
		})
	}
	group.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return peers
}

// BenchmarkRelayedSignal measures 1 KiB envelopes between many pairs of
// devices, and the answers to the senders: what they take, and what the server
// uses of the processors for each.
func BenchmarkRelayedSignal(b *testing.B) {
	for _, kind := range []string{"plain", "tls"} {
		b.Run(kind, func(b *testing.B) {
			const pairs = 16
			server := startMeasured(b, kind)
			to, from := make([]*raw, pairs), make([]*raw, pairs)
			signals := make([]*wire.ClientFrame, pairs)
			for i := range pairs {
				recipient := rendezvoustest.NewDevice(b)
				peer := recipient.Peer()
				to[i], from[i] = server.dial(), server.dial()
				to[i].login(recipient)
				from[i].login(rendezvoustest.NewDevice(b))
				signals[i] = &wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{To: peer[:], Envelope: make([]byte, 1<<10)}}}
			}
			before := server.figures()
			b.ResetTimer()
			var group sync.WaitGroup
			for i := range pairs {
				count := b.N/pairs + 1
				group.Go(func() {
					for range count {
						from[i].send(signals[i])
						from[i].mustRead()
					}
				})
				group.Go(func() {
					for range count {
						to[i].mustRead()
					}
				})
			}
			group.Wait()
			b.StopTimer()
			after := server.figures()
			b.ReportMetric(1000*float64(after.used-before.used)/float64(pairs*(b.N/pairs+1)), "server-µs/op")
		})
	}
}

func (m *measured) dial() *raw {
	m.Helper()
	r, err := dialVia(m, m.address, protocol.Protobuf, m.config)
	if err != nil {
		m.Fatalf("dial: %v", err)
	}
	m.Cleanup(r.close)
	return r
}
