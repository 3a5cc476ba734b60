package rendezvous_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/moderation"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// ban bans somebody and waits until it holds.
func ban(t testing.TB, server *rendezvoustest.Server, text string, expires time.Time) moderation.Target {
	t.Helper()
	target, err := moderation.ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	bans := server.Rendezvous().Moderation()
	if err = bans.Ban(t.Context(), target, "spam", expires); err != nil {
		t.Fatal(err)
	}
	await(t, "a ban", func() bool { return len(bans.Bans()) > 0 })
	return target
}

// expectBanned reads the farewell and returns when the device may come again.
func (r *raw) expectBanned() time.Duration {
	r.testing.Helper()
	for {
		said := r.mustRead().GetError()
		if said == nil {
			continue
		}
		if said.GetCode() != wire.ErrorCode_ERROR_CODE_BANNED || said.GetMessage() == "" {
			r.testing.Errorf("the server said %v", said)
		}
		r.expectClosed()
		return time.Duration(said.GetRetryAfterMs()) * time.Millisecond
	}
}

func TestBannedPeer(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, server *rendezvoustest.Server, encoding protocol.Encoding) {
		ana, eve := come(t, server, encoding), come(t, server, encoding)
		target := ban(t, server, eve.device.Peer().String(), time.Now().Add(time.Hour))
		if again := eve.expectBanned(); again < 59*time.Minute || again > time.Hour {
			t.Errorf("again after %v", again)
		}
		ana.ask(heartbeat(1))
		back := mustDial(t, server.Rendezvous().Listening().String(), encoding)
		back.send(hello(back.mustRead().GetChallenge(), eve.device, eve.device.Record))
		back.expectBanned()
		if err := server.Rendezvous().Moderation().Lift(t.Context(), target); err != nil {
			t.Fatal(err)
		}
		await(t, "no ban", func() bool { return len(server.Rendezvous().Moderation().Bans()) == 0 })
		comeAs(t, server, encoding, eve.device)
		ban(t, server, eve.device.Peer().String(), time.Time{})
		last := mustDial(t, server.Rendezvous().Listening().String(), encoding)
		last.send(hello(last.mustRead().GetChallenge(), eve.device, eve.device.Record))
		if again := last.expectBanned(); again != 0 {
			t.Errorf("again after %v", again)
		}
	})
}

func TestBannedAddress(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"127.0.0.1", "127.0.0.0/8"} {
		server := start(t)
		ana := enter(t, server)
		waiting := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
		target := ban(t, server, text, time.Time{})
		ana.expectBanned()
		waiting.expectError(wire.ErrorCode_ERROR_CODE_BANNED)
		if _, err := dial(t, server.Rendezvous().Listening().String(), protocol.Protobuf); err == nil {
			t.Errorf("%s: a banned address came in", text)
		}
		if err := server.Rendezvous().Moderation().Lift(t.Context(), target); err != nil {
			t.Fatal(err)
		}
		await(t, "no ban", func() bool { return len(server.Rendezvous().Moderation().Bans()) == 0 })
		enter(t, server)
	}
}

// reverse is a DNS in which loopback is a host of spammers.
type reverse struct{}

func (reverse) LookupAddr(context.Context, string) ([]string, error) {
	return []string{"host.spam.example.org."}, nil
}

func (reverse) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if host != "host.spam.example.org" {
		return nil, errors.New("no such host")
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func TestBannedDomain(t *testing.T) {
	t.Parallel()
	server := start(t, func(o *rendezvous.Options) { o.Resolver = reverse{} })
	ban(t, server, "*.spam.example.org", time.Time{})
	r := mustDial(t, server.Rendezvous().Listening().String(), protocol.Protobuf)
	device := rendezvoustest.NewDevice(t)
	r.send(hello(r.mustRead().GetChallenge(), device, device.Record))
	r.expectBanned() // a moment after the welcome: the name is looked up beside it
	if _, err := dial(t, server.Rendezvous().Listening().String(), protocol.Protobuf); err == nil {
		t.Error("a banned domain came in again")
	}
}
