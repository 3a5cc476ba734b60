package sim

import (
	"context"
	"slices"
)

// Shrink finds a smaller plan that fails too: fewer actions, fewer devices,
// fewer servers and fewer kinds of what happens. It returns the plan as it is
// when that does not fail.
func Shrink(ctx context.Context, plan Plan) (Plan, error) {
	fails := func(candidate Plan) (bool, error) {
		report, err := Run(ctx, candidate, nil)
		return len(report.Violations) > 0, err
	}
	for smaller := true; smaller; {
		smaller = false
		for _, candidate := range plan.smaller() {
			failed, err := fails(candidate)
			if err != nil {
				return plan, err
			}
			if failed {
				plan, smaller = candidate, true
				break
			}
		}
	}
	return plan, nil
}

// smaller returns plans with a little less, those with much less first.
func (p Plan) smaller() []Plan {
	var all []Plan
	for _, actions := range []int{p.Actions / 2, p.Actions * 3 / 4, p.Actions - 1} {
		if actions >= 1 && actions < p.Actions {
			one := p
			one.Actions = actions
			all = append(all, one)
		}
	}
	for _, devices := range []int{2, p.Devices - 1} {
		if devices >= 2 && devices < p.Devices {
			one := p
			one.Devices = devices
			all = append(all, one)
		}
	}
	if p.Servers > 1 {
		one := p
		one.Servers--
		all = append(all, one)
	}
	for _, kind := range slices.Concat(Faults, Deeds) {
		if !slices.Contains(p.Without, kind) {
			one := p
			one.Without = append(slices.Clone(p.Without), kind)
			all = append(all, one)
		}
	}
	return all
}
