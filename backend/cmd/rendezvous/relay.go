package main

import (
	"errors"
	"flag"
	"net"
	"net/netip"
	"strconv"
)

const (
	off = "off"
	// streamsAbove is how far the port of TCP and TLS is above that of UDP: those
	// between are the operator's and the cluster's.
	streamsAbove = 3
	mostPort     = 65_535 // a port
)

// relayFlags are of STUN and TURN.
func (s *settings) relayFlags(flags *flag.FlagSet) (address *string) {
	relay := &s.relay
	flags.BoolVar(&s.relays, "relay", true, "STUN and TURN")
	flags.StringVar(&relay.Listen, "relay-listen", "", "address and port for UDP (default: the same as --listen)")
	flags.StringVar(&relay.ListenTCP, "relay-tcp", "", "address and port for devices on networks without UDP, or off (default: 3 above the port for UDP; off on loopback)")
	flags.StringVar(&relay.ListenTLS, "relay-tls", "", "likewise with TLS, or off (default: the same port as --relay-tcp when the server has a certificate; 443 passes most firewalls)")
	flags.StringVar(&relay.Host, "relay-host", "", "host name or address that devices are told (default: the one by which they came)")
	address = flags.String("relay-address", "", "IPv4 address of relayed packets as others see it (default: this machine's first)")
	flags.BoolVar(&relay.AllowPrivate, "relay-private", false, "relay into private ranges too: only for a server inside its own network")
	flags.IntVar(&relay.Allocations, "relay-allocations", 2000, "how many relayed addresses there may be at a time, each a UDP port; 32 of them for one person")
	flags.IntVar(&relay.BytesPerSecond, "relay-rate", 4<<20, "bytes a second that one person may have relayed, each way")
	flags.IntVar(&relay.TotalBytesPerSecond, "relay-rate-all", 100<<20, "bytes a second that are relayed in all, both ways together")
	flags.Int64Var(&relay.BytesPerDay, "relay-day", 5<<30, "bytes that one person may have relayed in a day (UTC), both ways together")
	return address
}

// completeRelay works out what was not said about the relay, and refuses what does not fit.
func (s *settings) completeRelay(address string) error {
	relay := &s.relay
	if address != "" {
		parsed, err := netip.ParseAddr(address)
		if err != nil || !parsed.Is4() {
			return errors.New("--relay-address is an IPv4 address such as 192.0.2.1")
		}
		relay.Address = parsed
	}
	if relay.Allocations < 1 || relay.BytesPerSecond < 1 || relay.TotalBytesPerSecond < 1 || relay.BytesPerDay < 1 {
		return errors.New("--relay-allocations, --relay-rate, --relay-rate-all and --relay-day are 1 or more; --relay=false switches the relay off")
	}
	hasTLS := s.tls != off && s.tls != "proxy"
	if !hasTLS && relay.ListenTLS != "" && relay.ListenTLS != off {
		return errors.New("--relay-tls needs a certificate: --tls self, files or acme")
	}
	if relay.ListenTCP == "" {
		relay.ListenTCP = s.besideUDP()
	}
	if relay.ListenTLS == "" && hasTLS {
		relay.ListenTLS = relay.ListenTCP
	}
	for _, listen := range []*string{&relay.ListenTCP, &relay.ListenTLS} {
		if *listen == off {
			*listen = ""
		}
	}
	return nil
}

// besideUDP is the default address of TCP, or off.
func (s *settings) besideUDP() string {
	listen := s.relay.Listen
	if listen == "" {
		listen = s.listen
	}
	host, text, err := net.SplitHostPort(listen)
	port, portErr := strconv.Atoi(text)
	addr, addressErr := netip.ParseAddr(host)
	switch {
	case err != nil || portErr != nil || port+streamsAbove > mostPort:
		return off // the server itself says what is wrong, or there is no such port
	case host == "localhost" || addressErr == nil && addr.IsLoopback():
		return off
	case port == 0:
		return listen
	}
	return net.JoinHostPort(host, strconv.Itoa(port+streamsAbove))
}
