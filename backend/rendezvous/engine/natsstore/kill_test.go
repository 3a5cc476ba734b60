package natsstore_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
)

var killRounds = flag.Int("kill.rounds", 3, "how many nodes TestKill kills; 20 is what is promised")

// load is writers that put as long as the test lets them.
type load struct {
	next      atomic.Int64
	failed    atomic.Int64
	writing   sync.WaitGroup
	mu        sync.Mutex
	confirmed map[int]bool
	last      time.Time     // confirmation
	longest   time.Duration // without any confirmation, since it was asked
}

func (l *load) confirm(number int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.confirmed[number] = true
	l.longest = max(l.longest, now.Sub(l.last))
	l.last = now
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.confirmed)
}

// stalled returns the longest time without a confirmation since it was called before.
func (l *load) stalled() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	longest := max(l.longest, time.Since(l.last))
	l.longest, l.last = 0, time.Now()
	return longest
}

// write puts a numbered envelope every few milliseconds; one that failed is not put again.
func (l *load) write(ctx context.Context, mailbox engine.Mailbox) {
	pace := time.NewTicker(10 * time.Millisecond)
	defer pace.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pace.C:
		}
		number := int(l.next.Add(1))
		// Begun is begun: what the end of the test would cancel might be stored without anybody knowing.
		err := mailbox.Put(context.WithoutCancel(ctx), ownerOf(number), engine.BoxContact, engine.Tag{}, envelope(number, 256), time.Now().Add(time.Hour))
		if err != nil {
			l.failed.Add(1)
			continue
		}
		l.confirm(number)
	}
}

// TestKill kills nodes under load: nothing that was acknowledged is lost, and nothing is there twice.
func TestKill(t *testing.T) {
	running := launchNodes(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l := &load{confirmed: make(map[int]bool), last: time.Now()}
	var mailbox engine.Mailbox
	var watching *nats.Conn
	for i := range running.urls {
		// Each store prefers another node.
		watching = dial(t, append(slices.Clone(running.urls[i:]), running.urls[:i]...)...)
		store := open(t, watching, natsstore.Options{Replicas: 3})
		mailbox = store.Mailbox()
		for writer := range 16 {
			if writer%3 == i {
				l.writing.Go(func() { l.write(ctx, store.Mailbox()) })
			}
		}
	}
	js, err := jetstream.New(watching)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	for round := range *killRounds {
		begun := l.count()
		eventually(t, "mail before a node is killed", func() bool { return l.count() > begun+500 })
		victim := rand.N(3)
		if round == 0 {
			victim = leader(t, js)
		}
		l.stalled()
		running.launched[victim].kill()
		begun = l.count()
		eventually(t, "mail without the node", func() bool { return l.count() > begun+500 })
		stalled := l.stalled()
		running.launch(t, victim)
		eventually(t, "all replicas", func() bool { return complete(t, js) })
		t.Logf("round %d: node %d killed, writes stalled %v, %d acknowledged, %d failed", round, victim, stalled.Round(time.Millisecond), l.count(), l.failed.Load())
		if stalled > 10*time.Second {
			t.Errorf("writes stalled %v", stalled)
		}
	}
	cancel()
	l.writing.Wait()

	found := map[int]int{}
	for first := 0; first <= int(l.next.Load()); first += 500 {
		for _, number := range numbersOf(t, mailbox, first) {
			found[number]++
		}
	}
	for number := range l.confirmed {
		if found[number] == 0 {
			t.Errorf("%d was acknowledged and is lost", number)
		}
	}
	for number, count := range found {
		if count > 1 {
			t.Errorf("%d is there %d times", number, count)
		}
		if number < 1 || number > int(l.next.Load()) {
			t.Errorf("%d was never put", number)
		}
	}
	t.Logf("%d acknowledged, %d there", len(l.confirmed), len(found))
}

// leader returns which node leads the stream that the load goes to.
func leader(t *testing.T, js jetstream.JetStream) int {
	t.Helper()
	stream, err := js.Stream(within(t), "TINCAN_MAIL_contact-small-0")
	if err != nil {
		t.Fatalf("Stream: %v", err)
	}
	return int(stream.CachedInfo().Cluster.Leader[len("node-")] - '0')
}

// complete says whether every replica of every stream is up to date.
func complete(t *testing.T, js jetstream.JetStream) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	list := js.ListStreams(ctx)
	count := 0
	for info := range list.Info() {
		count++
		if info.Cluster == nil || info.Cluster.Leader == "" || len(info.Cluster.Replicas) != 2 {
			return false
		}
		for _, replica := range info.Cluster.Replicas {
			if replica.Offline || !replica.Current && strings.HasPrefix(info.Config.Name, "TINCAN") {
				return false
			}
		}
	}
	return list.Err() == nil && count > 0
}
