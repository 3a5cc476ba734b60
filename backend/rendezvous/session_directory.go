package rendezvous

import (
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/directory"
	"github.com/tincan-chat/tincan/backend/wire"
)

// handleDirectory takes the frames about handles, the directory and reports;
// ok says whether the frame is one of them. What is in them is checked where
// it is kept: signatures are wrong there, not here.
func (s *session) handleDirectory(frame *wire.ClientFrame) (effects []effect, ok bool) {
	var asked request
	switch kind := frame.GetKind().(type) {
	case *wire.ClientFrame_ClaimHandle:
		asked = claimHandle{peer: s.peer, frame: kind.ClaimHandle}
	case *wire.ClientFrame_ReleaseHandle:
		asked = releaseHandle{peer: s.peer, frame: kind.ReleaseHandle}
	case *wire.ClientFrame_ResolveHandle:
		asked = resolveHandle{frame: kind.ResolveHandle}
	case *wire.ClientFrame_ListEntry:
		asked = listEntry{peer: s.peer, frame: kind.ListEntry}
	case *wire.ClientFrame_Search:
		if len(kind.Search.GetQuery()) > directory.MaxQuery || kind.Search.GetLimit() > directory.MaxResults {
			return s.malformed(), true
		}
		asked = searchDirectory{frame: kind.Search}
	case *wire.ClientFrame_Report:
		return s.handleReport(kind.Report), true
	default:
		return nil, false
	}
	if !s.terms.directory {
		return []effect{write{asked.unavailable()}}, true
	}
	return []effect{asked}, true
}

func (s *session) handleReport(frame *wire.Report) []effect {
	about, good := peerOf(frame.GetIdentity())
	if !good {
		return s.malformed()
	}
	asked := report{id: frame.GetId(), from: s.peer, about: about, reason: frame.GetReason()}
	if about == s.peer {
		return []effect{write{asked.unavailable()}}
	}
	return []effect{asked}
}

// The effects that ask the directory.
type (
	claimHandle struct {
		peer  identity.PeerID
		frame *wire.ClaimHandle
	}
	releaseHandle struct {
		peer  identity.PeerID
		frame *wire.ReleaseHandle
	}
	resolveHandle struct{ frame *wire.ResolveHandle }
	listEntry     struct {
		peer  identity.PeerID
		frame *wire.ListEntry
	}
	searchDirectory struct{ frame *wire.Search }
)

// report counts a report. Whatever becomes of it, the answer is the same.
type report struct {
	id          uint64
	from, about identity.PeerID
	reason      wire.ReportReason
}

func (claimHandle) isEffect()     {}
func (releaseHandle) isEffect()   {}
func (resolveHandle) isEffect()   {}
func (listEntry) isEffect()       {}
func (searchDirectory) isEffect() {}
func (report) isEffect()          {}
