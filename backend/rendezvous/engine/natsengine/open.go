package natsengine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	clusterName = "tincan"
	// A route that is silent for this long three times over is closed: a frozen
	// node is out after about 5 s instead of a minute.
	routePing     = 2 * time.Second
	routePingsOut = 2
	startWait     = 10 * time.Second
	retryWait     = 100 * time.Millisecond
	answerWait    = 2 * time.Second
	syncEvery     = 10 * time.Second // of what is not synced at each write
	reportEvery   = 60               // attempts at a route, one a second, between two lines in the log
)

// embedded is a NATS server in this process with connections to it, or only the
// connections when the server is somebody else's.
type embedded struct {
	server     *server.Server // nil: external
	logger     *logger
	options    []nats.Option
	connection *nats.Conn // for what is stored
	presence   *nats.Conn // for what nodes tell each other, so that it need not wait behind mail; nil: solo
	open       sync.WaitGroup
}

// embed starts the server of a mode and connects.
func embed(ctx context.Context, options Options, store string) (_ *embedded, err error) {
	e := &embedded{logger: &logger{to: options.Logger}}
	defer func() {
		if err != nil {
			e.close()
		}
	}()
	e.options = []nats.Option{
		nats.Name(options.Node), nats.MaxReconnects(-1), nats.ReconnectWait(retryWait), nats.ReconnectBufSize(-1),
		nats.ClosedHandler(func(*nats.Conn) { e.open.Done() }),
	}
	if options.Mode == External {
		e.options = append(e.options, options.External.dial)
	} else if err = e.start(ctx, options, store); err != nil {
		return nil, err
	}
	e.connection, err = e.connect(
		nats.DisconnectErrHandler(func(_ *nats.Conn, lost error) {
			if lost != nil {
				options.Logger.Warn("connection to NATS lost", "error", lost)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { options.Logger.Info("connected to NATS again") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, told error) {
			options.Logger.Warn("connection to NATS", "error", told)
		}))
	return e, err
}

func (e *embedded) start(ctx context.Context, options Options, store string) error {
	settings, err := e.settings(options, store)
	if err != nil {
		return err
	}
	if e.server, err = server.NewServer(settings); err != nil {
		return fmt.Errorf("natsengine: %w", err)
	}
	e.server.SetLoggerV2(e.logger, false, false, false)
	e.server.Start()
	e.options = append(e.options, nats.InProcessServer(e.server), nats.Token(settings.Authorization))
	return e.listening(ctx)
}

// connect opens another connection.
func (e *embedded) connect(more ...nats.Option) (*nats.Conn, error) {
	options := nats.GetDefaultOptions()
	for _, apply := range append(slices.Clone(e.options), more...) {
		if err := apply(&options); err != nil {
			return nil, fmt.Errorf("natsengine: NATS: %w", err)
		}
	}
	e.open.Add(1)
	connection, err := options.Connect()
	if err != nil {
		e.open.Done()
		return nil, fmt.Errorf("natsengine: NATS at %v: %w", options.Servers, err)
	}
	return connection, nil
}

// dial is a nats.Option.
func (o ExternalOptions) dial(options *nats.Options) error {
	options.Servers = o.URLs
	if o.Credentials != "" {
		if err := nats.UserCredentials(o.Credentials)(options); err != nil {
			return err
		}
	}
	if o.Authority != "" {
		return nats.RootCAs(o.Authority)(options)
	}
	return nil
}

func (e *embedded) settings(options Options, store string) (*server.Options, error) {
	settings := &server.Options{
		ServerName: options.Node, JetStream: true, StoreDir: store, SyncAlways: true, SyncInterval: syncEvery,
		JetStreamMaxMemory: options.MaxMemory, JetStreamMaxStore: options.MaxDisk,
		NoSigs: true, DisableJetStreamBanner: true, DontListen: true,
	}
	if options.Mode == Solo {
		return settings, nil
	}
	secret, err := parseSecret(options.Cluster.Secret)
	if err != nil {
		return nil, err
	}
	config, err := secret.nodeTLS()
	if err != nil {
		return nil, err
	}
	host, portText, err := net.SplitHostPort(options.Cluster.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	// The server opens no routes unless it listens for clients too: on loopback,
	// for who knows a token that nobody is told.
	settings.DontListen, settings.Host, settings.Port, settings.Authorization = false, "127.0.0.1", server.RANDOM_PORT, rand.Text()
	settings.Cluster = server.ClusterOpts{
		Name: clusterName, Host: host, Port: int(port), Advertise: options.Cluster.Advertise, NoAdvertise: true,
		TLSConfig: config, TLSTimeout: startWait.Seconds(),
		PingInterval: routePing, MaxPingsOut: routePingsOut,
	}
	settings.ConnectErrorReports, settings.ReconnectErrorReports = reportEvery, reportEvery
	for _, seed := range options.Cluster.Seeds {
		settings.Routes = append(settings.Routes, &url.URL{Scheme: "nats-route", Host: seed})
	}
	return settings, nil
}

// listening waits until clients can connect.
func (e *embedded) listening(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	for !e.server.ReadyForConnections(retryWait) {
		if err := errors.Join(e.logger.failed(), ctx.Err()); err != nil {
			return fmt.Errorf("natsengine: the NATS server does not start: %w", err)
		}
	}
	if err := e.logger.failed(); err != nil {
		return fmt.Errorf("natsengine: the NATS server does not start: %w", err)
	}
	return nil
}

// storing waits until JetStream answers, which in a cluster takes a majority.
func (e *embedded) storing(ctx context.Context, options Options, stream jetstream.JetStream) error {
	wait := startWait
	if options.Mode == Cluster {
		wait = options.Cluster.Wait
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		err := e.answers(ctx, stream)
		if err == nil {
			return nil
		}
		switch {
		case e.logger.refused() != nil && e.server.NumRoutes() == 0:
			return fmt.Errorf("%w: %w", ErrSecret, e.logger.refused())
		case e.logger.failed() != nil:
			return fmt.Errorf("natsengine: the NATS server does not start: %w", e.logger.failed())
		}
		select {
		case <-time.After(retryWait):
			continue
		case <-ctx.Done():
		}
		if options.Mode == Cluster {
			return fmt.Errorf("%w: after %s this node reaches %d of the %d others; a majority of all is needed, and all of them the very first time; start the others, or check the addresses: %w",
				ErrNoQuorum, wait, len(e.reached()), len(options.Cluster.Seeds)-1, err)
		}
		return fmt.Errorf("natsengine: JetStream does not answer after %s: %w", wait, err)
	}
}

func (e *embedded) answers(ctx context.Context, stream jetstream.JetStream) error {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	_, err := stream.AccountInfo(ctx)
	return err
}

// reached returns the names of the nodes to which there are routes.
func (e *embedded) reached() map[string]bool {
	names := make(map[string]bool)
	routes, err := e.server.Routez(nil)
	if err != nil {
		return names
	}
	for _, route := range routes.Routes {
		names[route.RemoteName] = true
	}
	return names
}

// interested says whether somebody on any node may want what is published at a
// subject; with somebody else's server that is not known here.
func (e *embedded) interested(subject string) bool {
	return e.server == nil || e.server.GlobalAccount().SubscriptionInterest(subject)
}

func (e *embedded) close() {
	for _, one := range []*nats.Conn{e.presence, e.connection} {
		if one != nil {
			one.Close()
		}
	}
	e.open.Wait()
	if e.server != nil {
		e.server.Shutdown()
		e.server.WaitForShutdown()
	}
}
