package replica

import (
	"math"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
)

// Sizes, in bytes unless they say otherwise.
const (
	// Window is the most that may be unacknowledged; an exchange begins with
	// FirstWindow and does not go below LeastWindow.
	Window      = 2 << 20
	FirstWindow = 512 << 10
	LeastWindow = 96 << 10
	// Batch is how much is read and sent at a time, BatchEntries how many entries.
	Batch        = 192 << 10
	BatchEntries = 512
	// MaxAhead and MaxAheadEntries cap what is sent ahead of its place.
	MaxAhead        = 256 << 10
	MaxAheadEntries = 64
)

// The time in which what was sent should be acknowledged. Shorter opens the
// window, so that a fast line is full; longer closes it, so that what a person
// writes does not queue behind a stream that a slow line cannot take.
const (
	soon = 150 * time.Millisecond
	late = 600 * time.Millisecond
)

// Exchange is one conversation over one link, seen from this side.
type Exchange struct {
	heard   bool                   // the other side said what it holds
	remote  journal.Vector         // what it holds
	sent    map[journal.Log]uint64 // up to where entries were sent on this link
	flight  flights                // sent in their place, not acknowledged
	ahead   flights                // sent before their place
	window  int
	reading bool // a stretch is being read
	again   bool // what is being read is not what is wanted any more
}

// flights are entries on their way, of each log those with the lowest sequences
// first: what is acknowledged is at the front.
type flights struct {
	of    map[journal.Log][]flight
	count int
	bytes int
}

type flight struct {
	sequence uint64
	bytes    int
	at       time.Time
}

func newFlights() flights { return flights{of: map[journal.Log][]flight{}} }

func (f *flights) add(entry journal.Entry, now time.Time) {
	size := entry.Size()
	f.of[entry.Log] = append(f.of[entry.Log], flight{sequence: entry.Sequence, bytes: size, at: now})
	f.count++
	f.bytes += size
}

// arrived drops those of a log up to a sequence and returns how long the slowest
// took, 0 if there were none.
func (f *flights) arrived(log journal.Log, through uint64, now time.Time) (slowest time.Duration) {
	under := f.of[log]
	for len(under) > 0 && under[0].sequence <= through {
		f.count--
		f.bytes -= under[0].bytes
		slowest = max(slowest, now.Sub(under[0].at))
		under = under[1:]
	}
	if len(under) == 0 {
		delete(f.of, log)
	} else {
		f.of[log] = under
	}
	return slowest
}

// Want is a stretch of a log to read and send: sequences after After.
type Want struct {
	Log   journal.Log
	After uint64
}

// NewExchange begins an exchange over a new link.
func NewExchange() *Exchange {
	return &Exchange{remote: journal.Vector{}, sent: map[journal.Log]uint64{}, flight: newFlights(), ahead: newFlights(), window: FirstWindow}
}

// Remote returns what the other side said it holds; false before it did.
func (x *Exchange) Remote() (journal.Vector, bool) { return x.remote, x.heard }

// Sent returns up to where a log was sent on this link, 0 if nothing of it was.
func (x *Exchange) Sent(log journal.Log) uint64 { return x.sent[log] }

// Position takes what the other side says it holds. It both opens the exchange
// and acknowledges. The caller keeps held.
func (x *Exchange) Position(held journal.Vector, now time.Time) {
	x.heard = true
	x.remote.Merge(held)
	var slowest time.Duration
	for log, head := range held {
		slowest = max(slowest, x.flight.arrived(log, head.Sequence, now))
		x.ahead.arrived(log, head.Sequence, now)
	}
	switch {
	case slowest == 0:
	case slowest < soon:
		x.window = min(x.window*2, Window)
	case slowest > late:
		x.window = max(x.window/2, LeastWindow)
	}
}

// Again forgets what was sent and what was acknowledged: the other side lacks
// something beyond what it says now that it holds.
func (x *Exchange) Again(held journal.Vector) {
	x.again = x.reading
	x.remote = held.Clone()
	clear(x.sent)
	x.flight, x.ahead = newFlights(), newFlights()
}

// Forget stops waiting for acknowledgements of a log that the other side will
// never give, since it holds another history of it.
func (x *Exchange) Forget(log journal.Log) {
	x.flight.arrived(log, math.MaxUint64, time.Time{})
	x.ahead.arrived(log, math.MaxUint64, time.Time{})
}

// Next returns from where to read and send now, given what this side holds on
// disk: all entries beyond the vector, parents first. It returns false when the
// other side has or was sent everything, when the window is full, before it was
// heard, and while a stretch is being read.
func (x *Exchange) Next(held journal.Vector) (beyond journal.Vector, more bool) {
	if !x.heard || x.reading || x.flight.bytes >= x.window || !x.owes(held) {
		return nil, false
	}
	x.reading = true
	beyond = make(journal.Vector, len(held))
	for log := range held {
		if from := x.from(log); from > 0 {
			beyond[log] = journal.Head{Sequence: from}
		}
	}
	return beyond, true
}

// owes tells whether something that is held was neither sent nor acknowledged.
func (x *Exchange) owes(held journal.Vector) bool {
	for log, head := range held {
		if head.Sequence > x.from(log) {
			return true
		}
	}
	return false
}

// Stretch is how much to read at a time: no more than the window, so that on a
// slow line little is in front of what is urgent.
func (x *Exchange) Stretch() int { return min(Batch, x.window) }

// Outdated tells, before Read, that what is being read is not wanted any more,
// since the other side asked for something else meanwhile.
func (x *Exchange) Outdated() bool { return x.again }

// Read takes the entries of a stretch, counts them as sent and returns those to
// send: none when they are outdated. whole tells that these are all of them.
func (x *Exchange) Read(entries []journal.Entry, now time.Time) (send []journal.Entry, whole bool) {
	x.reading = false
	if x.again {
		x.again = false
		return nil, false
	}
	for _, entry := range entries {
		if entry.Sequence != x.from(entry.Log)+1 {
			continue // it was acknowledged meanwhile, or one before it is damaged
		}
		x.count(entry, now)
		send = append(send, entry)
	}
	return send, len(send) == len(entries)
}

// Failed ends a stretch that could not be read.
func (x *Exchange) Failed() { x.reading, x.again = false, false }

// Push tells whether an entry that was just written is to be sent now. In its
// place, when nothing is owed before it, it need not be read back from disk.
// Behind a stream that is under way it goes ahead of its place, within
// [MaxAhead]: the other side keeps it until the stream, which brings it again,
// has come so far.
func (x *Exchange) Push(entry journal.Entry, held journal.Vector, now time.Time) bool {
	switch {
	case !x.heard || entry.Sequence <= x.from(entry.Log):
		return false
	case !x.reading && x.flight.bytes < x.window && x.next(entry, held):
		x.count(entry, now)
		return true
	case x.ahead.count >= MaxAheadEntries || x.ahead.bytes+entry.Size() > MaxAhead:
		return false
	}
	x.ahead.add(entry, now)
	return true
}

// next tells whether an entry is the one thing that is owed.
func (x *Exchange) next(entry journal.Entry, held journal.Vector) bool {
	if entry.Sequence != x.from(entry.Log)+1 {
		return false
	}
	for log, head := range held {
		if log != entry.Log && head.Sequence > x.from(log) {
			return false
		}
	}
	return true
}

func (x *Exchange) count(entry journal.Entry, now time.Time) {
	x.sent[entry.Log] = entry.Sequence
	x.flight.add(entry, now)
}

// Unacknowledged returns how many bytes were sent and not acknowledged.
func (x *Exchange) Unacknowledged() int { return x.flight.bytes + x.ahead.bytes }

func (x *Exchange) from(log journal.Log) uint64 {
	return max(x.sent[log], x.remote[log].Sequence)
}
