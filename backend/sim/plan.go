package sim

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what people do, or what breaks.
type Kind string

// What people do.
const (
	Say  Kind = "say"
	Read Kind = "read"
	Look Kind = "look" // at a conversation, and begin to write
	Wake Kind = "wake" // the computer: its network changed
	Quit Kind = "quit" // and start again later

	Edit     Kind = "edit"     // a message of theirs
	Delete   Kind = "delete"   // one for everyone
	Hide     Kind = "hide"     // any, on their device
	React    Kind = "react"    // to any, or take it back
	Timer    Kind = "timer"    // messages disappear from now on, or stay
	Profile  Kind = "profile"  // another name and about
	Receipts Kind = "receipts" // off and on
	Meet     Kind = "meet"     // invite, ask and accept; without it everybody knows everybody from the beginning

	nothing Kind = ""
)

// Deeds are what people do besides writing.
var Deeds = []Kind{Read, Look, Wake, Quit, Edit, Delete, Hide, React, Timer, Profile, Receipts, Meet}

// The faults.
const (
	Cut        Kind = "cut"         // two devices do not reach each other
	OneWay     Kind = "one-way"     // one of two does not
	Break      Kind = "break"       // their sessions end
	Offline    Kind = "offline"     // a device does not reach a server
	Deaf       Kind = "deaf"        // it does not hear it
	Mute       Kind = "mute"        // it is not heard by it
	Crash      Kind = "crash"       // with loss of everything not synced, and a restart
	DiskFull   Kind = "disk-full"   // commits fail
	ServerLoss Kind = "server-loss" // and return
	MailFull   Kind = "mailbox-full"
	LostAnswer Kind = "lost-answer" // of servers: what was asked is done
	BadCarrier Kind = "bad-carrier" // signals are lost, doubled and out of order
	Forger     Kind = "forger"      // servers hand out envelopes that were changed, repeated, or handed out long ago
	Skew       Kind = "skew"        // of clocks, by up to three days
	Jump       Kind = "jump"        // of a clock, at a restart
)

// Faults are all of them.
var Faults = []Kind{Cut, OneWay, Break, Offline, Deaf, Mute, Crash, DiskFull, ServerLoss, MailFull, LostAnswer, BadCarrier, Forger, Skew, Jump}

// Defect is a mistake that is switched on to see whether the checks see it.
type Defect string

// The defects.
const (
	DropLetter Defect = "drop-letter" // a server answers that it keeps a letter, and does not
	LyingDisk  Defect = "lying-disk"  // a disk answers that it keeps a transaction, and does not
	SayTwice   Defect = "say-twice"   // a text that was accepted is sent again
	DropChange Defect = "drop-change" // an edit or a deletion is answered and not done
	KeepWords  Defect = "keep-words"  // a copy of what was deleted or hidden stays on the disk
)

// Defects are all of them.
var Defects = []Defect{DropLetter, LyingDisk, SayTwice, DropChange, KeepWords}

// Plan is one schedule: everything follows from it.
type Plan struct {
	Seed    uint64
	Devices int
	Servers int
	Actions int           // how many of the schedule's actions happen
	Span    time.Duration // in which they happen
	Without []Kind        // what does not happen
	Defect  Defect
}

// Size says how large plans are.
type Size int

// The sizes.
const (
	Short Size = iota // a few devices, some minutes or an hour
	Full              // one in four is larger: up to days, one in 32 up to tens of devices, one in 512 up to hundreds
)

// NewPlan returns the plan of a seed.
func NewPlan(seed uint64, size Size) Plan {
	random := rand.New(source(seed, "plan", int(size)))
	plan := Plan{Seed: seed, Devices: 2 + random.IntN(3), Servers: 1 + random.IntN(2)}
	spans := []time.Duration{20 * time.Second, 2 * time.Minute, 20 * time.Minute, time.Hour}
	plan.Actions = 24 + random.IntN(66)
	if size == Full && random.IntN(4) == 0 {
		spans = append(spans, 12*time.Hour, 4*24*time.Hour)
		plan.Actions = 44 + random.IntN(86)
		switch many := random.IntN(128); {
		case many == 0:
			plan.Devices, plan.Servers = 50+random.IntN(151), 2+random.IntN(4)
			plan.Actions *= 4
			spans = spans[:3]
		case many < 17:
			plan.Devices, plan.Servers = 8+random.IntN(17), 1+random.IntN(3)
			plan.Actions *= 2
		}
	}
	plan.Span = spans[random.IntN(len(spans))]
	// Some schedules have few kinds of faults, so that each is seen alone too.
	if random.IntN(3) == 0 {
		for _, kind := range Faults {
			if random.IntN(3) > 0 {
				plan.Without = append(plan.Without, kind)
			}
		}
	}
	return plan
}

// String is the plan as ParsePlan reads it.
func (p Plan) String() string {
	text := fmt.Sprintf("seed=%d devices=%d servers=%d actions=%d span=%v", p.Seed, p.Devices, p.Servers, p.Actions, p.Span)
	if len(p.Without) > 0 {
		var names []string
		for _, kind := range p.Without {
			names = append(names, string(kind))
		}
		text += " without=" + strings.Join(names, ",")
	}
	if p.Defect != "" {
		text += " defect=" + string(p.Defect)
	}
	return text
}

// ErrPlan says that a text is no plan.
var ErrPlan = errors.New("sim: this is no plan")

// ParsePlan reads what String wrote.
func ParsePlan(text string) (Plan, error) {
	var plan Plan
	for part := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch name {
		case "seed":
			plan.Seed, err = strconv.ParseUint(value, 10, 64)
		case "devices":
			plan.Devices, err = strconv.Atoi(value)
		case "servers":
			plan.Servers, err = strconv.Atoi(value)
		case "actions":
			plan.Actions, err = strconv.Atoi(value)
		case "span":
			plan.Span, err = time.ParseDuration(value)
		case "without":
			for kind := range strings.SplitSeq(value, ",") {
				plan.Without = append(plan.Without, Kind(kind))
			}
		case "defect":
			plan.Defect = Defect(value)
		default:
			err = errors.New(part)
		}
		if err != nil {
			return Plan{}, fmt.Errorf("%w: %w", ErrPlan, err)
		}
	}
	if plan.Devices < 2 || plan.Devices > 200 || plan.Servers < 1 || plan.Servers > 20 || plan.Actions < 1 || plan.Actions > 100_000 || plan.Span <= 0 {
		return Plan{}, fmt.Errorf("%w: %q", ErrPlan, text)
	}
	return plan, nil
}

// action is one thing that happens. Who is chosen out of the devices that there
// are, so that a smaller plan has the same actions.
type action struct {
	at      time.Duration
	kind    Kind
	a, b    uint32
	lasting time.Duration // of a fault
	count   int
}

var weights = map[Kind]int{
	Say: 330, Read: 60, Look: 30, Wake: 8, Quit: 20,
	Edit: 36, Delete: 18, Hide: 10, React: 30, Timer: 8, Profile: 6, Receipts: 8, Meet: 16,
	Cut: 12, OneWay: 12, Break: 10, Offline: 10, Deaf: 8, Mute: 8, Crash: 24, DiskFull: 10, ServerLoss: 8, MailFull: 6, LostAnswer: 10, BadCarrier: 10, Forger: 8, Jump: 4,
}

// actions returns the schedule, in order. It does not depend on Actions, Devices
// and Without, which only leave some of it out.
func (p Plan) actions() []action {
	random := rand.New(source(p.Seed, "actions", 0))
	kinds := slices.Sorted(maps.Keys(weights))
	total := 0
	for _, kind := range kinds {
		total += weights[kind]
	}
	all := make([]action, 0, p.Actions)
	for range p.Actions {
		left, kind := random.IntN(total), nothing
		for _, kind = range kinds {
			if left -= weights[kind]; left < 0 {
				break
			}
		}
		one := action{kind: kind, a: random.Uint32(), b: random.Uint32(), at: time.Duration(random.Int64N(int64(p.Span)))}
		// Short troubles, and some that outlast leases and timeouts, days too if there are days.
		one.lasting = time.Duration(random.Int64N(int64([]time.Duration{2 * time.Second, 20 * time.Second, time.Minute, p.Span / 2}[random.IntN(4)]) + 1))
		one.count = 1
		if random.IntN(4) == 0 { // of texts one after the other
			one.count = 2 + random.IntN(25)
		}
		all = append(all, one)
	}
	all = slices.DeleteFunc(all, func(one action) bool { return slices.Contains(p.Without, one.kind) })
	slices.SortStableFunc(all, func(a, b action) int { return cmp.Compare(a.at, b.at) })
	return all
}

// skew is how wrong a device's clock is.
func (p Plan) skew(number int) time.Duration {
	random := rand.New(source(p.Seed, "skew", number))
	wrong := []time.Duration{0, 0, 0, time.Minute, time.Hour, 3 * 24 * time.Hour}[random.IntN(6)]
	if wrong == 0 || slices.Contains(p.Without, Skew) {
		return 0
	}
	return time.Duration(random.Int64N(int64(2*wrong))) - wrong
}

// acquainted tells whether two talk to each other: all of a few, or the
// neighbours of many.
func (p Plan) acquainted(a, b int) bool {
	if p.Devices <= 5 {
		return true
	}
	distance := (a - b + p.Devices) % p.Devices
	return distance <= 2 || distance >= p.Devices-2
}

// met tells whether two who talk to each other know each other from the beginning;
// one pair in four does not.
func (p Plan) met(a, b int) bool {
	if slices.Contains(p.Without, Meet) {
		return true
	}
	return rand.New(source(p.Seed, "met", min(a, b)<<16|max(a, b))).IntN(4) > 0
}

func (p Plan) drops(random *rand.Rand) bool { return p.Defect == DropLetter && random.IntN(4) == 0 }
func (p Plan) lies(random *rand.Rand) bool  { return p.Defect == LyingDisk && random.IntN(40) == 0 }

func sortedKeys[V any](all map[string]V) []string { return slices.Sorted(maps.Keys(all)) }
