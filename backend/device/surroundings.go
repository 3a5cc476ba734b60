package device

import (
	"net"
	"net/netip"
	"slices"
	"time"
)

const (
	// lookEvery is how often the machine's addresses are looked at.
	lookEvery = 3 * time.Second
	// slept is how much further the wall clock may go than the monotonic one
	// before the machine is taken to have slept.
	slept = 10 * time.Second
)

// machineAddresses returns the addresses of the interfaces that are up, sorted.
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
		addresses, err := one.Addrs()
		if err != nil {
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
	slices.SortFunc(found, netip.Addr.Compare)
	return slices.Compact(found)
}

// reachesOut tells whether there is an address besides loopback and link-local ones.
func reachesOut(addresses []netip.Addr) bool {
	return slices.ContainsFunc(addresses, func(address netip.Addr) bool {
		return !address.IsLoopback() && !address.IsLinkLocalUnicast() && !address.IsUnspecified()
	})
}

// sleepWatch notices that the machine slept: the wall clock went on, the
// monotonic one did not.
type sleepWatch struct{ wall time.Time }

// woke tells whether the machine slept since the last call. awake is what the
// monotonic clock says has passed since then.
func (w *sleepWatch) woke(now time.Time, awake time.Duration) bool {
	last := w.wall
	w.wall = now.Round(0)
	return !last.IsZero() && w.wall.Sub(last)-awake > slept
}
