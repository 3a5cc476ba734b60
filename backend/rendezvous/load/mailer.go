package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

var (
	errGone = errors.New("load: the session ended before the answer")
	errLate = errors.New("load: no answer came in time")
	errFast = errors.New("load: the server says that this is too fast")
)

// mailer is a client that asks and waits for the answer, one question at a
// time, and moves to another server when its own is gone. One goroutine owns it.
type mailer struct {
	service  *Tincan
	index    int
	moved    int       // how often it went to another server
	rested   time.Time // when it may ask again
	session  *session
	answers  chan *wire.ServerFrame // nil for a refusal because of the rate
	finished chan struct{}          // closed when the session ended
}

// connect logs in, at the next server if moved is 1. It tries once.
func (m *mailer) connect(ctx context.Context, moved int) error {
	m.leave()
	m.moved += moved
	server := m.service.servers[(m.index+m.moved)%len(m.service.servers)]
	answers, finished := make(chan *wire.ServerFrame, 4), make(chan struct{})
	events := Events{
		Failed: func() {
			select {
			case answers <- nil:
			default:
			}
		},
		Ended: func(error) { close(finished) },
	}
	opened, err := m.service.login(ctx, server, m.index, events.whole())
	if err != nil {
		return err
	}
	opened.handle = func(frame *wire.ServerFrame) {
		switch frame.GetKind().(type) {
		case *wire.ServerFrame_PutResult, *wire.ServerFrame_TagsResult, *wire.ServerFrame_MailBatch, *wire.ServerFrame_DeleteResult:
		default:
			return
		}
		select {
		case answers <- frame:
		default: // nobody asked
		}
	}
	if err = opened.settle(); err != nil {
		opened.socket.Close()
		return err
	}
	m.session, m.answers, m.finished = opened, answers, finished
	opened.begin()
	return nil
}

// enter logs in, and tries again for a while: a server that still counts
// connections which just ended closes new ones without a word.
func (m *mailer) enter(ctx context.Context) error {
	var last error
	for began := time.Now(); time.Since(began) < stubborn; {
		if last = m.connect(ctx, 0); last == nil {
			return nil
		}
		if !waitUntil(ctx, time.Now().Add(100*time.Millisecond)) {
			return ctx.Err()
		}
	}
	return last
}

// gone tells whether there is no session.
func (m *mailer) gone() bool {
	if m.session == nil {
		return true
	}
	select {
	case <-m.finished:
		return true
	default:
		return false
	}
}

// ask sends a frame, not faster than the protocol allows, and waits for the answer.
func (m *mailer) ask(ctx context.Context, frame *wire.ClientFrame) (*wire.ServerFrame, error) {
	if !waitUntil(ctx, m.rested) {
		return nil, ctx.Err()
	}
	for len(m.answers) > 0 { // of a question that was given up
		<-m.answers
	}
	m.rested = time.Now().Add(time.Duration(protocol.Cost(frame) * float64(m.service.Pause())))
	if err := m.session.send(frame); err != nil {
		m.leave()
		return nil, err
	}
	timer := time.NewTimer(protocol.AnswerTimeout)
	defer timer.Stop()
	select {
	case answer := <-m.answers:
		if answer == nil {
			return nil, errFast
		}
		return answer, nil
	case <-m.finished:
		return nil, errGone
	case <-timer.C:
		m.leave() // the answer must not be taken for that to another question
		return nil, errLate
	case <-ctx.Done():
		m.leave()
		return nil, ctx.Err()
	}
}

// insist asks until there is an answer that done accepts.
func (m *mailer) insist(ctx context.Context, frame *wire.ClientFrame, done func(*wire.ServerFrame) bool) error {
	var last error
	for began := time.Now(); time.Since(began) < stubborn; {
		if m.gone() {
			last = m.connect(ctx, 1)
		}
		if !m.gone() {
			answer, err := m.ask(ctx, frame)
			if err == nil && done(answer) {
				return nil
			}
			last = err
		}
		if !waitUntil(ctx, time.Now().Add(100*time.Millisecond)) {
			return ctx.Err()
		}
	}
	if last == nil {
		last = errors.New("load: the server does not do it")
	}
	return fmt.Errorf("load: given up after %v: %w", stubborn, last)
}

func (m *mailer) beat() {
	if !m.gone() {
		_ = m.session.Beat() // its reader sees when the session is gone
	}
}

func (m *mailer) leave() {
	if m.session != nil {
		m.session.Leave()
		m.session = nil
	}
}

// each runs work for every index from 0 on, some at a time, until all are done
// or one failed.
func each(ctx context.Context, count int, work func(ctx context.Context, index int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	indices := make(chan int)
	var group sync.WaitGroup
	for range min(joining, count) {
		group.Go(func() {
			for index := range indices {
				if err := work(ctx, index); err != nil {
					cancel(err)
				}
			}
		})
	}
	for index := 0; index < count && ctx.Err() == nil; index++ {
		select {
		case indices <- index:
		case <-ctx.Done():
		}
	}
	close(indices)
	group.Wait()
	return context.Cause(ctx)
}
