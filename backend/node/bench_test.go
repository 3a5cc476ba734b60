package node_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/node/nodetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// pair returns two contacts with an open line.
func pair(b *testing.B) (ana, ben *nodetest.Person, conversation uuid.UUID) {
	b.Helper()
	server := rendezvoustest.Start(b)
	people := make([]*nodetest.Person, 0, 2)
	for _, name := range []string{"Ana", "Ben"} {
		one, err := nodetest.New(b.Context(), b.TempDir(), name, server.Server(), nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = one.Close() })
		people = append(people, one)
	}
	conversation, err := nodetest.Meet(b.Context(), people[0], people[1])
	if err != nil {
		b.Fatal(err)
	}
	return people[0], people[1], conversation
}

// delivered returns a function that waits until the peer's device said that it
// holds my log up to a sequence: stored and acknowledged.
func delivered(b *testing.B, from *nodetest.Person, to identity.PeerID) func(sequence uint64) {
	b.Helper()
	var mutex sync.Mutex
	positions := sync.NewCond(&mutex)
	moved := 0
	from.OnChange(func(changes []node.Change) {
		for _, change := range changes {
			if change.Position != uuid.Nil {
				mutex.Lock()
				moved++
				mutex.Unlock()
				positions.Broadcast()
			}
		}
	})
	return func(sequence uint64) {
		mutex.Lock()
		defer mutex.Unlock()
		for from.Delivered(context.Background(), to) < sequence {
			before := moved
			for moved == before {
				positions.Wait()
			}
		}
	}
}

// BenchmarkSendToAcknowledged measures one 200-byte text from the call until
// both disks hold it and the sender knows.
func BenchmarkSendToAcknowledged(b *testing.B) {
	ana, ben, conversation := pair(b)
	wait := delivered(b, ana, ben.Keys.Peer())
	text := strings.Repeat("x", 200)
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		sent, err := ana.SendText(b.Context(), conversation, text)
		if err != nil {
			b.Fatal(err)
		}
		wait(sent.Sequence)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
}

// BenchmarkOneWay measures texts a second, durable on both sides, with many
// calls at once.
func BenchmarkOneWay(b *testing.B) {
	ana, ben, conversation := pair(b)
	wait := delivered(b, ana, ben.Keys.Peer())
	text := strings.Repeat("x", 200)
	b.ResetTimer()
	const callers = 256
	var group sync.WaitGroup
	var last sync.Map
	for caller := range callers {
		group.Go(func() {
			for i := caller; i < b.N; i += callers {
				sent, err := ana.SendText(b.Context(), conversation, text)
				if err != nil {
					b.Error(err)
					return
				}
				last.Store(caller, sent.Sequence)
			}
		})
	}
	group.Wait()
	highest := uint64(0)
	last.Range(func(_, value any) bool {
		if sequence, ok := value.(uint64); ok {
			highest = max(highest, sequence)
		}
		return true
	})
	wait(highest)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
