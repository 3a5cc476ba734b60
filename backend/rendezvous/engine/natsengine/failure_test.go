package natsengine

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/switchboard"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

func TestServerStopsWithoutAWord(t *testing.T) {
	t.Parallel()
	all := startAll(t, clusterOptions(t, 3))
	ana, ben := visit(t, all[0], rendezvoustest.NewDevice(t)), visit(t, all[1], rendezvoustest.NewDevice(t))
	ana.watch(t, ben.Peer())
	ben.watch(t, ana.Peer())
	ana.expect(t, presence(ben.Peer(), true))
	ben.expect(t, presence(ana.Peer(), true))
	settle(t, all)

	since := time.Now()
	all[1].embedded.server.Shutdown()
	ana.expect(t, presence(ben.Peer(), false))
	if took := time.Since(since); took > 2*time.Second {
		t.Errorf("gone after %s", took)
	}
	ben.expect(t, presence(ana.Peer(), false))
	if err := all[1].Healthy(t.Context()); err == nil {
		t.Error("the engine without its server is healthy")
	}
	if err := all[0].Healthy(t.Context()); err != nil {
		t.Errorf("two of three: %v", err)
	}
	again := visit(t, all[2], ben.Device)
	again.watch(t, ana.Peer())
	ana.expect(t, presence(ben.Peer(), true))
	again.expect(t, presence(ana.Peer(), true))
}

// TestSignalToAWrongNode: a signal finds its recipient although it went to a node
// where they are not, and whoever is nowhere is absent at once, as on a node that is gone.
func TestSignalToAWrongNode(t *testing.T) {
	t.Parallel()
	all := startAll(t, clusterOptions(t, 3))
	ana, ben := visit(t, all[0], rendezvoustest.NewDevice(t)), visit(t, all[1], rendezvoustest.NewDevice(t))
	settle(t, all)
	from := all[0].uplink
	wrong, known := from.links.node(all[2].uplink.incarnation)
	if !known {
		t.Fatal("the nodes do not know each other")
	}
	relay := func(to rendezvoustest.Device, envelope string) engine.Outcome {
		t.Helper()
		told := make(chan engine.Outcome, 1)
		relayed := switchboard.Relayed{Watched: true, Known: true, OnOne: true, On: wrong}
		if outcome := from.relay(ana.Peer(), to.Peer(), []byte(envelope), relayed, func(one engine.Outcome) { told <- one }); outcome != 0 {
			t.Fatalf("relay = %d before anybody answered", outcome)
		}
		select {
		case outcome := <-told:
			return outcome
		case <-time.After(signalWait - pingEvery):
			t.Error("no answer in time")
			return 0
		}
	}
	if outcome := relay(ben.Device, "one"); outcome != engine.Accepted {
		t.Errorf("for somebody on a third node: %d", outcome)
	}
	ben.expect(t, "deliver one")
	if outcome := relay(rendezvoustest.NewDevice(t), "two"); outcome != engine.Absent {
		t.Errorf("for nobody: %d", outcome)
	}
	all[2].embedded.server.Shutdown()
	if outcome := relay(ben.Device, "three"); outcome != engine.Absent {
		t.Errorf("to a node that is gone: %d", outcome)
	}
}

func TestHintsAndNotices(t *testing.T) {
	t.Parallel()
	all := startAll(t, externalOptions(t, startNATS(t), 3))
	ana := visit(t, all[0], rendezvoustest.NewDevice(t))
	for _, one := range all {
		_, before := ana.last()
		one.hint(ana.Peer())
		eventually(t, "a hint", func() bool { line, count := ana.last(); return count > before && line == "mail" })
	}
	notice := engine.Notice{URL: "wss://one.example:443", Weight: 7, Load: 3, Version: "1", Draining: true}
	all[0].Announce(notice)
	eventually(t, "the notice is everywhere", func() bool {
		for _, one := range all {
			node := one.Nodes()[0]
			if node.Notice != notice || node.Sessions != 1 || node.Self != (one == all[0]) {
				return false
			}
		}
		return true
	})
	ana.attachment.Detach()
	stop(t, all[0])
	eventually(t, "the node is gone", func() bool { return len(all[1].Nodes()) == 2 })
}

// TestOwnNATSComesBack has the server of somebody else restart: what was missed is mended.
func TestOwnNATSComesBack(t *testing.T) {
	t.Parallel()
	running := startNATS(t)
	all := startAll(t, externalOptions(t, running, 2))
	ana, ben := visit(t, all[0], rendezvoustest.NewDevice(t)), visit(t, all[1], rendezvoustest.NewDevice(t))
	ana.watch(t, ben.Peer())
	ben.watch(t, ana.Peer())
	ana.expect(t, presence(ben.Peer(), true))
	restartNATS(t, running)
	// What happens meanwhile is heard later, or known from the start.
	acquainted(t, all)
	ana.expect(t, presence(ben.Peer(), true))
	ben.attachment.Detach()
	ana.expect(t, presence(ben.Peer(), false))
}
