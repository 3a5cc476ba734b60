package rendezvous

import (
	"cmp"
	"net/netip"
	"runtime/metrics"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Figures are what the operator sees of the work of this node. Counters only grow until a restart.
type Figures struct {
	Signals      uint64        // relayed
	SignalMedian time.Duration // from reading one to handing it over, of the last 512 samples within 10 minutes; 0 without any
	Mails        uint64        // put into boxes
	Refused      uint64        // connections, logins and frames
	RefusedMost  []Refusal     // of 24 hours, at most 16, most first
}

// Refusal counts what was refused from one network: a /24 or /48.
type Refusal struct {
	Network netip.Prefix
	Reason  Reason
	Count   uint64
}

// Reason says why something was refused.
type Reason string

// The reasons.
const (
	ReasonRate        Reason = "rate"        // too much in too short a time
	ReasonConnections Reason = "connections" // too many at once
	ReasonLogin       Reason = "login"       // refused, or it did not come in time
	ReasonBanned      Reason = "banned"
	ReasonFrame       Reason = "frame" // what is no frame
)

const (
	medianOf      = 512                   // samples
	medianFor     = 10 * time.Minute      // for which a sample counts
	sampleEvery   = 20 * time.Millisecond // at most
	refusedFor    = 24                    // hours
	mostRefusers  = 1024                  // networks and reasons remembered, about 120 bytes each
	refusalsShown = 16
	rateOver      = 10 // seconds
)

// figures are counted where the work is done.
type figures struct {
	signals atomic.Uint64
	mails   atomic.Uint64
	refused atomic.Uint64
	sampled atomic.Int64 // Unix nanoseconds: when the last sample was read

	mu      sync.Mutex
	samples [medianOf]sample // of handing over, the oldest is overwritten
	next    int
	seen    [rateOver + 1]uint64 // signals at the last sweeps
	sweeps  int

	refusers struct {
		mu sync.Mutex
		by map[refuser]*refusedHours
	}
}

type sample struct {
	at   int64 // Unix nanoseconds; 0: none
	took time.Duration
}

type refuser struct {
	network netip.Prefix
	reason  Reason
}

// refusedHours counts by hour; each is of the hour in last, and of those before it.
type refusedHours struct {
	last   int64 // hours since 1970
	counts [refusedFor]uint32
}

// signal counts one that was read at came. Only now and then the time is looked at.
func (f *figures) signal(came time.Time, now func() time.Time) {
	f.signals.Add(1)
	read, last := came.UnixNano(), f.sampled.Load()
	if since := read - last; since >= 0 && since < int64(sampleEvery) {
		return
	}
	if !f.sampled.CompareAndSwap(last, read) {
		return
	}
	took := max(now().Sub(came), 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.samples[f.next%medianOf] = sample{at: read, took: took}
	f.next++
}

// median is 0 without samples.
func (f *figures) median(now time.Time) time.Duration {
	since := now.Add(-medianFor).UnixNano()
	var all []time.Duration
	f.mu.Lock()
	for _, one := range f.samples {
		if one.at > since {
			all = append(all, one.took)
		}
	}
	f.mu.Unlock()
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// sweep is called once a second, and returns how many signals a second there were lately.
func (f *figures) sweep() float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	newest := f.signals.Load()
	f.seen[f.sweeps%len(f.seen)] = newest
	f.sweeps++
	if f.sweeps < 2 {
		return 0
	}
	span := min(f.sweeps-1, rateOver)
	return float64(newest-f.seen[(f.sweeps-1-span)%len(f.seen)]) / float64(span)
}

// refuse counts a refusal.
func (f *figures) refuse(address netip.Addr, reason Reason, now time.Time) {
	f.refused.Add(1)
	key := refuser{network: networkOf(address), reason: reason}
	r := &f.refusers
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = make(map[refuser]*refusedHours)
	}
	held := r.by[key]
	if held == nil {
		if len(r.by) >= mostRefusers {
			f.makeRoom(now)
		}
		held = &refusedHours{last: hourOf(now)}
		r.by[key] = held
	}
	held.move(hourOf(now))
	if count := &held.counts[held.last%refusedFor]; *count < 1<<32-1 {
		*count++
	}
}

func hourOf(now time.Time) int64 { return max(now.Unix()/3600, 0) }

// move forgets the hours that are over.
func (h *refusedHours) move(hour int64) {
	for range min(hour-h.last, refusedFor) {
		h.last++
		h.counts[h.last%refusedFor] = 0
	}
	h.last = max(h.last, hour)
}

func (h *refusedHours) sum() uint64 {
	sum := uint64(0)
	for _, count := range h.counts {
		sum += uint64(count)
	}
	return sum
}

// most runs under the refusers' lock. It forgets who was not refused for a day.
func (f *figures) most(now time.Time) []Refusal {
	all := make([]Refusal, 0, len(f.refusers.by))
	for key, held := range f.refusers.by {
		held.move(hourOf(now))
		count := held.sum()
		if count == 0 {
			delete(f.refusers.by, key)
			continue
		}
		all = append(all, Refusal{Network: key.network, Reason: key.reason, Count: count})
	}
	slices.SortFunc(all, func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), a.Network.Addr().Compare(b.Network.Addr()), cmp.Compare(a.Reason, b.Reason))
	})
	return all
}

// makeRoom runs under the refusers' lock. It keeps the half that was refused most.
func (f *figures) makeRoom(now time.Time) {
	all := f.most(now)
	for _, one := range all[min(len(all), mostRefusers/2):] {
		delete(f.refusers.by, refuser{network: one.Network, reason: one.Reason})
	}
}

// Figures returns them.
func (s *Server) Figures() Figures {
	f, now := &s.figures, s.options.Now()
	f.refusers.mu.Lock()
	most := f.most(now)
	f.refusers.mu.Unlock()
	return Figures{
		Signals: f.signals.Load(), SignalMedian: f.median(now), Mails: f.mails.Load(), Refused: f.refused.Load(),
		RefusedMost: most[:min(len(most), refusalsShown)],
	}
}

// Memory is what the Go runtime has from the system and did not give back, in bytes.
func Memory() uint64 {
	read := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(read)
	if read[0].Value.Kind() != metrics.KindUint64 || read[1].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return read[0].Value.Uint64() - read[1].Value.Uint64()
}

// networkOf cuts an address to its /24 or /48.
func networkOf(addr netip.Addr) netip.Prefix {
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
