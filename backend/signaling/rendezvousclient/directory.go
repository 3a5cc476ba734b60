package rendezvousclient

import (
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// maxQuery is the protocol's, in bytes.
const maxQuery = 128

func handled(id uint64, handle signaling.Handle) signaling.Event {
	handle.ID = id
	return signaling.Event{Handle: &handle}
}

// handleFailed makes the failing half of questions about handles.
func handleFailed(id uint64) func(signaling.Answer) signaling.Event {
	return func(answer signaling.Answer) signaling.Event { return handled(id, signaling.Handle{Answer: answer}) }
}

func handleAnswer(outcome wire.HandleOutcome) signaling.Answer {
	switch outcome {
	case wire.HandleOutcome_HANDLE_OUTCOME_DONE:
		return signaling.AnswerDone
	case wire.HandleOutcome_HANDLE_OUTCOME_TAKEN:
		return signaling.AnswerTaken
	case wire.HandleOutcome_HANDLE_OUTCOME_NOT_FOUND:
		return signaling.AnswerNotFound
	case wire.HandleOutcome_HANDLE_OUTCOME_INVALID:
		return signaling.AnswerInvalid
	case wire.HandleOutcome_HANDLE_OUTCOME_TOO_MANY:
		return signaling.AnswerTooMany
	case wire.HandleOutcome_HANDLE_OUTCOME_UNAVAILABLE, wire.HandleOutcome_HANDLE_OUTCOME_UNSPECIFIED:
	}
	return signaling.AnswerUnavailable
}

// ClaimHandle implements signaling.Directory.
func (c *Client) ClaimHandle(token string, id uint64, claim, previous *wire.Signed) {
	parsed, err := parseClaim(claim)
	if err != nil || parsed.Peer != c.options.Identity.Peer || (previous != nil && checkMove(parsed, previous) != nil) {
		c.push(token, handled(id, signaling.Handle{Answer: signaling.AnswerInvalid}))
		return
	}
	c.request(token, claimRequest(id, parsed, previous))
}

func claimRequest(id uint64, claim signaling.HandleClaim, previous *wire.Signed) request {
	return request{
		needs: offerDirectory,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_ClaimHandle{ClaimHandle: &wire.ClaimHandle{Id: wireID, Claim: claim.Signed, Previous: previous}}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			result := frame.GetHandleResult()
			if result == nil {
				return reply{}, false
			}
			return said(handled(id, claimed(result, claim))), true
		},
		fail: handleFailed(id),
	}
}

// claimed checks that what is said to hold agrees with what was asked for.
func claimed(result *wire.HandleResult, asked signaling.HandleClaim) signaling.Handle {
	answer, holder := handleAnswer(result.GetOutcome()), holderOf(result.GetClaim(), asked)
	switch answer { //nolint:exhaustive // the others bring no claim
	case signaling.AnswerTaken, signaling.AnswerInvalid:
		return signaling.Handle{Answer: answer, Claim: holder}
	case signaling.AnswerDone:
		if result.GetClaim() != nil && holder.Peer != asked.Peer {
			return signaling.Handle{Answer: signaling.AnswerForged}
		}
		return signaling.Handle{Answer: answer, Claim: asked}
	}
	return signaling.Handle{Answer: answer}
}

// holderOf returns the claim of the one who holds a handle that was asked for;
// zero when it is not told or not proved.
func holderOf(signed *wire.Signed, asked signaling.HandleClaim) signaling.HandleClaim {
	if signed == nil {
		return signaling.HandleClaim{}
	}
	holder, err := parseClaim(signed)
	if err != nil || holder.Handle != asked.Handle || holder.Server != asked.Server {
		return signaling.HandleClaim{}
	}
	return holder
}

// ReleaseHandle implements signaling.Directory.
func (c *Client) ReleaseHandle(token string, id uint64, handle string) {
	name, _, good := splitHandle(handle)
	if !good {
		c.push(token, handled(id, signaling.Handle{Answer: signaling.AnswerInvalid}))
		return
	}
	c.request(token, releaseRequest(id, name))
}

func releaseRequest(id uint64, handle string) request {
	return request{
		needs: offerDirectory,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_ReleaseHandle{ReleaseHandle: &wire.ReleaseHandle{Id: wireID, Handle: handle}}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			result := frame.GetHandleResult()
			return said(handled(id, signaling.Handle{Answer: handleAnswer(result.GetOutcome())})), result != nil
		},
		fail: handleFailed(id),
	}
}

// ResolveHandle implements signaling.Directory.
func (c *Client) ResolveHandle(token string, id uint64, handle string) {
	name, host, good := splitHandle(handle)
	if !good {
		c.push(token, handled(id, signaling.Handle{Answer: signaling.AnswerInvalid}))
		return
	}
	c.request(token, resolveRequest(id, name, host))
}

func resolveRequest(id uint64, name, host string) request {
	return request{
		needs: offerDirectory,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_ResolveHandle{ResolveHandle: &wire.ResolveHandle{Id: wireID, Handle: name}}}
		},
		read: func(s *session, frame *wire.ServerFrame) (reply, bool) {
			result := frame.GetHandleResult()
			if result == nil {
				return reply{}, false
			}
			handle := signaling.Handle{Answer: handleAnswer(result.GetOutcome())}
			if handle.Answer == signaling.AnswerDone {
				handle = s.resolved(result, name, host)
			}
			return said(handled(id, handle)), true
		},
		fail: handleFailed(id),
	}
}

// resolved verifies who is said to have a handle.
func (s *session) resolved(result *wire.HandleResult, name, host string) signaling.Handle {
	forged := signaling.Handle{Answer: signaling.AnswerForged}
	claim, err := parseClaim(result.GetClaim())
	if err != nil || claim.Handle != name {
		return forged
	}
	switch {
	case host == "" && !s.keeper.cluster.hasHost(claim.Server):
		return forged
	case host != "" && claim.Server != host:
		return signaling.Handle{Answer: signaling.AnswerElsewhere, Claim: signaling.HandleClaim{Handle: claim.Handle, Server: claim.Server}}
	}
	if result.GetRecord() != nil && checkRecord(claim.Peer, result.GetRecord()) != nil {
		return forged
	}
	return signaling.Handle{Answer: signaling.AnswerDone, Claim: claim, Record: result.GetRecord()}
}

// ListEntry implements signaling.Directory.
func (c *Client) ListEntry(token string, id uint64, entry *wire.Signed) {
	parsed, err := parseEntry(entry)
	if err != nil || parsed.Peer != c.options.Identity.Peer {
		c.push(token, answered(id)(signaling.AnswerInvalid))
		return
	}
	c.request(token, listRequest(id, entry))
}

func listRequest(id uint64, entry *wire.Signed) request {
	end := answered(id)
	return request{
		needs: offerDirectory,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_ListEntry{ListEntry: &wire.ListEntry{Id: wireID, Entry: entry}}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			result := frame.GetListResult()
			return said(end(listAnswer(result.GetOutcome()))), result != nil
		},
		fail: end,
	}
}

func listAnswer(outcome wire.ListOutcome) signaling.Answer {
	switch outcome {
	case wire.ListOutcome_LIST_OUTCOME_DONE:
		return signaling.AnswerDone
	case wire.ListOutcome_LIST_OUTCOME_INVALID:
		return signaling.AnswerInvalid
	case wire.ListOutcome_LIST_OUTCOME_OLDER:
		return signaling.AnswerOlder
	case wire.ListOutcome_LIST_OUTCOME_REMOVED:
		return signaling.AnswerRemoved
	case wire.ListOutcome_LIST_OUTCOME_UNAVAILABLE, wire.ListOutcome_LIST_OUTCOME_UNSPECIFIED:
	}
	return signaling.AnswerUnavailable
}

// Search implements signaling.Directory.
func (c *Client) Search(token string, id uint64, query string, limit int) {
	if query == "" || len(query) > maxQuery || !utf8.ValidString(query) || limit < 1 {
		c.push(token, matched(id, signaling.AnswerInvalid, nil))
		return
	}
	c.request(token, searchRequest(id, query, min(limit, signaling.MaxMatches)))
}

func matched(id uint64, answer signaling.Answer, entries []signaling.DirectoryEntry) signaling.Event {
	return signaling.Event{Matches: &signaling.Matches{ID: id, Answer: answer, Entries: entries}}
}

func searchRequest(id uint64, query string, limit int) request {
	return request{
		needs: offerDirectory,
		write: func(_ *session, wireID uint64) *wire.ClientFrame {
			return &wire.ClientFrame{Kind: &wire.ClientFrame_Search{Search: &wire.Search{
				Id: wireID, Query: query, Limit: uint32(limit),
			}}}
		},
		read: func(_ *session, frame *wire.ServerFrame) (reply, bool) {
			result := frame.GetSearchResult()
			if result == nil {
				return reply{}, false
			}
			if result.GetUnavailable() {
				return said(matched(id, signaling.AnswerUnavailable, nil)), true
			}
			entries, good := entriesOf(result.GetEntries(), limit)
			if !good {
				return said(matched(id, signaling.AnswerForged, nil)), true
			}
			return said(matched(id, signaling.AnswerDone, entries)), true
		},
		fail: func(answer signaling.Answer) signaling.Event { return matched(id, answer, nil) },
	}
}
