package rendezvous

import (
	"crypto/sha256"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

func (s *session) handleRegisterTags(frame *wire.RegisterTags, now time.Time) []effect {
	if len(frame.GetTags()) > protocol.MaxTagsFrame || len(frame.GetRemove()) > protocol.MaxTagsFrame {
		return s.malformed()
	}
	request := registerTags{id: frame.GetId(), owner: s.peer}
	own := protocol.StrangerTag(s.peer)
	named := make(map[engine.Tag]bool, len(frame.GetTags()))
	for _, tag := range frame.GetTags() {
		box := engine.Box(tag.GetBox())
		if _, size := engine.Quota(box); size == 0 || len(tag.GetTag()) != protocol.TagSize || named[engine.Tag(tag.GetTag())] {
			return s.malformed()
		}
		name := engine.Tag(tag.GetTag())
		named[name] = true
		if box == engine.BoxStranger && name != own {
			// Only the identity that it is made of could have it.
			return []effect{write{tagsResult(request.id, wire.TagsOutcome_TAGS_OUTCOME_TAKEN)}}
		}
		expires := time.UnixMilli(tag.GetExpiresMs())
		if most := now.Add(engine.MaxTagLife); expires.After(most) {
			expires = most
		}
		if expires.After(now) {
			request.add = append(request.add, engine.TagClaim{Tag: slot(box, name), Box: box, Expires: expires})
		} else {
			request.remove = append(request.remove, slot(box, name))
		}
	}
	for _, tag := range frame.GetRemove() {
		if len(tag) != protocol.TagSize || named[engine.Tag(tag)] {
			return s.malformed()
		}
		name := engine.Tag(tag)
		request.remove = append(request.remove, slot(engine.BoxContact, name))
		if name == own {
			request.remove = append(request.remove, slot(engine.BoxStranger, name))
		}
	}
	return s.mail(request)
}

func (s *session) handlePutMail(frame *wire.PutMail, now time.Time) []effect {
	header, err := wire.ParseOuter(frame.GetEnvelope())
	if err != nil || header.Kind == wire.EnvelopeKind_ENVELOPE_KIND_UNSPECIFIED ||
		header.Kind == wire.EnvelopeKind_ENVELOPE_KIND_SIGNAL || !header.Expires.After(now) {
		return []effect{write{putResult(frame.GetId(), wire.PutOutcome_PUT_OUTCOME_REFUSED)}}
	}
	request := putMail{id: frame.GetId(), sender: s.peer, tag: header.Tag, envelope: frame.GetEnvelope(), expires: header.Expires}
	if most := now.Add(engine.MaxMailLife).Truncate(time.Millisecond); request.expires.After(most) {
		request.expires = most
	}
	switch proof := frame.GetProof().(type) {
	case *wire.PutMail_InviteSecret:
		request.invited = len(proof.InviteSecret) == protocol.SecretSize &&
			protocol.InviteTag([protocol.SecretSize]byte(proof.InviteSecret)) == header.Tag
	case *wire.PutMail_Work:
		request.work, request.worked = protocol.CheckWork(header.Tag, frame.GetEnvelope(), proof.Work, now)
		request.toStranger = true
	}
	return s.mail(request)
}

func (s *session) handleFetchMail(frame *wire.FetchMail) []effect {
	if len(frame.GetAfter()) > protocol.MaxMailCursor {
		return s.malformed()
	}
	return s.mail(fetchMail{id: frame.GetId(), owner: s.peer, after: frame.GetAfter()})
}

func (s *session) handleDeleteMail(frame *wire.DeleteMail) []effect {
	if len(frame.GetMailIds()) > protocol.MaxMailIDs {
		return s.malformed()
	}
	for _, id := range frame.GetMailIds() {
		if len(id) == 0 || len(id) > protocol.MaxMailID {
			return s.malformed()
		}
	}
	return s.mail(deleteMail{id: frame.GetId(), owner: s.peer, ids: frame.GetMailIds()})
}

func (s *session) handleRecallMail(frame *wire.RecallMail) []effect {
	if len(frame.GetTag()) != protocol.TagSize || len(frame.GetHash()) != sha256.Size || frame.GetSize() == 0 || frame.GetSize() > wire.MaxEnvelope {
		return s.malformed()
	}
	return s.mail(recallMail{
		id: frame.GetId(), sender: s.peer, tag: engine.Tag(frame.GetTag()),
		hash: [sha256.Size]byte(frame.GetHash()), length: int(frame.GetSize()),
	})
}

// mail is what a good frame about mail leads to: a server without mailboxes says so.
func (s *session) mail(asked request) []effect {
	if !s.terms.mailbox {
		return []effect{write{asked.unavailable()}}
	}
	return []effect{asked}
}

// slot is where the engine keeps a tag. Everybody can compute the stranger tag
// of everybody: kept apart, nobody can take it away by registering the same
// bytes as a tag of another box.
func slot(box engine.Box, tag engine.Tag) engine.Tag {
	if box == engine.BoxStranger {
		return tag
	}
	digest := sha256.Sum256(append([]byte("tincan/kept-tag/1"), tag[:]...))
	return engine.Tag(digest[:protocol.TagSize])
}

// The effects that ask the mailbox.
type (
	registerTags struct {
		id     uint64
		owner  identity.PeerID
		add    []engine.TagClaim
		remove []engine.Tag
	}
	putMail struct {
		id       uint64
		sender   identity.PeerID
		tag      engine.Tag // as in the envelope
		envelope []byte
		expires  time.Time
		// What the sender showed: the invite's secret; work, good or not; and the good work's hash.
		invited    bool
		toStranger bool
		worked     bool
		work       [sha256.Size]byte
	}
	fetchMail struct {
		id    uint64
		owner identity.PeerID
		after []byte
	}
	deleteMail struct {
		id    uint64
		owner identity.PeerID
		ids   [][]byte
	}
)

// recallMail takes back what somebody put.
type recallMail struct {
	id     uint64
	sender identity.PeerID
	tag    engine.Tag // as in the envelope
	hash   [sha256.Size]byte
	length int
}

func (recallMail) isEffect()   {}
func (registerTags) isEffect() {}
func (putMail) isEffect()      {}
func (fetchMail) isEffect()    {}
func (deleteMail) isEffect()   {}

// slots are where the tag of a put may be kept, the likelier one first.
func (e putMail) slots() [2]engine.Tag {
	stranger, other := slot(engine.BoxStranger, e.tag), slot(engine.BoxContact, e.tag)
	if e.toStranger {
		return [2]engine.Tag{stranger, other}
	}
	return [2]engine.Tag{other, stranger}
}

// proved says whether the sender may put into a box.
func (e putMail) proved(box engine.Box) bool {
	switch box {
	case engine.BoxContact:
		return true // the tag itself is the proof
	case engine.BoxInvite:
		return e.invited
	case engine.BoxStranger:
		return e.worked
	}
	return false
}

func tagsResult(id uint64, outcome wire.TagsOutcome) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_TagsResult{TagsResult: &wire.TagsResult{Id: id, Outcome: outcome}}}
}

func putResult(id uint64, outcome wire.PutOutcome) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_PutResult{PutResult: &wire.PutResult{Id: id, Outcome: outcome}}}
}
