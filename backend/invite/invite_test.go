package invite

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

var expires = time.Date(2026, 1, 9, 12, 0, 0, 0, time.UTC)

// testKeys returns fixed keys; seeds are below 128.
func testKeys(t testing.TB, seed byte) *identity.Keys {
	t.Helper()
	seeds := append(bytes.Repeat([]byte{seed}, 32), bytes.Repeat([]byte{seed | 0x80}, 32)...)
	keys, err := identity.NewKeys(bytes.NewReader(seeds))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func testInvite(t testing.TB) Invite {
	t.Helper()
	return Invite{
		ID: uuid.MustParse("019b8000-0000-7000-8000-000000000001"), Peer: testKeys(t, 1).Peer(), Name: "Ana", Color: 3,
		Servers: []identity.Server{{Key: identity.ServerKey(testKeys(t, 2).Peer()), URLs: []string{"wss://example.org:7117"}}},
		Secret:  [16]byte(bytes.Repeat([]byte{7}, 16)), Expires: expires, Uses: 1,
	}
}

func link(t testing.TB) string {
	t.Helper()
	text, err := testInvite(t).Seal(testKeys(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func same(a, b Invite) bool {
	return a.ID == b.ID && a.Peer == b.Peer && a.Name == b.Name && a.Color == b.Color && a.Secret == b.Secret && a.Expires.Equal(b.Expires) && a.Uses == b.Uses &&
		slices.EqualFunc(a.Servers, b.Servers, func(x, y identity.Server) bool { return x.Key == y.Key && slices.Equal(x.URLs, y.URLs) })
}

func TestParseReturnsWhatWasSealed(t *testing.T) {
	t.Parallel()
	keys := testKeys(t, 1)
	largest := testInvite(t)
	largest.Name = strings.Repeat("名", wire.MaxName)
	largest.Color, largest.Uses, largest.Expires = maxColor, maxUses, time.UnixMilli(maxTime)
	largest.Servers = slices.Repeat(largest.Servers, maxServers)
	empty := testInvite(t)
	empty.Name, empty.Color, empty.ID, empty.Secret = "", 1, uuid.Nil, [16]byte{}
	for name, invite := range map[string]Invite{"usual": testInvite(t), "largest": largest, "smallest": empty} {
		text, err := invite.Seal(keys)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if parsed, err := Parse(text); err != nil || !same(parsed, invite) {
			t.Errorf("%s: %+v, %v", name, parsed, err)
		}
	}
}

func TestSealRefusesWhatNobodyCouldRead(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Invite){
		"no servers":             func(i *Invite) { i.Servers = nil },
		"5 servers":              func(i *Invite) { i.Servers = slices.Repeat(i.Servers, maxServers+1) },
		"a server without a key": func(i *Invite) { i.Servers[0].Key = identity.ServerKey{} },
		"a server's odd URL":     func(i *Invite) { i.Servers[0].URLs = []string{"example.org"} },
		"more than fits": func(i *Invite) {
			far := "wss://" + strings.Repeat("a.", 120) + "org:7117"
			i.Servers[0].URLs = slices.Repeat([]string{far}, 8)
			i.Servers = slices.Repeat(i.Servers, maxServers)
		},
		"no uses":             func(i *Invite) { i.Uses = 0 },
		"negative uses":       func(i *Invite) { i.Uses = -1 },
		"101 uses":            func(i *Invite) { i.Uses = maxUses + 1 },
		"no colour":           func(i *Invite) { i.Color = 0 },
		"the ninth colour":    func(i *Invite) { i.Color = maxColor + 1 },
		"a long name":         func(i *Invite) { i.Name = strings.Repeat("a", wire.MaxName+1) },
		"before 1970":         func(i *Invite) { i.Expires = time.UnixMilli(-1) },
		"after all time":      func(i *Invite) { i.Expires = time.UnixMilli(maxTime + 1) },
		"a name not in UTF-8": func(i *Invite) { i.Name = "\xff" },
	} {
		invite := testInvite(t)
		change(&invite)
		if text, err := invite.Seal(testKeys(t, 1)); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestParseIsTolerantOfHowItWasCopied(t *testing.T) {
	t.Parallel()
	whole := link(t)
	payload := strings.TrimPrefix(whole, prefix)
	wrapped := func(between string) string {
		var lines []string
		for chunk := range slices.Chunk([]byte(whole), 40) {
			lines = append(lines, string(chunk))
		}
		return strings.Join(lines, between)
	}
	for name, text := range map[string]string{
		"as it is":             whole,
		"spaces around":        "  \t" + whole + " \n",
		"wrapped":              wrapped("\n"),
		"wrapped and indented": wrapped("\r\n    "),
		"soft breaks of mail":  wrapped("=\r\n"),
		"quoted mail":          "> " + wrapped("\n> "),
		"spaces inside":        wrapped(" "),
		"zero width spaces":    wrapped("\u200b"),
		"soft hyphens":         wrapped("\u00ad"),
		"direction marks":      "\u200e" + whole + "\u202c",
		"byte order mark":      "\ufeff" + whole,
		"no-break spaces":      "\u00a0" + whole + "\u00a0",
		"quotes":               `"` + whole + `"`,
		"curly quotes":         "\u201c" + whole + "\u201d",
		"German quotes":        "\u201e" + whole + "\u201c",
		"guillemets":           "\u00ab " + whole + " \u00bb",
		"angle brackets":       "<" + whole + ">",
		"backquotes":           "`" + whole + "`",
		"parentheses, a stop":  "(" + whole + ").",
		"exclamation":          whole + "!",
		"upper-case scheme":    "TINCAN:Invite/1#" + payload,
		"https":                "https://tincan.example/i#" + payload,
		"https, a path":        "https://example.org/chat/i#" + payload,
		"HTTPS":                "HTTPS://EXAMPLE.ORG/i#" + payload,
		"https, wrapped":       "<https://example.org\n/i#" + payload[:50] + "\n" + payload[50:] + ">",
	} {
		if parsed, err := Parse(text); err != nil || !same(parsed, testInvite(t)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	whole := link(t)
	payload := strings.TrimPrefix(whole, prefix)
	for name, test := range map[string]struct {
		text string
		want error
	}{
		"nothing":               {"", ErrEmpty},
		"spaces":                {" \n\t\u200b", ErrEmpty},
		"quotes only":           {`"<>"`, ErrEmpty},
		"other text":            {"Hello, how are you?", ErrNotInvite},
		"other link":            {"https://example.org/", ErrNotInvite},
		"http":                  {"http://example.org/i#" + payload, ErrNotInvite},
		"other scheme":          {"mailto:invite/1#" + payload, ErrNotInvite},
		"no scheme":             {payload, ErrNotInvite},
		"an identity":           {testKeys(t, 1).Peer().String(), ErrNotInvite},
		"huge":                  {strings.Repeat("a", maxText+1), ErrNotInvite},
		"no version":            {"tincan:invite/#" + payload, ErrNotInvite},
		"no number":             {"tincan:invite/x#" + payload, ErrNotInvite},
		"another kind":          {"tincan:invite/x", ErrNotInvite},
		"version 0":             {"tincan:invite/0#" + payload, ErrNotInvite},
		"version 2":             {"tincan:invite/2#" + payload, ErrNewer},
		"version 10":            {"tincan:invite/10#whatever", ErrNewer},
		"only the scheme":       {"tincan:", ErrTruncated},
		"up to the version":     {"tincan:invite/1", ErrTruncated},
		"up to the mark":        {prefix, ErrTruncated},
		"https up to the mark":  {"https://example.org/i#", ErrTruncated},
		"https, cut":            {"https://example.org/i#" + payload[:100], ErrTruncated},
		"the shortened form":    {Short(whole), ErrTruncated},
		"twice":                 {whole + whole, ErrDamaged},
		"more at the end":       {whole + "AAAA", ErrDamaged},
		"not base64url":         {whole[:60] + "$" + whole[61:], ErrDamaged},
		"standard base64":       {whole[:60] + "+" + whole[61:], ErrDamaged},
		"a changed character":   {changed(whole, 60), ErrDamaged},
		"the last one changed":  {changed(whole, len(whole)-1), ErrDamaged},
		"rubbish":               {prefix + strings.Repeat("A", 200), ErrDamaged},
		"letters of other sort": {prefix + "\u00e9\u00e9\u00e9", ErrDamaged},
	} {
		_, err := Parse(test.text)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), payload[:40]) {
			t.Errorf("%s: the error echoes the link", name)
		}
	}
}

func changed(text string, at int) string {
	other := byte('A')
	if text[at] == other {
		other = 'Q'
	}
	return text[:at] + string(other) + text[at+1:]
}

// TestCutsAreNeverAccepted cuts the link at every length, in both forms.
func TestCutsAreNeverAccepted(t *testing.T) {
	t.Parallel()
	whole := link(t)
	for i := range whole {
		_, err := Parse(whole[:i])
		want := ErrTruncated
		if i == 0 {
			want = ErrEmpty
		} else if i <= len("tin") {
			want = ErrNotInvite // it may be anything
		}
		if !errors.Is(err, want) {
			t.Errorf("cut to %d of %d: %v, want %v", i, len(whole), err, want)
		}
	}
	web := "https://example.org/i#" + strings.TrimPrefix(whole, prefix)
	for i := len("https://example.org/i#"); i < len(web); i++ {
		if _, err := Parse(web[:i]); !errors.Is(err, ErrTruncated) {
			t.Errorf("https cut to %d: %v", i, err)
		}
	}
	// The beginning is missing, or a part in the middle.
	for i := 1; i < len(whole); i++ {
		if _, err := Parse(whole[i:]); err == nil {
			t.Errorf("without its first %d characters it is accepted", i)
		}
		if _, err := Parse(whole[:i] + whole[min(i+4, len(whole)):]); err == nil {
			t.Errorf("without four characters at %d it is accepted", i)
		}
	}
}

// TestEveryChangedCharacterIsRefused changes each character of the payload.
func TestEveryChangedCharacterIsRefused(t *testing.T) {
	t.Parallel()
	whole := link(t)
	for i := len(prefix); i < len(whole); i++ {
		if _, err := Parse(changed(whole, i)); err == nil {
			t.Errorf("character %d changed: accepted", i)
		}
	}
}

// TestTheLastCharacterHasOneForm: base64 has spare bits at its end, which must
// be zero, or one invite would have several links.
func TestTheLastCharacterHasOneForm(t *testing.T) {
	t.Parallel()
	whole := link(t)
	if (len(whole)-len(prefix))%4 == 0 {
		t.Fatal("this link has no spare bits: change the invite of the tests")
	}
	last := whole[len(whole)-1]
	for _, other := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
		if _, err := Parse(whole[:len(whole)-1] + string(other)); (err == nil) != (other == last) {
			t.Errorf("the last character as %c: %v", other, err)
		}
	}
}

// TestParseIsCapped: what is ignored counts too.
func TestParseIsCapped(t *testing.T) {
	t.Parallel()
	whole := link(t)
	if _, err := Parse(whole + strings.Repeat("\n", maxText-len(whole))); err != nil {
		t.Errorf("%d bytes: %v", maxText, err)
	}
	if _, err := Parse(whole + strings.Repeat("\n", maxText+1-len(whole))); !errors.Is(err, ErrNotInvite) {
		t.Errorf("%d bytes: %v", maxText+1, err)
	}
}

// craft signs a changed invite: what somebody can make who keeps to no rule.
func craft(t testing.TB, change func(*wire.Invite)) string {
	t.Helper()
	keys := testKeys(t, 1)
	good, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(link(t), prefix))
	if err != nil {
		t.Fatal(err)
	}
	signed, body := &wire.Signed{}, &wire.Invite{}
	if err = errors.Join(proto.Unmarshal(good, signed), proto.Unmarshal(signed.GetBody(), body)); err != nil {
		t.Fatal(err)
	}
	change(body)
	data, err := wire.Encode(body)
	if err != nil {
		t.Fatal(err)
	}
	return textOf(t, keys.SignedAsIdentity(identity.ContextInvite, data))
}

func textOf(t testing.TB, signed *wire.Signed) string {
	t.Helper()
	data, err := wire.Encode(signed)
	if err != nil {
		t.Fatal(err)
	}
	return prefix + base64.RawURLEncoding.EncodeToString(data)
}

// refused are links that are whole and were made so.
func refused(t *testing.T) map[string]string {
	t.Helper()
	keys, other := testKeys(t, 1), testKeys(t, 3)
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(link(t), prefix))
	if err != nil {
		t.Fatal(err)
	}
	signed := &wire.Signed{}
	if err := proto.Unmarshal(data, signed); err != nil {
		t.Fatal(err)
	}
	body := signed.GetBody()
	unknown := protowire.AppendVarint(protowire.AppendTag(slices.Clone(body), 99, protowire.VarintType), 1)
	swapped := protowire.AppendBytes(protowire.AppendTag(nil, 2, protowire.BytesType), signed.GetSignature())
	swapped = protowire.AppendBytes(protowire.AppendTag(swapped, 1, protowire.BytesType), body)
	return map[string]string{
		"signed by somebody else":    textOf(t, other.SignedAsIdentity(identity.ContextInvite, body)),
		"signed by the device":       textOf(t, keys.SignedAsDevice(identity.ContextInvite, body)),
		"signed for another purpose": textOf(t, keys.SignedAsIdentity(identity.ContextLocation, body)),
		"no signature":               textOf(t, &wire.Signed{Body: body, Signature: make([]byte, 64)}),
		"an unknown field":           textOf(t, keys.SignedAsIdentity(identity.ContextInvite, unknown)),
		"fields out of order":        prefix + base64.RawURLEncoding.EncodeToString(swapped),
		"a long signature":           textOf(t, &wire.Signed{Body: body, Signature: append(signed.GetSignature(), 0)}),
		"a weak identity":            craft(t, func(i *wire.Invite) { i.Identity = make([]byte, 32) }),
		"somebody else's identity":   craft(t, func(i *wire.Invite) { peer := other.Peer(); i.Identity = peer[:] }),
		"no servers":                 craft(t, func(i *wire.Invite) { i.Servers = nil }),
		"5 servers":                  craft(t, func(i *wire.Invite) { i.Servers = slices.Repeat(i.GetServers(), maxServers+1) }),
		"a server without a key":     craft(t, func(i *wire.Invite) { i.Servers[0].Key = nil }),
		"a weak server":              craft(t, func(i *wire.Invite) { i.Servers[0].Key = make([]byte, 32) }),
		"a server's odd URL":         craft(t, func(i *wire.Invite) { i.Servers[0].Urls = []string{"https://example.org"} }),
		"a short id":                 craft(t, func(i *wire.Invite) { i.Id = i.GetId()[1:] }),
		"a short secret":             craft(t, func(i *wire.Invite) { i.Secret = i.GetSecret()[1:] }),
		"a long secret":              craft(t, func(i *wire.Invite) { i.Secret = make([]byte, 17) }),
		"no uses":                    craft(t, func(i *wire.Invite) { i.Uses = 0 }),
		"101 uses":                   craft(t, func(i *wire.Invite) { i.Uses = 101 }),
		"no colour":                  craft(t, func(i *wire.Invite) { i.Color = 0 }),
		"the ninth colour":           craft(t, func(i *wire.Invite) { i.Color = 9 }),
		"a long name":                craft(t, func(i *wire.Invite) { i.Name = strings.Repeat("é", wire.MaxName+1) }),
		"an expiry before 1970":      craft(t, func(i *wire.Invite) { i.ExpiresMs = -1 }),
		"an expiry after all time":   craft(t, func(i *wire.Invite) { i.ExpiresMs = 1<<53 + 1 }),
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	whole := link(t)
	if short := Short(whole); !strings.HasPrefix(whole, strings.TrimSuffix(short, "…")) || len(short) > 40 {
		t.Errorf("%q", short)
	}
	if Short("short") != "short" {
		t.Error("a short text is changed")
	}
}
