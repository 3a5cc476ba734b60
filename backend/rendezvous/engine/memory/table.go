package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// maxTable bounds one table, in bytes of keys and values.
const maxTable = 64 << 20

// table implements engine.Table.
type table struct {
	mu       sync.Mutex
	values   map[string]engine.Change
	size     int
	revision uint64
	changed  chan struct{} // closed at every change
	log      []engine.Change
	dropped  uint64 // changes that the log no longer has
	closed   bool
}

// logged is how many changes are kept for those who follow; whoever falls behind is told to start again.
const logged = 4096

func newTable() *table {
	return &table{values: make(map[string]engine.Change), changed: make(chan struct{})}
}

// Get implements engine.Table.
func (t *table) Get(_ context.Context, key string) (engine.Change, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return engine.Change{}, engine.ErrClosed
	}
	found, ok := t.values[key]
	if !ok {
		return engine.Change{}, engine.ErrNoKey
	}
	return found, nil
}

// Put implements engine.Table.
func (t *table) Put(_ context.Context, key string, data []byte, revision uint64) (uint64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	held := t.values[key]
	switch {
	case t.closed:
		return 0, engine.ErrClosed
	case held.Revision != revision:
		return 0, engine.ErrConflict
	case !engine.GoodKey(key), len(data) > engine.MaxValue:
		return 0, engine.ErrOutOfRange
	}
	size := t.size + len(data) - len(held.Data)
	if revision == 0 {
		size += len(key)
	}
	if size > maxTable {
		return 0, engine.ErrUnavailable
	}
	t.size = size
	t.revision++
	t.values[key] = engine.Change{Key: key, Data: append([]byte{}, data...), Revision: t.revision}
	t.tell(t.values[key])
	return t.revision, nil
}

// Delete implements engine.Table.
func (t *table) Delete(_ context.Context, key string, revision uint64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	held, ok := t.values[key]
	switch {
	case t.closed:
		return engine.ErrClosed
	case !ok || held.Revision != revision:
		return engine.ErrConflict
	}
	t.size -= len(key) + len(held.Data)
	delete(t.values, key)
	t.revision++
	t.tell(engine.Change{Key: key, Revision: t.revision})
	return nil
}

// Follow implements engine.Table.
func (t *table) Follow(ctx context.Context, each func(engine.Change), settled func()) error {
	t.mu.Lock()
	all := slices.SortedFunc(maps.Values(t.values), func(a, b engine.Change) int { return cmp.Compare(a.Revision, b.Revision) })
	next := t.dropped + uint64(len(t.log))
	t.mu.Unlock()
	for _, one := range all {
		each(one)
	}
	settled()
	for {
		t.mu.Lock()
		if t.closed {
			t.mu.Unlock()
			return engine.ErrClosed
		}
		if next < t.dropped {
			t.mu.Unlock()
			return engine.ErrUnavailable
		}
		fresh, changed := slices.Clone(t.log[next-t.dropped:]), t.changed
		t.mu.Unlock()
		for _, one := range fresh {
			each(one)
		}
		next += uint64(len(fresh))
		if len(fresh) > 0 && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// tell runs under mu.
func (t *table) tell(change engine.Change) {
	t.log = append(t.log, change)
	if over := len(t.log) - logged; over > 0 {
		t.log = slices.Delete(t.log, 0, over)
		t.dropped += uint64(over)
	}
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *table) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed = true
		t.values, t.log = nil, nil
		close(t.changed)
	}
}
