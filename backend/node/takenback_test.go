package node_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/node/nodetest"
)

// TestTakenBackAtTheServer: a letter that lies at a real server is deleted
// there, and whoever fetches later reads the rest and nothing of what was taken
// back, not even that something was.
func TestTakenBackAtTheServer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.comes(s.ana)
	s.says(s.ana, 2)
	regretted := nodetest.Must[node.Message](t)(s.ana.SendText(t.Context(), s.conversation, "regretted"))
	if err := s.ana.EditMessage(t.Context(), s.conversation, regretted.Hash, "regretted twice"); err != nil {
		t.Fatal(err)
	}
	s.says(s.ana, 2)
	s.until(s.ana, "a mailbox keeps it", func(m node.Message) bool { return m.Stored || m.Delivered })
	before := s.letters(s.ana)
	cancelled := nodetest.Must[node.Cancelled](t)(s.ana.CancelMessage(t.Context(), regretted, false))
	if cancelled.Outcome != node.CancelledAtServer || cancelled.Server != s.server.Server().Key {
		t.Fatalf("%+v", cancelled)
	}
	ctx := context.WithoutCancel(t.Context())
	if err := s.ana.Until(ctx, "a mailbox keeps the rest", func() bool {
		now := s.letters(s.ana)
		return len(now) > 0 && !slices.ContainsFunc(now, func(one node.Outgoing) bool {
			return one.Until.IsZero() || slices.ContainsFunc(before, func(old node.Outgoing) bool { return old.ID == one.ID })
		})
	}); err != nil {
		t.Fatal(err)
	}
	s.goAway(s.ana)

	s.comes(s.ben)
	var texts []node.Message
	if err := s.ben.Until(ctx, "Ben has the rest", func() bool {
		var err error
		texts, err = s.ben.Texts(ctx, s.conversation)
		return err == nil && len(texts) >= s.sent
	}); err != nil {
		t.Fatalf("%v: %+v", err, texts)
	}
	if len(texts) != s.sent || slices.ContainsFunc(texts, func(m node.Message) bool { return m.Deleted || m.Hash == regretted.Hash }) {
		t.Errorf("Ben has %+v", texts)
	}
	s.acknowledgesByMail(s.ben)
	s.goAway(s.ben)
	s.comes(s.ana)
	s.delivered(s.ana, s.ben)
	if _, err := s.ana.Store.Message(t.Context(), regretted.Hash); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("Ana's own copy: %v", err)
	}
}

// letters returns somebody's letters that are not acknowledged.
func (s *stage) letters(one *nodetest.Person) []node.Outgoing {
	s.t.Helper()
	return nodetest.Must[node.Snapshot](s.t)(one.Store.Load(context.WithoutCancel(s.t.Context()))).Outgoing
}
