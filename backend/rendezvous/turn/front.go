package turn

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/pion/turn/v5"
)

// Errors of an allocation; the library answers 508 (Insufficient Capacity).
var (
	errQuota    = errors.New("turn: too many allocations")
	errPort     = errors.New("turn: no port can be asked for")
	errNotUDP   = errors.New("turn: only UDP over IPv4 is relayed")
	errStopping = errors.New("turn: the server stops")
)

// front is what stands between the library and one socket of clients: all of
// those over UDP, or a single TCP or TLS connection.
type front struct {
	server *Server
	unused func() // called when an allocation ended, may be nil

	starting atomic.Pointer[starting]

	mu      sync.RWMutex
	clients map[netip.AddrPort]*relayed
}

// starting is a new permission, from when it is granted until the goroutine that
// handles requests went on. In between the library lists it before it starts
// its timer, and whoever ends the allocation at that moment (the allocation's
// own timer, a ban) stops a timer that is not there, and the process with it.
// So the end waits, in OnPermissionDeleted. That holds a lock of the library,
// which the other goroutine needs no more once the permission is listed.
type starting struct {
	client netip.AddrPort
	addr   netip.Addr
	done   chan struct{}
}

// wentOn says that the goroutine that handles requests has done what it did
// before; only it calls this.
func (f *front) wentOn() {
	if one := f.starting.Load(); one != nil {
		f.starting.Store(nil)
		close(one.done)
	}
}

// awaitStart waits if it is this permission that is starting.
func (f *front) awaitStart(client netip.AddrPort, addr netip.Addr) {
	if one := f.starting.Load(); one != nil && one.client == client && one.addr == addr {
		<-one.done
	}
}

func newFront(server *Server) *front {
	return &front{server: server, clients: make(map[netip.AddrPort]*relayed)}
}

// serve has the library answer on a socket, in a goroutine of its own that
// ends when the socket fails to read.
func (f *front) serve(socket net.PacketConn) (*turn.Server, error) {
	server, err := turn.NewServer(turn.ServerConfig{
		Realm:               realm,
		AuthHandler:         f.server.authenticate,
		QuotaHandler:        f.mayAllocate,
		EventHandler:        f.events(),
		LoggerFactory:       silentLoggers{},
		StrictAddressFamily: true,
		InboundMTU:          MaxFrame + 1,
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn: socket, RelayAddressGenerator: f, PermissionHandler: f.permit,
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("turn: %w", err)
	}
	return server, nil
}

// mayAllocate implements turn.QuotaHandler: no is 486 (Allocation Quota Reached).
func (f *front) mayAllocate(tag, _ string, _ net.Addr) bool {
	options := &f.server.options
	if f.server.quotas.mayTake(tag, options.PerPeer, options.BytesPerDay, options.Now()) {
		return true
	}
	f.server.refused.Add(1)
	return false
}

// events keep track of what the library has.
func (f *front) events() turn.EventHandler {
	return turn.EventHandler{
		OnAllocationCreated: func(client, _ net.Addr, _, _, _ string, at net.Addr, _ int) {
			f.created(addressOf(client), addressOf(at).Port())
		},
		OnAllocationDeleted: func(client, _ net.Addr, _, _, _ string) { f.deleted(addressOf(client)) },
		OnPermissionCreated: func(client, _ net.Addr, _, _, _ string, _ net.Addr, peer net.IP) {
			f.reach(client, peer, true)
		},
		OnPermissionDeleted: func(client, _ net.Addr, _, _, _ string, _ net.Addr, peer net.IP) {
			f.reach(client, peer, false)
		},
		OnChannelCreated: func(client, _ net.Addr, _, _, _ string, _, _ net.Addr, channel uint16) {
			f.wentOn()
			if found := f.client(addressOf(client)); found != nil {
				found.setChannel(channel, true)
			}
		},
		OnChannelDeleted: func(client, _ net.Addr, _, _, _ string, _, _ net.Addr, channel uint16) {
			if found := f.client(addressOf(client)); found != nil {
				found.setChannel(channel, false)
			}
		},
	}
}

func (f *front) created(client netip.AddrPort, port uint16) {
	allocation := f.server.allocationAt(port)
	if allocation == nil {
		return // closed already
	}
	allocation.client.Store(&client)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clients[client] = allocation
}

// deleted is told late: the client may have another allocation by then.
func (f *front) deleted(client netip.AddrPort) {
	f.mu.Lock()
	if found := f.clients[client]; found != nil && found.closed.Load() {
		delete(f.clients, client)
	}
	isUnused := len(f.clients) == 0
	f.mu.Unlock()
	if isUnused && f.unused != nil {
		f.unused()
	}
}

// reach is told of permissions.
func (f *front) reach(client net.Addr, peer net.IP, reaches bool) {
	from := addressOf(client)
	addr, ok := netip.AddrFromSlice(peer)
	if !ok {
		return
	}
	addr = addr.Unmap()
	if !reaches {
		f.awaitStart(from, addr)
	}
	if found := f.client(from); found != nil {
		found.setReach(addr, reaches)
	}
}

// client returns the allocation of a client, nil when it has none.
func (f *front) client(from netip.AddrPort) *relayed {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.clients[from]
}

// isUsed says whether there is an allocation.
func (f *front) isUsed() bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return len(f.clients) > 0
}

// permit implements turn.PermissionHandler.
func (f *front) permit(client net.Addr, ip net.IP) bool {
	f.wentOn()
	from := addressOf(client)
	addr, ok := netip.AddrFromSlice(ip)
	addr = addr.Unmap()
	allocation := f.client(from)
	if !ok || allocation == nil || !f.server.mayReach(addr, f.server.options.Now()) {
		f.server.refused.Add(1)
		return false
	}
	isNew, hasRoom := allocation.mayPermit(addr)
	if !hasRoom {
		f.server.refused.Add(1)
		return false
	}
	if isNew {
		f.starting.Store(&starting{client: from, addr: addr, done: make(chan struct{})})
	}
	return true
}

// Validate implements turn.RelayAddressGenerator.
func (*front) Validate() error { return nil }

// AllocatePacketConn implements turn.RelayAddressGenerator. Without a user the
// library looks for an even port, of which nobody here has need.
func (f *front) AllocatePacketConn(config turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	if config.UserID == "" || config.RequestedPort != 0 {
		return nil, nil, errPort
	}
	if config.Network != "udp4" {
		return nil, nil, errNotUDP
	}
	allocation, err := f.server.allocate(config.UserID)
	if err != nil {
		f.server.refused.Add(1)
		return nil, nil, err
	}
	return allocation, net.UDPAddrFromAddrPort(netip.AddrPortFrom(f.server.address, allocation.port)), nil
}

// AllocateListener implements turn.RelayAddressGenerator.
func (*front) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNotUDP
}

// AllocateConn implements turn.RelayAddressGenerator.
func (*front) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errNotUDP }

// admit says whether the library gets to see what a client sent: nothing that
// it has no use for, and no more requests than an address may make.
func (f *front) admit(packet []byte, from netip.AddrPort) bool {
	if len(packet) >= frameHeader && packet[0]>>6 == 1 {
		return f.client(from) != nil
	}
	kind, ok := kindOf(packet)
	if !ok {
		return false
	}
	known := f.client(from)
	switch kind {
	case kindSend:
		return known != nil
	case kindChannelBind:
		channel, found := attribute(packet, attributeChannel)
		if known == nil || !found || len(channel) < 2 || !known.mayBind(binary.BigEndian.Uint16(channel)) {
			f.server.refused.Add(1)
			return false
		}
	case kindBinding, kindAllocate, kindRefresh, kindPermission:
	default:
		return false
	}
	if known != nil {
		if _, isSigned := attribute(packet, attributeIntegrity); isSigned {
			return true
		}
	}
	if !f.server.places.take(from.Addr(), f.server.options.Now().UnixNano()) {
		f.server.refused.Add(1)
		return false
	}
	return true
}
