package memory

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// sameMail is how long the same envelope is known again.
const sameMail = 10 * time.Minute

// mailbox implements engine.Mailbox for tests: mail that is only in memory must
// not be promised to anybody.
type mailbox struct {
	now  func() time.Time
	hint func(owner identity.PeerID)

	mu     sync.Mutex
	closed bool
	tags   map[engine.Tag]registered
	owned  map[identity.PeerID]map[engine.Tag]bool
	boxes  map[identity.PeerID][]*kept
	seen   map[[sha256.Size]byte]time.Time // tag and envelope
	last   uint64
}

type registered struct {
	owner   identity.PeerID
	box     engine.Box
	expires time.Time
}

type kept struct {
	number   uint64
	tag      engine.Tag
	box      engine.Box
	envelope []byte
	stored   time.Time
	expires  time.Time
}

func newMailbox(now func() time.Time, hint func(identity.PeerID)) *mailbox {
	return &mailbox{
		now: now, hint: hint, tags: make(map[engine.Tag]registered), owned: make(map[identity.PeerID]map[engine.Tag]bool),
		boxes: make(map[identity.PeerID][]*kept), seen: make(map[[sha256.Size]byte]time.Time),
	}
}

// Register implements engine.Mailbox.
func (m *mailbox) Register(_ context.Context, owner identity.PeerID, add []engine.TagClaim, remove []engine.Tag) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return engine.ErrClosed
	}
	now := m.now()
	after := m.held(owner, now)
	for _, claim := range add {
		if held, ok := m.tags[claim.Tag]; ok && held.owner != owner && now.Before(held.expires) {
			return engine.ErrTagTaken
		}
		after[claim.Tag] = true
	}
	for _, tag := range remove {
		delete(after, tag)
	}
	if len(after) > engine.MaxTags {
		return engine.ErrTooManyTags
	}
	for _, claim := range add {
		m.drop(claim.Tag)
		expires := claim.Expires
		if most := now.Add(engine.MaxTagLife); expires.After(most) {
			expires = most
		}
		m.tags[claim.Tag] = registered{owner: owner, box: claim.Box, expires: expires}
		if m.owned[owner] == nil {
			m.owned[owner] = make(map[engine.Tag]bool)
		}
		m.owned[owner][claim.Tag] = true
	}
	for _, tag := range remove {
		if m.tags[tag].owner == owner {
			m.drop(tag)
		}
	}
	return nil
}

// held returns a peer's tags that did not expire, and forgets those that did.
func (m *mailbox) held(owner identity.PeerID, now time.Time) map[engine.Tag]bool {
	tags := make(map[engine.Tag]bool)
	for tag := range m.owned[owner] {
		if now.Before(m.tags[tag].expires) {
			tags[tag] = true
		} else {
			m.drop(tag)
		}
	}
	return tags
}

func (m *mailbox) drop(tag engine.Tag) {
	owner := m.tags[tag].owner
	delete(m.tags, tag)
	if delete(m.owned[owner], tag); len(m.owned[owner]) == 0 {
		delete(m.owned, owner)
	}
}

// Resolve implements engine.Mailbox.
func (m *mailbox) Resolve(_ context.Context, tag engine.Tag) (identity.PeerID, engine.Box, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return identity.PeerID{}, 0, false, engine.ErrClosed
	}
	found, ok := m.tags[tag]
	if !ok || !m.now().Before(found.expires) {
		return identity.PeerID{}, 0, false, nil
	}
	return found.owner, found.box, true, nil
}

// Put implements engine.Mailbox.
func (m *mailbox) Put(_ context.Context, owner identity.PeerID, box engine.Box, tag engine.Tag, envelope []byte, expires time.Time) error {
	if err := m.put(owner, box, tag, envelope, expires); err != nil {
		return err
	}
	m.hint(owner)
	return nil
}

func (m *mailbox) put(owner identity.PeerID, box engine.Box, tag engine.Tag, envelope []byte, expires time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return engine.ErrClosed
	}
	now := m.now()
	name := sha256.Sum256(append(tag[:], envelope...))
	if at, ok := m.seen[name]; ok && now.Sub(at) < sameMail {
		return nil
	}
	m.expire(owner, now)
	count, size := 0, 0
	for _, one := range m.boxes[owner] {
		if one.box == box && (box != engine.BoxInvite || one.tag == tag) {
			count++
			size += len(one.envelope)
		}
	}
	if most, bytes := engine.Quota(box); count >= most || size+len(envelope) > bytes {
		return engine.ErrBoxFull
	}
	for old, at := range m.seen {
		if now.Sub(at) >= sameMail {
			delete(m.seen, old)
		}
	}
	if most := now.Add(engine.MaxMailLife); expires.After(most) {
		expires = most
	}
	m.seen[name] = now
	m.last++
	m.boxes[owner] = append(m.boxes[owner], &kept{
		number: m.last, tag: tag, box: box, envelope: slices.Clone(envelope), stored: now, expires: expires,
	})
	return nil
}

// Fetch implements engine.Mailbox.
func (m *mailbox) Fetch(_ context.Context, owner identity.PeerID, after []byte, size int) ([]engine.Mail, []byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, nil, engine.ErrClosed
	}
	m.expire(owner, m.now())
	var from uint64
	if len(after) == 8 {
		from = binary.BigEndian.Uint64(after)
	}
	var mails []engine.Mail
	for _, one := range m.boxes[owner] {
		if one.number <= from {
			continue
		}
		if size -= len(one.envelope); size < 0 && len(mails) > 0 {
			return mails, mails[len(mails)-1].ID, nil
		}
		mails = append(mails, engine.Mail{
			ID: binary.BigEndian.AppendUint64(nil, one.number), Envelope: one.envelope, Stored: one.stored, Box: one.box,
		})
	}
	return mails, nil, nil
}

// Delete implements engine.Mailbox.
func (m *mailbox) Delete(_ context.Context, owner identity.PeerID, ids [][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return engine.ErrClosed
	}
	m.boxes[owner] = slices.DeleteFunc(m.boxes[owner], func(one *kept) bool {
		return slices.ContainsFunc(ids, func(id []byte) bool {
			return len(id) == 8 && binary.BigEndian.Uint64(id) == one.number
		})
	})
	if len(m.boxes[owner]) == 0 {
		delete(m.boxes, owner)
	}
	return nil
}

// Recall implements engine.Mailbox.
func (m *mailbox) Recall(_ context.Context, owner identity.PeerID, box engine.Box, tag engine.Tag, hash [sha256.Size]byte, size int) (found bool, read int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false, 0, engine.ErrClosed
	}
	m.expire(owner, m.now())
	before := len(m.boxes[owner])
	m.boxes[owner] = slices.DeleteFunc(m.boxes[owner], func(one *kept) bool {
		if one.box != box || one.tag != tag || len(one.envelope) != size {
			return false
		}
		read += size
		return sha256.Sum256(one.envelope) == hash
	})
	found = len(m.boxes[owner]) < before
	if len(m.boxes[owner]) == 0 {
		delete(m.boxes, owner)
	}
	return found, read, nil
}

func (m *mailbox) expire(owner identity.PeerID, now time.Time) {
	m.boxes[owner] = slices.DeleteFunc(m.boxes[owner], func(one *kept) bool { return !now.Before(one.expires) })
	if len(m.boxes[owner]) == 0 {
		delete(m.boxes, owner)
	}
}

func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.tags, m.owned, m.boxes, m.seen = nil, nil, nil, nil
}
