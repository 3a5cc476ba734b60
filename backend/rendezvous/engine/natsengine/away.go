package natsengine

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/switchboard"
)

const (
	awayBucket    = "tincan_away"
	clusterBucket = "tincan_cluster"
	awayKey       = "away"
	maxAway       = 1 << 20  // peers, the oldest go first
	maxAwayMsg    = 16 << 10 // bytes
	hashSize      = 8
	keySize       = 32
	awayWriters   = 8
	maxUnwritten  = 64 << 10 // peers
)

// away remembers what peers watched, for when none of their devices is anywhere.
// It is kept in memory on as many nodes as records are; of those watched only a
// keyed hash.
type away struct {
	values jetstream.KeyValue
	key    []byte
	logged func(error)
	ensure func(ctx context.Context) error // makes the bucket again: a lone server that restarts forgets what is in memory
	busy   *atomic.Int64

	mu        sync.Mutex
	unwritten map[identity.PeerID]switchboard.Watched
	wake      chan struct{}
}

func openAway(ctx context.Context, stream jetstream.JetStream, options Options) (*away, error) {
	config := jetstream.StreamConfig{
		Name: awayBucket, Storage: jetstream.MemoryStorage, Replicas: options.replicas(),
		MaxAge: options.RecordLife, MaxMsgs: maxAway, MaxMsgSize: maxAwayMsg, MaxBytes: -1, Discard: jetstream.DiscardOld,
	}
	values, err := bucket(ctx, stream, config)
	if err != nil {
		return nil, err
	}
	settings, err := bucket(ctx, stream, jetstream.StreamConfig{
		Name: clusterBucket, Storage: jetstream.FileStorage, Replicas: options.replicas(), MaxMsgs: 1 << 10, MaxMsgSize: maxAwayMsg, MaxBytes: -1,
		Discard: jetstream.DiscardNew,
	})
	if err != nil {
		return nil, err
	}
	var key []byte
	if err = insist(ctx, func(ctx context.Context) error {
		fresh := make([]byte, keySize)
		_, _ = rand.Read(fresh) // never fails
		if _, createErr := settings.Create(ctx, awayKey, fresh); createErr != nil && !errors.Is(createErr, jetstream.ErrKeyExists) {
			return createErr
		}
		entry, getErr := settings.Get(ctx, awayKey)
		if getErr == nil {
			key = entry.Value()
		}
		return getErr
	}); err != nil {
		return nil, fmt.Errorf("natsengine: away: %w", err)
	}
	logger := options.Logger
	return &away{
		values: values, key: key, unwritten: make(map[identity.PeerID]switchboard.Watched), wake: make(chan struct{}, 1),
		ensure: func(ctx context.Context) error { return ensure(ctx, stream, asBucket(config)) },
		logged: func(err error) { logger.Warn("what a peer watches was not written", "error", err) },
	}, nil
}

func (a *away) hash(parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, a.key)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

func (a *away) name(peer identity.PeerID) string { return hex.EncodeToString(a.hash(peer[:])[:16]) }

func (a *away) mark(owner, watched identity.PeerID) []byte {
	return a.hash(owner[:], watched[:])[:hashSize]
}

// has says whether owner watched other when it was last heard of.
func (a *away) has(ctx context.Context, owner, other identity.PeerID) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	entry, err := a.values.Get(ctx, a.name(owner))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", engine.ErrUnavailable, err)
	}
	mark := a.mark(owner, other)
	return slices.ContainsFunc(slices.Collect(slices.Chunk(entry.Value(), hashSize)), func(held []byte) bool { return bytes.Equal(held, mark) }), nil
}

// remember has it written soon. It does not block.
func (a *away) remember(peer identity.PeerID, watched switchboard.Watched) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, waits := a.unwritten[peer]; !waits {
		if len(a.unwritten) >= maxUnwritten {
			return
		}
		a.busy.Add(1)
	}
	a.unwritten[peer] = watched
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// write runs until ctx ends. A peer's later set is written after its earlier one.
func (a *away) write(ctx context.Context) {
	retry := time.NewTimer(0)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		case <-retry.C:
		}
		if err := a.writeRound(ctx); err != nil && ctx.Err() == nil {
			if ensureErr := a.ensure(ctx); ensureErr != nil {
				a.logged(errors.Join(err, ensureErr))
			}
			retry.Reset(retryStore)
		}
	}
}

// writeRound writes what there is. What fails stays, unless it is news already.
func (a *away) writeRound(ctx context.Context) error {
	a.mu.Lock()
	round := a.unwritten
	a.unwritten = make(map[identity.PeerID]switchboard.Watched)
	a.mu.Unlock()
	var group sync.WaitGroup
	var failure atomic.Pointer[error]
	room := make(chan struct{}, awayWriters)
	for peer, watched := range round {
		room <- struct{}{}
		group.Go(func() {
			defer func() { <-room }()
			err := a.put(ctx, peer, watched)
			if err != nil {
				failure.Store(&err)
			}
			if err == nil || !a.again(peer, watched) {
				a.busy.Add(-1)
			}
		})
	}
	group.Wait()
	if err := failure.Load(); err != nil {
		return *err
	}
	return nil
}

// again keeps what was not written, unless there is a newer set or no room.
func (a *away) again(peer identity.PeerID, watched switchboard.Watched) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, newer := a.unwritten[peer]; newer || len(a.unwritten) >= maxUnwritten {
		return false
	}
	a.unwritten[peer] = watched
	return true
}

func (a *away) put(ctx context.Context, peer identity.PeerID, watched switchboard.Watched) error {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	value := make([]byte, 0, len(watched)*hashSize)
	for _, other := range watched {
		value = append(value, a.mark(peer, other)...)
	}
	_, err := a.values.Put(ctx, a.name(peer), value)
	return err
}
