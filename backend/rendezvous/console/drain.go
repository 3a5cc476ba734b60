package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
)

const (
	// drainWithin is what devices get to move when the operator begins a drain.
	drainWithin = 30 * time.Second
	drainPrefix = "drain/"
	maxDrain    = 1 << 10 // bytes of what is asked of one node
	retries     = 8
	followPause = time.Second
)

// asked is what an operator asked of one start of a node.
type asked struct {
	StartedMs int64 `json:"started_ms"`
	Draining  bool  `json:"draining"`
}

// SetDraining implements operator.Source.
func (c *Console) SetDraining(ctx context.Context, node string, draining bool) error {
	nodes := c.options.Engine.Nodes()
	at := slices.IndexFunc(nodes, func(one engine.Node) bool { return one.ID == node || node == "" && one.Self })
	if at < 0 {
		return operator.ErrNotFound
	}
	found := nodes[at]
	if found.Self {
		c.drain(draining)
	}
	err := c.ask(ctx, found, draining)
	switch {
	case err == nil && !found.Self:
		settled(ctx, func() bool {
			return slices.ContainsFunc(c.options.Engine.Nodes(), func(one engine.Node) bool {
				return one.ID == found.ID && one.Notice.Draining == draining
			})
		})
		return nil
	case err != nil && found.Self:
		c.options.Logger.WarnContext(ctx, "a drain is not noted for other nodes", "error", err)
		return nil // it is done
	}
	return err
}

func (c *Console) drain(draining bool) {
	if draining {
		c.options.Server.BeginDrain(drainWithin)
	} else {
		c.options.Server.EndDrain()
	}
}

// ask notes what is asked of a node.
func (c *Console) ask(ctx context.Context, node engine.Node, draining bool) error {
	table, key := c.options.Engine.Table(engine.TableSettings), drainPrefix+node.ID
	data, err := json.Marshal(asked{StartedMs: node.Started.UnixMilli(), Draining: draining})
	if err != nil {
		return fmt.Errorf("console: %w", err)
	}
	for range retries {
		held, getErr := table.Get(ctx, key)
		if getErr != nil && !errors.Is(getErr, engine.ErrNoKey) {
			return unavailable(getErr)
		}
		if _, err = table.Put(ctx, key, data, held.Revision); !errors.Is(err, engine.ErrConflict) {
			break
		}
	}
	return unavailable(err)
}

// unavailable tells the operator's side what it has a sentence for.
func unavailable(err error) error {
	if errors.Is(err, engine.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", operator.ErrUnavailable, err)
	}
	return err
}

// followDrains does what is asked of this node.
func (c *Console) followDrains(ctx context.Context) {
	table := c.options.Engine.Table(engine.TableSettings)
	for ctx.Err() == nil {
		err := table.Follow(ctx, func(change engine.Change) {
			node, isDrain := strings.CutPrefix(change.Key, drainPrefix)
			if self, ok := c.self(); !isDrain || !ok || node != self.ID {
				return
			} else if wanted, good := readAsked(change.Data); good && wanted.StartedMs == self.Started.UnixMilli() && wanted.Draining != c.options.Server.Draining() {
				c.options.Logger.InfoContext(ctx, "a drain of this node begins or ends", "draining", wanted.Draining)
				c.drain(wanted.Draining)
			}
		}, func() {})
		if ctx.Err() != nil || errors.Is(err, engine.ErrClosed) {
			return
		}
		c.options.Logger.WarnContext(ctx, "drains cannot be followed", "error", err)
		timer := time.NewTimer(followPause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

func readAsked(data []byte) (asked, bool) {
	var wanted asked
	return wanted, len(data) > 0 && len(data) <= maxDrain && json.Unmarshal(data, &wanted) == nil
}
