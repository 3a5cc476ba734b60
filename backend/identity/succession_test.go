package identity

import (
	"bytes"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/wire"
)

func succession(t testing.TB, from, to *Keys) *wire.SignedSuccession {
	t.Helper()
	signed, err := from.SucceededBy(to, time.UnixMilli(1_790_000_000_123))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// TestSuccession: every byte of it counts, and so does who signed for which side.
func TestSuccession(t *testing.T) {
	t.Parallel()
	before, after, other := testKeys(t, 1), testKeys(t, 2), testKeys(t, 3)
	signed := succession(t, before, after)
	got, err := ParseSuccession(signed)
	if err != nil || got.From != before.Peer() || got.To != after.Peer() || got.At.UnixMilli() != 1_790_000_000_123 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i := range signed.GetBody() {
		changed := proto.CloneOf(signed)
		changed.Body[i] ^= 1
		if _, err = ParseSuccession(changed); err == nil {
			t.Errorf("byte %d does not count", i)
		}
	}
	body := signed.GetBody()
	bad := map[string]*wire.SignedSuccession{
		"nothing":                nil,
		"reversed signatures":    {Body: body, FromSignature: signed.GetToSignature(), ToSignature: signed.GetFromSignature()},
		"not by the key before":  {Body: body, FromSignature: other.SignAsIdentity(ContextSuccessionFrom, body), ToSignature: signed.GetToSignature()},
		"not by the key after":   {Body: body, FromSignature: signed.GetFromSignature(), ToSignature: other.SignAsIdentity(ContextSuccessionTo, body)},
		"by the key before only": {Body: body, FromSignature: signed.GetFromSignature()},
		"by the key after only":  {Body: body, ToSignature: signed.GetToSignature()},
		"by a device":            {Body: body, FromSignature: before.SignAsDevice(ContextSuccessionFrom, body), ToSignature: signed.GetToSignature()},
		"for the other purpose":  {Body: body, FromSignature: before.SignAsIdentity(ContextSuccessionTo, body), ToSignature: after.SignAsIdentity(ContextSuccessionFrom, body)},
		"cut":                    {Body: body[:len(body)-1], FromSignature: signed.GetFromSignature(), ToSignature: signed.GetToSignature()},
		"to oneself":             succession(t, before, before),
	}
	reversed, err := wire.Encode(&wire.Succession{From: after.peer[:], To: before.peer[:], IssuedMs: 1_790_000_000_123})
	if err != nil {
		t.Fatal(err)
	}
	bad["reversed"] = &wire.SignedSuccession{Body: reversed, FromSignature: signed.GetFromSignature(), ToSignature: signed.GetToSignature()}
	for name, one := range bad {
		if _, err = ParseSuccession(one); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSuccessions(t *testing.T) {
	t.Parallel()
	people := make([]*Keys, MaxSuccessions+2)
	var links []*wire.SignedSuccession
	for i := range people {
		people[i] = testKeys(t, byte(i+1))
		if i > 0 {
			links = append(links, succession(t, people[i-1], people[i]))
		}
	}
	chain, err := ParseSuccessions(links[:MaxSuccessions])
	if err != nil || len(chain) != MaxSuccessions || chain[0].From != people[0].Peer() || chain[MaxSuccessions-1].To != people[MaxSuccessions].Peer() {
		t.Errorf("%d, %v", len(chain), err)
	}
	for name, bad := range map[string][]*wire.SignedSuccession{
		"none":          nil,
		"too many":      links,
		"with a hole":   {links[0], links[2]},
		"the other way": {links[1], links[0]},
		"twice":         {links[0], links[0]},
		"in a circle":   {links[0], succession(t, people[1], people[0])},
		"with nothing":  {links[0], nil},
	} {
		if _, err = ParseSuccessions(bad); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzSuccession(f *testing.F) {
	before, after := testKeys(f, 1), testKeys(f, 2)
	signed := succession(f, before, after)
	f.Add(signed.GetBody(), signed.GetFromSignature(), signed.GetToSignature())
	f.Add([]byte{}, []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, body, from, to []byte) {
		got, err := ParseSuccession(&wire.SignedSuccession{Body: body, FromSignature: from, ToSignature: to})
		if err == nil && (got.From != before.Peer() || got.To != after.Peer() || !bytes.Equal(body, signed.GetBody())) {
			t.Errorf("%+v", got)
		}
	})
}
