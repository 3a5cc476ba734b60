package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"

	"github.com/tincan-chat/tincan/backend/release"
	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/console"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
)

// operatorOff is the address that means no operator's side.
const operatorOff = "off"

// side is the operator's side while it runs; the zero value is none.
type side struct {
	server  *operator.Server
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// openSide starts the operator's side of a server, and tells where it is and, on
// the first start, the token.
func openSide(s settings, server *rendezvous.Server, opened engine.Engine, logger *slog.Logger, stdout, stderr io.Writer) (*side, error) {
	opensSide := &side{}
	made := console.New(console.Options{
		Server: server, Engine: opened, Folder: s.data, Mode: modes[s.engine], Version: release.Version(), Host: s.name(),
		Nodes: len(s.seeds), Logger: logger,
	})
	ctx, cancel := context.WithCancel(context.Background())
	opensSide.cancel = cancel
	opensSide.running.Go(func() { made.Run(ctx) })
	if s.operator == operatorOff {
		return opensSide, nil
	}
	listening, err := operator.New(operator.Options{
		Source: made, Folder: s.data, Listen: s.operator, Anywhere: s.operatorAnywhere, Hosts: s.operatorHosts, Logger: logger,
	})
	switch {
	case err != nil && rendezvous.IsPortInUse(err) && !s.operatorGiven:
		say(stderr, "WARNING: another program is at %s, most likely another server: this one has no operator's side. Choose another place with --operator.\n", s.operator)
		return opensSide, nil
	case err != nil:
		return nil, errors.Join(err, opensSide.Close())
	}
	opensSide.server = listening
	say(stdout, "operator: http://%s/\n", listening.Address())
	if token := listening.Token(); token != "" {
		say(stdout, "operator's token: %s\nIt is shown this once. Keep it; \"rendezvous token\" makes another one.\n", token)
	}
	return opensSide, nil
}

// Close is idempotent.
func (s *side) Close() error {
	s.cancel()
	s.running.Wait()
	if s.server == nil {
		return nil
	}
	return s.server.Close()
}

var modes = map[string]operator.Mode{
	"memory": operator.ModeMemory, "solo": operator.ModeSolo, "cluster": operator.ModeCluster, "external": operator.ModeExternal,
}

// name is by what devices come, as far as the flags say.
func (s settings) name() string {
	if len(s.hosts) > 0 {
		return s.hosts[0]
	}
	return s.url
}

// checkOperator refuses an address that others reach, before anything is opened.
func (s settings) checkOperator() error {
	if s.operator == operatorOff {
		return nil
	}
	host, _, err := net.SplitHostPort(s.operator)
	if err != nil {
		return errors.New("--operator is an address such as 127.0.0.1:7118, or off")
	}
	address, err := netip.ParseAddr(host)
	if s.operatorAnywhere || host == "localhost" || err == nil && address.Unmap().IsLoopback() {
		return nil
	}
	return errors.New("--operator is reachable by others there, and has no TLS of its own: reach it through ssh or a proxy, or say --operator-anywhere")
}

// newToken makes another token.
func newToken(_ context.Context, arguments []string, stdout, stderr io.Writer) int {
	flags := newFlags("token", "--data FOLDER", stderr)
	data := flags.String("data", defaultFolder(), "the server's data folder")
	flags.Bool("reset", true, "make a new one; there is nothing else to do with it, because only its hash is kept")
	if _, code, ok := local(flags, arguments, 0); !ok {
		return code
	}
	if _, err := os.Stat(filepath.Join(*data, "server.key")); err != nil {
		say(stderr, "rendezvous: there is no server in %s; say where with --data\n", *data)
		return statusFailed
	}
	token, err := operator.NewToken(*data)
	if err != nil {
		say(stderr, "rendezvous: %v\n", err)
		return statusFailed
	}
	say(stdout, "%s\n", token)
	say(stderr, "This is the operator's token from now on. It is shown this once; the one before and every login of the page ended.\n")
	return statusGood
}
