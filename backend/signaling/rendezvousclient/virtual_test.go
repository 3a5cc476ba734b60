package rendezvousclient

import (
	"crypto/ed25519"
	"crypto/rand"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

func (p *person) drain() []signaling.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	events := p.events
	p.events = nil
	return events
}

// inVirtualTime runs a test with a scripted server in a bubble.
func inVirtualTime(t *testing.T, test func(t *testing.T, s *script, p *person)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newScript(t)
		p := newPerson(t, func(o *Options) { o.Dial = s.dial })
		test(t, s, p)
		if err := p.client.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

// inBothEncodings is inVirtualTime for protobuf and JSON.
func inBothEncodings(t *testing.T, test func(t *testing.T, s *script, p *person)) {
	t.Helper()
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		t.Run(encoding.Subprotocol(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(t)
				p := newPerson(t, func(o *Options) { o.Dial, o.Encoding = s.dial, encoding })
				test(t, s, p)
				if err := p.client.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		})
	}
}

func connect(t *testing.T, s *script, p *person) {
	t.Helper()
	p.client.Connect("home", s.server())
	synctest.Wait()
	if !slices.ContainsFunc(p.drain(), func(e signaling.Event) bool { return e.Up != nil }) {
		t.Fatal("not up")
	}
}

// pass lets virtual time go by.
func pass(duration time.Duration) {
	<-time.After(duration)
	synctest.Wait()
}

func downs(events []signaling.Event) []signaling.Down {
	var found []signaling.Down
	for _, event := range events {
		if event.Down != nil {
			found = append(found, *event.Down)
		}
	}
	return found
}

func TestBackoff(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, s *script, p *person) {
		s.set(func(s *script) { s.refuse = fail(signaling.CodeUnreachable, errPipe) })
		p.client.Connect("home", s.server())
		pass(20 * time.Minute)
		s.mu.Lock()
		defer s.mu.Unlock()
		least := time.Second
		for i := 1; i < len(s.dials); i++ {
			delay := s.dials[i].Sub(s.dials[i-1])
			if delay < least || delay > min(least*3/2, 2*time.Minute) {
				t.Errorf("delay %d is %v, want %v to half as much again", i, delay, least)
			}
			least = min(2*least, 2*time.Minute)
		}
		if len(s.dials) < 12 {
			t.Errorf("only %d attempts in 20 minutes", len(s.dials))
		}
		for i, down := range downs(p.drain())[:len(s.dials)-1] {
			if down.Code != signaling.CodeUnreachable || !down.RetryAt.Equal(s.dials[i+1]) {
				t.Errorf("down %+v, next attempt at %v", down, s.dials[i+1])
			}
		}
	})
}

func TestRetryNow(t *testing.T) {
	for name, retry := range map[string]func(*Client){
		"Retry":          func(c *Client) { c.Retry("home") },
		"NetworkChanged": (*Client).NetworkChanged,
	} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(t *testing.T, s *script, p *person) {
				s.set(func(s *script) { s.refuse = fail(signaling.CodeUnreachable, errPipe) })
				p.client.Connect("home", s.server())
				pass(10 * time.Minute)
				s.set(func(s *script) { s.refuse = nil })
				p.drain()
				retry(p.client)
				synctest.Wait()
				if !slices.ContainsFunc(p.drain(), func(e signaling.Event) bool { return e.Up != nil }) {
					t.Error("not tried at once")
				}
			})
		})
	}
}

func TestHeartbeats(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, s *script, p *person) {
		connect(t, s, p)
		pass(35 * time.Second)
		s.mu.Lock()
		if len(s.beats) != 3 || s.beats[1].Sub(s.beats[0]) != 10*time.Second {
			t.Errorf("heartbeats at %v", s.beats)
		}
		s.deaf = true
		s.mu.Unlock()
		p.drain()
		pass(14 * time.Second) // the next heartbeat after 5 s, and 10 s of silence
		if found := downs(p.drain()); len(found) != 0 {
			t.Errorf("gave up too early: %+v", found)
		}
		pass(2 * time.Second)
		if found := downs(p.drain()); len(found) != 1 || found[0].Code != signaling.CodeUnreachable {
			t.Errorf("a silent server: %+v", found)
		}
	})
}

func TestNetworkChangedFindsDeadSession(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, s *script, p *person) {
		connect(t, s, p)
		p.client.NetworkChanged()
		pass(5 * time.Second)
		if found := downs(p.drain()); len(found) != 0 {
			t.Errorf("a session that works was given up: %+v", found)
		}
		s.set(func(s *script) { s.deaf = true })
		p.client.NetworkChanged()
		pass(3*time.Second + time.Millisecond)
		events := p.drain()
		if len(downs(events)) != 1 || !slices.ContainsFunc(events, func(e signaling.Event) bool { return e.Up != nil }) {
			t.Errorf("a dead session was not replaced at once: %+v", events)
		}
	})
}

func TestNoAnswer(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, s *script, p *person) {
		connect(t, s, p)
		p.client.Send("home", 1, p.Peer(), []byte("x"))
		p.client.Lookup("home", 2, p.Peer())
		pass(5*time.Second - time.Millisecond)
		if events := p.drain(); len(events) != 0 {
			t.Errorf("gave up too early: %+v", events)
		}
		pass(2 * time.Millisecond)
		events := p.drain()
		if len(events) != 2 {
			t.Fatalf("events %+v", events)
		}
		for _, event := range events {
			if (event.Sent == nil || event.Sent.Outcome != signaling.OutcomeFailed) && (event.Found == nil || event.Found.Record != nil) {
				t.Errorf("event %+v", event)
			}
		}
	})
}

func TestWhatTheServerSays(t *testing.T) {
	for _, c := range []struct {
		code  wire.ErrorCode
		retry time.Duration
		want  signaling.Code
		least time.Duration
		most  time.Duration
	}{
		{wire.ErrorCode_ERROR_CODE_REPLACED, 0, signaling.CodeReplaced, 2 * time.Minute, 2 * time.Minute},
		{wire.ErrorCode_ERROR_CODE_LIMIT, 5 * time.Minute, signaling.CodeLimit, 5 * time.Minute, 5 * time.Minute},
		{wire.ErrorCode_ERROR_CODE_SHUTDOWN, 0, signaling.CodeShutdown, time.Second, 1500 * time.Millisecond},
		{wire.ErrorCode_ERROR_CODE_LOGIN, 0, signaling.CodeRefused, time.Second, 1500 * time.Millisecond},
		{wire.ErrorCode_ERROR_CODE_VERSION, 0, signaling.CodeVersion, 2 * time.Minute, 2 * time.Minute},
	} {
		t.Run(string(c.want), func(t *testing.T) {
			inVirtualTime(t, func(t *testing.T, s *script, p *person) {
				connect(t, s, p)
				s.mu.Lock()
				latest := s.pipe
				s.mu.Unlock()
				s.write(latest, protocol.Failure(c.code, "Because.", c.retry))
				latest.Close()
				synctest.Wait()
				found := downs(p.drain())
				if len(found) != 1 || found[0].Code != c.want {
					t.Fatalf("down %+v", found)
				}
				if wait := time.Until(found[0].RetryAt); wait < c.least || wait > c.most {
					t.Errorf("retry in %v, want %v to %v", wait, c.least, c.most)
				}
			})
		})
	}
	t.Run("a warning", func(t *testing.T) {
		inVirtualTime(t, func(t *testing.T, s *script, p *person) {
			connect(t, s, p)
			s.mu.Lock()
			latest := s.pipe
			s.mu.Unlock()
			s.write(latest, protocol.Failure(wire.ErrorCode_ERROR_CODE_LIMIT, "Slower.", 50*time.Millisecond))
			pass(time.Minute)
			if found := downs(p.drain()); len(found) != 0 {
				t.Errorf("down %+v", found)
			}
		})
	})
}

func TestGreetingsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		adjust func(*wire.ServerFrame)
		want   signaling.Code
	}{
		"other major": {func(f *wire.ServerFrame) {
			if challenge := f.GetChallenge(); challenge != nil {
				challenge.Major = 2
			}
		}, signaling.CodeVersion},
		"other key": {func(f *wire.ServerFrame) {
			if challenge := f.GetChallenge(); challenge != nil {
				public, _, _ := ed25519.GenerateKey(rand.Reader)
				challenge.ServerKey = public
			}
		}, signaling.CodeKey},
		"no key": {func(f *wire.ServerFrame) {
			if challenge := f.GetChallenge(); challenge != nil {
				challenge.ServerKey = nil
			}
		}, signaling.CodeNotServer},
		"no nonce": {func(f *wire.ServerFrame) {
			if challenge := f.GetChallenge(); challenge != nil {
				challenge.Nonce = nil
			}
		}, signaling.CodeNotServer},
		"welcome first": {func(f *wire.ServerFrame) {
			f.Kind = &wire.ServerFrame_Welcome{Welcome: &wire.Welcome{}}
		}, signaling.CodeNotServer},
		"wrong signature": {func(f *wire.ServerFrame) {
			if welcome := f.GetWelcome(); welcome != nil {
				welcome.Signature[0] ^= 1
			}
		}, signaling.CodeKey},
		"no welcome": {func(f *wire.ServerFrame) {
			if f.GetWelcome() != nil {
				f.Kind = &wire.ServerFrame_Presence{Presence: &wire.Presence{}}
			}
		}, signaling.CodeNotServer},
	} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(t *testing.T, s *script, p *person) {
				s.set(func(s *script) { s.adjust = c.adjust })
				p.client.Connect("home", s.server())
				synctest.Wait()
				if found := downs(p.drain()); len(found) != 1 || found[0].Code != c.want {
					t.Errorf("down %+v, want %v", found, c.want)
				}
			})
		})
	}
}

func TestClockOffset(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, s *script, p *person) {
		s.set(func(s *script) {
			s.ahead = 24 * time.Hour
			s.relayed = &wire.RelayCredentials{
				Urls: []string{"turn:relay:1", "http://elsewhere", "stun:relay:1"}, Username: "u", Password: "p",
				ExpiresMs: time.Now().Add(25 * time.Hour).UnixMilli(),
			}
		})
		p.client.Connect("home", s.server())
		synctest.Wait()
		for _, event := range p.drain() {
			if event.Up != nil && event.Up.ClockOffset != 24*time.Hour {
				t.Errorf("offset %v", event.Up.ClockOffset)
			}
			if event.Relays != nil && (len(event.Relays.Relay.URLs) != 2 || time.Until(event.Relays.Expires) != time.Hour) {
				t.Errorf("relays %+v in %v", event.Relays, time.Until(event.Relays.Expires))
			}
		}
		// New ones are asked for five minutes before.
		asked := func() bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			return slices.ContainsFunc(s.frames, func(f *wire.ClientFrame) bool { return f.GetRelayRequest() != nil })
		}
		pass(54 * time.Minute)
		if asked() {
			t.Error("asked too early")
		}
		pass(2 * time.Minute)
		if !asked() {
			t.Error("not asked")
		}
	})
}

// TestEverythingIsSaidAgain: after each login the latest record and set.
func TestEverythingIsSaidAgain(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, s *script, p *person) {
		p.client.Connect("home", s.server())
		one, two := identity.PeerID{1}, identity.PeerID{2}
		p.client.Watch("home", []identity.PeerID{one})
		synctest.Wait()
		p.client.Watch("home", []identity.PeerID{two})
		p.client.Publish(p.RecordOf(t, 2, 2))
		synctest.Wait()
		s.mu.Lock()
		var changes []*wire.Watch
		published := 0
		for _, frame := range s.frames {
			if frame.GetWatch() != nil {
				changes = append(changes, frame.GetWatch())
			}
			if frame.GetPublish() != nil {
				published++
			}
		}
		last := changes[len(changes)-1]
		if len(last.GetAdd()) != 1 || len(last.GetRemove()) != 1 || published != 1 {
			t.Errorf("changes %v, %d published", changes, published)
		}
		s.frames = nil
		s.pipe.Close()
		s.mu.Unlock()
		pass(2 * time.Second)
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.frames) != 1 || len(s.frames[0].GetWatch().GetAdd()) != 1 || identity.PeerID(s.frames[0].GetWatch().GetAdd()[0]) != two {
			t.Errorf("after the login %v", s.frames)
		}
	})
}
