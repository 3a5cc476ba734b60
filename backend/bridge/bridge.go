package bridge

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

const (
	headerTime  = 5 * time.Second
	bodyTime    = 20 * time.Second
	closingTime = 3 * time.Second
	maxHeader   = 16 << 10 // bytes of an HTTP header
)

//go:embed shim.js
var shim []byte

// ErrNotLoopback says that an address is open to the network.
var ErrNotLoopback = errors.New("bridge: this address can be reached from the network; use 127.0.0.1, or add --ui-anywhere if that is what you want")

// Options of a bridge.
type Options struct {
	App    app.Face // required
	Assets fs.FS    // required: the interface, index.html at the top
	Listen string   // host:port; port 0 takes a free one
	// Anywhere lets Listen be another address than loopback.
	Anywhere bool
	// Policy is the Content-Security-Policy of every answer; required.
	Policy string
	// Kept is a file for the secret of the cookie, so that pages that are open go
	// on behind a restart at the same port; "" forgets it.
	Kept   string
	Logger *slog.Logger // nil logs nothing
}

// Server is a bridge that listens.
type Server struct {
	options  Options
	calls    *Calls
	guard    *guard
	listener net.Listener
	http     *http.Server
	index    []byte
	files    http.Handler
	streams  chan struct{} // a place for each open event stream
	once     sync.Once
}

// New opens the socket; Run serves.
func New(ctx context.Context, options Options) (*Server, error) {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		options: options,
		calls:   NewCalls(options.App.API(), options.Logger),
		files:   http.FileServerFS(options.Assets),
		streams: make(chan struct{}, mostStreams),
	}
	index, err := fs.ReadFile(options.Assets, "index.html")
	if err != nil {
		return nil, fmt.Errorf("bridge: reading the interface: %w", err)
	}
	if s.index, err = withShim(index, s.calls.Names()); err != nil {
		return nil, err
	}
	if s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", options.Listen); err != nil {
		return nil, fmt.Errorf("bridge: %w", err)
	}
	at, err := netip.ParseAddrPort(s.listener.Addr().String())
	if err == nil && !at.Addr().IsLoopback() && !options.Anywhere {
		err = ErrNotLoopback
	}
	if err != nil {
		return nil, errors.Join(err, s.listener.Close())
	}
	s.guard = newGuard(fmt.Sprint(at.Port()), options.Anywhere, options.Kept, options.Logger)
	return s, nil
}

// withShim puts the shim before the interface's own scripts.
func withShim(index []byte, methods []string) ([]byte, error) {
	const head = "<head>"
	place := bytes.Index(index, []byte(head))
	if place < 0 {
		return nil, errors.New("bridge: the interface's page has no head")
	}
	place += len(head)
	tag := `<script src="bridge.js" data-methods="` + strings.Join(methods, " ") + `"></script>`
	return bytes.Join([][]byte{index[:place], []byte(tag), index[place:]}, nil), nil
}

// Address is what a person opens, with the token.
func (s *Server) Address() string {
	host := s.listener.Addr().String()
	if at, err := netip.ParseAddrPort(host); err == nil && at.Addr().IsUnspecified() {
		host = net.JoinHostPort("localhost", fmt.Sprint(at.Port()))
	}
	return "http://" + host + "/?token=" + s.guard.token
}

// Run serves until ctx ends or Close is called, and waits for what runs. It is
// called once.
func (s *Server) Run(ctx context.Context) error {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTime,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return running },
		ErrorLog:          slog.NewLogLogger(s.options.Logger.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(s.listener) }()
	var err error
	select {
	case err = <-ended:
		cancel()
		return fmt.Errorf("bridge: %w", err)
	case <-ctx.Done():
	}
	cancel() // ends the event streams
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), closingTime)
	defer stop()
	if err = s.http.Shutdown(last); err != nil {
		err = s.http.Close()
	}
	if served := <-ended; err == nil && !errors.Is(served, http.ErrServerClosed) {
		err = served
	}
	return err
}

// Close gives the socket free if Run was never called.
func (s *Server) Close() error {
	var err error
	s.once.Do(func() {
		if err = s.listener.Close(); errors.Is(err, net.ErrClosed) {
			err = nil
		}
	})
	return err
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", s.options.Policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
	switch {
	case !s.guard.host(r.Host):
		refused(w, http.StatusMisdirectedRequest, "This name does not belong to Tincan. Use the address that was printed.")
	case !s.guard.site(r):
		refused(w, http.StatusForbidden, "Another site asked for this. Tincan answers only its own page.")
	case s.guard.admit(w, r):
	case !s.guard.known(r):
		refused(w, http.StatusForbidden, "Open the whole address that Tincan printed when it was started; it holds a key.")
	default:
		s.route(w, r)
	}
}

func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	method, isCall := strings.CutPrefix(r.URL.Path, "/bridge/call/")
	switch {
	case isCall && r.Method == http.MethodPost:
		s.call(w, r, method)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		refused(w, http.StatusMethodNotAllowed, "This cannot be done here.")
	case r.URL.Path == "/bridge/events":
		s.events(w, r)
	case r.URL.Path == "/bridge.js":
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(shim)
	case r.URL.Path == "/" || r.URL.Path == "/index.html":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(s.index)
	default:
		s.files.ServeHTTP(w, r)
	}
}

// answer is what a call is answered with.
type answer struct {
	Result any        `json:"result"`
	Error  *app.Error `json:"error,omitempty"`
}

func (s *Server) call(w http.ResponseWriter, r *http.Request, method string) {
	// A form of another site cannot have this type, whatever else it sends.
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) != "application/json" || r.Header.Get("Origin") == "" {
		refused(w, http.StatusForbidden, "Another site asked for this. Tincan answers only its own page.")
		return
	}
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Now().Add(bodyTime)); err != nil {
		s.options.Logger.DebugContext(r.Context(), "no deadline for a call", slog.Any("error", err))
	}
	w.Header().Set("Content-Type", "application/json")
	var refusal *app.Error
	var result any
	arguments, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(maxArguments(method))))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		refusal = mistake("too-large", "This is too much at once. Send less.")
	case err != nil:
		return // whoever asked is gone
	default:
		result, refusal = s.calls.Call(method, arguments)
	}
	text, err := json.Marshal(answer{Result: result, Error: refusal})
	if err != nil {
		s.options.Logger.ErrorContext(r.Context(), "an answer cannot be written", slog.String("call", method), slog.Any("error", err))
		refused(w, http.StatusInternalServerError, "Something went wrong inside Tincan.")
		return
	}
	_, _ = w.Write(text)
}
