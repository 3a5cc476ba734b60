package sim

import (
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/memlink"
)

// epoch is when every world begins.
var epoch = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)

// maxEvents is how many events a world may take: beyond it somebody asks for
// time without end.
const maxEvents = 20_000_000

// World is devices and servers on one virtual clock. It is not safe for
// concurrent use.
type World struct {
	plan    Plan
	ctx     context.Context //nolint:containedctx // the world is one call of Run, cut into events; nothing in it waits
	now     time.Time
	queue   queue
	order   uint64
	events  int
	random  *rand.Rand // of delays and of faults that strike one thing at a time
	links   *memlink.Network
	pace    pace
	devices []*device
	servers []*server
	touched []*device
	weather weather
	said    map[string]*saying       // by what they were said with
	named   map[journal.Hash]*saying // by the message, once it is known
	timed   bool                     // some messages disappear
	letters map[[sha256.Size]byte]sealedLetter
	report  Report
	trace   hash.Hash
	log     io.Writer
}

// pace is how slow a world is.
type pace struct {
	network, disk, work time.Duration
	hurry               int // chance in 256 that an event of a device's queue waits for its turn
}

// weather is which faults strike at random now, each a chance in 256.
type weather struct {
	loseSignal, doubleSignal, delaySignal int
	loseAnswer, forge                     int
}

// item is something that happens at a time.
type item struct {
	at    time.Time
	order uint64
	run   func()
}

type queue []item

// Len implements heap.Interface.
func (q queue) Len() int { return len(q) }

// Less implements heap.Interface.
func (q queue) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].order < q[j].order
}

// Swap implements heap.Interface.
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	if one, ok := x.(item); ok {
		*q = append(*q, one)
	}
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := len(*q) - 1
	one := (*q)[last]
	(*q)[last] = item{}
	*q = (*q)[:last]
	return one
}

// source is a seeded stream of its own for each purpose, so that one purpose
// asking more does not change another.
func source(seed uint64, purpose string, number int) *rand.ChaCha8 {
	var text []byte
	text = binary.BigEndian.AppendUint64(text, seed)
	text = binary.BigEndian.AppendUint64(text, uint64(number))
	return rand.NewChaCha8(sha256.Sum256(append(text, purpose...)))
}

// after queues something.
func (w *World) after(wait time.Duration, run func()) {
	w.order++
	heap.Push(&w.queue, item{at: w.now.Add(wait), order: w.order, run: run})
}

// next tells when the next thing happens, in the heap or on a link.
func (w *World) next() (at time.Time, onLink, ok bool) {
	linkAt, linked := w.links.Next()
	if len(w.queue) == 0 {
		return linkAt, true, linked
	}
	if linked && linkAt.Before(w.queue[0].at) {
		return linkAt, true, true
	}
	return w.queue[0].at, false, true
}

// runUntil lets everything happen that is due until then.
func (w *World) runUntil(end time.Time) error {
	for {
		at, onLink, ok := w.next()
		if !ok || at.After(end) {
			w.now = end
			return nil
		}
		if at.After(w.now) {
			w.now = at
		}
		if w.events++; w.events > maxEvents {
			return fmt.Errorf("%w: more than %d events, at %v", errViolation, maxEvents, w.now.Sub(epoch))
		}
		if onLink {
			w.links.Step()
		} else if next, isItem := heap.Pop(&w.queue).(item); isItem {
			next.run()
		}
		w.settle()
	}
}

// settle lets the devices take what was left in their queues.
func (w *World) settle() {
	for len(w.touched) > 0 {
		one := w.touched[0]
		w.touched = w.touched[1:]
		one.isTouched = false
		one.settle()
	}
}

// spread returns between nothing and a whole duration.
func (w *World) spread(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(w.random.Int64N(int64(d)))
}

// strikes tells whether something with a chance in 256 happens.
func (w *World) strikes(chance int) bool { return chance > 0 && w.random.IntN(256) < chance }

// note adds to the trace.
func (w *World) note(who int, what byte, details ...uint64) {
	var buffer [64]byte
	text := binary.BigEndian.AppendUint64(buffer[:0], uint64(w.now.Sub(epoch)))
	text = append(text, byte(who), what)
	for _, detail := range details {
		text = binary.BigEndian.AppendUint64(text, detail)
	}
	w.trace.Write(text) // a hash never fails
}

// tell writes to the story, if anybody reads it.
func (w *World) tell(format string, arguments ...any) {
	if w.log != nil {
		_, _ = fmt.Fprintf(w.log, "%-14v "+format+"\n", append([]any{w.now.Sub(epoch)}, arguments...)...)
	}
}

// newWorld makes the world of a plan, with nobody running yet.
func newWorld(ctx context.Context, plan Plan, log io.Writer) (*World, error) {
	w := &World{
		plan: plan, ctx: ctx, now: epoch, random: rand.New(source(plan.Seed, "delays", 0)),
		said: map[string]*saying{}, named: map[journal.Hash]*saying{}, letters: map[[sha256.Size]byte]sealedLetter{},
		trace: sha256.New(), log: log,
	}
	w.report.Faults = map[Kind]int{}
	choice := rand.New(source(plan.Seed, "pace", 0))
	pick := func(choices ...time.Duration) time.Duration { return choices[choice.IntN(len(choices))] }
	w.pace = pace{
		network: pick(2*time.Millisecond, 40*time.Millisecond, 300*time.Millisecond),
		disk:    pick(time.Millisecond, 10*time.Millisecond, 200*time.Millisecond),
		work:    pick(time.Millisecond, 5*time.Millisecond, 50*time.Millisecond),
		hurry:   []int{0, 32, 128}[choice.IntN(3)],
	}
	w.links = memlink.NewNetwork(func() time.Time { return w.now }, func(link.Remote, link.Remote) time.Duration { return w.spread(w.pace.network) })
	for number := range plan.Servers {
		one, err := newServer(w, number)
		if err != nil {
			return nil, err
		}
		w.servers = append(w.servers, one)
	}
	for number := range plan.Devices {
		one, err := newDevice(w, number)
		if err != nil {
			return nil, err
		}
		w.devices = append(w.devices, one)
	}
	return w, w.introduce()
}
