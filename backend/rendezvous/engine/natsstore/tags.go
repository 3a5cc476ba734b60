package natsstore

import (
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// tagNotice is where nodes tell each other which tags changed.
const tagNotice = "tincan.tags-changed"

func subjectOfTag(tag engine.Tag) string {
	return tagSubject + "tag." + base64.RawURLEncoding.EncodeToString(tag[:])
}

func subjectOfOwner(owner identity.PeerID) string {
	name, _ := hashed(owner)
	return tagSubject + "owner." + name
}

// Resolve implements engine.Mailbox.
func (m mailbox) Resolve(ctx context.Context, tag engine.Tag) (identity.PeerID, engine.Box, bool, error) {
	now := m.options.Now()
	found, ok, before := m.cache.get(tag, now)
	if !ok {
		err := m.call(ctx, func(ctx context.Context) (err error) {
			found, _, err = m.readTag(ctx, tag)
			return err
		})
		if err != nil {
			return identity.PeerID{}, 0, false, err
		}
		if found.box != 0 {
			m.cache.put(tag, found, now, before)
		}
	}
	if found.box == 0 || !m.options.Now().Before(found.expires) {
		return identity.PeerID{}, 0, false, nil
	}
	return found.owner, found.box, true, nil
}

// readTag returns where a tag leads and its revision; the zero lead when nowhere.
func (s *Store) readTag(ctx context.Context, tag engine.Tag) (lead, sequence, error) {
	data, revision, err := s.last(ctx, subjectOfTag(tag))
	if err != nil || len(data) == 0 {
		return lead{}, revision, err
	}
	found, err := readLead(data)
	return found, revision, err
}

// last returns the last message of a subject of the tags; revision 0 when there is none.
func (s *Store) last(ctx context.Context, subject string) (data []byte, revision sequence, err error) {
	err = retry(ctx, func(ctx context.Context) error {
		held, failure := s.streams[tagStream].GetLastMsgForSubject(ctx, subject)
		switch {
		case errors.Is(failure, jetstream.ErrMsgNotFound):
			data, revision = nil, 0
			return nil
		case failure != nil:
			return failure
		}
		data, revision = held.Data, held.Sequence
		return nil
	})
	return data, revision, err
}

// Register implements engine.Mailbox.
func (m mailbox) Register(ctx context.Context, owner identity.PeerID, add []engine.TagClaim, remove []engine.Tag) error {
	if len(add) == 0 && len(remove) == 0 {
		return nil
	}
	var changed []engine.Tag
	err := m.call(ctx, func(ctx context.Context) error {
		select {
		case m.batches <- struct{}{}:
			defer func() { <-m.batches }()
		case <-ctx.Done():
			return ctx.Err()
		}
		for {
			plan, err := m.plan(ctx, owner, add, remove)
			if err != nil {
				return err
			}
			changed = plan.changed
			err = m.commit(ctx, plan.messages)
			if err == nil || (!changedMeanwhile(err) && !passing(err)) || ctx.Err() != nil {
				return err
			}
			if err = pause(ctx, rand.N(20*time.Millisecond)); err != nil {
				return err
			}
		}
	})
	// Even what failed may have happened.
	m.cache.forget(changed)
	m.tell(changed)
	return err
}

func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// plan is what a registration changes.
type plan struct {
	messages []revised
	changed  []engine.Tag
}

// revised is a message that is stored only if its subject has a revision.
type revised struct {
	subject  string
	data     []byte
	revision sequence
	life     int64 // seconds
}

// goneSoon is how long, in seconds, the marker of a removed tag stays.
const goneSoon = 1

func (s *Store) plan(ctx context.Context, owner identity.PeerID, add []engine.TagClaim, remove []engine.Tag) (plan, error) {
	now := s.options.Now()
	data, ownerRevision, err := s.last(ctx, subjectOfOwner(owner))
	if err != nil {
		return plan{}, err
	}
	held, err := readOwned(data)
	if err != nil {
		return plan{}, err
	}
	maps.DeleteFunc(held, func(_ engine.Tag, expires time.Time) bool { return !now.Before(expires) })

	// What every tag leads to afterwards; the zero lead is nowhere.
	want := make(map[engine.Tag]lead, len(add)+len(remove))
	for _, claim := range add {
		expires := claim.Expires
		if most := now.Add(engine.MaxTagLife); expires.After(most) {
			expires = most
		}
		want[claim.Tag] = lead{owner: owner, box: claim.Box, expires: expires}
	}
	claimed := slices.Collect(maps.Keys(want))
	for _, tag := range remove {
		want[tag] = lead{}
	}
	tags := slices.Collect(maps.Keys(want))
	leads, revisions := make(map[engine.Tag]lead, len(tags)), make(map[engine.Tag]sequence, len(tags))
	if err = s.readTags(ctx, tags, leads, revisions); err != nil {
		return plan{}, err
	}
	for _, tag := range claimed {
		if found := leads[tag]; found.box != 0 && found.owner != owner && now.Before(found.expires) {
			return plan{}, engine.ErrTagTaken
		}
	}
	var made plan
	for _, tag := range tags {
		next, mine := want[tag], leads[tag].box != 0 && leads[tag].owner == owner
		switch {
		case next.box != 0 && now.Before(next.expires):
			held[tag] = next.expires
			made.messages = append(made.messages, revised{
				subject: subjectOfTag(tag), data: next.encode(), revision: revisions[tag], life: seconds(next.expires.Sub(now)),
			})
		case mine:
			delete(held, tag)
			made.messages = append(made.messages, revised{subject: subjectOfTag(tag), revision: revisions[tag], life: goneSoon})
		default:
			delete(held, tag)
			continue
		}
		made.changed = append(made.changed, tag)
	}
	if len(held) > engine.MaxTags {
		return plan{}, engine.ErrTooManyTags
	}
	if len(made.messages) == 0 {
		return made, nil
	}
	life := int64(goneSoon)
	for _, expires := range held {
		life = max(life, seconds(expires.Sub(now)))
	}
	made.messages = append(made.messages, revised{subject: subjectOfOwner(owner), data: encodeOwned(held), revision: ownerRevision, life: life})
	return made, nil
}

func (s *Store) readTags(ctx context.Context, tags []engine.Tag, leads map[engine.Tag]lead, revisions map[engine.Tag]sequence) error {
	found, numbers := make([]lead, len(tags)), make([]sequence, len(tags))
	if err := each(ctx, len(tags), func(ctx context.Context, i int) (err error) {
		found[i], numbers[i], err = s.readTag(ctx, tags[i])
		return err
	}); err != nil {
		return err
	}
	for i, tag := range tags {
		leads[tag], revisions[tag] = found[i], numbers[i]
	}
	return nil
}

// tell tells the other nodes; those that it does not reach learn it from the stream within cacheLife.
func (s *Store) tell(tags []engine.Tag) {
	for part := range slices.Chunk(tags, mostNoticed) {
		var data []byte
		for _, tag := range part {
			data = append(data, tag[:]...)
		}
		if err := s.connection.Publish(tagNotice, data); err != nil {
			s.options.Logger.Warn("other nodes were not told of changed tags", "error", err)
			return
		}
	}
}

// mostNoticed tags are in one notice.
const mostNoticed = 512

// noticed reads a notice; tags that it cuts off are passed over.
func noticed(data []byte) []engine.Tag {
	var tags []engine.Tag
	for len(data) >= len(engine.Tag{}) && len(tags) < mostNoticed {
		tags = append(tags, engine.Tag(data[:len(engine.Tag{})]))
		data = data[len(engine.Tag{}):]
	}
	return tags
}

func decimal(number sequence) string { return strconv.FormatUint(number, 10) }
