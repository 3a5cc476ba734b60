package ban_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/chat/ban"
)

func TestDomains(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"example.net":                    "example.net",
		" Example.NET. ":                 "example.net",
		"*.example.net":                  "*.example.net",
		"*.Bulk.Example.net.":            "*.bulk.example.net",
		"münchen.example":                "xn--mnchen-3ya.example",
		"xn--mnchen-3ya.example":         "xn--mnchen-3ya.example",
		"例子.测试":                          "xn--fsqu00a.xn--0zwm56d",
		"_dmarc.example.net":             "_dmarc.example.net",
		"*.lan":                          "*.lan",
		"nas.local":                      "nas.local",
		"somebody.github.io":             "somebody.github.io",
		strings.Repeat("a", 63) + ".net": strings.Repeat("a", 63) + ".net",
	} {
		got, err := ban.NormalizeDomain(text)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
		if again, againErr := ban.NormalizeDomain(got); againErr != nil || again != got {
			t.Errorf("%q again: %q, %v", got, again, againErr)
		}
	}
	for text, want := range map[string]error{
		"": ban.ErrDomainEmpty, ".": ban.ErrDomainEmpty, "  ": ban.ErrDomainEmpty,
		"*": ban.ErrDomainAll, "*.": ban.ErrDomainAll,
		"a.*.net": ban.ErrDomainWildcard, "*a.example.net": ban.ErrDomainWildcard, "example.*": ban.ErrDomainWildcard,
		"*.*.example.net": ban.ErrDomainWildcard, "**.example.net": ban.ErrDomainWildcard,
		"192.0.2.1": ban.ErrDomainAddress, "*.192.0.2.1": ban.ErrDomainAddress, "[2001:db8::1]": ban.ErrDomainAddress,
		"192.0.2": ban.ErrDomainAddress, "192.0.2.1.": ban.ErrDomainAddress,
		"*.com": ban.ErrDomainSuffix, "co.uk": ban.ErrDomainSuffix, "*.co.uk": ban.ErrDomainSuffix, "*.example": ban.ErrDomainSuffix,
		"localhost": ban.ErrDomainSingle, "router": ban.ErrDomainSingle,
		strings.Repeat("a", 64) + ".net":       ban.ErrDomainLong,
		strings.Repeat("abcdefg.", 32) + "net": ban.ErrDomainLong,
		strings.Repeat("ü", 3000) + ".example": ban.ErrDomainLong,
		"a..example.net":                       ban.ErrDomainForm,
		"exa mple.net":                         ban.ErrDomainForm,
		"-a.example.net":                       ban.ErrDomainForm,
		"http://example.net":                   ban.ErrDomainForm,
		"a@example.net":                        ban.ErrDomainForm,
		"example.net/24":                       ban.ErrDomainForm,
		"xn--a.example.net":                    ban.ErrDomainForm,
		"\xff.example.net":                     ban.ErrDomainForm,
		"a\u202e.example.net":                  ban.ErrDomainForm,
	} {
		if got, err := ban.NormalizeDomain(text); !errors.Is(err, want) {
			t.Errorf("%q: %q, %v, want %v", text, got, err, want)
		}
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		domain, host string
		want         bool
	}{
		{"example.net", "example.net", true},
		{"example.net", "a.example.net", false},
		{"*.example.net", "a.example.net", true},
		{"*.example.net", "a.b.example.net", true},
		{"*.example.net", "example.net", false},
		{"*.example.net", "badexample.net", false},
		{"*.example.net", ".example.net", false},
	} {
		if ban.Covers(one.domain, one.host) != one.want {
			t.Errorf("%s covers %s: not %t", one.domain, one.host, one.want)
		}
	}
}

// FuzzNormalizeDomain: what is accepted stays as it is, and means names that a resolver could return.
func FuzzNormalizeDomain(f *testing.F) {
	for _, text := range []string{"example.net", "*.example.net", "münchen.example", "192.0.2.1", "*", "a.*.net", "ß.example", "xn--zca.example", "１２７.０.０.１"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		domain, err := ban.NormalizeDomain(text)
		if err != nil {
			return
		}
		if again, againErr := ban.NormalizeDomain(domain); againErr != nil || again != domain {
			t.Fatalf("%q is %q, which is %q, %v", text, domain, again, againErr)
		}
		host := strings.Replace(domain, "*", "a", 1)
		if len(host) <= ban.MaxDomain && (!ban.Covers(domain, host)) {
			t.Fatalf("%q does not mean %q", domain, host)
		}
		if len(strings.TrimPrefix(domain, "*.")) > ban.MaxDomain {
			t.Fatalf("%q is too long", domain)
		}
	})
}
