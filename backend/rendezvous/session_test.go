package rendezvous

import (
	"crypto/ed25519"
	"crypto/rand"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// bench is a session under test and the two who talk in it.
type bench struct {
	testing testing.TB
	key     ed25519.PrivateKey
	terms   *terms
	keys    *identity.Keys
	session *session
	nonce   protocol.Nonce
	now     time.Time
}

func newBench(t testing.TB) *bench {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{testing: t, key: key, keys: keys, now: time.Unix(1_800_000_000, 0)}
	b.terms = &terms{
		limits: Limits{}.withDefaults(), mailbox: true, directory: true,
		sign: func(purpose identity.Context, message []byte) []byte {
			return identity.Sign(key, purpose, message)
		},
	}
	copy(b.terms.key[:], key[32:])
	b.begin()
	return b
}

func (b *bench) begin() {
	b.testing.Helper()
	if _, err := rand.Read(b.nonce[:]); err != nil {
		b.testing.Fatal(err)
	}
	var effects []effect
	b.session, effects = newSession(b.terms, b.nonce, b.now)
	if len(effects) != 1 || written(effects[0]).GetChallenge() == nil {
		b.testing.Fatalf("a session began with %v", effects)
	}
}

func written(e effect) *wire.ServerFrame {
	if w, ok := e.(write); ok {
		return w.frame
	}
	return nil
}

// hello is a login that is good for the present session.
func (b *bench) hello() *wire.Login {
	b.testing.Helper()
	list, err := b.keys.DeviceList(1, b.now)
	if err != nil {
		b.testing.Fatal(err)
	}
	peer, device := b.keys.Peer(), b.keys.Device()
	client := protocol.Nonce{1, 2, 3}
	return &wire.Login{
		Major: wire.Major, Identity: peer[:], Device: device[:], ClientNonce: client[:],
		Signature: b.keys.SignAsDevice(identity.ContextLogin, protocol.LoginMessage(b.terms.key, b.nonce, client, peer, device)),
		Record:    &wire.PeerRecord{DeviceList: list},
	}
}

func loginFrame(hello *wire.Login) *wire.ClientFrame {
	return &wire.ClientFrame{Kind: &wire.ClientFrame_Login{Login: hello}}
}

// open logs in.
func (b *bench) open() {
	b.testing.Helper()
	effects := b.session.Handle(loginFrame(b.hello()), b.now)
	if len(effects) != 1 {
		b.testing.Fatalf("login: %v", effects)
	}
	if _, ok := effects[0].(attach); !ok {
		b.testing.Fatalf("login: %v", effects)
	}
	effects = b.session.Admit(nil, "192.0.2.1:1", b.now)
	welcome := written(effects[0]).GetWelcome()
	peer, device := b.keys.Peer(), b.keys.Device()
	if !identity.Verify(b.terms.key, identity.ContextWelcome,
		protocol.WelcomeMessage(protocol.Nonce{1, 2, 3}, b.nonce, peer, device), welcome.GetSignature()) {
		b.testing.Fatal("the welcome's signature is wrong")
	}
}

// expectEnd checks that effects end the session with a code.
func expectEnd(t testing.TB, effects []effect, code wire.ErrorCode) {
	t.Helper()
	if len(effects) != 2 {
		t.Fatalf("effects %v, want an error and the end", effects)
	}
	said := written(effects[0]).GetError()
	if said.GetCode() != code || said.GetMessage() == "" {
		t.Errorf("said %v, want %v", said, code)
	}
	if _, ok := effects[1].(leave); !ok {
		t.Errorf("the session goes on: %v", effects)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	newBench(t).open()
}

func TestLoginRefused(t *testing.T) {
	t.Parallel()
	other := newBench(t)
	weak := make([]byte, 32) // a point of small order
	weak[0] = 1
	for name, spoil := range map[string]func(*bench, *wire.Login){
		"signature":         func(_ *bench, l *wire.Login) { l.Signature[3] ^= 1 },
		"no signature":      func(_ *bench, l *wire.Login) { l.Signature = nil },
		"client nonce":      func(_ *bench, l *wire.Login) { l.ClientNonce[0] ^= 1 },
		"short nonce":       func(_ *bench, l *wire.Login) { l.ClientNonce = l.GetClientNonce()[:31] },
		"other identity":    func(_ *bench, l *wire.Login) { p := other.keys.Peer(); l.Identity = p[:] },
		"other device":      func(_ *bench, l *wire.Login) { p := other.keys.Device(); l.Device = p[:] },
		"weak identity":     func(_ *bench, l *wire.Login) { l.Identity = weak },
		"weak device":       func(_ *bench, l *wire.Login) { l.Device = weak },
		"no record":         func(_ *bench, l *wire.Login) { l.Record = nil },
		"somebody's record": func(_ *bench, l *wire.Login) { l.Record = other.hello().GetRecord() },
		"device not listed": func(b *bench, l *wire.Login) {
			device := other.keys.Device()
			l.Device = device[:]
			l.Signature = other.keys.SignAsDevice(identity.ContextLogin,
				protocol.LoginMessage(b.terms.key, b.nonce, protocol.Nonce(l.GetClientNonce()), b.keys.Peer(), device))
		},
		"another server": func(b *bench, l *wire.Login) {
			l.Signature = b.keys.SignAsDevice(identity.ContextLogin,
				protocol.LoginMessage(other.terms.key, b.nonce, protocol.Nonce(l.GetClientNonce()), b.keys.Peer(), b.keys.Device()))
		},
		"other purpose": func(b *bench, l *wire.Login) {
			l.Signature = b.keys.SignAsDevice(identity.ContextConfirm,
				protocol.LoginMessage(b.terms.key, b.nonce, protocol.Nonce(l.GetClientNonce()), b.keys.Peer(), b.keys.Device()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			hello := b.hello()
			spoil(b, hello)
			expectEnd(t, b.session.Handle(loginFrame(hello), b.now), wire.ErrorCode_ERROR_CODE_LOGIN)
			if effects := b.session.Handle(loginFrame(b.hello()), b.now); effects != nil {
				t.Errorf("a refused session answered %v", effects)
			}
		})
	}
}

func TestReplayedLoginIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	hello := b.hello()
	b.open()
	expectEnd(t, b.session.Handle(loginFrame(hello), b.now), wire.ErrorCode_ERROR_CODE_PROTOCOL)
	b.begin() // another session has another nonce
	expectEnd(t, b.session.Handle(loginFrame(hello), b.now), wire.ErrorCode_ERROR_CODE_LOGIN)
}

func TestStaleNonceIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.terms.limits.Login = time.Hour
	hello := b.hello()
	b.now = b.now.Add(protocol.NonceLife)
	expectEnd(t, b.session.Handle(loginFrame(hello), b.now), wire.ErrorCode_ERROR_CODE_LOGIN)
}

func TestOtherMajorIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	hello := b.hello()
	hello.Major = 2
	expectEnd(t, b.session.Handle(loginFrame(hello), b.now), wire.ErrorCode_ERROR_CODE_VERSION)
}

func TestFirstFrameMustBeLogin(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	beat := &wire.ClientFrame{Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{}}}
	expectEnd(t, b.session.Handle(beat, b.now), wire.ErrorCode_ERROR_CODE_PROTOCOL)
}

func TestTimes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if effects := b.session.Tick(b.now.Add(5*time.Second - 1)); effects != nil {
		t.Errorf("the login's time was cut short: %v", effects)
	}
	expectEnd(t, b.session.Tick(b.now.Add(5*time.Second)), wire.ErrorCode_ERROR_CODE_LOGIN)

	b.begin()
	b.open()
	b.now = b.now.Add(20 * time.Second)
	effects := b.session.Handle(&wire.ClientFrame{Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{Id: 7}}}, b.now)
	if reply := written(effects[0]).GetHeartbeatReply(); reply.GetId() != 7 || reply.GetTimeMs() != b.now.UnixMilli() {
		t.Errorf("reply %v", reply)
	}
	if effects = b.session.Tick(b.now.Add(protocol.Lease - 1)); effects != nil {
		t.Errorf("the lease was cut short: %v", effects)
	}
	expectEnd(t, b.session.Tick(b.now.Add(protocol.Lease)), wire.ErrorCode_ERROR_CODE_PROTOCOL)
}

func TestRate(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.open() // the login is the first of the burst
	beat := &wire.ClientFrame{Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{}}}
	for range 59 {
		if reply := written(b.session.Handle(beat, b.now)[0]).GetHeartbeatReply(); reply == nil {
			t.Fatal("a frame of the burst was refused")
		}
	}
	effects := b.session.Handle(beat, b.now)
	if said := written(effects[0]).GetError(); len(effects) != 1 || said.GetCode() != wire.ErrorCode_ERROR_CODE_LIMIT || said.GetRetryAfterMs() != 50 {
		t.Errorf("over the rate: %v", effects)
	}
	for range 59 {
		if effects = b.session.Handle(beat, b.now); effects != nil {
			t.Fatalf("a flood is answered: %v", effects)
		}
	}
	expectEnd(t, b.session.Handle(beat, b.now), wire.ErrorCode_ERROR_CODE_LIMIT)

	b.begin()
	b.open()
	for range 1000 { // 20 a second for 50 s
		b.now = b.now.Add(50 * time.Millisecond)
		if written(b.session.Handle(beat, b.now)[0]).GetHeartbeatReply() == nil {
			t.Fatal("a frame at the rate was refused")
		}
	}
}

func TestMalformedFrames(t *testing.T) {
	t.Parallel()
	peer := make([]byte, 32)
	many := make([][]byte, wire.MaxWatched+1)
	for i := range many {
		many[i] = peer
	}
	for name, frame := range map[string]*wire.ClientFrame{
		"watch":        {Kind: &wire.ClientFrame_Watch{Watch: &wire.Watch{Add: [][]byte{peer[:31]}}}},
		"unwatch":      {Kind: &wire.ClientFrame_Watch{Watch: &wire.Watch{Remove: [][]byte{nil}}}},
		"watch many":   {Kind: &wire.ClientFrame_Watch{Watch: &wire.Watch{Add: many}}},
		"lookup":       {Kind: &wire.ClientFrame_Lookup{Lookup: &wire.Lookup{}}},
		"send nothing": {Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{To: peer}}},
		"send nobody":  {Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{Envelope: peer}}},
		"send much": {Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{
			To: peer, Envelope: make([]byte, wire.MaxEnvelope+1),
		}}},
		"second login": {Kind: &wire.ClientFrame_Login{Login: &wire.Login{}}},
	} {
		b := newBench(t)
		b.open()
		t.Run(name, func(t *testing.T) {
			expectEnd(t, b.session.Handle(frame, b.now), wire.ErrorCode_ERROR_CODE_PROTOCOL)
		})
	}
	b := newBench(t)
	b.open()
	if effects := b.session.Handle(&wire.ClientFrame{}, b.now); effects != nil {
		t.Errorf("a frame of an unknown kind: %v", effects)
	}
	publication := &wire.ClientFrame{Kind: &wire.ClientFrame_Publish{Publish: &wire.Publish{}}}
	expectEnd(t, b.session.Handle(publication, b.now), wire.ErrorCode_ERROR_CODE_LOGIN)
}

// FuzzSession feeds a session with whatever decodes, in both encodings: it must
// not panic, and never does anything before a good login.
func FuzzSession(f *testing.F) {
	b := newBench(f)
	header := wire.OuterHeader{Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Expires: b.now.Add(time.Hour)}
	fuzzLetter := append(header.Encode(wire.SmallestPadded+wire.SealOverhead), make([]byte, wire.EncapsulationSize+wire.SmallestPadded+wire.SealOverhead)...)
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		for _, frame := range []*wire.ClientFrame{
			loginFrame(b.hello()),
			{Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{Id: 1}}},
			{Kind: &wire.ClientFrame_Watch{Watch: &wire.Watch{Add: [][]byte{make([]byte, 32)}}}},
			{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{Id: 1, To: make([]byte, 32), Envelope: []byte("x")}}},
			{Kind: &wire.ClientFrame_Lookup{Lookup: &wire.Lookup{Id: 1, Identity: make([]byte, 32)}}},
			{Kind: &wire.ClientFrame_Publish{Publish: &wire.Publish{Record: b.hello().GetRecord()}}},
			{Kind: &wire.ClientFrame_RegisterTags{RegisterTags: &wire.RegisterTags{Id: 1, Tags: []*wire.Tag{{Tag: make([]byte, 16), Box: 1, ExpiresMs: 1 << 60}}, Remove: [][]byte{make([]byte, 16)}}}},
			{Kind: &wire.ClientFrame_PutMail{PutMail: &wire.PutMail{Id: 1, Envelope: fuzzLetter, Proof: &wire.PutMail_Work{Work: &wire.ProofOfWork{Day: 20_833, Nonce: 7}}}}},
			{Kind: &wire.ClientFrame_PutMail{PutMail: &wire.PutMail{Id: 1, Envelope: fuzzLetter, Proof: &wire.PutMail_InviteSecret{InviteSecret: make([]byte, 16)}}}},
			{Kind: &wire.ClientFrame_FetchMail{FetchMail: &wire.FetchMail{Id: 1, After: make([]byte, 8)}}},
			{Kind: &wire.ClientFrame_DeleteMail{DeleteMail: &wire.DeleteMail{Id: 1, MailIds: [][]byte{make([]byte, 8)}}}},
			{Kind: &wire.ClientFrame_Goodbye{Goodbye: &wire.Goodbye{}}},
		} {
			data, err := encoding.Encode(frame)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(encoding == protocol.JSON, data)
		}
	}
	f.Add(true, []byte(`{"login":{"major":1,"newerField":[[[]]]}}`))
	opened, device := newBench(f), b.keys.Device()
	opened.open()
	f.Fuzz(func(t *testing.T, text bool, data []byte) {
		encoding := protocol.Protobuf
		if text {
			encoding = protocol.JSON
		}
		var frame wire.ClientFrame
		if encoding.Decode(data, &frame) != nil {
			return
		}
		fresh, _ := newSession(b.terms, b.nonce, b.now)
		for _, e := range fresh.Handle(&frame, b.now) {
			switch e := e.(type) {
			case write, leave:
			case attach:
				if e.device != device {
					t.Errorf("somebody logged in: %v", e.device)
				}
			default:
				t.Errorf("before the login: %T", e)
			}
		}
		open := *opened.session
		open.bucket.tokens = 60
		for _, e := range open.Handle(&frame, opened.now) {
			if asked, ok := e.(request); ok && (asked.size() > 2*wire.MaxServerFrame || asked.unavailable() == nil) {
				t.Errorf("a request of %d bytes", asked.size())
			}
		}
	})
}

// FuzzRecord looks for records that are accepted and do not survive being kept.
func FuzzRecord(f *testing.F) {
	b := newBench(f)
	data, err := wire.Encode(b.hello().GetRecord())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, input []byte) {
		var message wire.PeerRecord
		if wire.Decode(input, wire.MaxServerFrame, &message) != nil {
			return
		}
		record, parseErr := engine.ParseRecord(b.keys.Peer(), &message)
		if parseErr != nil {
			return
		}
		if _, messageErr := record.Message(); messageErr != nil {
			t.Error(messageErr)
		}
		if _, succeedErr := record.Succeed(record); succeedErr != nil {
			t.Error(succeedErr)
		}
	})
}
