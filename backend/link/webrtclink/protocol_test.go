package webrtclink

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
)

// twins are two transports in one test that looks inside.
func twins(t *testing.T) (transports [2]*Transport, events [2]chan link.Event) {
	t.Helper()
	var keys [2]*identity.Keys
	for i := range keys {
		made, err := identity.NewKeys(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = made
		events[i] = make(chan link.Event, 256)
	}
	if keys[0].Device().Compare(keys[1].Device()) > 0 {
		keys[0], keys[1] = keys[1], keys[0]
	}
	for i, one := range keys {
		made, err := New(Config{
			Identity: link.Identity{Peer: one.Peer(), Device: one.Device(), Sign: one.SignAsDevice},
			Now:      time.Now, Random: rand.Reader, LoopbackOnly: true,
			Events: func(event link.Event) {
				events[i] <- event
				switch own := transports[i].own; {
				case event.Signal == nil:
				case event.Signal.Kind == link.SignalOffer:
					_ = transports[1-i].Accept(own, *event.Signal, link.Options{})
				default:
					_ = transports[1-i].Deliver(own, *event.Signal)
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = made.Close() })
		transports[i] = made
	}
	return transports, events
}

func await(t *testing.T, events <-chan link.Event, what string, matches func(link.Event) bool) link.Event {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for {
		select {
		case event := <-events:
			if matches(event) {
				return event
			}
		case <-deadline.C:
			t.Fatalf("waited for %s", what)
		}
	}
}

func TestWhatBreaksTheProtocolEndsTheSession(t *testing.T) {
	write := func(id int, frame ...byte) func(*session) error {
		return func(s *session) error { return s.channels[id].writeNow(frame) }
	}
	cases := map[string]func(*session) error{
		"a message frame of no kind":     write(channelMessages, 9),
		"a second confirmation":          write(channelMessages, frameConfirm, 1),
		"a part that is not full":        write(channelMessages, frameMore, 1),
		"a control frame that is short":  write(channelControl, controlPing),
		"a control frame that is long":   write(channelControl, make([]byte, 100)...),
		"a stream of the wrong parity":   write(channelStreams, streamOpen, 0, 0, 0, 2),
		"a stream frame of no kind":      write(channelStreams, 9, 0, 0, 0, 1),
		"a stream frame that is short":   write(channelStreams, streamData),
		"a channel that was not made so": func(s *session) error { _, err := s.connection.CreateDataChannel("x", nil); return err },
	}
	for name, breach := range cases {
		t.Run(name, func(t *testing.T) {
			transports, events := twins(t)
			id, err := link.NewSession(time.Now(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if err = transports[0].Dial(id, transports[1].own, link.Options{}); err != nil {
				t.Fatal(err)
			}
			for i := range events {
				await(t, events[i], "an open session", func(e link.Event) bool { return e.Opened != nil })
			}
			s := transports[0].find(id)
			s.post(func() {
				if breachErr := breach(s); breachErr != nil {
					t.Error(breachErr)
				}
			})
			closed := await(t, events[1], "the end", func(e link.Event) bool { return e.Closed != nil }).Closed
			if closed.Reason != link.ReasonProtocol || !errors.Is(closed.Err, errProtocol) {
				t.Errorf("reason %d: %v", closed.Reason, closed.Err)
			}
			await(t, events[0], "the end over here", func(e link.Event) bool { return e.Closed != nil })
		})
	}
}

func TestNothingIsProcessedBeforeTheConfirmation(t *testing.T) {
	for name, frame := range map[string][]byte{
		"a message":               {frameLast, 'x'},
		"a goodbye":               {frameBye},
		"nothing":                 {},
		"an empty confirmation":   {frameConfirm},
		"a confirmation of zeros": append([]byte{frameConfirm}, make([]byte, 100)...),
	} {
		transports, events := twins(t)
		id, err := link.NewSession(time.Now(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		s := newSession(transports[0], id, transports[1].own, link.Options{}, link.RoleOfferer, nil)
		s.confirm(frame)
		event := <-events[0]
		if event.Closed == nil || event.Closed.Reason != link.ReasonIdentity || !errors.Is(event.Closed.Err, link.ErrConfirm) {
			t.Errorf("%s: %+v", name, event)
		}
		s.cancel()
	}
}

func TestCertificatesAreFresh(t *testing.T) {
	_, first, err := newCertificate()
	if err != nil {
		t.Fatal(err)
	}
	certificate, second, err := newCertificate()
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Error("two certificates are one")
	}
	if left := time.Until(certificate.Expires()); left < 100*365*24*time.Hour {
		t.Errorf("a certificate is good for %v", left)
	}
}
