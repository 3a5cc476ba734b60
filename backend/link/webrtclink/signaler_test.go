package webrtclink_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/linktest"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/wire"
)

// rewritten is a signal with another body, and the session that it names.
func rewritten(t *testing.T, signal link.Signal, edit func(*wire.SignalBody)) link.Signal {
	t.Helper()
	id := signal.Session
	changed := linktest.Rewrite(t, signal, func(body *wire.SignalBody) {
		edit(body)
		if named, ok := sessionOf(body.GetSession()); ok {
			id = named
		}
	})
	changed.Session = id
	return changed
}

func sessionOf(data []byte) (id link.Session, ok bool) {
	if len(data) != len(id) {
		return id, false
	}
	return link.Session(data), true
}

func description(body *wire.SignalBody) *wire.Description {
	if offer := body.GetOffer(); offer != nil {
		return offer
	}
	return body.GetAnswer()
}

const fingerprintLine = "a=fingerprint:sha-256 "

// colons is a fingerprint as an SDP has it (RFC 8122 section 5).
func colons(raw []byte) string {
	var pairs []string
	for _, one := range raw {
		pairs = append(pairs, strings.ToUpper(hex.EncodeToString([]byte{one})))
	}
	return strings.Join(pairs, ":")
}

// TestSignalerRewritesFingerprints: a signaler opens the seals, changes what an offer or an answer
// says of the certificate, and makes every hash and every field fit again. No session opens.
func TestSignalerRewritesFingerprints(t *testing.T) {
	t.Parallel()
	evil := sha256.Sum256([]byte("the signaler's certificate"))
	short := strings.Repeat("AB:", 19) + "AB"
	replaceLine := func(text, with string) string {
		start := strings.Index(text, fingerprintLine)
		end := start + strings.Index(text[start:], "\r\n") + 2
		return text[:start] + with + text[end:]
	}
	edits := map[string]func(d *wire.Description){
		"swapped": func(d *wire.Description) {
			d.Sdp, d.Fingerprint = replaceLine(d.GetSdp(), fingerprintLine+colons(evil[:])+"\r\n"), evil[:]
		},
		"swapped in the text only": func(d *wire.Description) {
			d.Sdp = replaceLine(d.GetSdp(), fingerprintLine+colons(evil[:])+"\r\n")
		},
		"an extra one": func(d *wire.Description) { d.Sdp += fingerprintLine + colons(evil[:]) + "\r\n" },
		"an extra one before": func(d *wire.Description) {
			d.Sdp = strings.Replace(d.GetSdp(), fingerprintLine, fingerprintLine+colons(evil[:])+"\r\n"+fingerprintLine, 1)
		},
		"session-level": func(d *wire.Description) {
			d.Sdp = strings.Replace(d.GetSdp(), "m=", fingerprintLine+colons(evil[:])+"\r\nm=", 1)
		},
		"session-level and nowhere else": func(d *wire.Description) {
			d.Sdp = strings.Replace(replaceLine(d.GetSdp(), ""), "m=", fingerprintLine+colons(evil[:])+"\r\nm=", 1)
			d.Fingerprint = evil[:]
		},
		"sha-1": func(d *wire.Description) {
			d.Sdp = replaceLine(d.GetSdp(), "a=fingerprint:sha-1 "+short+"\r\n")
		},
		"none": func(d *wire.Description) { d.Sdp = replaceLine(d.GetSdp(), "") },
	}
	for name, edit := range edits {
		for _, kind := range []link.SignalKind{link.SignalOffer, link.SignalAnswer} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var mutex sync.Mutex
				var offered []byte // the hash of the offer as its sender knows it
				changed := false
				c := newCouple(t, func(_ int, signal link.Signal) (link.Signal, bool) {
					if signal.Kind != link.SignalOffer && signal.Kind != link.SignalAnswer {
						return signal, true
					}
					mutex.Lock()
					defer mutex.Unlock()
					return rewritten(t, signal, func(body *wire.SignalBody) {
						one := description(body)
						if signal.Kind == link.SignalOffer {
							offered = slices.Clone(one.GetSdpHash())
						} else {
							one.OfferHash = offered
						}
						if signal.Kind != kind {
							return
						}
						before := one.GetSdp()
						edit(one)
						changed = one.GetSdp() != before
						hash := sha256.Sum256([]byte(one.GetSdp()))
						one.SdpHash = hash[:]
					}), true
				}, func(_ int, config *webrtclink.Config) { config.Timing.Open = 3 * time.Second })
				c.dial(t, link.Options{})
				c.wait(t, 0, "the end", isClosedNotOpened(t))
				c.neverOpened(t)
				mutex.Lock()
				defer mutex.Unlock()
				if !changed {
					t.Error("nothing was changed: there is nothing that is refused")
				}
			})
		}
	}
}

func isClosedNotOpened(t *testing.T) func(link.Event) bool {
	return func(event link.Event) bool {
		if event.Opened != nil {
			t.Error("the session opened")
		}
		return event.Closed != nil
	}
}

// neverOpened closes both and looks at all that was told.
func (c *couple) neverOpened(t *testing.T) {
	t.Helper()
	for i, transport := range c.transports {
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
		for len(c.events[i]) > 0 {
			if event := <-c.events[i]; event.Opened != nil {
				t.Error("the session opened")
			}
		}
	}
}

// TestCrossedAnswers: of two sessions between the same two devices, each gets the answer to the
// other one, with session and hash made to fit: the devices are the right ones, the certificates are not.
func TestCrossedAnswers(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	offers := map[link.Session][]byte{}
	var answers []link.Signal
	var c *couple
	crossed := 0
	c = newCouple(t, func(_ int, signal link.Signal) (link.Signal, bool) {
		mutex.Lock()
		defer mutex.Unlock()
		if signal.Kind == link.SignalOffer {
			rewritten(t, signal, func(body *wire.SignalBody) { offers[signal.Session] = slices.Clone(body.GetOffer().GetSdpHash()) })
		}
		if signal.Kind != link.SignalAnswer {
			return signal, true
		}
		answers = append(answers, signal)
		if len(answers) < 2 {
			return signal, false // until there is another one
		}
		for i, one := range answers {
			instead := answers[1-i].Session
			crossed++
			_ = c.transports[0].Deliver(c.remotes[1], rewritten(t, one, func(body *wire.SignalBody) {
				body.Session, body.GetAnswer().OfferHash = instead[:], offers[instead]
			}))
		}
		return signal, false
	}, func(_ int, config *webrtclink.Config) { config.Timing.Open = 4 * time.Second })
	c.dial(t, link.Options{})
	c.dial(t, link.Options{})
	for range 2 {
		c.wait(t, 0, "the end", isClosedNotOpened(t))
	}
	c.neverOpened(t)
	mutex.Lock()
	defer mutex.Unlock()
	if crossed != 2 {
		t.Errorf("%d answers were crossed", crossed)
	}
}

// TestReplayedOffer: everything that the offerer said once is said again, to the device that has seen
// it and to one that lost its memory in a restart.
func TestReplayedOffer(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	var said []link.Signal
	c := newCouple(t, func(from int, signal link.Signal) (link.Signal, bool) {
		mutex.Lock()
		defer mutex.Unlock()
		if from == 0 {
			said = append(said, signal)
		}
		return signal, true
	}, nil)
	session := c.dial(t, link.Options{})
	for i := range c.events {
		c.wait(t, i, "an open session", func(e link.Event) bool { return e.Opened != nil })
	}
	c.transports[0].Hangup(session)
	for i := range c.events {
		c.wait(t, i, "the end", isClosed)
	}
	mutex.Lock()
	replay := slices.Clone(said)
	mutex.Unlock()
	if replay[0].Kind != link.SignalOffer {
		t.Fatalf("the first signal is of kind %d", replay[0].Kind)
	}
	if err := c.transports[1].Accept(c.remotes[0], replay[0], link.Options{}); !errors.Is(err, link.ErrSignal) {
		t.Errorf("an offer that was answered: %v", err)
	}

	keys := c.keys[1]
	events := make(chan link.Event, 256)
	restarted, err := webrtclink.New(webrtclink.Config{
		Identity: link.Identity{Peer: keys.Peer(), Device: keys.Device(), Sign: keys.SignAsDevice},
		Now:      time.Now, Random: rand.Reader, LoopbackOnly: true, Timing: link.Timing{Open: 2 * time.Second},
		Events: func(event link.Event) { events <- event },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = restarted.Close() })
	if err = restarted.Accept(c.remotes[0], replay[0], link.Options{}); err != nil {
		t.Fatal(err) // it cannot know
	}
	for _, signal := range replay[1:] {
		if signal.Kind == link.SignalCandidate {
			_ = restarted.Deliver(c.remotes[0], signal)
		}
	}
	for event := range events {
		if event.Opened != nil || event.Message != nil {
			t.Fatal("a replay opened a session")
		}
		if event.Closed != nil {
			break
		}
	}
}

// TestRelayedOfferOfSomebodyElse: Ana calls Mallory, who hands her offer on to Ben: as it is, and as
// his own, with Ben's answers handed back as his. Ana and Ben would have a line, and each would think
// that it is Mallory's (an unknown key share).
func TestRelayedOfferOfSomebodyElse(t *testing.T) {
	t.Parallel()
	var keys []*identity.Keys
	for range 3 {
		made, err := identity.NewKeys(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, made)
	}
	slices.SortFunc(keys, func(a, b *identity.Keys) int { return a.Device().Compare(b.Device()) })
	remote := func(one *identity.Keys) link.Remote { return link.Remote{Peer: one.Peer(), Device: one.Device()} }
	ana, mallory, ben := remote(keys[0]), remote(keys[1]), remote(keys[2])
	as := func(signal link.Signal, from, to link.Remote) link.Signal {
		return rewritten(t, signal, func(body *wire.SignalBody) {
			body.FromIdentity, body.FromDevice = from.Peer[:], from.Device[:]
			body.ToIdentity, body.ToDevice = to.Peer[:], to.Device[:]
		})
	}
	var ends [2]atomic.Pointer[webrtclink.Transport] // Ana's and Ben's
	events := [2]chan link.Event{make(chan link.Event, 256), make(chan link.Event, 256)}
	var relayed atomic.Int32
	hand := [2]func(link.Signal){
		func(signal link.Signal) {
			if signal.Kind == link.SignalOffer {
				for _, from := range []link.Remote{ana, mallory} {
					if err := ends[1].Load().Accept(from, signal, link.Options{}); !errors.Is(err, link.ErrAddressee) {
						t.Errorf("her offer as it is: %v", err)
					}
				}
				if err := ends[1].Load().Accept(mallory, as(signal, mallory, ben), link.Options{}); err != nil {
					t.Errorf("her offer as his: %v", err)
				}
				return
			}
			_ = ends[1].Load().Deliver(mallory, as(signal, mallory, ben))
		},
		func(signal link.Signal) {
			relayed.Add(1)
			_ = ends[0].Load().Deliver(mallory, as(signal, mallory, ana))
		},
	}
	for i, own := range []*identity.Keys{keys[0], keys[2]} {
		made, err := webrtclink.New(webrtclink.Config{
			Identity: link.Identity{Peer: own.Peer(), Device: own.Device(), Sign: own.SignAsDevice},
			Now:      time.Now, Random: rand.Reader, LoopbackOnly: true,
			Events: func(event link.Event) {
				events[i] <- event
				if event.Signal != nil {
					hand[i](*event.Signal)
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = made.Close() })
		ends[i].Store(made)
	}
	session, err := link.NewSession(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err = ends[0].Load().Dial(session, mallory, link.Options{}); err != nil {
		t.Fatal(err)
	}
	refusals := 0
	for i := range events {
		for event := range events[i] {
			if event.Opened != nil {
				t.Error("a line opened to somebody who is not at its end")
			}
			if event.Closed != nil {
				if event.Closed.Reason == link.ReasonIdentity {
					refusals++
				}
				break
			}
		}
	}
	if refusals == 0 || relayed.Load() == 0 {
		t.Errorf("%d named the reason, %d signals were handed back", refusals, relayed.Load())
	}
}
