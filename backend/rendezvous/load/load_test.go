package load_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/load"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

func service(t *testing.T, changes ...func(*rendezvous.Options)) *load.Tincan {
	t.Helper()
	server := rendezvoustest.Start(t, append(changes, func(o *rendezvous.Options) { o.Relay = nil })...)
	found, err := load.NewTincan(load.NewSeed(t.Name()), server.Address())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func plain(o *rendezvous.Options) { o.TLS = false }

func TestIdleAndLogins(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*rendezvous.Options){"plain": plain, "tls": func(*rendezvous.Options) {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loaded := service(t, change)
			var order []string
			result, err := load.Idle(t.Context(), loaded, 60, time.Millisecond,
				func() { order = append(order, "joined") }, func() { order = append(order, "leaving") })
			if err != nil || result.Lost != 0 || result.Joined.Count != 60 || result.Joined.Latency.Count != 60 || !slices.Equal(order, []string{"joined", "leaving"}) {
				t.Fatalf("%+v, %v", result, err)
			}
			joined, err := load.Logins(t.Context(), loaded, 30, 1000)
			if err != nil || joined.Took < 29*time.Millisecond {
				t.Errorf("at a rate: %+v, %v", joined, err)
			}
		})
	}
}

func TestSignals(t *testing.T) {
	t.Parallel()
	loaded := service(t, plain)
	result, err := load.Signals(t.Context(), loaded, load.SignalOptions{Clients: 40, Rate: 400, For: 300 * time.Millisecond})
	if err != nil || result.Lost != 0 || result.Failed != 0 || result.Received < 60 || result.Latency.P50 == 0 {
		t.Errorf("at a rate: %+v, %v", result, err)
	}
	begun, ended := 0, 0
	result, err = load.Signals(t.Context(), loaded, load.SignalOptions{Clients: 100, Window: 8, For: 300 * time.Millisecond, Measuring: func(on bool) {
		if on {
			begun++
		} else {
			ended++
		}
	}})
	if err != nil || result.Lost != 0 || result.Failed != 0 || result.Received < 100 || begun != 1 || ended != 1 {
		t.Errorf("at most: %+v, %v", result, err)
	}
	if _, err = load.Signals(t.Context(), loaded, load.SignalOptions{Clients: 2, Rate: 1000}); err == nil {
		t.Error("two clients were to send 1,000 messages a second")
	}
}

// TestSignalsOverTheRate: a server that reads less than is sent is found out.
func TestSignalsOverTheRate(t *testing.T) {
	t.Parallel()
	loaded := service(t, plain, func(o *rendezvous.Options) { o.Limits.Rate, o.Limits.Burst, o.Limits.Refusals = 5, 6, 1000 })
	result, err := load.Signals(t.Context(), loaded, load.SignalOptions{Clients: 2, Rate: 30, For: time.Second})
	if err != nil || result.Failed == 0 || result.Lost == 0 {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestPresence(t *testing.T) {
	t.Parallel()
	result, err := load.Presence(t.Context(), service(t, plain), 6, 200*time.Millisecond)
	if err != nil || result.Rounds == 0 || result.Came.Count != result.Rounds || result.Went.Count != result.Rounds {
		t.Errorf("%+v, %v", result, err)
	}
}

// TestServerGone: the error says what happened to the clients.
func TestServerGone(t *testing.T) {
	t.Parallel()
	server := rendezvoustest.Start(t, plain)
	loaded, err := load.NewTincan(load.NewSeed(t.Name()), server.Address())
	if err != nil {
		t.Fatal(err)
	}
	result, err := load.Idle(t.Context(), loaded, 10, time.Second, server.Stop, nil)
	if err == nil || result.Lost == 0 {
		t.Errorf("%+v, %v", result, err)
	}
	if _, err = load.Logins(t.Context(), loaded, 1, 0); err == nil {
		t.Error("logged in at a server that is stopped")
	}
}
