package replica

import (
	"cmp"
	"slices"

	"github.com/tincan-chat/tincan/backend/journal"
)

// Window is how many bytes of entries may be unacknowledged; Batch is how many
// are read and sent at a time.
const (
	Window = 2 << 20
	Batch  = 256 << 10
)

// Exchange is one conversation over one link, seen from this side.
type Exchange struct {
	heard   bool                     // the other side said what it holds
	remote  journal.Vector           // what it holds
	sent    map[journal.Log]uint64   // up to where entries were sent on this link
	flight  map[journal.Log][]flight // sent, not acknowledged, in sending order
	bytes   int                      // of flight
	reading bool                     // a Want is being read
}

type flight struct {
	sequence uint64
	bytes    int
}

// Want is a stretch of a log to read and send: sequences after After.
type Want struct {
	Log   journal.Log
	After uint64
}

// NewExchange begins an exchange over a new link.
func NewExchange() *Exchange {
	return &Exchange{remote: journal.Vector{}, sent: map[journal.Log]uint64{}, flight: map[journal.Log][]flight{}}
}

// Remote returns what the other side said it holds; false before it did.
func (x *Exchange) Remote() (journal.Vector, bool) { return x.remote, x.heard }

// Sent returns up to where a log was sent on this link, 0 if nothing of it was.
func (x *Exchange) Sent(log journal.Log) uint64 { return x.sent[log] }

// Position takes what the other side says it holds. It both opens the exchange
// and acknowledges.
func (x *Exchange) Position(held journal.Vector) {
	x.heard = true
	x.remote.Merge(held)
	for log, head := range x.remote {
		flying := x.flight[log]
		for len(flying) > 0 && flying[0].sequence <= head.Sequence {
			x.bytes -= flying[0].bytes
			flying = flying[1:]
		}
		x.flight[log] = flying
	}
}

// Next returns what to read and send now, given what this side holds on disk.
// It returns false when the other side has or was sent everything, when the
// window is full, before it was heard, and while a Want is being read.
func (x *Exchange) Next(held journal.Vector) (Want, bool) {
	if !x.heard || x.reading || x.bytes >= Window {
		return Want{}, false
	}
	logs := make([]journal.Log, 0, len(held))
	for log, head := range held {
		if head.Sequence > x.from(log) {
			logs = append(logs, log)
		}
	}
	if len(logs) == 0 {
		return Want{}, false
	}
	slices.SortFunc(logs, compareLogs)
	x.reading = true
	return Want{Log: logs[0], After: x.from(logs[0])}, true
}

// Read takes the entries of a Want and returns those to send. After an empty
// answer the log is not asked for again on this link.
func (x *Exchange) Read(want Want, entries []journal.Entry) []journal.Entry {
	x.reading = false
	return x.Push(want.Log, entries)
}

// Failed ends a Want that could not be read.
func (x *Exchange) Failed() { x.reading = false }

// Push marks entries of one log as sent, if they continue what was sent, and
// returns those. It is also the short way for an entry that was just written:
// when nothing is owed before it, it need not be read back from disk.
func (x *Exchange) Push(log journal.Log, entries []journal.Entry) []journal.Entry {
	if !x.heard || x.reading {
		return nil
	}
	var send []journal.Entry
	for _, entry := range entries {
		if entry.Sequence != x.from(log)+1 {
			if entry.Sequence <= x.from(log) {
				continue
			}
			break
		}
		x.sent[log] = entry.Sequence
		x.flight[log] = append(x.flight[log], flight{sequence: entry.Sequence, bytes: entry.Size()})
		x.bytes += entry.Size()
		send = append(send, entry)
	}
	return send
}

// Room tells whether the window lets another entry go.
func (x *Exchange) Room() bool { return x.heard && !x.reading && x.bytes < Window }

func (x *Exchange) from(log journal.Log) uint64 {
	return max(x.sent[log], x.remote[log].Sequence)
}

func compareLogs(a, b journal.Log) int {
	if order := a.Device.Compare(b.Device); order != 0 {
		return order
	}
	return cmp.Compare(a.Epoch, b.Epoch)
}
