package memlink

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	probeTimeout = 4 * time.Second // as in webrtclink
	description  = "memlink/1 "    // what stands in place of an SDP
)

// session is one attempt at a link, under the network's mutex.
type session struct {
	transport *Transport
	id        link.Session
	remote    link.Remote
	options   link.Options
	role      link.Role

	own         [sha256.Size]byte // stands for the certificate
	binding     link.Binding
	offerText   [sha256.Size]byte
	answered    [sha256.Size]byte
	connected   bool // the answer is known
	sentConfirm bool
	open        bool
	finished    bool
	cut         bool // what was sent and has not arrived is dropped

	heard     time.Time
	number    uint64 // of the last ping
	sent      time.Time
	roundTrip time.Duration
	probing   uint64

	backlog int
	full    bool
	streams []*stream
	ours    int
}

func (s *session) network() *Network { return s.transport.network }

// do queues a step of this session.
func (s *session) do(step func()) { s.after(0, step) }

func (s *session) after(wait time.Duration, step func()) {
	n := s.network()
	n.at(n.now().Add(wait), func() {
		if !s.finished {
			step()
		}
	})
}

func (s *session) emit(event link.Event) {
	event.Session, event.Remote = s.id, s.remote
	n := s.network()
	n.told = append(n.told, telling{transport: s.transport, event: event})
}

// post sends something to the same session at the other side.
func (s *session) post(arrive func(other *session)) {
	n := s.network()
	n.packet(s.transport.own, s.remote, func() {
		device := n.devices[s.remote.Device]
		if device == nil {
			return
		}
		other := device.sessions[s.id]
		if other == nil || other.finished || other.remote != s.transport.own {
			return
		}
		if device.bans(other.remote) {
			device.tellBlocked(other)
			return
		}
		if s.transport.bans(s.remote) {
			return
		}
		other.heard = n.now()
		arrive(other)
	})
}

func (s *session) finish(reason link.Reason, err error) {
	if s.finished {
		return
	}
	if reason == link.ReasonIdentity || reason == link.ReasonProtocol {
		s.post(func(other *session) { other.cutOff() })
	}
	s.finished, s.open = true, false
	delete(s.transport.sessions, s.id)
	for _, one := range s.streams {
		one.fail(link.ErrNotOpen)
	}
	s.emit(link.Event{Closed: &link.Closed{Reason: reason, Err: err}})
}

// cutOff is what the other side's end of DTLS is in webrtclink.
func (s *session) cutOff() {
	if s.open {
		s.finish(link.ReasonRemote, nil)
		return
	}
	s.finish(link.ReasonFailed, nil)
}

func (s *session) hangup() {
	if s.open {
		s.post(func(other *session) { other.finish(link.ReasonRemote, nil) })
	} else {
		s.signal(&wire.SignalBody{Kind: &wire.SignalBody_Hangup{Hangup: &wire.Hangup{}}})
	}
	s.finish(link.ReasonLocal, nil)
}

func (s *session) signal(body *wire.SignalBody) (link.Parsed, bool) {
	config := &s.transport.config
	parsed, err := link.WriteSignal(body, s.id, s.transport.own, s.remote, config.Now(), config.Random)
	if err != nil {
		s.finish(link.ReasonFailed, err)
		return link.Parsed{}, false
	}
	s.emit(link.Event{Signal: &parsed.Signal})
	return parsed, true
}

// describe makes a description in the form that link.ReadSignal asks for.
func (s *session) describe(role string, offerHash []byte) (*wire.Description, error) {
	var secret [sha256.Size]byte
	if _, err := io.ReadFull(s.transport.config.Random, secret[:]); err != nil {
		return nil, fmt.Errorf("memlink: reading randomness: %w", err)
	}
	s.own = sha256.Sum256(secret[:])
	text := description + hex.EncodeToString(s.own[:])
	hash := sha256.Sum256([]byte(text))
	return &wire.Description{
		Sdp: text, SdpHash: hash[:], Fingerprint: s.own[:], DtlsRole: role,
		IceUfrag: "memlink", IcePassword: hex.EncodeToString(hash[:]), OfferHash: offerHash,
	}, nil
}

func checkDescription(d *wire.Description) error {
	if d.GetSdp() != description+hex.EncodeToString(d.GetFingerprint()) {
		return link.Refuse(fmt.Errorf("%w: fingerprint", link.ErrBinding))
	}
	return nil
}

func (s *session) offer() {
	made, err := s.describe("actpass", nil)
	if err != nil {
		s.finish(link.ReasonFailed, err)
		return
	}
	if sent, ok := s.signal(&wire.SignalBody{Kind: &wire.SignalBody_Offer{Offer: made}}); ok {
		s.binding.OfferHash, s.binding.OfferNonce = sent.Hash, sent.Nonce
		s.binding.OffererCertificate = s.own
		s.offerText = [sha256.Size]byte(made.GetSdpHash())
		s.candidate()
	}
}

func (s *session) answer(offer link.Parsed) {
	s.binding.OfferHash, s.binding.OfferNonce = offer.Hash, offer.Nonce
	s.binding.OffererCertificate = [sha256.Size]byte(offer.Description.GetFingerprint())
	made, err := s.describe("active", offer.Description.GetSdpHash())
	if err != nil {
		s.finish(link.ReasonFailed, err)
		return
	}
	if sent, ok := s.signal(&wire.SignalBody{Kind: &wire.SignalBody_Answer{Answer: made}}); ok {
		s.binding.AnswerHash, s.binding.AnswerNonce = sent.Hash, sent.Nonce
		s.binding.AnswererCertificate = s.own
		s.connected = true
		s.candidate()
	}
}

// candidate is there so that owners see as many kinds of signals as in reality.
func (s *session) candidate() {
	text := "candidate:1 1 udp 1 " + s.transport.config.Address.String() + " 9 typ host"
	s.signal(&wire.SignalBody{Kind: &wire.SignalBody_Candidate{Candidate: &wire.Candidate{Candidate: text}}})
}

func (s *session) receive(signal link.Parsed) {
	switch signal.Kind {
	case link.SignalAnswer:
		s.receiveAnswer(signal)
	case link.SignalHangup:
		s.finish(link.ReasonRemote, nil)
	case link.SignalCandidate:
	case link.SignalOffer, link.SignalDial:
		s.finish(link.ReasonProtocol, link.Refuse(link.ErrMalformed))
	}
}

func (s *session) receiveAnswer(answer link.Parsed) {
	if s.connected && s.answered == answer.Hash {
		return // a second copy
	}
	if s.role != link.RoleOfferer || s.connected {
		s.finish(link.ReasonProtocol, link.Refuse(link.ErrMalformed))
		return
	}
	err := checkDescription(answer.Description)
	if err == nil && !bytes.Equal(answer.Description.GetOfferHash(), s.offerText[:]) {
		err = link.Refuse(fmt.Errorf("%w: it answers another offer", link.ErrBinding))
	}
	if err != nil {
		s.finish(link.ReasonIdentity, err)
		return
	}
	s.connected, s.answered = true, answer.Hash
	s.binding.AnswerHash, s.binding.AnswerNonce = answer.Hash, answer.Nonce
	s.binding.AnswererCertificate = [sha256.Size]byte(answer.Description.GetFingerprint())
	s.sendConfirm()
}

func (s *session) sendConfirm() {
	if s.sentConfirm {
		return
	}
	s.sentConfirm = true
	config := &s.transport.config
	frame, err := s.binding.Confirm(s.role, config.Random, config.Identity.Sign)
	if err != nil {
		s.finish(link.ReasonFailed, err)
		return
	}
	s.post(func(other *session) { other.confirm(frame) })
	s.after(config.Timing.Confirm, func() {
		if !s.open {
			s.finish(link.ReasonIdentity, nil)
		}
	})
}

func (s *session) confirm(frame []byte) {
	if err := s.binding.Verify(s.role.Other(), frame); err != nil {
		s.finish(link.ReasonIdentity, err)
		return
	}
	s.sendConfirm()
	if s.finished || s.open {
		return
	}
	s.open = true
	s.emit(link.Event{Opened: &link.Opened{Path: link.PathLAN, Address: s.transport.addressOf(s.remote), Binding: s.binding.Digest()}})
	s.ping()
	s.watch()
}

// watch ends the session when nothing was heard for too long.
func (s *session) watch() {
	silence := s.transport.config.Timing.Silence
	left := s.heard.Add(silence).Sub(s.network().now())
	if left <= 0 {
		s.finish(link.ReasonSilence, nil)
		return
	}
	s.after(left, s.watch)
}

func (s *session) ping() {
	s.pingOnce()
	s.after(s.transport.config.Timing.Ping, s.ping)
}

func (s *session) pingOnce() {
	s.number++
	s.sent = s.network().now()
	number := s.number
	s.post(func(other *session) {
		other.post(func(back *session) {
			if number == back.number {
				back.pong(number)
			}
		})
	})
}

func (s *session) pong(number uint64) {
	if s.probing != 0 && number >= s.probing {
		s.probing = 0
	}
	s.roundTrip = s.network().now().Sub(s.sent)
	if s.open {
		s.emit(link.Event{Path: &link.PathChanged{Path: link.PathLAN, RoundTrip: s.roundTrip, Address: s.transport.addressOf(s.remote)}})
	}
}

func (s *session) probe() {
	if !s.open {
		return
	}
	s.pingOnce()
	asked := s.number
	s.probing = asked
	s.after(probeTimeout, func() {
		if s.probing == asked {
			s.finish(link.ReasonSilence, nil)
		}
	})
}

// send queues a message; it leaves the backlog when it has arrived.
func (s *session) send(message []byte) error {
	cost := len(message) + 1
	if s.backlog+cost > link.MaxBacklog {
		s.full = true
		return link.ErrBacklog
	}
	s.backlog += cost
	s.post(func(other *session) {
		if !other.open || s.cut {
			return
		}
		other.emit(link.Event{Message: message})
		s.backlog -= cost
		if s.full && s.backlog < link.MaxBacklog/2 && !s.finished {
			s.full = false
			s.emit(link.Event{Drained: true})
		}
	})
	return nil
}
