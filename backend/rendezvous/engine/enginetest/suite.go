package enginetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Cluster is one engine, or several that are one.
type Cluster struct {
	Engines []engine.Engine
	// Settle returns when everything that was done has arrived everywhere. Nil: it has when the calls return.
	Settle func(t *testing.T)
	// Keep has the suite use the engines for one test after the other and close
	// them in the last; open returns the same cluster each time.
	Keep bool

	joined int
	sent   int
}

// Run runs the suite on engines that open makes; it closes them.
func Run(t *testing.T, open func(t *testing.T) engine.Engine) {
	t.Helper()
	RunCluster(t, func(t *testing.T) *Cluster { return &Cluster{Engines: []engine.Engine{open(t)}} })
}

// RunCluster runs the suite with attachments that are spread over the engines of
// a cluster; it closes them.
func RunCluster(t *testing.T, open func(t *testing.T) *Cluster) {
	t.Helper()
	tests := []struct {
		name string
		run  func(*testing.T, *Cluster)
	}{
		{"presence is mutual", presenceIsMutual},
		{"presence ends when watching ends", presenceEnds},
		{"signals", signals},
		{"absent is said to watchers only", absentToWatchersOnly},
		{"who is refused notices nothing", refusedNoticeNothing},
		{"the newest attachment wins", newestWins},
		{"the newest of many at once wins", newestOfMany},
		{"the first watch replaces", firstWatchReplaces},
		{"records don't fall back", recordsDontFall},
		{"records survive leaving", recordsSurvive},
		{"two devices of a peer", twoDevices},
		{"too many watched", tooMany},
		{"many devices at once", manyAtOnce},
		{"a crowd is told the truth", crowd},
		{"an ended attachment does nothing", endedDoesNothing},
		{"a refused attach leaves no traces", refusedAttach},
		{"after closing", afterClosing},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cluster := open(t)
			if !cluster.Keep {
				t.Cleanup(func() { cluster.closeAll(t) })
			}
			test.run(t, cluster)
		})
	}
}

func (c *Cluster) closeAll(t *testing.T) {
	t.Helper()
	for _, opened := range c.Engines {
		if err := opened.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}

// next returns the engine for the next attachment or question.
func (c *Cluster) next() engine.Engine {
	c.joined++
	return c.Engines[c.joined%len(c.Engines)]
}

func (c *Cluster) settle(t *testing.T) {
	t.Helper()
	if c.Settle != nil {
		c.Settle(t)
	}
}

func only(peers ...identity.PeerID) []identity.PeerID { return peers }

func presenceIsMutual(t *testing.T, opened *Cluster) {
	ana, ben := join(t, opened), join(t, opened)
	ana.watch(t, only(ben.Peer()), nil)
	ana.expect(t)
	ben.expect(t)
	ben.watch(t, only(ana.Peer()), nil)
	ana.expect(t, presence(ben.Peer(), true))
	ben.expect(t, presence(ana.Peer(), true))
	ben.attachment.Detach()
	ana.expect(t, presence(ben.Peer(), false))
	ben.expect(t)
	again := joinAs(t, opened, ben.Device)
	ana.expect(t)
	again.watch(t, only(ana.Peer()), nil)
	ana.expect(t, presence(ben.Peer(), true))
	again.expect(t, presence(ana.Peer(), true))
}

func presenceEnds(t *testing.T, opened *Cluster) {
	ana, ben, cleo := join(t, opened), join(t, opened), join(t, opened)
	ana.watch(t, only(ben.Peer(), cleo.Peer(), ana.Peer()), nil)
	ben.watch(t, only(ana.Peer()), nil)
	cleo.watch(t, only(ben.Peer()), nil)
	ana.expect(t, presence(ben.Peer(), true))
	ben.expect(t, presence(ana.Peer(), true))
	ben.watch(t, nil, only(ana.Peer()))
	ana.expect(t, presence(ben.Peer(), false))
	ben.expect(t)
	ben.attachment.Detach()
	ana.expect(t)
	cleo.expect(t)
}

func signals(t *testing.T, opened *Cluster) {
	ana, ben := join(t, opened), join(t, opened)
	ana.send(t, ben.Peer(), "a request", engine.Accepted)
	ben.expect(t, "deliver a request")
	ana.expect(t)
	ben.full = true
	ana.send(t, ben.Peer(), "lost", engine.Accepted)
	ben.expect(t, "deliver lost")
}

func absentToWatchersOnly(t *testing.T, opened *Cluster) {
	ana, ben, stranger := join(t, opened), join(t, opened), join(t, opened)
	ana.watch(t, only(ben.Peer()), nil)
	ben.watch(t, only(ana.Peer()), nil)
	stranger.watch(t, only(ben.Peer()), nil)
	nobody := rendezvoustest.NewDevice(t)
	for range 2 {
		stranger.send(t, ben.Peer(), "x", engine.Accepted)
		stranger.send(t, nobody.Peer(), "x", engine.Accepted)
		ben.attachment.Detach()
	}
	stranger.expect(t)
	ana.send(t, ben.Peer(), "x", engine.Absent)
	ana.send(t, nobody.Peer(), "x", engine.Accepted)
	// Who stops watching looks the same as everybody else.
	ana.watch(t, nil, only(ben.Peer()))
	ana.send(t, ben.Peer(), "x", engine.Accepted)
	// A watcher who comes later is told once that the other is away.
	late := join(t, opened)
	late.watch(t, only(ben.Peer()), nil)
	late.expect(t)
	ana.watch(t, only(ben.Peer()), nil)
	ana.expect(t, presence(ben.Peer(), true), presence(ben.Peer(), false), presence(ben.Peer(), false))
}

func newestWins(t *testing.T, opened *Cluster) {
	ana, ben := join(t, opened), join(t, opened)
	ana.watch(t, only(ben.Peer()), nil)
	ben.watch(t, only(ana.Peer()), nil)
	ana.expect(t, presence(ben.Peer(), true))
	ben.expect(t, presence(ana.Peer(), true))
	newer := joinAs(t, opened, ben.Device)
	ben.expect(t, fmt.Sprintf("ended %d", engine.EndReplaced))
	ben.attachment.Detach() // comes too late to matter
	ana.expect(t)
	ana.send(t, ben.Peer(), "hello", engine.Accepted)
	ben.expect(t)
	newer.expect(t, "deliver hello")
	newer.watch(t, only(ana.Peer()), nil)
	newer.expect(t, presence(ana.Peer(), true))
	ana.expect(t)
}

// newestOfMany has one device log in everywhere at the same moment: one of the
// attachments is left, and only that one gets what is sent.
func newestOfMany(t *testing.T, opened *Cluster) {
	ana, device := join(t, opened), rendezvoustest.NewDevice(t)
	record := parse(t, device, device.Record)
	sinks := make([]*sink, 6)
	var group sync.WaitGroup
	for i := range sinks {
		sinks[i] = &sink{cluster: opened}
		there := opened.next()
		group.Go(func() {
			if _, err := there.Attach(t.Context(), device.Peer(), device.Keys.Device(), record, sinks[i]); err != nil {
				t.Errorf("Attach: %v", err)
			}
		})
	}
	group.Wait()
	ana.send(t, device.Peer(), "who is left?", engine.Accepted)
	opened.settle(t)
	var ended, told int
	for _, one := range sinks {
		one.mu.Lock()
		switch {
		case slices.Equal(one.notes, []string{fmt.Sprintf("ended %d", engine.EndReplaced)}):
			ended++
		case slices.Equal(one.notes, []string{"deliver who is left?"}):
			told++
		}
		one.mu.Unlock()
	}
	if ended != len(sinks)-1 || told != 1 {
		t.Errorf("%d attachments ended and %d got the message, of %d", ended, told, len(sinks))
	}
}

func firstWatchReplaces(t *testing.T, opened *Cluster) {
	ana, ben, cleo := join(t, opened), join(t, opened), join(t, opened)
	ana.watch(t, only(ben.Peer()), nil)
	cleo.watch(t, only(ben.Peer()), nil)
	ben.watch(t, only(ana.Peer()), nil)
	ana.expect(t, presence(ben.Peer(), true))
	newer := joinAs(t, opened, ben.Device)
	newer.watch(t, only(cleo.Peer()), nil)
	ana.expect(t, presence(ben.Peer(), false))
	cleo.expect(t, presence(ben.Peer(), true))
	newer.expect(t, presence(cleo.Peer(), true))
}

func recordsDontFall(t *testing.T, opened *Cluster) {
	ana := join(t, opened)
	if err := ana.attachment.Publish(t.Context(), parse(t, ana.Device, ana.RecordOf(t, 2, 3))); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	for _, older := range []*wire.PeerRecord{ana.RecordOf(t, 1, 3), ana.RecordOf(t, 2, 2)} {
		record := parse(t, ana.Device, older)
		if err := ana.attachment.Publish(t.Context(), record); !errors.Is(err, engine.ErrOlder) {
			t.Errorf("Publish of an older record = %v", err)
		}
		if _, err := opened.next().Attach(t.Context(), ana.Peer(), ana.Keys.Device(), record, &sink{cluster: opened}); !errors.Is(err, engine.ErrOlder) {
			t.Errorf("Attach with an older record = %v", err)
		}
	}
	// A record without keys keeps the keys.
	bare := ana.RecordOf(t, 3, 4)
	bare.KeyRecords = nil
	if err := ana.attachment.Publish(t.Context(), parse(t, ana.Device, bare)); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	message := lookup(t, opened, ana.Peer())
	if len(message.GetKeyRecords()) != 1 || !bytes.Equal(message.GetDeviceList().GetBody(), bare.GetDeviceList().GetBody()) {
		t.Errorf("the record has %d key records", len(message.GetKeyRecords()))
	}
}

func lookup(t *testing.T, opened *Cluster, peer identity.PeerID) *wire.PeerRecord {
	t.Helper()
	record, found, err := opened.next().Lookup(t.Context(), peer)
	if err != nil || !found {
		t.Fatalf("Lookup = %t, %v", found, err)
	}
	message, err := record.Message()
	if err != nil {
		t.Fatalf("Message: %v", err)
	}
	return message
}

func recordsSurvive(t *testing.T, opened *Cluster) {
	ana := join(t, opened)
	ana.attachment.Detach()
	message := lookup(t, opened, ana.Peer())
	if !bytes.Equal(message.GetKeyRecords()[0].GetBody(), ana.Record.GetKeyRecords()[0].GetBody()) {
		t.Error("another record came back")
	}
	if _, found, err := opened.next().Lookup(t.Context(), rendezvoustest.NewDevice(t).Peer()); found || err != nil {
		t.Errorf("Lookup of nobody = %t, %v", found, err)
	}
}

func twoDevices(t *testing.T, opened *Cluster) {
	first := rendezvoustest.NewDevice(t)
	second := rendezvoustest.NewDevice(t)
	both := twoDeviceList(t, first, second)
	peer := first.Peer()
	watcher := join(t, opened)
	var joined []*member
	for _, device := range []rendezvoustest.Device{first, second} {
		m := &member{Device: device, sink: &sink{cluster: opened}}
		attachment, err := opened.next().Attach(t.Context(), peer, device.Keys.Device(), parse(t, first, both), m.sink)
		if err != nil {
			t.Fatalf("Attach: %v", err)
		}
		m.attachment = attachment
		m.watch(t, only(watcher.Peer()), nil)
		joined = append(joined, m)
	}
	watcher.watch(t, only(peer), nil)
	watcher.expect(t, presence(peer, true))
	joined[0].expect(t, presence(watcher.Peer(), true))
	joined[1].expect(t, presence(watcher.Peer(), true))
	watcher.send(t, peer, "to both", engine.Accepted)
	joined[0].expect(t, "deliver to both")
	joined[1].expect(t, "deliver to both")
	joined[0].attachment.Detach()
	watcher.expect(t)
	joined[1].attachment.Detach()
	watcher.expect(t, presence(peer, false))

	// A newer list without the second device ends it.
	again := &member{Device: second, sink: &sink{cluster: opened}}
	attachment, err := opened.next().Attach(t.Context(), peer, second.Keys.Device(), parse(t, first, both), again.sink)
	if err != nil {
		t.Fatalf("Attach: %v", err)
	}
	again.attachment = attachment
	alone := &member{Device: first, sink: &sink{cluster: opened}}
	if _, err = opened.next().Attach(t.Context(), peer, first.Keys.Device(), parse(t, first, first.RecordOf(t, 3, 2)), alone.sink); err != nil {
		t.Fatalf("Attach: %v", err)
	}
	again.expect(t, fmt.Sprintf("ended %d", engine.EndRevoked))
	if _, err = opened.next().Attach(t.Context(), peer, second.Keys.Device(), parse(t, first, both), &sink{cluster: opened}); !errors.Is(err, engine.ErrOlder) {
		t.Errorf("Attach of a revoked device = %v", err)
	}
}

// twoDeviceList is version 2 of first's device list, with both devices.
func twoDeviceList(t *testing.T, first, second rendezvoustest.Device) *wire.PeerRecord {
	t.Helper()
	peer, a, b := first.Peer(), first.Keys.Device(), second.Keys.Device()
	devices := []*wire.Device{{Key: a[:], AddedMs: 1}, {Key: b[:], AddedMs: 2}}
	body, err := wire.Encode(&wire.DeviceList{Identity: peer[:], Version: 2, Devices: devices})
	if err != nil {
		t.Fatalf("Encode: %v", err)
	}
	return &wire.PeerRecord{DeviceList: first.SignedAsIdentity(identity.ContextDeviceList, body)}
}

func tooMany(t *testing.T, opened *Cluster) {
	ana, ben := join(t, opened), join(t, opened)
	many := make([]identity.PeerID, 0, wire.MaxWatched)
	for i := range wire.MaxWatched {
		many = append(many, identity.PeerID{1: byte(i), 2: byte(i >> 8)})
	}
	ana.watch(t, many, nil)
	if err := ana.attachment.Watch(t.Context(), only(ben.Peer()), nil); !errors.Is(err, engine.ErrTooMany) {
		t.Errorf("Watch of one more = %v", err)
	}
	ben.watch(t, only(ana.Peer()), nil)
	ben.expect(t)
	ana.watch(t, only(ben.Peer()), many[:1])
	ben.expect(t, presence(ana.Peer(), true))
	ana.watch(t, only(many[1], many[1], many[2]), nil)
}

func afterClosing(t *testing.T, opened *Cluster) {
	ana := join(t, opened)
	for range 2 {
		opened.closeAll(t)
	}
	if _, _, err := opened.next().Lookup(t.Context(), ana.Peer()); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Lookup = %v", err)
	}
	if err := ana.attachment.Watch(t.Context(), nil, nil); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Watch = %v", err)
	}
	if _, err := ana.attachment.Send(t.Context(), ana.Peer(), []byte("x")); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("Send = %v", err)
	}
	ana.attachment.Detach()
}

func manyAtOnce(t *testing.T, opened *Cluster) {
	const count = 20
	devices := make([]rendezvoustest.Device, count)
	all := make([]identity.PeerID, count)
	for i := range devices {
		devices[i] = rendezvoustest.NewDevice(t)
		all[i] = devices[i].Peer()
	}
	members := make([]*member, count)
	var group sync.WaitGroup
	for i := range devices {
		there := opened.next()
		group.Go(func() {
			m := &member{Device: devices[i], sink: &sink{cluster: opened}}
			record, err := engine.ParseRecord(m.Peer(), m.Record)
			if err != nil {
				t.Errorf("ParseRecord: %v", err)
				return
			}
			if m.attachment, err = there.Attach(t.Context(), m.Peer(), m.Keys.Device(), record, m.sink); err != nil {
				t.Errorf("Attach: %v", err)
				return
			}
			if err = m.attachment.Watch(t.Context(), all, nil); err != nil {
				t.Errorf("Watch: %v", err)
			}
			for _, to := range all {
				if _, err = m.attachment.Send(t.Context(), to, []byte("hello")); err != nil {
					t.Errorf("Send: %v", err)
				}
			}
			members[i] = m
		})
	}
	group.Wait()
	opened.settle(t)
	for _, m := range members {
		if m == nil {
			continue
		}
		online := make(map[string]bool)
		m.mu.Lock()
		for _, note := range m.notes {
			online[note] = true
		}
		m.mu.Unlock()
		for _, other := range all {
			if other != m.Peer() && !online[presence(other, true)] {
				t.Errorf("presence of a member is missing")
			}
		}
	}
}

func endedDoesNothing(t *testing.T, opened *Cluster) {
	ana, ben := join(t, opened), join(t, opened)
	ana.attachment.Detach()
	ana.attachment.Detach()
	if err := ana.attachment.Watch(t.Context(), only(ben.Peer()), nil); err == nil {
		t.Error("Watch after Detach went through")
	}
	if _, err := ana.attachment.Send(t.Context(), ben.Peer(), []byte("x")); err == nil {
		t.Error("Send after Detach went through")
	}
	if err := ana.attachment.Publish(t.Context(), parse(t, ana.Device, ana.Record)); err == nil {
		t.Error("Publish after Detach went through")
	}
	ben.expect(t)
}

func refusedAttach(t *testing.T, opened *Cluster) {
	ana, other := rendezvoustest.NewDevice(t), rendezvoustest.NewDevice(t)
	_, err := opened.next().Attach(t.Context(), ana.Peer(), other.Keys.Device(), parse(t, ana, ana.Record), &sink{cluster: opened})
	if !errors.Is(err, engine.ErrRevoked) {
		t.Errorf("Attach of a foreign device = %v", err)
	}
	if _, found, lookupErr := opened.next().Lookup(t.Context(), ana.Peer()); found || lookupErr != nil {
		t.Errorf("Lookup = %t, %v", found, lookupErr)
	}
}
