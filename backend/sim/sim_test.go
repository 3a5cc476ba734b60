package sim_test

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/sim"
)

// schedules are how many short ones every run of the tests carries out.
const schedules = 500

func run(t *testing.T, plan sim.Plan) sim.Report {
	t.Helper()
	report, err := sim.Run(t.Context(), plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// fail says how to see a violation again.
func fail(t *testing.T, plan sim.Plan, report sim.Report) {
	t.Helper()
	for _, violation := range report.Violations {
		t.Error(violation)
	}
	if len(report.Violations) > 0 {
		t.Errorf("go run ./backend/cmd/sim -plan %q", plan)
	}
}

// part carries out every second schedule, so that two run at a time.
func part(t *testing.T, first uint64) {
	t.Helper()
	t.Parallel()
	var total sim.Report
	for seed := first; seed <= schedules; seed += 2 {
		plan := sim.NewPlan(seed, sim.Short)
		report := run(t, plan)
		fail(t, plan, report)
		total.Add(report)
	}
	if total.Messages < 10*total.Schedules || total.Stored < total.Schedules/2 {
		t.Errorf("too little happened: %d messages, %d letters in %d schedules", total.Messages, total.Stored, total.Schedules)
	}
	for _, kind := range sim.Faults {
		if total.Faults[kind] == 0 {
			t.Errorf("no fault of kind %q", kind)
		}
	}
}

func TestSchedulesWithOddSeeds(t *testing.T) { part(t, 1) }

func TestSchedulesWithEvenSeeds(t *testing.T) { part(t, 2) }

// TestASeedReplays compares what every core was told, and when, in two runs.
func TestASeedReplays(t *testing.T) {
	t.Parallel()
	traces := map[string]bool{}
	for seed := uint64(1); seed <= 5; seed++ {
		plan := sim.NewPlan(seed, sim.Short)
		first, again := run(t, plan), run(t, plan)
		if first.Trace != again.Trace {
			t.Errorf("%v: %s, and then %s", plan, first.Trace, again.Trace)
		}
		traces[first.Trace] = true
	}
	if len(traces) != 5 {
		t.Errorf("5 seeds made %d traces", len(traces))
	}
}

// TestKeptPlans carries out the plans that failed once.
func TestKeptPlans(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.plan")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".plan"), func(t *testing.T) {
			t.Parallel()
			for _, plan := range readPlans(t, name) {
				fail(t, plan, run(t, plan))
			}
		})
	}
}

// readPlans reads a plan a line; lines with # say what was wrong.
func readPlans(t *testing.T, name string) (plans []sim.Plan) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		plan, err := sim.ParsePlan(line)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, plan)
	}
	return plans
}

// TestDefectsAreSeen switches mistakes on: the simulation must fail then.
func TestDefectsAreSeen(t *testing.T) {
	t.Parallel()
	for _, defect := range sim.Defects {
		t.Run(string(defect), func(t *testing.T) {
			t.Parallel()
			for seed := uint64(1); seed <= 20; seed++ {
				plan := sim.NewPlan(seed, sim.Short)
				plan.Defect = defect
				if len(run(t, plan).Violations) > 0 {
					return
				}
			}
			t.Error("20 schedules did not see it")
		})
	}
}

// TestShrink: what is left fails too, and is smaller.
func TestShrink(t *testing.T) {
	t.Parallel()
	plan, err := sim.ParsePlan("seed=3 devices=3 servers=2 actions=40 span=2m defect=say-twice")
	if err != nil {
		t.Fatal(err)
	}
	smaller, err := sim.Shrink(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if smaller.Actions >= plan.Actions || len(smaller.Without) <= len(plan.Without) {
		t.Errorf("%v", smaller)
	}
	if len(run(t, smaller).Violations) == 0 {
		t.Error("it does not fail")
	}
}

func FuzzParsePlan(f *testing.F) {
	f.Add(sim.NewPlan(7, sim.Full).String())
	f.Add("seed=1 devices=2 servers=1 actions=1 span=1s without=cut,crash defect=say-twice")
	f.Add("seed=-1 devices=x")
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := sim.ParsePlan(text)
		if err != nil {
			if !errors.Is(err, sim.ErrPlan) {
				t.Errorf("%v", err)
			}
			return
		}
		again, err := sim.ParsePlan(plan.String())
		if err != nil || again.String() != plan.String() {
			t.Errorf("%q became %q, %v", plan, again, err)
		}
	})
}
