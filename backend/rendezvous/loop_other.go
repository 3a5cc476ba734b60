//go:build !linux

package rendezvous

import (
	"sync/atomic"

	"github.com/lesismal/nbio"
)

// newLoop returns none: a goroutine reads each connection. nbio would start
// one as well on Windows, and others only run small servers.
func newLoop(*atomic.Int64) (*nbio.Engine, error) { return nil, nil } //nolint:nilnil // no loop is an answer
