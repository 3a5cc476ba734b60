package rendezvousclient

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// inCluster runs a test in a bubble with scripted servers, in both encodings.
// The session is up at the first of them, which handed out a list with weights.
func inCluster(t *testing.T, weights []uint32, test func(t *testing.T, c crowd, p *person)) {
	t.Helper()
	for _, encoding := range []protocol.Encoding{protocol.Protobuf, protocol.JSON} {
		t.Run(encoding.Subprotocol(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, len(weights))
				p := newPerson(t, func(o *Options) { o.Dial, o.Encoding = c.dial, encoding })
				connect(t, c[0], p)
				c[0].say(c[0].signed(t, c.list(time.Now(), weights...)))
				synctest.Wait()
				if servers := serversOf(p.drain()); len(servers) != 1 || len(servers[0].Servers) != len(weights) {
					t.Fatalf("servers %+v", servers)
				}
				test(t, c, p)
				if err := p.client.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		})
	}
}

func serversOf(events []signaling.Event) []signaling.Servers {
	var found []signaling.Servers
	for _, event := range events {
		if event.Servers != nil {
			found = append(found, *event.Servers)
		}
	}
	return found
}

func ups(events []signaling.Event) []signaling.Up {
	var found []signaling.Up
	for _, event := range events {
		if event.Up != nil {
			found = append(found, *event.Up)
		}
	}
	return found
}

func drainFrame(within time.Duration) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_Drain{Drain: &wire.Drain{WithinMs: within.Milliseconds()}}}
}

func TestListsThatAreRefused(t *testing.T) {
	inCluster(t, []uint32{100, 100}, func(t *testing.T, c crowd, p *person) {
		now := time.Now()
		change := func(change func(*wire.ServerList)) *wire.ServerFrame {
			list := c.list(now.Add(time.Minute), 100, 100)
			change(list)
			return c[0].signed(t, list)
		}
		for name, frame := range map[string]*wire.ServerFrame{
			"older":               c[0].signed(t, c.list(now.Add(-time.Second), 1, 1)),
			"the same":            c[0].signed(t, c.list(now, 1, 1)),
			"signed by another":   c[1].signed(t, c.list(now.Add(time.Minute), 1, 1)),
			"from the far future": c[0].signed(t, c.list(now.Add(time.Hour), 1, 1)),
			"no time":             change(func(l *wire.ServerList) { l.TimeMs = 0 }),
			"a weak key":          change(func(l *wire.ServerList) { l.Servers[1].Key = make([]byte, 32) }),
			"too heavy":           change(func(l *wire.ServerList) { l.Servers[1].Weight = 1001 }),
			"too full":            change(func(l *wire.ServerList) { l.Servers[1].Load = 1001 }),
			"plain":               change(func(l *wire.ServerList) { l.Servers[1].Url = "ws://script1:1" }),
			"no address":          change(func(l *wire.ServerList) { l.Servers[1].Url = "https://script1" }),
			"too many":            change(func(l *wire.ServerList) { l.Servers = slices.Repeat(l.GetServers(), 17) }),
			"nothing":             {Kind: &wire.ServerFrame_ServerList{ServerList: &wire.Signed{}}},
		} {
			c[0].say(frame)
			synctest.Wait()
			if events := p.drain(); len(events) != 0 {
				t.Errorf("%s: %+v", name, events)
			}
		}
		// This machine of somebody else is not this machine.
		c[0].say(change(func(l *wire.ServerList) { l.Servers[1].Url = "ws://127.0.0.1:1" }))
		synctest.Wait()
		if servers := serversOf(p.drain()); len(servers) != 1 || len(servers[0].Servers) != 1 {
			t.Errorf("servers %+v", servers)
		}
	})
}

func TestMovesWhenTheServerIsGone(t *testing.T) {
	inCluster(t, []uint32{100, 100, 0}, func(t *testing.T, c crowd, p *person) {
		friend := identity.PeerID{7}
		p.client.Watch("home", []identity.PeerID{friend})
		newer := p.RecordOf(t, 2, 2)
		p.client.Publish(newer)
		c[1].set(func(s *script) { s.offers = true })
		tag := signaling.Tag{Tag: [16]byte{3}, Box: signaling.BoxContact, Expires: time.Now().Add(24 * time.Hour)}
		p.client.RegisterTags("home", 1, []signaling.Tag{tag}, nil)
		synctest.Wait()
		p.drain()
		c[0].leave()
		pass(2 * time.Second)
		events := p.drain()
		up := ups(events)
		if found := downs(events); len(found) != 1 || found[0].Code != signaling.CodeUnreachable {
			t.Errorf("down %+v", found)
		}
		if len(up) != 1 || up[0].Key != c[0].public() || up[0].At.Key != c[1].public() || !up[0].Mailbox {
			t.Fatalf("up %+v", up)
		}
		for _, event := range events {
			if event.Token != "home" {
				t.Errorf("another token: %+v", event)
			}
		}
		c[1].mu.Lock()
		if got := c[1].logins[0].GetRecord().GetDeviceList().GetBody(); string(got) != string(newer.GetDeviceList().GetBody()) {
			t.Error("the login does not carry the latest record")
		}
		c[1].mu.Unlock()
		var watched, registered bool
		for _, frame := range c[1].seen() {
			if add := frame.GetWatch().GetAdd(); len(add) == 1 && string(add[0]) == string(friend[:]) {
				watched = true
			}
			if tags := frame.GetRegisterTags().GetTags(); len(tags) == 1 && string(tags[0].GetTag()) == string(tag.Tag[:]) {
				registered = true
			}
		}
		if !watched || !registered {
			t.Errorf("watched %t, registered %t", watched, registered)
		}
		if dials, _ := c[2].count(); dials != 0 {
			t.Error("a server that takes nobody was asked")
		}
	})
}

// TestLastResort: a server that takes nobody is better than none.
func TestLastResort(t *testing.T) {
	inCluster(t, []uint32{100, 100, 0}, func(t *testing.T, c crowd, p *person) {
		c[1].set(func(s *script) { s.refuse = errPipe })
		c[0].leave()
		pass(2 * time.Second)
		if up := ups(p.drain()); len(up) != 1 || up[0].At.Key != c[2].public() {
			t.Errorf("up %+v", up)
		}
	})
}

// TestImpostorsInTheList: a listed server that does not have its key is passed
// over, and says nothing about the one that the owner knows.
func TestImpostorsInTheList(t *testing.T) {
	inCluster(t, []uint32{0, 1000}, func(t *testing.T, c crowd, p *person) {
		c[1].set(func(s *script) {
			s.adjust = func(frame *wire.ServerFrame) {
				if welcome := frame.GetWelcome(); welcome != nil {
					welcome.Signature[0] ^= 1
				}
			}
		})
		c[0].set(func(s *script) { s.pipe.Close() })
		pass(4 * time.Second)
		events := p.drain()
		if up := ups(events); len(up) != 1 || up[0].At.Key != c[0].public() {
			t.Errorf("up %+v", up)
		}
		for _, down := range downs(events) {
			if down.Code != signaling.CodeUnreachable {
				t.Errorf("down %+v", down)
			}
		}
		if _, logins := c[1].count(); logins != 1 {
			t.Errorf("%d logins at the impostor", logins)
		}
	})
}

// TestAllGone: the waits are those of a single server.
func TestAllGone(t *testing.T) {
	inCluster(t, []uint32{100, 100, 100}, func(t *testing.T, c crowd, p *person) {
		for _, s := range c {
			s.set(func(s *script) { s.refuse, s.dials = errPipe, nil })
		}
		c[0].leave()
		pass(10 * time.Minute)
		var began []time.Time
		c[0].mu.Lock()
		for _, at := range c[0].dials {
			if len(began) == 0 || at.Sub(began[len(began)-1]) > stagger*maxRaced {
				began = append(began, at)
			}
		}
		c[0].mu.Unlock()
		longest := 2*time.Minute + stagger*maxRaced
		for i := 1; i < len(began); i++ {
			if delay := began[i].Sub(began[i-1]); delay > longest {
				t.Errorf("attempt %d came %v after the one before", i, delay)
			}
		}
		if len(began) < 8 {
			t.Errorf("the own server was tried %d times in 10 minutes", len(began))
		}
		c[0].set(func(s *script) { s.refuse = nil })
		p.client.Retry("home")
		pass(time.Second)
		if up := ups(p.drain()); len(up) != 1 || up[0].At.Key != c[0].public() {
			t.Errorf("up %+v", up)
		}
	})
}

func TestRememberedList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 2)
		p := newPerson(t, func(o *Options) { o.Dial = c.dial })
		list, err := wire.Encode(c.list(time.Now(), 100, 100))
		if err != nil {
			t.Fatal(err)
		}
		c[0].set(func(s *script) { s.refuse = errPipe })
		p.client.ConnectCluster("home", c[0].server(), list)
		pass(time.Second)
		if up := ups(p.drain()); len(up) != 1 || up[0].At.Key != c[1].public() {
			t.Errorf("up %+v", up)
		}
		p.client.Disconnect("home")
		// What cannot be read counts as none.
		p.client.ConnectCluster("home", c[1].server(), []byte("\xff"))
		pass(time.Second)
		if up := ups(p.drain()); len(up) != 1 || up[0].At.Key != c[1].public() {
			t.Errorf("up %+v", up)
		}
		if err = p.client.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

func TestDrain(t *testing.T) {
	inCluster(t, []uint32{100, 100}, func(t *testing.T, c crowd, p *person) {
		began := time.Now()
		within := time.Minute
		c[0].say(drainFrame(within))
		pass(within)
		events := p.drain()
		up, down := ups(events), downs(events)
		if len(up) != 1 || up[0].At.Key != c[1].public() || len(down) != 1 || down[0].Code != signaling.CodeShutdown {
			t.Fatalf("events %+v", events)
		}
		c[1].mu.Lock()
		if at := c[1].dials[0].Sub(began); at < 0 || at > within {
			t.Errorf("moved after %v", at)
		}
		c[1].mu.Unlock()
		if !slices.ContainsFunc(c[0].seen(), func(f *wire.ClientFrame) bool { return f.GetGoodbye() != nil }) {
			t.Error("went without a goodbye")
		}
	})
}

// TestDrainLosesNothing: what the old server still has to say counts, until it ends the session.
func TestDrainLosesNothing(t *testing.T) {
	inCluster(t, []uint32{100, 100}, func(t *testing.T, c crowd, p *person) {
		// As a cluster does: the newest session of the device wins.
		c[1].set(func(s *script) {
			s.adjust = func(frame *wire.ServerFrame) {
				if frame.GetWelcome() != nil {
					c[0].say(&wire.ServerFrame{Kind: &wire.ServerFrame_Deliver{Deliver: &wire.Deliver{Envelope: []byte("late")}}})
					c[0].say(protocol.Failure(wire.ErrorCode_ERROR_CODE_REPLACED, "A newer session.", 0))
					c[0].mu.Lock()
					c[0].pipe.Close()
					c[0].mu.Unlock()
				}
			}
		})
		c[0].say(drainFrame(0))
		pass(time.Second)
		events := p.drain()
		if !slices.ContainsFunc(events, func(e signaling.Event) bool { return string(e.Received) == "late" }) {
			t.Error("the last envelope is lost")
		}
		if up, down := ups(events), downs(events); len(up) != 1 || len(down) != 1 || down[0].Code != signaling.CodeShutdown {
			t.Errorf("events %+v", events)
		}
	})
}

// TestDrainWithNowhereToGo: the session stays, and moves as soon as there is a place.
func TestDrainWithNowhereToGo(t *testing.T) {
	inCluster(t, []uint32{100, 100}, func(t *testing.T, c crowd, p *person) {
		c[1].set(func(s *script) { s.refuse = errPipe })
		c[0].say(drainFrame(time.Second))
		pass(30 * time.Second)
		if events := downs(p.drain()); len(events) != 0 {
			t.Errorf("left for nowhere: %+v", events)
		}
		if dials, _ := c[1].count(); dials < 2 {
			t.Errorf("looked %d times", dials)
		}
		c[1].set(func(s *script) { s.refuse = nil })
		pass(25 * time.Second)
		if up := ups(p.drain()); len(up) != 1 || up[0].At.Key != c[1].public() {
			t.Errorf("up %+v", up)
		}
	})
}

// TestServersThatSendAway: those of a cluster take the session of one that stops or is full.
func TestServersThatSendAway(t *testing.T) {
	for _, code := range []wire.ErrorCode{wire.ErrorCode_ERROR_CODE_SHUTDOWN, wire.ErrorCode_ERROR_CODE_LIMIT} {
		t.Run(code.String(), func(t *testing.T) {
			inCluster(t, []uint32{1000, 1}, func(t *testing.T, c crowd, p *person) {
				c[0].say(protocol.Failure(code, "Go.", 5*time.Minute))
				pass(2 * time.Second)
				if up := ups(p.drain()); len(up) != 1 || up[0].At.Key != c[1].public() {
					t.Errorf("up %+v", up)
				}
			})
			// The same, said instead of a welcome.
			inCluster(t, []uint32{1, 1000}, func(t *testing.T, c crowd, p *person) {
				c[1].set(func(s *script) {
					s.adjust = func(frame *wire.ServerFrame) {
						if frame.GetWelcome() != nil {
							frame.Kind = protocol.Failure(code, "Go.", 5*time.Minute).GetKind()
						}
					}
				})
				c[0].set(func(s *script) { s.pipe.Close() })
				pass(3 * time.Second)
				if up := ups(p.drain()); len(up) != 1 || up[0].At.Key != c[0].public() {
					t.Errorf("up %+v", up)
				}
			})
		})
	}
}

func TestBanned(t *testing.T) {
	for name, retry := range map[string]time.Duration{"for a while": 3 * time.Hour, "for always": 0} {
		t.Run(name, func(t *testing.T) {
			inCluster(t, []uint32{100, 100}, func(t *testing.T, c crowd, p *person) {
				c[0].say(protocol.Failure(wire.ErrorCode_ERROR_CODE_BANNED, "Out.", retry))
				synctest.Wait()
				found := downs(p.drain())
				if len(found) != 1 || found[0].Code != signaling.CodeBanned {
					t.Fatalf("down %+v", found)
				}
				if (retry == 0) != found[0].RetryAt.IsZero() || (retry != 0 && time.Until(found[0].RetryAt) != retry) {
					t.Errorf("retry at %v", found[0].RetryAt)
				}
				pass(2 * time.Hour)
				if dials, _ := c[1].count(); dials != 0 || len(ups(p.drain())) != 0 {
					t.Error("came back by another door")
				}
				p.client.Retry("home")
				pass(time.Second)
				if len(ups(p.drain())) != 1 {
					t.Error("not tried when asked")
				}
			})
		})
	}
}

// TestLightServersComeFirst counts who is tried first.
func TestLightServersComeFirst(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 4)
	list := c.list(time.Now(), 600, 300, 100, 0)
	list.Servers[1].Load = 1000 // full
	body, err := wire.Encode(list)
	if err != nil {
		t.Fatal(err)
	}
	known := newCluster(c[0].server(), body)
	random := rand.New(rand.NewPCG(1, 2)) // the same each time
	const rounds = 10_000
	first := map[string]int{}
	for range rounds {
		preferred, last := known.targets(time.Now(), random.Float64, choice{})
		first[preferred[0].url]++
		if len(preferred) != 3 || len(last) != 1 || last[0].url != c[3].url {
			t.Fatalf("preferred %v, last %v", preferred, last)
		}
	}
	for i, least := range []int{rounds * 83 / 100, 0, rounds * 12 / 100} {
		if got := first[c[i].url]; got < least || got > least+rounds*5/100 {
			t.Errorf("server %d was first %d times of %d", i, got, rounds)
		}
	}
	known.current = c[2].public()
	if preferred, _ := known.targets(time.Now(), random.Float64, choice{stay: true}); preferred[0].url != c[2].url {
		t.Errorf("did not stay but went to %v", preferred[0])
	}
}
