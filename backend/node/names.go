package node

import (
	"context"
	"net/netip"
)

// Names finds out what addresses are called. Methods answer within some seconds
// and keep what they found as long as they see fit.
type Names interface {
	// Confirmed returns the names that the address's owner gives it and whose own
	// addresses contain it, as ban.NormalizeHost returns them; nil if none, or if
	// nobody could be asked.
	Confirmed(ctx context.Context, address netip.Addr) []string
	// Addresses returns the addresses of a name: none if there is no such name, an
	// error if nobody could be asked.
	Addresses(ctx context.Context, name string) ([]netip.Addr, error)
}

// find hands a question about names over. The core asks no more than there is room for.
func (n *Node) find(ctx context.Context, effect Effect) {
	if n.config.Names == nil {
		n.inbox.put(foundNothing(effect))
		return
	}
	select {
	case n.finds <- effect:
	case <-ctx.Done():
	}
}

func foundNothing(effect Effect) Event {
	switch e := effect.(type) {
	case FindNames:
		return NamesFound{Address: e.Address}
	case FindAddresses:
		return AddressesFound{Name: e.Name}
	}
	return Tick{}
}

// findAll answers questions about names; a few of it run at once.
func (n *Node) findAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case effect := <-n.finds:
			switch e := effect.(type) {
			case FindNames:
				n.inbox.put(NamesFound{Address: e.Address, Names: n.config.Names.Confirmed(ctx, e.Address)})
			case FindAddresses:
				addresses, err := n.config.Names.Addresses(ctx, e.Name)
				n.inbox.put(AddressesFound{Name: e.Name, Addresses: addresses, Err: err})
			}
		}
	}
}
