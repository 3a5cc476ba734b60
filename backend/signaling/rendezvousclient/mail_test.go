package rendezvousclient

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// envelopeFor has an outer header that servers take, and nothing inside.
func envelopeFor(tag [16]byte, expires time.Time) []byte {
	const ciphertext = wire.SmallestPadded + wire.SealOverhead
	header := wire.OuterHeader{Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Tag: tag, Expires: expires}.Encode(ciphertext)
	return append(header, make([]byte, wire.EncapsulationSize+ciphertext)...)
}

// withMail is inBothEncodings with a session at a server that offers everything.
func withMail(t *testing.T, test func(t *testing.T, s *script, p *person)) {
	t.Helper()
	inBothEncodings(t, func(t *testing.T, s *script, p *person) {
		s.set(func(s *script) { s.offers = true })
		p.client.Connect("home", s.server())
		synctest.Wait()
		events := p.drain()
		if up := ups(events); len(up) != 1 || !up[0].Mailbox || !up[0].Directory {
			t.Fatalf("up %+v", up)
		}
		if !slices.ContainsFunc(events, func(e signaling.Event) bool { return e.Arrived != nil }) {
			t.Error("no hint at the login")
		}
		s.set(func(s *script) { s.frames = nil }) // the empty watch
		test(t, s, p)
	})
}

// answering makes a script answer with one frame to each.
func answering(s *script, answer func(*wire.ClientFrame) *wire.ServerFrame) {
	s.set(func(s *script) {
		s.answer = func(frame *wire.ClientFrame) []*wire.ServerFrame {
			if reply := answer(frame); reply != nil {
				return []*wire.ServerFrame{reply}
			}
			return nil
		}
	})
}

func answersOf(events []signaling.Event) []signaling.Answered {
	var found []signaling.Answered
	for _, event := range events {
		if event.Answered != nil {
			found = append(found, *event.Answered)
		}
	}
	return found
}

func storedOf(events []signaling.Event) []signaling.Stored {
	var found []signaling.Stored
	for _, event := range events {
		if event.Stored != nil {
			found = append(found, *event.Stored)
		}
	}
	return found
}

func TestPutMail(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		var outcome wire.PutOutcome
		until := time.Now().Add(time.Hour)
		answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
			if frame.GetPutMail() == nil {
				return nil
			}
			return &wire.ServerFrame{Kind: &wire.ServerFrame_PutResult{PutResult: &wire.PutResult{
				Id: frame.GetPutMail().GetId(), Outcome: outcome, ExpiresMs: until.UnixMilli(),
			}}}
		})
		envelope := envelopeFor([16]byte{4}, time.Now().Add(24*time.Hour))
		for said, want := range map[wire.PutOutcome]signaling.Answer{
			wire.PutOutcome_PUT_OUTCOME_STORED: signaling.AnswerDone, wire.PutOutcome_PUT_OUTCOME_NO_SUCH_TAG: signaling.AnswerNotFound,
			wire.PutOutcome_PUT_OUTCOME_FULL: signaling.AnswerFull, wire.PutOutcome_PUT_OUTCOME_PROOF: signaling.AnswerProof,
			wire.PutOutcome_PUT_OUTCOME_REFUSED: signaling.AnswerRefused, wire.PutOutcome_PUT_OUTCOME_UNAVAILABLE: signaling.AnswerUnavailable,
		} {
			s.set(func(s *script) { outcome, s.frames = said, nil })
			p.client.PutMail("home", 3, envelope, signaling.Proof{Invite: []byte("sixteen bytes ok")})
			synctest.Wait()
			got := storedOf(p.drain())
			if len(got) != 1 || got[0].ID != 3 || got[0].Answer != want || (want == signaling.AnswerDone) != (got[0].Until.Sub(until).Abs() < 2*time.Millisecond) {
				t.Errorf("%v: %+v", said, got)
			}
			if frames := s.seen(); len(frames) != 1 || string(frames[0].GetPutMail().GetInviteSecret()) != "sixteen bytes ok" ||
				!bytes.Equal(frames[0].GetPutMail().GetEnvelope(), envelope) {
				t.Errorf("sent %d frames, or other ones", len(frames))
			}
		}
		// A promise beyond the envelope's own end is worth nothing.
		s.set(func(*script) { outcome, until = wire.PutOutcome_PUT_OUTCOME_STORED, time.Now().AddDate(90, 0, 0) })
		p.client.PutMail("home", 4, envelope, signaling.Proof{})
		synctest.Wait()
		if got := storedOf(p.drain()); len(got) != 1 || time.Until(got[0].Until) > 24*time.Hour {
			t.Errorf("stored %+v", got)
		}
		for name, c := range map[string]struct {
			token    string
			envelope []byte
			proof    signaling.Proof
			want     signaling.Answer
		}{
			"no envelope":  {"home", []byte("hello"), signaling.Proof{}, signaling.AnswerRefused},
			"expired":      {"home", envelopeFor([16]byte{}, time.Now().Add(-time.Second)), signaling.Proof{}, signaling.AnswerRefused},
			"short secret": {"home", envelope, signaling.Proof{Invite: []byte("short")}, signaling.AnswerProof},
			"no server":    {"nowhere", envelope, signaling.Proof{}, signaling.AnswerNoSession},
		} {
			p.client.PutMail(c.token, 5, c.envelope, c.proof)
			synctest.Wait()
			if got := storedOf(p.drain()); len(got) != 1 || got[0].Answer != c.want {
				t.Errorf("%s: %+v", name, got)
			}
		}
	})
}

func TestPutMailWithWork(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		s.set(func(s *script) { s.ahead = 0 })
		tag := protocol.StrangerTag(p.Peer())
		envelope := envelopeFor(tag, time.Now().Add(24*time.Hour))
		p.client.PutMail("home", 3, envelope, signaling.Proof{Work: true})
		synctest.Wait() // as long as it takes: no virtual time passes
		frames := s.seen()
		if len(frames) != 1 {
			t.Fatalf("sent %d frames", len(frames))
		}
		if _, good := protocol.CheckWork(tag, envelope, frames[0].GetPutMail().GetWork(), time.Now()); !good {
			t.Fatal("no proof")
		}
		pass(5 * time.Second)
		if got := storedOf(p.drain()); len(got) != 1 || got[0].Answer != signaling.AnswerUnavailable {
			t.Errorf("without an answer: %+v", got)
		}
	})
}

// TestCancelWork: the second of two waits for the first, and is given up.
func TestCancelWork(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		p.client.worker <- struct{}{} // somebody else's work, without end
		envelope := envelopeFor([16]byte{1}, time.Now().Add(24*time.Hour))
		p.client.PutMail("home", 3, envelope, signaling.Proof{Work: true})
		p.client.PutMail("home", 4, envelope, signaling.Proof{Work: true})
		p.client.Cancel("home", 3)
		p.client.Cancel("home", 5)
		p.client.Cancel("nowhere", 3)
		synctest.Wait()
		if got := storedOf(p.drain()); len(got) != 1 || got[0] != (signaling.Stored{ID: 3, Answer: signaling.AnswerCancelled}) {
			t.Errorf("stored %+v", got)
		}
		// The other one ends with its server.
		p.client.Disconnect("home")
		synctest.Wait()
		if got := storedOf(p.drain()); len(got) != 1 || got[0] != (signaling.Stored{ID: 4, Answer: signaling.AnswerCancelled}) {
			t.Errorf("stored %+v", got)
		}
		if len(s.seen()) != 1 || s.seen()[0].GetGoodbye() == nil {
			t.Errorf("sent %v", s.seen())
		}
		<-p.client.worker
	})
}

// shelf answers FetchMail with pages of two, and DeleteMail.
func shelf(s *script, count int) {
	answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
		if remove := frame.GetDeleteMail(); remove != nil {
			return &wire.ServerFrame{Kind: &wire.ServerFrame_DeleteResult{DeleteResult: &wire.DeleteResult{Id: remove.GetId()}}}
		}
		fetch := frame.GetFetchMail()
		if fetch == nil {
			return nil
		}
		batch := &wire.MailBatch{Id: fetch.GetId()}
		from := 0
		if len(fetch.GetAfter()) > 0 {
			from = int(fetch.GetAfter()[0])
		}
		for i := from; i < min(from+2, count); i++ {
			batch.Mails = append(batch.Mails, &wire.Mail{
				Id: []byte{byte(i)}, Envelope: fmt.Appendf(nil, "mail %d", i), StoredMs: time.Now().UnixMilli(), Box: wire.MailBox_MAIL_BOX_INVITE,
			})
		}
		if from+2 < count {
			batch.Next = []byte{byte(from + 2)}
		}
		return &wire.ServerFrame{Kind: &wire.ServerFrame_MailBatch{MailBatch: batch}}
	})
}

func fetchedOf(events []signaling.Event) []signaling.Fetched {
	var found []signaling.Fetched
	for _, event := range events {
		if event.Fetched != nil {
			found = append(found, *event.Fetched)
		}
	}
	return found
}

func TestFetchMail(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		shelf(s, 0)
		p.client.FetchMail("home", 1)
		synctest.Wait()
		if got := fetchedOf(p.drain()); len(got) != 1 || got[0].Answer != signaling.AnswerDone || got[0].More || len(got[0].Mails) != 0 {
			t.Errorf("nothing is %+v", got)
		}
		shelf(s, 7)
		p.client.FetchMail("home", 2)
		pass(time.Second)
		pages := fetchedOf(p.drain())
		var texts []string
		for i, page := range pages {
			if page.ID != 2 || page.Answer != signaling.AnswerDone || page.More != (i < len(pages)-1) {
				t.Errorf("page %d: %+v", i, page)
			}
			for _, letter := range page.Mails {
				texts = append(texts, string(letter.Envelope))
				if letter.Box != signaling.BoxInvite || time.Since(letter.Stored).Abs() > 2*time.Second {
					t.Errorf("letter %+v", letter)
				}
			}
		}
		if len(pages) != 4 || !slices.Equal(texts, []string{"mail 0", "mail 1", "mail 2", "mail 3", "mail 4", "mail 5", "mail 6"}) {
			t.Errorf("%d pages: %v", len(pages), texts)
		}
		s.say(&wire.ServerFrame{Kind: &wire.ServerFrame_MailArrived{MailArrived: &wire.MailArrived{}}})
		synctest.Wait()
		if events := p.drain(); len(events) != 1 || events[0].Arrived == nil {
			t.Errorf("events %+v", events)
		}
	})
}

// TestFetchFromLiars: pages without end, and what is no mail, end the fetch.
func TestFetchFromLiars(t *testing.T) {
	letter := func() *wire.Mail { return &wire.Mail{Id: []byte{1}, Envelope: []byte("x")} }
	for name, c := range map[string]struct {
		batch func(*wire.MailBatch)
		mails int // at most, in all pages
	}{
		"the same page for ever": {func(b *wire.MailBatch) { b.Mails, b.Next = []*wire.Mail{letter()}, []byte{1} }, 2},
		"empty pages":            {func(b *wire.MailBatch) { b.Next = []byte{2} }, 0},
		"a long next":            {func(b *wire.MailBatch) { b.Mails, b.Next = []*wire.Mail{letter()}, make([]byte, 65) }, 1},
		"no id":                  {func(b *wire.MailBatch) { b.Mails = []*wire.Mail{letter(), {Envelope: []byte("x")}} }, 1},
		"a long id":              {func(b *wire.MailBatch) { b.Mails = []*wire.Mail{{Id: make([]byte, 33), Envelope: []byte("x")}} }, 0},
		"no envelope":            {func(b *wire.MailBatch) { b.Mails = []*wire.Mail{{Id: []byte{1}}} }, 0},
		"unavailable":            {func(b *wire.MailBatch) { b.Unavailable = true }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			withMail(t, func(t *testing.T, s *script, p *person) {
				answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
					batch := &wire.MailBatch{Id: frame.GetFetchMail().GetId()}
					c.batch(batch)
					return &wire.ServerFrame{Kind: &wire.ServerFrame_MailBatch{MailBatch: batch}}
				})
				p.client.FetchMail("home", 1)
				pass(4 * time.Second)
				pages := fetchedOf(p.drain())
				count := 0
				for _, page := range pages {
					count += len(page.Mails)
				}
				if last := pages[len(pages)-1]; last.Answer != signaling.AnswerUnavailable || last.More || count != c.mails || len(s.seen()) > 2 {
					t.Errorf("%d mails, %d frames, at last %+v", count, len(s.seen()), last)
				}
			})
		})
	}
}

// TestFetchWaitsForTheOwner: pages are not asked for faster than they are taken.
func TestFetchWaitsForTheOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(t)
		s.offers = true
		hold := make(chan struct{})
		p := newPerson(t, func(o *Options) {
			take := o.Handle
			o.Dial = s.dial
			o.Handle = func(event signaling.Event) {
				if event.Fetched != nil {
					<-hold
				}
				take(event)
			}
		})
		p.client.Connect("home", s.server())
		synctest.Wait()
		shelf(s, 200)
		p.client.FetchMail("home", 1)
		pass(5 * time.Second)
		asked := len(s.seen())
		if asked > maxPagesWaiting+1 || asked < maxPagesWaiting {
			t.Errorf("%d pages asked for while none was taken", asked)
		}
		close(hold)
		pass(10 * time.Second)
		pages := fetchedOf(p.drain())
		if last := pages[len(pages)-1]; len(pages) != 100 || last.More || last.Answer != signaling.AnswerDone {
			t.Errorf("%d pages, at last %+v", len(pages), last)
		}
		if err := p.client.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

func TestDeleteMail(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		shelf(s, 0)
		ids := make([][]byte, 600)
		for i := range ids {
			ids[i] = []byte{byte(i), byte(i >> 8)}
		}
		p.client.DeleteMail("home", 8, ids)
		pass(time.Second)
		if got := answersOf(p.drain()); len(got) != 1 || got[0] != (signaling.Answered{ID: 8, Answer: signaling.AnswerDone}) {
			t.Errorf("answers %+v", got)
		}
		count := 0
		for _, frame := range s.seen() {
			if size := len(frame.GetDeleteMail().GetMailIds()); size > 256 {
				t.Errorf("%d ids in a frame", size)
			}
			count += len(frame.GetDeleteMail().GetMailIds())
		}
		if count != 600 {
			t.Errorf("%d deleted", count)
		}
		for _, bad := range [][][]byte{nil, {nil}, {make([]byte, 33)}, make([][]byte, signaling.MaxToDelete+1)} {
			p.client.DeleteMail("home", 9, bad)
			synctest.Wait()
			if got := answersOf(p.drain()); len(got) != 1 || got[0].Answer != signaling.AnswerInvalid {
				t.Errorf("%d ids: %+v", len(bad), got)
			}
		}
		answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
			return &wire.ServerFrame{Kind: &wire.ServerFrame_DeleteResult{DeleteResult: &wire.DeleteResult{Id: frame.GetDeleteMail().GetId(), Unavailable: true}}}
		})
		p.client.DeleteMail("home", 10, ids)
		pass(time.Second)
		if got := answersOf(p.drain()); len(got) != 1 || got[0].Answer != signaling.AnswerUnavailable {
			t.Errorf("answers %+v", got)
		}
	})
}

// TestRecallMail: what is asked is what the receipt says, and each answer is told
// as what it is; one that says nothing known is none.
func TestRecallMail(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		receipt := signaling.Receipt{Tag: [16]byte{1, 2}, Hash: [32]byte{3, 4}, Size: 1723}
		var asked *wire.RecallMail
		outcome := wire.RecallOutcome(0)
		silent := false
		answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
			if frame.GetRecallMail() == nil || silent {
				return nil
			}
			asked = frame.GetRecallMail()
			return &wire.ServerFrame{Kind: &wire.ServerFrame_RecallResult{RecallResult: &wire.RecallResult{Id: asked.GetId(), Outcome: outcome}}}
		})
		for given, want := range map[wire.RecallOutcome]signaling.Answer{
			wire.RecallOutcome_RECALL_OUTCOME_DELETED:     signaling.AnswerDone,
			wire.RecallOutcome_RECALL_OUTCOME_NOT_THERE:   signaling.AnswerNotFound,
			wire.RecallOutcome_RECALL_OUTCOME_UNAVAILABLE: signaling.AnswerUnavailable,
			wire.RecallOutcome_RECALL_OUTCOME_UNSPECIFIED: signaling.AnswerUnavailable,
			99: signaling.AnswerUnavailable,
		} {
			s.set(func(*script) { outcome = given })
			p.client.RecallMail("home", 8, receipt)
			pass(time.Second)
			if got := answersOf(p.drain()); len(got) != 1 || got[0] != (signaling.Answered{ID: 8, Answer: want}) {
				t.Errorf("%v: %+v", given, got)
			}
		}
		s.set(func(*script) {
			if !bytes.Equal(asked.GetTag(), receipt.Tag[:]) || !bytes.Equal(asked.GetHash(), receipt.Hash[:]) || asked.GetSize() != 1723 {
				t.Errorf("asked %v", asked)
			}
			silent = true
		})
		p.client.RecallMail("home", 9, receipt)
		pass(6 * time.Second)
		if got := answersOf(p.drain()); len(got) != 1 || got[0] != (signaling.Answered{ID: 9, Answer: signaling.AnswerUnavailable}) {
			t.Errorf("no answer: %+v", got)
		}
		p.client.RecallMail("elsewhere", 10, receipt)
		synctest.Wait()
		if got := answersOf(p.drain()); len(got) != 1 || got[0].Answer != signaling.AnswerNoSession {
			t.Errorf("no session: %+v", got)
		}
	})
}

// TestPaceByCost: questions that cost the server more are asked more slowly, so
// that it reads, and answers, all of them.
func TestPaceByCost(t *testing.T) {
	withMail(t, func(t *testing.T, s *script, p *person) {
		answering(s, func(frame *wire.ClientFrame) *wire.ServerFrame {
			if frame.GetRecallMail() == nil {
				return nil
			}
			return &wire.ServerFrame{Kind: &wire.ServerFrame_RecallResult{RecallResult: &wire.RecallResult{
				Id: frame.GetRecallMail().GetId(), Outcome: wire.RecallOutcome_RECALL_OUTCOME_DELETED,
			}}}
		})
		const count = 30 // twice of what the server takes at once
		for id := range uint64(count) {
			p.client.RecallMail("home", id, signaling.Receipt{Size: 512})
		}
		for elapsed := range 5 {
			spent := 0.0
			for _, frame := range s.seen() {
				spent += protocol.Cost(frame)
			}
			if most := protocol.Burst + float64(elapsed)*protocol.Rate; spent > most {
				t.Errorf("after %d s frames of %v tokens were written, and the server takes %v", elapsed, spent, most)
			}
			pass(time.Second)
		}
		answers := answersOf(p.drain())
		if len(answers) != count || slices.ContainsFunc(answers, func(one signaling.Answered) bool { return one.Answer != signaling.AnswerDone }) {
			t.Errorf("%d answers, %+v", len(answers), answers)
		}
	})
}

// TestNotOffered: a server without a mailbox and a directory is not asked.
func TestNotOffered(t *testing.T) {
	inBothEncodings(t, func(t *testing.T, s *script, p *person) {
		connect(t, s, p)
		p.client.RegisterTags("home", 1, []signaling.Tag{{Box: signaling.BoxContact, Expires: time.Now().Add(time.Hour)}}, nil)
		p.client.DeleteMail("home", 2, [][]byte{{1}})
		p.client.FetchMail("home", 3)
		p.client.PutMail("home", 4, envelopeFor([16]byte{}, time.Now().Add(time.Hour)), signaling.Proof{})
		p.client.ResolveHandle("home", 5, "ana")
		p.client.ReleaseHandle("home", 6, "ana")
		p.client.Search("home", 7, "ana", 3)
		p.client.RecallMail("home", 8, signaling.Receipt{Size: 512})
		synctest.Wait()
		count := 0
		for _, event := range p.drain() {
			for _, answer := range []signaling.Answer{answerOf(event)} {
				if answer != signaling.AnswerNotOffered {
					t.Errorf("event %+v", event)
				}
				count++
			}
		}
		if count != 8 || len(s.seen()) != 1 { // the watch
			t.Errorf("%d answers, %d frames", count, len(s.seen()))
		}
	})
}

func answerOf(event signaling.Event) signaling.Answer {
	switch {
	case event.Answered != nil:
		return event.Answered.Answer
	case event.Stored != nil:
		return event.Stored.Answer
	case event.Fetched != nil:
		return event.Fetched.Answer
	case event.Handle != nil:
		return event.Handle.Answer
	case event.Matches != nil:
		return event.Matches.Answer
	}
	return ""
}
