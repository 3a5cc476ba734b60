package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"connectrpc.com/connect"
	"golang.org/x/net/netutil"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// DefaultListen is where the operator's side is found.
const DefaultListen = "127.0.0.1:7118"

// ErrNotLoopback says that others could reach the listener.
var ErrNotLoopback = errors.New("operator: this address is not of this machine alone; the operator's side has no TLS of its own, so reach it through ssh or a proxy, or allow it explicitly")

// Bounds of the listener.
const (
	mostConnections = 256
	maxHeader       = 16 << 10
	maxMessage      = 64 << 10
	headerTimeout   = 5 * time.Second
	formTimeout     = 10 * time.Second
	idleTimeout     = 2 * time.Minute
	closeTimeout    = 3 * time.Second
)

// Options of the operator's side.
type Options struct {
	// Source is what is served; required.
	Source Source
	// Folder is the data folder, where the token's hash is kept; required.
	Folder string
	// Listen is the TCP address, "" for DefaultListen. Not used when Listener is
	// given, which the Server then owns.
	Listen   string
	Listener net.Listener
	// Anywhere allows an address that others can reach. Its path should be a trusted one.
	Anywhere bool
	// Hosts are names, with or without a port, that a proxy or the operator uses besides loopback.
	Hosts []string
	// Logger: nil logs nothing.
	Logger *slog.Logger
}

// Server is the operator's side while it runs.
type Server struct {
	listener net.Listener
	http     *http.Server
	sampler  *sampler
	token    string

	closing   chan struct{}
	closeOnce sync.Once
	closeErr  error
	running   sync.WaitGroup
	cancel    context.CancelFunc
}

// New listens and serves until Close. Errors: ErrNotLoopback, ErrTokenFile, or the system's.
func New(options Options) (*Server, error) {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	page, err := newPage()
	if err != nil {
		return nil, err
	}
	// The token after the listener: one that was made now must not be lost because there is no place to listen.
	listener, err := listen(options)
	if err != nil {
		return nil, err
	}
	tokens, token, err := openTokens(options.Folder)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s := &Server{listener: listener, sampler: newSampler(options.Source), token: token, closing: make(chan struct{})}
	exposed := newExposed(s.sampler)
	service := &service{source: options.Source, sampler: s.sampler, tokens: tokens, logger: options.Logger, closing: s.closing}
	access := &access{tokens: tokens, sessions: &sessions{}, tries: newTries(), errors: connect.NewErrorWriter()}
	for _, host := range options.Hosts {
		access.hosts = append(access.hosts, strings.ToLower(host))
	}
	path, calls := operatorwire.NewOperatorServiceHandler(service,
		connect.WithReadMaxBytes(maxMessage), connect.WithInterceptors(exposed), connect.WithRecover(recovered(options.Logger)))
	mux := http.NewServeMux()
	mux.Handle(path, access.calls(calls))
	mux.HandleFunc("POST /login", access.login)
	mux.HandleFunc("POST /logout", access.logout)
	mux.Handle("GET /metrics", access.near(exposed))
	mux.Handle("GET /healthz", access.near(http.HandlerFunc(alive)))
	mux.Handle("GET /readyz", access.near(http.HandlerFunc(s.sampler.ready)))
	mux.Handle("/", page)

	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // gRPC
	s.http = &http.Server{
		Handler: access.front(mux), Protocols: protocols, MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, // no ReadTimeout: it would end streams
		ErrorLog: slog.NewLogLogger(options.Logger.Handler(), slog.LevelDebug),
	}
	s.running.Go(func() { s.sampler.run(ctx) })
	s.running.Go(func() { s.serve(options.Logger) })
	return s, nil
}

func listen(options Options) (net.Listener, error) {
	listener := options.Listener
	if listener == nil {
		address := options.Listen
		if address == "" {
			address = DefaultListen
		}
		var err error
		if listener, err = (&net.ListenConfig{}).Listen(context.Background(), "tcp", address); err != nil {
			return nil, fmt.Errorf("operator: %w", err)
		}
	}
	if address, err := netip.ParseAddrPort(listener.Addr().String()); !options.Anywhere && (err != nil || !address.Addr().Unmap().IsLoopback()) {
		return nil, errors.Join(ErrNotLoopback, listener.Close())
	}
	return netutil.LimitListener(listener, mostConnections), nil
}

func recovered(logger *slog.Logger) func(context.Context, connect.Spec, http.Header, any) error {
	return func(ctx context.Context, spec connect.Spec, _ http.Header, panicked any) error {
		logger.ErrorContext(ctx, "an operator's call panicked", "call", spec.Procedure, "panic", panicked)
		return connect.NewError(connect.CodeInternal, errors.New("this failed; the server's log says why"))
	}
}

func (s *Server) serve(logger *slog.Logger) {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		logger.Error("the operator's side ended", "error", err)
	}
}

// Address is where it listens.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Token is the token when it was made now: to be printed once. It is "" when there was one.
func (s *Server) Token() string { return s.token }

// Close ends streams and connections and waits. It is idempotent.
func (s *Server) Close() error {
	s.closeOnce.Do(func() {
		close(s.closing)
		s.cancel()
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		if err := s.http.Shutdown(ctx); err != nil {
			s.closeErr = s.http.Close()
		}
		s.running.Wait()
	})
	return s.closeErr
}
