package device

import (
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	server := identity.Server{URLs: []string{"wss://192.0.2.7:7117", "wss://[::1]:7117", "wss://127.0.0.1:7117"}}
	local, public := places(server, "", 7117)
	if !slices.Equal(local.URLs, []string{"wss://127.0.0.1:7117"}) || !slices.Equal(public.URLs, []string{"wss://192.0.2.7:7117"}) {
		t.Errorf("%v %v", local.URLs, public.URLs)
	}
	server.URLs = server.URLs[1:]
	if _, public = places(server, "", 7117); !slices.Equal(public.URLs, server.URLs) {
		t.Errorf("alone on this machine: %v", public.URLs)
	}
}

func TestSleepWatch(t *testing.T) {
	t.Parallel()
	var watch sleepWatch
	now := time.Now()
	for _, one := range []struct {
		passed, awake time.Duration
		woke          bool
	}{{0, 0, false}, {time.Hour, time.Hour, false}, {time.Minute, 3 * time.Second, true}, {3 * time.Second, 3 * time.Second, false}, {-time.Hour, 3 * time.Second, false}} {
		now = now.Add(one.passed)
		if got := watch.woke(now, one.awake); got != one.woke {
			t.Errorf("%v on the wall, %v awake: %v", one.passed, one.awake, got)
		}
	}
}
