package node_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"

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
