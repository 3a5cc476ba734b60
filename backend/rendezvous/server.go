package rendezvous

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/certificates"
	"github.com/tincan-chat/tincan/backend/rendezvous/directory"
	"github.com/tincan-chat/tincan/backend/rendezvous/eventloop"
	"github.com/tincan-chat/tincan/backend/rendezvous/guard"
	"github.com/tincan-chat/tincan/backend/rendezvous/moderation"
	"github.com/tincan-chat/tincan/backend/rendezvous/relay"
	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrPortInUse says that another program listens at the address.
var ErrPortInUse = errors.New("rendezvous: another program uses this address and port")

const (
	shutdownSentence = "The server stops."
	closingTime      = 3 * time.Second // for the last words when the server stops
	sweepInterval    = time.Second
	// maxCallers is how many calls of the engine are under way at once; a
	// cluster's answer to one takes milliseconds.
	maxCallers = 256
)

// Server is one rendezvous server.
type Server struct {
	options   Options
	terms     terms
	listener  net.Listener
	bare      *eventloop.Listener // in its place while the server runs; nil with TLS, and where there are no event loops
	admission *admission
	listening netip.AddrPort
	relay     relay.Server         // nil when there is none
	source    *certificates.Source // nil without TLS
	began     time.Time
	secure    *tls.Config   // nil without TLS
	carriers  []*carrier    // none where a goroutine reads each connection
	next      atomic.Uint32 // of carriers, for the next connection

	context  context.Context //nolint:containedctx // the life of the server, for engine calls
	cancel   context.CancelFunc
	handlers *workers // decode, check, answer: never wait
	drainers *workers // write what the engine brought; few, so that one wakes for a burst and not many
	callers  *workers // ask the engine
	// answerers ask it too, for what the device does not wait for with everything else.
	answerers *workers
	guard     *guard.Guard
	memory    atomic.Int64 // bytes of half-read frames and queues
	sessions  atomic.Int64
	shaking   atomic.Int64

	accepted, refused, late atomic.Int64 // connections, for Counts
	figures                 figures

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
	isRunning   bool
	connections map[*connection]struct{}
	devices     map[identity.DeviceID]int
	running     sync.WaitGroup // connections, and goroutines for them
	sweeping    sync.WaitGroup
	swept       chan struct{} // closed to end the sweeping
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
		options: options, context: ctx, cancel: cancel, began: time.Now(),
		handlers:    newWorkers(runtime.GOMAXPROCS(0), runtime.GOMAXPROCS(0)),
		drainers:    newWorkers(perTwo(), perTwo()),
		callers:     newWorkers(maxCallers, runtime.GOMAXPROCS(0)),
		answerers:   newWorkers(maxAnswerers, lastAnswerers),
		guard:       guard.New(options.Limits.Guard),
		connections: make(map[*connection]struct{}),
		devices:     make(map[identity.DeviceID]int),
		swept:       make(chan struct{}),
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
		// Sessions have heartbeats of their own: TCP's would be four system calls for each.
		opened, err := (&net.ListenConfig{KeepAlive: -1}).Listen(ctx, "tcp", address)
		if err != nil {
			return describe(err, address)
		}
		listener = opened
	}
	s.listener = listener
	s.listening = addressOf(listener.Addr())
	s.admission = newAdmission(s)
	err := s.openCertificates()
	if err == nil {
		err = s.openRelay(ctx)
	}
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return nil
}

// openCertificates finds out where the certificate is from.
func (s *Server) openCertificates() error {
	if !s.options.TLS {
		return nil
	}
	s.source = s.options.Certificates
	if s.source != nil {
		return nil
	}
	made, err := certificates.Self(s.options.Key, s.options.Now())
	s.source = made
	return err
}

// describe puts a failed listen into words.
func describe(err error, address string) error {
	if IsPortInUse(err) {
		return fmt.Errorf("%w: %s", ErrPortInUse, address)
	}
	return fmt.Errorf("rendezvous: cannot listen at %s: %w", address, err)
}

// Run serves until ctx ends or Close is called, and returns after everything
// ended. It is called once.
func (s *Server) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.begin(); err != nil {
		return errors.Join(err, s.Close())
	}
	err := s.accept() //nolint:contextcheck // a handshake ends with the server, whose life is its own
	return errors.Join(err, s.Close())
}

// begin starts what carries connections.
func (s *Server) begin() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	var err error
	if s.carriers, err = newCarriers(s); err != nil {
		return err
	}
	if tcp, ok := s.listener.(*net.TCPListener); ok && len(s.carriers) > 0 && s.source == nil {
		if s.bare, err = eventloop.Listen(tcp); err != nil {
			s.stopCarriers()
			return err
		}
	}
	s.running.Add(1) // for accept
	s.isRunning = true
	for _, work := range []func(){s.sweep, s.followDirectory, s.followModeration, s.enforce, s.watchServers} {
		s.sweeping.Go(work)
	}
	if s.source != nil {
		s.secure = s.source.TLS()
		s.sweeping.Go(func() { s.source.Run(s.context) })
	}
	return nil
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
	s.mu.Lock()
	s.closed = true
	isRunning, bare := s.isRunning, s.bare
	s.mu.Unlock()
	err := ignoreClosed(s.listener.Close())
	if bare != nil {
		err = errors.Join(err, bare.Close())
	}
	for _, c := range s.all() {
		c.do(func(session *session) []effect {
			return session.Refuse(wire.ErrorCode_ERROR_CODE_SHUTDOWN, shutdownSentence, 0)
		})
	}
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
	close(s.swept)
	s.sweeping.Wait()
	if isRunning {
		s.stopCarriers()
	}
	s.answerers.stop()
	s.handlers.stop()
	s.callers.stop()
	s.drainers.stop()
	if s.relay != nil {
		err = errors.Join(err, s.relay.Close())
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
	server := identity.Server{Key: s.terms.key, URLs: slices.Clone(s.options.URLs)}
	if len(server.URLs) > 0 && (!s.options.TLS || (s.options.Certificates != nil && s.options.Certificates.IsWeb())) {
		return server
	}
	for _, address := range reachable(s.listening) {
		if len(server.URLs) < maxAddresses {
			server.URLs = append(server.URLs, scheme+address.String())
		}
	}
	return server
}

// Address is the first of them, with the key: what a person gives to others.
func (s *Server) Address() string { return s.Server().Text() }

// Listening returns the TCP address of the socket.
func (s *Server) Listening() netip.AddrPort { return s.listening }

// Sessions returns how many connections there are.
func (s *Server) Sessions() int { return int(s.sessions.Load()) }

// Held returns how many bytes of half-read frames and queues there are; at most Limits.Memory.
func (s *Server) Held() int64 { return s.memory.Load() }

// remember lists a connection; false when the server is closed.
func (s *Server) remember(c *connection) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.connections[c] = struct{}{}
	s.running.Add(1)
	return true
}

// forget is the last thing that happens to a connection.
func (s *Server) forget(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.connections, c)
	defer s.running.Done()
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
	return slices.Collect(maps.Keys(s.connections))
}

// elapsed is a clock of nanoseconds that never goes back, and never is 0.
func (s *Server) elapsed() int64 { return int64(time.Since(s.began)) + 1 }

// sweep lets every connection look at the time, so that none needs a timer.
func (s *Server) sweep() {
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	var memory calming
	for {
		select {
		case <-s.swept:
			return
		case <-ticker.C:
		}
		if memory.look(s.accepted.Load()) {
			giveBack()
		}
		now, elapsed := s.options.Now(), s.elapsed()
		for _, c := range s.all() {
			c.tick(now, elapsed)
		}
	}
}
