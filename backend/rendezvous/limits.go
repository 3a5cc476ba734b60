package rendezvous

import (
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/guard"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits bound what outsiders can make the server do. Zero means the default;
// they are promises of security.md and changed in tests only.
type Limits struct {
	Connections     int           // in all; 16,000
	Unauthenticated int           // connections before login, an IPv4 address or IPv6 /64; 20
	PerDevice       int           // connections of one device, those being replaced included; 4
	Header          time.Duration // for the TLS handshake and the HTTP header; 5 s
	Login           time.Duration // from accept to login; 5 s
	Frame           time.Duration // for the rest of a frame that began; 10 s
	Write           time.Duration // for a frame to be taken by the other side; 10 s
	Queue           int           // bytes waiting for one slow client; 512 KiB
	Memory          int           // bytes of half-read frames and queues in all; 128 MiB
	Rate            float64       // frames a second; 20
	Burst           float64       // frames at once; 60
	Refusals        int           // frames over the rate until the session is closed; 60
	PutsPerHour     int           // envelopes that one identity may leave in mailboxes; 1,000
	PutBytesPerDay  int           // bytes of them; 64 MiB
	RecalledPerHour int           // bytes that are read to find what one identity takes back; 256 MiB, which is 16 full boxes
	WritesPerHour   int           // claims, entries and reports from one IPv4 address or IPv6 /64; 120
	// Guard is of addresses and identities over many connections.
	Guard guard.Limits
	// GuardLoopback has this machine's own addresses guarded as well, for tests:
	// without it a proxy that is not named as one would be banned for its clients.
	GuardLoopback bool
}

func (l Limits) withDefaults() Limits {
	number := func(value *int, standard int) {
		if *value == 0 {
			*value = standard
		}
	}
	duration := func(value *time.Duration, standard time.Duration) {
		if *value == 0 {
			*value = standard
		}
	}
	number(&l.Connections, 16_000)
	number(&l.Unauthenticated, 20)
	number(&l.PerDevice, 4)
	duration(&l.Header, 5*time.Second)
	duration(&l.Login, 5*time.Second)
	duration(&l.Frame, 10*time.Second)
	duration(&l.Write, 10*time.Second)
	number(&l.Queue, 512<<10)
	number(&l.Memory, 128<<20)
	number(&l.Refusals, 60)
	number(&l.PutsPerHour, 1000)
	number(&l.PutBytesPerDay, 64<<20)
	number(&l.RecalledPerHour, 256<<20)
	number(&l.WritesPerHour, 120)
	if l.Rate == 0 {
		l.Rate = protocol.Rate
	}
	if l.Burst == 0 {
		l.Burst = protocol.Burst
	}
	return l
}

// maxEnvelope is the largest envelope that is relayed: both encodings can carry it.
const maxEnvelope = wire.MaxEnvelope

// bucket is a token bucket: it holds burst tokens and gains rate a second.
type bucket struct {
	tokens float64
	filled time.Time
}

// take takes count tokens, or says how long until there are so many.
func (b *bucket) take(count, rate, burst float64, now time.Time) (bool, time.Duration) {
	if b.takeMany(count, rate, burst, now) {
		return true, 0
	}
	return false, time.Duration((count - b.tokens) / rate * float64(time.Second))
}

// takeMany takes count tokens if there are so many.
func (b *bucket) takeMany(count, rate, burst float64, now time.Time) bool {
	if elapsed := now.Sub(b.filled).Seconds(); elapsed > 0 {
		b.tokens = min(burst, b.tokens+elapsed*rate)
		b.filled = now
	}
	if b.tokens < count {
		return false
	}
	b.tokens -= count
	return true
}
