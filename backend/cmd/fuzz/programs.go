package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// minimize bounds how long an input that reached something new is made smaller.
// Nothing else is tried meanwhile: with seconds it would take most of the time.
const minimize = 100 * time.Millisecond

// programs builds the test program of each package once.
type programs struct {
	options options
	folder  string
	corpus  string
	lock    sync.Mutex
	built   map[string]string // the program of each package's folder
}

func newPrograms(ctx context.Context, o options) (*programs, error) {
	folder, err := os.MkdirTemp("", "fuzz")
	if err != nil {
		return nil, err
	}
	// Where `go test -fuzz` keeps what it found interesting, so that both share it.
	cache, err := exec.CommandContext(ctx, "go", "env", "GOCACHE").Output()
	if err != nil {
		return nil, err
	}
	return &programs{options: o, folder: folder, corpus: filepath.Join(strings.TrimSpace(string(cache)), "fuzz"), built: map[string]string{}}, nil
}

func (p *programs) remove() { _ = os.RemoveAll(p.folder) }

// build compiles the package's tests with what fuzzing needs to see.
func (p *programs) build(ctx context.Context, folder string) (program string, err error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if program = p.built[folder]; program != "" {
		return program, nil
	}
	program = filepath.Join(p.folder, fmt.Sprintf("%d.test", len(p.built)))
	//nolint:gosec // a package of this repository
	output, err := exec.CommandContext(ctx, "go", "test", "-c", "-fuzz", ".", "-tags", p.options.tags, "-o", program, "./"+folder).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, output)
	}
	p.built[folder] = program
	return program, nil
}

// fuzz runs one test. An error is that of the machinery; a finding is in the tally.
func (p *programs) fuzz(ctx context.Context, one *fuzzTest, span time.Duration) (tally, error) {
	program, err := p.build(ctx, one.folder)
	var result tally
	if ctx.Err() != nil {
		return result, nil //nolint:nilerr // that it was ended is no failure, of the build neither
	}
	if err != nil {
		return result, err
	}
	// Short runs now and then fail with their own deadline although no input
	// did; such a run is done once more.
	for range 2 {
		result = p.attempt(ctx, program, one, span)
		if !result.failed || strings.Contains(result.said, "Failing input written") || !strings.Contains(result.said, context.DeadlineExceeded.Error()) {
			break
		}
	}
	return result, nil
}

func (p *programs) attempt(ctx context.Context, program string, one *fuzzTest, span time.Duration) tally {
	//nolint:gosec // a program that was built from this repository
	command := exec.CommandContext(ctx, program, "-test.run", "^$", "-test.fuzz", "^"+one.name+"$", "-test.fuzztime", span.String(),
		"-test.fuzzminimizetime", minimize.String(), "-test.parallel", strconv.Itoa(p.options.parallel),
		"-test.fuzzcachedir", filepath.Join(p.corpus, "github.com/tincan-chat/tincan", one.folder))
	command.Dir = filepath.FromSlash(one.folder)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	// Interrupted, it ends by itself and says how far it came.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	err := command.Run()
	result := readOutput(output.String())
	if err != nil && ctx.Err() == nil {
		result.failed, result.said = true, output.String()
	}
	return result
}

var progress = regexp.MustCompile(`fuzz: elapsed: (\S+), execs: (\d+) \(\d+/sec\)(?:, new interesting: (\d+))?`)

// readOutput takes the last line of progress: its numbers are totals.
func readOutput(output string) tally {
	var result tally
	for _, match := range progress.FindAllStringSubmatch(output, -1) {
		elapsed, err := time.ParseDuration(match[1])
		if err != nil {
			continue
		}
		result.time = elapsed
		result.executions, _ = strconv.ParseInt(match[2], 10, 64) // the pattern has digits only
		result.fresh, _ = strconv.ParseInt(match[3], 10, 64)      // missing: none
	}
	return result
}
