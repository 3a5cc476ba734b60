package device_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/device"
	"github.com/tincan-chat/tincan/backend/identity"
)

// patience is how long a condition may take on a busy machine.
const patience = 30 * time.Second

type desktop struct{}

func (desktop) OpenURL(context.Context, string) error { return nil }

func options(folder string) device.Options {
	return device.Options{Folder: folder, Version: "1", Desktop: desktop{}, HostAt: "127.0.0.1", LoopbackOnly: true, BackupWork: 10}
}

func open(t *testing.T, folder string) *device.Device {
	t.Helper()
	opened, err := device.Open(t.Context(), options(folder))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}

// until waits for a change that leads to a state.
func until(t *testing.T, one *device.Device, what string, holds func(app.State) bool) app.State {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	changes := one.App().Subscribe(-1)
	for {
		state, err := one.App().API().Start()
		if err != nil {
			t.Fatal(err)
		}
		if holds(state) {
			return state
		}
		if _, err := changes.Next(ctx); err != nil {
			t.Fatalf("it never came true that %s: %+v", what, state.Network)
		}
	}
}

func profile(t *testing.T, one *device.Device, name string) {
	t.Helper()
	if _, err := one.App().API().CreateProfile(name, 1); err != nil {
		t.Fatal(err)
	}
}

func hosted(state app.State) bool {
	return slices.ContainsFunc(state.Network.Servers, func(s app.Server) bool { return s.Mine && s.State == app.ServerOnline })
}

// TestTwoOnOneMachine is what two starts without any setting do: each hosts a
// server, the invite of one leads the other there.
func TestTwoOnOneMachine(t *testing.T) {
	folder := t.TempDir()
	ana, ben := open(t, folder), open(t, t.TempDir())
	profile(t, ana, "Ana")
	made, err := ana.App().API().CreateInvite(app.InviteOptions{}) // waits for the server
	if err != nil {
		t.Fatal(err)
	}
	profile(t, ben, "Ben")
	asked, err := ben.App().API().SendRequest(made.Link, "Hello")
	if err != nil {
		t.Fatal(err)
	}
	until(t, ana, "the request arrives", func(s app.State) bool { return len(s.Requests) == 1 })
	if _, err := ana.App().API().AcceptRequest(asked.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := ana.App().API().SendText(asked.ID, "Hello yourself"); err != nil {
		t.Fatal(err)
	}
	until(t, ben, "the answer arrives", func(s app.State) bool {
		return len(s.Conversations) == 1 && s.Conversations[0].Preview == "Hello yourself"
	})
	before := until(t, ana, "the server is known", hosted).Network.HostAddress

	// The port stays, and so do the links that were given out.
	if err := ana.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, folder)
	if err := again.App().API().Painted(); err != nil {
		t.Fatal(err)
	}
	if after := until(t, again, "the server is there again", hosted).Network.HostAddress; after != before {
		if somebodyAt(before) {
			t.Skip("another program took the port meanwhile")
		}
		t.Errorf("the address was %s and is %s", before, after)
	}
	settings := again.App().Settings()
	settings.Hosting = false
	if _, err := again.App().API().SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	until(t, again, "the server is off", func(s app.State) bool { return s.Network.HostAddress == "" && !hosted(s) })
	if somebodyAt(before) {
		t.Error("the port is still open")
	}
}

func somebodyAt(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// TestPortInUse takes the port of last time away.
func TestPortInUse(t *testing.T) {
	folder := t.TempDir()
	one := open(t, folder)
	profile(t, one, "Ana")
	before := until(t, one, "the server is there", hosted).Network.HostAddress
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", before)
	if err != nil {
		t.Skip("another test has it already")
	}
	defer func() { _ = taken.Close() }()
	again := open(t, folder)
	if err := again.App().API().Painted(); err != nil {
		t.Fatal(err)
	}
	state := until(t, again, "the server found another port", hosted)
	if state.Network.HostAddress == before || state.Network.HostError != nil {
		t.Errorf("the server is at %s, %v", state.Network.HostAddress, state.Network.HostError)
	}
}

func TestOpenExplains(t *testing.T) {
	t.Parallel()
	code := func(folder string) string {
		t.Helper()
		opened, err := device.Open(t.Context(), options(folder))
		if err == nil {
			t.Cleanup(func() { _ = opened.Close() })
			return ""
		}
		known := app.AsError(err)
		if known == nil || known.Message == "" || known.Params == nil || strings.Contains(known.Message, folder) {
			t.Fatalf("%v has no good sentence", err)
		}
		return known.Code
	}
	used := t.TempDir()
	open(t, used)
	if got := code(used); got != "folder-in-use" {
		t.Errorf("a folder in use: %q", got)
	}

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := code(file); got != "folder" {
		t.Errorf("a file: %q", got)
	}

	closed := func() string {
		folder := t.TempDir()
		one, err := device.Open(t.Context(), options(folder))
		if err != nil {
			t.Fatal(err)
		}
		if err := one.Close(); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	missing := closed()
	if err := os.Remove(filepath.Join(missing, "identity.key")); err != nil {
		t.Fatal(err)
	}
	if got := code(missing); got != "key-missing" {
		t.Errorf("without the key: %q", got)
	}
	damaged := closed()
	if err := os.WriteFile(filepath.Join(damaged, "identity.key"), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := code(damaged); got != "key-damaged" {
		t.Errorf("with a damaged key: %q", got)
	}

	broken := closed()
	if err := os.WriteFile(filepath.Join(broken, "tincan.db"), []byte(strings.Repeat("garbage", 4096)), 0o600); err != nil {
		t.Fatal(err)
	}
	one := open(t, broken)
	state, err := one.App().API().Start()
	if err != nil || state.Problem == nil || state.Problem.Code != app.ProblemDatabaseDamaged {
		t.Errorf("a damaged database: %+v, %v", state.Problem, err)
	}
	if _, err := one.App().API().CreateProfile("Ana", 1); app.AsError(err) == nil || app.AsError(err).Code != "read-only" {
		t.Errorf("writing to a damaged database: %v", err)
	}
}

func TestSecondInstance(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	one := open(t, folder)
	shown := make(chan struct{}, 1)
	if err := one.Listen(func() { shown <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	api := one.App().API()
	if err := api.Painted(); err != nil {
		t.Fatal(err)
	}
	changes := one.App().Subscribe(-1)
	if err := identity.Notify(t.Context(), folder, []string{"tincan:invite/1#x"}); err != nil {
		t.Fatal(err)
	}
	<-shown
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		change, err := changes.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if change.PasteInvite != "" {
			break
		}
	}
}

func TestCheckServer(t *testing.T) {
	t.Parallel()
	ana, ben := open(t, t.TempDir()), open(t, t.TempDir())
	profile(t, ana, "Ana")
	address := until(t, ana, "the server is there", hosted).Network.HostAddress
	check, err := ben.App().API().CheckServer(address)
	if err != nil || check.Error != nil || check.Address != address || len(check.Key) != 19 || check.RTT < 0 {
		t.Errorf("a server: %+v, %v", check, err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := netip.MustParseAddrPort(listener.Addr().String()).Port()
	if err = listener.Close(); err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"not an address":                       "server-address",
		"":                                     "server-address",
		"127.0.0.1:" + strconv.Itoa(int(free)): "server-down",
	} {
		if check, err = ben.App().API().CheckServer(given); err != nil || check.Error == nil || check.Error.Code != want {
			t.Errorf("%q: %+v, %v", given, check.Error, err)
		}
	}
	profile(t, ben, "Ben")
	server, err := ben.App().API().AddServer(address)
	if err != nil || server.Address != address || server.Mine || server.Guest {
		t.Fatalf("added %+v, %v", server, err)
	}
	until(t, ben, "Ben's own server is off and Ana's is reached", func(s app.State) bool {
		return s.Network.HostAddress == "" && len(s.Network.Servers) == 1 && s.Network.Servers[0].State == app.ServerOnline
	})
	if err := ben.App().API().RemoveServer(server.ID); err != nil {
		t.Fatal(err)
	}
	until(t, ben, "Ben's own server is on again", hosted)
}

func TestCloseTwice(t *testing.T) {
	t.Parallel()
	one := open(t, t.TempDir())
	if err := errors.Join(one.Close(), one.Close()); err != nil {
		t.Error(err)
	}
	if _, err := one.App().API().Start(); app.AsError(err) == nil || app.AsError(err).Code != "closing" {
		t.Errorf("a call after the end: %v", err)
	}
}

func TestFolder(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/somewhere")
	if got, err := device.Folder(""); err != nil || got != "/somewhere/tincan" {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := device.Folder("relative"); err != nil || !filepath.IsAbs(got) {
		t.Errorf("%s, %v", got, err)
	}
}
