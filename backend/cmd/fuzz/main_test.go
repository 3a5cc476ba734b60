package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// repository makes a folder with two fuzz tests, and works in it.
func repository(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for path, text := range map[string]string{
		"backend/one/one.go":                   "package one\n",
		"backend/one/one_test.go":              "package one\n\nfunc FuzzRead(f *testing.F) {\n}\n",
		"backend/one/other_test.go":            "package one\n\nfunc TestRead(t *testing.T) {\n}\n",
		"backend/two/deep/two_test.go":         "package deep\n\nfunc FuzzParse(f *testing.F) {\n}\n",
		"backend/one/testdata/fuzz/FuzzRead/a": "go test fuzz v1\n",
	} {
		write(t, path, text)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func found(t *testing.T) []*fuzzTest {
	t.Helper()
	all, err := tests("backend")
	if err != nil || len(all) != 2 || all[0].label() != "one.FuzzRead" || all[1].label() != "two/deep.FuzzParse" {
		t.Fatalf("%v, %v", all, err)
	}
	return all
}

func TestRecordRemembers(t *testing.T) { //nolint:paralleltest // the folder that it works in is the program's
	repository(t)
	all := found(t)
	all[0].add(tally{time: time.Minute, executions: 120, fresh: 3})
	all[0].add(tally{time: 30 * time.Second, executions: 60, fresh: 1})
	if err := writeRecord("record.md", all); err != nil {
		t.Fatal(err)
	}
	again := found(t)
	if err := readRecord("record.md", again); err != nil {
		t.Fatal(err)
	}
	want := tally{time: 90 * time.Second, executions: 180, fresh: 4}
	if again[0].present != want || again[0].all != want.time || again[0].present.rate() != 2 || again[0].kept != 1 || again[1].present != (tally{}) {
		t.Errorf("%+v, %+v", again[0], again[1])
	}

	// Another test's file changes nothing; the sources do, and the time in all stays.
	write(t, "backend/one/other_test.go", "package one\n")
	if same := found(t); same[0].sources != all[0].sources {
		t.Error("another test's file counts as a source")
	}
	write(t, "backend/one/one.go", "package one\n\nconst limit = 1\n")
	changed := found(t)
	if err := readRecord("record.md", changed); err != nil || changed[0].present != (tally{}) || changed[0].all != want.time {
		t.Errorf("%+v, %v", changed[0], err)
	}

	// So does a finding.
	again[0].add(tally{time: time.Second, executions: 5, failed: true})
	if again[0].present != (tally{}) || again[0].all != want.time+time.Second {
		t.Errorf("%+v", again[0])
	}

	// What cannot be read is not written over.
	write(t, "record.md", "| one.FuzzRead | soon | 1 | 1 | 1 | 0 | 1s | x |\n")
	if err := readRecord("record.md", found(t)); err == nil || !strings.Contains(err.Error(), "one.FuzzRead") {
		t.Errorf("%v", err)
	}
}

func TestReadOutput(t *testing.T) {
	t.Parallel()
	for output, want := range map[string]tally{
		"": {},
		"fuzz: elapsed: 0s, gathering baseline coverage: 3/3 completed, now fuzzing with 1 workers\n" +
			"fuzz: elapsed: 3s, execs: 9 (3/sec), new interesting: 1 (total: 4)\n" +
			"fuzz: elapsed: 1m4s, execs: 21336 (0/sec), new interesting: 6 (total: 9)\nPASS\n": {time: 64 * time.Second, executions: 21336, fresh: 6},
		"fuzz: elapsed: 2s, execs: 7 (3/sec)\n--- FAIL: FuzzRead\n": {time: 2 * time.Second, executions: 7},
	} {
		if got := readOutput(output); got != want {
			t.Errorf("%+v from %s", got, output)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		arguments []string
		says      string
	}{
		"no time":    {[]string{"-for", "0s"}, "above zero"},
		"no pattern": {[]string{"-only", "("}, "-only"},
		"a word":     {[]string{"10m"}, "every word is a flag"},
		"no backend": {[]string{"-for", "1s"}, "lstat backend"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if code := run(t.Context(), c.arguments, &out); code != 2 || !strings.Contains(out.String(), c.says) {
				t.Errorf("%d: %s", code, out.String())
			}
		})
	}
}
