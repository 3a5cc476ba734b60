package webrtclink

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/pion/stun"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
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
// have made-up names, because one port may take both.
type relayDialer struct {
	context context.Context //nolint:containedctx // the life of the session; pion gives none
	network *network
	roots   *x509.CertPool
	started time.Time
	hasUDP  bool // some relay takes UDP
	hasTCP  bool
	secure  map[string]secureRelay // by made-up name and port

	once   sync.Once
	enough chan struct{} // closed when no further relay is needed
}

// secureRelay is a relay over TLS.
type secureRelay struct {
	host string // as in its URL
	port int
	key  identity.ServerKey // zero for none
}

func newRelayDialer(ctx context.Context, roots *x509.CertPool) *relayDialer {
	return &relayDialer{
		context: ctx, roots: roots, started: time.Now(), secure: make(map[string]secureRelay), enough: make(chan struct{}),
	}
}

// learn notes a relay's URL and returns it as pion shall see it.
func (d *relayDialer) learn(url string, uri *stun.URI, relay *link.Relay) string {
	switch {
	case uri.Scheme == stun.SchemeTypeTURN && uri.Proto == stun.ProtoTypeUDP:
		d.hasUDP = true
	case uri.Scheme == stun.SchemeTypeTURN && uri.Proto == stun.ProtoTypeTCP:
		d.hasTCP = true
	case uri.Scheme == stun.SchemeTypeTURNS && uri.Proto == stun.ProtoTypeTCP:
		name := net.JoinHostPort(strconv.Itoa(len(d.secure))+aliasSuffix, strconv.Itoa(uri.Port))
		d.secure[name] = secureRelay{host: uri.Host, port: uri.Port, key: relay.Key}
		return "turns:" + name + "?transport=tcp"
	}
	return url
}

// actual is the address behind a made-up one; any other stays.
func (d *relayDialer) actual(address string) string {
	if relay, ok := d.secure[address]; ok {
		return net.JoinHostPort(relay.host, strconv.Itoa(relay.port))
	}
	return address
}

// suffices says that no further relay is needed. Any goroutine may call it, more than once.
func (d *relayDialer) suffices() { d.once.Do(func() { close(d.enough) }) }

// Dial implements proxy.Dialer. It waits for what is tried first.
func (d *relayDialer) Dial(kind, address string) (net.Conn, error) {
	relay, isSecure := d.secure[address]
	wait := time.Duration(0)
	if d.hasUDP {
		wait += streamGrace
	}
	if isSecure && d.hasTCP {
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
	conn, err := d.connect(ctx, kind, address)
	if err != nil {
		return nil, err
	}
	// pion's own end of the session would wait for answers.
	context.AfterFunc(d.context, func() { _ = conn.Close() })
	if !isSecure {
		return conn, nil
	}
	secured := tls.Client(conn, d.clientTLS(relay))
	if err = secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("webrtclink: a relay over TLS: %w", err)
	}
	return secured, nil
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
func (d *relayDialer) clientTLS(relay secureRelay) *tls.Config {
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
