package natsengine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsbackup"
)

// Backup implements engine.Archive: all streams that this server or its cluster
// keeps on disk. Who watched whom is memory and not among it.
func (e *Engine) Backup(ctx context.Context, put engine.Put) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(e.background, cancel) //nolint:contextcheck // the engine's end ends every call
	defer stop()
	// A connection of its own, so that mail need not wait behind it.
	connection, err := e.embedded.connect()
	if err != nil {
		return e.unlessClosed(err)
	}
	defer connection.Close()
	return e.unlessClosed(natsbackup.Save(ctx, connection, ours, put))
}

// ours says whether a stream is ours: somebody else's NATS may have others.
func ours(stream string) bool {
	return strings.HasPrefix(stream, "TINCAN_") || strings.HasPrefix(stream, "KV_tincan_")
}

// ErrNotEmpty says that there is something in the folder already.
var ErrNotEmpty = errors.New("natsengine: the folder to restore into has streams already")

// Restore makes the data folder of a lone server from a copy by Backup of any
// mode. Only Mode (Solo), Folder, Node and Logger of the options are used.
// Errors: ErrNotEmpty, natsbackup.ErrDamaged, and those of Open.
func Restore(ctx context.Context, options Options, pieces engine.Next) (streams int, err error) {
	options.OpenStore = func(context.Context, *nats.Conn, StoreOptions) (Store, error) {
		return nil, errors.ErrUnsupported
	}
	if err = options.complete(); err != nil {
		return 0, err
	}
	if options.Mode != Solo {
		return 0, fmt.Errorf("%w: only a lone server is restored", ErrOptions)
	}
	folder, err := openFolder(options.Folder, options.Mode)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if options.Node == "" {
		if options.Node, err = folder.node(); err != nil {
			return 0, err
		}
	}
	embedded, err := embed(ctx, options, folder.store)
	if err != nil {
		return 0, err
	}
	defer embedded.close()
	stream, err := jetstream.New(embedded.connection)
	if err != nil {
		return 0, fmt.Errorf("natsengine: %w", err)
	}
	if err = embedded.storing(ctx, options, stream); err != nil {
		return 0, err
	}
	account, err := stream.AccountInfo(ctx)
	if err != nil {
		return 0, fmt.Errorf("natsengine: %w", err)
	}
	if account.Streams > 0 {
		return 0, ErrNotEmpty
	}
	return natsbackup.Load(ctx, embedded.connection, pieces)
}
