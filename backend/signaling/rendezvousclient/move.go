package rendezvousclient

import (
	"context"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	maxDrain   = time.Hour              // a server may take to empty itself
	afterDrain = time.Minute            // until it is tried again, after that
	lookAgain  = 10 * time.Second       // when no other server takes us
	lingerTime = 500 * time.Millisecond // in which answers of the old server still count
)

// takeList remembers a newer list.
func (s *session) takeList(signed *wire.Signed) {
	servers, err := s.keeper.cluster.take(signed, s.key, s.now().Add(s.offset))
	if err != nil {
		s.keeper.client.options.Logger.Warn("list of servers refused", "error", err)
		return
	}
	if servers != nil {
		s.push(signaling.Event{Servers: servers})
	}
}

// takeDrain chooses when to go. With nowhere to go the session stays until the
// server ends it.
func (s *session) takeDrain(drain *wire.Drain) {
	within := time.Duration(min(max(drain.GetWithinMs(), 0), maxDrain.Milliseconds())) * time.Millisecond
	k, now := s.keeper, s.now()
	k.cluster.avoid(s.key, now, within+afterDrain)
	if s.moving == nil && s.moveAt.IsZero() {
		// The last tenth is for moving itself: the server stops at the end.
		s.moveAt = now.Add(time.Duration(k.backoff.fraction() * 0.9 * float64(within)))
	}
}

// look opens a session with another server while this one goes on, so that
// peers find us at one of the two all the time.
func (s *session) look(ctx context.Context) {
	k := s.keeper
	if !k.cluster.spare(s.now()) {
		s.moveAt = s.now().Add(lookAgain)
		return
	}
	found := make(chan *session, 1)
	s.moving = found
	stay := choice{without: map[identity.ServerKey]bool{s.key: true}}
	go func() {
		next, err := k.login(ctx, stay)
		if err != nil {
			k.client.options.Logger.Info("no other server takes us", "error", err)
		}
		found <- next
	}()
}

// move takes the result of look.
func (s *session) move(next *session) bool {
	s.moving = nil
	if next == nil {
		s.moveAt = s.now().Add(lookAgain + time.Duration(s.keeper.backoff.fraction()*float64(lookAgain)))
		return false
	}
	// What was not asked yet is asked there.
	next.queue, s.queue = append(next.queue, s.queue...), nil
	s.successor = next
	return true
}

// ending is why the session ends: the other server's login may have ended it,
// before we heard that we are in.
func (s *session) ending(stopped context.Context, failure *Failure) *Failure {
	if s.moving == nil {
		return failure
	}
	select {
	case next := <-s.moving:
		if s.move(next) {
			return fail(signaling.CodeShutdown, errMoved)
		}
	case <-stopped.Done():
	}
	return failure
}

// stopMoving ends a look whose result nobody wants any more.
func (s *session) stopMoving() {
	if s.moving == nil {
		return
	}
	// The context of the look has ended.
	if next := <-s.moving; next != nil {
		next.conn.Close()
	}
	s.moving = nil
}

// linger reads what the old server still says: it ends the session itself when
// the two servers know of each other.
func (s *session) linger(ctx context.Context, frames <-chan incoming) {
	timer := time.NewTimer(lingerTime)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			s.sayGoodbye() //nolint:contextcheck // said also when the keeper stops
			return
		case got := <-frames:
			if s.take(got) != nil {
				return
			}
		}
	}
}
