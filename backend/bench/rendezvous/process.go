package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// process is a server that was started.
type process struct {
	command *exec.Cmd
	address string
	ready   time.Duration // from the start of the process until it said so
	said    *tail
	waiting sync.Once
	ended   error
}

// startTime is what a server may take until it is ready.
const startTime = time.Minute

// launch starts a server that prints "address: ADDRESS" and then "ready".
func launch(ctx context.Context, program string, arguments ...string) (*process, error) {
	return launchUntil(ctx, func(line string, p *process) bool {
		if address, found := strings.CutPrefix(line, "address: "); found {
			p.address = address
		}
		return line == "ready"
	}, program, arguments...)
}

// launchUntil starts a server and reads what it prints until ready says so.
func launchUntil(ctx context.Context, ready func(line string, p *process) bool, program string, arguments ...string) (*process, error) {
	p := &process{command: exec.CommandContext(context.WithoutCancel(ctx), program, arguments...), said: &tail{}}
	p.command.Stderr = p.said
	output, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err = p.command.Start(); err != nil {
		return nil, err
	}
	timer := time.AfterFunc(startTime, p.kill)
	defer timer.Stop()
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if ready(lines.Text(), p) {
			p.ready = time.Since(began)
			go func() { _, _ = io.Copy(io.Discard, output) }()
			return p, nil
		}
	}
	_ = p.end() // how it ended is less telling than what it said
	return nil, fmt.Errorf("%s did not start: %s", program, p.said)
}

// tail keeps the last that a process said.
type tail struct {
	mu   sync.Mutex
	last []byte
}

const tailSize = 2 << 10 // bytes

// Write implements io.Writer.
func (t *tail) Write(data []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, data...)
	t.last = t.last[max(0, len(t.last)-tailSize):]
	return len(data), nil
}

// String returns the first line of it that is an answer rather than a list of flags.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	first, _, _ := bytes.Cut(bytes.TrimSpace(t.last), []byte("\n"))
	return string(first)
}

// kill ends it as a power cut would.
func (p *process) kill() { _ = p.command.Process.Kill() }

// wait returns when it has ended.
func (p *process) wait() error {
	p.waiting.Do(func() { p.ended = p.command.Wait() })
	return p.ended
}

// end stops it, by force when it takes too long. How it exits does not matter here.
func (p *process) end() error {
	if err := p.command.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	timer := time.AfterFunc(30*time.Second, p.kill)
	defer timer.Stop()
	var exit *exec.ExitError
	if err := p.wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}

// resident returns the resident set in KiB.
func (p *process) resident() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
			return strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
		}
	}
	return 0, errors.New("the system does not tell the resident set")
}

// ticksPerSecond of /proc/PID/stat: USER_HZ, which is 100 on every Linux.
const ticksPerSecond = 100

// processor returns user and system time so far.
func (p *process) processor() (time.Duration, error) { return processorOf(p.command.Process.Pid) }

// processors returns that of several, and that of this process, which is the load.
func processors(servers []*process) (theirs, own time.Duration, err error) {
	for _, server := range servers {
		used, failed := server.processor()
		if failed != nil {
			return 0, 0, failed
		}
		theirs += used
	}
	own, err = processorOf(os.Getpid())
	return theirs, own, err
}

func processorOf(process int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(stat), ") ") // the name may have spaces
	fields := strings.Fields(after)
	const user, system = 14 - 3, 15 - 3 // proc(5) counts from 1; two are cut off
	if len(fields) <= system {
		return 0, errors.New("the system does not tell the processor time")
	}
	total := 0.0
	for _, field := range []string{fields[user], fields[system]} {
		ticks, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0, err
		}
		total += ticks
	}
	return time.Duration(total / ticksPerSecond * float64(time.Second)), nil
}
