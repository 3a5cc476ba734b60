package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/release"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program; it returns the exit status.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	if code, ran := runCommand(ctx, arguments, stdout, stderr); ran {
		return code
	}
	s, err := parse(arguments, stderr, nil)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		say(stderr, "rendezvous: %v\n", err)
		return 2
	}
	if err = serve(ctx, s, stdout, stderr); err != nil {
		say(stderr, "rendezvous: %s\n", sentence(err))
		return 1
	}
	return 0
}

func serve(ctx context.Context, s settings, stdout, stderr io.Writer) (err error) {
	profiled, err := profile(s.profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, profiled()) }()
	folder, err := identity.OpenFolder(s.data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	key, err := serverKey(s, folder)
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if s.verbose {
		level = slog.LevelDebug
	}
	logger := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	opened, err := openEngine(ctx, s, logger)
	switch {
	case ctx.Err() != nil && err != nil:
		return nil // stopped before it served
	case err != nil:
		return err
	}
	server, err := open(s, key, opened, logger) //nolint:contextcheck // a server's life is its own: Run ends it
	if err != nil {
		return errors.Join(err, opened.Close())
	}
	if (s.tls == "off") && !server.Listening().Addr().IsLoopback() {
		say(stderr, "WARNING: without TLS everybody on the way sees who talks to whom, and clients refuse to connect.\n"+
			"WARNING: listen on 127.0.0.1, or put a proxy in front of this server.\n")
	}
	announce(stdout, server)
	side, err := openSide(s, server, opened, logger, stdout, stderr) //nolint:contextcheck // it ends when it is closed
	if err != nil {
		return errors.Join(err, server.Close())
	}
	defer func() { err = errors.Join(err, side.Close()) }() //nolint:contextcheck // it bounds its end itself
	say(stdout, "ready\n")
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	context.AfterFunc(ctx, func() { //nolint:contextcheck // likewise
		// Alone there is nowhere to move to: the devices wait for this one.
		if len(opened.Nodes()) > 1 {
			if left := server.Drain(drainTime); left > 0 {
				logger.Warn("not every device moved in time", "left", left)
			}
		}
		// Before the server: it is asked for what the engine knows.
		if closeErr := side.Close(); closeErr != nil {
			logger.Warn("the operator's side did not end well", "error", closeErr)
		}
		stop()
	})
	return server.Run(running)
}

// drainTime is what the devices of a cluster get to move to another server.
const drainTime = 10 * time.Second

// open makes the server. It owns the engine once there is no error.
func open(s settings, key ed25519.PrivateKey, opened engine.Engine, logger *slog.Logger) (*rendezvous.Server, error) {
	certificate, err := source(s, opened, logger)
	if err != nil {
		return nil, err
	}
	options := rendezvous.Options{
		Key: key, Listen: s.listen, TLS: s.tls != "off" && s.tls != "proxy", Certificates: certificate, TrustedProxies: s.proxies,
		Engine: opened, Logger: logger,
		Announce: rendezvous.AnnounceOptions{URL: s.url, Weight: uint32(s.weight), Version: release.Version()},
	}
	if s.relays {
		options.Relay = s.relay.Open
	}
	if s.url != "" {
		options.URLs = []string{s.url}
	}
	if s.engine != "memory" {
		options.Mailbox, options.Directory.Hosts = true, s.hosts
	}
	return rendezvous.New(options)
}

// announce prints the address to give to others first.
func announce(stdout io.Writer, server *rendezvous.Server) {
	addresses := server.Server()
	say(stdout, "address: %s\n", server.Address())
	for _, other := range addresses.URLs[min(1, len(addresses.URLs)):] {
		say(stdout, "also at: %s/#%s\n", other, addresses.Key)
	}
}

// sentence says what happened and what to do.
func sentence(err error) string {
	var dns *net.DNSError
	switch {
	case errors.Is(err, operator.ErrNotLoopback):
		return "--operator is reachable by others there, and has no TLS of its own: reach it through ssh or a proxy, or say --operator-anywhere"
	case rendezvous.IsPortInUse(err) && !errors.Is(err, rendezvous.ErrPortInUse):
		return "the port of --operator is in use by another program; choose another, or say --operator off (" + err.Error() + ")"
	case errors.Is(err, rendezvous.ErrPortInUse):
		return "the port is in use by another program; stop that one, or choose another with --listen (" + err.Error() + ")"
	case errors.Is(err, syscall.EACCES) && !errors.Is(err, identity.ErrFolderReadOnly):
		return "permission denied; ports below 1024 need rights of their own, choose another with --listen (" + err.Error() + ")"
	case errors.As(err, &dns):
		return "the address to listen at is not known; write it as :7117 or 192.0.2.1:7117 (" + err.Error() + ")"
	}
	return err.Error()
}

// say writes to the terminal; there is nobody to tell when that fails.
func say(to io.Writer, format string, arguments ...any) {
	_, _ = fmt.Fprintf(to, format, arguments...)
}
