package link

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of a signal. Sizes in bytes.
const (
	MaxSignal      = 16 << 10         // a serialised wire.SignalBody
	MaxDescription = 8 << 10          // an SDP; pion writes about 500
	MaxCandidate   = 512              // a candidate-attribute
	MaxSkew        = 90 * time.Second // between a signal's time and ours, both corrected by the server
	NonceSize      = 16

	maxCredential = 256 // ice-ufrag and ice-pwd, RFC 8839 section 5.4
)

// What is wrong with a signal. Each comes wrapped in ErrSignal too.
var (
	ErrVersion   = errors.New("it speaks another version of the protocol")
	ErrSkew      = errors.New("its time is more than 90 seconds away from ours")
	ErrMalformed = errors.New("it is not in the form that the protocol asks for")
	ErrAddressee = errors.New("it is not from and to these devices")
	ErrBinding   = errors.New("its description does not match what it is bound to")
)

// Refuse wraps what is wrong with a signal in ErrSignal.
func Refuse(cause error) error { return fmt.Errorf("%w: %w", ErrSignal, cause) }

// Parsed is a signal whose form has been checked.
type Parsed struct {
	Signal
	Features    uint64
	Nonce       [NonceSize]byte
	Hash        [sha256.Size]byte // of the whole serialised body
	Description *wire.Description // of an offer or answer
	Candidate   string            // of a candidate; empty means the end of candidates
}

// ParseSignal reads the session and kind of a serialised wire.SignalBody and
// checks what can be checked without knowing the session: canonical form,
// version, sizes, that it comes from and goes to these devices, and that its
// time is within MaxSkew of now. Errors wrap ErrSignal.
func ParseSignal(body []byte, from, to Remote, now time.Time) (Signal, error) {
	parsed, err := ReadSignal(body, from, to, now)
	return parsed.Signal, err
}

// ReadSignal is ParseSignal for transports, which need the insides too.
func ReadSignal(body []byte, from, to Remote, now time.Time) (Parsed, error) {
	var message wire.SignalBody
	if err := wire.DecodeCanonical(body, MaxSignal, &message); err != nil {
		// A newer major may write fields that we cannot decode canonically, and
		// the reader deserves to hear the real reason.
		if message.GetVersion() != 0 && message.GetVersion() != wire.Major {
			return Parsed{}, Refuse(ErrVersion)
		}
		return Parsed{}, Refuse(fmt.Errorf("%w: %w", ErrMalformed, err))
	}
	if message.GetVersion() != wire.Major {
		return Parsed{}, Refuse(ErrVersion)
	}
	session, err := uuid.FromBytes(message.GetSession())
	if err != nil || session.Version() != 7 || session.Variant() != uuid.RFC4122 || len(message.GetNonce()) != NonceSize {
		return Parsed{}, Refuse(ErrMalformed)
	}
	if string(message.GetFromIdentity()) != string(from.Peer[:]) || string(message.GetFromDevice()) != string(from.Device[:]) ||
		string(message.GetToIdentity()) != string(to.Peer[:]) || string(message.GetToDevice()) != string(to.Device[:]) {
		return Parsed{}, Refuse(ErrAddressee)
	}
	parsed := Parsed{
		Signal:   Signal{Session: session, Body: body},
		Features: message.GetFeatures(),
		Nonce:    [NonceSize]byte(message.GetNonce()),
		Hash:     sha256.Sum256(body),
	}
	if err := parsed.readKind(&message); err != nil {
		return Parsed{}, Refuse(err)
	}
	// Last, so that a caller who lets a late signal pass knows that the rest is sound.
	if skew := now.Sub(time.UnixMilli(message.GetTimeMs())).Abs(); skew > MaxSkew {
		return parsed, Refuse(ErrSkew)
	}
	return parsed, nil
}

// Read is ReadSignal, with the carrier's word for the signal's age where there
// is one.
func (s Signal) Read(from, to Remote, now time.Time) (Parsed, error) {
	parsed, err := ReadSignal(s.Body, from, to, now)
	if errors.Is(err, ErrSkew) && !s.Sealed.IsZero() && now.Sub(s.Sealed).Abs() <= MaxSkew {
		err = nil
	}
	return parsed, err
}

func (p *Parsed) readKind(message *wire.SignalBody) error {
	switch kind := message.GetKind().(type) {
	case *wire.SignalBody_Offer:
		p.Kind, p.Description = SignalOffer, kind.Offer
		return checkDescription(kind.Offer, "actpass", 0)
	case *wire.SignalBody_Answer:
		p.Kind, p.Description = SignalAnswer, kind.Answer
		return checkDescription(kind.Answer, "active", sha256.Size)
	case *wire.SignalBody_Candidate:
		p.Kind, p.Candidate = SignalCandidate, kind.Candidate.GetCandidate()
		if len(p.Candidate) > MaxCandidate {
			return ErrMalformed
		}
		return nil
	case *wire.SignalBody_Dial:
		p.Kind = SignalDial
		return nil
	case *wire.SignalBody_Hangup:
		p.Kind = SignalHangup
		return nil
	default:
		return ErrMalformed
	}
}

// checkDescription checks sizes, the role that the step has (RFC 8842 section
// 5.3: the offerer is ready for both, the answerer is always active here) and
// the hash of the SDP.
func checkDescription(d *wire.Description, role string, offerHash int) error {
	if len(d.GetSdp()) == 0 || len(d.GetSdp()) > MaxDescription ||
		len(d.GetSdpHash()) != sha256.Size || len(d.GetFingerprint()) != sha256.Size || len(d.GetOfferHash()) != offerHash ||
		len(d.GetIceUfrag()) < 4 || len(d.GetIceUfrag()) > maxCredential ||
		len(d.GetIcePassword()) < 22 || len(d.GetIcePassword()) > maxCredential {
		return ErrMalformed
	}
	if d.GetDtlsRole() != role {
		return fmt.Errorf("%w: DTLS role", ErrBinding)
	}
	if hash := sha256.Sum256([]byte(d.GetSdp())); string(hash[:]) != string(d.GetSdpHash()) {
		return fmt.Errorf("%w: hash of the session description", ErrBinding)
	}
	return nil
}

// WriteSignal fills in everything but the kind, which the caller has set, and
// serialises the body.
func WriteSignal(body *wire.SignalBody, session Session, from, to Remote, now time.Time, random io.Reader) (Parsed, error) {
	nonce := make([]byte, NonceSize)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return Parsed{}, fmt.Errorf("link: reading randomness: %w", err)
	}
	body.Version = wire.Major
	body.Session = session[:]
	body.FromIdentity, body.FromDevice = from.Peer[:], from.Device[:]
	body.ToIdentity, body.ToDevice = to.Peer[:], to.Device[:]
	body.TimeMs = now.UnixMilli()
	body.Nonce = nonce
	data, err := wire.Encode(body)
	if err != nil {
		return Parsed{}, fmt.Errorf("link: writing a signal: %w", err)
	}
	// Reading it back keeps what we send and what we accept the same.
	return ReadSignal(data, from, to, now)
}

// NewSession makes a session id: a UUID v7 of this time (RFC 9562).
func NewSession(now time.Time, random io.Reader) (Session, error) {
	var session Session
	if _, err := io.ReadFull(random, session[6:]); err != nil {
		return Session{}, fmt.Errorf("link: reading randomness: %w", err)
	}
	ms := now.UnixMilli()
	for i := range 6 {
		session[i] = byte(ms >> (40 - 8*i))
	}
	session[6] = session[6]&0x0f | 0x70
	session[8] = session[8]&0x3f | 0x80
	return session, nil
}

// AskDial makes the signal that asks remote to offer.
func AskDial(own, remote Remote, now time.Time, random io.Reader) (Signal, error) {
	session, err := NewSession(now, random)
	if err != nil {
		return Signal{}, err
	}
	body := &wire.SignalBody{Kind: &wire.SignalBody_Dial{Dial: &wire.Dial{}}}
	parsed, err := WriteSignal(body, session, own, remote, now, random)
	return parsed.Signal, err
}

// Remote is how the other side sees this device.
func (i Identity) Remote() Remote { return Remote{Peer: i.Peer, Device: i.Device} }
