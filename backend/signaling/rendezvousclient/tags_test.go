package rendezvousclient

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

func TestRegisterTags(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		outcome := wire.TagsOutcome_TAGS_OUTCOME_DONE
		answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
			if frame.GetRegisterTags() == nil {
				return nil
			}
			return &wire.ServerFrame{Kind: &wire.ServerFrame_TagsResult{TagsResult: &wire.TagsResult{Id: frame.GetRegisterTags().GetId(), Outcome: outcome}}}
		})
		expires := time.Now().Add(time.Hour)
		var tags []signaling.Tag
		for i := range 600 {
			tags = append(tags, signaling.Tag{Tag: [16]byte{byte(i), byte(i >> 8)}, Box: signaling.BoxStranger, Expires: expires})
		}
		p.client.RegisterTags("home", 5, tags, [][16]byte{{9, 9, 9}})
		pass(time.Second)
		if got := answersOf(p.drain()); len(got) != 1 || got[0] != (signaling.Answered{ID: 5, Answer: signaling.AnswerDone}) {
			t.Errorf("answers %+v", got)
		}
		registered := func() (count, removed int) {
			for _, frame := range s.seen() {
				one := frame.GetRegisterTags()
				if len(one.GetTags()) > 256 {
					t.Errorf("%d tags in a frame", len(one.GetTags()))
				}
				for _, tag := range one.GetTags() {
					if tag.GetBox() != wire.MailBox_MAIL_BOX_STRANGER || time.UnixMilli(tag.GetExpiresMs()).Sub(expires).Abs() > 2*time.Millisecond { // the clocks are compared to a millisecond
						t.Fatalf("tag %v", tag)
					}
				}
				count += len(one.GetTags())
				removed += len(one.GetRemove())
			}
			return count, removed
		}
		if count, removed := registered(); count != 600 || removed != 1 {
			t.Errorf("%d registered, %d removed", count, removed)
		}
		// Removed ones are not registered again.
		p.client.RegisterTags("home", 6, nil, [][16]byte{tags[0].Tag})
		pass(time.Second)
		p.drain()
		s.set(func(s *script) { s.frames = nil; s.pipe.Close() })
		pass(3 * time.Second)
		if got := answersOf(p.drain()); len(got) != 1 || got[0] != (signaling.Answered{ID: 0, Answer: signaling.AnswerDone}) {
			t.Errorf("answers after the login %+v", got)
		}
		if count, _ := registered(); count != 599 {
			t.Errorf("%d registered again", count)
		}
		// Neither are expired ones.
		pass(time.Hour)
		s.set(func(s *script) { s.frames = nil; s.pipe.Close() })
		pass(3 * time.Second)
		if count, _ := registered(); count != 0 {
			t.Errorf("%d expired ones were registered", count)
		}
		p.drain()
		for id, c := range map[wire.TagsOutcome]signaling.Answer{
			wire.TagsOutcome_TAGS_OUTCOME_TAKEN: signaling.AnswerTaken, wire.TagsOutcome_TAGS_OUTCOME_TOO_MANY: signaling.AnswerTooMany,
			wire.TagsOutcome_TAGS_OUTCOME_UNAVAILABLE: signaling.AnswerUnavailable, 77: signaling.AnswerUnavailable,
		} {
			s.set(func(*script) { outcome = id })
			p.client.RegisterTags("home", 7, nil, [][16]byte{{1}})
			pass(time.Second)
			if got := answersOf(p.drain()); len(got) != 1 || got[0].Answer != c {
				t.Errorf("%v: %+v", id, got)
			}
		}
	})
}

func TestTagsThatAreRefused(t *testing.T) {
	withMail(t, func(t *testing.T, _ *script, p *person) {
		soon := time.Now().Add(time.Hour)
		var many []signaling.Tag
		for i := range signaling.MaxTags + 1 {
			many = append(many, signaling.Tag{Tag: [16]byte{byte(i), byte(i >> 8)}, Box: signaling.BoxContact, Expires: soon})
		}
		for want, tags := range map[signaling.Answer][]signaling.Tag{
			signaling.AnswerTooMany: many,
			signaling.AnswerInvalid: {{Box: signaling.BoxContact, Expires: time.Now().Add(31 * 24 * time.Hour)}},
		} {
			p.client.RegisterTags("home", 1, tags, nil)
			p.client.RegisterTags("nowhere", 2, nil, nil)
			synctest.Wait()
			if got := answersOf(p.drain()); len(got) != 2 || got[0].Answer != want || got[1].Answer != signaling.AnswerNoSession {
				t.Errorf("answers %+v, want %v", got, want)
			}
		}
	})
}

// TestTagsAreTriedAgain: a store that does not answer after a login does not cost the tags.
func TestTagsAreTriedAgain(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		p.client.RegisterTags("home", 1, []signaling.Tag{{Box: signaling.BoxContact, Expires: time.Now().Add(time.Hour)}}, nil)
		pass(5 * time.Second) // nobody answers
		s.set(func(s *script) { s.pipe.Close() })
		pass(10 * time.Second)
		if got := answersOf(p.drain()); len(got) != 2 || got[0].ID != 1 || got[1] != (signaling.Answered{Answer: signaling.AnswerUnavailable}) {
			t.Fatalf("answers %+v", got)
		}
		answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
			return &wire.ServerFrame{Kind: &wire.ServerFrame_TagsResult{TagsResult: &wire.TagsResult{
				Id: frame.GetRegisterTags().GetId(), Outcome: wire.TagsOutcome_TAGS_OUTCOME_DONE,
			}}}
		})
		pass(30 * time.Second)
		if got := answersOf(p.drain()); len(got) != 1 || got[0] != (signaling.Answered{Answer: signaling.AnswerDone}) {
			t.Errorf("answers %+v", got)
		}
	})
}
