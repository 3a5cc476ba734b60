package memstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
)

// ErrCrashed answers what was staged before a crash and synced after it.
var ErrCrashed = errors.New("memstore: crashed")

// Store is one process's view of a [Disk].
type Store struct {
	disk   *Disk
	mutex  sync.RWMutex
	closed error // why no call is answered; nil while open
}

var (
	_ node.Store  = (*Store)(nil)
	_ node.Reader = (*Store)(nil)
)

// Staged is a transaction that is written but not on disk yet.
type Staged struct {
	store   *Store
	batches [][]node.Write
	once    sync.Once
	err     error
}

// Stage begins a commit. Nothing of it is seen before its sync, and a crash
// loses it.
func (s *Store) Stage(batches ...[]node.Write) *Staged {
	return &Staged{store: s, batches: batches}
}

// Sync makes a staged transaction durable: the moment at which a commit is
// answered. Syncing again returns the same answer and changes nothing.
func (p *Staged) Sync() error {
	p.once.Do(func() {
		p.err = p.store.use(func() error {
			return p.store.disk.transact(func() error {
				for _, batch := range p.batches {
					for _, write := range batch {
						if err := p.store.disk.apply(write); err != nil {
							return err
						}
					}
				}
				return nil
			})
		})
	})
	return p.err
}

// Crash ends this view as a power cut would: what was staged is lost. The disk
// can be opened again.
func (s *Store) Crash() { s.end(ErrCrashed) }

// Close implements node.Store.
func (s *Store) Close() error {
	s.end(store.ErrClosed)
	return nil
}

func (s *Store) end(reason error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed == nil {
		s.closed = reason
	}
}

// use runs a call while the view is open.
func (s *Store) use(call func() error) error {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	if s.closed != nil {
		return s.closed
	}
	return call()
}

// read runs a call that looks at the content.
func (s *Store) read(ctx context.Context, look func(*content) error) error {
	return s.use(func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.disk.mutex.Lock()
		defer s.disk.mutex.Unlock()
		return look(&s.disk.content)
	})
}

// Commit implements node.Store.
func (s *Store) Commit(_ context.Context, batches ...[]node.Write) error {
	return s.Stage(batches...).Sync()
}

// Load implements node.Store.
func (s *Store) Load(ctx context.Context) (snapshot node.Snapshot, err error) {
	err = s.read(ctx, func(c *content) error {
		snapshot = node.Snapshot{
			Self: c.self,
			Contacts: sorted(c.contacts, func(a, b node.Contact) int {
				return cmp.Or(a.Since.Compare(b.Since), slices.Compare(a.Peer[:], b.Peer[:]))
			}),
			Requests: sorted(c.requests, func(a, b node.Request) int {
				return cmp.Or(a.Arrived.Compare(b.Arrived), slices.Compare(a.Peer[:], b.Peer[:]))
			}),
			Declined: slices.SortedFunc(maps.Keys(c.declined), func(a, b identity.PeerID) int { return slices.Compare(a[:], b[:]) }),
			Invites:  sorted(c.invites, func(a, b node.Invite) int { return cmp.Or(a.Created.Compare(b.Created), compareIDs(a.ID, b.ID)) }),
			Servers:  slices.Clone(c.servers),
			Handles: sorted(c.handles, func(a, b node.Handle) int {
				return cmp.Or(a.Claimed.Compare(b.Claimed), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Host, b.Host))
			}),
			Bans: sorted(c.bans, func(a, b node.Ban) int { return cmp.Or(a.Added.Compare(b.Added), compareIDs(a.ID, b.ID)) }),
			SealingKeys: sorted(c.sealingKeys, func(a, b node.SealingKey) int {
				return cmp.Or(a.Created.Compare(b.Created), slices.Compare(a.ID[:], b.ID[:]))
			}),
			Outgoing: sorted(c.outgoing, func(a, b node.Outgoing) int { return cmp.Or(a.SealedAt.Compare(b.SealedAt), compareIDs(a.ID, b.ID)) }),
			Timed:    len(c.timers) > 0,
		}
		snapshot.Copied = c.copied
		if len(c.epochs) > 0 {
			snapshot.Epochs = maps.Clone(c.epochs)
		}
		snapshot.Forks = sortForks(c.forks)
		snapshot.Verifications = sorted(c.verifications, func(a, b node.Verification) int { return slices.Compare(a.Peer[:], b.Peer[:]) })
		snapshot.Retirements = sorted(c.retirements, func(a, b node.Retirement) int { return slices.Compare(a.Peer[:], b.Peer[:]) })
		slices.SortFunc(snapshot.Servers, func(a, b node.Server) int {
			return cmp.Or(a.Added.Compare(b.Added), cmp.Compare(firstURL(a), firstURL(b)), slices.Compare(a.Key[:], b.Key[:]))
		})
		for id, until := range c.seen {
			snapshot.Seen = append(snapshot.Seen, node.Seen{ID: id, Until: until})
		}
		slices.SortFunc(snapshot.Seen, func(a, b node.Seen) int { return cmp.Or(a.Until.Compare(b.Until), compareIDs(a.ID, b.ID)) })
		for _, one := range c.conversations {
			snapshot.Conversations = append(snapshot.Conversations, one.snapshot())
		}
		slices.SortFunc(snapshot.Conversations, func(a, b node.Conversation) int { return compareIDs(a.ID, b.ID) })
		return nil
	})
	return snapshot, err
}

func (v *conversation) snapshot() node.Conversation {
	one := node.Conversation{ID: v.id, Peer: v.peer, Held: journal.Vector{}, Read: v.read.Clone(), HeadOrders: map[journal.Log]journal.Order{}, Timer: v.timer, Standing: v.standing}
	for name, kept := range v.logs {
		last := kept.entries[len(kept.entries)-1]
		one.Held[name] = last.Entry.Head()
		one.HeadOrders[name] = last.Order
	}
	for _, remote := range v.remote {
		one.Remote = append(one.Remote, node.RemotePosition{Device: remote.Device, Held: remote.Held.Clone(), Read: remote.Read.Clone()})
	}
	slices.SortFunc(one.Remote, func(a, b node.RemotePosition) int { return a.Device.Compare(b.Device) })
	return one
}

// Entries implements node.Store.
func (s *Store) Entries(ctx context.Context, conversation uuid.UUID, name journal.Log, after uint64, maxBytes int) (entries []journal.Entry, err error) {
	err = s.read(ctx, func(c *content) error {
		v := c.conversations[conversation]
		if v == nil || v.logs[name] == nil || after >= uint64(len(v.logs[name].entries)) {
			return nil
		}
		total := 0
		for _, one := range v.logs[name].entries[after:] {
			if total += one.Entry.Size(); total > maxBytes && len(entries) > 0 {
				break
			}
			entries = append(entries, one.Entry)
		}
		return nil
	})
	return entries, err
}

// Beyond implements node.Store.
func (s *Store) Beyond(ctx context.Context, conversation uuid.UUID, vector journal.Vector, maxBytes, maxEntries int) (entries []journal.Entry, err error) {
	err = s.read(ctx, func(c *content) error {
		v := c.conversations[conversation]
		if v == nil {
			return nil
		}
		var beyond []*entry
		for name, kept := range v.logs {
			beyond = append(beyond, kept.entries[min(vector.Get(name), uint64(len(kept.entries))):]...)
		}
		slices.SortFunc(beyond, func(a, b *entry) int { return a.Order.Compare(b.Order) })
		total := 0
		for _, one := range beyond[:min(len(beyond), maxEntries)] {
			if total += one.Entry.Size(); total > maxBytes && len(entries) > 0 {
				break
			}
			entries = append(entries, one.Entry)
		}
		return nil
	})
	return entries, err
}

// Orders implements node.Store.
func (s *Store) Orders(ctx context.Context, hashes []journal.Hash) (orders map[journal.Hash]journal.Order, err error) {
	err = s.read(ctx, func(c *content) error {
		orders = make(map[journal.Hash]journal.Order, len(hashes))
		for _, hash := range hashes {
			if one := c.entries[hash]; one != nil {
				orders[hash] = one.Order
			}
		}
		return nil
	})
	return orders, err
}

func sorted[K comparable, V any](from map[K]V, compare func(a, b V) int) []V {
	return slices.SortedFunc(maps.Values(from), compare)
}

// sortForks returns a copy, by conversation, log and sequence.
func sortForks(forks []node.Fork) []node.Fork {
	sorted := cloneList(forks)
	slices.SortFunc(sorted, func(a, b node.Fork) int {
		return cmp.Or(compareIDs(a.Conversation, b.Conversation), a.Log.Compare(b.Log), cmp.Compare(a.Sequence, b.Sequence))
	})
	return sorted
}

func compareIDs(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }

// errUnknown says that a write is of a type that is not known here.
func errUnknown(write node.Write) error {
	return fmt.Errorf("memstore: %T is not a write that is known", write)
}
