package protocol

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Sizes of what opens a mailbox.
const (
	TagSize       = 16 // bytes of a tag
	SecretSize    = 16 // bytes of an invite's secret
	WorkBits      = 20 // zero bits that begin a proof's hash: about a million tries
	MaxTagsFrame  = 256
	MaxMailIDs    = 256
	MaxMailID     = 32 // bytes
	MaxMailCursor = 64 // bytes of FetchMail.after
)

// MailBatchSize is how many bytes of envelopes one MailBatch holds together:
// with the smallest envelopes and the largest ids it still fits into a frame of
// either encoding.
const MailBatchSize = 90 << 10

const (
	strangerContext = "tincan/strangers/1"
	inviteContext   = "tincan/invite-tag/1"
	workContext     = "tincan/work/1"
)

// workSize is the length of what a proof hashes.
const workSize = len(workContext) + TagSize + 4 + sha256.Size + 8

// StrangerTag is where strangers leave requests for an identity: the first 16
// bytes of SHA-256("tincan/strangers/1" || identity).
func StrangerTag(peer identity.PeerID) [TagSize]byte {
	return shortHash(strangerContext, peer[:])
}

// InviteTag is where those who hold an invite leave requests: the first 16
// bytes of SHA-256("tincan/invite-tag/1" || secret).
func InviteTag(secret [SecretSize]byte) [TagSize]byte {
	return shortHash(inviteContext, secret[:])
}

func shortHash(purpose string, content []byte) [TagSize]byte {
	digest := sha256.Sum256(append([]byte(purpose), content...))
	return [TagSize]byte(digest[:TagSize])
}

// WorkDay is the day of a proof: days since 1970-01-01 UTC.
func WorkDay(now time.Time) uint32 {
	return uint32(max(now.Unix(), 0) / int64(24*time.Hour/time.Second))
}

// WorkHash is what must begin with WorkBits zero bits: SHA-256 of
// "tincan/work/1", tag, day (4 bytes, big-endian), SHA-256 of the envelope and
// nonce (8 bytes, big-endian).
func WorkHash(tag [TagSize]byte, envelope []byte, day uint32, nonce uint64) [sha256.Size]byte {
	message := workMessage(tag, envelope, day)
	binary.BigEndian.PutUint64(message[workSize-8:], nonce)
	return sha256.Sum256(message[:])
}

func workMessage(tag [TagSize]byte, envelope []byte, day uint32) (message [workSize]byte) {
	content := sha256.Sum256(envelope)
	at := copy(message[:], workContext)
	at += copy(message[at:], tag[:])
	binary.BigEndian.PutUint32(message[at:], day)
	copy(message[at+4:], content[:])
	return message
}

func worked(digest [sha256.Size]byte) bool {
	return bits.LeadingZeros32(binary.BigEndian.Uint32(digest[:])) >= WorkBits
}

// MakeWork proves work for one envelope: about a million hashes, a fraction of
// a second of one core, at random several times that. Error: ctx's.
func MakeWork(ctx context.Context, tag [TagSize]byte, envelope []byte, now time.Time) (*wire.ProofOfWork, error) {
	const askEvery = 1 << 14
	day := WorkDay(now)
	message := workMessage(tag, envelope, day)
	for nonce := uint64(0); ; nonce++ {
		if nonce%askEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		binary.BigEndian.PutUint64(message[workSize-8:], nonce)
		if worked(sha256.Sum256(message[:])) {
			return &wire.ProofOfWork{Day: day, Nonce: nonce}, nil
		}
	}
}

// CheckWork says whether a proof is good now, for a clock that is up to a day
// off, and returns its hash, by which a proof is known again.
func CheckWork(tag [TagSize]byte, envelope []byte, work *wire.ProofOfWork, now time.Time) ([sha256.Size]byte, bool) {
	day, today := int64(work.GetDay()), int64(WorkDay(now))
	if work == nil || day < today-1 || day > today+1 {
		return [sha256.Size]byte{}, false
	}
	digest := WorkHash(tag, envelope, work.GetDay(), work.GetNonce())
	return digest, worked(digest)
}
