package device

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/chat/ban"
	"github.com/tincan-chat/tincan/backend/proxy"
)

const (
	// nameTime is how long all questions about one address or name take together.
	nameTime = 2 * time.Second
	// mostNames is how many names of an address are confirmed; more are not looked at.
	mostNames = 4
)

// names asks the resolver of the system. It keeps nothing: whoever asks does.
type names struct {
	resolver *net.Resolver
	proxy    *proxy.Choice // while one is chosen nothing is asked: questions would go past it
}

func (d *Device) names() names { return names{resolver: net.DefaultResolver, proxy: d.proxy} }

var errProxied = errors.New("device: names are not asked for while a proxy is used")

// Confirmed implements node.Names: the names that an address leads to, if their
// addresses contain it.
func (n names) Confirmed(ctx context.Context, address netip.Addr) []string {
	if !n.proxy.Address().IsZero() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	claimed, err := n.resolver.LookupAddr(ctx, address.String())
	if err != nil && len(claimed) == 0 {
		return nil
	}
	var confirmed []string
	for _, claim := range claimed[:min(len(claimed), mostNames)] {
		name, good := ban.NormalizeHost(claim)
		if !good || slices.Contains(confirmed, name) {
			continue
		}
		found, err := n.lookUp(ctx, name)
		if err == nil && slices.Contains(found, address) {
			confirmed = append(confirmed, name)
		}
	}
	return confirmed
}

// Addresses implements node.Names.
func (n names) Addresses(ctx context.Context, name string) ([]netip.Addr, error) {
	if !n.proxy.Address().IsZero() {
		return nil, errProxied
	}
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	found, err := n.lookUp(ctx, name)
	var failure *net.DNSError
	if errors.As(err, &failure) && failure.IsNotFound {
		return nil, nil
	}
	return found, err
}

// known is Addresses for those to whom it is no matter why there are none.
func (n names) known(ctx context.Context, name string) []netip.Addr {
	found, err := n.Addresses(ctx, name)
	if err != nil {
		return nil
	}
	return found
}

// lookUp asks for exactly this name: without the dot, the system would try it
// inside its own domains too.
func (n names) lookUp(ctx context.Context, name string) ([]netip.Addr, error) {
	found, err := n.resolver.LookupNetIP(ctx, "ip", name+".")
	if err != nil {
		return nil, err
	}
	addresses := make([]netip.Addr, 0, len(found))
	for _, address := range found {
		addresses = append(addresses, address.Unmap().WithZone(""))
	}
	return addresses, nil
}
