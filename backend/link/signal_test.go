package link_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// steady is randomness that is the same in every run: fuzzing needs fixed keys.
type steady byte

func (s steady) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s) + byte(i)
	}
	return len(p), nil
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func device(t testing.TB, seed byte) (*identity.Keys, link.Remote) {
	t.Helper()
	keys, err := identity.NewKeys(steady(seed))
	if err != nil {
		t.Fatal(err)
	}
	return keys, link.Remote{Peer: keys.Peer(), Device: keys.Device()}
}

func sampleOffer() *wire.Description {
	text := "an SDP"
	hash := sha256.Sum256([]byte(text))
	return &wire.Description{
		Sdp: text, SdpHash: hash[:], Fingerprint: make([]byte, 32), DtlsRole: "actpass",
		IceUfrag: "abcd", IcePassword: strings.Repeat("p", 22),
	}
}

func sampleBody(t testing.TB, kind *wire.SignalBody) (body []byte, from, to link.Remote) {
	t.Helper()
	_, from = device(t, 1)
	_, to = device(t, 99)
	session, err := link.NewSession(noon, steady(7))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := link.WriteSignal(kind, session, from, to, noon, steady(3))
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Body, from, to
}

func kinds() map[link.SignalKind]*wire.SignalBody {
	answer := sampleOffer()
	answer.DtlsRole, answer.OfferHash = "active", make([]byte, 32)
	return map[link.SignalKind]*wire.SignalBody{
		link.SignalOffer:     {Kind: &wire.SignalBody_Offer{Offer: sampleOffer()}},
		link.SignalAnswer:    {Kind: &wire.SignalBody_Answer{Answer: answer}},
		link.SignalCandidate: {Kind: &wire.SignalBody_Candidate{Candidate: &wire.Candidate{Candidate: "candidate:1 1 udp 1 127.0.0.1 9 typ host"}}},
		link.SignalDial:      {Kind: &wire.SignalBody_Dial{Dial: &wire.Dial{}}},
		link.SignalHangup:    {Kind: &wire.SignalBody_Hangup{Hangup: &wire.Hangup{}}},
	}
}

func TestSignalsOfEveryKindAreReadBack(t *testing.T) {
	for kind, body := range kinds() {
		data, from, to := sampleBody(t, body)
		signal, err := link.ParseSignal(data, from, to, noon.Add(time.Minute))
		if err != nil || signal.Kind != kind || !bytes.Equal(signal.Body, data) || signal.Session.Version() != 7 {
			t.Errorf("kind %d: %+v, %v", kind, signal.Kind, err)
		}
	}
}

// Each edit is something that a rewriting carrier or a wrong sender might do.
func TestSignalsThatBreakARuleAreRefused(t *testing.T) {
	edits := []struct {
		name string
		want error
		edit func(*wire.SignalBody)
	}{
		{"lower version", link.ErrVersion, func(b *wire.SignalBody) { b.Version = 0 }},
		{"higher version", link.ErrVersion, func(b *wire.SignalBody) { b.Version++ }},
		{"session too short", link.ErrMalformed, func(b *wire.SignalBody) { b.Session = b.Session[:15] }},
		{"session of another UUID version", link.ErrMalformed, func(b *wire.SignalBody) { b.Session[6] = 0x40 }},
		{"nonce missing", link.ErrMalformed, func(b *wire.SignalBody) { b.Nonce = nil }},
		{"nonce too long", link.ErrMalformed, func(b *wire.SignalBody) { b.Nonce = make([]byte, 17) }},
		{"from another identity", link.ErrAddressee, func(b *wire.SignalBody) { b.FromIdentity[5] ^= 1 }},
		{"from another device", link.ErrAddressee, func(b *wire.SignalBody) { b.FromDevice[5] ^= 1 }},
		{"to another identity", link.ErrAddressee, func(b *wire.SignalBody) { b.ToIdentity[5] ^= 1 }},
		{"to another device", link.ErrAddressee, func(b *wire.SignalBody) { b.ToDevice = nil }},
		{"too late", link.ErrSkew, func(b *wire.SignalBody) { b.TimeMs -= (link.MaxSkew + time.Second).Milliseconds() }},
		{"from the future", link.ErrSkew, func(b *wire.SignalBody) { b.TimeMs += (link.MaxSkew + time.Second).Milliseconds() }},
		{"from the end of time", link.ErrSkew, func(b *wire.SignalBody) { b.TimeMs = 1<<63 - 1 }},
		{"no kind", link.ErrMalformed, func(b *wire.SignalBody) { b.Kind = nil }},
		{"hash of the SDP", link.ErrBinding, func(b *wire.SignalBody) { b.GetOffer().SdpHash[0] ^= 1 }},
		{"the SDP itself", link.ErrBinding, func(b *wire.SignalBody) { b.GetOffer().Sdp += "x" }},
		{"no SDP", link.ErrMalformed, func(b *wire.SignalBody) { b.GetOffer().Sdp = "" }},
		{"an SDP that is too long", link.ErrMalformed, func(b *wire.SignalBody) { b.GetOffer().Sdp = strings.Repeat("x", link.MaxDescription+1) }},
		{"length of the fingerprint", link.ErrMalformed, func(b *wire.SignalBody) { b.GetOffer().Fingerprint = make([]byte, 20) }},
		{"role", link.ErrBinding, func(b *wire.SignalBody) { b.GetOffer().DtlsRole = "active" }},
		{"an offer that answers", link.ErrMalformed, func(b *wire.SignalBody) { b.GetOffer().OfferHash = make([]byte, 32) }},
		{"a short password", link.ErrMalformed, func(b *wire.SignalBody) { b.GetOffer().IcePassword = "short" }},
		{"a candidate that is too long", link.ErrMalformed, func(b *wire.SignalBody) {
			b.Kind = &wire.SignalBody_Candidate{Candidate: &wire.Candidate{Candidate: strings.Repeat("x", link.MaxCandidate+1)}}
		}},
	}
	for _, one := range edits {
		t.Run(one.name, func(t *testing.T) {
			data, from, to := sampleBody(t, kinds()[link.SignalOffer])
			var body wire.SignalBody
			if err := proto.Unmarshal(data, &body); err != nil {
				t.Fatal(err)
			}
			one.edit(&body)
			changed, err := wire.Encode(&body)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = link.ParseSignal(changed, from, to, noon); !errors.Is(err, link.ErrSignal) || !errors.Is(err, one.want) {
				t.Errorf("%v, want %v", err, one.want)
			}
		})
	}
}

func TestSignalInAnotherFormIsRefused(t *testing.T) {
	data, from, to := sampleBody(t, kinds()[link.SignalOffer])
	for name, changed := range map[string][]byte{
		"an unknown field":  protowire.AppendVarint(protowire.AppendTag(bytes.Clone(data), 100, protowire.VarintType), 1),
		"a field twice":     append(bytes.Clone(data), data...),
		"cut short":         data[:len(data)-1],
		"larger than a cap": append(bytes.Clone(data), make([]byte, link.MaxSignal)...),
		"nothing":           nil,
	} {
		if _, err := link.ParseSignal(changed, from, to, noon); !errors.Is(err, link.ErrSignal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseSignal(f *testing.F) {
	_, from := device(f, 1)
	_, to := device(f, 99)
	for _, body := range kinds() {
		data, _, _ := sampleBody(f, body)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		signal, err := link.ParseSignal(data, from, to, noon)
		if err != nil {
			if !errors.Is(err, link.ErrSignal) {
				t.Fatalf("an error that is not a refusal: %v", err)
			}
			return
		}
		if signal.Kind < link.SignalOffer || signal.Kind > link.SignalHangup || !bytes.Equal(signal.Body, data) {
			t.Fatalf("accepted as kind %d", signal.Kind)
		}
	})
}

func TestSeenRemembersAsLongAsAnOfferIsGood(t *testing.T) {
	var seen link.Seen
	_, remote := device(t, 1)
	_, other := device(t, 50)
	session, err := link.NewSession(noon, steady(7))
	if err != nil {
		t.Fatal(err)
	}
	if !seen.Add(remote.Device, session, noon) || !seen.Add(other.Device, session, noon) {
		t.Error("a new session was known")
	}
	if seen.Add(remote.Device, session, noon.Add(2*link.MaxSkew)) {
		t.Error("a session was forgotten while its offer is still good")
	}
	if !seen.Add(remote.Device, session, noon.Add(10*link.MaxSkew)) {
		t.Error("a session is remembered for ever")
	}
}
