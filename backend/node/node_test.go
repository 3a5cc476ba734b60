package node_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/node/nodetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func logger(name string) *slog.Logger {
	if os.Getenv("TINCAN_LOG") == "" {
		return nil
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})).With("who", name)
}

func person(t *testing.T, name string, server identity.Server) *nodetest.Person {
	t.Helper()
	one, err := nodetest.New(t.Context(), t.TempDir(), name, server, logger(name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := one.Close(); err != nil {
			t.Error(err)
		}
	})
	return one
}

// same waits until both disks hold the same n messages in the same order.
func same(t *testing.T, conversation uuid.UUID, n int, people ...*nodetest.Person) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	var first []node.Message
	for _, one := range people {
		var texts []node.Message
		if err := one.Until(ctx, fmt.Sprintf("%d messages are there", n), func() bool {
			texts, _ = one.Texts(ctx, conversation)
			return len(texts) >= n
		}); err != nil {
			t.Fatal(err)
		}
		if len(texts) != n {
			t.Fatalf("%s holds %d messages, not %d", one.Name, len(texts), n)
		}
		if first == nil {
			first = texts
		}
		for i := range texts {
			if texts[i].Hash != first[i].Hash || texts[i].Order != first[i].Order {
				t.Fatalf("%s has %q where the other has %q", one.Name, texts[i].Text, first[i].Text)
			}
		}
	}
}

func TestTwoPeopleChat(t *testing.T) {
	server := rendezvoustest.Start(t)
	ana, ben := person(t, "Ana", server.Server()), person(t, "Ben", server.Server())
	conversation, err := nodetest.Meet(t.Context(), ana, ben)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		nodetest.Must[node.Message](t)(ana.SendText(t.Context(), conversation, fmt.Sprintf("Ana %d", i)))
		nodetest.Must[node.Message](t)(ben.SendText(t.Context(), conversation, fmt.Sprintf("Ben %d", i)))
	}
	same(t, conversation, 41, ana, ben)
}

// TestClockWrongByADay: signals are judged by the server's time, so a wrong
// clock keeps nobody from talking; the person is told.
func TestClockWrongByADay(t *testing.T) {
	server := rendezvoustest.Start(t)
	ana, ben := person(t, "Ana", server.Server()), person(t, "Ben", server.Server())
	if err := ana.Close(); err != nil {
		t.Fatal(err)
	}
	ana.Now = func() time.Time { return time.Now().Add(24 * time.Hour) }
	if err := ana.Open(t.Context(), logger("Ana")); err != nil {
		t.Fatal(err)
	}
	conversation, err := nodetest.Meet(t.Context(), ana, ben)
	if err != nil {
		t.Fatal(err)
	}
	nodetest.Must[node.Message](t)(ana.SendText(t.Context(), conversation, "from tomorrow"))
	nodetest.Must[node.Message](t)(ben.SendText(t.Context(), conversation, "from today"))
	same(t, conversation, 3, ana, ben)
	if live := nodetest.Must[node.Live](t)(ana.Live(t.Context())); live.Clock.Abs() < 23*time.Hour {
		t.Errorf("Ana is not told that her clock is wrong: %v", live.Clock)
	}
}

// TestLinesAreReplaced: whichever side loses its device, the next line brings
// what is missing, once.
func TestLinesAreReplaced(t *testing.T) {
	server := rendezvoustest.Start(t)
	people := [2]*nodetest.Person{person(t, "Ana", server.Server()), person(t, "Ben", server.Server())}
	conversation, err := nodetest.Meet(t.Context(), people[0], people[1])
	if err != nil {
		t.Fatal(err)
	}
	sent := 1
	for round := range 6 {
		gone, here := people[round%2], people[1-round%2]
		if err := gone.Close(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			nodetest.Must[node.Message](t)(here.SendText(t.Context(), conversation, "while you are away"))
			sent++
		}
		if err := gone.Open(t.Context(), logger(gone.Name)); err != nil {
			t.Fatal(err)
		}
		nodetest.Must[node.Message](t)(gone.SendText(t.Context(), conversation, "back again"))
		sent++
		same(t, conversation, sent, people[0], people[1])
	}
}

// TestBannedPersonIsNotHeard: the line closes at once, nothing arrives, and
// after the ban everything does.
func TestBannedPersonIsNotHeard(t *testing.T) {
	server := rendezvoustest.Start(t)
	ana, ben := person(t, "Ana", server.Server()), person(t, "Ben", server.Server())
	conversation, err := nodetest.Meet(t.Context(), ana, ben)
	if err != nil {
		t.Fatal(err)
	}
	same(t, conversation, 1, ana, ben)
	start := time.Now()
	ban := nodetest.Must[node.Ban](t)(ana.AddBan(t.Context(), node.Ban{Kind: node.BanPeer, Peer: ben.Keys.Peer(), Reason: "enough"}))
	if live := nodetest.Must[node.Live](t)(ana.Live(t.Context())); live.Lines != 0 || time.Since(start) > 100*time.Millisecond {
		t.Errorf("%d lines are open %v after the ban", live.Lines, time.Since(start))
	}
	var refusal *node.Refusal
	if _, err := ana.SendText(t.Context(), conversation, "hello?"); !errors.As(err, &refusal) || refusal.Code != "banned" {
		t.Errorf("writing to a banned person: %v", err)
	}
	nodetest.Must[node.Message](t)(ben.SendText(t.Context(), conversation, "do you hear me?"))
	if err := ben.Until(t.Context(), "the ban looks like absence", func() bool {
		return ben.Line(t.Context(), ana.Keys.Peer()).State == node.LineWaiting
	}); err != nil {
		t.Error(err)
	}
	if texts := nodetest.Must[[]node.Message](t)(ana.Texts(t.Context(), conversation)); len(texts) != 1 {
		t.Errorf("a banned person's message arrived: %d", len(texts))
	}
	nodetest.Must[node.Ban](t)(ana.RemoveBan(t.Context(), ban.ID))
	same(t, conversation, 2, ana, ben)
}
