package load

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// office is a server that keeps mail and can be made to go wrong.
type office struct {
	key ed25519.PrivateKey

	mu      sync.Mutex
	owners  map[string]string // tag to identity
	mail    map[string][][]byte
	puts    int
	corrupt func(puts int, envelope []byte) [][]byte // what is kept of an envelope
	answer  func(puts int) (outcome wire.PutOutcome, hang bool)
}

func newOffice(t *testing.T) (*office, *Tincan) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{
		key: key, owners: map[string]string{}, mail: map[string][][]byte{},
		corrupt: func(_ int, envelope []byte) [][]byte { return [][]byte{envelope} },
		answer:  func(int) (wire.PutOutcome, bool) { return wire.PutOutcome_PUT_OUTCOME_STORED, false },
	}
	server := httptest.NewServer(http.HandlerFunc(o.serve))
	t.Cleanup(server.Close)
	service, err := NewTincan(NewSeed(t.Name()), strings.Replace(server.URL, "http://", "ws://", 1))
	if err != nil {
		t.Fatal(err)
	}
	return o, service
}

func (o *office) serve(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: protocol.Subprotocols()})
	if err != nil {
		return
	}
	defer func() { _ = socket.CloseNow() }()
	socket.SetReadLimit(1 << 20)
	say := func(frame *wire.ServerFrame) {
		data, encodeErr := wire.Encode(frame)
		if encodeErr == nil {
			_ = socket.Write(r.Context(), websocket.MessageBinary, data)
		}
	}
	var nonce protocol.Nonce
	public, _ := o.key.Public().(ed25519.PublicKey)
	say(&wire.ServerFrame{Kind: &wire.ServerFrame_Challenge{Challenge: &wire.Challenge{Major: 1, ServerKey: public, Nonce: nonce[:]}}})
	var who string
	for {
		frame, readErr := readFrom(r.Context(), socket)
		if readErr != nil || frame.GetGoodbye() != nil {
			return
		}
		if login := frame.GetLogin(); login != nil {
			who = string(login.GetIdentity())
			message := protocol.WelcomeMessage(protocol.Nonce(login.GetClientNonce()), nonce, identity.PeerID(login.GetIdentity()), identity.DeviceID(login.GetDevice()))
			say(&wire.ServerFrame{Kind: &wire.ServerFrame_Welcome{Welcome: &wire.Welcome{Signature: identity.Sign(o.key, identity.ContextWelcome, message)}}})
			continue
		}
		if answer := o.handle(who, frame); answer != nil {
			say(answer)
			continue
		}
		return
	}
}

func readFrom(ctx context.Context, socket *websocket.Conn) (*wire.ClientFrame, error) {
	_, data, err := socket.Read(ctx)
	if err != nil {
		return nil, err
	}
	var frame wire.ClientFrame
	return &frame, wire.Decode(data, wire.MaxServerFrame, &frame)
}

// handle answers a frame; nil cuts the connection.
func (o *office) handle(who string, frame *wire.ClientFrame) *wire.ServerFrame {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch kind := frame.GetKind().(type) {
	case *wire.ClientFrame_Heartbeat:
		return &wire.ServerFrame{Kind: &wire.ServerFrame_HeartbeatReply{HeartbeatReply: &wire.HeartbeatReply{Id: kind.Heartbeat.GetId()}}}
	case *wire.ClientFrame_RegisterTags:
		for _, tag := range kind.RegisterTags.GetTags() {
			o.owners[string(tag.GetTag())] = who
		}
		return &wire.ServerFrame{Kind: &wire.ServerFrame_TagsResult{TagsResult: &wire.TagsResult{Id: kind.RegisterTags.GetId(), Outcome: wire.TagsOutcome_TAGS_OUTCOME_DONE}}}
	case *wire.ClientFrame_PutMail:
		return o.put(kind.PutMail)
	case *wire.ClientFrame_FetchMail:
		return o.fetch(who, kind.FetchMail)
	case *wire.ClientFrame_DeleteMail:
		for _, id := range kind.DeleteMail.GetMailIds() {
			o.mail[who][id[0]] = nil
		}
		return &wire.ServerFrame{Kind: &wire.ServerFrame_DeleteResult{DeleteResult: &wire.DeleteResult{Id: kind.DeleteMail.GetId()}}}
	}
	return nil
}

func (o *office) put(put *wire.PutMail) *wire.ServerFrame {
	o.puts++
	outcome, hang := o.answer(o.puts)
	header, err := wire.ParseOuter(put.GetEnvelope())
	owner, known := o.owners[string(header.Tag[:])]
	switch {
	case err != nil:
		outcome = wire.PutOutcome_PUT_OUTCOME_REFUSED
	case !known:
		outcome = wire.PutOutcome_PUT_OUTCOME_NO_SUCH_TAG
	case outcome == wire.PutOutcome_PUT_OUTCOME_STORED:
		for _, envelope := range o.corrupt(o.puts, put.GetEnvelope()) {
			if !contains(o.mail[owner], envelope) || len(o.corrupt(o.puts, put.GetEnvelope())) > 1 {
				o.mail[owner] = append(o.mail[owner], envelope)
			}
		}
	}
	if hang {
		return nil
	}
	return &wire.ServerFrame{Kind: &wire.ServerFrame_PutResult{PutResult: &wire.PutResult{Id: put.GetId(), Outcome: outcome}}}
}

func contains(held [][]byte, envelope []byte) bool {
	for _, one := range held {
		if string(one) == string(envelope) {
			return true
		}
	}
	return false
}

// fetch hands out three at a time; ids and the position are one byte.
func (o *office) fetch(who string, fetch *wire.FetchMail) *wire.ServerFrame {
	start := 0
	if len(fetch.GetAfter()) > 0 {
		start = int(fetch.GetAfter()[0])
	}
	batch := &wire.MailBatch{Id: fetch.GetId()}
	for at := start; at < len(o.mail[who]); at++ {
		if len(batch.GetMails()) == 3 {
			batch.Next = []byte{byte(at)}
			break
		}
		if envelope := o.mail[who][at]; envelope != nil {
			batch.Mails = append(batch.Mails, &wire.Mail{Id: []byte{byte(at)}, Envelope: envelope})
		}
	}
	return &wire.ServerFrame{Kind: &wire.ServerFrame_MailBatch{MailBatch: batch}}
}

func options(t *testing.T) MailOptions {
	t.Helper()
	return MailOptions{Seed: NewSeed(t.Name()), Writers: 4, Senders: 8, Mailboxes: 3, Count: 30}
}

func TestMailIsWhole(t *testing.T) {
	t.Parallel()
	_, service := newOffice(t)
	result, err := Mail(t.Context(), service, options(t))
	if err != nil || result.Acknowledged != 30 || result.Verified.Whole != 30 || result.Verified.Deleted != 30 {
		t.Errorf("%+v, %+v, %v", result, result.Verified, err)
	}
}

// TestMailTriedAgain: connections that are cut before the answer, and a server
// that cannot store for a while, cost nothing but time.
func TestMailTriedAgain(t *testing.T) {
	t.Parallel()
	o, service := newOffice(t)
	o.answer = func(puts int) (wire.PutOutcome, bool) {
		if puts%5 == 0 {
			return wire.PutOutcome_PUT_OUTCOME_UNAVAILABLE, false
		}
		return wire.PutOutcome_PUT_OUTCOME_STORED, puts%7 == 0
	}
	result, err := Mail(t.Context(), service, options(t))
	if err != nil || result.Acknowledged != 30 || result.Verified.Whole != 30 || result.Retried == 0 || result.Reconnected == 0 {
		t.Errorf("%+v, %+v, %v", result, result.Verified, err)
	}
	if result.Outcomes["PUT_OUTCOME_UNAVAILABLE"] == 0 || result.Outcomes["no answer"] == 0 {
		t.Errorf("outcomes %v", result.Outcomes)
	}
}

// TestMailLostIsSeen: what a bad server does to acknowledged mail shows, in a later process too.
func TestMailLostIsSeen(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]struct {
		corrupt func([]byte) [][]byte
		seen    func(VerifyResult) bool
	}{
		"lost":    {func([]byte) [][]byte { return nil }, func(r VerifyResult) bool { return r.Missing == 1 && r.Whole == 29 }},
		"twice":   {func(e []byte) [][]byte { return [][]byte{e, e} }, func(r VerifyResult) bool { return r.Twice == 1 && r.Whole == 29 }},
		"altered": {func(e []byte) [][]byte { return [][]byte{append(e[:len(e)-1:len(e)-1], e[len(e)-1]^1)} }, func(r VerifyResult) bool { return r.Foreign == 1 && r.Missing == 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, service := newOffice(t)
			o.corrupt = func(puts int, envelope []byte) [][]byte {
				if puts == 11 {
					return bad.corrupt(envelope)
				}
				return [][]byte{envelope}
			}
			keeping := options(t)
			keeping.Keep = filepath.Join(t.TempDir(), "kept.json")
			result, err := Mail(t.Context(), service, keeping)
			if err != nil || result.Acknowledged != 30 || result.Verified != nil {
				t.Fatalf("%+v, %v", result, err)
			}
			for range 2 {
				verified, err := VerifyMail(t.Context(), service, keeping.Keep, false)
				if err == nil || !bad.seen(verified) {
					t.Fatalf("%+v, %v", verified, err)
				}
			}
		})
	}
}

func FuzzParsePost(f *testing.F) {
	f.Add([]byte(`{"seed":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","mailboxes":3,"size":1024,"expires_ms":1,"begun":8,"acknowledged":"/w=="}`))
	f.Add([]byte(`{"mailboxes":-1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parsePost(data)
		if err != nil {
			return
		}
		for number := range p.begunCount {
			_ = p.wasStored(number)
			if p.mailboxOf(number) >= p.mailboxes {
				t.Fatal("no such mailbox")
			}
		}
		if p.begunCount > 0 {
			if number, good := p.numberOf(p.envelope(0), 0); !good || number != 0 {
				t.Error("an envelope of its own is not known")
			}
		}
	})
}
