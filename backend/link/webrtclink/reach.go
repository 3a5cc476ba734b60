package webrtclink

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/pion/stun"
	"github.com/pion/turn/v2"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/proxy"
)

const (
	// reachPatience is how long servers and relays have to answer.
	reachPatience = 6 * time.Second
	// mostReached is how many URLs one check asks.
	mostReached = 24
	// reachAgain is the first wait before a lost packet is sent again (RFC 8489, section 6.2.1).
	reachAgain = 200 * time.Millisecond
)

// Reach asks the STUN and TURN servers of the moment, over sockets of its own, what of this network lets
// packets through. Banned addresses are not asked, and nothing over UDP while a proxy is used. It takes at most 6 s.
func (t *Transport) Reach(ctx context.Context) (link.Reach, error) {
	ctx, cancel := context.WithTimeout(ctx, reachPatience)
	defer cancel()
	t.mutex.Lock()
	relays := append([]link.Relay(nil), t.relays...)
	t.mutex.Unlock()
	base, err := t.config.Network()
	if err != nil {
		return link.Reach{}, fmt.Errorf("webrtclink: reading the network interfaces: %w", err)
	}
	check := &reachCheck{transport: t, network: &network{Net: base, resolved: func(string, netip.Addr) {}}}
	if filter := t.config.Filter; filter != nil {
		check.network.banned = filter
	}
	if !t.config.Proxy.Address().IsZero() {
		check.proxy = t.config.Proxy
	}
	found := link.Reach{}
	var binding, relaying []reachURL
	for _, relay := range relays {
		for _, text := range relay.URLs {
			uri, parseErr := stun.ParseURI(text)
			if parseErr != nil || len(binding)+len(relaying) >= mostReached || check.proxy != nil && uri.Proto == stun.ProtoTypeUDP {
				continue
			}
			one := reachURL{uri: uri, text: text, relay: relay}
			if uri.Scheme == stun.SchemeTypeTURN || uri.Scheme == stun.SchemeTypeTURNS {
				relaying = append(relaying, one)
			}
			if uri.Proto == stun.ProtoTypeUDP && (uri.Scheme == stun.SchemeTypeSTUN || uri.Scheme == stun.SchemeTypeTURN) {
				binding = append(binding, one)
			}
		}
	}
	found.Relays = make([]link.RelayReach, len(relaying))
	var working sync.WaitGroup
	for i, one := range relaying {
		working.Go(func() { found.Relays[i] = check.allocate(ctx, one) })
	}
	working.Go(func() { check.bind(ctx, binding, &found) })
	working.Wait()
	return found, nil
}

type reachURL struct {
	uri   *stun.URI
	text  string
	relay link.Relay
}

func (u reachURL) address() string { return net.JoinHostPort(u.uri.Host, strconv.Itoa(u.uri.Port)) }

type reachCheck struct {
	transport *Transport
	network   *network
	proxy     *proxy.Choice // nil: none is used
}

// socket opens a UDP socket of the family of an address, which drops what bans forbid.
func (c *reachCheck) socket(to *net.UDPAddr) (net.PacketConn, error) {
	kind, at := "udp6", "[::]:0"
	if to.IP.To4() != nil {
		kind, at = "udp4", "0.0.0.0:0"
	}
	conn, err := c.network.Net.ListenPacket(kind, at)
	if err != nil {
		return nil, err
	}
	return &packetConn{PacketConn: conn, guard: c.network.guard}, nil
}

// bind asks every server, from one socket for each family, which address it sees.
func (c *reachCheck) bind(ctx context.Context, servers []reachURL, found *link.Reach) {
	var mutex sync.Mutex
	families := map[bool][]netip.AddrPort{} // by IPv4: the mapped addresses
	clients := map[bool]*turn.Client{}
	asked := map[netip.AddrPort]bool{}
	var opened []func()
	defer func() {
		for _, end := range opened {
			end()
		}
	}()
	var working sync.WaitGroup
	for _, server := range servers {
		to, err := c.network.ResolveUDPAddr("udp", server.address())
		if err != nil || asked[to.AddrPort()] {
			continue
		}
		asked[to.AddrPort()] = true
		plain := to.IP.To4() != nil
		client := clients[plain]
		if client == nil {
			conn, openErr := c.socket(to)
			if openErr != nil {
				continue
			}
			if client, err = c.client(turn.ClientConfig{Conn: conn}); err != nil {
				_ = conn.Close()
				continue
			}
			clients[plain] = client
			ended := context.AfterFunc(ctx, client.Close)
			opened = append(opened, func() {
				ended()
				client.Close()
				_ = conn.Close()
			})
		}
		working.Go(func() {
			mapped, askErr := client.SendBindingRequestTo(to)
			if askErr != nil {
				return
			}
			if seen, ok := mapped.(*net.UDPAddr); ok {
				mutex.Lock()
				defer mutex.Unlock()
				port := seen.AddrPort()
				families[plain] = append(families[plain], netip.AddrPortFrom(port.Addr().Unmap(), port.Port()))
			}
		})
	}
	working.Wait()
	found.Asked = len(asked)
	for _, plain := range []bool{true, false} {
		seen := families[plain]
		found.Answered += len(seen)
		if len(seen) == 0 || found.Router != link.RouterUnknown {
			continue
		}
		found.Public = seen[0].Addr()
		found.Router = c.router(seen)
	}
}

// router tells what a socket goes through from the addresses that servers see it at.
func (c *reachCheck) router(seen []netip.AddrPort) link.Router {
	for _, other := range seen[1:] {
		if other != seen[0] {
			return link.RouterChanging
		}
	}
	if c.own(seen[0].Addr()) {
		return link.RouterNone
	}
	if len(seen) > 1 {
		return link.RouterSteady
	}
	return link.RouterSome
}

// own tells whether an interface of this machine has an address.
func (c *reachCheck) own(address netip.Addr) bool {
	interfaces, err := c.network.Net.Interfaces()
	if err != nil {
		return false
	}
	for _, one := range interfaces {
		addresses, addressErr := one.Addrs()
		if addressErr != nil {
			continue
		}
		for _, held := range addresses {
			if prefix, ok := held.(*net.IPNet); ok {
				if ip, valid := netip.AddrFromSlice(prefix.IP); valid && ip.Unmap() == address {
					return true
				}
			}
		}
	}
	return false
}

// allocate asks a relay for an address, and gives it back.
func (c *reachCheck) allocate(ctx context.Context, one reachURL) link.RelayReach {
	found := link.RelayReach{Host: one.uri.Host, Stream: one.uri.Proto != stun.ProtoTypeUDP}
	began := time.Now()
	conn, to, err := c.reach(ctx, one)
	if err != nil {
		return found
	}
	defer func() { _ = conn.Close() }()
	client, err := c.client(turn.ClientConfig{
		Conn: conn, TURNServerAddr: to, STUNServerAddr: to, Username: one.relay.Username, Password: one.relay.Password,
	})
	if err != nil {
		return found
	}
	defer client.Close()
	ended := context.AfterFunc(ctx, client.Close)
	defer ended()
	relayed, err := client.Allocate()
	if err != nil {
		// A relay that answered at all has named its realm (RFC 8656, section 7.2).
		found.Refused = ctx.Err() == nil && client.Realm().String() != ""
		return found
	}
	found.Took = max(time.Since(began), 1)
	_ = relayed.Close()
	return found
}

// reach opens a way to a relay: a UDP socket, or a TCP or TLS connection with packets in it.
func (c *reachCheck) reach(ctx context.Context, one reachURL) (net.PacketConn, string, error) {
	if one.uri.Proto == stun.ProtoTypeUDP {
		to, err := c.network.ResolveUDPAddr("udp", one.address())
		if err != nil {
			return nil, "", err
		}
		conn, err := c.socket(to)
		return conn, to.String(), err
	}
	dialer := newRelayDialer(ctx, c.transport.config.RelayRoots, c.proxy)
	own := *c.network
	own.actual = dialer.actual
	dialer.network = &own
	address := one.address()
	if learned, _ := dialer.learn(one.text, one.uri, &one.relay); learned != one.text {
		uri, err := stun.ParseURI(learned)
		if err != nil {
			return nil, "", err
		}
		address = net.JoinHostPort(uri.Host, strconv.Itoa(uri.Port))
	}
	conn, err := dialer.Dial("tcp", address) //nolint:contextcheck // the dialer was made with it: pion gives none
	if err != nil {
		return nil, "", err
	}
	if c.proxy != nil {
		return turn.NewSTUNConn(conn), dialer.actual(address), nil
	}
	return turn.NewSTUNConn(conn), conn.RemoteAddr().String(), nil
}

// client begins to listen on a socket, which stays the caller's.
func (c *reachCheck) client(config turn.ClientConfig) (*turn.Client, error) {
	config.RTO, config.Net = reachAgain, c.network.Net
	config.LoggerFactory = pionLog{logger: c.transport.logger}
	client, err := turn.NewClient(&config)
	if err != nil {
		return nil, err
	}
	return client, client.Listen()
}
