package turn

import "net/netip"

// Ranges that TURN never relays to on a public server. They are written out
// because the standard library's helpers miss several of them (IANA's IPv4 and
// IPv6 special-purpose address registries).
var (
	deniedIPv4 = prefixes(
		"0.0.0.0/8",       // this network
		"10.0.0.0/8",      // private
		"100.64.0.0/10",   // shared by carriers
		"127.0.0.0/8",     // loopback
		"169.254.0.0/16",  // link-local, and the metadata services of clouds
		"172.16.0.0/12",   // private
		"192.0.0.0/24",    // protocol assignments
		"192.0.2.0/24",    // documentation
		"192.88.99.0/24",  // 6to4 relays
		"192.168.0.0/16",  // private
		"198.18.0.0/15",   // benchmarks
		"198.51.100.0/24", // documentation
		"203.0.113.0/24",  // documentation
		"224.0.0.0/4",     // multicast
		"240.0.0.0/4",     // reserved, broadcast
	)
	// Outside global unicast everything is denied: loopback, unique local,
	// link-local, multicast, mapped IPv4, NAT64 (64:ff9b::/96, 64:ff9b:1::/48).
	globalIPv6 = netip.MustParsePrefix("2000::/3")
	deniedIPv6 = prefixes(
		"2001::/23",     // protocol assignments: Teredo, benchmarks, ORCHID
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4
		"3fff::/20",     // documentation
	)

	privateRanges = prefixes(
		"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10",
	)
	// metadataServices hand out a cloud machine's secrets: denied even where private ranges are allowed.
	// (AWS and those who copy it, its containers and pods, Alibaba, Oracle, Google.)
	metadataServices = prefixes(
		"169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32", "100.100.100.200/32", "192.0.0.192/32",
		"fd00:ec2::254/128", "fd00:ec2::23/128", "fd20:ce::254/128",
	)
	loopbackRanges = prefixes("127.0.0.0/8", "::1/128")
)

func prefixes(texts ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		parsed = append(parsed, netip.MustParsePrefix(text))
	}
	return parsed
}

func within(ranges []netip.Prefix, addr netip.Addr) bool {
	for _, one := range ranges {
		if one.Contains(addr) {
			return true
		}
	}
	return false
}

// denied says whether TURN refuses to relay to an address.
func denied(addr netip.Addr, allowPrivate, allowLoopback bool) bool {
	addr = addr.Unmap().WithZone("")
	switch {
	case !addr.IsValid() || within(metadataServices, addr):
		return true
	case within(privateRanges, addr):
		return !allowPrivate
	case within(loopbackRanges, addr):
		return !allowLoopback
	case addr.Is4():
		return within(deniedIPv4, addr)
	}
	return !globalIPv6.Contains(addr) || within(deniedIPv6, addr)
}
