package rendezvous

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/directory"
	"github.com/tincan-chat/tincan/backend/rendezvous/moderation"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrPortInUse says that another program listens at the address.
var ErrPortInUse = errors.New("rendezvous: another program uses this address and port")

const (
	shutdownSentence = "The server stops."
	closingTime      = 3 * time.Second // for the last words when the server stops
	sweepInterval    = time.Second
	maxHeaderBytes   = 8 << 10
)

// Server is one rendezvous server.
type Server struct {
	options   Options
	terms     terms
	listener  *admission
	listening netip.AddrPort
	relay     *relayServer // nil when there is none
	http      *http.Server

	context context.Context //nolint:containedctx // the life of the server, for engine calls
	cancel  context.CancelFunc
	// endless is for sockets, whose deadlines bound them without a timer for each call.
	endless  context.Context //nolint:containedctx // it carries nothing
	handling chan struct{}   // a place for each frame that is being decoded
	buffers  sync.Pool       // *[]byte of firstRead
	memory   atomic.Int64    // bytes of half-read frames and queues

	puts      putQuotas
	writes    placeQuotas
	work      usedWork
	directory *directory.Directory // nil when there is none
	// moderation is asked about everybody, beside refuseToo, which is the caller's own.
	moderation *moderation.Moderation
	refuseToo  func(netip.Addr) bool
	servers    serverList
	complained atomic.Int64 // Unix time of the last complaint about the engine
	draining   atomic.Int64 // Unix milliseconds by which devices shall have moved; 0 while they may come

	mu          sync.Mutex
	closed      bool
	connections map[*connection]struct{}
	devices     map[identity.DeviceID]int
	running     sync.WaitGroup
	closeOnce   sync.Once
	done        chan struct{} // closed when Close is through
}

// New opens the sockets; Run serves. Errors: ErrPortInUse, or another sentence
// that says what cannot be opened.
func New(options Options) (*Server, error) {
	if len(options.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("rendezvous: a server needs a key")
	}
	options = options.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		options: options, context: ctx, cancel: cancel, endless: context.Background(),
		handling:    make(chan struct{}, 4*runtime.GOMAXPROCS(0)),
		connections: make(map[*connection]struct{}),
		devices:     make(map[identity.DeviceID]int),
		done:        make(chan struct{}),
	}
	s.terms.limits, s.terms.mailbox = options.Limits, options.Mailbox
	s.puts = newPutQuotas(options.Limits)
	s.writes = placeQuotas{most: float64(options.Limits.WritesPerHour), by: make(map[netip.Prefix]*bucket)}
	s.terms.sign = func(purpose identity.Context, message []byte) []byte {
		return identity.Sign(options.Key, purpose, message)
	}
	copy(s.terms.key[:], options.Key[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
	s.openModeration()
	err := s.openDirectory()
	if err == nil {
		err = s.open(ctx)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	listener := s.options.Listener
	if listener == nil {
		address := s.options.Listen
		if address == "" {
			address = fmt.Sprintf(":%d", identity.DefaultPort)
		}
		opened, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return describe(err, address)
		}
		listener = opened
	}
	s.listening = addressOf(listener.Addr())
	s.listener = newAdmission(listener, s.options.Refuse, s.options.Limits, s.options.Logger)
	if s.options.Relay.Enabled {
		relayed, err := newRelay(ctx, &s.options, s.listening)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		s.relay = relayed
	}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serveHTTP),
		ReadHeaderTimeout: s.options.Limits.Header,
		ReadTimeout:       s.options.Limits.Header,
		WriteTimeout:      s.options.Limits.Write,
		IdleTimeout:       s.options.Limits.Header,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.options.Logger.Handler(), slog.LevelDebug),
		ConnContext:       keepConnection,
	}
	return nil
}

// describe puts a failed listen into words.
func describe(err error, address string) error {
	if isPortInUse(err) {
		return fmt.Errorf("%w: %s", ErrPortInUse, address)
	}
	return fmt.Errorf("rendezvous: cannot listen at %s: %w", address, err)
}

// Run serves until ctx ends or Close is called, and returns after everything
// ended. It is called once.
func (s *Server) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	for _, work := range []func(){s.sweep, s.followDirectory, s.followModeration, s.enforce, s.watchServers} {
		if !s.goRun(work) {
			<-s.done
			return nil
		}
	}
	var listener net.Listener = s.listener
	if s.options.TLS {
		config, err := protocol.ServerTLS(s.options.Key, s.options.Now())
		if err != nil {
			return errors.Join(err, s.Close())
		}
		listener = tls.NewListener(s.listener, config)
	}
	err := s.http.Serve(listener)
	closeErr := s.Close()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, closeErr)
}

// Close tells every device that the server stops, ends everything and waits.
// It is idempotent.
func (s *Server) Close() error {
	var err error
	s.closeOnce.Do(func() {
		defer close(s.done)
		err = s.shutdown()
	})
	<-s.done
	return err
}

func (s *Server) shutdown() error {
	// First no new connections, then the last words, then everything goes.
	err := ignoreClosed(s.http.Close())
	err = errors.Join(err, ignoreClosed(s.listener.Close()))
	for _, c := range s.all() {
		c.do(func(session *session) []effect {
			return session.Refuse(wire.ErrorCode_ERROR_CODE_SHUTDOWN, shutdownSentence, 0)
		})
	}
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	timer := time.NewTimer(closingTime)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		for _, c := range s.all() {
			c.cut()
		}
		<-ended
	}
	if s.relay != nil {
		err = errors.Join(err, s.relay.close())
	}
	return errors.Join(err, s.options.Engine.Close())
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Key is the server's public key.
func (s *Server) Key() identity.ServerKey { return s.terms.key }

// Server returns the key and every address by which the server can be reached
// now, the best first; an invite carries it.
func (s *Server) Server() identity.Server {
	scheme := "ws://"
	if s.options.TLS {
		scheme = "wss://"
	}
	server := identity.Server{Key: s.terms.key}
	for _, address := range reachable(s.listening) {
		server.URLs = append(server.URLs, scheme+address.String())
	}
	return server
}

// Address is the first of them, with the key: what a person gives to others.
func (s *Server) Address() string { return s.Server().Text() }

// Listening returns the TCP address of the socket.
func (s *Server) Listening() netip.AddrPort { return s.listening }

// Sessions returns how many connections there are.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.connections)
}

// Held returns how many bytes of half-read frames and queues there are; at most Limits.Memory.
func (s *Server) Held() int64 { return s.memory.Load() }

type connectionKey struct{}

// keepConnection makes the admitted connection known to the handler.
func keepConnection(ctx context.Context, conn net.Conn) context.Context {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	return context.WithValue(ctx, connectionKey{}, conn)
}

func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	raw, ok := r.Context().Value(connectionKey{}).(*admitted)
	if r.Header.Get("Upgrade") == "" {
		// Not by SetKeepAlivesEnabled, which would break the upgrade's answer.
		w.Header().Set("Connection", "close")
	}
	if !ok || r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	if r.Header.Get("Upgrade") == "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusUpgradeRequired)
		_, _ = io.WriteString(w, "This is a Tincan rendezvous server. Add its address in Tincan under Settings, Network.\n")
		return
	}
	c := &connection{server: s, raw: raw, host: hostOf(r.Host)}
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: protocol.Subprotocols(), OnPingReceived: c.allowPing,
	})
	if err != nil {
		return
	}
	// The frame's size is checked where it is read, with an answer in words.
	socket.SetReadLimit(-1)
	c.socket = socket
	if c.encoding, ok = protocol.EncodingOf(socket.Subprotocol()); !ok {
		_ = socket.Close(websocket.StatusPolicyViolation, "subprotocol "+protocol.SubprotocolProtobuf+" or "+protocol.SubprotocolJSON+" needed")
		return
	}
	var nonce protocol.Nonce
	if _, err = io.ReadFull(s.options.Random, nonce[:]); err != nil {
		s.options.Logger.Error("no randomness", "error", err)
		_ = socket.CloseNow()
		return
	}
	// A goroutine of its own lets go of what the HTTP request holds.
	if !s.goRun(func() { s.serve(c, nonce) }) {
		_ = socket.CloseNow()
	}
}

func (s *Server) serve(c *connection, nonce protocol.Nonce) {
	c.start(nonce)
	s.mu.Lock()
	s.connections[c] = struct{}{}
	closed := s.closed
	s.mu.Unlock()
	if closed {
		c.cut()
	}
	c.read()
}

// forget is the last thing that happens to a connection.
func (s *Server) forget(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.connections, c)
	if !c.counted {
		return
	}
	if s.devices[c.device]--; s.devices[c.device] <= 0 {
		delete(s.devices, c.device)
	}
}

func (s *Server) countDevice(device identity.DeviceID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.devices[device] >= s.options.Limits.PerDevice {
		return false
	}
	s.devices[device]++
	return true
}

func (s *Server) all() []*connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*connection, 0, len(s.connections))
	for c := range s.connections {
		all = append(all, c)
	}
	return all
}

// goRun runs work that Close waits for; false when the server is closed.
func (s *Server) goRun(work func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Go(work)
	return true
}

// sweep lets every session look at the time, so that none needs a timer.
func (s *Server) sweep() {
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	for {
		select {
		case <-s.context.Done():
			return
		case <-ticker.C:
		}
		now := s.options.Now()
		for _, c := range s.all() {
			c.do(func(session *session) []effect { return session.Tick(now) })
		}
	}
}

// relayFor makes credentials for a peer; nil when there is no relay.
func (s *Server) relayFor(peer identity.PeerID, host string) *wire.RelayCredentials {
	if s.relay == nil {
		return nil
	}
	return s.relay.credentials(peer, host)
}

// hostOf returns the host of an HTTP Host header, "" when there is no good one.
func hostOf(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = header
	}
	if len(host) > 255 {
		return ""
	}
	return host
}
