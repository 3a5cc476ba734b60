package e2e_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// programs is where TestMain built the real ones.
var programs string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(runAll(m)) //nolint:forbidigo // TestMain is the main of its tests
}

func runAll(m *testing.M) int {
	folder, err := os.MkdirTemp("", "tincan-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	programs = folder
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	for _, program := range []struct{ name, command, tags string }{
		{"rendezvous", "rendezvous", "sqlite_fts5"},
		{"tincan-node", "tincan-node", "sqlite_fts5"},
		{mortal, "tincan-node", "sqlite_fts5,faults"},
	} {
		build := exec.CommandContext(ctx, "go", "build", "-tags", program.tags, "-o", filepath.Join(folder, program.name), "../cmd/"+program.command)
		if output, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building %s: %v\n%s", program.name, err, output)
			return 1
		}
	}
	return m.Run()
}
