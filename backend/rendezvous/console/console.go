package console

import (
	"context"
	"log/slog"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
)

// Options of a console. All but Host, Nodes and Logger are required.
type Options struct {
	Server *rendezvous.Server
	// Engine is the server's.
	Engine engine.Engine
	// Folder is the data folder.
	Folder string
	Mode   operator.Mode
	// Version is of the program.
	Version string
	// Host is the name or address by which devices come; may be empty.
	Host string
	// Nodes is how many servers the cluster should have; 0 when that is not known.
	Nodes int
	// Logger: nil logs nothing.
	Logger *slog.Logger
}

// Console implements operator.Source.
type Console struct {
	options Options
	started time.Time
	disk    disk
}

var _ operator.Source = (*Console)(nil)

// New makes a console. [Console.Run] should run as long as the server does.
func New(options Options) *Console {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	return &Console{options: options, started: time.Now(), disk: disk{folder: options.Folder}}
}

// Run does what operators ask of this node at others, until ctx ends.
func (c *Console) Run(ctx context.Context) { c.followDrains(ctx) }

// self is this node.
func (c *Console) self() (engine.Node, bool) {
	for _, node := range c.options.Engine.Nodes() {
		if node.Self {
			return node, true
		}
	}
	return engine.Node{}, false
}

// settleTime bounds the wait until a change that was stored holds on this node.
const settleTime = 3 * time.Second

// settled waits until what was changed is seen here. It holds anyway in a
// moment: not to see it in time is no error.
func settled(ctx context.Context, seen func() bool) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !seen() {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
