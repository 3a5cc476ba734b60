package rendezvous

import (
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// errForwarded says that two headers name different clients: whoever sent the
// request wrote one of them, and the proxy the other.
var errForwarded = errors.New("rendezvous: Forwarded and X-Forwarded-For disagree")

// forwardedFor returns the client behind trusted proxies: of the addresses that
// the headers name, from right to left, the first that is no trusted proxy.
// from is who connected, a trusted proxy itself. The port is 0 where none is
// named. An address that cannot be read ends the walk at the one before it.
// Error: errForwarded.
func forwardedFor(header http.Header, from netip.AddrPort, trusted []netip.Prefix) (netip.AddrPort, error) {
	var standard, common []string
	for element := range elements(header.Values("Forwarded")) {
		standard = append(standard, forOf(element))
	}
	for element := range elements(header.Values("X-Forwarded-For")) {
		common = append(common, element)
	}
	client := clientOf(common, from, trusted)
	switch {
	case len(standard) == 0:
		return client, nil
	case len(common) > 0 && clientOf(standard, from, trusted).Addr() != client.Addr():
		return netip.AddrPort{}, errForwarded
	}
	return clientOf(standard, from, trusted), nil
}

func clientOf(hops []string, from netip.AddrPort, trusted []netip.Prefix) netip.AddrPort {
	for _, text := range slices.Backward(hops) {
		hop, ok := parseHop(text)
		if !ok {
			return from
		}
		from = hop
		if !within(trusted, hop.Addr()) {
			return hop
		}
	}
	return from
}

// parseHop reads an address, with or without a port, in brackets or not.
func parseHop(text string) (netip.AddrPort, bool) {
	hop, err := netip.ParseAddrPort(text)
	if err != nil {
		addr, addrErr := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
		if addrErr != nil {
			return netip.AddrPort{}, false
		}
		hop = netip.AddrPortFrom(addr, 0)
	}
	return netip.AddrPortFrom(hop.Addr().Unmap().WithZone(""), hop.Port()), true
}

// elements are the comma-separated parts of a header's lines. A comma inside
// quotes parts as well: no address has one.
func elements(lines []string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, line := range lines {
			for element := range strings.SplitSeq(line, ",") {
				if !yield(strings.TrimSpace(element)) {
					return
				}
			}
		}
	}
}

// forOf returns the node of an element's "for" (RFC 7239, section 4), "" when there is none.
func forOf(element string) string {
	for pair := range strings.SplitSeq(element, ";") {
		name, value, _ := strings.Cut(pair, "=")
		if strings.EqualFold(strings.TrimSpace(name), "for") {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}
