package rendezvousclient

import (
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// dueRequest returns the frame of the next question that can be asked.
func (s *session) dueRequest(now time.Time) *wire.ClientFrame {
	behind := s.keeper.client.events.behind(maxPagesWaiting)
	for at := 0; at < len(s.queue); {
		r := s.queue[at]
		if r.paced && behind {
			at++
			continue
		}
		s.queue = slices.Delete(s.queue, at, at+1)
		if !s.offers(r.needs) {
			s.push(r.fail(signaling.AnswerNotOffered))
			continue
		}
		if r.until.IsZero() {
			r.until = now.Add(protocol.AnswerTimeout)
		}
		s.lastID++
		s.pending[s.lastID] = r
		return r.write(s, s.lastID)
	}
	return nil
}

// takeAnswer finds the question. An answer that nobody waits for any more is nothing.
func (s *session) takeAnswer(frame *wire.ServerFrame) {
	id, answers := answerID(frame)
	r, known := s.pending[id]
	if !answers || !known {
		return
	}
	result, fits := r.read(s, frame)
	if !fits {
		return
	}
	delete(s.pending, id)
	if result.event != nil {
		s.push(*result.event)
	}
	if result.next != nil {
		s.queue = append(s.queue, *result.next)
	}
}

// failPending gives up what was not answered in time; all of it when now is zero.
func (s *session) failPending(now time.Time) {
	answer := signaling.AnswerUnavailable
	if now.IsZero() {
		answer = signaling.AnswerNoSession
	}
	late := func(r request) bool { return now.IsZero() || !r.until.IsZero() && !now.Before(r.until) }
	for id, r := range s.pending {
		if late(r) {
			delete(s.pending, id)
			s.push(r.fail(answer))
		}
	}
	if !slices.ContainsFunc(s.queue, late) {
		return
	}
	// What fails may put something else into the queue.
	queue := s.queue
	s.queue = nil
	var kept []request
	for _, r := range queue {
		if late(r) {
			s.push(r.fail(answer))
		} else {
			kept = append(kept, r)
		}
	}
	s.queue = append(kept, s.queue...)
}
