package protocol

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	// WorkBits is how many zero bits the hash of a proof of work begins with:
	// about a million hashes, a tenth of a second to one second of one core.
	WorkBits = 20

	tagSize     = 16
	workContext = "tincan/work/1"
	// strides is how many hashes are tried until cancelling is looked at.
	strides = 1 << 12
)

// StrangerTag returns the tag where strangers leave mail for an identity:
// whoever knows the identity can derive it.
func StrangerTag(peer identity.PeerID) [tagSize]byte {
	sum := sha256.Sum256(append([]byte("tincan/strangers/1"), peer[:]...))
	return [tagSize]byte(sum[:])
}

// InviteTag returns the tag of an invite's box, for the invite's secret of 16 bytes.
func InviteTag(secret []byte) [tagSize]byte {
	sum := sha256.Sum256(append([]byte("tincan/invite-tag/1"), secret...))
	return [tagSize]byte(sum[:])
}

// Work is a proof of work for one envelope at one tag, good for the day it
// names and the days before and after.
type Work struct {
	Day   uint32 // since 1970-01-01 UTC
	Nonce uint64
}

// Make finds a nonce for today. It computes without pause on one core; ctx
// ends it with ctx's error, wrapped.
func (w *Work) Make(ctx context.Context, tag [tagSize]byte, envelope []byte, now time.Time) error {
	w.Day = dayOf(now)
	message := workMessage(tag, w.Day, envelope)
	nonce := message[len(message)-8:]
	for w.Nonce = 0; ; w.Nonce++ {
		if w.Nonce%strides == 0 && ctx.Err() != nil {
			return fmt.Errorf("protocol: proof of work: %w", ctx.Err())
		}
		binary.BigEndian.PutUint64(nonce, w.Nonce)
		if worked(message) {
			return nil
		}
	}
}

// Check says whether the work was done for this envelope and tag, and its day
// is now's or next to it.
func (w Work) Check(tag [tagSize]byte, envelope []byte, now time.Time) bool {
	today := dayOf(now)
	if w.Day > today+1 || w.Day+1 < today {
		return false
	}
	message := workMessage(tag, w.Day, envelope)
	binary.BigEndian.PutUint64(message[len(message)-8:], w.Nonce)
	return worked(message)
}

// Message returns the wire form.
func (w Work) Message() *wire.ProofOfWork { return &wire.ProofOfWork{Day: w.Day, Nonce: w.Nonce} }

// WorkOf reads the wire form; nothing is proved by it until Check.
func WorkOf(message *wire.ProofOfWork) Work {
	return Work{Day: message.GetDay(), Nonce: message.GetNonce()}
}

func dayOf(now time.Time) uint32 {
	const secondsOfDay = 24 * 60 * 60
	return uint32(max(now.Unix(), 0) / secondsOfDay)
}

// workMessage is what is hashed; its last 8 bytes are for the nonce.
func workMessage(tag [tagSize]byte, day uint32, envelope []byte) []byte {
	sum := sha256.Sum256(envelope)
	message := make([]byte, 0, len(workContext)+tagSize+4+len(sum)+8)
	message = append(message, workContext...)
	message = append(message, tag[:]...)
	message = binary.BigEndian.AppendUint32(message, day)
	message = append(message, sum[:]...)
	return append(message, make([]byte, 8)...)
}

func worked(message []byte) bool {
	sum := sha256.Sum256(message)
	return binary.BigEndian.Uint32(sum[:])>>(32-WorkBits) == 0
}
