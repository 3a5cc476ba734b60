package natsstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Errors of a migration.
var (
	// ErrTargetUsed says that the store to copy to has something of its own.
	ErrTargetUsed = errors.New("natsstore: the store to copy to is in use, or was copied to from another one")
	// ErrDiffers says that the copy is not what was copied: somebody used one of the stores meanwhile.
	ErrDiffers = errors.New("natsstore: the copy differs from the original")
)

const (
	migrationStream  = "TINCAN_MIGRATION"
	migrationSubject = "tincan.migration"
	// attempts of a migration that does not get any further
	mostAttempts = 10
	noted        = 1000 // messages between two notes of the progress
)

// Migration is how far a migration is.
type Migration struct {
	Streams  int  `json:"streams"`  // that are copied, of Of
	Of       int  `json:"of"`       // streams of the original
	Copied   int  `json:"copied"`   // messages; in this run
	Held     int  `json:"held"`     // messages in the copy that were compared with the original
	Expiring int  `json:"expiring"` // messages that end within ten minutes and were not compared
	Done     bool `json:"done"`     // copied and compared
}

// progress is kept in the store that is copied to. Where exactly a run goes on
// is in the copied messages themselves.
type progress struct {
	Origin    string    `json:"origin"`
	Migration Migration `json:"migration"`
}

// Migrate copies what a store has to another one, such as from one that was
// alone to a cluster, with other shards and replicas. options are those of the
// store to copy to; it is made if it is not there. Nobody else may use either
// of them meanwhile. A run that ended early is gone on with by the next one: no
// message is lost or there twice. What was copied is then read again and
// compared. report, when there is one, is called now and then by Migrate's goroutine.
//
// Revisions of tables start anew. Errors: ErrTargetUsed, ErrDiffers, and what the servers say.
func Migrate(ctx context.Context, from, to *nats.Conn, options Options, report func(Migration)) (Migration, error) {
	target, err := Open(ctx, to, options)
	if err != nil {
		return Migration{}, err
	}
	m := &migration{target: target, report: report}
	if err = m.prepare(ctx, from); err == nil && !m.noted.Migration.Done {
		err = m.run(ctx)
	}
	return m.noted.Migration, errors.Join(err, target.Close())
}

// migration is one run.
type migration struct {
	target  *Store
	report  func(Migration)
	sources []source
	notes   jetstream.Stream
	noted   progress
}

// source is a stream of the original.
type source struct {
	stream jetstream.Stream
	class  int // of mail; -1 when the copy has a stream of the same name
	name   string
}

// prepare finds the streams of the original, and what an earlier run noted.
func (m *migration) prepare(ctx context.Context, from *nats.Conn) error {
	js, err := jetstream.New(from)
	if err != nil {
		return fmt.Errorf("natsstore: %w", err)
	}
	original := &Store{js: js}
	shards, created, err := original.existing(ctx)
	if err != nil {
		return err
	}
	names := map[string]int{}
	for i, one := range sharded(shards) {
		for shard := range one.shards {
			names[one.stream(shard)] = i
		}
	}
	for _, config := range configs(Options{Shards: shards}) {
		class, ok := names[config.Name]
		if !ok {
			class = -1
		}
		one := source{class: class, name: config.Name}
		if err = retry(ctx, func(ctx context.Context) (err error) {
			one.stream, err = js.Stream(ctx, config.Name)
			return err
		}); err != nil {
			return fmt.Errorf("natsstore: stream %s of the original: %w", config.Name, err)
		}
		m.sources = append(m.sources, one)
	}
	if m.notes, err = m.target.ensure(ctx, jetstream.StreamConfig{
		Name: migrationStream, Subjects: []string{migrationSubject}, Replicas: m.target.options.Replicas, Storage: jetstream.FileStorage,
		Discard: jetstream.DiscardOld, MaxMsgsPerSubject: 1, MaxMsgs: -1, MaxConsumers: -1, MaxBytes: 1 << 20, MaxMsgSize: 4 << 10,
	}); err != nil {
		return err
	}
	m.noted.Origin = created.UTC().Format(time.RFC3339Nano)
	return m.recall(ctx)
}

// existing returns the shards of a store that is there, and when it was made.
func (s *Store) existing(ctx context.Context) (shards int, created time.Time, err error) {
	name := classes[0].stream(0)
	err = retry(ctx, func(ctx context.Context) error {
		stream, readErr := s.js.Stream(ctx, name)
		if readErr != nil {
			return readErr
		}
		created = stream.CachedInfo().Created
		shards, readErr = shardsOf(stream)
		return readErr
	})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("natsstore: stream %s of the original: %w", name, err)
	}
	return shards, created, nil
}

// recall reads what an earlier run noted.
func (m *migration) recall(ctx context.Context) error {
	return retry(ctx, func(ctx context.Context) error {
		held, err := m.notes.GetLastMsgForSubject(ctx, migrationSubject)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var earlier progress
		if err = json.Unmarshal(held.Data, &earlier); err != nil {
			return fmt.Errorf("natsstore: progress of a migration: %w", err)
		}
		if earlier.Origin != m.noted.Origin {
			return ErrTargetUsed
		}
		if earlier.Migration.Done {
			m.noted = earlier
		}
		return nil
	})
}

// note keeps the progress, and reports it.
func (m *migration) note(ctx context.Context) error {
	if m.report != nil {
		m.report(m.noted.Migration)
	}
	data, err := json.Marshal(m.noted)
	if err != nil {
		return fmt.Errorf("natsstore: progress of a migration: %w", err)
	}
	return retry(ctx, func(ctx context.Context) error {
		_, err := m.target.js.Publish(ctx, migrationSubject, data)
		return err
	})
}

// run copies, begins again where a leader was lost, and compares.
func (m *migration) run(ctx context.Context) error {
	for attempt, copied := 1, 0; ; attempt++ {
		m.noted.Migration.Of = len(m.sources)
		if err := m.note(ctx); err != nil {
			return err
		}
		err := m.copy(ctx)
		if err == nil {
			break
		}
		if m.noted.Migration.Copied > copied {
			attempt, copied = 1, m.noted.Migration.Copied
		}
		if ctx.Err() != nil || attempt == mostAttempts || !passing(err) && !changedMeanwhile(err) {
			return err
		}
		m.target.options.Logger.Warn("migration begins again where it was", "error", err)
		if err = pause(ctx, time.Second); err != nil {
			return err
		}
	}
	if err := m.compare(ctx); err != nil {
		return err
	}
	m.noted.Migration.Done = true
	return m.note(ctx)
}
