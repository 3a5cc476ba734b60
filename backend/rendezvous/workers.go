package rendezvous

import "sync"

// workers do tasks for connections, the oldest first, with a bounded number of
// goroutines: a few lasting ones, and more only while there is more to do.
type workers struct {
	most    int // goroutines
	lasting int // of them that wait for work instead of ending

	mu      sync.Mutex
	arrived sync.Cond // a task, or the end
	tasks   []task
	next    int // of tasks
	running int
	waiting int
	stopped bool
	ended   sync.WaitGroup
}

// task is a method of a connection, as a method expression: it allocates nothing.
type task struct {
	connection *connection
	do         func(*connection)
}

// keptTasks is how long a queue's memory may be to be kept when it is empty.
const keptTasks = 1 << 10

func newWorkers(most, lasting int) *workers {
	w := &workers{most: most, lasting: min(most, lasting)}
	w.arrived.L = &w.mu
	return w
}

// add queues a task. The queue is bounded because a connection has at most one
// task of a kind in it. After stop it does nothing.
func (w *workers) add(c *connection, do func(*connection)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return
	}
	w.tasks = append(w.tasks, task{c, do})
	switch {
	case w.waiting > 0:
		w.waiting-- // here, so that no two tasks count on the same goroutine
		w.arrived.Signal()
	case w.running < w.most:
		w.running++
		w.ended.Go(w.work)
	}
}

func (w *workers) work() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for w.next < len(w.tasks) {
			one := w.take()
			w.mu.Unlock()
			one.do(one.connection)
			w.mu.Lock()
		}
		if w.stopped || w.running > w.lasting {
			w.running--
			return
		}
		w.waiting++
		w.arrived.Wait()
	}
}

// take runs under mu.
func (w *workers) take() task {
	one := w.tasks[w.next]
	w.tasks[w.next] = task{}
	w.next++
	switch {
	case w.next < len(w.tasks):
		if w.next >= keptTasks && 2*w.next >= len(w.tasks) {
			w.tasks = w.tasks[:copy(w.tasks, w.tasks[w.next:])]
			w.next = 0
		}
	case cap(w.tasks) > keptTasks:
		w.tasks, w.next = nil, 0
	default:
		w.tasks, w.next = w.tasks[:0], 0
	}
	return one
}

// stop lets the goroutines end after the last task, and waits.
func (w *workers) stop() {
	w.mu.Lock()
	w.stopped, w.waiting = true, 0
	w.arrived.Broadcast()
	w.mu.Unlock()
	w.ended.Wait()
}
