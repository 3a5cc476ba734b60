package webrtclink

import "sync"

// inbox is the queue of a session's goroutine. Posting never blocks, so that
// pion's callbacks cannot deadlock with it.
type inbox struct {
	mutex  sync.Mutex
	items  []func()
	closed bool
	signal chan struct{} // one token: there is something
}

func newInbox() *inbox { return &inbox{signal: make(chan struct{}, 1)} }

// post reports whether the item will be run.
func (i *inbox) post(item func()) bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.closed {
		return false
	}
	i.items = append(i.items, item)
	select {
	case i.signal <- struct{}{}:
	default:
	}
	return true
}

func (i *inbox) take() []func() {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	items := i.items
	i.items = nil
	return items
}

func (i *inbox) close() {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.closed, i.items = true, nil
}
