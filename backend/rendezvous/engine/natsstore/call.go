package natsstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// Codes of the server's errors that the client has no names for.
const (
	codeStoreFailed     jetstream.ErrorCode = 10077 // the box, or the stream, is full
	codeInsufficient    jetstream.ErrorCode = 10023
	codeNoPeers         jetstream.ErrorCode = 10005 // nodes that were not heard of yet, or have no room
	codeNotLeader       jetstream.ErrorCode = 10009
	codeNotAvailable    jetstream.ErrorCode = 10008
	codeDuplicateUnder  jetstream.ErrorCode = 10158 // the same message is under way
	codeWrongSequence   jetstream.ErrorCode = 10071
	codeWrongSequence2  jetstream.ErrorCode = 10164
	codeBatchIncomplete jetstream.ErrorCode = 10176
	codeManyBatches     jetstream.ErrorCode = 10210
)

// perAttempt is how long one request may take: a leader that is there answers in milliseconds.
const perAttempt = 2 * time.Second

// call bounds a method of the store, and turns its error into one of the engine.
func (s *Store) call(ctx context.Context, do func(ctx context.Context) error) error {
	if s.ended.Err() != nil {
		return engine.ErrClosed
	}
	ctx, cancel := within(ctx, s.options.Timeout)
	defer cancel()
	stop := context.AfterFunc(s.ended, cancel) //nolint:contextcheck // the store's end ends every call
	defer stop()
	err := do(ctx)
	switch {
	case err == nil:
		return nil
	case s.ended.Err() != nil:
		return engine.ErrClosed
	}
	for _, own := range []error{
		engine.ErrBoxFull, engine.ErrTagTaken, engine.ErrTooManyTags, engine.ErrNoKey, engine.ErrConflict, engine.ErrOutOfRange,
	} {
		if errors.Is(err, own) {
			return own
		}
	}
	return fmt.Errorf("%w: %w", engine.ErrUnavailable, err)
}

// within is context.WithTimeout, without a timer of its own for who has one that is earlier.
func within(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= timeout {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, timeout)
}

// retry calls do until it succeeds, fails for good, or ctx ends. Each attempt
// has a time of its own: a request to a leader that died is never answered.
func retry(ctx context.Context, do func(ctx context.Context) error) error {
	wait := 5 * time.Millisecond
	for {
		attempt, cancel := context.WithTimeout(ctx, perAttempt)
		err := do(attempt)
		cancel()
		if err == nil || !passing(err) {
			return err
		}
		if ctx.Err() != nil {
			return err
		}
		timer := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
		wait = min(2*wait, 250*time.Millisecond)
	}
}

// errNotSeenYet says that a stream is there, but that the server which was asked
// did not hear of it yet.
var errNotSeenYet = errors.New("natsstore: a stream is not seen by all servers yet")

// passing says whether an error is worth another attempt.
func passing(err error) bool {
	if errors.Is(err, errNotSeenYet) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, nats.ErrNoResponders) ||
		errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, nats.ErrDisconnected) || errors.Is(err, nats.ErrConnectionReconnecting) ||
		errors.Is(err, jetstream.ErrJetStreamNotEnabled) {
		return true
	}
	switch code(err) {
	case codeNotLeader, codeNotAvailable, codeDuplicateUnder, codeBatchIncomplete, codeManyBatches, codeInsufficient, codeNoPeers:
		return true
	default:
		return false
	}
}

// code returns the server's code of an error, 0 when it is not the server's.
func code(err error) jetstream.ErrorCode {
	if said, ok := errors.AsType[*jetstream.APIError](err); ok {
		return said.ErrorCode
	}
	return 0
}

// changedMeanwhile says that a revision was not the expected one.
func changedMeanwhile(err error) bool {
	found := code(err)
	return found == codeWrongSequence || found == codeWrongSequence2
}

// boxIsFull tells a full box from a full stream: both have the same code.
func boxIsFull(err error) bool {
	return code(err) == codeStoreFailed && strings.Contains(err.Error(), "per subject")
}
