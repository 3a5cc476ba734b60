package rendezvous

import (
	"context"
	"errors"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/wire"
)

func (e registerTags) size() int { return 64 * (len(e.add) + len(e.remove)) }

func (e registerTags) unavailable() *wire.ServerFrame {
	return tagsResult(e.id, wire.TagsOutcome_TAGS_OUTCOME_UNAVAILABLE)
}

func (e registerTags) run(ctx context.Context, server *Server) *wire.ServerFrame {
	err := server.options.Engine.Mailbox().Register(ctx, e.owner, e.add, e.remove)
	switch {
	case err == nil:
		return tagsResult(e.id, wire.TagsOutcome_TAGS_OUTCOME_DONE)
	case errors.Is(err, engine.ErrTagTaken):
		return tagsResult(e.id, wire.TagsOutcome_TAGS_OUTCOME_TAKEN)
	case errors.Is(err, engine.ErrTooManyTags):
		return tagsResult(e.id, wire.TagsOutcome_TAGS_OUTCOME_TOO_MANY)
	}
	server.unanswered("register", err)
	return e.unavailable()
}

func (e putMail) size() int { return len(e.envelope) }

func (e putMail) unavailable() *wire.ServerFrame {
	return putResult(e.id, wire.PutOutcome_PUT_OUTCOME_UNAVAILABLE)
}

func (e putMail) run(ctx context.Context, server *Server) *wire.ServerFrame {
	now := server.options.Now()
	if !server.puts.take(e.sender, len(e.envelope), now) {
		return e.unavailable()
	}
	outcome, err := e.put(ctx, server)
	if err != nil {
		server.unanswered("put", err)
		return e.unavailable()
	}
	frame := putResult(e.id, outcome)
	if outcome == wire.PutOutcome_PUT_OUTCOME_STORED {
		server.figures.mails.Add(1)
		frame.GetPutResult().ExpiresMs = e.expires.UnixMilli()
	}
	return frame
}

func (e putMail) put(ctx context.Context, server *Server) (wire.PutOutcome, error) {
	mailbox := server.options.Engine.Mailbox()
	for _, tag := range e.slots() {
		owner, box, found, err := mailbox.Resolve(ctx, tag)
		if err != nil {
			return 0, err
		}
		if !found {
			continue
		}
		now := server.options.Now()
		if !e.proved(box) || (box == engine.BoxStranger && server.work.spent(e.work, now)) {
			return wire.PutOutcome_PUT_OUTCOME_PROOF, nil
		}
		err = mailbox.Put(ctx, owner, box, tag, e.envelope, e.expires)
		switch {
		case errors.Is(err, engine.ErrBoxFull):
			return wire.PutOutcome_PUT_OUTCOME_FULL, nil
		case err != nil:
			return 0, err
		}
		if box == engine.BoxStranger {
			server.work.spend(e.work, now)
		}
		return wire.PutOutcome_PUT_OUTCOME_STORED, nil
	}
	return wire.PutOutcome_PUT_OUTCOME_NO_SUCH_TAG, nil
}

// size counts the answer, for which there must be room.
func (e fetchMail) size() int { return protocol.MailBatchSize }

func (e fetchMail) unavailable() *wire.ServerFrame {
	return mailBatch(&wire.MailBatch{Id: e.id, Unavailable: true})
}

func (e fetchMail) run(ctx context.Context, server *Server) *wire.ServerFrame {
	mails, next, err := server.options.Engine.Mailbox().Fetch(ctx, e.owner, e.after, protocol.MailBatchSize)
	if err != nil {
		server.unanswered("fetch", err)
		return e.unavailable()
	}
	batch := &wire.MailBatch{Id: e.id, Next: next, Mails: make([]*wire.Mail, 0, len(mails))}
	for _, mail := range mails {
		batch.Mails = append(batch.Mails, &wire.Mail{
			Id: mail.ID, Envelope: mail.Envelope, StoredMs: mail.Stored.UnixMilli(), Box: wire.MailBox(mail.Box),
		})
	}
	return mailBatch(batch)
}

func mailBatch(batch *wire.MailBatch) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_MailBatch{MailBatch: batch}}
}

func (e deleteMail) size() int { return protocol.MaxMailID * len(e.ids) }

func (e deleteMail) unavailable() *wire.ServerFrame { return e.result(true) }

func (e deleteMail) run(ctx context.Context, server *Server) *wire.ServerFrame {
	if err := server.options.Engine.Mailbox().Delete(ctx, e.owner, e.ids); err != nil {
		server.unanswered("delete", err)
		return e.unavailable()
	}
	return e.result(false)
}

func (e deleteMail) result(unavailable bool) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_DeleteResult{DeleteResult: &wire.DeleteResult{Id: e.id, Unavailable: unavailable}}}
}

func (e recallMail) size() int { return e.length } // of what is read to find it

func (e recallMail) unavailable() *wire.ServerFrame {
	return e.result(wire.RecallOutcome_RECALL_OUTCOME_UNAVAILABLE)
}

// run counts as putting does, and what is read besides: looking for an envelope
// may read a whole box.
func (e recallMail) run(ctx context.Context, server *Server) *wire.ServerFrame {
	if !server.puts.recall(e.sender, server.options.Now()) {
		return e.unavailable()
	}
	mailbox := server.options.Engine.Mailbox()
	for _, tag := range (putMail{tag: e.tag}).slots() {
		owner, box, found, err := mailbox.Resolve(ctx, tag)
		if err == nil && found {
			var read int
			found, read, err = mailbox.Recall(ctx, owner, box, tag, e.hash, e.length)
			server.puts.read(e.sender, read, server.options.Now())
		}
		switch {
		case err != nil:
			server.unanswered("recall", err)
			return e.unavailable()
		case found:
			return e.result(wire.RecallOutcome_RECALL_OUTCOME_DELETED)
		}
	}
	return e.result(wire.RecallOutcome_RECALL_OUTCOME_NOT_THERE)
}

func (e recallMail) result(outcome wire.RecallOutcome) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_RecallResult{RecallResult: &wire.RecallResult{Id: e.id, Outcome: outcome}}}
}

// hint tells a device that there is something to fetch, once until it does:
// many envelopes at once must not fill its queue. It does not block.
func (c *connection) hint() {
	if c.hinted.Swap(true) {
		return
	}
	if !c.out.putBehind(c, &wire.ServerFrame{Kind: &wire.ServerFrame_MailArrived{MailArrived: &wire.MailArrived{}}}) {
		c.hinted.Store(false)
	}
}

// unanswered logs that the engine could not do something, once a second; who
// asked is nobody's business.
func (s *Server) unanswered(asked string, err error) {
	now := time.Now().Unix()
	if s.context.Err() != nil || s.complained.Swap(now) == now {
		return
	}
	s.options.Logger.Warn("the engine did not answer", "asked", asked, "error", err)
}
