package invite

import (
	"errors"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

func FuzzParse(f *testing.F) {
	whole := link(f)
	for _, seed := range []string{"", whole, whole[:100], "https://example.org/i#" + strings.TrimPrefix(whole, prefix), "tincan:invite/2#", "\u201c" + whole + "=\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		invite, err := Parse(text)
		if err == nil {
			if !same(invite, testInvite(t)) {
				t.Error("an invite that nobody made")
			}
			return
		}
		known := false
		for _, kind := range errorNames {
			known = known || errors.Is(err, kind)
		}
		if !known {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}

// FuzzBody signs what comes, so that fuzzing gets behind the signature.
func FuzzBody(f *testing.F) {
	keys := testKeys(f, 1)
	peer := keys.Peer()
	good := testInvite(f)
	body, err := wire.Encode(&wire.Invite{
		Identity: peer[:], Name: "Ana", Color: 3, Servers: identity.ServersToWire(good.Servers),
		Id: good.ID[:], Secret: good.Secret[:], ExpiresMs: expires.UnixMilli(), Uses: 1,
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		invite, err := readBody(keys.SignedAsIdentity(identity.ContextInvite, body))
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		text, err := invite.Seal(keys)
		if err != nil {
			if len(body) < maxSigned-100 {
				t.Errorf("%+v cannot be sealed: %v", invite, err)
			}
			return
		}
		if again, err := Parse(text); err != nil || !same(again, invite) {
			t.Errorf("%+v becomes %+v, %v", invite, again, err)
		}
	})
}
