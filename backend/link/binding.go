package link

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrConfirm says that the other side did not prove its identity over this
// session: somebody is in between, or one side has a bug.
var ErrConfirm = errors.New("link: the other side's proof does not belong to this session")

// Role says who of a session speaks.
type Role byte

// The roles.
const (
	RoleOfferer  Role = 1
	RoleAnswerer Role = 2
)

// Other is the role at the other end.
func (r Role) Other() Role { return RoleOfferer + RoleAnswerer - r }

// Binding is everything a session's confirmation is over, equal on both sides
// unless somebody changed something on the way.
type Binding struct {
	Session             Session
	Offerer, Answerer   Remote
	OffererCertificate  [sha256.Size]byte // SHA-256 of the DTLS certificate seen on the wire
	AnswererCertificate [sha256.Size]byte
	OfferHash           [sha256.Size]byte // SHA-256 of the whole serialised offer: SDP hash, features, time
	AnswerHash          [sha256.Size]byte
	OfferNonce          [NonceSize]byte
	AnswerNonce         [NonceSize]byte
}

const (
	confirmNonce = 32
	maxConfirm   = 256 // a serialised wire.Confirm has 100
)

// transcript is what role signs, under the context "tincan/confirm/1". Every
// field has a fixed length, so nothing can be moved from one into another:
//
//	version 1 | role 1 | session 16 |
//	signer's peer 32, device 32, certificate hash 32 |
//	verifier's peer 32, device 32, certificate hash 32 |
//	offer hash 32 | answer hash 32 | offer nonce 16 | answer nonce 16 | confirm nonce 32
func (b *Binding) transcript(role Role, nonce []byte) []byte {
	signer, verifier := b.Offerer, b.Answerer
	signerCertificate, verifierCertificate := b.OffererCertificate, b.AnswererCertificate
	if role == RoleAnswerer {
		signer, verifier = verifier, signer
		signerCertificate, verifierCertificate = verifierCertificate, signerCertificate
	}
	out := make([]byte, 0, 384)
	out = append(out, wire.Major, byte(role))
	out = append(out, b.Session[:]...)
	out = append(out, signer.Peer[:]...)
	out = append(out, signer.Device[:]...)
	out = append(out, signerCertificate[:]...)
	out = append(out, verifier.Peer[:]...)
	out = append(out, verifier.Device[:]...)
	out = append(out, verifierCertificate[:]...)
	out = append(out, b.OfferHash[:]...)
	out = append(out, b.AnswerHash[:]...)
	out = append(out, b.OfferNonce[:]...)
	out = append(out, b.AnswerNonce[:]...)
	return append(out, nonce...)
}

// Digest names the session by everything that it is bound to, the same on both
// sides: SHA-256 of what the offerer signs, with a nonce of zeros.
func (b *Binding) Digest() [sha256.Size]byte {
	return sha256.Sum256(b.transcript(RoleOfferer, make([]byte, confirmNonce)))
}

// Confirm serialises the first frame that role sends.
func (b *Binding) Confirm(role Role, random io.Reader, sign func(identity.Context, []byte) []byte) ([]byte, error) {
	nonce := make([]byte, confirmNonce)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("link: reading randomness: %w", err)
	}
	signature := sign(identity.ContextConfirm, b.transcript(role, nonce))
	return wire.Encode(&wire.Confirm{Nonce: nonce, Signature: signature})
}

// Verify checks the first frame that came from role. Errors wrap ErrConfirm.
func (b *Binding) Verify(role Role, frame []byte) error {
	var confirm wire.Confirm
	if err := wire.DecodeCanonical(frame, maxConfirm, &confirm); err != nil {
		return fmt.Errorf("%w: %w", ErrConfirm, err)
	}
	signer := b.Offerer
	if role == RoleAnswerer {
		signer = b.Answerer
	}
	if len(confirm.GetNonce()) != confirmNonce ||
		!identity.Verify(signer.Device, identity.ContextConfirm, b.transcript(role, confirm.GetNonce()), confirm.GetSignature()) {
		return ErrConfirm
	}
	return nil
}
