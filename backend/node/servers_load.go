package node

import (
	"sync"

	"github.com/tincan-chat/tincan/backend/signaling"
)

// What a server may leave waiting. A server is not trusted: it can send as fast as
// the line allows, and nothing of it is worth memory without end.
const (
	// maxSealed is how many envelopes of one server may wait to be opened. More are
	// dropped: envelopes are relayed at most once, and whoever sealed one sends it
	// again. Each server has its own, so that one cannot crowd out another.
	maxSealed = 64
	// maxTold is how many events of all servers may wait for the core. Their
	// sockets are read no further then.
	maxTold = 256
)

// serverLoad counts what waits.
type serverLoad struct {
	mutex  sync.Mutex
	sealed map[string]int // by token
	told   chan struct{}  // a token for each event that waits
}

func newServerLoad() *serverLoad {
	return &serverLoad{sealed: map[string]int{}, told: make(chan struct{}, maxTold)}
}

// seals notes an envelope; false when there is no room for it.
func (l *serverLoad) seals(token string) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.sealed[token] >= maxSealed {
		return false
	}
	l.sealed[token]++
	return true
}

// opened notes that one was taken.
func (l *serverLoad) opened(token string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.sealed[token]--; l.sealed[token] <= 0 {
		delete(l.sealed, token)
	}
}

// toldByServer gives an event to the core, and waits while too many do: the
// client's goroutine of events calls this. A device that is stepped does not wait.
func (n *Node) toldByServer(e signaling.Event) {
	if n.stopped != nil {
		select {
		case n.load.told <- struct{}{}:
		case <-n.stopped:
			return
		}
	}
	n.inbox.put(ServerEvent{Event: e})
}

// serverSeen says that the core has taken an event of a server.
func (n *Node) serverSeen() {
	select {
	case <-n.load.told:
	default:
	}
}
