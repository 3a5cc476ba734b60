package natsengine

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

const (
	recordBucket = "tincan_records"
	maxRecords   = 4 << 20   // records
	maxRecordMsg = 128 << 10 // bytes, with what the server adds
	storeWait    = 5 * time.Second
	ensureWait   = 30 * time.Second
	attempts     = 10 // at a record that others change at the same moment
	// A record is written again at the first login after this part of its life.
	touchPart = 4
)

// records keeps what was published.
type records struct {
	values jetstream.KeyValue
	known  *known // nil where others write too
	life   time.Duration
	now    func() time.Time
	news   atomic.Int32 // how often lately a record was the first of its peer; see isLikelyNew
}

// A new peer's record is written without a look at what is held, which is half
// of the questions to the store; a record that is held makes one question more.
const (
	likelyNew = 4  // new ones in a row, after which the next is taken for one too
	mostNew   = 16 // so that it is soon noticed when those come who were here before
)

// isLikelyNew guesses whether nothing is held of a peer.
func (r *records) isLikelyNew() bool { return r.news.Load() >= likelyNew }

// noteNew tells what was the case.
func (r *records) noteNew(isNew bool) {
	switch seen := r.news.Load(); {
	case isNew && seen < mostNew:
		r.news.Add(1)
	case !isNew && seen > 0:
		r.news.Add(-min(seen, likelyNew))
	}
}

// bucket opens a bucket whose reads go to the leader: a direct read may be older
// than what this node was told already. It tries again while the cluster that was
// just formed does not answer.
func bucket(ctx context.Context, stream jetstream.JetStream, config jetstream.StreamConfig) (jetstream.KeyValue, error) {
	var values jetstream.KeyValue
	err := insist(ctx, func(ctx context.Context) (err error) {
		values, err = bucketOnce(ctx, stream, config)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("natsengine: bucket %s: %w", config.Name, err)
	}
	return values, nil
}

// insist tries again for a while: a leader may be lost, or not chosen yet. Each
// attempt has [storeWait].
func insist(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, ensureWait)
	defer cancel()
	for {
		err := func() error {
			once, done := context.WithTimeout(ctx, storeWait)
			defer done()
			return do(once)
		}()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(retryWait):
		}
	}
}

func bucketOnce(ctx context.Context, stream jetstream.JetStream, config jetstream.StreamConfig) (jetstream.KeyValue, error) {
	if err := ensure(ctx, stream, asBucket(config)); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	return stream.KeyValue(ctx, config.Name)
}

// asBucket returns the stream that the client library takes for a bucket of that name.
func asBucket(config jetstream.StreamConfig) jetstream.StreamConfig {
	config.Subjects = []string{"$KV." + config.Name + ".>"}
	config.Name = "KV_" + config.Name
	config.MaxMsgsPerSubject, config.MaxConsumers = 1, -1
	config.AllowRollup, config.DenyDelete = true, true
	return config
}

// ensure makes a stream unless it is there.
func ensure(ctx context.Context, stream jetstream.JetStream, config jetstream.StreamConfig) error {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	held, err := stream.Stream(ctx, config.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		_, err = stream.CreateStream(ctx, config)
		return err
	}
	if err != nil {
		return err
	}
	if there := held.CachedInfo().Config; there.Replicas == config.Replicas && there.MaxAge == config.MaxAge && there.MaxMsgs == config.MaxMsgs {
		return nil
	}
	_, err = stream.UpdateStream(ctx, config)
	return err
}

func openRecords(ctx context.Context, stream jetstream.JetStream, options Options) (*records, error) {
	config := jetstream.StreamConfig{
		Name: recordBucket, Storage: jetstream.FileStorage, Replicas: options.replicas(),
		MaxAge: options.RecordLife, MaxMsgs: maxRecords, MaxMsgSize: maxRecordMsg, MaxBytes: -1, Discard: jetstream.DiscardNew,
	}
	if options.Mode == Solo {
		// A sync for each would bound new devices to some hundreds a second. What a
		// power cut takes, its devices publish again when they come back.
		config.PersistMode = jetstream.AsyncPersistMode
	}
	values, err := bucket(ctx, stream, config)
	if err != nil {
		return nil, err
	}
	r := &records{values: values, life: options.RecordLife, now: options.Now}
	if options.Mode == Solo {
		r.known = newKnown(options.Now)
	}
	return r, nil
}

func recordKey(peer identity.PeerID) string { return hex.EncodeToString(peer[:]) }

// held is a record as it is stored; the zero value is none.
type held struct {
	encoded  []byte
	revision uint64
	created  time.Time
}

func (r *records) get(ctx context.Context, peer identity.PeerID) (held, error) {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	entry, err := r.values.Get(ctx, recordKey(peer))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return held{}, nil
	}
	if err != nil {
		return held{}, fmt.Errorf("%w: %w", engine.ErrUnavailable, err)
	}
	return held{encoded: entry.Value(), revision: entry.Revision(), created: entry.Created()}, nil
}

// lookup returns what is published; the zero record when nothing is.
func (r *records) lookup(ctx context.Context, peer identity.PeerID) (engine.Record, error) {
	found, err := r.get(ctx, peer)
	if err != nil || found.encoded == nil {
		return engine.Record{}, err
	}
	return engine.DecodeRecord(peer, found.encoded)
}

// publish stores what succeeds the held record, if it names the device (nil: any
// will do), and returns it, and whether it was news. Errors: engine.ErrOlder, ErrRevoked,
// ErrFull, ErrUnavailable.
func (r *records) publish(ctx context.Context, peer identity.PeerID, device *identity.DeviceID, record engine.Record) (engine.Record, bool, error) {
	young := r.life / touchPart
	if (device == nil || record.Has(*device)) && r.known.has(peer, record, young) {
		return record, false, nil
	}
	if r.isLikelyNew() && (device == nil || record.Has(*device)) && r.put(ctx, peer, record, 0) == nil {
		r.noteNew(true)
		return record, true, nil
	}
	for attempt := range attempts {
		// What is being written by others is refused before it can be read.
		if err := pause(ctx, attempt); err != nil {
			return engine.Record{}, false, err
		}
		found, err := r.get(ctx, peer)
		if err != nil {
			return engine.Record{}, false, err
		}
		if attempt == 0 {
			r.noteNew(found.encoded == nil)
		}
		next, err := found.succeed(peer, record)
		if err != nil {
			return engine.Record{}, false, err
		}
		if device != nil && !next.Has(*device) {
			return engine.Record{}, false, engine.ErrRevoked
		}
		same := bytes.Equal(next.Encoded(), found.encoded)
		if same && r.now().Sub(found.created) < young {
			r.known.note(peer, found.encoded, found.revision, found.created)
			return next, false, nil
		}
		err = r.put(ctx, peer, next, found.revision)
		if err == nil {
			return next, !same, nil
		}
		if !errors.Is(err, engine.ErrConflict) {
			return engine.Record{}, false, err
		}
	}
	return engine.Record{}, false, fmt.Errorf("%w: others change the record all the time", engine.ErrUnavailable)
}

// holds says whether exactly this record is stored, names the device, and need
// not be renewed yet, as far as that is known without a look.
func (r *records) holds(peer identity.PeerID, device identity.DeviceID, record engine.Record) bool {
	return record.Has(device) && r.known.has(peer, record, r.life/touchPart)
}

// pause waits before an attempt that is not the first, longer each time: about a
// second in all.
func pause(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return nil
	}
	select {
	case <-time.After(time.Millisecond<<attempt + rand.N(time.Millisecond)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// touch writes a record again that has lived for a while.
func (r *records) touch(ctx context.Context, peer identity.PeerID) error {
	found, err := r.get(ctx, peer)
	if err != nil || found.encoded == nil {
		return err
	}
	record, err := engine.DecodeRecord(peer, found.encoded)
	if err != nil {
		return err
	}
	_, _, err = r.publish(ctx, peer, nil, record)
	return err
}

func (h held) succeed(peer identity.PeerID, record engine.Record) (engine.Record, error) {
	if h.encoded == nil || bytes.Equal(h.encoded, record.Encoded()) {
		return record, nil
	}
	older, err := engine.DecodeRecord(peer, h.encoded)
	if err != nil {
		return engine.Record{}, fmt.Errorf("natsengine: stored record: %w", err)
	}
	return older.Succeed(record)
}

func (r *records) put(ctx context.Context, peer identity.PeerID, record engine.Record, revision uint64) error {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	revision, err := r.values.Update(ctx, recordKey(peer), record.Encoded(), revision)
	if err == nil {
		r.known.note(peer, record.Encoded(), revision, r.now())
	}
	return storeError(err)
}

// Codes of JetStream's errors (server/errors.json).
const (
	codeWrongSequence   = 10071
	codeStoreFailed     = 10077
	codeNoMemory        = 10028
	codeNoStorage       = 10047
	codeInsufficient    = 10023
	codeWrongSequenceOf = 10164 // the same without the sequence in the text
)

func storeError(err error) error {
	if err == nil {
		return nil
	}
	if told, ok := errors.AsType[*jetstream.APIError](err); ok {
		switch told.ErrorCode {
		case codeWrongSequence, codeWrongSequenceOf:
			return engine.ErrConflict
		case codeStoreFailed, codeNoMemory, codeNoStorage, codeInsufficient:
			return fmt.Errorf("%w: %w", engine.ErrFull, err)
		default:
		}
	}
	return fmt.Errorf("%w: %w", engine.ErrUnavailable, err)
}
