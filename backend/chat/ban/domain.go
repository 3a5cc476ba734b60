package ban

import (
	"errors"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Why a text is no domain that can be banned.
var (
	ErrDomainEmpty    = errors.New("ban: no domain")
	ErrDomainAddress  = errors.New("ban: the domain is an address")
	ErrDomainWildcard = errors.New("ban: a wildcard that is not the first label") // "a.*.net", "*a.net", "*.*.net"
	ErrDomainAll      = errors.New("ban: a wildcard alone means everybody")       // "*", "*."
	ErrDomainSuffix   = errors.New("ban: the domain is a public suffix")          // "*.com", "co.uk"
	ErrDomainSingle   = errors.New("ban: the domain has one label only")          // "localhost"
	ErrDomainLong     = errors.New("ban: the domain is too long")
	ErrDomainForm     = errors.New("ban: not a domain")
)

// Sizes of a domain in bytes, in ASCII form without the dot at the end (RFC 1035, section 3.1).
const (
	MaxDomain = 253
	MaxLabel  = 63
)

const wildcard = "*."

// NormalizeDomain reads a domain from outside, with or without the wildcard
// "*." before it, and returns the one form that stands for it. Errors: one of
// the ErrDomain….
func NormalizeDomain(text string) (string, error) {
	text = strings.TrimSpace(text)
	// Longer than any domain could be before it becomes ASCII.
	if len(text) > 4*MaxDomain {
		return "", ErrDomainLong
	}
	name := strings.TrimSuffix(text, ".")
	if !utf8.ValidString(name) {
		return "", ErrDomainForm // replaced, it would be a name of somebody else
	}
	if name == "" {
		return "", ErrDomainEmpty
	}
	if name == "*" {
		return "", ErrDomainAll
	}
	rest, below := strings.CutPrefix(name, wildcard)
	if strings.Contains(rest, "*") {
		return "", ErrDomainWildcard
	}
	if isAddress(rest) {
		return "", ErrDomainAddress
	}
	ascii, err := plainName(rest)
	if err != nil {
		return "", err
	}
	switch suffix, _ := publicsuffix.PublicSuffix(ascii); {
	case !strings.Contains(ascii, ".") && !below:
		return "", ErrDomainSingle
	case suffix == ascii && !privateSuffix(ascii):
		return "", ErrDomainSuffix
	}
	if below {
		return wildcard + ascii, nil
	}
	return ascii, nil
}

// privateSuffix tells whether a name of one label may be banned with a wildcard
// all the same: those that routers give to the machines at home are no registry's.
func privateSuffix(name string) bool {
	switch name {
	case "lan", "local", "home", "internal", "localdomain", "home.arpa":
		return true
	}
	return false
}

// isAddress also finds what resolvers of old took for one: digits and dots.
func isAddress(name string) bool {
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return true
	}
	return strings.Trim(name, "0123456789.") == ""
}

// isPlain tells whether a name is what resolvers use already, without the tables
// of RFC 5891: labels of small letters, digits and hyphens, of which those stand
// in the third and fourth place only where something was encoded (section 4.2.3.1).
func isPlain(name string) bool {
	if len(name) > MaxDomain {
		return false
	}
	letters, start := false, 0
	for i := range len(name) + 1 {
		if i == len(name) || name[i] == '.' {
			label := name[start:i]
			if label == "" || len(label) > MaxLabel || label[0] == '-' || label[len(label)-1] == '-' || len(label) > 3 && label[2:4] == "--" {
				return false
			}
			start = i + 1
			continue
		}
		switch c := name[i]; {
		case c >= 'a' && c <= 'z':
			letters = true
		case c >= '0' && c <= '9' || c == '-':
		default:
			return false
		}
	}
	return letters // without any it may be an address
}

// plainName is a name in small letters and ASCII.
func plainName(name string) (string, error) {
	if isPlain(name) {
		return name, nil
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil {
		// A name with an underscore is none of a host, but resolvers return it.
		if ascii = strings.ToLower(name); !plainLetters(ascii) {
			return "", ErrDomainForm
		}
	}
	if len(ascii) > MaxDomain {
		return "", ErrDomainLong
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if len(label) > MaxLabel {
			return "", ErrDomainLong
		}
		if label == "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "", ErrDomainForm
		}
	}
	// Folding may make an address, or something that folds again, of what was none.
	if again, againErr := idna.Lookup.ToASCII(ascii); againErr == nil && again != ascii || isAddress(ascii) {
		return "", ErrDomainForm
	}
	return ascii, nil
}

func plainLetters(name string) bool {
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == "" && !strings.Contains(name, "xn--")
}

// NormalizeHost is the form in which a name that a resolver returned is
// compared; false for what is no name.
func NormalizeHost(name string) (string, bool) {
	name = strings.TrimSuffix(name, ".")
	if name == "" || len(name) > MaxDomain {
		return "", false
	}
	plain, err := plainName(name)
	return plain, err == nil
}

// Covers tells whether a domain in its one form means a host in its one form.
func Covers(domain, host string) bool {
	if parent, below := strings.CutPrefix(domain, wildcard); below {
		return len(host) > len(parent)+1 && strings.HasSuffix(host, parent) && host[len(host)-len(parent)-1] == '.'
	}
	return domain == host
}
