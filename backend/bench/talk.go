package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/node/nodetest"
)

// latency: from the call that sends 200 bytes until both disks hold them and
// the sender knows, beside a bare data channel's round trip.
func latency(ctx context.Context, folder string) (_ []figure, err error) {
	p, err := newPair(ctx, folder, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	echo, err := newEcho()
	if err != nil {
		return nil, err
	}
	defer echo.close()
	var took, bare []time.Duration
	for range 1500 {
		start := time.Now()
		sent, err := p.ana.SendText(ctx, p.conversation, text)
		if err != nil {
			return nil, err
		}
		p.wait(ctx, sent.Sequence)
		took = append(took, time.Since(start))
		trip, err := echo.roundTrip()
		if err != nil {
			return nil, err
		}
		bare = append(bare, trip)
	}
	median, channel := quantile(took, 0.5), quantile(bare, 0.5)
	return []figure{{
		"send to acknowledged and stored on both sides, 200 B, median / p99",
		milliseconds(median) + " / " + milliseconds(quantile(took, 0.99)), "3 / 15 ms",
		fmt.Sprintf("bare data channel round trip %s: ratio %.1f", milliseconds(channel), float64(median)/float64(channel)),
	}}, nil
}

// throughput: texts a second one way, durable on both sides, with group commit
// and with a transaction each.
func throughput(ctx context.Context, folder string) ([]figure, error) {
	rates := map[bool]float64{}
	for _, grouped := range []bool{true, false} {
		wrap := func(s node.Store) node.Store { return s }
		count := 30_000
		if !grouped {
			wrap = func(s node.Store) node.Store { return single{s} }
			count = 4_000
		}
		rate, err := oneWay(ctx, filepath.Join(folder, fmt.Sprint(grouped)), wrap, count)
		if err != nil {
			return nil, err
		}
		rates[grouped] = rate
	}
	return []figure{{
		"texts a second one way, durable on both sides", fmt.Sprintf("%.0f", rates[true]), "5,000",
		fmt.Sprintf("a transaction each: %.0f, ratio %.1f", rates[false], rates[true]/rates[false]),
	}}, nil
}

func oneWay(ctx context.Context, folder string, wrap func(node.Store) node.Store, count int) (_ float64, err error) {
	p, err := newPair(ctx, folder, wrap)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	const callers = 256
	var group sync.WaitGroup
	failures := make(chan error, callers)
	start := time.Now()
	for caller := range callers {
		group.Go(func() {
			for i := caller; i < count; i += callers {
				if _, err := p.ana.SendText(ctx, p.conversation, text); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	group.Wait()
	select {
	case err := <-failures:
		return 0, err
	default:
	}
	p.wait(ctx, uint64(count))
	return float64(count) / time.Since(start).Seconds(), nil
}

// opening: from the moment both are online until the line is open.
func opening(ctx context.Context, folder string) (_ []figure, err error) {
	p, err := newPair(ctx, folder, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	var took []time.Duration
	for range 15 {
		if err := errors.Join(p.ben.Close(), p.ben.Open(ctx, nil)); err != nil {
			return nil, err
		}
		// A reason for the line: Ben looks at the conversation.
		if err := errors.Join(p.ben.Focus(ctx, p.conversation), p.ben.Online(ctx)); err != nil {
			return nil, err
		}
		start := time.Now()
		if err := p.ben.Until(ctx, "the line is open", func() bool { return p.ben.Line(ctx, p.ana.Keys.Peer()).State == node.LineOpen }); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	return []figure{{
		"both online to open channel, same machine, median / worst of 15",
		milliseconds(quantile(took, 0.5)) + " / " + milliseconds(quantile(took, 1)), "150 ms", "",
	}}, nil
}

// history: the last page of a conversation of 100,000 messages.
func history(ctx context.Context, folder string) (_ []figure, err error) {
	p, err := newPair(ctx, folder, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	const length = 100_000
	if err = fill(ctx, p.ana, p, length); err != nil {
		return nil, err
	}
	p.wait(ctx, length)
	beside, err := openPages(ctx, p)
	if err != nil {
		return nil, err
	}
	if err = errors.Join(indexed(ctx, p.ana), indexed(ctx, p.ben)); err != nil {
		return nil, err
	}
	alone, err := openPages(ctx, p)
	if err != nil {
		return nil, err
	}
	return []figure{
		{
			"opening a conversation of 100,000 to its last page (reads of the bound call), p99",
			milliseconds(quantile(alone, 0.99)), "5 ms", "median " + milliseconds(quantile(alone, 0.5)),
		},
		{
			"the same right after they were written, while both devices index them", milliseconds(quantile(beside, 0.99)), "",
			"median " + milliseconds(quantile(beside, 0.5)),
		},
	}, nil
}

// indexed waits until a search finds all that somebody has.
func indexed(ctx context.Context, who *nodetest.Person) error {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		found, err := who.Store.Search(ctx, search.Query{}, uuid.Nil, journal.Order{}, 0)
		if err != nil || found.Waiting == 0 {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// openPages opens the last page 500 times.
func openPages(ctx context.Context, p *pair) ([]time.Duration, error) {
	var took []time.Duration
	for range 500 {
		start := time.Now()
		if err := openPage(ctx, p.ana, p); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

// openPage reads what the bound call Open reads.
func openPage(ctx context.Context, who *nodetest.Person, p *pair) error {
	_, err := who.Store.Row(ctx, p.conversation)
	if err != nil {
		return err
	}
	if _, _, err = who.Store.FirstUnread(ctx, p.conversation); err != nil {
		return err
	}
	_, err = who.Store.PageBefore(ctx, p.conversation, journal.Order{}, 50)
	return err
}

// fill writes n texts through the device.
func fill(ctx context.Context, who *nodetest.Person, p *pair, n int) error {
	const callers = 256
	var group sync.WaitGroup
	failures := make(chan error, callers)
	for caller := range callers {
		group.Go(func() {
			for i := caller; i < n; i += callers {
				if _, err := who.SendText(ctx, p.conversation, text); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	group.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}

// echo is a bare pair of pion data channels.
type echo struct {
	near, far *webrtc.PeerConnection
	channel   *webrtc.DataChannel
	back      chan struct{}
}

func newEcho() (*echo, error) {
	e := &echo{back: make(chan struct{}, 1)}
	var err error
	if e.near, err = webrtc.NewPeerConnection(webrtc.Configuration{}); err != nil {
		return nil, err
	}
	if e.far, err = webrtc.NewPeerConnection(webrtc.Configuration{}); err != nil {
		return nil, err
	}
	e.far.OnDataChannel(func(channel *webrtc.DataChannel) {
		channel.OnMessage(func(message webrtc.DataChannelMessage) { _ = channel.Send(message.Data) })
	})
	if e.channel, err = e.near.CreateDataChannel("echo", nil); err != nil {
		return nil, err
	}
	opened := make(chan struct{})
	e.channel.OnOpen(func() { close(opened) })
	e.channel.OnMessage(func(webrtc.DataChannelMessage) { e.back <- struct{}{} })
	if err := connect(e.near, e.far); err != nil {
		return nil, err
	}
	select {
	case <-opened:
		return e, nil
	case <-time.After(20 * time.Second):
		return nil, errors.New("the bare channel did not open")
	}
}

// connect exchanges complete descriptions.
func connect(near, far *webrtc.PeerConnection) error {
	offer, err := near.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(near)
	if err = near.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	if err = far.SetRemoteDescription(*near.LocalDescription()); err != nil {
		return err
	}
	answer, err := far.CreateAnswer(nil)
	if err != nil {
		return err
	}
	gathered = webrtc.GatheringCompletePromise(far)
	if err := far.SetLocalDescription(answer); err != nil {
		return err
	}
	<-gathered
	return near.SetRemoteDescription(*far.LocalDescription())
}

func (e *echo) roundTrip() (time.Duration, error) {
	start := time.Now()
	if err := e.channel.SendText(text); err != nil {
		return 0, err
	}
	<-e.back
	return time.Since(start), nil
}

func (e *echo) close() { _, _ = e.near.Close(), e.far.Close() }
