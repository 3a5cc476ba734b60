package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

// record puts every kind of load on our servers, alone and as a cluster, for
// the profiles that they write: they are the figure.
func record(ctx context.Context, s settings) (_ []figure, err error) {
	if s.profiles == "" {
		return nil, errors.New("--profiles names the folder for them")
	}
	for _, step := range []struct {
		name string
		load func(context.Context, settings) error
	}{
		{"sessions", recordSessions}, {"sessions with TLS", recordSecured}, {"mail", recordMail}, {"a cluster", recordCluster},
	} {
		if err = step.load(ctx, s); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return []figure{{"profiles of our servers", "written", "", s.profiles}}, nil
}

// returns is how often devices come back while a profile is recorded: as nearly all do who log in.
const returns = 4

// recordSessions: logins, relayed signals, presence.
func recordSessions(ctx context.Context, s settings) error {
	return recordOn(ctx, s, ours, func(server *process, service load.Service) error {
		if err := recordLogins(ctx, s, server, service, returns); err != nil {
			return err
		}
		_, err := relayedBy(ctx, s, service, server)
		return err
	})
}

func recordSecured(ctx context.Context, s settings) error {
	return recordOn(ctx, s, oursTLS, func(server *process, service load.Service) error {
		return recordLogins(ctx, s, server, service, 1)
	})
}

func recordOn(ctx context.Context, s settings, one subject, work func(*process, load.Service) error) (err error) {
	server, service, err := one.start(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.end()) }()
	return work(server, service)
}

func recordLogins(ctx context.Context, s settings, server *process, service load.Service, again int) error {
	for range 1 + again {
		if err := rest(ctx, server); err != nil {
			return err
		}
		if _, err := enter(ctx, s, service, server, 0, nil); err != nil {
			return err
		}
	}
	return nil
}

func recordMail(ctx context.Context, s settings) error {
	_, _, err := mailAlone(ctx, s)
	return err
}

func recordCluster(ctx context.Context, s settings) (err error) {
	c, err := startCluster(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.end()) }()
	service, err := c.service()
	if err != nil {
		return err
	}
	if _, err = load.Presence(ctx, service, 200, min(s.measured, 4*time.Second)); err != nil {
		return err
	}
	if _, err = relayedBy(ctx, s, service, slices.Clone(c.processes)...); err != nil {
		return err
	}
	_, _, err = put(ctx, s, service, "profiled", c.processes)
	return err
}
