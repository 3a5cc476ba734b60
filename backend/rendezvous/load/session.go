package load

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// checked is how many logins there are for each whose welcome is verified: the
// server signs every one, and checking all of them would only take the
// processor from it.
const checked = 64

// session is a client that logged in at a rendezvous server.
type session struct {
	socket *Socket
	people *Tincan
	index  int
	events Events
	handle func(*wire.ServerFrame) // frames that are no relayed signals; nil for none. Set before begin.
	began  time.Time               // when the login was sent
	closed sync.Once
	left   chan struct{} // closed when Leave was called; nil for a session that is not read
}

// logIn answers the challenge and waits for the welcome.
func (s *session) logIn(pinned identity.ServerKey, who person) error {
	frame, err := s.next()
	if err != nil {
		return fmt.Errorf("load: waiting for the challenge: %w", err)
	}
	challenge := frame.GetChallenge()
	key, err := identity.ServerKeyFromBytes(challenge.GetServerKey())
	if err != nil || len(challenge.GetNonce()) != protocol.NonceSize {
		return errors.New("load: not a rendezvous server")
	}
	if !pinned.IsZero() && key != pinned {
		return protocol.ErrOtherKey
	}
	nonce := protocol.Nonce(challenge.GetNonce())
	var client protocol.Nonce
	_, _ = rand.Read(client[:]) // it never fails
	peer, device := who.keys.Peer(), who.keys.Device()
	s.began = time.Now()
	err = s.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Login{Login: &wire.Login{
		Major: wire.Major, Minor: wire.Minor, Identity: peer[:], Device: device[:], ClientNonce: client[:], Record: who.record,
		Signature: who.keys.SignAsDevice(identity.ContextLogin, protocol.LoginMessage(key, nonce, client, peer, device)),
	}}})
	if err != nil {
		return err
	}
	if frame, err = s.next(); err != nil {
		return fmt.Errorf("load: waiting for the welcome: %w", err)
	}
	welcome := frame.GetWelcome()
	if welcome == nil {
		return errors.New("load: an answer to the login that is no welcome")
	}
	if s.index%checked == 0 && !identity.Verify(key, identity.ContextWelcome, protocol.WelcomeMessage(client, nonce, peer, device), welcome.GetSignature()) {
		return errors.New("load: the server's signature is wrong")
	}
	return nil
}

// settle sends frames, and waits until the server did everything that was sent so far.
func (s *session) settle(frames ...*wire.ClientFrame) error {
	var messages [][]byte
	for _, frame := range frames {
		data, err := protocol.Protobuf.Encode(frame)
		if err != nil {
			return err
		}
		messages = append(messages, data)
	}
	if err := s.socket.Write(append(messages, beat)...); err != nil {
		return err
	}
	for {
		message, err := s.socket.Read()
		if err != nil {
			return err
		}
		frame, err := decode(message)
		if err != nil {
			return err
		}
		if frame.GetHeartbeatReply() != nil {
			return nil
		}
		if s.handle != nil {
			s.handle(frame)
		}
	}
}

// next reads one frame; a server's error is an error.
func (s *session) next() (*wire.ServerFrame, error) {
	message, err := s.socket.Read()
	if err != nil {
		return nil, err
	}
	return decode(message)
}

func decode(message []byte) (*wire.ServerFrame, error) {
	var frame wire.ServerFrame
	if err := protocol.Protobuf.Decode(message, &frame); err != nil {
		return nil, err
	}
	if said := frame.GetError(); said != nil {
		return nil, &refusal{code: said.GetCode(), sentence: said.GetMessage()}
	}
	return &frame, nil
}

// refusal is an error that a server told.
type refusal struct {
	code     wire.ErrorCode
	sentence string
}

func (r *refusal) Error() string { return fmt.Sprintf("the server says %s: %s", r.code, r.sentence) }

func (s *session) send(frame *wire.ClientFrame) error {
	data, err := protocol.Protobuf.Encode(frame)
	if err != nil {
		return err
	}
	return s.socket.Write(data)
}

// begin reads from now on.
func (s *session) begin() {
	s.left = make(chan struct{})
	go func() {
		err := s.socket.Endless()
		for err == nil {
			var message []byte
			if message, err = s.socket.Read(); err == nil {
				err = s.take(message)
			}
		}
		s.socket.Close()
		select {
		case <-s.left: // as wished
		default:
			if s.events.Ended != nil {
				s.events.Ended(err)
			}
		}
	}()
}

// take handles one frame. Relayed signals are read without making anything of
// the rest: there are very many of them.
func (s *session) take(message []byte) error {
	switch stamp, kind := peek(message); kind {
	case peekedDeliver:
		s.events.Received(stamp)
		return nil
	case peekedAccepted:
		return nil
	case peekedOther:
	}
	frame, err := decode(message)
	var said *refusal
	switch {
	case errors.As(err, &said) && said.code == wire.ErrorCode_ERROR_CODE_LIMIT:
		s.events.Failed() // the session goes on
		return nil
	case err != nil:
		return err
	case frame.GetSignalResult() != nil:
		s.events.Failed()
	case s.handle != nil:
		s.handle(frame)
	}
	return nil
}

// peeked is what peek saw.
type peeked uint8

const (
	peekedOther    peeked = iota
	peekedDeliver         // a relayed signal
	peekedAccepted        // one of ours was accepted, or a heartbeat answered
)

// Numbers of fields in rendezvous.proto.
const (
	clientSendSignal      = 5
	serverHeartbeatReply  = 3
	serverDeliver         = 5
	serverSignalResult    = 6
	sendSignalTo          = 2
	sendSignalEnvelope    = 3
	deliverEnvelope       = 1
	signalResultOutcome   = 2
	stampSize             = 8
	signalFrameOverhead   = 64 // more than tags, lengths and the identity take
	outcomeAcceptedNumber = uint64(wire.SignalOutcome_SIGNAL_OUTCOME_ACCEPTED)
)

// peek looks into a server's frame. What it does not know at a glance is left to decode.
func peek(message []byte) (uint64, peeked) {
	number, kind, size := protowire.ConsumeTag(message)
	if size < 0 || kind != protowire.BytesType {
		return 0, peekedOther
	}
	body, length := protowire.ConsumeBytes(message[size:])
	if length < 0 || size+length != len(message) {
		return 0, peekedOther
	}
	switch {
	case number == serverHeartbeatReply, number == serverSignalResult && outcome(body) == outcomeAcceptedNumber:
		return 0, peekedAccepted
	case number == serverDeliver:
		inner, innerKind, innerSize := protowire.ConsumeTag(body)
		if innerSize < 0 || inner != deliverEnvelope || innerKind != protowire.BytesType {
			return 0, peekedOther
		}
		envelope, envelopeSize := protowire.ConsumeBytes(body[innerSize:])
		if envelopeSize < 0 || len(envelope) < stampSize {
			return 0, peekedOther
		}
		return binary.BigEndian.Uint64(envelope), peekedDeliver
	}
	return 0, peekedOther
}

// outcome reads the outcome of a SignalResult, 0 when there is none.
func outcome(body []byte) uint64 {
	for len(body) > 0 {
		number, kind, size := protowire.ConsumeTag(body)
		if size < 0 || kind != protowire.VarintType {
			return 0
		}
		value, length := protowire.ConsumeVarint(body[size:])
		if length < 0 {
			return 0
		}
		if number == signalResultOutcome {
			return value
		}
		body = body[size+length:]
	}
	return 0
}

// filler is what a relayed message holds besides its stamp.
var filler = func() [MessageSize]byte {
	var bytes [MessageSize]byte
	_, _ = NewSeed("filler").stream("filler", 0).Read(bytes[:]) // a stream cannot fail
	return bytes
}()

var signalFrames = sync.Pool{New: func() any {
	frame := make([]byte, 0, MessageSize+signalFrameOverhead)
	return &frame
}}

// Send implements Client.
func (s *session) Send(to int, stamp uint64) error {
	peer := s.people.peer(to)
	frame, ok := signalFrames.Get().(*[]byte)
	if !ok {
		return errors.New("load: no buffer")
	}
	defer signalFrames.Put(frame)
	*frame = appendSignal((*frame)[:0], peer, stamp)
	return s.socket.Write(*frame)
}

// appendSignal writes a ClientFrame with a SendSignal of MessageSize bytes.
func appendSignal(to []byte, peer identity.PeerID, stamp uint64) []byte {
	size := protowire.SizeTag(sendSignalTo) + protowire.SizeBytes(len(peer)) +
		protowire.SizeTag(sendSignalEnvelope) + protowire.SizeBytes(MessageSize)
	to = protowire.AppendTag(to, clientSendSignal, protowire.BytesType)
	to = protowire.AppendVarint(to, uint64(size))
	to = protowire.AppendTag(to, sendSignalTo, protowire.BytesType)
	to = protowire.AppendBytes(to, peer[:])
	to = protowire.AppendTag(to, sendSignalEnvelope, protowire.BytesType)
	to = protowire.AppendVarint(to, MessageSize)
	to = binary.BigEndian.AppendUint64(to, stamp)
	return append(to, filler[stampSize:]...)
}

var beat = func() []byte {
	data, _ := protocol.Protobuf.Encode(&wire.ClientFrame{Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{Id: 1}}})
	return data // a frame of ours can be encoded
}()

// Beat implements Client.
func (s *session) Beat() error { return s.socket.Write(beat) }

// Leave implements Client.
func (s *session) Leave() {
	s.closed.Do(func() {
		if s.left != nil {
			close(s.left)
		}
		_ = s.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Goodbye{Goodbye: &wire.Goodbye{}}}) // the connection may be gone
		s.socket.Close()
	})
}
