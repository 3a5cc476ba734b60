package app_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// codes are what a check found, in its order.
func codes(check app.ConnectionCheck) []string {
	var all []string
	for _, one := range check.Findings {
		all = append(all, one.Code)
	}
	return all
}

func finding(t *testing.T, check app.ConnectionCheck, part string) app.Finding {
	t.Helper()
	for _, one := range check.Findings {
		if strings.HasPrefix(one.Code, part+"-") {
			return one
		}
	}
	t.Fatalf("nothing of %s in %v", part, codes(check))
	return app.Finding{}
}

// checker is a person without a server in the app.
func checker(t *testing.T) *person {
	t.Helper()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 2))(t)
	settings := p.Settings()
	settings.Hosting = false
	must(p.api.SaveSettings(settings))(t)
	return p
}

// add adds a server and waits until it lets this device in.
func (p *person) add(server *rendezvoustest.Server) {
	p.t.Helper()
	changes := p.Subscribe(-1)
	must(p.api.AddServer(server.Address()))(p.t)
	p.until("the server lets us in", changes, func(c app.Changes) bool {
		return c.Network != nil && slices.ContainsFunc(c.Network.Servers, func(one app.Server) bool {
			return one.ID == server.Server().Key.String() && one.State == app.ServerOnline
		})
	})
}

// TestCheckConnection asks a real server and its relay on loopback.
func TestCheckConnection(t *testing.T) {
	t.Parallel()
	p := checker(t)
	p.add(rendezvoustest.Start(t))
	// The credentials of the relay come right behind the session.
	check := must(p.api.CheckConnection())(t)
	for deadline := time.Now().Add(10 * time.Second); finding(t, check, "relay").Code == "relay-unset" && time.Now().Before(deadline); {
		check = must(p.api.CheckConnection())(t)
	}
	want := []string{"network-up", "local-none", "servers-up", "udp-open", "router-none", "relay-up", "clock-right", "database-sound", "mailbox-none"}
	if got := codes(check); !slices.Equal(got, want) {
		t.Errorf("found %v, not %v", got, want)
	}
	for _, one := range check.Findings {
		if one.Message == "" || one.Code != "local-none" && one.Code != "mailbox-none" && one.Grade != app.GradeGood {
			t.Errorf("finding %+v", one)
		}
	}
	if relay := finding(t, check, "relay"); relay.Params["host"] != "127.0.0.1" || relay.Params["rtt"] == "0" {
		t.Errorf("the relay is %+v", relay)
	}
	if database := finding(t, check, "database"); database.Params["messages"] != "0" || database.Params["took"] == "" {
		t.Errorf("the database is %+v", database)
	}
	if mail := finding(t, check, "mailbox"); mail.Params["kept"] != "0" {
		t.Errorf("the mailbox is %+v", mail)
	}
	if servers := finding(t, check, "servers"); servers.Params["up"] != "1" || servers.Params["all"] != "1" {
		t.Errorf("the servers are %+v", servers)
	}
}

// TestCheckMailbox: what is known of sealed mail, on both sides of it.
func TestCheckMailbox(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t, func(options *rendezvous.Options) { options.Mailbox = true })
	ana, ben := checker(t), checker(t)
	ana.reach, ben.reach = &link.Reach{}, &link.Reach{}
	ana.add(server)
	ben.add(server)
	made := must(ben.api.CreateInvite(app.InviteOptions{}))(t)
	mailbox := func(p *person, code, kept string) {
		t.Helper()
		for deadline := time.Now().Add(patience); ; {
			got := finding(t, must(p.api.CheckConnection())(t), "mailbox")
			if got.Code == code && got.Params["kept"] == kept {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("the mailbox is %+v, not %s with %s", got, code, kept)
			}
		}
	}
	mailbox(ana, "mailbox-empty", "0")
	ben.close()
	must(ana.api.SendRequest(made.Link, "Hello"))(t)
	mailbox(ana, "mailbox-empty", "1")
	ben.open()
	ben.reach = &link.Reach{}
	must(ben.api.Start())(t)
	mailbox(ben, "mailbox-empty", "0")
}

// TestCheckServers: each trouble of a server has its own name.
func TestCheckServers(t *testing.T) {
	t.Parallel()
	p := checker(t)
	p.reach = &link.Reach{}
	if got := finding(t, must(p.api.CheckConnection())(t), "servers"); got.Code != "servers-unset" || got.Grade != app.GradeBad {
		t.Errorf("without servers: %+v", got)
	}
	first, second := rendezvoustest.Start(t), rendezvoustest.Start(t)
	p.add(first)
	p.add(second)
	second.Stop()
	check := must(p.api.CheckConnection())(t)
	if got := finding(t, check, "servers"); got.Code != "servers-some" || got.Params["up"] != "1" || got.Params["hosts"] == "" {
		t.Errorf("one is gone: %+v", got)
	}
	first.Stop()
	check = must(p.api.CheckConnection())(t)
	if got := finding(t, check, "servers"); got.Code != "servers-silent" || strings.Count(got.Params["hosts"], "127.0.0.1") != 2 {
		t.Errorf("all are gone: %+v", got)
	}
	if got := finding(t, check, "network"); got.Code != "network-up" {
		t.Errorf("the network is %+v", got)
	}
}

// TestCheckPortal: something else answers, or a server with another key.
func TestCheckPortal(t *testing.T) {
	t.Parallel()
	portal := httptest.NewUnstartedServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		_, _ = answer.Write([]byte("Welcome to the hotel"))
	}))
	p := checker(t)
	p.reach = &link.Reach{}
	hidden, changed := rendezvoustest.Start(t), rendezvoustest.Start(t)
	p.add(hidden)
	p.add(changed)
	hiddenAt, changedAt := hidden.Server().Address(), changed.Server().Address()
	hidden.Stop()
	changed.Stop()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", hiddenAt)
	if err != nil {
		t.Fatal(err)
	}
	_ = portal.Listener.Close()
	portal.Config.ErrorLog = log.New(io.Discard, "", 0)
	portal.Listener = listener
	portal.StartTLS()
	t.Cleanup(portal.Close)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	changed.BeginWith(func(options *rendezvous.Options) { options.Key = key })
	check := must(p.api.CheckConnection())(t)
	for _, want := range []struct{ host, code, cause string }{
		{hiddenAt, "servers-portal", ""},
		{changedAt, "servers-refused", "server-key"},
	} {
		if !slices.ContainsFunc(check.Findings, func(one app.Finding) bool {
			return one.Code == want.code && one.Params["host"] == want.host && one.Params["cause"] == want.cause && one.Grade == app.GradeBad
		}) {
			t.Errorf("no %s of %s in %+v", want.code, want.host, check.Findings)
		}
	}
}

// TestCheckClock: how far it is off is known from the server.
func TestCheckClock(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t, func(options *rendezvous.Options) { options.Relay = nil })
	for name, test := range map[string]struct {
		skew  time.Duration
		code  string
		grade app.CheckGrade
	}{
		"right":  {0, "clock-right", app.GradeGood},
		"ahead":  {100 * time.Second, "clock-ahead", app.GradeWarn},
		"behind": {-2 * time.Hour, "clock-behind", app.GradeBad},
		"far":    {200 * 365 * 24 * time.Hour, "clock-ahead", app.GradeBad},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := checker(t)
			p.skew = test.skew
			p.add(server)
			check := must(p.api.CheckConnection())(t)
			if got := finding(t, check, "clock"); got.Code != test.code || got.Grade != test.grade {
				t.Errorf("the clock is %+v", got)
			}
			if got := finding(t, check, "relay"); got.Code != "relay-unset" {
				t.Errorf("without a relay: %+v", got)
			}
		})
	}
}

// TestCheckReach: what is found on the way is told, whatever it is.
func TestCheckReach(t *testing.T) {
	t.Parallel()
	public := netip.MustParseAddr("203.0.113.9")
	relay := func(change link.RelayReach) []link.RelayReach {
		change.Host = "relay.example.net"
		return []link.RelayReach{change}
	}
	p := checker(t)
	p.machine = []netip.Addr{netip.MustParseAddr("192.168.1.20")}
	for name, test := range map[string]struct {
		reach link.Reach
		want  []string
	}{
		"all is well":        {link.Reach{Asked: 2, Answered: 2, Router: link.RouterSteady, Public: public, Relays: relay(link.RelayReach{Took: time.Millisecond})}, []string{"udp-open", "router-steady", "relay-up"}},
		"a changing router":  {link.Reach{Asked: 2, Answered: 2, Router: link.RouterChanging, Public: public, Relays: relay(link.RelayReach{Refused: true})}, []string{"udp-open", "router-changing", "relay-refused"}},
		"one answer":         {link.Reach{Asked: 2, Answered: 1, Router: link.RouterSome, Public: public, Relays: relay(link.RelayReach{})}, []string{"udp-open", "router-some", "relay-silent"}},
		"no UDP":             {link.Reach{Asked: 2, Relays: relay(link.RelayReach{Stream: true, Took: time.Second})}, []string{"udp-blocked", "router-unknown", "relay-stream"}},
		"nobody to ask":      {link.Reach{}, []string{"udp-unknown", "router-unknown", "relay-unset"}},
		"no router, private": {link.Reach{Asked: 1, Answered: 1, Router: link.RouterNone, Public: public}, []string{"udp-open", "router-none", "relay-unset"}},
	} {
		p.reach = &test.reach
		check := must(p.api.CheckConnection())(t)
		if got := codes(check); !slices.Equal(got[:2], []string{"network-up", "local-lines"}) || !slices.Equal(got[3:6], test.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestCheckOffline: without a network nothing else is blamed.
func TestCheckOffline(t *testing.T) {
	t.Parallel()
	p := checker(t)
	p.reach = &link.Reach{}
	must(p.api.CheckConnection())(t) // it runs
	p.mutex.Lock()
	listener := p.listener
	p.mutex.Unlock()
	listener.Surroundings(app.Surroundings{})
	check := must(p.api.CheckConnection())(t)
	if got := codes(check); !slices.Equal(got, []string{"network-none", "local-none", "database-sound"}) || check.Findings[0].Grade != app.GradeBad {
		t.Errorf("found %v", got)
	}
	listener.Surroundings(app.Surroundings{Up: true, HostError: &app.Error{Code: "host-port", Message: "The port is in use."}})
	if got := finding(t, must(p.api.CheckConnection())(t), "local"); got.Code != "local-failed" || !strings.Contains(got.Message, "in use") {
		t.Errorf("found %+v", got)
	}
}

// TestChecksInTurn: however often it is asked for, servers and relays are asked by one check at a time.
func TestChecksInTurn(t *testing.T) {
	t.Parallel()
	p := checker(t)
	p.reach = &link.Reach{}
	var under atomic.Int64
	p.asking = func() {
		if under.Add(1) > 1 {
			t.Error("two checks ask at once")
		}
		for range 1000 {
			runtime.Gosched()
		}
		under.Add(-1)
	}
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			if _, err := p.api.CheckConnection(); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
}
