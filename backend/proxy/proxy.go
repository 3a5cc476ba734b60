// Package proxy opens TCP connections through a proxy that somebody chose:
// SOCKS version 5 (RFC 1928, with a name and password by RFC 1929), or HTTP
// with CONNECT (RFC 9110, section 9.3.6; a name and password by RFC 7617), also
// over TLS. Names are resolved by the proxy, never here. What goes through it is
// for its users to decide; this computer itself never does.
package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/proxy"
)

// ErrProxy is wrapped by errors of the proxy itself: it does not answer, is
// none, or wants another name and password.
var ErrProxy = errors.New("proxy: it cannot be used")

// ErrAddress is wrapped by what is wrong with a proxy's address.
var ErrAddress = errors.New("proxy: not an address")

const (
	maxAddress   = 300             // bytes of a proxy's address
	maxPart      = 100             // bytes of a name or a password
	maxAnswer    = 8 << 10         // bytes of an HTTP proxy's answer
	reachTimeout = 5 * time.Second // until the proxy takes a connection
	dialTimeout  = 8 * time.Second // until the target is reached: less than servers and relays are waited for
)

// Address is a proxy; the zero Address is none.
type Address struct{ url *url.URL }

// Parse reads socks5://host:port, http://host:port or https://host:port, with
// name:password@ before the host if it wants them; "" is none. Errors wrap
// ErrAddress.
func Parse(text string) (Address, error) {
	if text == "" {
		return Address{}, nil
	}
	if len(text) > maxAddress {
		return Address{}, fmt.Errorf("%w: longer than %d bytes", ErrAddress, maxAddress)
	}
	parsed, err := url.Parse(text)
	if err != nil {
		return Address{}, fmt.Errorf("%w: it cannot be read", ErrAddress) // without the password that is in err
	}
	port, err := strconv.ParseUint(parsed.Port(), 10, 16)
	password, _ := parsed.User.Password()
	switch {
	case parsed.Scheme != "socks5" && parsed.Scheme != "http" && parsed.Scheme != "https":
		return Address{}, fmt.Errorf("%w: neither socks5, http nor https", ErrAddress)
	case err != nil || port == 0:
		return Address{}, fmt.Errorf("%w: without a port", ErrAddress)
	case !isHost(parsed.Hostname()):
		return Address{}, fmt.Errorf("%w: without a host", ErrAddress)
	case strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.Opaque != "":
		return Address{}, fmt.Errorf("%w: more than a host and a port", ErrAddress)
	case len(parsed.User.Username()) > maxPart || len(password) > maxPart:
		return Address{}, fmt.Errorf("%w: a name or password of more than %d bytes", ErrAddress, maxPart)
	case parsed.User != nil && parsed.User.Username() == "":
		return Address{}, fmt.Errorf("%w: a password without a name", ErrAddress)
	}
	return Address{url: &url.URL{Scheme: parsed.Scheme, User: parsed.User, Host: parsed.Host}}, nil
}

// isHost tells whether a proxy can be at a host: an address, or a name of
// letters, digits, hyphens and dots.
func isHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return host != "" && len(host) <= 253 && strings.IndexFunc(host, func(r rune) bool {
		return r != '-' && r != '.' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}

// IsZero tells whether there is none.
func (a Address) IsZero() bool { return a.url == nil }

// String is what Parse reads, with the password; see Redacted.
func (a Address) String() string {
	if a.IsZero() {
		return ""
	}
	return a.url.String()
}

// Redacted is the address for a log: without name and password.
func (a Address) Redacted() string {
	if a.IsZero() {
		return ""
	}
	return a.url.Scheme + "://" + a.url.Host
}

// Choice is the proxy in use now, for everybody who dials. The zero Choice is
// none; it must not be copied.
type Choice struct {
	address atomic.Pointer[Address]
}

// Set uses another one from now on; a nil Choice stays without.
func (c *Choice) Set(address Address) {
	if c != nil {
		c.address.Store(&address)
	}
}

// Address is the one in use; a nil Choice has none.
func (c *Choice) Address() Address {
	if c == nil {
		return Address{}
	}
	if address := c.address.Load(); address != nil {
		return *address
	}
	return Address{}
}

// Uses tells whether a host is reached through the proxy: all but this computer.
func (c *Choice) Uses(host string) bool {
	return !c.Address().IsZero() && !IsLoopback(host)
}

// DialContext opens a TCP connection to host:port, through the proxy if one is
// in use. It has the form of net.Dialer's. Errors of the proxy wrap ErrProxy.
func (c *Choice) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if !c.Uses(host) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	return c.Address().dial(ctx, address)
}

// IsLoopback tells whether a host is this computer, by name or number.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

func (a Address) dial(ctx context.Context, target string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if a.url.Scheme == "socks5" {
		return a.socks(ctx, target)
	}
	return a.connect(ctx, target)
}

// socks leaves SOCKS to the library, which gives a name to the proxy as it is.
func (a Address) socks(ctx context.Context, target string) (net.Conn, error) {
	var auth *proxy.Auth
	if a.url.User != nil {
		password, _ := a.url.User.Password()
		auth = &proxy.Auth{User: a.url.User.Username(), Password: password}
	}
	way := &listened{}
	dialer, err := proxy.SOCKS5("tcp", a.url.Host, auth, way)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProxy, err)
	}
	through, ok := dialer.(proxy.ContextDialer)
	if !ok {
		return nil, fmt.Errorf("%w: without a context", ErrProxy) // cannot happen
	}
	conn, err := through.DialContext(ctx, "tcp", target)
	if err != nil {
		return nil, socksFailure(err, way.heard)
	}
	return conn, nil
}

// listened is the way to one proxy, and whether anything came back on it.
type listened struct {
	net.Conn
	heard bool
}

func (l *listened) Dial(network, address string) (net.Conn, error) {
	return l.DialContext(context.Background(), network, address)
}

func (l *listened) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: reachTimeout}).DialContext(ctx, network, address)
	l.Conn = conn
	return l, err
}

func (l *listened) Read(buffer []byte) (int, error) {
	n, err := l.Conn.Read(buffer)
	l.heard = l.heard || n > 0
	return n, err
}

// socksFailure tells whether it is the proxy that failed, or the target that it
// could not reach: it was heard and then took too long, or said so (RFC 1928,
// section 6: REP 03 to 06), which the library says in words only.
func socksFailure(err error, heard bool) error {
	if timeout := net.Error(nil); heard && errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("proxy: it reached nobody: %w", err)
	}
	for _, beyond := range []string{"network unreachable", "host unreachable", "connection refused", "TTL expired"} {
		if strings.Contains(err.Error(), "unknown error "+beyond) {
			return fmt.Errorf("proxy: it reached nobody: %w", err)
		}
	}
	return fmt.Errorf("%w: %w", ErrProxy, err)
}

// connect asks an HTTP proxy for a tunnel.
func (a Address) connect(ctx context.Context, target string) (net.Conn, error) {
	conn, err := a.reach(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProxy, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	tunnel, err := a.tunnel(conn, target)
	if !stop() {
		err = fmt.Errorf("proxy: it reached nobody in time: %w", ctx.Err())
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return tunnel, nil
}

// reach connects to the proxy itself.
func (a Address) reach(ctx context.Context) (net.Conn, error) {
	if a.url.Scheme == "https" {
		return (&tls.Dialer{NetDialer: &net.Dialer{Timeout: reachTimeout}, Config: &tls.Config{MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", a.url.Host)
	}
	return (&net.Dialer{Timeout: reachTimeout}).DialContext(ctx, "tcp", a.url.Host)
}

func (a Address) tunnel(conn net.Conn, target string) (net.Conn, error) {
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: target}, Host: target, Header: http.Header{}}
	if user := a.url.User; user != nil {
		password, _ := user.Password()
		request.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := request.Write(conn); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProxy, err)
	}
	return readTunnel(conn, request)
}

// readTunnel reads the proxy's answer. What came behind it is the target's.
func readTunnel(conn net.Conn, request *http.Request) (net.Conn, error) {
	head := &capped{Conn: conn, left: maxAnswer}
	reader := bufio.NewReader(head)
	response, err := http.ReadResponse(reader, request) //nolint:bodyclose // there is none: what follows is the target's
	if err != nil {
		return nil, fmt.Errorf("%w: its answer: %w", ErrProxy, err)
	}
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return nil, fmt.Errorf("proxy: it reached nobody: %d", response.StatusCode)
	default:
		return nil, fmt.Errorf("%w: it answers %d", ErrProxy, response.StatusCode)
	}
	early, err := reader.Peek(reader.Buffered())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProxy, err) // cannot happen: they are there
	}
	return &tunnel{Conn: conn, early: early}, nil
}

// capped ends after so many bytes.
type capped struct {
	net.Conn
	left int
}

func (c *capped) Read(buffer []byte) (int, error) {
	if c.left <= 0 {
		return 0, errors.New("more than a proxy says")
	}
	n, err := c.Conn.Read(buffer[:min(len(buffer), c.left)])
	c.left -= n
	return n, err
}

// tunnel is a connection of which some was read already.
type tunnel struct {
	net.Conn
	early []byte
}

func (t *tunnel) Read(buffer []byte) (int, error) {
	if len(t.early) > 0 {
		n := copy(buffer, t.early)
		t.early = t.early[n:]
		return n, nil
	}
	return t.Conn.Read(buffer)
}
