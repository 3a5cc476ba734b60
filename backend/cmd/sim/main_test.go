package main

import (
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		arguments []string
		code      int
		says      string
	}{
		"some seeds": {[]string{"-short", "-first", "3", "-count", "2", "-workers", "2"}, 0, "seeds                         3 to 4\n"},
		"one plan":   {[]string{"-plan", "seed=1 devices=2 servers=1 actions=5 span=5s", "-story"}, 0, "-- healed"},
		"a defect":   {[]string{"-plan", "seed=3 devices=2 servers=1 actions=40 span=1m defect=say-twice", "-shrink"}, 1, "VIOLATION"},
		"no plan":    {[]string{"-plan", "seed=1"}, 2, "no plan"},
		"no flag":    {[]string{"-nothing"}, 2, "not defined"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if code := run(t.Context(), c.arguments, &out); code != c.code || !strings.Contains(out.String(), c.says) {
				t.Errorf("%d: %s", code, out.String())
			}
		})
	}
}
