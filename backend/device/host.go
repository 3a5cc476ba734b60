package device

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/rendezvous"
)

const (
	// hostPorts is how many ports are tried from identity.DefaultPort on.
	hostPorts = 20
	// hostAgain is how long a server that could not start waits.
	hostAgain = 30 * time.Second
	// tellPatience is how long the node may take to hear of an address.
	tellPatience = 10 * time.Second
)

type hostOptions struct {
	key    func() (ed25519.PrivateKey, error)
	at     string // the address to listen at, "" for all
	port   func(context.Context) int
	save   func(context.Context, int) error
	tell   func(app.Surroundings)
	logger *slog.Logger
}

// host runs the server in this app and watches the machine's networks: one
// goroutine owns everything.
type host struct {
	options hostOptions
	node    *node.Node
	wishes  chan bool     // the latest one counts
	bans    chan struct{} // the ban list changed
	cancel  context.CancelFunc
	done    sync.WaitGroup

	on        bool
	server    *rendezvous.Server // nil while off
	ended     chan error         // of the server's Run
	retry     time.Time
	failure   *app.Error
	addresses []netip.Addr
	public    identity.Server
	sleep     sleepWatch
	looked    time.Time // when the addresses were looked at
}

func newHost(options hostOptions) *host {
	return &host{options: options, wishes: make(chan bool, 1), bans: make(chan struct{}, 1)}
}

// start begins to watch.
func (h *host) start(ctx context.Context, started *node.Node) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h.node, h.cancel = started, cancel
	h.done.Go(func() { h.run(running) })
}

// want turns the server on or off.
func (h *host) want(on bool) {
	for {
		select {
		case h.wishes <- on:
			return
		default:
		}
		select {
		case <-h.wishes: // an older wish
		default:
		}
	}
}

// recheck cuts those who are banned by now.
func (h *host) recheck() {
	select {
	case h.bans <- struct{}{}:
	default:
	}
}

// close ends the server and waits.
func (h *host) close() {
	h.cancel()
	h.done.Wait()
}

func (h *host) run(ctx context.Context) {
	defer func() { h.stop(context.WithoutCancel(ctx)) }()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	h.look(ctx, true)
	for {
		select {
		case <-ctx.Done():
			return
		case on := <-h.wishes:
			if on != h.on {
				h.on = on
				h.arrange(ctx)
			}
		case <-h.bans:
			if h.server != nil {
				h.server.Recheck()
			}
		case err := <-h.ended:
			h.options.logger.ErrorContext(ctx, "the server in this app ended", slog.Any("error", err))
			h.failed(errHostEnded)
			h.stop(ctx)
			h.publish(ctx)
		case <-ticker.C:
			h.look(ctx, false)
			if h.on && h.server == nil && !time.Now().Before(h.retry) {
				h.arrange(ctx)
			}
		}
	}
}

var (
	errHostEnded = &app.Error{
		Code: "host", Message: "The introduction server in this app ended. Tincan tries again by itself.", Params: map[string]string{},
	}
	errHostPort = &app.Error{
		Code:    "host-port",
		Message: "No port from 7117 to 7136 is free, so nobody can be introduced here. Close the program that uses them.",
		Params:  map[string]string{"first": "7117", "last": "7136"},
	}
)

func (h *host) failed(reason *app.Error) {
	h.failure = reason
	h.retry = time.Now().Add(hostAgain)
}

// look compares the machine's addresses with those of the last look.
func (h *host) look(ctx context.Context, first bool) {
	now := machineAddresses()
	woke := h.sleep.woke(time.Now(), time.Since(h.looked))
	h.looked = time.Now()
	moved := !slices.Equal(now, h.addresses)
	h.addresses = now
	if first {
		h.surround()
		return
	}
	if !moved && !woke {
		return
	}
	h.publish(ctx)
	limited, cancel := context.WithTimeout(ctx, tellPatience)
	defer cancel()
	if err := h.node.NetworkChanged(limited); err != nil {
		h.complain(ctx, "the node did not hear of the network", err)
	}
}

// arrange starts or stops the server.
func (h *host) arrange(ctx context.Context) {
	h.failure = nil
	if !h.on {
		h.stop(ctx)
	} else if h.server == nil {
		if err := h.open(ctx); err != nil {
			h.options.logger.WarnContext(ctx, "the server in this app did not start", slog.Any("error", err))
			reason := app.AsError(err)
			if reason == nil {
				reason = &app.Error{Code: "host", Message: "The introduction server in this app could not start. Tincan tries again by itself.", Params: map[string]string{}}
			}
			h.failed(reason)
		}
	}
	h.publish(ctx)
}

// open starts the server at the port of last time, or the first free one.
func (h *host) open(ctx context.Context) error {
	key, err := h.options.key()
	if err != nil {
		return err
	}
	ports := make([]int, 0, hostPorts+1)
	last := h.options.port(ctx)
	if last != 0 {
		ports = append(ports, last)
	}
	for i := range hostPorts {
		ports = append(ports, identity.DefaultPort+i)
	}
	for _, port := range ports {
		server, err := rendezvous.New(rendezvous.Options{ //nolint:contextcheck // it lives until Close
			Key:    key,
			Listen: net.JoinHostPort(h.options.at, strconv.Itoa(port)),
			TLS:    true,
			Refuse: h.node.BannedAddress,
			Logger: h.options.logger,
		})
		if errors.Is(err, rendezvous.ErrPortInUse) {
			continue
		}
		if err != nil {
			return err
		}
		h.serve(ctx, server)
		if port != last {
			if err := h.options.save(ctx, port); err != nil {
				h.complain(ctx, "the port cannot be remembered", err)
			}
		}
		return nil
	}
	return errHostPort
}

func (h *host) serve(ctx context.Context, server *rendezvous.Server) {
	h.server = server
	ended := make(chan error, 1)
	h.ended = ended
	h.done.Go(func() { ended <- server.Run(ctx) })
}

// stop ends the server and waits for it.
func (h *host) stop(ctx context.Context) {
	if h.server == nil {
		return
	}
	if err := h.server.Close(); err != nil {
		h.complain(ctx, "the server in this app did not end well", err)
	}
	h.server, h.ended = nil, nil
}

// publish tells the node and the interface where the server is.
func (h *host) publish(ctx context.Context) {
	var local, public identity.Server
	if h.server != nil {
		local, public = places(h.server.Server(), h.options.at, int(h.server.Listening().Port()))
	}
	if h.server != nil || len(h.public.URLs) > 0 {
		limited, cancel := context.WithTimeout(ctx, tellPatience)
		defer cancel()
		if err := h.node.Host(limited, local, public); err != nil {
			h.complain(ctx, "the node did not hear of the server", err)
		}
	}
	h.public = public
	h.surround()
}

// surround tells the interface how things are.
func (h *host) surround() {
	h.options.tell(app.Surroundings{Up: reachesOut(h.addresses), HostAddress: h.public.Address(), HostError: h.failure})
}

func (h *host) complain(ctx context.Context, what string, err error) {
	if ctx.Err() == nil && !errors.Is(err, node.ErrClosed) {
		h.options.logger.WarnContext(ctx, "the server in this app has trouble", slog.String("what", what), slog.Any("error", err))
	}
}

// places returns where this device and where others reach the server. Loopback
// is for others only when there is nothing else: then they are on this machine.
func places(server identity.Server, at string, port int) (local, public identity.Server) {
	own := "127.0.0.1"
	if at != "" {
		own = at
	}
	local = identity.Server{Key: server.Key, URLs: []string{"wss://" + net.JoinHostPort(own, strconv.Itoa(port))}}
	public = identity.Server{Key: server.Key, URLs: slices.DeleteFunc(slices.Clone(server.URLs), isLoopback)}
	if len(public.URLs) == 0 {
		public.URLs = server.URLs
	}
	return local, public
}

func isLoopback(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(parsed.Hostname())
	return err == nil && addr.IsLoopback()
}
