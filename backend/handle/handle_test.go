package handle_test

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/handle"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]handle.Handle{
		"mira@chat.example":     {Name: "mira", Host: "chat.example"},
		" @Mira@Chat.Example. ": {Name: "mira", Host: "chat.example"},
		"mira":                  {Name: "mira"},
		"@mira":                 {Name: "mira"},
		"ｍｉｒａ@127.0.0.1":        {Name: "mira", Host: "127.0.0.1"},
		"张伟明@localhost":         {Name: "张伟明", Host: "localhost"},
		"Анна@a-b.example":      {Name: "анна", Host: "a-b.example"},
	} {
		got, err := handle.Parse(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string]error{
		"": handle.ErrEmpty, "  ": handle.ErrEmpty, "@": handle.ErrEmpty,
		"mi@chat.example": handle.ErrName, "mi ra@chat.example": handle.ErrName, "@@chat.example": handle.ErrName,
		"pаypal@chat.example": handle.ErrName, "mira\xff@chat.example": handle.ErrName, strings.Repeat("a", 2000): handle.ErrName,
		"mira@": handle.ErrHost, "mira@chat.example:7117": handle.ErrHost, "mira@chat example": handle.ErrHost, "mira@a@b": handle.ErrHost,
		"mira@wss://chat.example": handle.ErrHost, "mira@[::1]": handle.ErrHost, "mira@münchen.example": handle.ErrHost, "mira@127.1": handle.ErrHost,
	} {
		if got, err := handle.Parse(text); !errors.Is(err, want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// FuzzParse: what is read is written in one way, and is read again from that.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"mira@chat.example", "@Mira@Chat.Example.", "mira", "@", "ｍｉｒａ@127.0.0.1", "张伟明@localhost", "a@b@c", "mira@[::1]:7", "\xff@\xff", "mira@chat.example%20"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := handle.Parse(text)
		if err != nil {
			if read != (handle.Handle{}) {
				t.Errorf("%q: %v with %+v", text, err, read)
			}
			return
		}
		if again, err := handle.Parse(read.String()); err != nil || again != read || !handle.GoodName(read.Name) {
			t.Errorf("%q: %+v, read again as %+v, %v", text, read, again, err)
		}
		if strings.ContainsAny(read.Host, " @/\\:%\"'<>") || len(read.Host) > 253 {
			t.Errorf("%q: the host %q", text, read.Host)
		}
	})
}

func TestClaim(t *testing.T) {
	t.Parallel()
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := handle.Handle{Name: "mira", Host: "chat.example"}.Claim(keys, 7)
	if err != nil {
		t.Fatal(err)
	}
	var claim wire.HandleClaim
	peer := keys.Peer()
	if err := wire.DecodeCanonical(signed.GetBody(), 1<<10, &claim); err != nil || claim.GetHandle() != "mira" || claim.GetServer() != "chat.example" ||
		claim.GetVersion() != 7 || string(claim.GetIdentity()) != string(peer[:]) {
		t.Errorf("%v, %v", &claim, err)
	}
	if !identity.VerifySigned(peer, identity.ContextHandle, signed) || identity.VerifySigned(peer, identity.ContextHandleMove, signed) {
		t.Error("the signature")
	}
}

// TestStrangersTag is also the servers': package protocol has the same one.
func TestStrangersTag(t *testing.T) {
	t.Parallel()
	var peer identity.PeerID
	for i := range peer {
		peer[i] = byte(i)
	}
	tag := handle.StrangersTag(peer)
	if got := hex.EncodeToString(tag[:]); got != "53e2d83b935e6d933f13d33f5fcd36a1" {
		t.Errorf("the tag is %s", got)
	}
}
