package webrtclink

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/tincan-chat/tincan/backend/link"
)

// readCandidate checks a candidate-attribute (RFC 8839 section 5.1) and answers
// its address and port. Only literal UDP addresses of the first component: names would
// make us look things up for a stranger.
func readCandidate(text string) (netip.AddrPort, error) {
	refuse := func(what string) (netip.AddrPort, error) {
		return netip.AddrPort{}, fmt.Errorf("%w: %s of a candidate", link.ErrMalformed, what)
	}
	if len(text) > link.MaxCandidate {
		return refuse("length")
	}
	for i := range len(text) {
		if text[i] < 0x20 || text[i] > 0x7e {
			return refuse("characters")
		}
	}
	fields := strings.Split(strings.TrimPrefix(text, "candidate:"), " ")
	// foundation component transport priority address port "typ" type …
	if len(fields) < 8 || len(fields)%2 != 0 || slices.Contains(fields, "") {
		return refuse("form")
	}
	if len(fields[0]) > 32 || fields[1] != "1" || !strings.EqualFold(fields[2], "udp") || fields[6] != "typ" {
		return refuse("component or transport")
	}
	if _, err := strconv.ParseUint(fields[3], 10, 32); err != nil {
		return refuse("priority")
	}
	port, err := strconv.ParseUint(fields[5], 10, 16)
	if err != nil || port == 0 {
		return refuse("port")
	}
	if !slices.Contains([]string{"host", "srflx", "prflx", "relay"}, fields[7]) {
		return refuse("type")
	}
	address, err := netip.ParseAddr(fields[4])
	if err != nil || address.Zone() != "" {
		return refuse("address")
	}
	address = address.Unmap()
	if address.IsUnspecified() || address.IsMulticast() || address == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return refuse("address")
	}
	for i := 8; i < len(fields); i += 2 {
		if fields[i] == "tcptype" {
			return refuse("transport")
		}
	}
	return netip.AddrPortFrom(address, uint16(port)), nil
}
