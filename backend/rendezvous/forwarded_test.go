package rendezvous

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestForwardedFor(t *testing.T) {
	t.Parallel()
	trusted := prefixes("10.0.0.0/8", "fd00::/8")
	from := netip.MustParseAddrPort("10.0.0.1:5000")
	for name, c := range map[string]struct {
		forwarded, common string
		want              string // "" for errForwarded
	}{
		"nothing":                    {want: "10.0.0.1:5000"},
		"one":                        {common: "192.0.2.1", want: "192.0.2.1:0"},
		"with a port":                {common: "192.0.2.1:99", want: "192.0.2.1:99"},
		"IPv6":                       {common: "2001:db8::1", want: "[2001:db8::1]:0"},
		"IPv6 and a port":            {common: "[2001:db8::1]:7", want: "[2001:db8::1]:7"},
		"mapped":                     {common: "::ffff:192.0.2.1", want: "192.0.2.1:0"},
		"what the client wrote":      {common: "198.51.100.9, 192.0.2.1", want: "192.0.2.1:0"},
		"two proxies":                {common: "198.51.100.9, 192.0.2.1, 10.2.3.4", want: "192.0.2.1:0"},
		"a trusted client":           {common: "10.9.9.9, 10.2.3.4", want: "10.9.9.9:0"},
		"unreadable":                 {common: "192.0.2.1, unknown", want: "10.0.0.1:5000"},
		"unreadable behind a proxy":  {common: "192.0.2.1, _hidden, 10.2.3.4", want: "10.2.3.4:0"},
		"standard":                   {forwarded: `for=192.0.2.60;proto=http;by=203.0.113.43`, want: "192.0.2.60:0"},
		"standard, two":              {forwarded: `for=198.51.100.9, proto=https;For="[2001:db8:cafe::17]:4711"`, want: "[2001:db8:cafe::17]:4711"},
		"standard, hidden":           {forwarded: `for=_secret`, want: "10.0.0.1:5000"},
		"both, the same":             {forwarded: "for=192.0.2.1", common: "192.0.2.1", want: "192.0.2.1:0"},
		"both, and one is a lie":     {forwarded: "for=198.51.100.9", common: "192.0.2.1"},
		"both, and the other one is": {forwarded: "for=192.0.2.1", common: "198.51.100.9"},
	} {
		header := http.Header{}
		if c.forwarded != "" {
			header.Set("Forwarded", c.forwarded)
		}
		if c.common != "" {
			header.Set("X-Forwarded-For", c.common)
		}
		got, err := forwardedFor(header, from, trusted)
		if c.want == "" {
			if !errors.Is(err, errForwarded) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
			continue
		}
		if err != nil || got != netip.MustParseAddrPort(c.want) {
			t.Errorf("%s: %v, %v, want %s", name, got, err, c.want)
		}
	}
	lines := http.Header{"X-Forwarded-For": {"198.51.100.9", "192.0.2.1, 10.0.0.3"}}
	if got, err := forwardedFor(lines, from, trusted); err != nil || got.Addr() != netip.MustParseAddr("192.0.2.1") {
		t.Errorf("in two lines: %v, %v", got, err)
	}
}

func FuzzForwardedFor(f *testing.F) {
	f.Add("for=192.0.2.1", "192.0.2.1")
	f.Add(`for="[::1]:1";by=x, for=unknown`, ",,")
	trusted := prefixes("10.0.0.0/8")
	from := netip.MustParseAddrPort("10.0.0.1:5000")
	f.Fuzz(func(t *testing.T, forwarded, common string) {
		// What a trusted proxy appends is what counts, whatever stands before it.
		header := http.Header{"X-Forwarded-For": {common, "192.0.2.7"}}
		got, err := forwardedFor(header, from, trusted)
		if err != nil || got.Addr() != netip.MustParseAddr("192.0.2.7") {
			t.Fatalf("%v, %v", got, err)
		}
		if strings.Contains(forwarded, `"`) {
			return
		}
		header = http.Header{"Forwarded": {forwarded, "for=192.0.2.7"}}
		if got, err = forwardedFor(header, from, trusted); err != nil || got.Addr() != netip.MustParseAddr("192.0.2.7") {
			t.Fatalf("%v, %v", got, err)
		}
	})
}

func prefixes(texts ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		parsed = append(parsed, netip.MustParsePrefix(text))
	}
	return parsed
}
