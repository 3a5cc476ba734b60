package rendezvous

import (
	"net"
	"net/netip"
	"slices"
)

// maxAddresses is how many URLs an invite carries for one server.
const maxAddresses = 8

// reachable returns the addresses by which a listener can be reached: its own,
// or this machine's when it listens on all of them: networks first, IPv4
// before IPv6, loopback last.
func reachable(listening netip.AddrPort) []netip.AddrPort {
	if !listening.Addr().IsUnspecified() {
		return []netip.AddrPort{listening}
	}
	var found []netip.AddrPort
	for _, addr := range machineAddresses() {
		if addr.IsLinkLocalUnicast() || (listening.Addr().Is4() && !addr.Is4()) {
			continue
		}
		found = append(found, netip.AddrPortFrom(addr, listening.Port()))
	}
	slices.SortStableFunc(found, func(a, b netip.AddrPort) int { return nearness(a.Addr()) - nearness(b.Addr()) })
	if len(found) > maxAddresses {
		found = append(found[:maxAddresses-1], found[len(found)-1])
	}
	return found
}

func nearness(addr netip.Addr) int {
	switch {
	case addr.IsLoopback() && addr.Is4():
		return 3
	case addr.IsLoopback():
		return 2
	case addr.Is4():
		return 0
	}
	return 1
}

// machineAddresses returns the addresses of this machine's interfaces that are up.
func machineAddresses() []netip.Addr {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var found []netip.Addr
	for _, one := range interfaces {
		if one.Flags&net.FlagUp == 0 {
			continue
		}
		addresses, addressErr := one.Addrs()
		if addressErr != nil {
			continue
		}
		for _, address := range addresses {
			network, ok := address.(*net.IPNet)
			if !ok {
				continue
			}
			if addr, valid := netip.AddrFromSlice(network.IP); valid {
				found = append(found, addr.Unmap())
			}
		}
	}
	return found
}

func within(ranges []netip.Prefix, addr netip.Addr) bool {
	for _, one := range ranges {
		if one.Contains(addr) {
			return true
		}
	}
	return false
}
