package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

// filled is a server with idle clients.
type filled struct {
	perClient    float64 // KiB
	first, again entered
}

// entered is how all clients came in.
type entered struct {
	rate float64 // connected, registered and, with ours, watching, a second
	cost float64 // of the server's processors for each, µs
	load float64 // of those of this process, µs
}

func fill(ctx context.Context, s settings, one subject) (_ filled, err error) {
	server, service, err := one.start(ctx, s)
	if err != nil {
		return filled{}, err
	}
	defer func() { err = errors.Join(err, server.end()) }()
	result := filled{}
	before, err := server.resident()
	if err != nil {
		return filled{}, err
	}
	var after float64
	var unread error
	if result.first, err = enter(ctx, s, service, server, s.settle, func() { after, unread = server.resident() }); err == nil {
		err = unread
	}
	if err != nil {
		return filled{}, fmt.Errorf("%s: %w", one.name, err)
	}
	result.perClient = (after - before) / float64(s.clients)
	// The same people come back, as nearly all do who log in at a server.
	if err = rest(ctx, server); err == nil {
		result.again, err = enter(ctx, s, service, server, 0, nil)
	}
	if err != nil {
		return filled{}, fmt.Errorf("%s, when they came again: %w", one.name, err)
	}
	return result, nil
}

// enter brings all clients in, and out again after a while. Their keys and
// records are made before.
func enter(ctx context.Context, s settings, service load.Service, server *process, stay time.Duration, leaving func()) (entered, error) {
	if err := service.Prepare(s.clients); err != nil {
		return entered{}, err
	}
	subject := []*process{server}
	before, own, err := processors(subject)
	if err != nil {
		return entered{}, err
	}
	var after, ownAfter time.Duration
	var unread error
	joined := func() { after, ownAfter, unread = processors(subject) }
	result, err := load.Idle(ctx, service, s.clients, stay, joined, leaving)
	if err = errors.Join(err, unread); err != nil {
		return entered{}, err
	}
	each := func(used time.Duration) float64 { return float64(used.Microseconds()) / float64(s.clients) }
	return entered{rate: result.Joined.Rate, cost: each(after - before), load: each(ownAfter - own)}, nil
}

// rest waits until a server that everybody left, or came to, has nothing more to do.
func rest(ctx context.Context, server *process) error {
	const look, idle = 200 * time.Millisecond, 10 * time.Millisecond
	last := time.Duration(-1)
	for {
		used, err := server.processor()
		if err != nil || (last >= 0 && used-last <= idle) {
			return err
		}
		last = used
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func idle(ctx context.Context, s settings) ([]figure, error) {
	seen := map[string]filled{}
	for _, one := range []subject{ours, theirs, floor} {
		result, err := fill(ctx, s, one)
		if err != nil {
			return nil, err
		}
		seen[one.name] = result
	}
	own, other, least := seen[ours.name], seen[theirs.name], seen[floor.name]
	return []figure{
		{
			fmt.Sprintf("memory of an idle client, KiB, %d clients", s.clients), fmt.Sprintf("%.1f", own.perClient), "5",
			ratio(theirs.name, own.perClient, other.perClient, "") + ", " + ratio(floor.name, own.perClient, least.perClient, ""),
		},
		entering("connections with login and watch, a second, by devices that were here before", "4,000, above "+theirs.name, own.again, other.again, least.again),
		entering("the same by devices that never were", "reported", own.first, other.first, least.first),
	}, nil
}

func entering(what, reach string, own, other, least entered) figure {
	cost := func(e entered) string { return fmt.Sprintf("%.0f µs (load %.0f)", e.cost, e.load) }
	return figure{
		what, fmt.Sprintf("%.0f", own.rate), reach,
		ratio(theirs.name, own.rate, other.rate, "") + ", " + ratio(floor.name, own.rate, least.rate, "") +
			"; the server's processor for each: " + cost(own) + ", " + theirs.name + " " + cost(other) + ", " + floor.name + " " + cost(least),
	}
}

func secured(ctx context.Context, s settings) ([]figure, error) {
	var seen []filled
	for _, one := range []subject{oursTLS, ours} {
		result, err := fill(ctx, s, one)
		if err != nil {
			return nil, err
		}
		seen = append(seen, result)
	}
	moved, err := relayed(ctx, s, oursTLS)
	if err != nil {
		return nil, err
	}
	return []figure{
		{
			fmt.Sprintf("TLS: memory of an idle client, KiB, %d clients", s.clients), fmt.Sprintf("%.1f", seen[0].perClient), "reported",
			ratio("without", seen[0].perClient, seen[1].perClient, ""),
		},
		{
			"TLS: connections with login and watch, a second, by devices that were here before", fmt.Sprintf("%.0f", seen[0].again.rate), "reported",
			ratio("without", seen[0].again.rate, seen[1].again.rate, "") + fmt.Sprintf("; that never were: %.0f", seen[0].first.rate),
		},
		{"TLS: processor for a relayed message of 1 KiB, µs", fmt.Sprintf("%.1f", moved.cost), "reported", fmt.Sprintf("at %.0f a second", moved.most.Rate)},
	}, nil
}

// moved is what relaying took.
type moved struct {
	most, half load.SignalResult
	cost       float64 // µs of processor for a message, at most
	halfCost   float64
}

// relayed measures as many messages as can be, then half as many.
func relayed(ctx context.Context, s settings, one subject) (_ moved, err error) {
	server, service, err := one.start(ctx, s)
	if err != nil {
		return moved{}, err
	}
	defer func() { err = errors.Join(err, server.end()) }()
	result, err := relayedBy(ctx, s, service, server)
	if err != nil {
		return moved{}, fmt.Errorf("%s: %w", one.name, err)
	}
	return result, nil
}

func relayedBy(ctx context.Context, s settings, service load.Service, servers ...*process) (moved, error) {
	var result moved
	var err error
	if result.most, result.cost, err = passing(ctx, s, service, 0, servers); err != nil {
		return moved{}, err
	}
	result.half, result.halfCost, err = passing(ctx, s, service, result.most.Rate/2, servers)
	return result, err
}

// passing relays at a rate, 0 for the most, and tells what the servers' processors took for a message. What the logins
// leave to do (a cluster stores who came, and tells every node) is done before.
func passing(ctx context.Context, s settings, service load.Service, rate float64, servers []*process) (load.SignalResult, float64, error) {
	var before, after time.Duration
	var failed error
	result, err := load.Signals(ctx, service, load.SignalOptions{
		Clients: s.pairing, Rate: rate, For: s.measured, Warm: 2 * time.Second,
		Joined: func(ctx context.Context) error {
			for _, server := range servers {
				if err := rest(ctx, server); err != nil {
					return err
				}
			}
			return nil
		},
		Measuring: func(on bool) {
			into := &after
			if on {
				into = &before
			}
			for _, server := range servers {
				used, err := server.processor()
				failed = errors.Join(failed, err)
				*into += used
			}
		},
	})
	if err = errors.Join(err, failed); err != nil {
		return result, 0, err
	}
	if result.Received == 0 || result.Lost > 0 {
		return result, 0, fmt.Errorf("%d messages of %d were lost", result.Lost, result.Sent)
	}
	return result, float64((after - before).Microseconds()) / float64(result.Received), nil
}

func relay(ctx context.Context, s settings) ([]figure, error) {
	seen := map[string]moved{}
	for _, one := range []subject{ours, theirs, floor} {
		result, err := relayed(ctx, s, one)
		if err != nil {
			return nil, err
		}
		seen[one.name] = result
	}
	own, other, least := seen[ours.name], seen[theirs.name], seen[floor.name]
	p99 := func(m moved) float64 { return float64(m.half.Latency.P99.Microseconds()) / 1000 }
	return []figure{
		{
			"processor for a relayed message of 1 KiB, µs, at the most", fmt.Sprintf("%.1f", own.cost), "below " + theirs.name,
			ratio(theirs.name, own.cost, other.cost, "") + ", " + ratio(floor.name, own.cost, least.cost, ""),
		},
		{
			"the same at half the most", fmt.Sprintf("%.1f", own.halfCost), "below " + theirs.name,
			ratio(theirs.name, own.halfCost, other.halfCost, "") + ", " + ratio(floor.name, own.halfCost, least.halfCost, ""),
		},
		{
			"messages relayed a second at the most", fmt.Sprintf("%.0f", own.most.Rate), "reported",
			ratio(theirs.name, own.most.Rate, other.most.Rate, "") + ", " + ratio(floor.name, own.most.Rate, least.most.Rate, ""),
		},
		{
			fmt.Sprintf("p99 of a message at %.0f a second, half the most", own.half.Rate), milliseconds(own.half.Latency.P99), "5 ms",
			ratio(theirs.name, p99(own), p99(other), " ms") + ", " + ratio(floor.name, p99(own), p99(least), " ms"),
		},
	}, nil
}

// start: size of the binary, and from the start of the process until it serves.
func start(ctx context.Context, s settings) ([]figure, error) {
	about, err := os.Stat(s.program)
	if err != nil {
		return nil, err
	}
	const times = 10
	arguments := []string{"--listen", "127.0.0.1:0", "--relay=false", "--operator", "127.0.0.1:0", "--data", filepath.Join(s.folder, "start")}
	own, err := starts(ctx, times, func() (*process, error) { return launch(ctx, s.program, arguments...) })
	if err != nil {
		return nil, err
	}
	other, err := starts(ctx, times, func() (*process, error) {
		server, _, failed := startPeerJS(ctx, s)
		return server, failed
	})
	if err != nil {
		return nil, err
	}
	size := float64(about.Size()) / 1e6
	return []figure{
		{"size of the binary, MB", fmt.Sprintf("%.1f", size), "40", "PeerJS server needs Node"},
		{"start to serving, one server with its default engine, median of 10", milliseconds(own), "100 ms", ratio(theirs.name, own.Seconds(), other.Seconds(), " s")},
	}, nil
}

func starts(ctx context.Context, times int, launch func() (*process, error)) (time.Duration, error) {
	var took []time.Duration
	for range times {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		server, err := launch()
		if err != nil {
			return 0, err
		}
		took = append(took, server.ready)
		if err = server.end(); err != nil {
			return 0, err
		}
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
