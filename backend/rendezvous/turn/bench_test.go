package turn

import (
	"net"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

// BenchmarkRelay moves packets of 1,200 bytes from a peer through the relay to
// a client and reports the CPU time of the whole process, both ends included.
func BenchmarkRelay(b *testing.B) {
	for _, kind := range []string{"udp", "tcp", "tls"} {
		b.Run(kind, func(b *testing.B) {
			config, trusting := selfSigned(b)
			server := start(b, func(o *Options) {
				o.ListenTCP, o.ListenTLS, o.TLS = "127.0.0.1:0", "127.0.0.1:", config
				o.BytesPerSecond, o.TotalBytesPerSecond, o.BytesPerDay = 1<<40, 1<<40, 1<<60
			})
			socket, address := transport(b, server, kind, trusting)
			allocation := allocate(b, clientOver(b, socket, address, server.Credentials(identity.PeerID{1}, "")))
			peer := echo(b)
			for range 3 { // until there is a channel
				if err := roundTrip(b, allocation, peer.LocalAddr(), "hello"); err != nil {
					b.Fatal(err)
				}
			}
			eventually(b, "a channel", func() bool {
				held := server.allocationAt(addressOf(allocation.LocalAddr()).Port())
				held.mu.Lock()
				defer held.mu.Unlock()
				return len(held.channels) > 0
			})
			const size, window = 1200, 32
			packet, buffer := make([]byte, size), make([]byte, 2*size)
			b.SetBytes(size)
			began := cpuTime(b)
			lost := 0
			for done := 0; b.Loop(); {
				if done == 0 {
					for range window {
						if _, err := peer.WriteTo(packet, allocation.LocalAddr()); err != nil {
							b.Fatal(err)
						}
					}
					done = window
				}
				done--
				if err := allocation.SetReadDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
					b.Fatal(err)
				}
				if _, _, err := allocation.ReadFrom(buffer); err != nil {
					lost++
				}
			}
			b.ReportMetric(float64((cpuTime(b)-began).Microseconds())/(float64(b.N)*size/1e6), "CPU-µs/MB")
			b.ReportMetric(float64(lost), "lost")
		})
	}
}

// BenchmarkDecision is what a packet costs before it is sent on.
func BenchmarkDecision(b *testing.B) {
	server := start(b, func(o *Options) { o.AllowLoopback = false })
	held, err := server.allocate("someone")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	from := addressOf(&net.UDPAddr{IP: net.IPv4(8, 8, 8, 8), Port: 1})
	b.ReportAllocs()
	for b.Loop() {
		now := server.options.Now()
		if !server.mayExchange(from, now) {
			b.Fatal("refused")
		}
		server.pass(held.account, &held.account.in, 1200, now)
	}
}
