package rendezvous_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// idlePeers and allowedKiB are the figure that the server promises.
const (
	idlePeers  = 9000
	allowedKiB = 40
)

// measured is a server in a process of its own.
type measured struct {
	testing.TB

	input   io.Writer
	output  *bufio.Reader
	address string
}

type figures struct{ resident, inUse, goroutines, sessions int }

func startMeasured(b *testing.B) *measured {
	b.Helper()
	command := exec.CommandContext(b.Context(), os.Args[0])
	command.Env = append(os.Environ(), "TINCAN_RENDEZVOUS_TEST_SERVER=plain")
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
	if _, err := fmt.Fscanln(m.output, &f.resident, &f.inUse, &f.goroutines, &f.sessions); err != nil {
		m.Fatal(err)
	}
	return f
}

// BenchmarkIdlePeers measures what an idle logged-in peer costs the server,
// without TLS: each watches two others.
func BenchmarkIdlePeers(b *testing.B) {
	for b.Loop() {
		server := startMeasured(b)
		before := server.figures()
		began := time.Now()
		peers := fill(b, server.address, idlePeers)
		took := time.Since(began)
		after := server.figures()
		if after.sessions != idlePeers {
			b.Fatalf("%d sessions, want %d", after.sessions, idlePeers)
		}
		perPeer := float64(after.resident-before.resident) / idlePeers
		b.ReportMetric(perPeer, "KiB-resident/peer")
		b.ReportMetric(float64(after.inUse-before.inUse)/idlePeers, "KiB-in-use/peer")
		b.ReportMetric(float64(after.goroutines-before.goroutines)/idlePeers, "goroutines/peer")
		b.ReportMetric(float64(idlePeers)/took.Seconds(), "logins/s")
		b.ReportMetric(0, "ns/op")
		if perPeer > allowedKiB {
			b.Errorf("an idle peer takes %.1f KiB, more than %d", perPeer, allowedKiB)
		}
		for _, peer := range peers {
			peer.close()
		}
	}
}

// fill logs in many devices, a few at a time.
func fill(b *testing.B, address string, count int) []*raw {
	b.Helper()
	peers := make([]*raw, count)
	var group sync.WaitGroup
	const workers = 8
	for worker := range workers {
		group.Go(func() {
			var last identity.PeerID
			for i := worker; i < count; i += workers {
				device := rendezvoustest.NewDevice(b)
				r, err := dial(b, address, protocol.Protobuf)
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

// BenchmarkRelayedSignal measures a 1 KiB envelope from one device to another
// and the answer to the sender, one at a time.
func BenchmarkRelayedSignal(b *testing.B) {
	server := start(b, func(o *rendezvous.Options) { o.Limits.Rate, o.Limits.Burst = 1e9, 1e9 })
	recipient := rendezvoustest.NewDevice(b)
	to := mustDial(b, server.Rendezvous().Listening().String(), protocol.Protobuf)
	to.login(recipient)
	from := enter(b, server)
	peer := recipient.Peer()
	signal := &wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{To: peer[:], Envelope: make([]byte, 1<<10)}}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%20_000 == 0 { // both leases last 30 s
			from.send(heartbeat(1))
			from.mustRead()
			to.send(heartbeat(1))
			to.mustRead()
		}
		from.send(signal)
		to.mustRead()
		from.mustRead()
	}
}
