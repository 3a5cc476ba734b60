package rendezvousclient

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	maxRequests = 1000 // that may wait for one server
	maxWorking  = 64   // proofs of work that may wait for one server
)

// keeper keeps a session with one server, for as long as its owner wants one.
type keeper struct {
	client  *Client
	token   string
	backoff backoff
	changed chan struct{}   // something below changed; holds one
	stopped context.Context //nolint:containedctx // ends with stop
	stop    context.CancelFunc

	cluster *cluster

	mu      sync.Mutex
	up      bool
	watched map[identity.PeerID]bool
	refused []identity.PeerID // ascending
	asked   []request
	retries bool // try now, from the first delay on
	check   bool // is the session still alive?
	cancel  context.CancelCauseFunc
	tags    map[[16]byte]signaling.Tag    // to be registered at each login
	working map[uint64]context.CancelFunc // proofs of work, by the owner's ids
	offset  time.Duration                 // server's time minus ours, of the latest session
}

// errRestart ends a dial that a changed network made pointless.
var errRestart = errors.New("rendezvous: the network changed")

func newKeeper(client *Client, token string, cluster *cluster) *keeper {
	stopped, stop := context.WithCancel(client.context)
	return &keeper{
		client: client, token: token, cluster: cluster,
		backoff: backoff{random: client.options.Random},
		changed: make(chan struct{}, 1), stopped: stopped, stop: stop,
		working: make(map[uint64]context.CancelFunc),
	}
}

func (k *keeper) wake() {
	select {
	case k.changed <- struct{}{}:
	default:
	}
}

func (k *keeper) retry() {
	k.mu.Lock()
	k.retries = true
	k.mu.Unlock()
	k.wake()
}

func (k *keeper) networkChanged() {
	k.mu.Lock()
	k.retries, k.check = true, true
	cancel := k.cancel
	k.mu.Unlock()
	if cancel != nil {
		cancel(errRestart)
	}
	k.wake()
}

func (k *keeper) setWatched(peers []identity.PeerID) {
	watched := make(map[identity.PeerID]bool, len(peers))
	for _, peer := range peers {
		if len(watched) < wire.MaxWatched {
			watched[peer] = true
		}
	}
	k.mu.Lock()
	k.watched = watched
	k.mu.Unlock()
	k.wake()
}

// ask queues a request; false when there is no session or too much waits.
func (k *keeper) ask(r request) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.up || len(k.asked) >= maxRequests {
		return false
	}
	k.asked = append(k.asked, r)
	k.wake()
	return true
}

// run dials, serves and waits, until stop.
func (k *keeper) run() {
	defer k.stop()
	stay := false
	for k.awaitRecord() {
		began, failure := k.attempt(stay)
		if k.stopped.Err() != nil {
			return
		}
		if !began.IsZero() && k.client.options.Now().Sub(began) >= steady {
			k.backoff.reset()
		}
		if k.takeRetry() || errors.Is(failure, errRestart) {
			k.backoff.reset()
			k.down(failure, 0)
			stay = true // our network changed, not the server
			continue
		}
		stay = false
		delay := k.backoff.next(failure, k.cluster.spare(k.client.options.Now()))
		k.down(failure, delay)
		if !k.wait(delay) {
			return
		}
	}
}

// awaitRecord waits until there is something to log in with; false at stop.
func (k *keeper) awaitRecord() bool {
	for {
		if k.stopped.Err() != nil {
			return false
		}
		if record, _ := k.client.latest(); record != nil {
			return true
		}
		select {
		case <-k.stopped.Done():
		case <-k.changed:
		}
	}
}

// attempt returns when a session began (zero: never) and why it ended.
func (k *keeper) attempt(stay bool) (time.Time, *Failure) {
	ctx, cancel := context.WithCancelCause(k.stopped)
	defer cancel(nil)
	k.mu.Lock()
	k.cancel = cancel
	k.retries, k.check = false, false
	k.mu.Unlock()
	s, err := k.login(ctx, choice{stay: stay})
	k.mu.Lock()
	k.cancel = nil
	k.mu.Unlock()
	if err != nil {
		if cause := context.Cause(ctx); errors.Is(cause, errRestart) {
			return time.Time{}, fail(signaling.CodeUnreachable, cause)
		}
		return time.Time{}, failureOf(err)
	}
	began := s.began
	for {
		failure := s.serve(k.stopped)
		if s.successor == nil {
			k.sentAway(s.key, failure)
			return began, failure
		}
		k.down(failure, 0)
		s = s.successor
	}
}

func (k *keeper) down(failure *Failure, delay time.Duration) {
	k.client.options.Logger.Info("rendezvous down", "code", string(failure.Code), "error", failure.Err, "retry", delay)
	down := &signaling.Down{Code: failure.Code, Err: failure}
	if delay != never {
		down.RetryAt = k.client.options.Now().Add(delay)
	}
	k.push(signaling.Event{Down: down})
}

func (k *keeper) takeRetry() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	retries := k.retries
	k.retries = false
	return retries
}

// wait waits for the next attempt; false at stop.
func (k *keeper) wait(delay time.Duration) bool {
	timer := time.NewTimer(max(delay, 0))
	defer timer.Stop()
	due := timer.C
	if delay == never {
		due = nil
	}
	for {
		select {
		case <-k.stopped.Done():
			return false
		case <-due:
			return true
		case <-k.changed:
			if k.takeRetry() {
				k.backoff.reset()
				return true
			}
		}
	}
}

func (k *keeper) push(event signaling.Event) { k.client.push(k.token, event) }

// begin lets requests in.
func (k *keeper) begin(offset time.Duration) {
	k.mu.Lock()
	k.up, k.offset = true, offset
	k.mu.Unlock()
}

// clockOffset is the server's time minus ours, as far as it is known.
func (k *keeper) clockOffset() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.offset
}

// end fails what waits.
func (k *keeper) end() {
	k.mu.Lock()
	asked := k.asked
	k.asked, k.up = nil, false
	k.mu.Unlock()
	for _, r := range asked {
		k.push(r.fail(signaling.AnswerNoSession))
	}
}

// takeAsked returns what was asked since the last call.
func (k *keeper) takeAsked() []request {
	k.mu.Lock()
	defer k.mu.Unlock()
	asked := k.asked
	k.asked = nil
	return asked
}

// takeCheck says whether the session shall check itself.
func (k *keeper) takeCheck() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	check := k.check
	k.check = false
	return check
}

func (k *keeper) wanted() map[identity.PeerID]bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.watched // replaced, never changed
}
