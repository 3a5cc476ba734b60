package node

import (
	"context"
	"errors"

	"github.com/tincan-chat/tincan/backend/link"
)

// Stepped is a device without goroutines: the core and the shell of a [Node],
// with the same work of sealing, reading, verifying and committing, but whoever
// holds it says when each piece is done. A simulation drives it; it is not safe
// for concurrent use.
type Stepped struct {
	node   *Node
	order  commitOrder
	frames []receivedFrame
	watch  Watch
}

// Watch is told what a Stepped does.
type Watch struct {
	Event  func(Event)  // before the core takes it
	Answer func(Answer) // of a command
}

// receivedFrame waits for the verifier.
type receivedFrame struct {
	session link.Session
	data    []byte
}

// Waiting is how much waits for each worker.
type Waiting struct{ Seals, Reads, Commits, Frames int }

// NewStepped loads what the store kept, as [New] does. The device starts with
// its first Step.
func NewStepped(ctx context.Context, config Config, random Random, watch Watch) (*Stepped, error) {
	s := &Stepped{watch: watch}
	var err error
	s.node, err = build(ctx, config, random, func(session link.Session, data []byte) {
		s.frames = append(s.frames, receivedFrame{session: session, data: data})
	})
	if err != nil {
		return nil, err
	}
	s.node.cancel = func() {}
	return s, nil
}

// Close says goodbye, as [Node.Close] does.
func (s *Stepped) Close() error { return errors.Join(s.node.signaling.Close(), s.node.links.Close()) }

// Step takes an event.
func (s *Stepped) Step(ctx context.Context, event Event) {
	s.watch.Event(event)
	for _, effect := range s.node.core.Step(s.node.config.Now(), event) {
		if answer, ok := effect.(Answer); ok {
			s.watch.Answer(answer)
			continue
		}
		s.node.perform(ctx, effect)
	}
}

// Next takes the first event that the adapters and workers left; false when
// there is none.
func (s *Stepped) Next(ctx context.Context) bool {
	event := s.node.inbox.take()
	if event == nil {
		return false
	}
	s.Step(ctx, event)
	return true
}

// Core returns the state machine: for its Wake and its Sizes.
func (s *Stepped) Core() *Core { return s.node.core }

// Waiting tells what the workers have to do.
func (s *Stepped) Waiting() Waiting {
	s.node.seals.mutex.Lock()
	defer s.node.seals.mutex.Unlock()
	return Waiting{Seals: len(s.node.seals.queue), Reads: len(s.node.reads) + len(s.node.expiring), Commits: len(s.node.commits), Frames: len(s.frames)}
}

// Seal seals or opens the first envelope that waits. What comes of it is taken
// by Next, as what comes of Read, Verify and Done is.
func (s *Stepped) Seal(ctx context.Context) { s.node.sealNext(ctx) }

// Read reads the first stretch of a log that waits.
func (s *Stepped) Read(ctx context.Context) {
	switch {
	case len(s.node.reads) > 0:
		s.node.inbox.put(s.node.read(ctx, <-s.node.reads))
	case len(s.node.expiring) > 0:
		s.node.readExpiring(ctx, <-s.node.expiring)
	}
}

// Verify checks the first frame that waits.
func (s *Stepped) Verify(ctx context.Context) {
	if len(s.frames) == 0 {
		return
	}
	first := s.frames[0]
	s.frames[0] = receivedFrame{}
	s.frames = s.frames[1:]
	s.node.inbox.put(s.node.verifyFrame(ctx, first.session, first.data))
}

// Transaction is a group of commits between its beginning and its answer.
type Transaction struct {
	Batches [][]Write // to be written all or not at all
	live    []Commit
}

// Begin takes the commits that wait; Batches is empty when there is nothing to write.
func (s *Stepped) Begin() Transaction {
	if len(s.node.commits) == 0 {
		return Transaction{}
	}
	var transaction Transaction
	transaction.Batches, transaction.live = s.order.admit(s.node.gather(<-s.node.commits), s.node.inbox.put)
	return transaction
}

// Done answers a transaction: it is on the disk, or err says why not.
func (s *Stepped) Done(transaction Transaction, err error) {
	if len(transaction.live) > 0 {
		s.order.done(transaction.live, err, s.node.inbox.put)
	}
}
