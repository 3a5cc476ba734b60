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
	for _, name := range []string{"rendezvous", "tincan-node"} {
		build := exec.CommandContext(ctx, "go", "build", "-tags", "sqlite_fts5", "-o", filepath.Join(folder, name), "../cmd/"+name)
		if output, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building %s: %v\n%s", name, err, output)
			return 1
		}
	}
	return m.Run()
}
