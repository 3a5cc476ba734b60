package webrtclink_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/wire"
)

// benchPair is two transports on loopback that carry each other's signals.
type benchPair struct {
	small, large *webrtclink.Transport
	remote       link.Remote // of large
	opened       chan link.Session
	closed       chan closing
	stream       chan link.Stream
	paths        chan time.Duration
}

// closing is a session that ended on a side: 0 is small, 1 is large.
type closing struct {
	side   int
	at     time.Time
	reason link.Reason
}

func newBenchPair(b testing.TB) *benchPair {
	b.Helper()
	p := &benchPair{
		opened: make(chan link.Session, 16), closed: make(chan closing, 16), stream: make(chan link.Stream, 1),
		paths: make(chan time.Duration, 1024),
	}
	var ends [2]atomic.Pointer[webrtclink.Transport]
	var remotes [2]link.Remote
	var keys [2]*identity.Keys
	for i := range keys {
		made, err := identity.NewKeys(rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		keys[i] = made
	}
	if keys[0].Device().Compare(keys[1].Device()) > 0 {
		keys[0], keys[1] = keys[1], keys[0]
	}
	for i, one := range keys {
		remotes[i] = link.Remote{Peer: one.Peer(), Device: one.Device()}
	}
	for i, one := range keys {
		made, err := webrtclink.New(webrtclink.Config{
			Identity: link.Identity{Peer: one.Peer(), Device: one.Device(), Sign: one.SignAsDevice},
			Now:      time.Now, Random: rand.Reader, LoopbackOnly: true,
			Events: func(event link.Event) {
				switch {
				case event.Signal != nil && event.Signal.Kind == link.SignalOffer:
					if err := ends[1-i].Load().Accept(remotes[i], *event.Signal, link.Options{}); err != nil {
						b.Error(err)
					}
				case event.Signal != nil:
					if err := ends[1-i].Load().Deliver(remotes[i], *event.Signal); err != nil {
						b.Error(err)
					}
				case event.Opened != nil:
					p.opened <- event.Session
				case event.Closed != nil:
					p.closed <- closing{side: i, at: time.Now(), reason: event.Closed.Reason}
				case event.Stream != nil:
					p.stream <- event.Stream
				case event.Path != nil:
					select {
					case p.paths <- event.Path.RoundTrip:
					default:
					}
				}
			},
		})
		if err != nil {
			b.Fatal(err)
		}
		ends[i].Store(made)
	}
	p.small, p.large, p.remote = ends[0].Load(), ends[1].Load(), remotes[1]
	b.Cleanup(func() {
		_ = p.small.Close()
		_ = p.large.Close()
	})
	return p
}

// dial opens a session and answers how long it took until both sides said so.
func (p *benchPair) dial(b testing.TB) (link.Session, time.Duration) {
	b.Helper()
	session, err := link.NewSession(time.Now(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	since := time.Now()
	if err = p.small.Dial(session, p.remote, link.Options{}); err != nil {
		b.Fatal(err)
	}
	for range 2 {
		select {
		case <-p.opened:
		case <-p.closed:
			b.Fatal("the session was closed")
		}
	}
	return session, time.Since(since)
}

// BenchmarkOpen is the time from Dial until both sides are confirmed, signals
// carried in no time.
func BenchmarkOpen(b *testing.B) {
	p := newBenchPair(b)
	var all []time.Duration
	for b.Loop() {
		session, took := p.dial(b)
		all = append(all, took)
		b.StopTimer()
		p.small.Hangup(session)
		<-p.closed
		<-p.closed
		b.StartTimer()
	}
	slices.Sort(all)
	b.ReportMetric(all[len(all)/2].Seconds()*1e3, "ms/open-median")
	b.ReportMetric(all[len(all)-1].Seconds()*1e3, "ms/open-worst")
}

// BenchmarkClose is the time from Hangup, or Cut, until each side says that the session
// ended, with nothing under way and behind a full queue of messages.
func BenchmarkClose(b *testing.B) {
	const full = link.MaxBacklog / wire.MaxLinkFrame
	for _, one := range []struct {
		name   string
		queued int
		end    func(*webrtclink.Transport, link.Session)
	}{
		{"hangup quiet", 0, (*webrtclink.Transport).Hangup},
		{"hangup behind a queue", full, (*webrtclink.Transport).Hangup},
		{"cut quiet", 0, (*webrtclink.Transport).Cut},
		{"cut before a queue", full, (*webrtclink.Transport).Cut},
	} {
		b.Run(one.name, func(b *testing.B) {
			p := newBenchPair(b)
			var took [2][]time.Duration
			for b.Loop() {
				b.StopTimer()
				session, _ := p.dial(b)
				for range one.queued {
					if err := p.small.Send(session, make([]byte, wire.MaxLinkFrame-64)); err != nil && !errors.Is(err, link.ErrBacklog) {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				began := time.Now()
				one.end(p.small, session)
				for range took {
					ended := <-p.closed
					took[ended.side] = append(took[ended.side], ended.at.Sub(began))
				}
			}
			for side, name := range []string{"own", "other"} {
				slices.Sort(took[side])
				b.ReportMetric(took[side][len(took[side])/2].Seconds()*1e3, "ms/"+name+"-median")
				b.ReportMetric(took[side][len(took[side])-1].Seconds()*1e3, "ms/"+name+"-worst")
			}
		})
	}
}

const (
	bulkSize  = 256 << 20
	bulkTurns = 5
)

// BenchmarkBulk moves 256 MiB through a stream and through one data channel of
// a connection as pion makes it without settings, in turns.
func BenchmarkBulk(b *testing.B) {
	for b.Loop() {
		var ours, defaults, ratios []float64
		for range bulkTurns {
			mine := rate(bulkOurs(b))
			plain := rate(bulkDefaults(b))
			ours, defaults, ratios = append(ours, mine), append(defaults, plain), append(ratios, mine/plain)
			b.Logf("link %.1f MB/s, defaults %.1f MB/s, ratio %.2f", mine, plain, mine/plain)
		}
		b.ReportMetric(median(ours), "MB/s-link")
		b.ReportMetric(median(defaults), "MB/s-defaults")
		b.ReportMetric(median(ratios), "x-ratio-median")
	}
}

func rate(took time.Duration) float64 { return bulkSize / took.Seconds() / 1e6 }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func bulkOurs(b *testing.B) time.Duration {
	b.Helper()
	p := newBenchPair(b)
	session, _ := p.dial(b)
	near, err := p.small.OpenStream(context.Background(), session, "bulk")
	if err != nil {
		b.Fatal(err)
	}
	far := <-p.stream
	since := time.Now()
	var sending sync.WaitGroup
	sending.Go(func() {
		piece := make([]byte, 256<<10)
		for range bulkSize / len(piece) {
			if _, writeErr := near.Write(piece); writeErr != nil {
				b.Error(writeErr)
				return
			}
		}
		if closeErr := near.CloseWrite(); closeErr != nil {
			b.Error(closeErr)
		}
	})
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{far}, make([]byte, 256<<10))
	took := time.Since(since)
	if n != bulkSize || err != nil {
		b.Errorf("%d bytes: %v", n, err)
	}
	sending.Wait()
	p.small.Hangup(session)
	<-p.closed
	<-p.closed
	_ = p.small.Close()
	_ = p.large.Close()
	return took
}

// bulkDefaults sends in 16 KiB messages with the backpressure that pion's own
// example of flow control uses: high water 1 MiB, low water 512 KiB.
func bulkDefaults(b *testing.B) time.Duration {
	b.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings))
	offerer, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		b.Fatal(err)
	}
	answerer, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = offerer.GracefulClose()
		_ = answerer.GracefulClose()
	}()
	channel, err := offerer.CreateDataChannel("bulk", nil)
	if err != nil {
		b.Fatal(err)
	}
	opened, low, done := make(chan struct{}), make(chan struct{}, 1), make(chan struct{})
	channel.OnOpen(func() { close(opened) })
	channel.SetBufferedAmountLowThreshold(512 << 10)
	channel.OnBufferedAmountLow(func() {
		select {
		case low <- struct{}{}:
		default:
		}
	})
	received := 0
	answerer.OnDataChannel(func(theirs *webrtc.DataChannel) {
		theirs.OnMessage(func(message webrtc.DataChannelMessage) {
			if received += len(message.Data); received == bulkSize {
				close(done)
			}
		})
	})
	connectDefaults(b, offerer, answerer)
	<-opened
	since := time.Now()
	piece := make([]byte, 16<<10)
	for range bulkSize / len(piece) {
		if channel.BufferedAmount() > 1<<20 {
			<-low
		}
		if err = channel.Send(piece); err != nil {
			b.Fatal(err)
		}
	}
	<-done
	return time.Since(since)
}

func connectDefaults(b *testing.B, offerer, answerer *webrtc.PeerConnection) {
	b.Helper()
	step := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	offer, err := offerer.CreateOffer(nil)
	step(err)
	gathered := webrtc.GatheringCompletePromise(offerer)
	step(offerer.SetLocalDescription(offer))
	<-gathered
	step(answerer.SetRemoteDescription(*offerer.LocalDescription()))
	answer, err := answerer.CreateAnswer(nil)
	step(err)
	gathered = webrtc.GatheringCompletePromise(answerer)
	step(answerer.SetLocalDescription(answer))
	<-gathered
	step(offerer.SetRemoteDescription(*answerer.LocalDescription()))
}
