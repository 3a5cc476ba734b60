package operator

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"log/slog"
	"time"

	"connectrpc.com/connect"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// backupPiece is what one message of a backup holds at most, in bytes.
const backupPiece = 64 << 10

// service answers calls that access let through.
type service struct {
	source  Source
	sampler *sampler
	tokens  *tokens
	logger  *slog.Logger
	closing <-chan struct{}
}

var _ operatorwire.OperatorServiceHandler = (*service)(nil)

// problem converts an error of the source. What is not meant for the operator is logged and not told.
func (s *service) problem(ctx context.Context, call string, err error) error {
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.Is(err, ErrNotFound):
		return connect.NewError(connect.CodeNotFound, errors.New("there is no such thing, or it is gone already"))
	case errors.Is(err, ErrUnavailable):
		return connect.NewError(connect.CodeUnavailable, errors.New("the store does not answer now; try again in a moment"))
	case ctx.Err() != nil:
		return connect.NewError(connect.CodeCanceled, ctx.Err())
	}
	if known := (*connect.Error)(nil); errors.As(err, &known) {
		return known
	}
	s.logger.ErrorContext(ctx, "the operator's call failed", "call", call, "error", err)
	return connect.NewError(connect.CodeInternal, errors.New("this failed; the server's log says why"))
}

// refusal is INVALID_ARGUMENT with the sentence, and what a page translates it by.
func refusal(refused *Refused) error {
	told := connect.NewError(connect.CodeInvalidArgument, refused)
	if detail, err := connect.NewErrorDetail(&operatorwire.RefusedDetail{Code: refused.Code, Values: refused.Values}); err == nil {
		told.AddDetail(detail)
	}
	return told
}

// GetStatus returns the status, at most a second old.
func (s *service) GetStatus(ctx context.Context, _ *connect.Request[operatorwire.GetStatusRequest]) (*connect.Response[operatorwire.GetStatusResponse], error) {
	status, _ := s.sampler.current(ctx)
	if status == nil {
		return nil, s.problem(ctx, "GetStatus", ErrUnavailable)
	}
	return connect.NewResponse(&operatorwire.GetStatusResponse{Status: status}), nil
}

// WatchStatus sends the status until the caller goes, its token ends, or the server stops.
func (s *service) WatchStatus(ctx context.Context, _ *connect.Request[operatorwire.WatchStatusRequest], stream *connect.ServerStream[operatorwire.WatchStatusResponse]) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	errStopping := connect.NewError(connect.CodeUnavailable, errors.New("the server stops"))
	go func() {
		select {
		case <-s.closing:
			cancel(errStopping)
		case <-ctx.Done():
		}
	}()
	err := s.sampler.watch(ctx, func(status *operatorwire.Status) error {
		if !stillAllowed(ctx) {
			return connect.NewError(connect.CodeUnauthenticated, errNoToken)
		}
		return stream.Send(&operatorwire.WatchStatusResponse{Status: status})
	})
	switch {
	case errors.Is(err, errTooManyWatchers):
		return connect.NewError(connect.CodeResourceExhausted, err)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return err
}

// GetHistory returns the points of a span.
func (s *service) GetHistory(_ context.Context, request *connect.Request[operatorwire.GetHistoryRequest]) (*connect.Response[operatorwire.GetHistoryResponse], error) {
	step, points := s.sampler.points(request.Msg.GetSpan(), time.Now())
	return connect.NewResponse(&operatorwire.GetHistoryResponse{StepMs: step.Milliseconds(), Points: points}), nil
}

// ListNodes returns the nodes.
func (s *service) ListNodes(ctx context.Context, _ *connect.Request[operatorwire.ListNodesRequest]) (*connect.Response[operatorwire.ListNodesResponse], error) {
	nodes, err := s.source.Nodes(ctx)
	if err != nil {
		return nil, s.problem(ctx, "ListNodes", err)
	}
	response := &operatorwire.ListNodesResponse{}
	for _, node := range nodes {
		response.Nodes = append(response.Nodes, nodeMessage(node))
	}
	return connect.NewResponse(response), nil
}

// Drain begins to drain a node.
func (s *service) Drain(ctx context.Context, request *connect.Request[operatorwire.DrainRequest]) (*connect.Response[operatorwire.DrainResponse], error) {
	if err := s.source.SetDraining(ctx, request.Msg.GetNode(), true); err != nil {
		return nil, s.problem(ctx, "Drain", err)
	}
	s.logger.InfoContext(ctx, "the operator drains a node", "node", request.Msg.GetNode())
	return connect.NewResponse(&operatorwire.DrainResponse{}), nil
}

// Undrain ends the drain of a node.
func (s *service) Undrain(ctx context.Context, request *connect.Request[operatorwire.UndrainRequest]) (*connect.Response[operatorwire.UndrainResponse], error) {
	if err := s.source.SetDraining(ctx, request.Msg.GetNode(), false); err != nil {
		return nil, s.problem(ctx, "Undrain", err)
	}
	s.logger.InfoContext(ctx, "the operator ends a drain", "node", request.Msg.GetNode())
	return connect.NewResponse(&operatorwire.UndrainResponse{}), nil
}

// Backup streams a copy, then its length and SHA-256.
func (s *service) Backup(ctx context.Context, _ *connect.Request[operatorwire.BackupRequest], stream *connect.ServerStream[operatorwire.BackupResponse]) error {
	pieces := &pieces{allowed: func() bool { return stillAllowed(ctx) }, stream: stream, sum: sha256.New()}
	buffered := bufio.NewWriterSize(pieces, backupPiece)
	if err := s.source.Backup(ctx, buffered); err != nil {
		return s.problem(ctx, "Backup", err)
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	s.logger.InfoContext(ctx, "the operator took a backup", "bytes", pieces.written)
	return stream.Send(&operatorwire.BackupResponse{End: &operatorwire.BackupEnd{Bytes: pieces.written, Sha256: pieces.sum.Sum(nil)}})
}

// pieces sends what is written as messages.
type pieces struct {
	allowed func() bool
	stream  *connect.ServerStream[operatorwire.BackupResponse]
	sum     hash.Hash
	written uint64
}

// Write sends data in messages of at most backupPiece bytes.
func (p *pieces) Write(data []byte) (int, error) {
	sent := 0
	for sent < len(data) {
		if !p.allowed() {
			return sent, connect.NewError(connect.CodeUnauthenticated, errNoToken)
		}
		piece := data[sent:min(len(data), sent+backupPiece)]
		if err := p.stream.Send(&operatorwire.BackupResponse{Data: piece}); err != nil {
			return sent, err
		}
		p.sum.Write(piece)
		p.written += uint64(len(piece))
		sent += len(piece)
	}
	return sent, nil
}

// RotateToken makes a new token.
func (s *service) RotateToken(ctx context.Context, _ *connect.Request[operatorwire.RotateTokenRequest]) (*connect.Response[operatorwire.RotateTokenResponse], error) {
	token, err := s.tokens.rotate()
	if err != nil {
		return nil, s.problem(ctx, "RotateToken", err)
	}
	s.logger.InfoContext(ctx, "the operator made a new token")
	return connect.NewResponse(&operatorwire.RotateTokenResponse{Token: token}), nil
}
