package natsstore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	smallEnvelope = 8 << 10 // bytes; what padding makes of a message or a request fits
	headerRoom    = 512     // bytes for the headers of a kept message
	sameMail      = 10 * time.Minute
	markerLife    = 24 * time.Hour // how long a deleted key of a table is remembered for those who follow

	tagStream   = "TINCAN_TAGS"
	tagSubject  = "tincan.tags."
	bucketStart = "tincan_"
)

// class is the part of the boxes of one kind that takes envelopes of one size.
type class struct {
	name   string // in subjects, and with a number in names of streams
	box    engine.Box
	size   int // of the largest envelope, bytes
	count  int // envelopes of one box
	spread int // one stream for so many shards of the store
	shards int // streams; 1 or more in a store
	share  int // of Options.MaxBytes, percent
}

// mostShards of a store.
const mostShards = 64

// metadataShards says in the first stream how many shards the store was made with.
const metadataShards = "tincan-shards"

// classes never change their order: cursors and ids count them.
var classes = [...]class{
	{name: "contact-small", box: engine.BoxContact, size: smallEnvelope, count: engine.ContactBox * 9 / 10, spread: 1, share: 40},
	{name: "contact-large", box: engine.BoxContact, size: wire.MaxEnvelope, count: engine.ContactBox / 10, spread: 4, share: 20},
	{name: "invite-small", box: engine.BoxInvite, size: smallEnvelope, count: engine.InviteBox * 9 / 10, spread: mostShards, share: 6},
	{name: "invite-large", box: engine.BoxInvite, size: wire.MaxEnvelope, count: engine.InviteBox / 10, spread: mostShards, share: 4},
	{name: "stranger-small", box: engine.BoxStranger, size: smallEnvelope, count: engine.StrangerBox * 9 / 10, spread: mostShards, share: 6},
	{name: "stranger-large", box: engine.BoxStranger, size: wire.MaxEnvelope, count: engine.StrangerBox / 10, spread: mostShards, share: 4},
}

const (
	tagShare    = 10 // percent
	tablesShare = 10 // of all tables together
)

var tables = [...]engine.TableName{
	engine.TableHandles, engine.TableDirectory, engine.TableBans,
	engine.TableReports, engine.TableCertificates, engine.TableSettings,
}

// sharded returns the classes of a store with so many shards.
func sharded(shards int) [len(classes)]class {
	made := classes
	for i := range made {
		made[i].shards = max(1, shards/made[i].spread)
	}
	return made
}

// classOf returns which class of a box takes an envelope of a size, and false when none does.
func classOf(box engine.Box, size int) (int, bool) {
	for i, one := range classes {
		if one.box == box && size <= one.size {
			return i, true
		}
	}
	return 0, false
}

// ownerName is how many bytes of a hash name an owner in subjects.
const ownerName = 16

// hashed names an owner in subjects; the shard is the name's last byte.
func hashed(owner identity.PeerID) (name string, shard byte) {
	sum := sha256.Sum256(append([]byte("tincan/mailbox/1"), owner[:]...))
	return base64.RawURLEncoding.EncodeToString(sum[:ownerName]), sum[ownerName-1]
}

func (c class) stream(shard int) string { return fmt.Sprintf("TINCAN_MAIL_%s-%d", c.name, shard) }

// subject is where envelopes of an owner lie; those of an invite one level below.
func (c class) subject(owner identity.PeerID) (subject string, shard int) {
	name, at := hashed(owner)
	shard = int(at) % c.shards
	return "tincan.mail." + c.name + "." + strconv.Itoa(shard) + "." + name, shard
}

// box is where envelopes that were left at a tag lie.
func (c class) boxOf(owner identity.PeerID, tag engine.Tag) (subject string, shard int) {
	subject, shard = c.subject(owner)
	if c.box == engine.BoxInvite {
		subject += "." + base64.RawURLEncoding.EncodeToString(tag[:])
	}
	return subject, shard
}

// filter matches all that an owner has in the class.
func (c class) filter(owner identity.PeerID) (filter string, shard int) {
	filter, shard = c.subject(owner)
	if c.box == engine.BoxInvite {
		filter += ".*"
	}
	return filter, shard
}

// configs lists every stream of a store; the first one says how many shards it has.
func configs(options Options) []jetstream.StreamConfig {
	part := func(percent, among int) int64 { return options.MaxBytes / 100 * int64(percent) / int64(among) }
	base := func(name string, subjects []string, most int64) jetstream.StreamConfig {
		return jetstream.StreamConfig{
			Name: name, Subjects: subjects, MaxBytes: most, Replicas: options.Replicas,
			Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
			MaxMsgs: -1, MaxConsumers: -1, AllowMsgTTL: true,
		}
	}
	var all []jetstream.StreamConfig
	for _, one := range sharded(options.Shards) {
		for shard := range one.shards {
			subject := fmt.Sprintf("tincan.mail.%s.%d.*", one.name, shard)
			if one.box == engine.BoxInvite {
				subject += ".*"
			}
			config := base(one.stream(shard), []string{subject}, part(one.share, one.shards))
			config.MaxMsgsPerSubject = int64(one.count)
			config.DiscardNewPerSubject = true
			config.MaxAge = engine.MaxMailLife
			config.MaxMsgSize = int32(one.size) + headerRoom
			config.Duplicates = sameMail
			all = append(all, config)
		}
	}
	all[0].Metadata = map[string]string{metadataShards: strconv.Itoa(options.Shards)}
	tags := base(tagStream, []string{tagSubject + "tag.*", tagSubject + "owner.*"}, part(tagShare, 1))
	tags.MaxMsgsPerSubject = 1
	tags.MaxMsgSize = int32(maxOwnerRecord) + headerRoom
	tags.AllowAtomicPublish = true
	all = append(all, tags)
	for _, name := range tables {
		// As the client makes a bucket, but read at the leader only.
		config := base("KV_"+bucketStart+string(name), []string{"$KV." + bucketStart + string(name) + ".>"}, part(tablesShare, len(tables)))
		config.MaxMsgsPerSubject = 1
		config.MaxMsgSize = engine.MaxValue + headerRoom
		config.AllowRollup = true
		config.DenyDelete = true
		config.Duplicates = 2 * time.Minute
		config.SubjectDeleteMarkerTTL = markerLife
		all = append(all, config)
	}
	return all
}

// errOtherStream says that a stream is there and means something else.
var errOtherStream = errors.New("natsstore: a stream of that name is made in another way")

// shards returns how many shards the store has that is there, and otherwise
// makes its first stream with as many as the options say.
func (s *Store) shards(ctx context.Context) (int, error) {
	first := configs(s.options)[0]
	var found int
	err := retry(ctx, func(ctx context.Context) error {
		stream, err := s.js.Stream(ctx, first.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = s.js.CreateStream(ctx, first)
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
				stream, err = s.js.Stream(ctx, first.Name)
				if errors.Is(err, jetstream.ErrStreamNotFound) {
					err = errNotSeenYet
				}
			}
		}
		if err != nil {
			return err
		}
		found, err = shardsOf(stream)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("natsstore: stream %s: %w", first.Name, err)
	}
	return found, nil
}

// shardsOf reads what the first stream says.
func shardsOf(first jetstream.Stream) (int, error) {
	info := first.CachedInfo()
	found, err := strconv.Atoi(info.Config.Metadata[metadataShards])
	if err != nil || found < 1 || found > mostShards {
		return 0, fmt.Errorf("%w: %s", errOtherStream, info.Config.Name)
	}
	return found, nil
}

// ensure makes a stream, or takes the one that is there. How many replicas it
// has and how much it takes may change; the rest is what the data means.
func (s *Store) ensure(ctx context.Context, want jetstream.StreamConfig) (jetstream.Stream, error) {
	var found jetstream.Stream
	err := retry(ctx, func(ctx context.Context) error {
		stream, err := s.js.Stream(ctx, want.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = s.js.CreateStream(ctx, want)
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
				stream, err = s.js.Stream(ctx, want.Name) // another node was faster
				if errors.Is(err, jetstream.ErrStreamNotFound) {
					err = errNotSeenYet
				}
			}
		}
		if err != nil {
			return err
		}
		held := stream.CachedInfo().Config
		if !alike(held, want) {
			return fmt.Errorf("%w: %s", errOtherStream, want.Name)
		}
		if held.Replicas != want.Replicas || held.MaxBytes != want.MaxBytes {
			held.Replicas, held.MaxBytes = want.Replicas, want.MaxBytes
			if stream, err = s.js.UpdateStream(ctx, held); err != nil {
				return err
			}
		}
		found = stream
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("natsstore: stream %s: %w", want.Name, err)
	}
	return found, nil
}

func alike(held, want jetstream.StreamConfig) bool {
	return len(held.Subjects) == len(want.Subjects) && held.Subjects[0] == want.Subjects[0] &&
		held.Storage == want.Storage && held.Retention == want.Retention && held.Discard == want.Discard &&
		held.DiscardNewPerSubject == want.DiscardNewPerSubject && held.MaxMsgsPerSubject == want.MaxMsgsPerSubject &&
		held.MaxMsgSize == want.MaxMsgSize && held.MaxAge == want.MaxAge && held.AllowMsgTTL == want.AllowMsgTTL &&
		held.AllowAtomicPublish == want.AllowAtomicPublish && held.AllowDirect == want.AllowDirect
}
