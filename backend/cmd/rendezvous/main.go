package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the flags say.
type settings struct {
	listen  string
	data    string
	tls     string
	relay   rendezvous.RelayOptions
	address string
	verbose bool
}

// run is the whole program; it returns the exit status.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	s, err := parse(arguments, stderr)
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

func parse(arguments []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("rendezvous", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.listen, "listen", fmt.Sprintf(":%d", identity.DefaultPort), "address and port for TCP")
	flags.StringVar(&s.data, "data", defaultFolder(), "folder for the server's key; made when new")
	flags.StringVar(&s.tls, "tls", "self", "self: TLS 1.3 with the server's own key; off: none, only on loopback or behind a proxy")
	flags.BoolVar(&s.relay.Enabled, "relay", true, "STUN and TURN over UDP")
	flags.StringVar(&s.relay.Listen, "relay-listen", "", "address and port for UDP (default: the same as --listen)")
	flags.StringVar(&s.relay.Host, "relay-host", "", "host name or address that devices are told (default: the one by which they came)")
	flags.StringVar(&s.address, "relay-address", "", "IPv4 address of relayed packets as others see it (default: this machine's first)")
	flags.BoolVar(&s.relay.AllowPrivate, "relay-private", false, "relay into private ranges too: only for a server inside its own network")
	flags.BoolVar(&s.verbose, "verbose", false, "log more")
	if err := flags.Parse(arguments); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 {
		return settings{}, errors.New("there are only flags, no arguments; see --help")
	}
	if s.tls != "self" && s.tls != "off" {
		return settings{}, errors.New("--tls is self or off")
	}
	if s.address != "" {
		address, err := netip.ParseAddr(s.address)
		if err != nil || !address.Is4() {
			return settings{}, errors.New("--relay-address is an IPv4 address such as 192.0.2.1")
		}
		s.relay.Address = address
	}
	return s, nil
}

func defaultFolder() string {
	base, err := os.UserConfigDir()
	if err != nil {
		base = "."
	}
	return filepath.Join(base, "tincan-rendezvous")
}

func serve(ctx context.Context, s settings, stdout, stderr io.Writer) (err error) {
	folder, err := identity.OpenFolder(s.data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	key, err := folder.ServerKey()
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if s.verbose {
		level = slog.LevelDebug
	}
	server, err := rendezvous.New(rendezvous.Options{ //nolint:contextcheck // a server's life is its own: Run ends it
		Key: key, Listen: s.listen, TLS: s.tls == "self", Relay: s.relay,
		Logger: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})),
	})
	if err != nil {
		return err
	}
	if s.tls == "off" && !server.Listening().Addr().IsLoopback() {
		say(stderr, "WARNING: without TLS everybody on the way sees who talks to whom, and clients refuse to connect.\n"+
			"WARNING: listen on 127.0.0.1, or put a proxy in front of this server.\n")
	}
	announce(stdout, server)
	return server.Run(ctx)
}

// announce prints the address to give to others first.
func announce(stdout io.Writer, server *rendezvous.Server) {
	addresses := server.Server()
	say(stdout, "address: %s\n", server.Address())
	for _, other := range addresses.URLs[min(1, len(addresses.URLs)):] {
		say(stdout, "also at: %s/#%s\n", other, addresses.Key)
	}
	say(stdout, "ready\n")
}

// sentence says what happened and what to do.
func sentence(err error) string {
	var dns *net.DNSError
	switch {
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
