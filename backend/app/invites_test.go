package app_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/invite"
)

func sealed(t *testing.T, keys *identity.Keys, expires time.Time) string {
	t.Helper()
	var key identity.ServerKey
	peer := keys.Peer()
	copy(key[:], peer[:]) // any good Ed25519 key
	return must(invite.Invite{
		ID: uuid.New(), Peer: keys.Peer(), Name: "Jo", Color: 3, Uses: 1, Expires: expires,
		Servers: []identity.Server{{Key: key, URLs: []string{"wss://127.0.0.1:1"}}},
	}.Seal(keys))(t)
}

func TestReadInvite(t *testing.T) {
	t.Parallel()
	p, other := newPerson(t), newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	good := sealed(t, other.keys, time.Now().Add(time.Hour))
	preview := must(p.api.ReadInvite(" <" + good + ">\n"))(t)
	if preview.Name != "Jo" || preview.Color != 3 || preview.Servers[0] != "127.0.0.1:1" || preview.Conversation != "" || len(preview.SafetyNumber) != 71 {
		t.Errorf("the preview is %+v", preview)
	}
	damaged := []byte(good)
	if damaged[60] == 'A' { // another letter of the same alphabet
		damaged[60] = 'B'
	} else {
		damaged[60] = 'A'
	}
	cut := len("tincan:invite/1#") + 100 // a whole number of bytes
	for link, want := range map[string]string{
		"":                    "invite-empty",
		"   \n":               "invite-empty",
		"hello":               "invite-not",
		good[:cut]:            "invite-truncated",
		string(damaged):       "invite-damaged",
		"tincan:invite/9#abc": "invite-newer",
		sealed(t, p.keys, time.Now().Add(time.Hour)):                          "invite-own",
		sealed(t, other.keys, time.Date(2020, 11, 14, 12, 0, 0, 0, time.UTC)): "invite-expired",
	} {
		if _, err := p.api.ReadInvite(link); code(t, err) != want {
			t.Errorf("%s: %v", want, err)
		}
		if _, err := p.api.SendRequest(link, "hello"); code(t, err) != want {
			t.Errorf("asking, %s: %v", want, err)
		}
	}
	_, err := p.api.ReadInvite(sealed(t, other.keys, time.Date(2020, 11, 14, 12, 0, 0, 0, time.UTC)))
	if got := app.AsError(err); got.Message != "This link expired on 14 November 2020. Ask Jo for a new one." || got.Params["name"] != "Jo" {
		t.Errorf("the sentence is %q %v", got.Message, got.Params)
	}
	must(p.api.AddBan(app.BanOptions{Target: other.keys.Peer().String()}))(t)
	if _, err := p.api.ReadInvite(good); code(t, err) != "invite-banned" {
		t.Errorf("of a banned person: %v", err)
	}
}

func TestInviteOptions(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	must(p.api.CreateProfile("Ana", 1))(t)
	for _, wrong := range []app.InviteOptions{{Days: 2}, {Days: -1}, {Uses: 101}, {Uses: -1}} {
		if _, err := p.api.CreateInvite(wrong); code(t, err) != "invite-options" {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	settings := p.Settings()
	settings.Hosting = false
	must(p.api.SaveSettings(settings))(t)
	if _, err := p.api.CreateInvite(app.InviteOptions{}); code(t, err) != "no-server" {
		t.Errorf("with nowhere to be found: %v", err)
	}
}
