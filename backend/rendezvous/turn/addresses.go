package turn

import (
	"net"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"
)

// addressOf returns where a packet or connection comes from, without the IPv6 form of IPv4.
func addressOf(addr net.Addr) netip.AddrPort {
	var found netip.AddrPort
	switch typed := addr.(type) {
	case *net.TCPAddr:
		found = typed.AddrPort()
	case *net.UDPAddr:
		found = typed.AddrPort()
	}
	return plain(found)
}

func plain(address netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(address.Addr().Unmap().WithZone(""), address.Port())
}

// prefixOf returns what counts as one place: an IPv4 address, an IPv6 /64.
func prefixOf(addr netip.Addr) netip.Prefix {
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// machineAddresses returns the addresses of this machine's interfaces, of those
// that are up or of all: an address of one that is down is this machine's too.
func machineAddresses(onlyUp bool) []netip.Addr {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var found []netip.Addr
	for _, one := range interfaces {
		if onlyUp && one.Flags&net.FlagUp == 0 {
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

// relayAddress chooses the address that others see and the one that sockets
// are bound to: the same, unless the first is that of a NAT in front of us.
func relayAddress(configured, listening netip.Addr) (address, bind netip.Addr) {
	address = configured.Unmap()
	if !address.IsValid() {
		address = listening
	}
	machine := machineAddresses(true)
	if !address.Is4() || address.IsUnspecified() {
		address = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		for _, addr := range machine {
			if addr.Is4() && !addr.IsLoopback() && !addr.IsLinkLocalUnicast() {
				address = addr
				break
			}
		}
	}
	if address.IsLoopback() || slices.Contains(machine, address) {
		return address, address
	}
	return address, netip.IPv4Unspecified()
}

// ownAddresses are this machine's, read again every minute.
type ownAddresses struct {
	current atomic.Pointer[ownList]
}

type ownList struct {
	addresses []netip.Addr
	readAt    time.Time
}

func (o *ownAddresses) contain(addr netip.Addr, now time.Time) bool {
	list := o.current.Load()
	if list == nil || now.Sub(list.readAt).Abs() > time.Minute {
		list = &ownList{addresses: machineAddresses(false), readAt: now}
		o.current.Store(list)
	}
	return slices.Contains(list.addresses, addr)
}
