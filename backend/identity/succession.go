package identity

import (
	"fmt"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

// MaxSuccessions is how many successions are told in one piece. Who missed more
// does not follow.
const MaxSuccessions = 8

// maxSuccession caps the body of a succession, in bytes; one has about 77.
const maxSuccession = 96

// Succession is an identity that goes on as another one, as both have signed.
type Succession struct {
	From, To PeerID
	At       time.Time // by the clock of whoever changed the key
	Signed   *wire.SignedSuccession
}

// SucceededBy signs, with both keys, that this person goes on as another identity.
func (k *Keys) SucceededBy(next *Keys, now time.Time) (*wire.SignedSuccession, error) {
	body, err := wire.Encode(&wire.Succession{From: k.peer[:], To: next.peer[:], IssuedMs: now.UnixMilli()})
	if err != nil {
		return nil, fmt.Errorf("identity: succession: %w", err)
	}
	return &wire.SignedSuccession{
		Body: body, FromSignature: k.SignAsIdentity(ContextSuccessionFrom, body), ToSignature: next.SignAsIdentity(ContextSuccessionTo, body),
	}, nil
}

// ParseSuccession checks that both identities signed it. Errors wrap ErrRecord.
func ParseSuccession(signed *wire.SignedSuccession) (Succession, error) {
	body := &wire.Succession{}
	if err := wire.DecodeCanonical(signed.GetBody(), maxSuccession, body); err != nil {
		return Succession{}, fmt.Errorf("%w: succession: %w", ErrRecord, err)
	}
	from, err := PeerIDFromBytes(body.GetFrom())
	if err != nil {
		return Succession{}, fmt.Errorf("%w: succession: %w", ErrRecord, err)
	}
	to, err := PeerIDFromBytes(body.GetTo())
	if err != nil {
		return Succession{}, fmt.Errorf("%w: succession: %w", ErrRecord, err)
	}
	before := &wire.Signed{Body: signed.GetBody(), Signature: signed.GetFromSignature()}
	after := &wire.Signed{Body: signed.GetBody(), Signature: signed.GetToSignature()}
	if from == to || body.GetIssuedMs() <= 0 || !VerifySigned(from, ContextSuccessionFrom, before) || !VerifySigned(to, ContextSuccessionTo, after) {
		return Succession{}, fmt.Errorf("%w: succession: time, identities or signatures", ErrRecord)
	}
	return Succession{From: from, To: to, At: time.UnixMilli(body.GetIssuedMs()), Signed: signed}, nil
}

// ParseSuccessions checks successions that follow one another, oldest first, and
// never come back to an identity. Errors wrap ErrRecord.
func ParseSuccessions(links []*wire.SignedSuccession) ([]Succession, error) {
	if len(links) == 0 || len(links) > MaxSuccessions {
		return nil, fmt.Errorf("%w: %d successions", ErrRecord, len(links))
	}
	chain := make([]Succession, 0, len(links))
	been := make(map[PeerID]bool, len(links)+1)
	for _, link := range links {
		one, err := ParseSuccession(link)
		if err != nil {
			return nil, err
		}
		if len(chain) > 0 && chain[len(chain)-1].To != one.From {
			return nil, fmt.Errorf("%w: successions that do not follow one another", ErrRecord)
		}
		been[one.From] = true
		if been[one.To] {
			return nil, fmt.Errorf("%w: successions in a circle", ErrRecord)
		}
		chain = append(chain, one)
	}
	return chain, nil
}
