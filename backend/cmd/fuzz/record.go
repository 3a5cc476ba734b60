package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

// goal is how long the record wants each test to have been fuzzed.
const goal = 10 * time.Minute

const introduction = `# Fuzzing

Written by ` + "`make fuzz FOR=10m`" + `, which runs every fuzz test until it has had that time, those fuzzed least first. It can be ended
at any moment and goes on where it was; ` + "`ONLY=pattern`" + ` picks tests by package and name,
` + "`AT=6`" + ` runs six tests at once, which share the cores: fewer executions a second for each.

- **Time** is without a finding, with the package's sources as they are (**Sources** is their hash, with the test's own file); a change of
  them, or a finding, starts it again. **In all** is with any sources.
- **New** are inputs that reached code which no input before them had reached. Go keeps those in its cache and starts from them.
- **Kept** are inputs under the package's ` + "`testdata/fuzz`" + `: what was found once, and is tried by every ` + "`make test`" + ` since.

`

const header = `| Test | Time | Executions | A second | New | Kept | In all | Sources |
|---|--:|--:|--:|--:|--:|--:|---|
`

// readRecord fills in what the file remembers of these tests. Numbers for other
// sources are dropped, all but the time in all. No file: nothing is remembered.
func readRecord(path string, all []*fuzzTest) error {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	byLabel := map[string]*fuzzTest{}
	for _, one := range all {
		byLabel[one.label()] = one
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 10 {
			continue
		}
		for index := range cells {
			cells[index] = strings.TrimSpace(cells[index])
		}
		one := byLabel[cells[1]]
		if one == nil {
			continue
		}
		var problems [4]error
		var present tally
		present.time, problems[0] = time.ParseDuration(cells[2])
		present.executions, problems[1] = strconv.ParseInt(cells[3], 10, 64)
		present.fresh, problems[2] = strconv.ParseInt(cells[5], 10, 64)
		one.all, problems[3] = time.ParseDuration(cells[7])
		if err := errors.Join(problems[:]...); err != nil {
			return fmt.Errorf("%s, the line of %s: %w", path, cells[1], err)
		}
		if cells[8] == one.sources {
			one.present = present
		}
	}
	return nil
}

// writeRecord writes the whole file anew and puts it in the place of the old one.
func writeRecord(path string, all []*fuzzTest) error {
	if path == "" {
		return nil
	}
	var page strings.Builder
	page.WriteString(introduction)
	reached, executions, sum := 0, int64(0), time.Duration(0)
	for _, one := range all {
		if one.present.time >= goal {
			reached++
		}
		executions += one.present.executions
		sum += one.present.time
	}
	fmt.Fprintf(&page, "Of %d tests, %d have had %v or more; together %v and %d executions.\n\n%s", len(all), reached, goal, sum, executions, header)
	for _, one := range all {
		fmt.Fprintf(&page, "| %s | %v | %d | %d | %d | %d | %v | %s |\n", one.label(), one.present.time, one.present.executions,
			one.present.rate(), one.present.fresh, one.kept, one.all, one.sources)
	}
	half := path + ".new"
	//nolint:gosec // a page of the documentation
	if err := os.WriteFile(half, []byte(page.String()), 0o644); err != nil {
		return err
	}
	return os.Rename(half, path)
}
