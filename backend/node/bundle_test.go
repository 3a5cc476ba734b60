package node_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/node/nodetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// apart makes two people who met, and then takes the network from them.
func apart(t *testing.T) (ana, ben *nodetest.Person, conversation uuid.UUID) {
	t.Helper()
	server := rendezvoustest.Start(t)
	ana, ben = person(t, "Ana", server.Server()), person(t, "Ben", server.Server())
	conversation, err := nodetest.Meet(t.Context(), ana, ben)
	if err != nil {
		t.Fatal(err)
	}
	same(t, conversation, 1, ana, ben)
	server.Stop()
	for _, one := range []*nodetest.Person{ana, ben} {
		if err := one.Close(); err != nil {
			t.Fatal(err)
		}
		if err := one.Open(t.Context(), logger(one.Name)); err != nil {
			t.Fatal(err)
		}
	}
	return ana, ben, conversation
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if refusal, ok := errors.AsType[*node.Refusal](err); !ok || refusal.Code != code {
		t.Errorf("%s: %v, not %s", what, err, code)
	}
}

// TestBundle: what two people write to one another travels in files alone,
// whatever is repeated or lost of them, and each side learns what arrived.
func TestBundle(t *testing.T) {
	ana, ben, conversation := apart(t)
	var last node.Message
	for i := range 300 {
		last = nodetest.Must[node.Message](t)(ana.SendText(t.Context(), conversation, fmt.Sprint("without any network ", i)))
	}
	file := nodetest.Must[node.Bundle](t)(ana.ExportBundle(t.Context(), conversation))
	if file.Entries < 300 || file.More || file.Until.Before(time.Now()) {
		t.Errorf("%d entries, more %v, until %v", file.Entries, file.More, file.Until)
	}
	imported := nodetest.Must[node.Imported](t)(ben.ImportBundle(t.Context(), file.Data))
	if imported.Entries != file.Entries || imported.Peer != ana.Keys.Peer() || imported.Known || imported.Damaged {
		t.Errorf("%+v, of %d entries", imported, file.Entries)
	}
	same(t, conversation, 301, ana, ben)
	again := nodetest.Must[node.Imported](t)(ben.ImportBundle(t.Context(), file.Data))
	if again.Entries != 0 || !again.Known {
		t.Errorf("the second time: %+v", again)
	}
	back := nodetest.Must[node.Bundle](t)(ben.ExportBundle(t.Context(), conversation))
	nodetest.Must[node.Imported](t)(ana.ImportBundle(t.Context(), back.Data))
	told := nodetest.Must[node.Message](t)(ana.Store.Message(t.Context(), last.Hash))
	if !told.Delivered {
		t.Error("Ana is not told that it arrived")
	}
	steps := nodetest.Must[[]node.Step](t)(ana.Store.Steps(t.Context(), last.Hash))
	kinds := []node.StepKind{}
	for _, step := range steps {
		kinds = append(kinds, step.Kind)
	}
	if !slices.Equal(kinds, []node.StepKind{node.StepExported, node.StepDelivered}) || steps[1].Way != node.WayBundle {
		t.Errorf("%+v", steps)
	}
	if nothing := nodetest.Must[node.Bundle](t)(ana.ExportBundle(t.Context(), conversation)); nothing.Entries != 0 || len(nothing.Data) == 0 {
		t.Errorf("when nothing is missing: %d entries in %d bytes", nothing.Entries, len(nothing.Data))
	}
}

// TestBundleRefused: what is damaged or somebody else's is refused with a
// reason, and nothing is lost by it.
func TestBundleRefused(t *testing.T) {
	ana, ben, conversation := apart(t)
	carl := person(t, "Carl", identity.Server{})
	for i := range 200 {
		nodetest.Must[node.Message](t)(ana.SendText(t.Context(), conversation, fmt.Sprint("a long text, so that there are several letters ", i, strings.Repeat(" and more", 60))))
	}
	file := nodetest.Must[node.Bundle](t)(ana.ExportBundle(t.Context(), conversation)).Data
	take := func(who *nodetest.Person, data []byte) error {
		_, err := who.ImportBundle(t.Context(), data)
		return err
	}
	refused(t, "another kind of file", take(ben, []byte("GIF89a")), "bundle-none")
	refused(t, "a newer version", take(ben, []byte("tincan-bundle/9\n")), "bundle-version")
	refused(t, "an empty one", take(ben, []byte("tincan-bundle/1\n")), "bundle-foreign")
	refused(t, "for somebody else", take(carl, file), "bundle-foreign")
	refused(t, "my own", take(ana, file), "bundle-foreign")
	for _, at := range []int{30, 200, 5000} {
		broken := slices.Clone(file[:20_000])
		broken[at] ^= 1
		refused(t, "a changed byte", take(ben, broken), "bundle-foreign")
	}
	refused(t, "of nobody", func() error { _, err := ben.ExportBundle(t.Context(), uuid.Nil); return err }(), "no-conversation")

	half := nodetest.Must[node.Imported](t)(ben.ImportBundle(t.Context(), file[:len(file)-1000]))
	if !half.Damaged || half.Entries == 0 {
		t.Errorf("a file that was cut off: %+v", half)
	}
	whole := nodetest.Must[node.Imported](t)(ben.ImportBundle(t.Context(), file))
	if whole.Damaged || whole.Known || whole.Entries == 0 {
		t.Errorf("then the whole one: %+v", whole)
	}
	same(t, conversation, 201, ana, ben)

	ban := nodetest.Must[node.Ban](t)(ben.AddBan(t.Context(), node.Ban{Kind: node.BanPeer, Peer: ana.Keys.Peer()}))
	nodetest.Must[node.Message](t)(ana.SendText(t.Context(), conversation, "one more"))
	file = nodetest.Must[node.Bundle](t)(ana.ExportBundle(t.Context(), conversation)).Data
	refused(t, "of somebody banned", take(ben, file), "bundle-banned")
	nodetest.Must[node.Ban](t)(ben.RemoveBan(t.Context(), ban.ID))
}

// TestBundleWithAWrongClock: what the servers say of the clock holds for files too.
func TestBundleWithAWrongClock(t *testing.T) {
	server := rendezvoustest.Start(t)
	ana, ben := person(t, "Ana", server.Server()), person(t, "Ben", server.Server())
	if err := ben.Close(); err != nil {
		t.Fatal(err)
	}
	ben.Now = func() time.Time { return time.Now().Add(-24 * time.Hour) }
	if err := ben.Open(t.Context(), logger("Ben")); err != nil {
		t.Fatal(err)
	}
	conversation, err := nodetest.Meet(t.Context(), ana, ben)
	if err != nil {
		t.Fatal(err)
	}
	file := nodetest.Must[node.Bundle](t)(ana.ExportBundle(t.Context(), conversation))
	if imported := nodetest.Must[node.Imported](t)(ben.ImportBundle(t.Context(), file.Data)); imported.Peer != ana.Keys.Peer() {
		t.Errorf("%+v", imported)
	}
}

// TestSteps: the way of a message over a line is told.
func TestSteps(t *testing.T) {
	server := rendezvoustest.Start(t)
	ana, ben := person(t, "Ana", server.Server()), person(t, "Ben", server.Server())
	conversation, err := nodetest.Meet(t.Context(), ana, ben)
	if err != nil {
		t.Fatal(err)
	}
	message := nodetest.Must[node.Message](t)(ana.SendText(t.Context(), conversation, "hello"))
	same(t, conversation, 2, ana, ben)
	if err := ben.MarkRead(t.Context(), conversation, journal.Vector{message.Log: {Sequence: message.Sequence}}); err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	var steps []node.Step
	if err := ana.Until(ctx, "it was read", func() bool {
		steps, _ = ana.Store.Steps(ctx, message.Hash)
		return len(steps) == 2
	}); err != nil {
		t.Fatal(err, steps)
	}
	if steps[0].Kind != node.StepDelivered || steps[1].Kind != node.StepRead || steps[0].Way != node.WayLAN || steps[0].Device != ben.Keys.Device() {
		t.Errorf("%+v", steps)
	}
	if found := nodetest.Must[node.Delivery](t)(ana.Delivery(ctx, conversation)); found.Mail != node.MailLine || found.Sent[message.Log].Sequence < message.Sequence || len(found.Servers) != 1 || !found.Servers[0].Up {
		t.Errorf("%+v", found)
	}
}
