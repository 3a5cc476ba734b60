package rendezvousclient

import (
	"encoding/binary"
	"io"
	"time"

	"github.com/tincan-chat/tincan/backend/signaling"
)

const (
	firstDelay = time.Second
	lastDelay  = 2 * time.Minute
	// steady is how long a session lasts until the next failure counts as the first.
	steady = 10 * time.Second
	// never is the delay of what is not tried again by itself.
	never time.Duration = -1
)

// backoff counts failures and says how long to wait after each.
type backoff struct {
	failures int
	random   io.Reader
}

func (b *backoff) reset() { b.failures = 0 }

// next is the delay after one more failure: 1 s, 2 s, 4 s … 2 min, and up to
// half as much again, so that the devices of a server that comes back don't
// all arrive at once.
//
// spare says that another server may take us: then the first try comes within
// a second, and what one server asked to wait does not hold for the others.
func (b *backoff) next(failure *Failure, spare bool) time.Duration {
	delay := lastDelay
	if b.failures < 7 {
		delay = min(firstDelay<<b.failures, lastDelay)
	}
	b.failures++
	switch failure.Code {
	case signaling.CodeReplaced, signaling.CodeVersion, signaling.CodeKey, signaling.CodeCertificate:
		// It doesn't get better soon; a person has to do something.
		return lastDelay
	case signaling.CodeBanned:
		if failure.RetryAfter == 0 {
			return never
		}
		return max(failure.RetryAfter, lastDelay)
	case signaling.CodeLimit, signaling.CodeShutdown, signaling.CodeRefused, signaling.CodeNotServer, signaling.CodeUnreachable, signaling.CodeProxy:
	}
	if spare && elsewhere(failure.Code) {
		if b.failures == 1 {
			return time.Duration(b.fraction() * float64(firstDelay))
		}
		return min(delay+time.Duration(b.fraction()*float64(delay)/2), lastDelay)
	}
	delay += time.Duration(b.fraction() * float64(delay) / 2)
	return max(min(delay, lastDelay), failure.RetryAfter)
}

// fraction is random in [0, 1).
func (b *backoff) fraction() float64 {
	var bytes [4]byte
	if _, err := io.ReadFull(b.random, bytes[:]); err != nil {
		return 0.5
	}
	return float64(binary.BigEndian.Uint32(bytes[:])) / (1 << 32)
}
