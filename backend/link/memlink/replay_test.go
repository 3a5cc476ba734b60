package memlink_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/memlink"
)

// simulate runs two devices through a talk with a cut and a crash, on a clock
// of its own and without a goroutine, and answers what was told.
func simulate(t *testing.T, seed byte) string {
	t.Helper()
	random := rand.NewChaCha8([32]byte{seed})
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	network := memlink.NewNetwork(func() time.Time { return now }, func(link.Remote, link.Remote) time.Duration {
		return time.Duration(random.Uint64()%50) * time.Millisecond
	})
	var keys [2]*identity.Keys
	for i := range keys {
		made, err := identity.NewKeys(random)
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = made
	}
	slices.SortFunc(keys[:], func(a, b *identity.Keys) int { return a.Device().Compare(b.Device()) })
	remote := func(i int) link.Remote { return link.Remote{Peer: keys[i].Peer(), Device: keys[i].Device()} }
	var transports [2]*memlink.Transport
	var trace strings.Builder
	for i := range transports {
		made, err := network.New(memlink.Config{
			Identity: link.Identity{Peer: keys[i].Peer(), Device: keys[i].Device(), Sign: keys[i].SignAsDevice},
			Random:   random,
			Events: func(e link.Event) {
				fmt.Fprintf(&trace, "%v %d %v", now.Format("05.000"), i, e.Session)
				switch {
				case e.Signal != nil:
					fmt.Fprintf(&trace, " signal %d %x\n", e.Signal.Kind, e.Signal.Body)
					if e.Signal.Kind == link.SignalOffer {
						if acceptErr := transports[1-i].Accept(remote(i), *e.Signal, link.Options{}); acceptErr != nil {
							t.Error(acceptErr)
						}
					} else if deliverErr := transports[1-i].Deliver(remote(i), *e.Signal); deliverErr != nil {
						t.Error(deliverErr)
					}
				case e.Opened != nil:
					trace.WriteString(" opened\n")
					for n := range 5 {
						if sendErr := transports[i].Send(e.Session, []byte{byte(n)}); sendErr != nil {
							t.Error(sendErr)
						}
					}
				case e.Message != nil:
					fmt.Fprintf(&trace, " message %x\n", e.Message)
				case e.Path != nil:
					fmt.Fprintf(&trace, " path %v\n", e.Path.RoundTrip)
				case e.Closed != nil:
					fmt.Fprintf(&trace, " closed %d\n", e.Closed.Reason)
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		transports[i] = made
	}
	session, err := link.NewSession(now, random)
	if err != nil {
		t.Fatal(err)
	}
	if err = transports[0].Dial(session, remote(1), link.Options{}); err != nil {
		t.Fatal(err)
	}
	runUntil := func(end time.Time) {
		for {
			at, ok := network.Next()
			if !ok || at.After(end) {
				now = end
				return
			}
			if at.After(now) {
				now = at
			}
			network.Step()
		}
	}
	start := now
	runUntil(start.Add(15 * time.Second))
	network.Cut(keys[0].Device(), keys[1].Device())
	if err = transports[0].Send(session, []byte("through the cut")); err != nil {
		t.Error(err)
	}
	runUntil(start.Add(25 * time.Second))
	network.Heal(keys[0].Device(), keys[1].Device())
	runUntil(start.Add(40 * time.Second))
	transports[1].Crash()
	runUntil(start.Add(2 * time.Minute))
	for _, one := range transports {
		if err = one.Close(); err != nil {
			t.Error(err)
		}
	}
	return trace.String()
}

func TestTheSameSeedTellsTheSameStory(t *testing.T) {
	first := simulate(t, 1)
	if again := simulate(t, 1); again != first {
		t.Error("two runs of one seed differ")
	}
	if other := simulate(t, 2); other == first {
		t.Error("two seeds are alike")
	}
	if strings.Count(first, " opened") != 2 || strings.Count(first, " message") != 11 {
		t.Errorf("the story:\n%s", first)
	}
	// A cut of 10 s is survived; the crash is noticed by the silence.
	if strings.Count(first, fmt.Sprintf(" closed %d", link.ReasonSilence)) != 1 {
		t.Errorf("the story:\n%s", first)
	}
}
