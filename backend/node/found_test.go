package node_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/node/nodetest"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// findable is a real server with a mailbox and handles, as the binary has them.
func findable(t *testing.T) *rendezvoustest.Server {
	t.Helper()
	return rendezvoustest.Start(t, func(options *rendezvous.Options) {
		options.Mailbox, options.Directory.Hosts = true, []string{"127.0.0.1"}
	})
}

// claims takes a handle as soon as the server is reached.
func claims(t *testing.T, one *nodetest.Person, text string) node.Handle {
	t.Helper()
	reach(t, one)
	return nodetest.Must[node.Handle](t)(one.ClaimHandle(t.Context(), text))
}

func reach(t *testing.T, one *nodetest.Person) {
	t.Helper()
	if err := one.Until(t.Context(), "the server is reached", func() bool {
		live, err := one.Live(t.Context())
		return err == nil && len(live.Servers) == 1 && live.Servers[0].Up && live.Servers[0].Directory
	}); err != nil {
		t.Fatal(err)
	}
}

// TestFoundAtServer: a handle is taken and found at a real server, which checks
// signatures and the proof of work; the two chat, and it is given back.
func TestFoundAtServer(t *testing.T) {
	server := findable(t)
	ana, ben, cleo := person(t, "Ana", server.Server()), person(t, "Ben", server.Server()), person(t, "Cleo", server.Server())
	ctx := t.Context()
	if taken := claims(t, ana, "@Ana"); taken.String() != "ana@127.0.0.1" || taken.Server != server.Server().Key {
		t.Errorf("%+v", taken)
	}
	claims(t, ana, "ana") // twice is no harm
	reach(t, ben)
	reach(t, cleo)
	_, err := ben.ClaimHandle(ctx, "ana")
	refused(t, "somebody else's handle", err, "handle-taken")
	_, err = ben.ClaimHandle(ctx, "admin")
	refused(t, "a name that is kept back", err, "handle-taken")
	_, err = ben.FindHandle(ctx, "nobody@127.0.0.1")
	refused(t, "nobody's handle", err, "handle-not-found")

	found := nodetest.Must[node.Found](t)(ben.FindHandle(ctx, "ana@127.0.0.1"))
	if found.Peer != ana.Keys.Peer() || found.Name != "ana" || found.Conversation != uuid.Nil {
		t.Errorf("%+v", found)
	}
	asked := nodetest.Must[node.Contact](t)(ben.AskHandle(ctx, found.Handle, found.Peer, "May I?"))
	if err = ana.Until(ctx, "the request is there", func() bool {
		live, failure := ana.Live(ctx)
		return failure == nil && len(live.Requests) == 1
	}); err != nil {
		t.Fatal(err)
	}
	if live := nodetest.Must[node.Live](t)(ana.Live(ctx)); live.Requests[0].Text != "May I?" || live.Requests[0].InviteID != uuid.Nil {
		t.Errorf("%+v", live.Requests[0])
	}
	if kept := nodetest.Must[node.Contact](t)(ana.Accept(ctx, ben.Keys.Peer())); !kept.Stranger {
		t.Errorf("%+v", kept)
	}
	same(t, asked.Conversation, 1, ana, ben)
	nodetest.Must[node.Message](t)(ana.SendText(ctx, asked.Conversation, "Welcome"))
	nodetest.Must[node.Message](t)(ben.SendText(ctx, asked.Conversation, "Thanks"))
	same(t, asked.Conversation, 3, ana, ben)

	if err = ana.ReleaseHandle(ctx, "ana@127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	_, err = cleo.FindHandle(ctx, "ana@127.0.0.1")
	refused(t, "a handle that was given back", err, "handle-not-found")
	if err = ana.Close(); err != nil {
		t.Fatal(err)
	}
	if err = ana.Open(ctx, logger("Ana")); err != nil {
		t.Fatal(err)
	}
	if live := nodetest.Must[node.Live](t)(ana.Live(ctx)); len(live.Handles) != 0 {
		t.Errorf("%+v", live.Handles)
	}
}

// TestHandleLimits: the server's limits are sentences.
func TestHandleLimits(t *testing.T) {
	server := findable(t)
	ana := person(t, "Ana", server.Server())
	for _, text := range []string{"ana", "ana.k", "ana-2"} {
		claims(t, ana, text)
	}
	_, err := ana.ClaimHandle(t.Context(), "ana-3")
	refused(t, "the fourth", err, "handle-many")
	_, err = ana.ClaimHandle(t.Context(), "ana@localhost")
	refused(t, "a name under which the server was not added", err, "handle-server-unknown")
	live := nodetest.Must[node.Live](t)(ana.Live(t.Context()))
	if len(live.Handles) != 3 || live.Handles[0].Handle.Claimed.After(time.Now()) {
		t.Errorf("%+v", live.Handles)
	}
}

// TestHandleUnderAnotherName: a server that goes by another name takes no
// handles under the address that it was added by.
func TestHandleUnderAnotherName(t *testing.T) {
	server := rendezvoustest.Start(t, func(options *rendezvous.Options) {
		options.Mailbox, options.Directory.Hosts = true, []string{"chat.example"}
	})
	ana := person(t, "Ana", server.Server())
	reach(t, ana)
	_, err := ana.ClaimHandle(t.Context(), "ana")
	refused(t, "another name", err, "handle-not-here")
}
