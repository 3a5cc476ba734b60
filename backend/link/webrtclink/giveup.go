package webrtclink

import (
	"io"
	"sync"
)

// asking is a socket through which a relay or a STUN server is asked.
type asking interface {
	io.Closer
	silent() bool // there was no answer yet
}

// askingSockets are those of one session. pion does not let a connection go
// before they have an answer or gave up waiting: where UDP is blocked that is
// 8 s for a relay and, depending on which of its goroutines comes first, 5 s
// for a STUN server.
type askingSockets struct {
	mutex  sync.Mutex
	all    []asking
	closed bool
}

// add is called before something waits for an answer.
func (a *askingSockets) add(one asking) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.all = append(a.all, one)
	if a.closed {
		_ = one.Close() // nobody waits for it any more
	}
}

// giveUp closes those that had no answer, and those that ask from now on. The
// others stay: a relay is told that its allocation is not needed any more.
func (a *askingSockets) giveUp() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.closed = true
	for _, one := range a.all {
		if one.silent() {
			_ = one.Close() // it has nothing to lose
		}
	}
}
