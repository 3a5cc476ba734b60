package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

func main() {
	debug.SetGCPercent(load.GCPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// addresses is a flag that may stand several times.
type addresses []string

func (a *addresses) String() string { return strings.Join(*a, " ") }

// Set implements flag.Value.
func (a *addresses) Set(value string) error {
	*a = append(*a, value)
	return nil
}

// settings are what the flags say.
type settings struct {
	mix      string
	servers  addresses
	clients  int
	rate     float64
	times    int
	duration time.Duration
	warm     time.Duration
	window   int
	seed     string
	mail     load.MailOptions
	verify   string
	clear    bool
	asJSON   bool
}

var errUsage = errors.New("usage: loadgen idle|login|presence|signals|mail --server ADDRESS [flags]; --help after the mix tells them")

func parse(arguments []string, stderr io.Writer) (settings, error) {
	if len(arguments) == 0 || strings.HasPrefix(arguments[0], "-") {
		return settings{}, errUsage
	}
	s := settings{mix: arguments[0]}
	flags := flag.NewFlagSet("loadgen "+s.mix, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Var(&s.servers, "server", "ws:// or wss:// host:port with or without /#key; may stand several times")
	flags.StringVar(&s.seed, "seed", fmt.Sprint(time.Now().UnixNano()), "text from which keys and mail are made: the same text gives the same people")
	flags.BoolVar(&s.asJSON, "json", false, "print JSON")
	clients := func(standard int) {
		flags.IntVar(&s.clients, "clients", standard, "how many clients")
	}
	duration := func(standard time.Duration) {
		flags.DurationVar(&s.duration, "for", standard, "how long to measure")
	}
	switch s.mix {
	case "idle":
		clients(10_000)
		duration(time.Minute)
	case "login":
		clients(8_000)
		flags.Float64Var(&s.rate, "rate", 0, "logins a second; 0 for as many as can be")
		flags.IntVar(&s.times, "times", 1, "how often the same clients come; the last time is told")
	case "presence":
		clients(200)
		duration(10 * time.Second)
	case "signals":
		clients(4_000)
		duration(10 * time.Second)
		flags.DurationVar(&s.warm, "warm", time.Second, "how long to wait before measuring")
		flags.Float64Var(&s.rate, "rate", 0, "messages a second; 0 for as many as can be")
		flags.IntVar(&s.window, "window", 256, "messages under way at a time without --rate")
	case "mail":
		flags.IntVar(&s.mail.Writers, "writers", 64, "envelopes under way at a time")
		flags.IntVar(&s.mail.Senders, "senders", 0, "clients that put, each within its rate; 0 for enough")
		flags.IntVar(&s.mail.Mailboxes, "mailboxes", 0, "peers that get mail; 0 for enough")
		flags.IntVar(&s.mail.Count, "count", 10_000, "envelopes to put")
		flags.IntVar(&s.mail.Size, "size", load.MessageSize, "bytes of plaintext that an envelope is made for, padded")
		flags.Float64Var(&s.mail.Rate, "rate", 0, "envelopes a second; 0 for as many as can be")
		flags.DurationVar(&s.mail.For, "for", 0, "stop after this long, 0 when all are put")
		flags.StringVar(&s.mail.Keep, "keep", "", "file for what was put, for --verify; the mail stays")
		flags.StringVar(&s.verify, "verify", "", "put nothing, verify what the run that wrote this file put")
		flags.BoolVar(&s.clear, "clear", false, "after --verify, delete the mail")
	default:
		return settings{}, errUsage
	}
	if err := flags.Parse(arguments[1:]); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 || len(s.servers) == 0 {
		return settings{}, errUsage
	}
	return s, nil
}

// run is the whole program; it returns the exit status.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	s, err := parse(arguments, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		_, _ = fmt.Fprintln(stderr, "loadgen:", err)
		return 2
	}
	result, lines, err := s.measure(ctx)
	if result != nil {
		if printErr := show(stdout, result, lines, s.asJSON); err == nil {
			err = printErr
		}
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "loadgen:", err)
		return 1
	}
	return 0
}

// line is one of the table.
type line struct{ name, value string }

func show(to io.Writer, result any, lines []line, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(to)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	}
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, one := range lines {
		_, _ = fmt.Fprintf(table, "%s\t%s\n", one.name, one.value)
	}
	return table.Flush()
}

// measure runs the mix. What was measured comes back with an error too.
func (s settings) measure(ctx context.Context) (any, []line, error) {
	service, err := load.NewTincan(load.NewSeed(s.seed), s.servers...)
	if err != nil {
		return nil, nil, err
	}
	switch s.mix {
	case "idle":
		return s.idle(ctx, service)
	case "login":
		joined, failed := load.Logins(ctx, service, s.clients, s.rate)
		for time := 1; time < s.times && failed == nil; time++ {
			joined, failed = load.Logins(ctx, service, s.clients, s.rate)
		}
		return joined, joinedLines(joined), failed
	case "presence":
		return s.presence(ctx, service)
	case "signals":
		result, failed := load.Signals(ctx, service, load.SignalOptions{Clients: s.clients, Rate: s.rate, Window: s.window, For: s.duration, Warm: s.warm})
		return result, signalLines(result), failed
	}
	if s.verify != "" {
		result, failed := load.VerifyMail(ctx, service, s.verify, s.clear)
		return result, verifiedLines(result), failed
	}
	s.mail.Seed = load.NewSeed(s.seed)
	result, err := load.Mail(ctx, service, s.mail)
	return result, mailLines(result), err
}

func (s settings) idle(ctx context.Context, service *load.Tincan) (any, []line, error) {
	result, err := load.Idle(ctx, service, s.clients, s.duration, nil, nil)
	return result, append(joinedLines(result.Joined),
		line{"stayed", result.Stayed.Round(time.Millisecond).String()}, line{"lost", fmt.Sprint(result.Lost)}), err
}

func (s settings) presence(ctx context.Context, service *load.Tincan) (any, []line, error) {
	result, err := load.Presence(ctx, service, s.clients, s.duration)
	lines := []line{{"came and went", fmt.Sprint(result.Rounds)}}
	lines = append(lines, latencyLines("told that somebody came", result.Came)...)
	return result, append(lines, latencyLines("told that somebody went", result.Went)...), err
}

func joinedLines(joined load.Joined) []line {
	return append([]line{
		{"clients", fmt.Sprint(joined.Count)},
		{"connected, logged in and watching, a second", fmt.Sprintf("%.0f", joined.Rate)},
	}, latencyLines("each", joined.Latency)...)
}

func latencyLines(what string, latency load.Latency) []line {
	return []line{{what + ", p50 / p90 / p99 / max", fmt.Sprintf("%v / %v / %v / %v", latency.P50, latency.P90, latency.P99, latency.Max)}}
}

func signalLines(result load.SignalResult) []line {
	lines := []line{{"clients", fmt.Sprint(result.Clients)}}
	if result.Asked > 0 {
		lines = append(lines, line{"asked for, a second", fmt.Sprintf("%.0f", result.Asked)})
	}
	lines = append(lines,
		line{"relayed, a second", fmt.Sprintf("%.0f", result.Rate)},
		line{"sent / received / refused / lost", fmt.Sprintf("%d / %d / %d / %d", result.Sent, result.Received, result.Failed, result.Lost)})
	lines = append(lines, latencyLines("from sender to recipient", result.Latency)...)
	if result.Held {
		lines = append(lines, line{"held back", "by the rate of each client: more --clients load the server more"})
	}
	return lines
}

func mailLines(result load.MailResult) []line {
	lines := []line{
		{"put / acknowledged", fmt.Sprintf("%d / %d", result.Put, result.Acknowledged)},
		{"acknowledged, a second", fmt.Sprintf("%.0f", result.Rate)},
		{"tried again / connections lost", fmt.Sprintf("%d / %d", result.Retried, result.Reconnected)},
		{"longest time without an acknowledgement", result.Longest.String()},
	}
	lines = append(lines, latencyLines("put to acknowledged", result.Latency)...)
	if result.Verified != nil {
		lines = append(lines, verifiedLines(*result.Verified)...)
	}
	return lines
}

func verifiedLines(result load.VerifyResult) []line {
	return []line{
		{"fetched", fmt.Sprint(result.Fetched)},
		{"acknowledged and there once", fmt.Sprint(result.Whole)},
		{"acknowledged and missing", fmt.Sprint(result.Missing)},
		{"there twice", fmt.Sprint(result.Twice)},
		{"altered or unknown", fmt.Sprint(result.Foreign)},
		{"fetched, a second", fmt.Sprintf("%.0f", result.Rate)},
	}
}
