package identity

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrServerAddress says that a text is not the address of a server.
var ErrServerAddress = errors.New("identity: this is not the address of an introduction server; write it as host:port")

// Limits of a server's address.
const (
	maxURL        = 300
	maxServerURLs = 8
	maxDomain     = 253 // RFC 1035
	maxLabel      = 63
	// DefaultPort is where a rendezvous listens unless it says otherwise.
	DefaultPort = 7117
)

// ServerKey is a rendezvous server's Ed25519 public key.
type ServerKey [32]byte

// String returns 52 characters of lower-case base32 without padding.
func (k ServerKey) String() string { return base32Lower.EncodeToString(k[:]) }

// IsZero tells whether the key is not known yet.
func (k ServerKey) IsZero() bool { return k == ServerKey{} }

// ServerKeyFromBytes checks a key from outside. Error: ErrWeakKey.
func ServerKeyFromBytes(key []byte) (ServerKey, error) {
	if !usable(key) {
		return ServerKey{}, ErrWeakKey
	}
	return ServerKey(key), nil
}

// ParseServerKey reads the text form. Error: ErrServerAddress or ErrWeakKey.
func ParseServerKey(text string) (ServerKey, error) {
	if len(text) != 52 {
		return ServerKey{}, ErrServerAddress
	}
	text = strings.ToLower(text)
	key, err := base32Lower.DecodeString(text)
	if err != nil || base32Lower.EncodeToString(key) != text { // 4 bits of 260 are spare
		return ServerKey{}, ErrServerAddress
	}
	return ServerKeyFromBytes(key)
}

// Server is a rendezvous server: its key (zero until it is known) and the
// URLs where it listens, the likeliest first.
type Server struct {
	Key  ServerKey
	URLs []string // wss://host:port; ws:// for loopback only
}

// Address returns host:port of the first URL, "" if there is none.
func (s Server) Address() string {
	if len(s.URLs) == 0 {
		return ""
	}
	parsed, err := url.Parse(s.URLs[0])
	if err != nil {
		return ""
	}
	return parsed.Host
}

// Hosts returns the names or addresses, without ports, of all URLs, each once.
func (s Server) Hosts() []string {
	var hosts []string
	for _, one := range s.URLs {
		parsed, err := url.Parse(one)
		if err != nil {
			continue
		}
		if host := canonicalHost(parsed.Hostname()); host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// Text returns the whole address with its key, to give to others.
func (s Server) Text() string {
	if len(s.URLs) == 0 {
		return ""
	}
	if s.Key.IsZero() {
		return s.URLs[0]
	}
	return s.URLs[0] + "/#" + s.Key.String()
}

// ParseServerAddress reads host, host:port, or wss://host:port with or without
// /#key. Without a port it is DefaultPort. Error: ErrServerAddress.
func ParseServerAddress(text string) (Server, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxURL {
		return Server{}, ErrServerAddress
	}
	var server Server
	if address, key, found := strings.Cut(text, "#"); found {
		parsed, err := ParseServerKey(key)
		if err != nil {
			return Server{}, ErrServerAddress
		}
		server.Key, text = parsed, address
	}
	if !strings.Contains(text, "://") {
		text = "wss://" + bracketed(strings.TrimSuffix(text, "/"))
	}
	canonical, err := canonicalURL(text)
	if err != nil {
		return Server{}, err
	}
	server.URLs = []string{canonical}
	return server, nil
}

// bracketed puts brackets around a bare IPv6 address.
func bracketed(host string) string {
	if address, err := netip.ParseAddr(host); err == nil && address.Is6() && address.Zone() == "" {
		return "[" + host + "]"
	}
	return host
}

// canonicalURL checks one URL and returns it as scheme://host:port, with one
// spelling for each host.
func canonicalURL(text string) (string, error) {
	if len(text) > maxURL {
		return "", ErrServerAddress
	}
	parsed, err := url.Parse(text)
	if err != nil {
		return "", ErrServerAddress
	}
	host := canonicalHost(parsed.Hostname())
	port := parsed.Port()
	if port == "" {
		port = strconv.Itoa(DefaultPort)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil || number == 0,
		host == "",
		parsed.User != nil || parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "",
		parsed.Path != "" && parsed.Path != "/":
		return "", ErrServerAddress
	}
	switch parsed.Scheme {
	case "wss":
	case "ws":
		if !loopback(host) {
			return "", fmt.Errorf("%w; without encryption (ws://) only this computer's own addresses are allowed", ErrServerAddress)
		}
	default:
		return "", ErrServerAddress
	}
	canonical := parsed.Scheme + "://" + bracketed(host) + ":" + strconv.FormatUint(number, 10)
	if len(canonical) > maxURL {
		return "", ErrServerAddress
	}
	return canonical, nil
}

// canonicalHost returns an IP address in its canonical form or a domain name
// in lower case; "" for anything else: zones, names that are not ASCII (IDNA is
// not done here), and names that old resolvers take for IPv4 ("127.1").
func canonicalHost(host string) string {
	if address, err := netip.ParseAddr(host); err == nil {
		if address.Zone() != "" {
			return ""
		}
		return address.Unmap().String()
	}
	host = strings.TrimSuffix(host, ".")
	if len(host) > maxDomain {
		return ""
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return ""
		}
		for _, character := range []byte(label) {
			if !letterOrDigit(character) && character != '-' && character != '_' {
				return ""
			}
		}
	}
	host = strings.ToLower(host)
	last := host[strings.LastIndexByte(host, '.')+1:]
	if strings.HasPrefix(last, "0x") || strings.Trim(last, "0123456789") == "" {
		return ""
	}
	return host
}

func letterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback() || host == "localhost"
}

// ServersToWire returns the wire form.
func ServersToWire(servers []Server) []*wire.ServerAddress {
	addresses := make([]*wire.ServerAddress, 0, len(servers))
	for _, server := range servers {
		addresses = append(addresses, &wire.ServerAddress{Key: server.Key[:], Urls: server.URLs})
	}
	return addresses
}

// ServersFromWire checks the wire form. Errors: ErrServerAddress, ErrWeakKey.
func ServersFromWire(addresses []*wire.ServerAddress) ([]Server, error) {
	servers := make([]Server, 0, min(len(addresses), maxServersListed))
	for _, address := range addresses {
		key, err := ServerKeyFromBytes(address.GetKey())
		if err != nil {
			return nil, err
		}
		if len(address.GetUrls()) == 0 || len(address.GetUrls()) > maxServerURLs || len(servers) == maxServersListed {
			return nil, ErrServerAddress
		}
		server := Server{Key: key}
		for _, text := range address.GetUrls() {
			canonical, err := canonicalURL(text)
			if err != nil {
				return nil, err
			}
			if canonical != text {
				return nil, ErrServerAddress
			}
			server.URLs = append(server.URLs, canonical)
		}
		servers = append(servers, server)
	}
	return servers, nil
}
