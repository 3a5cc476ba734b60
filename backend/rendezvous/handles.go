package rendezvous

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/rendezvous/directory"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// handleAnswer makes the frame of an answer about a handle, or says that there is none.
func handleAnswer(server *Server, id uint64, answer directory.Answer, err error) *wire.ServerFrame {
	if err != nil {
		server.unanswered("handle", err)
		answer = directory.Answer{Outcome: wire.HandleOutcome_HANDLE_OUTCOME_UNAVAILABLE}
	}
	return handleResult(&wire.HandleResult{Id: id, Outcome: answer.Outcome, Claim: answer.Claim})
}

func handleResult(result *wire.HandleResult) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_HandleResult{HandleResult: result}}
}

func noHandle(id uint64) *wire.ServerFrame {
	return handleResult(&wire.HandleResult{Id: id, Outcome: wire.HandleOutcome_HANDLE_OUTCOME_UNAVAILABLE})
}

func (e claimHandle) size() int                      { return proto.Size(e.frame) }
func (e claimHandle) unavailable() *wire.ServerFrame { return noHandle(e.frame.GetId()) }

func (e claimHandle) run(ctx context.Context, server *Server) *wire.ServerFrame {
	answer, err := server.directory.Claim(ctx, e.peer, e.frame.GetClaim(), e.frame.GetPrevious())
	return handleAnswer(server, e.frame.GetId(), answer, err)
}

func (e releaseHandle) size() int                      { return proto.Size(e.frame) }
func (e releaseHandle) unavailable() *wire.ServerFrame { return noHandle(e.frame.GetId()) }

func (e releaseHandle) run(ctx context.Context, server *Server) *wire.ServerFrame {
	answer, err := server.directory.Release(ctx, e.peer, e.frame.GetHandle())
	return handleAnswer(server, e.frame.GetId(), answer, err)
}

func (e resolveHandle) size() int                      { return proto.Size(e.frame) }
func (e resolveHandle) unavailable() *wire.ServerFrame { return noHandle(e.frame.GetId()) }

func (e resolveHandle) run(ctx context.Context, server *Server) *wire.ServerFrame {
	answer, err := server.directory.Resolve(ctx, e.frame.GetHandle())
	frame := handleAnswer(server, e.frame.GetId(), answer, err)
	if err != nil || answer.Outcome != wire.HandleOutcome_HANDLE_OUTCOME_DONE {
		return frame
	}
	record, found, err := server.options.Engine.Lookup(ctx, answer.Peer)
	if err == nil && found {
		frame.GetHandleResult().Record, err = record.Message()
	}
	if err != nil {
		server.unanswered("record of a handle", err)
		return e.unavailable()
	}
	return frame
}

func (e listEntry) size() int { return proto.Size(e.frame) }

func (e listEntry) unavailable() *wire.ServerFrame {
	return e.result(wire.ListOutcome_LIST_OUTCOME_UNAVAILABLE)
}

func (e listEntry) run(ctx context.Context, server *Server) *wire.ServerFrame {
	outcome, err := server.directory.List(ctx, e.peer, e.frame.GetEntry())
	if err != nil {
		server.unanswered("list", err)
		return e.unavailable()
	}
	return e.result(outcome)
}

func (e listEntry) result(outcome wire.ListOutcome) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_ListResult{ListResult: &wire.ListResult{Id: e.frame.GetId(), Outcome: outcome}}}
}

// size counts the answer, for which there must be room.
func (e searchDirectory) size() int { return wire.MaxServerFrame }

func (e searchDirectory) unavailable() *wire.ServerFrame {
	return searchResult(&wire.SearchResult{Id: e.frame.GetId(), Unavailable: true})
}

func (e searchDirectory) run(ctx context.Context, server *Server) *wire.ServerFrame {
	limit := int(e.frame.GetLimit())
	if limit == 0 {
		limit = directory.MaxResults
	}
	entries, ready, err := server.directory.Search(ctx, e.frame.GetQuery(), limit)
	if err != nil {
		server.unanswered("search", err)
	}
	if err != nil || !ready {
		return e.unavailable()
	}
	return searchResult(&wire.SearchResult{Id: e.frame.GetId(), Entries: entries})
}

func searchResult(result *wire.SearchResult) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_SearchResult{SearchResult: result}}
}

// openDirectory makes the directory of a server that has one.
func (s *Server) openDirectory() error {
	if len(s.options.Directory.Hosts) == 0 {
		return nil
	}
	opened, err := directory.New(directory.Options{
		Hosts: s.options.Directory.Hosts, Reserved: s.options.Directory.Reserved,
		Handles: s.options.Engine.Table(engine.TableHandles), Entries: s.options.Engine.Table(engine.TableDirectory),
		Now: s.options.Now, Logger: s.options.Logger,
	})
	if err != nil {
		return err
	}
	s.directory, s.terms.directory = opened, true
	return nil
}

// followDirectory keeps the index; it ends with the server.
func (s *Server) followDirectory() {
	if s.directory != nil {
		_ = s.directory.Follow(s.context) // the context's error
	}
}

// Directory is for the operator: entries can be removed and restored. It is nil when the server has none.
func (s *Server) Directory() *directory.Directory { return s.directory }
