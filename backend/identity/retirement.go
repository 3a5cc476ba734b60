package identity

import (
	"fmt"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

// maxRetirement caps a serialised Retirement, in bytes; one has about 43.
const maxRetirement = 64

// Retirement is an identity that its owner gave up for good.
type Retirement struct {
	Peer PeerID
	At   time.Time // by its owner's clock
}

// Retire signs that this person's identity is given up.
func (k *Keys) Retire(now time.Time) (*wire.Signed, error) {
	body, err := wire.Encode(&wire.Retirement{Identity: k.peer[:], RetiredMs: now.UnixMilli()})
	if err != nil {
		return nil, fmt.Errorf("identity: retirement: %w", err)
	}
	return k.SignedAsIdentity(ContextRetirement, body), nil
}

// ParseRetirement checks that an identity was given up by whoever has its key.
// Errors wrap ErrRecord.
func ParseRetirement(signed *wire.Signed) (Retirement, error) {
	body := &wire.Retirement{}
	if err := wire.DecodeCanonical(signed.GetBody(), maxRetirement, body); err != nil {
		return Retirement{}, fmt.Errorf("%w: retirement: %w", ErrRecord, err)
	}
	peer, err := PeerIDFromBytes(body.GetIdentity())
	if err != nil {
		return Retirement{}, fmt.Errorf("%w: retirement: %w", ErrRecord, err)
	}
	if body.GetRetiredMs() <= 0 || !VerifySigned(peer, ContextRetirement, signed) {
		return Retirement{}, fmt.Errorf("%w: retirement: time or signature", ErrRecord)
	}
	return Retirement{Peer: peer, At: time.UnixMilli(body.GetRetiredMs())}, nil
}
