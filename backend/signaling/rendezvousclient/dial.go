package rendezvousclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	dialTimeout = 10 * time.Second       // until the challenge is here, for each address
	stagger     = 250 * time.Millisecond // between the starts of two addresses
	maxURLs     = 8                      // addresses of one server that are tried
	maxHeader   = 8 << 10                // bytes of a server's HTTP header
)

// Conn is an open socket. Methods may be called from two goroutines: one
// reads, one writes; Close may be called at any time and unblocks both.
type Conn interface {
	// Read returns the next message, of at most the frame limit.
	Read(ctx context.Context) ([]byte, error)
	Write(ctx context.Context, message []byte) error
	Close()
}

// DialFunc opens a socket to one URL (wss:// or ws://). It returns the key
// that the server's certificate proves, zero without TLS and for a certificate
// of the web. Errors are failures with a code.
type DialFunc func(ctx context.Context, address string, pinned identity.ServerKey, encoding protocol.Encoding) (Conn, identity.ServerKey, error)

// greeted is a socket whose challenge was read and agrees with its certificate.
type greeted struct {
	conn      Conn
	target    target
	key       identity.ServerKey
	nonce     protocol.Nonce
	challenge *wire.Challenge
}

// dialAny opens the address that greets us first. The error is what is wrong
// with the server that the owner named, if it was among them: the others are
// only there to help.
func dialAny(ctx context.Context, dial DialFunc, targets []target, encoding protocol.Encoding) (*greeted, error) {
	if len(targets) == 0 {
		return nil, fail(signaling.CodeUnreachable, errNoAddress)
	}
	ctx, cancel := context.WithCancel(ctx)
	type result struct {
		greeted *greeted
		home    bool
		err     error
	}
	results := make(chan result, len(targets))
	for i, one := range targets {
		go func() {
			if !pause(ctx, time.Duration(i)*stagger) {
				results <- result{home: one.home, err: ctx.Err()}
				return
			}
			found, err := greet(ctx, dial, one, encoding)
			results <- result{found, one.home, err}
		}()
	}
	var winner *greeted
	var worst *Failure
	ofHome := false
	for range targets {
		got := <-results
		switch {
		case got.err == nil && winner == nil:
			winner = got.greeted
			cancel()
		case got.err == nil:
			got.greeted.conn.Close()
		default:
			failure := failureOf(got.err)
			if worst == nil || got.home && !ofHome || got.home == ofHome && telling(failure.Code) > telling(worst.Code) {
				worst, ofHome = failure, got.home
			}
		}
	}
	cancel()
	if winner == nil {
		return nil, worst
	}
	return winner, nil
}

// pause waits; false when ctx ended.
func pause(ctx context.Context, duration time.Duration) bool {
	if duration <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// greet opens one address and reads the challenge.
func greet(ctx context.Context, dial DialFunc, to target, encoding protocol.Encoding) (*greeted, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, certified, err := dial(ctx, to.url, to.key, encoding)
	if err != nil {
		return nil, err
	}
	found, err := readChallenge(ctx, conn, certified, to.key, encoding)
	if err != nil {
		conn.Close()
		return nil, err
	}
	found.target = to
	return found, nil
}

func readChallenge(ctx context.Context, conn Conn, certified, pinned identity.ServerKey, encoding protocol.Encoding) (*greeted, error) {
	frame, err := readFrame(ctx, conn, encoding)
	if err != nil {
		return nil, err
	}
	if said := frame.GetError(); said != nil {
		return nil, saidBy(said)
	}
	challenge := frame.GetChallenge()
	if challenge == nil {
		return nil, fail(signaling.CodeNotServer, errNotServer)
	}
	if challenge.GetMajor() != wire.Major {
		return nil, fail(signaling.CodeVersion, errVersion)
	}
	key, err := identity.ServerKeyFromBytes(challenge.GetServerKey())
	if err != nil || len(challenge.GetNonce()) != protocol.NonceSize {
		return nil, fail(signaling.CodeNotServer, errNotServer)
	}
	if (!certified.IsZero() && key != certified) || (!pinned.IsZero() && key != pinned) {
		return nil, fail(signaling.CodeKey, errKey)
	}
	return &greeted{conn: conn, key: key, nonce: protocol.Nonce(challenge.GetNonce()), challenge: challenge}, nil
}

// readFrame reads one frame. Errors are failures.
func readFrame(ctx context.Context, conn Conn, encoding protocol.Encoding) (*wire.ServerFrame, error) {
	data, err := conn.Read(ctx)
	if err != nil {
		return nil, failureOf(err)
	}
	var frame wire.ServerFrame
	if err = encoding.Decode(data, &frame); err != nil {
		return nil, fail(signaling.CodeNotServer, errNotServer)
	}
	return &frame, nil
}

// dialer opens WebSockets on real networks.
type dialer struct {
	roots *x509.CertPool // of certificates of the web, nil for the system's
	proxy *proxy.Choice  // nil for none
}

// dial is a DialFunc.
func (d dialer) dial(ctx context.Context, address string, pinned identity.ServerKey, encoding protocol.Encoding) (Conn, identity.ServerKey, error) {
	var none identity.ServerKey
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, none, fail(signaling.CodeNotServer, errNoAddress)
	}
	switch parsed.Scheme {
	case "wss":
	case "ws":
		if !proxy.IsLoopback(parsed.Hostname()) {
			return nil, none, fail(signaling.CodeNotServer, errPlain)
		}
	default:
		return nil, none, fail(signaling.CodeNotServer, errNoAddress)
	}
	socket, response, err := websocket.Dial(ctx, address, &websocket.DialOptions{ //nolint:bodyclose // the socket owns the body
		HTTPClient: &http.Client{
			Transport: &http.Transport{
				TLSClientConfig: clientTLS(parsed.Hostname(), pinned, d.roots), DisableKeepAlives: true,
				DialContext:            d.proxy.DialContext,
				MaxResponseHeaderBytes: maxHeader,
			},
			// A rendezvous server never sends elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Subprotocols: []string{encoding.Subprotocol()},
	})
	if err != nil {
		return nil, none, classify(err, response)
	}
	if socket.Subprotocol() != encoding.Subprotocol() {
		_ = socket.CloseNow()
		return nil, none, fail(signaling.CodeNotServer, errNoEncoding)
	}
	certified := none
	if response.TLS != nil {
		if certified, err = certifiedKey(*response.TLS); err != nil {
			_ = socket.CloseNow()
			return nil, none, fail(signaling.CodeNotServer, err)
		}
	}
	socket.SetReadLimit(int64(encoding.Limit(wire.MaxServerFrame)))
	kind := websocket.MessageBinary
	if encoding == protocol.JSON {
		kind = websocket.MessageText
	}
	return &webSocket{socket: socket, kind: kind}, certified, nil
}

// classify tells what a failed dial means.
func classify(err error, response *http.Response) error {
	var notTLS tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.Is(err, proxy.ErrProxy):
		return fail(signaling.CodeProxy, err)
	case errors.Is(err, protocol.ErrOtherKey):
		return fail(signaling.CodeKey, err)
	case errors.Is(err, errCertificate):
		return fail(signaling.CodeCertificate, err)
	case errors.Is(err, protocol.ErrNoKey), errors.As(err, &notTLS), errors.As(err, &alert), response != nil,
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"),
		strings.Contains(err.Error(), "malformed HTTP"):
		return fail(signaling.CodeNotServer, err)
	}
	return fail(signaling.CodeUnreachable, err)
}

// webSocket implements Conn.
type webSocket struct {
	socket *websocket.Conn
	kind   websocket.MessageType
}

// Read implements Conn.
func (w *webSocket) Read(ctx context.Context) ([]byte, error) {
	kind, data, err := w.socket.Read(ctx)
	if err != nil {
		return nil, fail(signaling.CodeUnreachable, err)
	}
	if kind != w.kind {
		return nil, fail(signaling.CodeNotServer, errNotServer)
	}
	return data, nil
}

// Write implements Conn.
func (w *webSocket) Write(ctx context.Context, message []byte) error {
	if err := w.socket.Write(ctx, w.kind, message); err != nil {
		return fail(signaling.CodeUnreachable, fmt.Errorf("writing: %w", err))
	}
	return nil
}

// Close implements Conn.
func (w *webSocket) Close() {
	// Whatever had to be said was said in frames.
	_ = w.socket.CloseNow()
}
