package linktest

import (
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// writeSignal makes a signal as from would.
func writeSignal(t testing.TB, body *wire.SignalBody, session link.Session, from, to *person) link.Signal {
	t.Helper()
	parsed, err := link.WriteSignal(body, session, from.remote(), to.remote(), time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Signal
}

// Rewrite returns the signal with its body changed by edit, as whoever can open its seal could.
func Rewrite(t testing.TB, signal link.Signal, edit func(*wire.SignalBody)) link.Signal {
	t.Helper()
	var body wire.SignalBody
	if err := proto.Unmarshal(signal.Body, &body); err != nil {
		t.Error(err)
		return signal
	}
	edit(&body)
	data, err := wire.Encode(&body)
	if err != nil {
		t.Error(err)
		return signal
	}
	signal.Body = data
	return signal
}

// capture dials and answers the offer, which is not carried.
func (p *pair) capture(t *testing.T) link.Signal {
	t.Helper()
	p.carry(func(*person, *person, link.Signal) {})
	session := p.dial(t)
	event := p.small.wait(t, "an offer", func(e link.Event) bool {
		return e.Session == session && e.Signal != nil && e.Signal.Kind == link.SignalOffer
	})
	return *event.Signal
}

func signalsReordered(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	// Each direction keeps its signals back until it has two, hands them over
	// last first, and all of them twice.
	var mutex sync.Mutex
	kept := map[*person][]link.Signal{}
	p.carry(func(from, to *person, signal link.Signal) {
		mutex.Lock()
		kept[from] = append(kept[from], signal)
		if len(kept[from]) < 2 {
			mutex.Unlock()
			return
		}
		batch := kept[from]
		kept[from] = nil
		mutex.Unlock()
		for range 2 {
			for _, one := range slices.Backward(batch) {
				p.deliver(from, to, one)
			}
		}
	})
	session := p.open(t)
	p.checkAlive(t, session)
}

func signalsLate(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	offer := p.capture(t)
	p.large.skew.Store(int64(link.MaxSkew + time.Second))
	if err := p.large.transport.Accept(p.small.remote(), offer, link.Options{}); !errors.Is(err, link.ErrSignal) || !errors.Is(err, link.ErrSkew) {
		t.Errorf("Accept of a late offer: %v", err)
	}
	p.large.skew.Store(int64(-link.MaxSkew - time.Second))
	if err := p.large.transport.Accept(p.small.remote(), offer, link.Options{}); !errors.Is(err, link.ErrSkew) {
		t.Errorf("Accept of an early offer: %v", err)
	}
	p.large.skew.Store(0)
	p.carry(p.deliver)
	session := p.open(t)
	hangup := writeSignal(t, &wire.SignalBody{Kind: &wire.SignalBody_Hangup{Hangup: &wire.Hangup{}}}, session, p.small, p.large)
	p.large.skew.Store(int64(link.MaxSkew + time.Second))
	if err := p.large.transport.Deliver(p.small.remote(), hangup); !errors.Is(err, link.ErrSkew) {
		t.Errorf("Deliver of a late hangup: %v", err)
	}
	p.large.skew.Store(0)
	p.checkAlive(t, session)
}

func offerOnce(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	offer := p.capture(t)
	if err := p.large.transport.Accept(p.small.remote(), offer, link.Options{}); err != nil {
		t.Fatalf("Accept: %v", err)
	}
	if err := p.large.transport.Accept(p.small.remote(), offer, link.Options{}); !errors.Is(err, link.ErrSignal) {
		t.Errorf("Accept of the same offer: %v", err)
	}
	p.large.transport.Hangup(offer.Session)
	p.large.waitReason(t, offer.Session, link.ReasonLocal)
	if err := p.large.transport.Accept(p.small.remote(), offer, link.Options{}); !errors.Is(err, link.ErrSignal) {
		t.Errorf("Accept of an offer whose session is over: %v", err)
	}
}

func signalsChanged(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	offer := p.capture(t)
	edits := map[string]func(*wire.SignalBody){
		"version":       func(b *wire.SignalBody) { b.Version = wire.Major + 1 },
		"lower version": func(b *wire.SignalBody) { b.Version = 0 },
		"from":          func(b *wire.SignalBody) { b.FromIdentity[0] ^= 1 },
		"from device":   func(b *wire.SignalBody) { b.FromDevice[0] ^= 1 },
		"to":            func(b *wire.SignalBody) { b.ToIdentity[0] ^= 1 },
		"to device":     func(b *wire.SignalBody) { b.ToDevice[0] ^= 1 },
		"session":       func(b *wire.SignalBody) { b.Session = b.Session[1:] },
		"session kind":  func(b *wire.SignalBody) { b.Session[6] = 0x40 },
		"nonce":         func(b *wire.SignalBody) { b.Nonce = nil },
		"hash":          func(b *wire.SignalBody) { b.GetOffer().SdpHash[0] ^= 1 },
		"fingerprint":   func(b *wire.SignalBody) { b.GetOffer().Fingerprint[0] ^= 1 },
		"description":   func(b *wire.SignalBody) { b.GetOffer().Sdp += " " },
		"role":          func(b *wire.SignalBody) { b.GetOffer().DtlsRole = "passive" },
		"offer hash":    func(b *wire.SignalBody) { b.GetOffer().OfferHash = make([]byte, 32) },
		"no kind":       func(b *wire.SignalBody) { b.Kind = nil },
		"another kind":  func(b *wire.SignalBody) { b.Kind = &wire.SignalBody_Hangup{Hangup: &wire.Hangup{}} },
	}
	for name, edit := range edits {
		err := p.large.transport.Accept(p.small.remote(), Rewrite(t, offer, edit), link.Options{})
		if !errors.Is(err, link.ErrSignal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	padded := offer
	padded.Body = append(append([]byte(nil), offer.Body...), 0xa0, 0x06, 0x01) // an unknown field
	if err := p.large.transport.Accept(p.small.remote(), padded, link.Options{}); !errors.Is(err, link.ErrSignal) {
		t.Errorf("an unknown field: %v", err)
	}
	if err := p.large.transport.Accept(p.small.remote(), offer, link.Options{}); err != nil {
		t.Errorf("the offer itself: %v", err)
	}
}

func crossedAnswer(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	p.carry(func(from, to *person, signal link.Signal) {
		if signal.Kind == link.SignalAnswer {
			signal = Rewrite(t, signal, func(b *wire.SignalBody) { b.GetAnswer().OfferHash[0] ^= 1 })
		}
		p.deliver(from, to, signal)
	})
	session := p.dial(t)
	p.small.waitReason(t, session, link.ReasonIdentity)
	if p.small.has(opened) || p.large.has(opened) {
		t.Error("the session opened")
	}
}

func hangupOvertakes(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	offer := p.capture(t)
	p.small.transport.Hangup(offer.Session)
	hangup := p.small.wait(t, "a hangup", func(e link.Event) bool { return e.Signal != nil && e.Signal.Kind == link.SignalHangup })
	if err := p.large.transport.Deliver(p.small.remote(), *hangup.Signal); err != nil {
		t.Errorf("Deliver: %v", err)
	}
	if err := p.large.transport.Accept(p.small.remote(), offer, link.Options{}); !errors.Is(err, link.ErrSignal) {
		t.Errorf("Accept of an offer that was taken back: %v", err)
	}
}
