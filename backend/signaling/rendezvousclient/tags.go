package rendezvousclient

import (
	"maps"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	// maxTagsInFrame is the protocol's.
	maxTagsInFrame = 256
	// tagsAgain is how long registering waits after a server that could not.
	tagsAgain = 30 * time.Second
)

// RegisterTags implements signaling.Mail.
func (c *Client) RegisterTags(token string, id uint64, add []signaling.Tag, remove [][16]byte) {
	fail := answered(id)
	k := c.keeper(token)
	if k == nil {
		c.push(token, fail(signaling.AnswerNoSession))
		return
	}
	now := c.options.Now()
	for _, tag := range add {
		if tag.Box < signaling.BoxContact || tag.Box > signaling.BoxStranger || !tag.Expires.After(now) || tag.Expires.Sub(now) > signaling.MaxTagLife {
			c.push(token, fail(signaling.AnswerInvalid))
			return
		}
	}
	if !k.rememberTags(now, add, remove) {
		c.push(token, fail(signaling.AnswerTooMany))
		return
	}
	c.request(token, tagsRequest(slices.Clone(add), slices.Clone(remove), fail))
}

// tagsRequest registers and removes, a frame after the other, until all of it
// is done or something is refused.
func tagsRequest(add []signaling.Tag, remove [][16]byte, end func(signaling.Answer) signaling.Event) request {
	first := add[:min(len(add), maxTagsInFrame)]
	gone := remove[:min(len(remove), maxTagsInFrame)]
	return request{
		needs: offerMailbox,
		write: func(s *session, wireID uint64) *wire.ClientFrame {
			registration := &wire.RegisterTags{Id: wireID}
			for _, tag := range first {
				registration.Tags = append(registration.Tags, &wire.Tag{
					Tag: tag.Tag[:], Box: wire.MailBox(tag.Box), ExpiresMs: tag.Expires.Add(s.offset).UnixMilli(),
				})
			}
			for _, tag := range gone {
				registration.Remove = append(registration.Remove, tag[:])
			}
			return &wire.ClientFrame{Kind: &wire.ClientFrame_RegisterTags{RegisterTags: registration}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			if frame.GetTagsResult() == nil {
				return reply{}, false
			}
			answer := tagsAnswer(frame.GetTagsResult().GetOutcome())
			if len(first)+len(gone) == len(add)+len(remove) || answer != signaling.AnswerDone {
				return said(end(answer)), true
			}
			next := tagsRequest(add[len(first):], remove[len(gone):], end)
			return reply{next: &next}, true
		},
		fail: end,
	}
}

func tagsAnswer(outcome wire.TagsOutcome) signaling.Answer {
	switch outcome {
	case wire.TagsOutcome_TAGS_OUTCOME_DONE:
		return signaling.AnswerDone
	case wire.TagsOutcome_TAGS_OUTCOME_TAKEN:
		return signaling.AnswerTaken
	case wire.TagsOutcome_TAGS_OUTCOME_TOO_MANY:
		return signaling.AnswerTooMany
	case wire.TagsOutcome_TAGS_OUTCOME_UNAVAILABLE, wire.TagsOutcome_TAGS_OUTCOME_UNSPECIFIED:
	}
	return signaling.AnswerUnavailable
}

// rememberTags keeps what later sessions register again; false when that is too much.
func (k *keeper) rememberTags(now time.Time, add []signaling.Tag, remove [][16]byte) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	next := make(map[[16]byte]signaling.Tag, len(k.tags)+len(add))
	for name, tag := range k.tags {
		if tag.Expires.After(now) {
			next[name] = tag
		}
	}
	for _, name := range remove {
		delete(next, name)
	}
	for _, tag := range add {
		next[tag.Tag] = tag
	}
	if len(next) > signaling.MaxTags {
		return false
	}
	k.tags = next
	return true
}

// rememberedTags returns the tags that still count, in a fixed order.
func (k *keeper) rememberedTags(now time.Time) []signaling.Tag {
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.tags, func(_ [16]byte, tag signaling.Tag) bool { return !tag.Expires.After(now) })
	return slices.SortedFunc(maps.Values(k.tags), func(one, other signaling.Tag) int {
		return slices.Compare(one.Tag[:], other.Tag[:])
	})
}

// registerAgain asks for all remembered tags.
func (s *session) registerAgain(now time.Time) {
	s.tagsAt = time.Time{}
	tags := s.keeper.rememberedTags(now)
	if !s.mailbox || len(tags) == 0 {
		return
	}
	tell := answered(0)
	r := tagsRequest(tags, nil, func(answer signaling.Answer) signaling.Event {
		if answer == signaling.AnswerUnavailable {
			s.tagsAt = s.now().Add(tagsAgain)
		}
		return tell(answer)
	})
	s.queue = append(s.queue, r)
}
