package node_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/node/nodetest"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsengine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// stage is two people and what lies between them. Whoever is closed is away.
type stage struct {
	t            *testing.T
	server       *rendezvoustest.Server
	ana, ben     *nodetest.Person
	away         map[*nodetest.Person]bool
	conversation uuid.UUID
	sent         int
	mail         string // the server's folder
}

// newStage makes two people who met, and are both away.
func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, away: map[*nodetest.Person]bool{}, sent: 1, mail: t.TempDir()}
	s.server = rendezvoustest.Start(t, s.keepMail)
	var err error
	s.ana, s.ben = person(t, "Ana", s.server.Server()), person(t, "Ben", s.server.Server())
	if s.conversation, err = nodetest.Meet(t.Context(), s.ana, s.ben); err != nil {
		t.Fatal(err)
	}
	same(t, s.conversation, 1, s.ana, s.ben)
	s.delivered(s.ben, s.ana)
	s.goAway(s.ana)
	s.goAway(s.ben)
	return s
}

// keepMail gives a server a mailbox on disk, the same each time.
func (s *stage) keepMail(o *rendezvous.Options) {
	s.t.Helper()
	kept, err := natsengine.Open(s.t.Context(), natsengine.Options{
		Mode: natsengine.Solo, Folder: s.mail,
		OpenStore: func(ctx context.Context, connection *nats.Conn, store natsengine.StoreOptions) (natsengine.Store, error) {
			return natsstore.Open(ctx, connection, natsstore.Options{Replicas: store.Replicas, Now: store.Now, Hint: store.Hint})
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	o.Engine, o.Mailbox = kept, true // the server closes it
}

func (s *stage) comes(one *nodetest.Person) {
	s.t.Helper()
	if !s.away[one] {
		return
	}
	if err := one.Open(s.t.Context(), logger(one.Name)); err != nil {
		s.t.Fatal(err)
	}
	delete(s.away, one)
}

func (s *stage) goAway(one *nodetest.Person) {
	s.t.Helper()
	if s.away[one] {
		return
	}
	if err := one.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.away[one] = true
}

// says lets somebody write and leaves them as they were.
func (s *stage) says(one *nodetest.Person, count int) {
	s.t.Helper()
	for range count {
		s.sent++
		nodetest.Must[node.Message](s.t)(one.SendText(s.t.Context(), s.conversation, fmt.Sprint(one.Name, " ", s.sent)))
	}
}

// until waits for something about what somebody wrote.
func (s *stage) until(one *nodetest.Person, what string, holds func(node.Message) bool) {
	s.t.Helper()
	ctx := context.WithoutCancel(s.t.Context())
	if err := one.Until(ctx, what, func() bool {
		texts, err := one.Texts(ctx, s.conversation)
		return err == nil && !slices.ContainsFunc(texts, func(m node.Message) bool { return m.Mine && !holds(m) })
	}); err != nil {
		found, failure := one.Delivery(ctx, s.conversation)
		s.t.Fatalf("%v: mail %s at %v, servers %+v, %v", err, found.Mail, found.MailAt, found.Servers, failure)
	}
}

// delivered waits until somebody is told that everything arrived.
func (s *stage) delivered(one, _ *nodetest.Person) {
	s.t.Helper()
	s.until(one, "everything is delivered", func(m node.Message) bool { return m.Delivered })
}

// carrier brings what one person wrote to the other, and what is to be told of
// that back. It begins and ends with both away.
type carrier struct {
	name string
	ways []node.Way // that the author may be told of
	// write is where the author writes, carry what follows.
	carry func(s *stage, from, to *nodetest.Person, write func())
}

// carriers are all ways that this process has. Lines through relays and between
// networks are tried with the same programs in the NAT lab.
var carriers = []carrier{
	{"line", []node.Way{node.WayLAN, node.WayDirect}, func(s *stage, from, to *nodetest.Person, write func()) {
		s.comes(from)
		s.comes(to)
		s.line(from, to)
		write()
		s.delivered(from, to)
	}},
	{"mailbox", []node.Way{node.WayMail}, func(s *stage, from, to *nodetest.Person, write func()) {
		s.comes(from)
		write()
		s.until(from, "a mailbox keeps it", func(m node.Message) bool { return m.Stored || m.Delivered })
		s.goAway(from)
		s.comes(to)
		same(s.t, s.conversation, s.sent, to)
		s.until(to, "what they wrote themselves is not stuck", func(m node.Message) bool { return m.Stored || m.Delivered })
		s.acknowledgesByMail(to)
		s.goAway(to)
		s.comes(from)
		s.delivered(from, to)
	}},
	{"bundle", []node.Way{node.WayBundle, node.WayUnknown}, func(s *stage, from, to *nodetest.Person, write func()) {
		s.server.Stop()
		s.comes(from)
		write()
		s.hands(from, to)
		s.hands(from, to) // the same once more
		s.hands(to, from)
		s.delivered(from, to)
		s.goAway(from)
		s.goAway(to)
		s.server.BeginWith(s.keepMail)
	}},
}

// acknowledgesByMail waits until somebody owes no letter.
func (s *stage) acknowledgesByMail(one *nodetest.Person) {
	s.t.Helper()
	ctx := context.WithoutCancel(s.t.Context())
	if err := one.Until(ctx, "the acknowledgement is stored", func() bool {
		snapshot, err := one.Store.Load(ctx)
		return err == nil && !slices.ContainsFunc(snapshot.Outgoing, func(o node.Outgoing) bool { return o.Until.IsZero() })
	}); err != nil {
		s.t.Fatal(err)
	}
}

// line waits until there is a line: otherwise a letter may be sooner.
func (s *stage) line(from, to *nodetest.Person) {
	s.t.Helper()
	ctx := context.WithoutCancel(s.t.Context())
	if err := from.Focus(ctx, s.conversation); err != nil {
		s.t.Fatal(err)
	}
	if err := from.Until(ctx, "there is a line", func() bool {
		return from.Line(ctx, to.Keys.Peer()).State == node.LineOpen
	}); err != nil {
		s.t.Fatal(err)
	}
}

// hands carries a file from one to the other.
func (s *stage) hands(from, to *nodetest.Person) {
	s.t.Helper()
	s.comes(from)
	s.comes(to)
	file := nodetest.Must[node.Bundle](s.t)(from.ExportBundle(s.t.Context(), s.conversation))
	nodetest.Must[node.Imported](s.t)(to.ImportBundle(s.t.Context(), file.Data))
}

// TestCarriers: every carrier, and each after each other one, brings everything
// once and in the same order, both ways, and the author is told that it arrived
// and by what.
func TestCarriers(t *testing.T) {
	for _, first := range carriers {
		for _, second := range carriers {
			t.Run(first.name+" then "+second.name, func(t *testing.T) {
				t.Parallel()
				s := newStage(t)
				for turn, by := range []carrier{first, second} {
					from, to := s.ana, s.ben
					if turn == 1 {
						from, to = to, from
					}
					before := s.sent
					by.carry(s, from, to, func() { s.says(from, 40) })
					s.told(from, by, s.sent-before)
					s.goAway(from)
					s.goAway(to)
				}
				s.comes(s.ana)
				s.comes(s.ben)
				same(t, s.conversation, s.sent, s.ana, s.ben)
			})
		}
	}
}

// told checks what the author is told of the last messages.
func (s *stage) told(from *nodetest.Person, by carrier, count int) {
	s.t.Helper()
	s.comes(from)
	var mine []node.Message
	for _, message := range nodetest.Must[[]node.Message](s.t)(from.Texts(s.t.Context(), s.conversation)) {
		if message.Mine {
			mine = append(mine, message)
		}
	}
	for _, message := range mine[len(mine)-count:] {
		steps := nodetest.Must[[]node.Step](s.t)(from.Store.Steps(s.t.Context(), message.Hash))
		at := slices.IndexFunc(steps, func(one node.Step) bool { return one.Kind == node.StepDelivered })
		if at < 0 || !slices.Contains(by.ways, steps[at].Way) {
			s.t.Fatalf("%q by %s: %+v", message.Text, by.name, steps)
		}
	}
}
