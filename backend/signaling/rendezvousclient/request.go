package rendezvousclient

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// request is one question of the owner, and what its answer means.
type request struct {
	// until is when it is given up; zero: AnswerTimeout after it was written.
	until time.Time
	// write makes the frame, with the id on the wire.
	write func(s *session, id uint64) *wire.ClientFrame
	// read takes the frame that carries the id on the wire. It knows nothing to
	// say to a frame of another kind, and the request goes on waiting.
	read func(s *session, frame *wire.ServerFrame) (reply, bool)
	// fail makes the event for a request that got no answer.
	fail func(answer signaling.Answer) signaling.Event
	// needs says what the server must offer.
	needs offer
	// paced requests bring so much that they wait until the owner took what came before.
	paced bool
}

// reply is what comes of an answer: an event, another request, or both.
type reply struct {
	event *signaling.Event
	next  *request
}

func said(event signaling.Event) reply { return reply{event: &event} }

// offer is a part of the protocol that not every server has.
type offer uint8

const (
	offerMailbox offer = iota + 1
	offerDirectory
	offerEither
	offerRecall
)

// offers says whether the server has what a request needs.
func (s *session) offers(needs offer) bool {
	switch needs {
	case offerMailbox:
		return s.mailbox
	case offerDirectory:
		return s.directory
	case offerRecall:
		return s.recall
	case offerEither:
		return s.mailbox || s.directory
	}
	return true
}

// answerID returns the id that an answer carries, and false for frames that answer nothing.
func answerID(frame *wire.ServerFrame) (uint64, bool) {
	switch kind := frame.GetKind().(type) {
	case *wire.ServerFrame_SignalResult:
		return kind.SignalResult.GetId(), true
	case *wire.ServerFrame_LookupResult:
		return kind.LookupResult.GetId(), true
	case *wire.ServerFrame_TagsResult:
		return kind.TagsResult.GetId(), true
	case *wire.ServerFrame_PutResult:
		return kind.PutResult.GetId(), true
	case *wire.ServerFrame_MailBatch:
		return kind.MailBatch.GetId(), true
	case *wire.ServerFrame_DeleteResult:
		return kind.DeleteResult.GetId(), true
	case *wire.ServerFrame_RecallResult:
		return kind.RecallResult.GetId(), true
	case *wire.ServerFrame_HandleResult:
		return kind.HandleResult.GetId(), true
	case *wire.ServerFrame_ListResult:
		return kind.ListResult.GetId(), true
	case *wire.ServerFrame_SearchResult:
		return kind.SearchResult.GetId(), true
	case *wire.ServerFrame_ReportResult:
		return kind.ReportResult.GetId(), true
	}
	return 0, false
}

// request hands a question to a token's session.
func (c *Client) request(token string, r request) {
	r.until = c.options.Now().Add(protocol.AnswerTimeout)
	if k := c.keeper(token); k == nil || !k.ask(r) {
		c.push(token, r.fail(signaling.AnswerNoSession))
	}
}

func (c *Client) push(token string, event signaling.Event) {
	event.Token = token
	c.events.push(event)
}

// answered makes the failing half of requests that end with Event.Answered.
func answered(id uint64) func(signaling.Answer) signaling.Event {
	return func(answer signaling.Answer) signaling.Event {
		return signaling.Event{Answered: &signaling.Answered{ID: id, Answer: answer}}
	}
}

func sendRequest(id uint64, to identity.PeerID, envelope []byte) request {
	outcome := func(outcome signaling.Outcome) signaling.Event {
		return signaling.Event{Sent: &signaling.Sent{ID: id, Outcome: outcome}}
	}
	return request{
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_SendSignal{SendSignal: &wire.SendSignal{Id: wireID, To: to[:], Envelope: envelope}}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			result := frame.GetSignalResult()
			switch {
			case result == nil:
				return reply{}, false
			case result.GetOutcome() == wire.SignalOutcome_SIGNAL_OUTCOME_ABSENT:
				return said(outcome(signaling.OutcomeAbsent)), true
			}
			return said(outcome(signaling.OutcomeAccepted)), true
		},
		fail: func(signaling.Answer) signaling.Event { return outcome(signaling.OutcomeFailed) },
	}
}

func lookupRequest(id uint64, peer identity.PeerID) request {
	found := func(record *wire.PeerRecord) signaling.Event {
		return signaling.Event{Found: &signaling.Found{ID: id, Peer: peer, Record: record}}
	}
	return request{
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_Lookup{Lookup: &wire.Lookup{Id: wireID, Identity: peer[:]}}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			if frame.GetLookupResult() == nil {
				return reply{}, false
			}
			return said(found(frame.GetLookupResult().GetRecord())), true
		},
		fail: func(signaling.Answer) signaling.Event { return found(nil) },
	}
}

// Report implements signaling.Client.
func (c *Client) Report(token string, id uint64, peer identity.PeerID, reason wire.ReportReason) {
	c.request(token, reportRequest(id, peer, reason))
}

func reportRequest(id uint64, peer identity.PeerID, reason wire.ReportReason) request {
	fail := answered(id)
	return request{
		needs: offerEither,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_Report{Report: &wire.Report{Id: wireID, Identity: peer[:], Reason: reason}}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			return said(fail(signaling.AnswerDone)), frame.GetReportResult() != nil
		},
		fail: fail,
	}
}
