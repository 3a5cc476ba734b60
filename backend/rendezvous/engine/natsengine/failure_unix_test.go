//go:build unix

package natsengine

import (
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// TestFrozenAndKilledNode stops a node's process without a word, lets it go on,
// and kills it.
func TestFrozenAndKilledNode(t *testing.T) {
	t.Parallel()
	options := clusterOptions(t, 3)
	anaDevice, ben := rendezvoustest.NewDevice(t), rendezvoustest.NewDevice(t)
	var node *child
	var group sync.WaitGroup
	group.Go(func() { node = startChild(t, options[2], ben, anaDevice.Peer()) })
	all := make([]*Engine, 2)
	for i := range all {
		group.Go(func() {
			opened, err := Open(t.Context(), options[i])
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			t.Cleanup(func() { stop(t, opened) })
			all[i] = opened
		})
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
	ana := visit(t, all[0], anaDevice)
	ana.watch(t, ben.Peer())
	ana.expect(t, presence(ben.Peer(), true))
	node.expect(t, presence(ana.Peer(), true))

	signal := func(what syscall.Signal) time.Time {
		t.Helper()
		if err := node.process.Signal(what); err != nil {
			t.Fatal(err)
		}
		if what == syscall.SIGSTOP {
			// All its threads have to have stopped: one may answer meanwhile.
			var status syscall.WaitStatus
			if _, err := syscall.Wait4(node.process.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
				t.Fatalf("it is not stopped: %v, %v", status, err)
			}
		}
		return time.Now()
	}
	send := func() engine.Outcome {
		t.Helper()
		outcome, err := ana.attachment.Send(t.Context(), ben.Peer(), []byte("hello"))
		if err != nil {
			t.Fatal(err)
		}
		return outcome
	}
	if outcome := send(); outcome != engine.Accepted {
		t.Errorf("Send to another node = %v", outcome)
	}
	node.expect(t, "deliver hello")

	since := signal(syscall.SIGSTOP)
	if outcome := send(); outcome != engine.Absent {
		t.Errorf("Send to a frozen node = %v", outcome)
	}
	if took := time.Since(since); took > signalWait+time.Second {
		t.Errorf("Send to a frozen node took %s", took)
	}
	ana.expect(t, presence(ben.Peer(), false))
	t.Logf("frozen: gone after %s", time.Since(since))
	if took := time.Since(since); took > deadAfter+3*time.Second {
		t.Errorf("gone after %s", took)
	}
	if nodes := all[0].Nodes(); len(nodes) != 2 {
		t.Errorf("%d nodes while one is frozen", len(nodes))
	}
	_, told := node.last()
	since = signal(syscall.SIGCONT)
	ana.expect(t, presence(ben.Peer(), true))
	t.Logf("back after %s", time.Since(since))
	eventually(t, "the node that was frozen tells again who is there", func() bool {
		line, count := node.last()
		return count > told && line == presence(ana.Peer(), true)
	})

	since = signal(syscall.SIGKILL)
	ana.expect(t, presence(ben.Peer(), false))
	t.Logf("killed: gone after %s", time.Since(since))
	if took := time.Since(since); took > 2*time.Second {
		t.Errorf("gone after %s", took)
	}
	if outcome := send(); outcome != engine.Absent {
		t.Errorf("Send to a killed node = %v", outcome)
	}
	// What it watched is remembered elsewhere.
	ana.watch(t)
	late := visit(t, all[1], anaDevice)
	ana.expect(t, "ended 1")
	late.watch(t, ben.Peer())
	late.expect(t, presence(ben.Peer(), false))
}
