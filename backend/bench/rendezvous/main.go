package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

// figure is a line of the table.
type figure struct {
	what, measured, reach, beside string
}

// settings are what the flags say.
type settings struct {
	program   string // the built rendezvous server
	peerjs    string // folder with the script and its packages
	folder    string // for data, removed at the end
	engine    string
	clients   int
	pairing   int // clients that relay
	settle    time.Duration
	measured  time.Duration
	rounds    int
	apart     time.Duration
	envelopes int
	puts      int
	profiles  string // folder for profiles of our servers' processors, one of each server
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == asHub {
		if err := serveHub(); err != nil {
			fmt.Fprintln(os.Stderr, "hub:", err)
			os.Exit(1)
		}
		return
	}
	// Processor is shared with what is measured, memory is not.
	debug.SetGCPercent(load.GCPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measurement gives figures; what it could not measure is an error.
type measurement struct {
	name    string
	measure func(context.Context, settings) ([]figure, error)
}

var measurements = []measurement{
	{"idle", idle},
	{"relay", relay},
	{"tls", secured},
	{"start", start},
	{"mail", mail},
	{"cluster", acrossNodes},
	{"kill", kill},
	{"restart", restart},
}

// onRequest are measured only when they are named.
var onRequest = []measurement{{"profile", record}}

func run(ctx context.Context, arguments []string) (err error) {
	var s settings
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&s.program, "program", filepath.Join(os.Getenv("TINCAN_BIN"), "rendezvous"), "the built server")
	flags.StringVar(&s.peerjs, "peerjs", "build/tools/peerjs", "folder of PeerJS server")
	flags.StringVar(&s.engine, "engine", "", "engine of the single server in idle, relay and tls; its own default when empty")
	flags.IntVar(&s.clients, "clients", 10_000, "idle clients")
	flags.IntVar(&s.pairing, "senders", 4_000, "clients that relay messages, each within its 20 a second")
	flags.DurationVar(&s.settle, "settle", 15*time.Second, "how long clients are left alone before memory is read")
	flags.DurationVar(&s.measured, "for", 8*time.Second, "how long a rate is measured")
	flags.IntVar(&s.rounds, "rounds", 20, "rounds of killing a node")
	flags.DurationVar(&s.apart, "apart", 5*time.Second, "how long a killed node stays away, and has to catch up")
	flags.IntVar(&s.envelopes, "envelopes", 200_000, "envelopes that a restarted server has")
	flags.StringVar(&s.profiles, "profiles", "", "folder for profiles of our servers' processors; none when empty")
	flags.IntVar(&s.puts, "puts", 60_000, "envelopes of the mail figures")
	if err = flags.Parse(arguments); err != nil {
		return err
	}
	if s.program, err = filepath.Abs(s.program); err != nil {
		return err
	}
	known := slices.Concat(measurements, onRequest)
	for _, name := range flags.Args() {
		if !slices.ContainsFunc(known, func(one measurement) bool { return one.name == name }) {
			return fmt.Errorf("there is no measurement %q", name)
		}
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "what\tmeasured\treach\tin the same run")
	var failed error
	for at, one := range known {
		if named := slices.Contains(flags.Args(), one.name); !named && (flags.NArg() > 0 || at >= len(measurements)) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", one.name)
		figures, problem := measureIn(ctx, s, one)
		if problem != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", one.name, problem))
			figures = append(figures, figure{one.name, "not all measured", "", problem.Error()})
		}
		for _, f := range figures {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f.what, f.measured, f.reach, f.beside)
			fmt.Fprintf(os.Stderr, "  %s: %s (%s)\n", f.what, f.measured, f.beside) // the table comes at the end, if it does
		}
	}
	return errors.Join(failed, table.Flush())
}

// measureIn gives a measurement a folder of its own.
func measureIn(ctx context.Context, s settings, one measurement) (_ []figure, err error) {
	if s.folder, err = os.MkdirTemp("", "tincan-bench-"); err != nil {
		return nil, err
	}
	figures, err := one.measure(ctx, s)
	return figures, errors.Join(err, os.RemoveAll(s.folder))
}

// subject is a server that is measured.
type subject struct {
	name  string
	start func(ctx context.Context, s settings) (*process, load.Service, error)
}

// The subjects that do the same for the same clients.
var (
	ours    = subject{"tincan", func(ctx context.Context, s settings) (*process, load.Service, error) { return startOurs(ctx, s, "off") }}
	oursTLS = subject{"tincan with TLS", func(ctx context.Context, s settings) (*process, load.Service, error) {
		return startOurs(ctx, s, "self")
	}}
	theirs = subject{"PeerJS server", startPeerJS}
	floor  = subject{"bare hub", startHub}
)

// profiled has a server that gets these arguments write a profile.
func (s settings) profiled(name string, arguments []string) []string {
	if s.profiles == "" {
		return arguments
	}
	return append(arguments, "--cpu-profile", filepath.Join(s.profiles, name+".pprof"))
}

func startOurs(ctx context.Context, s settings, security string) (*process, load.Service, error) {
	arguments := []string{"--listen", "127.0.0.1:0", "--tls", security, "--relay=false", "--operator", "127.0.0.1:0", "--data", filepath.Join(s.folder, "ours-"+security)}
	if s.engine != "" {
		arguments = append(arguments, "--engine", s.engine)
	}
	server, err := launch(ctx, s.program, s.profiled("ours-"+security, arguments)...)
	if err != nil {
		return nil, nil, err
	}
	service, err := load.NewTincan(load.NewSeed("bench"), server.address)
	if err != nil {
		return nil, nil, errors.Join(err, server.end())
	}
	return server, service, nil
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
}

// ratio of ours to another.
func ratio(what string, own, other float64, unit string) string {
	return fmt.Sprintf("%s %.1f%s (ratio %.2f)", what, other, unit, own/other)
}
