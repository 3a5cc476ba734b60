package rendezvous

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// session is one device's conversation with the server, from the challenge to
// the end. It is pure: the caller gives it frames, answers and the time, and
// carries out the effects in their order.
type session struct {
	terms *terms
	phase phase
	peer  identity.PeerID
	login login // while phase is phaseLogin or phaseAdmission

	device  identity.DeviceID
	binding protocol.Binding
	heard   time.Time // of the last heartbeat; the start until there is one
	bucket  bucket
	refused int       // frames over the rate since the bucket was last full
	warned  time.Time // of the last answer to such a frame
}

// login is what is needed until the device is welcome.
type login struct {
	server protocol.Nonce
	client protocol.Nonce
}

type phase uint8

const (
	phaseLogin     phase = iota // the challenge is out
	phaseAdmission              // the login is good, the engine is asked
	phaseOpen
	phaseEnded
)

// terms are what all sessions of a server share.
type terms struct {
	key    identity.ServerKey
	sign   func(context identity.Context, message []byte) []byte
	limits Limits
	// What the server offers beside signals.
	mailbox, directory bool
}

// newSession starts a session with a fresh nonce and returns its challenge.
func newSession(shared *terms, nonce protocol.Nonce, now time.Time) (*session, []effect) {
	s := &session{
		terms: shared, login: login{server: nonce}, heard: now,
		bucket: bucket{tokens: shared.limits.Burst, filled: now},
	}
	return s, []effect{write{&wire.ServerFrame{Kind: &wire.ServerFrame_Challenge{Challenge: &wire.Challenge{
		Major: wire.Major, Minor: wire.Minor, ServerKey: shared.key[:], Nonce: nonce[:], TimeMs: now.UnixMilli(),
	}}}}}
}

// Handle takes a frame from the device.
func (s *session) Handle(frame *wire.ClientFrame, now time.Time) []effect {
	if s.phase == phaseEnded {
		return nil
	}
	if good, complaint := s.count(protocol.Cost(frame), now); !good {
		return complaint
	}
	if s.phase != phaseOpen {
		hello := frame.GetLogin()
		if hello == nil || s.phase != phaseLogin {
			return s.end(wire.ErrorCode_ERROR_CODE_PROTOCOL, "The first message of a device must be its login.", 0)
		}
		return s.handleLogin(hello, now)
	}
	switch kind := frame.GetKind().(type) {
	case *wire.ClientFrame_Heartbeat:
		s.heard = now
		return []effect{write{&wire.ServerFrame{Kind: &wire.ServerFrame_HeartbeatReply{HeartbeatReply: &wire.HeartbeatReply{
			Id: kind.Heartbeat.GetId(), TimeMs: now.UnixMilli(),
		}}}}}
	case *wire.ClientFrame_Publish:
		return s.handlePublish(kind.Publish)
	case *wire.ClientFrame_Watch:
		return s.handleWatch(kind.Watch)
	case *wire.ClientFrame_Refuse:
		return s.handleRefuse(kind.Refuse)
	case *wire.ClientFrame_SendSignal:
		return s.handleSend(kind.SendSignal, now)
	case *wire.ClientFrame_Lookup:
		peer, good := peerOf(kind.Lookup.GetIdentity())
		if !good {
			return s.malformed()
		}
		return []effect{lookup{id: kind.Lookup.GetId(), peer: peer}}
	case *wire.ClientFrame_RelayRequest:
		return []effect{issueRelay{}}
	case *wire.ClientFrame_RegisterTags:
		return s.handleRegisterTags(kind.RegisterTags, now)
	case *wire.ClientFrame_PutMail:
		return s.handlePutMail(kind.PutMail, now)
	case *wire.ClientFrame_FetchMail:
		return s.handleFetchMail(kind.FetchMail)
	case *wire.ClientFrame_DeleteMail:
		return s.handleDeleteMail(kind.DeleteMail)
	case *wire.ClientFrame_RecallMail:
		return s.handleRecallMail(kind.RecallMail)
	case *wire.ClientFrame_Goodbye:
		s.phase = phaseEnded
		return []effect{leave{}}
	case nil:
		// A kind of a newer minor version: not for us.
		return nil
	default:
		if effects, ok := s.handleDirectory(frame); ok {
			return effects
		}
		return s.malformed()
	}
}

// HandleGarbage takes a message that is no frame.
func (s *session) HandleGarbage() []effect {
	if s.phase == phaseEnded {
		return nil
	}
	return s.malformed()
}

// Admit takes the engine's answer to a login: the session is open from now on.
func (s *session) Admit(relay *wire.RelayCredentials, observed string, now time.Time) []effect {
	if s.phase != phaseAdmission {
		return nil
	}
	signature := s.terms.sign(identity.ContextWelcome,
		protocol.WelcomeMessage(s.login.client, s.login.server, s.peer, s.device))
	s.phase, s.heard = phaseOpen, now
	s.login = login{}
	return []effect{write{&wire.ServerFrame{Kind: &wire.ServerFrame_Welcome{Welcome: &wire.Welcome{
		Signature: signature, TimeMs: now.UnixMilli(),
		LeaseMs: protocol.Lease.Milliseconds(), HeartbeatMs: protocol.Heartbeat.Milliseconds(),
		Relay: relay, ObservedAddress: observed, Mailbox: s.terms.mailbox, Recall: s.terms.mailbox, Directory: s.terms.directory,
	}}}}}
}

// Refuse ends the session with a code and a sentence: the engine said no, or it ended the attachment.
func (s *session) Refuse(code wire.ErrorCode, sentence string, retryAfter time.Duration) []effect {
	if s.phase == phaseEnded {
		return nil
	}
	return s.end(code, sentence, retryAfter)
}

// Tick looks at the time: a login that does not come, a lease that ended.
func (s *session) Tick(now time.Time) []effect {
	switch s.phase {
	case phaseLogin, phaseAdmission:
		if now.Sub(s.heard) >= s.terms.limits.Login {
			return s.end(wire.ErrorCode_ERROR_CODE_LOGIN, "The login did not come in time.", 0)
		}
	case phaseOpen:
		if now.Sub(s.heard) >= protocol.Lease {
			return s.end(wire.ErrorCode_ERROR_CODE_PROTOCOL, "No heartbeat came for 30 seconds.", 0)
		}
	case phaseEnded:
	}
	return nil
}

func (s *session) handleLogin(hello *wire.Login, now time.Time) []effect {
	if hello.GetMajor() != wire.Major {
		return s.end(wire.ErrorCode_ERROR_CODE_VERSION, "This server speaks version 1 of the protocol. The newer side can be used once both are updated.", 0)
	}
	if now.Sub(s.heard) >= protocol.NonceLife {
		return s.refuseLogin("The login took longer than 30 seconds.")
	}
	peer, err := identity.PeerIDFromBytes(hello.GetIdentity())
	if err != nil {
		return s.refuseLogin("The identity's key is refused.")
	}
	device, err := identity.DeviceIDFromBytes(hello.GetDevice())
	if err != nil {
		return s.refuseLogin("The device's key is refused.")
	}
	if len(hello.GetClientNonce()) != protocol.NonceSize {
		return s.refuseLogin("The login's nonce has a wrong size.")
	}
	client := protocol.Nonce(hello.GetClientNonce())
	message := protocol.LoginMessage(s.terms.key, s.login.server, client, peer, device)
	if !identity.Verify(device, identity.ContextLogin, message, hello.GetSignature()) {
		return s.refuseLogin("The login's signature is wrong.")
	}
	record, err := engine.ParseRecord(peer, hello.GetRecord())
	if err != nil {
		return s.refuseLogin("The login's record is refused.")
	}
	if !record.Has(device) {
		return s.refuseLogin("The identity's device list does not name this device.")
	}
	s.phase, s.peer, s.device, s.login.client = phaseAdmission, peer, device, client
	s.binding = protocol.BindingOf(message)
	return []effect{attach{peer: peer, device: device, record: record}}
}

func (s *session) handlePublish(publication *wire.Publish) []effect {
	record, err := engine.ParseRecord(s.peer, publication.GetRecord())
	if err != nil || !record.Has(s.device) {
		return s.end(wire.ErrorCode_ERROR_CODE_LOGIN, "The published record is refused.", 0)
	}
	return []effect{publish{record: record}}
}

func (s *session) handleWatch(change *wire.Watch) []effect {
	add, goodAdd := peersOf(change.GetAdd())
	remove, goodRemove := peersOf(change.GetRemove())
	if !goodAdd || !goodRemove {
		return s.malformed()
	}
	return []effect{watch{add: add, remove: remove}}
}

func (s *session) handleSend(signal *wire.SendSignal, now time.Time) []effect {
	to, good := peerOf(signal.GetTo())
	if !good || len(signal.GetEnvelope()) == 0 || len(signal.GetEnvelope()) > maxEnvelope {
		return s.malformed()
	}
	return []effect{handOn{id: signal.GetId(), to: to, envelope: signal.GetEnvelope(), came: now}}
}

// count says whether a frame of such a cost keeps to the rate. If not it is complained about
// once a second, and the session ends when it does not stop.
func (s *session) count(cost float64, now time.Time) (good bool, complaint []effect) {
	limits := &s.terms.limits
	good, wait := s.bucket.take(cost, limits.Rate, limits.Burst, now)
	if good {
		if s.bucket.tokens >= limits.Burst-cost {
			s.refused = 0
		}
		return true, nil
	}
	s.refused++
	if s.refused > limits.Refusals {
		return false, s.end(wire.ErrorCode_ERROR_CODE_LIMIT, "Too many messages for too long.", 10*time.Second)
	}
	if now.Sub(s.warned) < time.Second {
		return false, nil
	}
	s.warned = now
	return false, []effect{write{protocol.Failure(wire.ErrorCode_ERROR_CODE_LIMIT,
		"More than 20 messages a second: the last ones were not read.", wait)}}
}

func (s *session) malformed() []effect {
	return s.end(wire.ErrorCode_ERROR_CODE_PROTOCOL, "The message cannot be read.", 0)
}

func (s *session) refuseLogin(sentence string) []effect {
	return s.end(wire.ErrorCode_ERROR_CODE_LOGIN, sentence, 0)
}

// end is the last thing that a session says.
func (s *session) end(code wire.ErrorCode, sentence string, retryAfter time.Duration) []effect {
	s.phase = phaseEnded
	return []effect{write{protocol.Failure(code, sentence, retryAfter)}, leave{}}
}

// peerOf reads the name of another peer. Its length is all that matters: only
// keys that were checked at login are ever found.
func peerOf(key []byte) (identity.PeerID, bool) {
	if len(key) != len(identity.PeerID{}) {
		return identity.PeerID{}, false
	}
	return identity.PeerID(key), true
}

func peersOf(keys [][]byte) ([]identity.PeerID, bool) {
	if len(keys) > wire.MaxWatched {
		return nil, false
	}
	peers := make([]identity.PeerID, 0, len(keys))
	for _, key := range keys {
		peer, good := peerOf(key)
		if !good {
			return nil, false
		}
		peers = append(peers, peer)
	}
	return peers, true
}
