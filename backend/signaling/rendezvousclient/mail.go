package rendezvousclient

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	workTime        = 15 * time.Second          // for one proof of work
	secretSize      = 16                        // of an invite
	maxMailID       = 32                        // bytes of a server's name for a letter
	maxNext         = 64                        // bytes of the mark where the next page begins
	maxIDsInFrame   = 256                       // ids in one DeleteMail, as the protocol says
	maxFetched      = 100_000                   // mails of one FetchMail: far above all the boxes of one peer
	maxLetterAge    = 10 * 365 * 24 * time.Hour // what a server may say about how long ago a letter came
	maxPagesWaiting = 16                        // events that may wait when the next page is asked for
)

// PutMail implements signaling.Mail.
func (c *Client) PutMail(token string, id uint64, envelope []byte, proof signaling.Proof) {
	put := &wire.PutMail{Envelope: envelope}
	r := putRequest(id, put)
	k := c.keeper(token)
	header, err := wire.ParseOuter(envelope)
	switch {
	case k == nil:
		c.push(token, r.fail(signaling.AnswerNoSession))
	case err != nil || !header.Expires.After(c.options.Now().Add(k.clockOffset())):
		c.push(token, r.fail(signaling.AnswerRefused))
	case proof.Work:
		k.work(id, header.Tag, put, r)
	case proof.Invite != nil && len(proof.Invite) != secretSize:
		c.push(token, r.fail(signaling.AnswerProof))
	default:
		if proof.Invite != nil {
			put.Proof = &wire.PutMail_InviteSecret{InviteSecret: proof.Invite}
		}
		c.request(token, r)
	}
}

// Cancel implements signaling.Mail.
func (c *Client) Cancel(token string, id uint64) {
	if k := c.keeper(token); k != nil {
		k.cancelWork(id)
	}
}

// work makes the proof beside the session, one at a time for the whole client,
// and hands the request over then.
func (k *keeper) work(id uint64, tag [16]byte, put *wire.PutMail, r request) {
	ctx, cancel := context.WithCancel(k.stopped)
	if !k.mayWork(id, cancel) || !k.client.start(func() {
		defer cancel()
		answer := k.makeWork(ctx, tag, put)
		k.cancelWork(id)
		r.until = k.client.options.Now().Add(protocol.AnswerTimeout)
		if answer == signaling.AnswerDone && !k.ask(r) {
			answer = signaling.AnswerNoSession
		}
		if answer != signaling.AnswerDone {
			k.push(r.fail(answer))
		}
	}) {
		cancel()
		k.push(r.fail(signaling.AnswerNoSession))
	}
}

// mayWork keeps cancel for Cancel; false without a session, for an id that is
// being worked for, and when too much waits.
func (k *keeper) mayWork(id uint64, cancel context.CancelFunc) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, twice := k.working[id]; twice || !k.up || len(k.working) >= maxWorking {
		return false
	}
	k.working[id] = cancel
	return true
}

// makeWork waits for its turn and computes.
func (k *keeper) makeWork(ctx context.Context, tag [16]byte, put *wire.PutMail) signaling.Answer {
	select {
	case k.client.worker <- struct{}{}:
		defer func() { <-k.client.worker }()
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	work, err := protocol.MakeWork(ctx, tag, put.GetEnvelope(), k.client.options.Now().Add(k.clockOffset()))
	if err != nil {
		return signaling.AnswerCancelled
	}
	put.Proof = &wire.PutMail_Work{Work: work}
	return signaling.AnswerDone
}

// cancelWork ends one proof of work, done or not.
func (k *keeper) cancelWork(id uint64) {
	k.mu.Lock()
	cancel := k.working[id]
	delete(k.working, id)
	k.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

func putRequest(id uint64, put *wire.PutMail) request {
	stored := func(answer signaling.Answer, until time.Time) signaling.Event {
		return signaling.Event{Stored: &signaling.Stored{ID: id, Answer: answer, Until: until}}
	}
	return request{
		needs: offerMailbox,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			put.Id = wireID
			return &wire.ClientFrame{Kind: &wire.ClientFrame_PutMail{PutMail: put}}
		},
		read: func(s *session, frame *wire.ServerFrame) (reply, bool) {
			result := frame.GetPutResult()
			if result == nil {
				return reply{}, false
			}
			answer, until := putAnswer(result.GetOutcome()), time.Time{}
			if answer == signaling.AnswerDone {
				until = s.local(result.GetExpiresMs())
				// Whatever it promises, the envelope is worth nothing after its end.
				if header, err := wire.ParseOuter(put.GetEnvelope()); err != nil || until.After(header.Expires.Add(-s.offset)) {
					until = header.Expires.Add(-s.offset)
				}
			}
			return said(stored(answer, until)), true
		},
		fail: func(answer signaling.Answer) signaling.Event { return stored(answer, time.Time{}) },
	}
}

func putAnswer(outcome wire.PutOutcome) signaling.Answer {
	switch outcome {
	case wire.PutOutcome_PUT_OUTCOME_STORED:
		return signaling.AnswerDone
	case wire.PutOutcome_PUT_OUTCOME_NO_SUCH_TAG:
		return signaling.AnswerNotFound
	case wire.PutOutcome_PUT_OUTCOME_FULL:
		return signaling.AnswerFull
	case wire.PutOutcome_PUT_OUTCOME_PROOF:
		return signaling.AnswerProof
	case wire.PutOutcome_PUT_OUTCOME_REFUSED:
		return signaling.AnswerRefused
	case wire.PutOutcome_PUT_OUTCOME_UNAVAILABLE, wire.PutOutcome_PUT_OUTCOME_UNSPECIFIED:
	}
	return signaling.AnswerUnavailable
}

// FetchMail implements signaling.Mail.
func (c *Client) FetchMail(token string, id uint64) {
	c.request(token, fetchRequest(id, nil, maxFetched))
}

// fetchRequest asks for the page behind after, and for those behind it; left is
// how many mails are taken at most.
func fetchRequest(id uint64, after []byte, left int) request {
	page := func(fetched signaling.Fetched) signaling.Event {
		fetched.ID = id
		return signaling.Event{Fetched: &fetched}
	}
	return request{
		needs: offerMailbox,
		paced: after != nil,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_FetchMail{FetchMail: &wire.FetchMail{Id: wireID, After: after}}}
		},
		read: func(s *session, frame *wire.ServerFrame) (reply, bool) {
			batch := frame.GetMailBatch()
			if batch == nil {
				return reply{}, false
			}
			mails, good := s.letters(batch.GetMails())
			next := batch.GetNext()
			// A page that leads nowhere would be asked for without end.
			endless := len(next) > 0 && (len(mails) == 0 || bytes.Equal(next, after) || len(mails) >= left)
			if !good || batch.GetUnavailable() || len(next) > maxNext || endless {
				return said(page(signaling.Fetched{Mails: mails, Answer: signaling.AnswerUnavailable})), true
			}
			event := page(signaling.Fetched{Mails: mails, Answer: signaling.AnswerDone, More: len(next) > 0})
			if len(next) == 0 {
				return said(event), true
			}
			following := fetchRequest(id, next, left-len(mails))
			return reply{event: &event, next: &following}, true
		},
		fail: func(answer signaling.Answer) signaling.Event { return page(signaling.Fetched{Answer: answer}) },
	}
}

// letters checks what a batch holds; false when some of it cannot be.
func (s *session) letters(mails []*wire.Mail) ([]signaling.Letter, bool) {
	letters := make([]signaling.Letter, 0, len(mails))
	for _, mail := range mails {
		if len(mail.GetId()) == 0 || len(mail.GetId()) > maxMailID || len(mail.GetEnvelope()) == 0 || len(mail.GetEnvelope()) > wire.MaxEnvelope {
			return letters, false
		}
		letter := signaling.Letter{ID: mail.GetId(), Envelope: mail.GetEnvelope(), Stored: s.local(mail.GetStoredMs())}
		switch mail.GetBox() {
		case wire.MailBox_MAIL_BOX_CONTACT, wire.MailBox_MAIL_BOX_INVITE, wire.MailBox_MAIL_BOX_STRANGER:
			letter.Box = signaling.Box(mail.GetBox())
		case wire.MailBox_MAIL_BOX_UNSPECIFIED:
		}
		letters = append(letters, letter)
	}
	return letters, true
}

// local turns a time of the server's clock into one of ours, within ten years of now.
func (s *session) local(serverMs int64) time.Time {
	now := s.now().Add(s.offset).UnixMilli()
	most := maxLetterAge.Milliseconds()
	return time.UnixMilli(min(max(serverMs, now-most), now+most)).Add(-s.offset)
}

// RecallMail implements signaling.Mail.
func (c *Client) RecallMail(token string, id uint64, envelope signaling.Receipt) {
	end := answered(id)
	c.request(token, request{
		needs: offerRecall,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_RecallMail{RecallMail: &wire.RecallMail{
				Id: wireID, Tag: envelope.Tag[:], Hash: envelope.Hash[:], Size: uint32(envelope.Size),
			}}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			result := frame.GetRecallResult()
			if result == nil {
				return reply{}, false
			}
			switch result.GetOutcome() {
			case wire.RecallOutcome_RECALL_OUTCOME_DELETED:
				return said(end(signaling.AnswerDone)), true
			case wire.RecallOutcome_RECALL_OUTCOME_NOT_THERE:
				return said(end(signaling.AnswerNotFound)), true
			case wire.RecallOutcome_RECALL_OUTCOME_UNAVAILABLE, wire.RecallOutcome_RECALL_OUTCOME_UNSPECIFIED:
			}
			return said(end(signaling.AnswerUnavailable)), true
		},
		fail: end,
	})
}

// DeleteMail implements signaling.Mail.
func (c *Client) DeleteMail(token string, id uint64, mail [][]byte) {
	end := answered(id)
	if len(mail) == 0 || len(mail) > signaling.MaxToDelete ||
		slices.ContainsFunc(mail, func(one []byte) bool { return len(one) == 0 || len(one) > maxMailID }) {
		c.push(token, end(signaling.AnswerInvalid))
		return
	}
	c.request(token, deleteRequest(slices.Clone(mail), end))
}

func deleteRequest(mail [][]byte, end func(signaling.Answer) signaling.Event) request {
	first := mail[:min(len(mail), maxIDsInFrame)]
	return request{
		needs: offerMailbox,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_DeleteMail{DeleteMail: &wire.DeleteMail{Id: wireID, MailIds: first}}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			result := frame.GetDeleteResult()
			switch {
			case result == nil:
				return reply{}, false
			case result.GetUnavailable():
				return said(end(signaling.AnswerUnavailable)), true
			case len(first) == len(mail):
				return said(end(signaling.AnswerDone)), true
			}
			next := deleteRequest(mail[len(first):], end)
			return reply{next: &next}, true
		},
		fail: end,
	}
}
