package natsengine

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// quiet is a sink that only counts what it gets.
type quiet struct{ got chan struct{} }

func (q quiet) Deliver([]byte) bool {
	select {
	case q.got <- struct{}{}:
	default:
	}
	return true
}

func (quiet) Presence(identity.PeerID, bool) {}

func (quiet) MailArrived() {}

func (quiet) Ended(engine.End) {}

func startMode(b *testing.B, mode string) []*Engine {
	b.Helper()
	switch mode {
	case "solo":
		return []*Engine{start(b, soloOptions(b, b.TempDir()))}
	case "external":
		return startAll(b, externalOptions(b, startNATS(b), 1))
	default:
		return startAll(b, clusterOptions(b, 3))
	}
}

func attach(b *testing.B, opened *Engine, device rendezvoustest.Device, sink engine.Sink) engine.Attachment {
	b.Helper()
	record, err := engine.ParseRecord(device.Peer(), device.Record)
	if err != nil {
		b.Fatal(err)
	}
	attached, err := opened.Attach(b.Context(), device.Peer(), device.Keys.Device(), record, sink)
	if err != nil {
		b.Fatal(err)
	}
	return attached
}

// BenchmarkSignal relays 1 KiB between two who watch each other, on the last and
// the first node, and waits until it is there.
func BenchmarkSignal(b *testing.B) {
	for _, mode := range []string{"solo", "cluster"} {
		b.Run(mode, func(b *testing.B) {
			all := startMode(b, mode)
			ana, ben := rendezvoustest.NewDevice(b), rendezvoustest.NewDevice(b)
			sink := quiet{got: make(chan struct{}, 1)}
			from := attach(b, all[len(all)-1], ana, quiet{})
			to := attach(b, all[0], ben, sink)
			for attached, other := range map[engine.Attachment]identity.PeerID{from: ben.Peer(), to: ana.Peer()} {
				if err := attached.Watch(b.Context(), []identity.PeerID{other}, nil); err != nil {
					b.Fatal(err)
				}
			}
			if mode != "solo" {
				settle(b, all)
			}
			envelope := make([]byte, 1<<10)
			took := make([]time.Duration, 0, 1<<20)
			for b.Loop() {
				began := time.Now()
				outcome, err := from.Send(b.Context(), ben.Peer(), envelope)
				if err != nil || outcome != engine.Accepted {
					b.Fatal(outcome, err)
				}
				<-sink.got
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
		})
	}
}

// BenchmarkAttach has devices come that are known already, with four others that
// they watch, from 64 goroutines.
func BenchmarkAttach(b *testing.B) {
	for _, mode := range []string{"solo", "cluster"} {
		for _, known := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s known=%t", mode, known), func(b *testing.B) {
				all := startMode(b, mode)
				const most = 4000
				devices := make(chan rendezvoustest.Device, most)
				var watched []identity.PeerID
				for range min(b.N, most) {
					device := rendezvoustest.NewDevice(b)
					if known {
						attach(b, all[0], device, quiet{}).Detach()
					}
					if watched = append(watched, device.Peer()); len(watched) > 4 {
						watched = watched[1:]
					}
					devices <- device
				}
				b.SetParallelism(32)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						device := <-devices
						attached := attach(b, all[len(all)-1], device, quiet{})
						if err := attached.Watch(b.Context(), watched, nil); err != nil {
							b.Error(err)
						}
						if b.N > most {
							devices <- device
						}
					}
				})
			})
		}
	}
}

// BenchmarkPeer measures what a peer takes in memory, all of them on one node,
// each watching ten others there.
func BenchmarkPeer(b *testing.B) {
	for _, mode := range []string{"solo", "cluster", "external"} {
		b.Run(mode, func(b *testing.B) {
			all := startMode(b, mode)
			const count, circle = 2000, 10
			devices := make([]rendezvoustest.Device, count)
			for i := range devices {
				devices[i] = rendezvoustest.NewDevice(b)
			}
			for b.Loop() {
				before := heap()
				attachments := make([]engine.Attachment, count)
				for i, device := range devices {
					attachments[i] = attach(b, all[0], device, quiet{})
				}
				for i, attached := range attachments {
					var watched []identity.PeerID
					for next := range circle {
						watched = append(watched, devices[(i+next+1)%count].Peer())
					}
					if err := attached.Watch(b.Context(), watched, nil); err != nil {
						b.Fatal(err)
					}
				}
				if mode != "solo" {
					settle(b, all)
				}
				b.ReportMetric(float64(heap()-before)/count, "B/peer")
				for _, attached := range attachments {
					attached.Detach()
				}
			}
		})
	}
}

func heap() uint64 {
	var figures runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&figures)
	return figures.HeapAlloc
}
