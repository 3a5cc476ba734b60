package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsengine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsstore"
)

const (
	// formWait is how long the other nodes may take to come: the operator starts them by hand.
	formWait = 10 * time.Minute
	// progressEvery is the time between two lines of progress.
	progressEvery = 250 * time.Millisecond
)

// migrate moves what a lone server stored to a cluster or another NATS; it
// takes the flags that the server is started with afterwards, and returns the
// exit status.
func migrate(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	giveUp := false
	s, err := parse(arguments, stderr, func(flags *flag.FlagSet) {
		flags.BoolVar(&giveUp, "give-up", false, "make the folder of a migration that did not end a lone server's again")
	})
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err == nil && !giveUp && s.engine != "cluster" && s.engine != "external":
		err = errors.New("say where to: --engine cluster or --engine external, with the flags that the server is started with afterwards")
	}
	if err != nil {
		say(stderr, "rendezvous: %v\n", err)
		return 2
	}
	err = withData(s, func() error {
		if giveUp {
			return natsengine.GiveUp(engineFolder(s))
		}
		return move(ctx, s, stdout, stderr)
	})
	switch {
	case errors.Is(err, natsengine.ErrMigrated) && !giveUp:
		say(stdout, "Already done: %v\n", err)
		return 0
	case err == nil && giveUp:
		say(stdout, "Given up. --engine solo has everything that it had.\n"+
			"Before another migration remove the folder engine/cluster of the other nodes: it has half a copy.\n")
		return 0
	case err != nil:
		say(stderr, "rendezvous: %s\n", migrationSentence(ctx, err))
		return 1
	}
	return 0
}

// withData holds the data folder, so that no server uses it meanwhile. It makes none.
func withData(s settings, do func() error) (err error) {
	if _, err = os.Stat(s.data); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", natsengine.ErrNoSolo, s.data)
	}
	folder, err := identity.OpenFolder(s.data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	return do()
}

// move copies, and says what came of it.
func move(ctx context.Context, s settings, stdout, stderr io.Writer) error {
	level := slog.LevelError // of each node that is not there yet there would be a line
	if s.verbose {
		level = slog.LevelDebug
	}
	logger := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	options, err := engineOptions(s, logger)
	if err != nil {
		return err
	}
	options.Cluster.Wait = formWait
	if s.engine == "cluster" {
		say(stderr, "waiting for the other nodes of %d …\n", len(s.seeds))
	}
	var done natsstore.Migration
	progress := &progress{to: stderr}
	copyStore := func(ctx context.Context, from, to *nats.Conn, store natsengine.StoreOptions) (copyErr error) {
		say(stderr, "copying mail and tables …\n")
		done, copyErr = natsstore.Migrate(ctx, from, to,
			natsstore.Options{Replicas: store.Replicas, Now: store.Now, Logger: logger}, progress.mail)
		return copyErr
	}
	if err = natsengine.Migrate(ctx, options, copyStore, progress.records); err != nil {
		return err
	}
	say(stdout, "Moved: %d pieces of mail and table entries were copied, read again and found the same", done.Held)
	if done.Expiring > 0 {
		say(stdout, "; %d more end within minutes", done.Expiring)
	}
	say(stdout, ".\nStart this server again with --engine %s and the flags that you gave here: it keeps its key and its address.\n"+
		"What it stored alone is still in %s/solo; remove it when you are content.\n", s.engine, engineFolder(s))
	return nil
}

// progress writes a line now and then.
type progress struct {
	to   io.Writer
	last time.Time
}

func (p *progress) line(format string, arguments ...any) {
	if now := time.Now(); now.Sub(p.last) >= progressEvery {
		p.last = now
		say(p.to, format, arguments...)
	}
}

func (p *progress) records(count int) { p.line("copied %d published records\n", count) }

func (p *progress) mail(m natsstore.Migration) {
	p.line("copied %d, %d of %d streams\n", m.Copied, m.Streams, m.Of)
}

// migrationSentence says what happened and what to do.
func migrationSentence(ctx context.Context, err error) string {
	switch {
	case ctx.Err() != nil:
		return "stopped before the end; run the same command again, it goes on where it was"
	case errors.Is(err, natsstore.ErrTargetUsed), errors.Is(err, natsstore.ErrDiffers):
		return "the cluster is not a whole copy, because somebody used it, or it is another server's; nothing is lost here. " +
			"Stop the other nodes, remove their folder engine/cluster, run this command with --give-up, and begin again (" + err.Error() + ")"
	}
	return sentence(err)
}
