package webrtclink

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/pion/stun"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
)

// Relays are tried one transport after the other: an allocation over TCP costs
// the server a connection besides, and is slow when a packet is lost.
const (
	streamGrace  = time.Second // after which a relay that does not answer over UDP is tried over TCP, and then over TLS
	relayConnect = 5 * time.Second
	relayALPN    = "stun.turn"      // RFC 7443
	aliasSuffix  = ".relay.invalid" // RFC 2606: a name that is nobody's
)

var errNotNeeded = errors.New("webrtclink: a relay answered already, or none is needed")

// relayDialer connects to relays over TCP and TLS in pion's place
// (webrtc.SettingEngine.SetICEProxyDialer): pion would try every URL at once,
// and could not be told which certificates are good. To pion, relays over TLS
// have made-up names, because one port may take both; behind a proxy all have
// them, because their own are not to be resolved here.
type relayDialer struct {
	context context.Context //nolint:containedctx // the life of the session; pion gives none
	network *network
	roots   *x509.CertPool
	started time.Time
	hasUDP  bool // some relay takes UDP
	hasTCP  bool
	named   map[string]namedRelay // by made-up name and port
	proxy   *proxy.Choice         // nil: relays are reached directly

	once   sync.Once
	enough chan struct{} // closed when no further relay is needed
}

// namedRelay is a relay with a made-up name.
type namedRelay struct {
	host   string // as in its URL
	port   int
	secure bool               // over TLS
	key    identity.ServerKey // zero for none
}

func (r namedRelay) address() string { return net.JoinHostPort(r.host, strconv.Itoa(r.port)) }

func newRelayDialer(ctx context.Context, roots *x509.CertPool, through *proxy.Choice) *relayDialer {
	return &relayDialer{
		context: ctx, roots: roots, started: time.Now(), named: make(map[string]namedRelay), proxy: through, enough: make(chan struct{}),
	}
}

// learn notes a relay's URL and returns it as pion shall see it; false: pion shall not.
func (d *relayDialer) learn(url string, uri *stun.URI, relay *link.Relay) (string, bool) {
	secure := uri.Scheme == stun.SchemeTypeTURNS && uri.Proto == stun.ProtoTypeTCP
	stream := uri.Scheme == stun.SchemeTypeTURN && uri.Proto == stun.ProtoTypeTCP
	d.hasTCP = d.hasTCP || stream
	if d.proxy != nil && !secure && !stream {
		return "", false // a proxy takes TCP only
	}
	d.hasUDP = d.hasUDP || uri.Scheme == stun.SchemeTypeTURN && uri.Proto == stun.ProtoTypeUDP
	if !secure && d.proxy == nil {
		return url, true
	}
	name := net.JoinHostPort(strconv.Itoa(len(d.named))+aliasSuffix, strconv.Itoa(uri.Port))
	d.named[name] = namedRelay{host: uri.Host, port: uri.Port, secure: secure, key: relay.Key}
	scheme := "turn:"
	if secure {
		scheme = "turns:"
	}
	return scheme + name + "?transport=tcp", true
}

// actual is the address behind a made-up one; any other stays. Behind a proxy
// it is an address that is nobody's (RFC 5737): pion wants one, and sends nothing to it.
func (d *relayDialer) actual(address string) string {
	relay, ok := d.named[address]
	switch {
	case !ok:
		return address
	case d.proxy != nil:
		return net.JoinHostPort("192.0.2.1", strconv.Itoa(relay.port))
	}
	return relay.address()
}

// suffices says that no further relay is needed. Any goroutine may call it, more than once.
func (d *relayDialer) suffices() { d.once.Do(func() { close(d.enough) }) }

// Dial implements proxy.Dialer. It waits for what is tried first.
func (d *relayDialer) Dial(kind, address string) (net.Conn, error) {
	relay := d.named[address]
	wait := time.Duration(0)
	if d.hasUDP {
		wait += streamGrace
	}
	if relay.secure && d.hasTCP {
		wait += streamGrace
	}
	timer := time.NewTimer(time.Until(d.started.Add(wait)))
	defer timer.Stop()
	select {
	case <-d.context.Done():
		return nil, d.context.Err()
	case <-d.enough:
		return nil, errNotNeeded
	case <-timer.C:
	}
	ctx, cancel := context.WithTimeout(d.context, relayConnect)
	defer cancel()
	conn, err := d.reach(ctx, kind, address)
	if err != nil {
		return nil, err
	}
	// pion's own end of the session would wait for answers.
	context.AfterFunc(d.context, func() { _ = conn.Close() })
	if !relay.secure {
		return conn, nil
	}
	secured := tls.Client(conn, d.clientTLS(relay))
	if err = secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("webrtclink: a relay over TLS: %w", err)
	}
	return secured, nil
}

// reach opens a TCP connection, through the proxy if there is one.
func (d *relayDialer) reach(ctx context.Context, kind, address string) (net.Conn, error) {
	if d.proxy == nil {
		return d.connect(ctx, kind, address)
	}
	relay, known := d.named[address]
	if plain, err := netip.ParseAddr(relay.host); !known || err == nil && d.network.banned != nil && d.network.banned(plain.Unmap()) {
		return nil, errBanned
	}
	return d.proxy.DialContext(ctx, "tcp", relay.address())
}

// connect opens a TCP connection; the network under pion knows no contexts.
func (d *relayDialer) connect(ctx context.Context, kind, address string) (net.Conn, error) {
	type dialed struct {
		conn net.Conn
		err  error
	}
	done := make(chan dialed, 1)
	go func() {
		resolved, err := d.network.ResolveTCPAddr(kind, address)
		if err != nil {
			done <- dialed{err: err}
			return
		}
		conn, err := d.network.DialTCP(kind, nil, resolved)
		if err != nil {
			done <- dialed{err: err}
			return
		}
		done <- dialed{conn: conn}
	}()
	select {
	case got := <-done:
		return got.conn, got.err
	case <-ctx.Done():
		go func() {
			if late := <-done; late.conn != nil {
				_ = late.conn.Close()
			}
		}()
		return nil, fmt.Errorf("webrtclink: connecting to a relay: %w", ctx.Err())
	}
}

// clientTLS takes a certificate of the rendezvous server's own key, or one that
// an authority gave for the host's name.
func (d *relayDialer) clientTLS(relay namedRelay) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		ServerName: relay.host,
		NextProtos: []string{relayALPN},
		// VerifyConnection does it: the standard way knows authorities only.
		InsecureSkipVerify: true, //nolint:gosec // checked below
		VerifyConnection: func(state tls.ConnectionState) error {
			if key, err := protocol.KeyOf(state); err == nil && !relay.key.IsZero() && key == relay.key {
				return nil
			}
			options := x509.VerifyOptions{Roots: d.roots, DNSName: relay.host, Intermediates: x509.NewCertPool()}
			for _, one := range state.PeerCertificates[1:] {
				options.Intermediates.AddCert(one)
			}
			_, err := state.PeerCertificates[0].Verify(options)
			return err
		},
	}
}
