package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/sim"
)

// garbage lets the heap of small worlds grow fivefold before it is collected:
// that takes a few hundred MiB at most, and a tenth of the time away.
const garbage = 400

func main() {
	debug.SetGCPercent(garbage)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout))
}

// options are the flags.
type options struct {
	first   uint64
	count   int
	short   bool
	workers int
	plan    string
	story   bool
	shrink  bool
	defect  string
}

func run(ctx context.Context, arguments []string, out io.Writer) int {
	var o options
	flags := flag.NewFlagSet("sim", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Uint64Var(&o.first, "first", 1, "the first `seed`")
	flags.IntVar(&o.count, "count", 10_000, "how many seeds")
	flags.BoolVar(&o.short, "short", false, "the short schedules of the tests")
	flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "worlds at a time")
	flags.StringVar(&o.plan, "plan", "", "carry out one `plan`, as it was printed")
	flags.BoolVar(&o.story, "story", false, "with -plan: print what happens")
	flags.BoolVar(&o.shrink, "shrink", false, "with -plan: look for a smaller one that fails too")
	flags.StringVar(&o.defect, "defect", "", fmt.Sprintf("switch a `mistake` on: %v", sim.Defects))
	if flags.Parse(arguments) != nil {
		return 2
	}
	work := campaign
	if o.plan != "" {
		work = single
	}
	failed, err := work(ctx, o, out)
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(out, err)
		return 2
	case failed:
		return 1
	}
	return 0
}

// single carries out one plan.
func single(ctx context.Context, o options, out io.Writer) (failed bool, err error) {
	plan, err := sim.ParsePlan(o.plan)
	if err != nil {
		return false, err
	}
	if o.shrink {
		if plan, err = sim.Shrink(ctx, plan); err != nil {
			return false, err
		}
	}
	var story io.Writer
	if o.story {
		story = out
	}
	report, err := sim.Run(ctx, plan, story)
	if err != nil {
		return false, err
	}
	tell(out, plan, report)
	_, _ = fmt.Fprintf(out, "trace %s\n", report.Trace)
	return len(report.Violations) > 0, nil
}

// campaign carries out the plans of many seeds, some at a time; each world is
// one goroutine's.
func campaign(ctx context.Context, o options, out io.Writer) (failed bool, err error) {
	began, goroutines := time.Now(), runtime.NumGoroutine()
	size := sim.Full
	if o.short {
		size = sim.Short
	}
	seeds := make(chan uint64)
	var mutex sync.Mutex
	var total sim.Report
	var all sync.WaitGroup
	for range o.workers {
		all.Go(func() {
			for seed := range seeds {
				plan := sim.NewPlan(seed, size)
				plan.Defect = sim.Defect(o.defect)
				report, runErr := sim.Run(ctx, plan, nil)
				mutex.Lock()
				if runErr != nil && err == nil {
					err = runErr
				}
				if len(report.Violations) > 0 {
					tell(out, plan, report)
				}
				total.Add(report)
				mutex.Unlock()
			}
		})
	}
	for seed := o.first; seed < o.first+uint64(o.count) && ctx.Err() == nil; seed++ {
		seeds <- seed
	}
	close(seeds)
	all.Wait()
	summary(out, total, o, time.Since(began), goroutines)
	return len(total.Violations) > 0, err
}

// tell says what a plan that failed did, and how to see it again.
func tell(out io.Writer, plan sim.Plan, report sim.Report) {
	for _, violation := range report.Violations {
		_, _ = fmt.Fprintln(out, "VIOLATION", violation)
	}
	_, _ = fmt.Fprintf(out, "  go run ./backend/cmd/sim -plan %q\n", plan)
}

func summary(out io.Writer, total sim.Report, o options, took time.Duration, goroutines int) {
	row := func(name string, value any) { _, _ = fmt.Fprintf(out, "%-29s %v\n", name, value) }
	row("seeds", fmt.Sprintf("%d to %d", o.first, o.first+uint64(max(total.Schedules, 1))-1))
	row("schedules", total.Schedules)
	row("devices", total.Devices)
	row("devices of the largest world", total.Largest)
	row("messages accepted", total.Messages)
	row("messages refused", total.Refused)
	row("changes accepted", total.Changes)
	row("requests by invites", total.Asked)
	row("messages erased", total.Erased)
	row("letters sealed", total.Letters)
	row("letters left at servers", total.Stored)
	row("letters without a tag", total.NoTag)
	row("transactions", total.Commits)
	row("events", total.Events)
	row("virtual time", total.Virtual.Round(time.Hour))
	row("longest until all arrived", total.Healing.Round(time.Second))
	var kinds []string
	for kind := range total.Faults {
		kinds = append(kinds, string(kind))
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		row("fault "+kind, total.Faults[sim.Kind(kind)])
	}
	row("signals lost", total.Lost)
	row("signals doubled", total.Doubled)
	row("signals out of order", total.Reordered)
	row("answers lost", total.LostAnswers)
	row("envelopes forged or repeated", total.Forged)
	row("goroutines left", max(0, runtime.NumGoroutine()-goroutines)) // one that waits for an interruption may have ended
	row("processor time", processor().Round(time.Millisecond))
	row("time", took.Round(time.Millisecond))
	row("violations", len(total.Violations))
}
