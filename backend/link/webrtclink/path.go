package webrtclink

import (
	"net/netip"
	"sync"

	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/link"
)

// relayBook knows which addresses belong to our relays, and by what name.
type relayBook struct {
	mutex sync.Mutex
	names map[netip.Addr]string
}

func (b *relayBook) note(name string, address netip.Addr) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.names == nil {
		b.names = make(map[netip.Addr]string)
	}
	b.names[address] = name
}

func (b *relayBook) name(address netip.Addr) (string, bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	name, ok := b.names[address]
	return name, ok
}

// classify says how the packets of a pair go. pion may label a relayed pair
// peer-reflexive, so the type alone proves nothing: addresses are compared with
// the relays' own, and the other side says whether its end is a relay.
func classify(pair *webrtc.ICECandidatePair, relays *relayBook, remoteSaysRelay bool) (path link.Path, relayHost string) {
	local, localErr := netip.ParseAddr(pair.Local.Address)
	remote, remoteErr := netip.ParseAddr(pair.Remote.Address)
	if localErr != nil || remoteErr != nil {
		return link.PathUnknown, ""
	}
	local, remote = local.WithZone("").Unmap(), remote.WithZone("").Unmap()
	if pair.Local.Typ == webrtc.ICECandidateTypeRelay {
		return link.PathRelayed, hostOf(relays, local)
	}
	// A relay in the app next door has the address of that app's own machine:
	// there only the other side's word counts.
	_, known := relays.name(remote)
	known = known && !near(remote)
	if pair.Remote.Typ == webrtc.ICECandidateTypeRelay || remoteSaysRelay || known {
		return link.PathRelayed, hostOf(relays, remote)
	}
	if near(local) && near(remote) && pair.Local.Typ != webrtc.ICECandidateTypeSrflx && pair.Remote.Typ != webrtc.ICECandidateTypeSrflx {
		return link.PathLAN, ""
	}
	return link.PathDirect, ""
}

func hostOf(relays *relayBook, address netip.Addr) string {
	if name, ok := relays.name(address); ok {
		return name
	}
	return address.String()
}

// near tells whether an address is only valid on this network (RFC 1918, RFC
// 4193, RFC 3927, loopback).
func near(address netip.Addr) bool {
	return address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast()
}
