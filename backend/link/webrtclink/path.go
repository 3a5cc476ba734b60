package webrtclink

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/stun"
	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/link"
)

// relayBook knows which addresses belong to our relays, and by what name, and
// which the other side has signalled.
type relayBook struct {
	mutex     sync.Mutex
	names     map[netip.Addr]string
	signalled map[netip.AddrPort]bool
	begun     time.Time     // when checks began, zero before
	wait      time.Duration // of relayed pairs, from then on
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

// begin notes that checks begin now, and how long relayed pairs wait.
func (b *relayBook) begin(now time.Time, wait time.Duration) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.begun, b.wait = now, wait
}

// expect notes that the other side signalled a candidate.
func (b *relayBook) expect(candidate netip.AddrPort) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.signalled == nil {
		b.signalled = make(map[netip.AddrPort]bool)
	}
	if len(b.signalled) < maxPending {
		b.signalled[candidate] = true
	}
}

// bindingRequest is the message type of an ICE check, its first two bytes.
var bindingRequest = stun.BindingRequest.Value()

func isBindingRequest(packet []byte) bool {
	return len(packet) >= 2 && binary.BigEndian.Uint16(packet) == bindingRequest
}

// disguised tells whether a packet is a check that comes through one of our
// relays before the relayed candidate was signalled. pion would take it for a
// peer-reflexive candidate and choose that pair at once, and for good, where it
// gives a direct one a while to be found first. The check comes again.
func (b *relayBook) disguised(packet []byte, from net.Addr) bool {
	if !isBindingRequest(packet) {
		return false
	}
	address, ok := plainAddress(from)
	udp, isUDP := from.(*net.UDPAddr)
	if !ok || !isUDP || near(address) {
		return false
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if !b.begun.IsZero() && time.Since(b.begun) > b.wait {
		return false // a peer may have its relay's address for other reasons
	}
	_, relay := b.names[address]
	return relay && !b.signalled[netip.AddrPortFrom(address, uint16(udp.Port))]
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
