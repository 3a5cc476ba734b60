package enginetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// sink notes what an attachment is told.
type sink struct {
	cluster *Cluster

	mu    sync.Mutex
	notes []string
	full  bool
}

func (s *sink) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, text)
}

func (s *sink) Deliver(envelope []byte) bool {
	s.note("deliver " + string(envelope))
	return !s.full
}

func (s *sink) Presence(peer identity.PeerID, online bool) {
	s.note(presence(peer, online))
}

func (s *sink) MailArrived() { s.note("mail") }

func (s *sink) Ended(reason engine.End) { s.note(fmt.Sprintf("ended %d", reason)) }

func presence(peer identity.PeerID, online bool) string {
	return fmt.Sprintf("presence %x %t", peer[:4], online)
}

// expect takes the notes since the last call; their order doesn't count, and
// presence may repeat what is known: an answer that was long under way.
func (s *sink) expect(t *testing.T, want ...string) {
	t.Helper()
	s.cluster.settle(t)
	s.mu.Lock()
	got := s.notes
	s.notes = nil
	s.mu.Unlock()
	once := func(notes []string) []string {
		slices.Sort(notes)
		return slices.CompactFunc(notes, func(a, b string) bool { return a == b && strings.HasPrefix(a, "presence") })
	}
	if !slices.Equal(once(got), once(want)) {
		t.Errorf("told %q, want %q", got, want)
	}
}

type member struct {
	rendezvoustest.Device
	*sink

	attachment engine.Attachment
}

func join(t *testing.T, opened *Cluster) *member {
	t.Helper()
	return joinAs(t, opened, rendezvoustest.NewDevice(t))
}

func joinAs(t *testing.T, opened *Cluster, device rendezvoustest.Device) *member {
	t.Helper()
	m := &member{Device: device, sink: &sink{cluster: opened}}
	attachment, err := opened.next().Attach(t.Context(), device.Peer(), device.Keys.Device(), parse(t, device, device.Record), m.sink)
	if err != nil {
		t.Fatalf("Attach: %v", err)
	}
	m.attachment = attachment
	return m
}

func parse(t *testing.T, device rendezvoustest.Device, message *wire.PeerRecord) engine.Record {
	t.Helper()
	record, err := engine.ParseRecord(device.Peer(), message)
	if err != nil {
		t.Fatalf("ParseRecord: %v", err)
	}
	return record
}

func (m *member) watch(t *testing.T, add, remove []identity.PeerID) {
	t.Helper()
	if err := m.attachment.Watch(t.Context(), add, remove); err != nil {
		t.Fatalf("Watch: %v", err)
	}
}

// send sends every other envelope without waiting, where that can be.
func (m *member) send(t *testing.T, to identity.PeerID, text string, want engine.Outcome) {
	t.Helper()
	m.cluster.settle(t)
	m.cluster.sent++
	got, err := engine.Outcome(0), error(nil)
	far, ok := m.attachment.(engine.Far)
	if ok = ok && m.cluster.sent%2 == 0; ok {
		told := make(chan engine.Outcome, 1)
		if got, ok = far.SendFar(to, []byte(text), func(outcome engine.Outcome) { told <- outcome }); ok && got == 0 {
			got = <-told
		}
	}
	if !ok {
		got, err = m.attachment.Send(t.Context(), to, []byte(text))
	}
	if err != nil || got != want {
		t.Errorf("Send = %v, %v, want %v", got, err, want)
	}
}
