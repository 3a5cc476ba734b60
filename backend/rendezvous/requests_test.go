package rendezvous_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// troubled is an engine whose store answers when a test lets it, or not at all.
type troubled struct {
	engine.Engine

	waiting atomic.Int32
	release chan struct{} // a question waits for it
	broken  atomic.Bool
}

func (e *troubled) Mailbox() engine.Mailbox {
	return troubledMailbox{Mailbox: e.Engine.Mailbox(), engine: e}
}

func (e *troubled) Table(name engine.TableName) engine.Table {
	return troubledTable{Table: e.Engine.Table(name), engine: e}
}

type troubledMailbox struct {
	engine.Mailbox

	engine *troubled
}

func (m troubledMailbox) Resolve(ctx context.Context, tag engine.Tag) (identity.PeerID, engine.Box, bool, error) {
	if m.engine.broken.Load() {
		return identity.PeerID{}, 0, false, engine.ErrUnavailable
	}
	m.engine.waiting.Add(1)
	defer m.engine.waiting.Add(-1)
	select {
	case <-ctx.Done():
		return identity.PeerID{}, 0, false, ctx.Err()
	case <-m.engine.release:
	}
	return m.Mailbox.Resolve(ctx, tag)
}

func (m troubledMailbox) Register(ctx context.Context, owner identity.PeerID, add []engine.TagClaim, remove []engine.Tag) error {
	if m.engine.broken.Load() {
		return engine.ErrUnavailable
	}
	return m.Mailbox.Register(ctx, owner, add, remove)
}

func (m troubledMailbox) Fetch(ctx context.Context, owner identity.PeerID, after []byte, size int) ([]engine.Mail, []byte, error) {
	if m.engine.broken.Load() {
		return nil, nil, engine.ErrUnavailable
	}
	return m.Mailbox.Fetch(ctx, owner, after, size)
}

func (m troubledMailbox) Delete(ctx context.Context, owner identity.PeerID, ids [][]byte) error {
	if m.engine.broken.Load() {
		return engine.ErrUnavailable
	}
	return m.Mailbox.Delete(ctx, owner, ids)
}

type troubledTable struct {
	engine.Table

	engine *troubled
}

func (t troubledTable) Get(ctx context.Context, key string) (engine.Change, error) {
	if t.engine.broken.Load() {
		return engine.Change{}, engine.ErrUnavailable
	}
	return t.Table.Get(ctx, key)
}

func withTrouble(e *troubled) func(*rendezvous.Options) {
	return func(o *rendezvous.Options) {
		e.Engine, e.release = memory.New(memory.Options{}), make(chan struct{})
		o.Engine = e
	}
}

// TestSlowStore: a session goes on while its store does not answer, what waits
// is bounded, and a server can be closed.
func TestSlowStore(t *testing.T) {
	t.Parallel()
	var trouble troubled
	server := start(t, withMailbox, manyFrames, withTrouble(&trouble))
	ana := come(t, server, protocol.Protobuf)
	tag := randomTag(t)
	ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT))
	const sent = 50
	for i := range uint64(sent) {
		ana.send(&wire.ClientFrame{Kind: &wire.ClientFrame_PutMail{PutMail: &wire.PutMail{Id: i, Envelope: letter(t, tag)}}})
	}
	ana.send(heartbeat(7))
	refused := 0
	for {
		frame := ana.mustRead()
		if frame.GetHeartbeatReply() != nil {
			break
		}
		if frame.GetPutResult().GetOutcome() != wire.PutOutcome_PUT_OUTCOME_UNAVAILABLE {
			t.Fatalf("answer %v", frame)
		}
		refused++
	}
	if waiting := sent - refused; waiting < 30 || waiting > 33 {
		t.Errorf("%d wait", waiting)
	}
	if one := trouble.waiting.Load(); one > 1 {
		t.Errorf("%d questions of one device at once", one)
	}
	trouble.release <- struct{}{}
	for {
		if frame := ana.mustRead(); frame.GetPutResult() != nil {
			if result := frame.GetPutResult(); result.GetId() != 0 || result.GetOutcome() != wire.PutOutcome_PUT_OUTCOME_STORED {
				t.Errorf("answer %v", result)
			}
			break
		}
	}
	ana.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Goodbye{Goodbye: &wire.Goodbye{}}})
	ana.expectClosed()
	server.Stop() // while many wait still
	if held := server.Rendezvous(); held != nil {
		t.Error("the server runs")
	}
}

// TestBrokenStore: everybody is told that it is unavailable, and sessions go on.
func TestBrokenStore(t *testing.T) {
	t.Parallel()
	var trouble troubled
	server := start(t, withMailbox, manyFrames, withDirectory, withTrouble(&trouble))
	ana := come(t, server, protocol.JSON)
	await(t, "a directory", func() bool { return !ana.search("ana").GetUnavailable() })
	trouble.broken.Store(true)
	tag := randomTag(t)
	if outcome := ana.register(nil, tagOf(tag, wire.MailBox_MAIL_BOX_CONTACT)); outcome != wire.TagsOutcome_TAGS_OUTCOME_UNAVAILABLE {
		t.Errorf("register: %v", outcome)
	}
	ana.expectPut("put", &wire.PutMail{Envelope: letter(t, tag)}, wire.PutOutcome_PUT_OUTCOME_UNAVAILABLE)
	if batch := ana.fetch(nil); !batch.GetUnavailable() {
		t.Errorf("fetch: %v", batch)
	}
	answer := ana.ask(&wire.ClientFrame{Kind: &wire.ClientFrame_DeleteMail{DeleteMail: &wire.DeleteMail{Id: 3, MailIds: [][]byte{{1}}}}})
	if result := answer.GetDeleteResult(); result.GetId() != 3 || !result.GetUnavailable() {
		t.Errorf("delete: %v", answer)
	}
	for name, got := range map[string]wire.HandleOutcome{
		"claim": ana.claim(ana.claimed("ana", 1), nil).GetOutcome(), "resolve": ana.resolve("ana").GetOutcome(), "release": ana.release("ana").GetOutcome(),
	} {
		if got != wire.HandleOutcome_HANDLE_OUTCOME_UNAVAILABLE {
			t.Errorf("%s: %v", name, got)
		}
	}
	if outcome := ana.list(&wire.DirectoryEntry{Version: 1, Name: "Ana"}); outcome != wire.ListOutcome_LIST_OUTCOME_UNAVAILABLE {
		t.Errorf("list: %v", outcome)
	}
	ana.report(rendezvoustest.NewDevice(t).Peer()) // answered all the same
	ana.ask(heartbeat(1))
}

// BenchmarkPutMail is what the server costs beside its engine: envelopes of the
// smallest size, put and acknowledged over sockets by writers at once. Run it
// with -benchtime 10000x: the memory engine looks through all that it saw.
func BenchmarkPutMail(b *testing.B) {
	const writers = 64
	server := start(b, withMailbox, func(o *rendezvous.Options) {
		o.Limits.Rate, o.Limits.Burst, o.Limits.Refusals = 1e9, 1e9, 1<<30
		o.Limits.PutsPerHour, o.Limits.PutBytesPerDay, o.Limits.Unauthenticated = 1<<30, 1<<50, 1<<20
	})
	type pair struct {
		writer, owner *person
		tag           [16]byte
	}
	pairs := make([]pair, writers)
	for i := range pairs {
		pairs[i] = pair{come(b, server, protocol.Protobuf), come(b, server, protocol.Protobuf), randomTag(b)}
		pairs[i].owner.register(nil, tagOf(pairs[i].tag, wire.MailBox_MAIL_BOX_CONTACT))
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	var group sync.WaitGroup
	failures := make(chan error, writers)
	b.ResetTimer()
	began := time.Now()
	for _, one := range pairs {
		group.Go(func() {
			for stored := 0; left.Add(-1) >= 0; stored++ {
				if stored%500 == 499 { // room for more
					for _, mail := range one.owner.fetchAll() {
						one.owner.forget(mail.GetId())
					}
				}
				result := one.writer.put(&wire.PutMail{Envelope: letter(b, one.tag)})
				if result.GetOutcome() != wire.PutOutcome_PUT_OUTCOME_STORED {
					failures <- fmt.Errorf("put %d: %v", stored, result.GetOutcome())
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "puts/s")
	close(failures)
	if err := errors.Join(<-failures); err != nil {
		b.Fatal(err)
	}
}
