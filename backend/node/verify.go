package node

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// verifier parses the frames of one session and checks their signatures, away
// from the core and in order.
type verifier struct {
	frames chan []byte
	closed chan struct{}
	start  sync.Once
	end    sync.Once
	unread atomic.Int64  // bytes that were verified and that the core has not seen
	room   chan struct{} // the core has seen something
}

// maxUnread is how many bytes of one link may wait for the core before the link
// is held back.
const maxUnread = 4 << 20

func newVerifier() *verifier {
	return &verifier{frames: make(chan []byte, 16), closed: make(chan struct{}), room: make(chan struct{}, 1)}
}

// cost is what a frame takes while it waits, in bytes: a small one too.
func (e FrameReceived) cost() int64 { return int64(e.Bytes) + 512 }

// seen says that the core has taken a frame.
func (n *Node) seen(e FrameReceived) {
	made, _ := n.verifiers.Load(e.Session)
	if v, ok := made.(*verifier); ok {
		v.unread.Add(-e.cost())
		select {
		case v.room <- struct{}{}:
		default:
		}
	}
}

func (v *verifier) close() { v.end.Do(func() { close(v.closed) }) }

func (n *Node) verify(session link.Session, v *verifier) {
	ctx := context.Background()
	for {
		select {
		case <-v.closed:
			return
		case data := <-v.frames:
			received := n.verifyFrame(ctx, session, data)
			v.unread.Add(received.cost())
			n.inbox.put(received)
		}
		for v.unread.Load() > maxUnread {
			select {
			case <-v.closed:
				return
			case <-v.room:
			}
		}
	}
}

func (n *Node) verifyFrame(ctx context.Context, session link.Session, data []byte) FrameReceived {
	frame := &wire.LinkFrame{}
	if err := wire.Decode(data, wire.MaxLinkFrame, frame); err != nil {
		return FrameReceived{Session: session, Err: err}
	}
	faultOfFrame("received", frame)
	received := FrameReceived{Session: session, Frame: frame, Bytes: len(data), Size: len(data)}
	carried, err := n.carriedBy(frame)
	if err != nil {
		return FrameReceived{Session: session, Err: err}
	}
	if carried == nil {
		return received
	}
	if received.Entries, err = verifyEntries(carried); err != nil {
		return FrameReceived{Session: session, Err: err}
	}
	if frame.GetProof() == nil {
		received.Bytes = 0
		for _, entry := range received.Entries {
			received.Bytes += entry.Size()
		}
		received.Orders = n.knownOrders(ctx, received.Entries)
	}
	return received
}

// carriedBy returns the entries in a frame. Those of a batch do not stay in the
// frame: it is worth nothing any more.
func (n *Node) carriedBy(frame *wire.LinkFrame) ([]*wire.Entry, error) {
	switch kind := frame.GetKind().(type) {
	case *wire.LinkFrame_Entries:
		return kind.Entries.GetEntries(), nil
	case *wire.LinkFrame_Batch:
		entries, err := n.packer.Unpack(kind.Batch)
		kind.Batch.Zstd = nil
		return entries.GetEntries(), err
	case *wire.LinkFrame_Proof:
		return []*wire.Entry{kind.Proof.GetFirst(), kind.Proof.GetSecond()}, nil
	}
	return nil, nil
}

// verifyEntries parses entries and checks their signatures, many of them on all
// processors.
func verifyEntries(carried []*wire.Entry) ([]journal.Entry, error) {
	entries := make([]journal.Entry, len(carried))
	failures := make([]error, len(carried))
	check := func(from, to int) {
		for i := from; i < to; i++ {
			if entries[i], failures[i] = journal.Parse(carried[i]); failures[i] == nil {
				failures[i] = entries[i].Verify()
			}
			if failures[i] != nil {
				return
			}
		}
	}
	if len(carried) < manyEntries {
		check(0, len(carried))
		return entries, errors.Join(failures...)
	}
	var group sync.WaitGroup
	share := (len(carried) + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0)
	for from := 0; from < len(carried); from += share {
		group.Go(func() { check(from, min(from+share, len(carried))) })
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		return nil, err
	}
	return entries, nil
}

// manyEntries are worth starting goroutines for.
const manyEntries = 32

// knownOrders looks up which of the entries and of their parents are on disk. Of
// the entries of a log in one frame the first and the last are enough: the chain
// tells about those between.
func (n *Node) knownOrders(ctx context.Context, entries []journal.Entry) map[journal.Hash]journal.Order {
	asked := make(map[journal.Hash]bool, len(entries)+1)
	first, last := map[journal.Log]bool{}, map[journal.Log]journal.Hash{}
	for _, entry := range entries {
		if !first[entry.Log] {
			first[entry.Log] = true
			asked[entry.Hash()] = true
		}
		last[entry.Log] = entry.Hash()
		for _, parent := range entry.Parents {
			asked[parent] = true
		}
	}
	for _, hash := range last {
		asked[hash] = true
	}
	orders, err := n.config.Store.Orders(ctx, slices.Collect(maps.Keys(asked)))
	if err != nil {
		n.logger.ErrorContext(ctx, "entries cannot be looked up", slog.Any("error", err))
	}
	return orders
}
