package turn

import (
	"net/netip"
	"sync"
)

// connections are those over TCP and TLS.
type connections struct {
	most, mostOfPrefix int

	mu       sync.Mutex
	open     map[*stream]bool
	byPrefix map[netip.Prefix]int
}

func newConnections(most, mostOfPrefix int) *connections {
	return &connections{most: most, mostOfPrefix: mostOfPrefix, open: make(map[*stream]bool), byPrefix: make(map[netip.Prefix]int)}
}

// add lists a connection, or says that there are too many.
func (l *connections) add(c *stream) bool {
	prefix := prefixOf(c.from.Addr())
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) >= l.most || l.byPrefix[prefix] >= l.mostOfPrefix {
		return false
	}
	l.open[c] = true
	l.byPrefix[prefix]++
	return true
}

func (l *connections) remove(c *stream) {
	prefix := prefixOf(c.from.Addr())
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
	if l.byPrefix[prefix]--; l.byPrefix[prefix] <= 0 {
		delete(l.byPrefix, prefix)
	}
}

func (l *connections) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}

func (l *connections) all() []*stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]*stream, 0, len(l.open))
	for one := range l.open {
		out = append(out, one)
	}
	return out
}
