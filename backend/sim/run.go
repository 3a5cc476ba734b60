package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"
)

// Report is what came of a plan, or of many.
type Report struct {
	Schedules   int
	Devices     int // of all worlds
	Largest     int // devices of one
	Messages    int // texts that were accepted
	Refused     int // texts that were refused
	Changes     int // edits, deletions, reactions, timers and profiles that were accepted
	Asked       int // requests by an invite that were accepted from who asked
	Erased      int // messages whose words had to be gone, on a device
	Forged      int // envelopes that a server changed or repeated
	Letters     int // sealed
	Stored      int // left at a server
	NoTag       int // refused since nobody registered the tag
	Commits     int // transactions
	Events      int // of the heap
	Faults      map[Kind]int
	Lost        int // signals
	Doubled     int
	Reordered   int
	LostAnswers int
	Virtual     time.Duration // of all worlds
	Healing     time.Duration // of one: until everything arrived; of many: the longest
	Trace       string        // of one
	Violations  []string
}

// Add takes the report of another plan.
func (r *Report) Add(other Report) {
	r.Schedules += other.Schedules
	r.Devices += other.Devices
	r.Largest = max(r.Largest, other.Largest)
	r.Messages += other.Messages
	r.Refused += other.Refused
	r.Changes += other.Changes
	r.Asked += other.Asked
	r.Erased += other.Erased
	r.Forged += other.Forged
	r.Letters += other.Letters
	r.Stored += other.Stored
	r.NoTag += other.NoTag
	r.Commits += other.Commits
	r.Events += other.Events
	r.Lost += other.Lost
	r.Doubled += other.Doubled
	r.Reordered += other.Reordered
	r.LostAnswers += other.LostAnswers
	r.Virtual += other.Virtual
	r.Healing = max(r.Healing, other.Healing)
	if r.Faults == nil {
		r.Faults = map[Kind]int{}
	}
	for kind, count := range maps.All(other.Faults) {
		r.Faults[kind] += count
	}
	r.Violations = append(r.Violations, other.Violations...)
}

// Run carries out a plan, all of it once it began. Log, if not nil, is told the story. The report's
// violations are what must not happen; the error is what kept the plan from
// being carried out.
func Run(ctx context.Context, plan Plan, log io.Writer) (Report, error) {
	if err := ctx.Err(); err != nil {
		return Report{}, fmt.Errorf("sim: interrupted: %w", err)
	}
	// What is cancelled in the middle would look like a violation.
	w, err := newWorld(context.WithoutCancel(ctx), plan, log)
	if err == nil {
		err = w.live()
	}
	if w == nil {
		return Report{}, err
	}
	if errors.Is(err, errViolation) {
		w.violate("%v", err)
		err = nil
	}
	if w.report.Letters > mostLetters*(w.plan.Actions+w.plan.Devices) {
		w.violate("%d letters were sealed for %d messages", w.report.Letters, w.report.Messages)
	}
	for _, d := range w.devices {
		d.stop()
	}
	w.report.Schedules, w.report.Devices, w.report.Largest = 1, len(w.devices), len(w.devices)
	w.report.Events = w.events
	w.report.Virtual = w.now.Sub(epoch)
	w.report.Trace = w.name()
	return w.report, err
}

// mostLetters is how many letters may be sealed for an action or a device; more
// are sealed for nothing.
const mostLetters = 40

// live is the life of a world that began.
func (w *World) live() error {
	begin := w.now
	for i, one := range w.plan.actions() {
		if err := w.runUntil(begin.Add(one.at)); err != nil {
			return err
		}
		w.act(one)
		w.settle()
		if i%(w.plan.Actions/4+1) == w.plan.Actions/4 {
			w.truthful()
		}
	}
	if err := w.runUntil(begin.Add(w.plan.Span)); err != nil {
		return err
	}
	w.truthful()
	w.heal()
	if err := w.converge(); err != nil {
		return err
	}
	if err := w.disappear(); err != nil {
		return err
	}
	w.truthful()
	w.whole()
	return nil
}
