package directory

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// Limits of what one identity may hold.
const (
	MaxHeld      = 3                   // handles
	MaxClaims    = 5                   // claims, renewals and moves in 24 hours
	ReleasedTime = 30 * 24 * time.Hour // for which a handle that was given back is kept from others
	MaxEntries   = 200_000             // that one server indexes; more are kept, but not found
)

// retries bounds how often a change is tried that somebody else was faster with.
const retries = 8

// errBusy says that others changed the same key all the time.
var errBusy = errors.New("directory: too many changes at once")

// Options of a directory.
type Options struct {
	// Hosts are the names of the server or the cluster that may stand after the
	// @ of a handle, in small letters; at least one.
	Hosts []string
	// Reserved are handles that are not given out, beside the usual ones.
	Reserved []string
	// Handles and Entries are engine.TableHandles and engine.TableDirectory.
	Handles, Entries engine.Table
	// Now is the clock, nil for time.Now.
	Now func() time.Time
	// Logger: nil logs nothing. Peers and handles are never named.
	Logger *slog.Logger
}

// Directory is safe for concurrent use.
type Directory struct {
	options  Options
	hosts    map[string]bool
	reserved map[string]bool
	index    *index

	mu      sync.Mutex
	settled bool                     // the index has everything that the table had once
	removed map[identity.PeerID]bool // by the operator; at most MaxEntries
}

// New makes a directory; nothing is found in it until [Directory.Follow] runs.
func New(options Options) (*Directory, error) {
	if len(options.Hosts) == 0 || options.Handles == nil || options.Entries == nil {
		return nil, errors.New("directory: a host and two tables are needed")
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	d := &Directory{options: options, hosts: make(map[string]bool), reserved: make(map[string]bool), index: newIndex(MaxEntries), removed: make(map[identity.PeerID]bool)}
	for _, host := range options.Hosts {
		d.hosts[strings.ToLower(host)] = true
	}
	for _, names := range [][]string{reservedNames, options.Reserved} {
		for _, name := range names {
			d.reserved[reservedForm(name)] = true
		}
	}
	return d, nil
}

// followPause is what passes before a table that could not be followed is asked again.
const followPause = time.Second

// Follow keeps the index as the table is, until ctx ends; it returns ctx's error.
func (d *Directory) Follow(ctx context.Context) error {
	for {
		seen := make(map[string]bool)
		err := d.options.Entries.Follow(ctx, func(change engine.Change) {
			if seen != nil {
				seen[change.Key] = true
			}
			d.apply(change)
		}, func() {
			d.index.keepOnly(seen)
			d.keepRemoved(seen)
			seen = nil
			d.mu.Lock()
			d.settled = true
			d.mu.Unlock()
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d.options.Logger.Warn("the directory cannot be followed", "error", err)
		timer := time.NewTimer(followPause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// Settled says whether everything that was listed when Follow began can be found.
func (d *Directory) Settled() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settled
}

// Listed is how many entries can be found here.
func (d *Directory) Listed() int { return d.index.len() }

// get reads a key into a record; a key that there is not has revision 0.
func get(ctx context.Context, table engine.Table, key string, into func([]byte) error) (uint64, error) {
	found, err := table.Get(ctx, key)
	if errors.Is(err, engine.ErrNoKey) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return found.Revision, into(found.Data)
}
