package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/node/nodetest"
)

// starts is how often the window is opened for its start-up time.
const starts = 20

// idle is how long a window is left alone before its memory is read.
const idle = 15 * time.Second

// window measures the real app in its real window: TINCAN_BIN has the built
// program, DISPLAY a screen. Without them it says so.
func window(ctx context.Context, folder string) ([]figure, error) {
	program := filepath.Join(os.Getenv("TINCAN_BIN"), "tincan")
	if !exists(program) || os.Getenv("DISPLAY") == "" {
		return []figure{{"start-up and memory of the window", "not measured", "", "needs DISPLAY and the app in TINCAN_BIN (make bench has both)"}}, nil
	}
	profile, err := furnish(ctx, folder)
	if err != nil {
		return nil, err
	}
	empty := filepath.Join(folder, "emptywindow")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "desktop,production,webkit2_41", "-ldflags", "-s -w", "-o", empty, "./backend/bench/emptywindow")
	if output, failure := build.CombinedOutput(); failure != nil {
		return nil, fmt.Errorf("building the empty window: %w: %s", failure, output)
	}
	// In turn, so that both meet the machine in the same mood.
	var took, bareTook []time.Duration
	for range starts {
		var painted, bare time.Duration
		if painted, err = startUp(ctx, folder, program, "--data", profile); err != nil {
			return nil, err
		}
		if bare, err = startUp(ctx, folder, empty); err != nil {
			return nil, err
		}
		took, bareTook = append(took, painted), append(bareTook, bare)
	}
	median, bareMedian := quantile(took, 0.5), quantile(bareTook, 0.5)
	ours, bare, err := memories(ctx, folder, program, profile, empty)
	if err != nil {
		return nil, err
	}
	return []figure{
		{
			"start of the program to the first conversation row painted, median of 20",
			milliseconds(median), "450 ms",
			fmt.Sprintf("slowest %s; empty Wails window %s, ratio %.2f", milliseconds(quantile(took, 1)), milliseconds(bareMedian), float64(median)/float64(bareMedian)),
		},
		{
			"memory (PSS) of app and web processes after 15 s idle, median of 3",
			fmt.Sprintf("%.0f MiB", mebibytes(ours)), "within 12 % of an empty window",
			fmt.Sprintf("empty Wails window %.0f MiB: %+.1f %%", mebibytes(bare), 100*(float64(ours)/float64(bare)-1)),
		},
	}, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func mebibytes(kib int) float64 { return float64(kib) / 1024 }

// furnish makes a profile with a conversation, as two people leave it.
func furnish(ctx context.Context, folder string) (string, error) {
	p, err := newPair(ctx, folder, nil)
	if err != nil {
		return "", err
	}
	if err := errors.Join(fill(ctx, p.ana, p, 200), p.close()); err != nil {
		return "", err
	}
	profile := filepath.Join(folder, "ana")
	return profile, nodetest.KeepKeys(profile, p.ana.Keys)
}

// surroundings give each start a home of its own.
func surroundings(folder string) []string {
	return append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "XDG_CACHE_HOME="+folder,
		"XDG_DATA_HOME="+folder, "XDG_RUNTIME_DIR="+folder, "DBUS_SESSION_BUS_ADDRESS=disabled:", "TINCAN_LOG=info")
}

// startUp opens a program and returns how long it took until it said that what
// it has is on the screen.
func startUp(ctx context.Context, folder, program string, arguments ...string) (_ time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, program, arguments...)
	command.Env = surroundings(folder)
	said, err := command.StderrPipe()
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	if err = command.Start(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, end(command)) }()
	var last string
	for lines := bufio.NewScanner(said); lines.Scan(); last = lines.Text() {
		if strings.Contains(lines.Text(), "msg=painted") {
			took := time.Since(begin)
			go func() {
				for lines.Scan() { // so that the app is not held up by a full pipe
				}
			}()
			return took, nil
		}
	}
	return 0, fmt.Errorf("the window never painted; the app said last: %s", last)
}

func end(command *exec.Cmd) error {
	if err := command.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	_ = command.Wait() // its exit code does not matter here
	return nil
}

// memories measures the app and an empty window in turn. Both run from a copy
// that is read from the disk, as days after an installer put it there: of a
// program that was written a moment ago the system keeps larger pieces
// together, and maps some MiB that nothing asked for.
func memories(ctx context.Context, folder, program, profile, empty string) (ours, bare int, err error) {
	installed, emptyInstalled := filepath.Join(folder, "installed"), filepath.Join(folder, "emptyinstalled")
	if err = errors.Join(install(installed, program), install(emptyInstalled, empty)); err != nil {
		return 0, 0, err
	}
	var all, bareOnes []int
	for range 3 {
		if ours, err = memory(ctx, folder, installed, "--data", profile); err != nil {
			return 0, 0, err
		}
		if bare, err = memory(ctx, folder, emptyInstalled); err != nil {
			return 0, 0, err
		}
		all, bareOnes = append(all, ours), append(bareOnes, bare)
	}
	slices.Sort(all)
	slices.Sort(bareOnes)
	return all[1], bareOnes[1], nil
}

// install copies a program and lets the system forget its content until it is
// started.
func install(to, program string) error {
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if err = os.WriteFile(to, content, 0o700); err != nil { //nolint:gosec // a program
		return err
	}
	file, err := os.Open(to)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), forget(file), file.Close())
}

// memory opens a program, leaves it alone, and adds up the proportional set
// size of its processes in KiB.
func memory(ctx context.Context, folder, program string, arguments ...string) (_ int, err error) {
	command := exec.CommandContext(ctx, program, arguments...)
	command.Env = surroundings(folder)
	if err = command.Start(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, end(command)) }()
	select {
	case <-time.After(idle):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	total := 0
	for _, process := range family(command.Process.Pid) {
		total += proportional(process)
	}
	return total, nil
}

// family returns a process and all that descend from it.
func family(root int) []int {
	parents := map[int]int{}
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		process, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(filepath.Join(folder, "stat"))
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(after)
		if len(fields) > 1 {
			parents[process], _ = strconv.Atoi(fields[1])
		}
	}
	members := []int{root}
	for i := 0; i < len(members); i++ {
		for process, parent := range parents {
			if parent == members[i] && !slices.Contains(members, process) {
				members = append(members, process)
			}
		}
	}
	return members
}

func proportional(process int) int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", process))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, found := strings.CutPrefix(line, "Pss:"); found {
			kib, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			return kib
		}
	}
	return 0
}
