package rendezvous_test

import (
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// person is a device with a session that asks and waits for answers.
type person struct {
	*raw

	device  rendezvoustest.Device
	arrived int // hints so far
}

func withMailbox(o *rendezvous.Options) { o.Mailbox = true }

// come logs a new person in.
func come(t testing.TB, server *rendezvoustest.Server, encoding protocol.Encoding) *person {
	t.Helper()
	return comeAs(t, server, encoding, rendezvoustest.NewDevice(t))
}

func comeAs(t testing.TB, server *rendezvoustest.Server, encoding protocol.Encoding, device rendezvoustest.Device) *person {
	t.Helper()
	r := mustDial(t, server.Rendezvous().Listening().String(), encoding)
	r.login(device)
	return &person{raw: r, device: device}
}

// ask sends a frame and returns the next answer that is no hint.
func (p *person) ask(frame *wire.ClientFrame) *wire.ServerFrame {
	p.testing.Helper()
	p.send(frame)
	for {
		answer := p.mustRead()
		if answer.GetMailArrived() == nil {
			return answer
		}
		p.arrived++
	}
}

func (p *person) register(remove [][]byte, tags ...*wire.Tag) wire.TagsOutcome {
	p.testing.Helper()
	answer := p.ask(&wire.ClientFrame{Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Id: 11, Tags: tags, Remove: remove}}})
	if answer.GetTagsResult().GetId() != 11 {
		p.testing.Fatalf("answer %v", answer)
	}
	return answer.GetTagsResult().GetOutcome()
}

func (p *person) put(frame *wire.PutMail) *wire.PutResult {
	p.testing.Helper()
	frame.Id = 12
	answer := p.ask(&wire.ClientFrame{Kind: &wire.ClientFrame_PutMail{PutMail: frame}})
	if answer.GetPutResult().GetId() != 12 {
		p.testing.Fatalf("answer %v", answer)
	}
	return answer.GetPutResult()
}

func (p *person) expectPut(what string, frame *wire.PutMail, want wire.PutOutcome) {
	p.testing.Helper()
	if got := p.put(frame).GetOutcome(); got != want {
		p.testing.Errorf("%s: %v, want %v", what, got, want)
	}
}

func (p *person) fetch(after []byte) *wire.MailBatch {
	p.testing.Helper()
	answer := p.ask(&wire.ClientFrame{Kind: &wire.ClientFrame_FetchMail{FetchMail: &wire.FetchMail{Id: 13, After: after}}})
	if answer.GetMailBatch().GetId() != 13 {
		p.testing.Fatalf("answer %v", answer)
	}
	return answer.GetMailBatch()
}

func (p *person) fetchAll() (mails []*wire.Mail) {
	p.testing.Helper()
	var after []byte
	for {
		batch := p.fetch(after)
		mails = append(mails, batch.GetMails()...)
		if after = batch.GetNext(); len(after) == 0 {
			return mails
		}
	}
}

func (p *person) forget(ids ...[]byte) {
	p.testing.Helper()
	answer := p.ask(&wire.ClientFrame{Kind: &wire.ClientFrame_DeleteMail{DeleteMail: &wire.DeleteMail{Id: 14, MailIds: ids}}})
	if result := answer.GetDeleteResult(); result.GetId() != 14 || result.GetUnavailable() {
		p.testing.Fatalf("answer %v", answer)
	}
}

func (p *person) strangerTag() [16]byte { return protocol.StrangerTag(p.device.Peer()) }

func tagOf(tag [16]byte, box wire.MailBox) *wire.Tag {
	return &wire.Tag{Tag: tag[:], Box: box, ExpiresMs: time.Now().Add(time.Hour).UnixMilli()}
}

func randomTag(t testing.TB) (tag [16]byte) {
	t.Helper()
	if _, err := rand.Read(tag[:]); err != nil {
		t.Fatal(err)
	}
	return tag
}

// sealed makes something that looks like an envelope from outside; padded is 512, 1024 … 65,536.
func sealed(t testing.TB, header wire.OuterHeader, padded int) []byte {
	t.Helper()
	inside := make([]byte, wire.EncapsulationSize+padded+wire.SealOverhead)
	if _, err := rand.Read(inside); err != nil {
		t.Fatal(err)
	}
	return append(header.Encode(padded+wire.SealOverhead), inside...)
}

func letter(t testing.TB, tag [16]byte) []byte {
	t.Helper()
	return sealed(t, wire.OuterHeader{Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Tag: tag, Expires: time.Now().Add(time.Hour)}, wire.SmallestPadded)
}

// inBoth runs a test in both encodings against a server with mailboxes.
func inBoth(t *testing.T, test func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding), changes ...func(*rendezvous.Options)) {
	t.Helper()
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		t.Run(encoding.Subprotocol(), func(t *testing.T) {
			t.Parallel()
			test(t, start(t, append([]func(*rendezvous.Options){withMailbox, manyFrames}, changes...)...), encoding)
		})
	}
}

func manyFrames(o *rendezvous.Options) { o.Limits.Burst = 10_000 }

// clock is the time of now and whatever a test adds.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) add(more time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += more
}

func prove(t testing.TB, tag [16]byte, envelope []byte) *wire.PutMail_Work {
	t.Helper()
	work, err := protocol.MakeWork(t.Context(), tag, envelope, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return &wire.PutMail_Work{Work: work}
}
