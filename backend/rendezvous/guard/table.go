package guard

import "time"

// entry is what is known about a prefix or an identity. It has no pointers, so
// that the garbage collector need not look at a hundred thousand of them.
type entry struct {
	connections level
	frames      level
	strikes     level
	until       int64 // of the ban, Unix nanoseconds
	quiet       int64 // since when nothing was broken
	seen        int64
	bans        uint8
}

// level of a bucket, as of a time. The zero value is full.
type level struct {
	spent float64
	at    int64
}

// take takes a token, or says how long until there is one.
func (l *level) take(rate, burst float64, at int64) time.Duration {
	if !l.spend(1, rate, burst, at) {
		return max(1, time.Duration((l.spent+1-burst)/rate*float64(time.Second)))
	}
	return 0
}

func (l *level) spend(count, rate, burst float64, at int64) bool {
	if passed := at - l.at; passed > 0 {
		l.spent = max(0, l.spent-float64(passed)/float64(time.Second)*rate)
		l.at = at
	}
	if l.spent+count > burst {
		return false
	}
	l.spent += count
	return true
}

func (e *entry) isBanned(at int64) bool { return at < e.until }

func (e entry) ban(now time.Time) (until time.Time, refused bool) {
	if !e.isBanned(now.UnixNano()) {
		return time.Time{}, false
	}
	return time.Unix(0, e.until), true
}

// strike counts a broken limit, and bans when there were too many. It returns
// when the ban ends, or ended.
func (e *entry) strike(g *Guard, weight float64, at int64, given *uint64) int64 {
	g.counts.Strikes++
	e.quiet = max(e.quiet, at)
	if e.isBanned(at) || e.strikes.spend(weight, g.limits.Forgiven, g.limits.Strikes, at) {
		return e.until
	}
	e.until = at + int64(terms[min(int(e.bans), len(terms)-1)])
	if int(e.bans) < len(terms) {
		e.bans++
	}
	e.quiet, e.strikes = e.until, level{}
	*given++
	return e.until
}

// table is bounded.
type table[K comparable] struct {
	most    int
	entries map[K]entry
}

// sample is how many entries are looked at to find one to forget; if all of
// them are banned, so many times as many.
const (
	sample = 8
	deeper = 16
)

// find returns an entry, or a new one.
func (t *table[K]) find(key K, at int64) entry {
	one := t.entries[key]
	if one.bans > 0 && at-one.quiet > int64(memory) {
		one.bans = 0
	}
	one.seen = max(one.seen, at)
	return one
}

func (t *table[K]) put(key K, one entry, counts *Counts) {
	if len(t.entries) >= t.most {
		if _, known := t.entries[key]; !known {
			t.forget(one.seen, counts)
		}
	}
	t.entries[key] = one
}

// forget makes room: of a few entries, and Go's maps begin anywhere, the one
// that is missed least.
func (t *table[K]) forget(at int64, counts *Counts) {
	var worst K
	var least int64
	isFree := false
	looked := 0
	for key, one := range t.entries {
		// Banned ones go last, and the shortest ban first.
		free := !one.isBanned(at)
		value := one.seen
		if !free {
			value = one.until
		}
		if looked == 0 || (free && !isFree) || (free == isFree && value < least) {
			worst, least, isFree = key, value, free
		}
		if looked++; looked >= deeper*sample || (looked >= sample && isFree) {
			break
		}
	}
	delete(t.entries, worst)
	counts.Forgotten++
}
