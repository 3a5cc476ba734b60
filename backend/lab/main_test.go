//go:build lab

package lab_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// programs is the folder of the built programs.
var programs string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m)) //nolint:forbidigo // TestMain is the main of its tests
}

func run(m *testing.M) int {
	if missing := missing(); missing != "" {
		fmt.Fprintln(os.Stderr, "The NAT lab cannot run: "+missing)
		return 1
	}
	sweep()
	code := m.Run()
	fmt.Print(results.table()) //nolint:forbidigo // the table is what a run is for
	return code
}

// missing says in a sentence what the lab lacks here, "" for nothing.
func missing() string {
	if os.Geteuid() != 0 {
		return "it makes network namespaces, which only root may do. Run it as root: sudo make test-lab"
	}
	for _, tool := range []string{"ip", "nft", proxyProgram} {
		if _, err := exec.LookPath(tool); err != nil {
			return "there is no " + tool + " here. `build/tools/prepare lab` installs it."
		}
	}
	programs = os.Getenv("TINCAN_BIN")
	for _, name := range []string{"rendezvous", "tincan-node"} {
		if _, err := os.Stat(filepath.Join(programs, name)); err != nil || programs == "" {
			return "TINCAN_BIN does not lead to a built " + name + ". `make test-lab` builds it and says where it is."
		}
	}
	probe := fmt.Sprintf("%s%d-probe", namespacePrefix, os.Getpid())
	if output, err := exec.Command("ip", "netns", "add", probe).CombinedOutput(); err != nil {
		return "this machine permits no network namespaces: " + strings.TrimSpace(string(output))
	}
	if output, err := exec.Command("ip", "netns", "del", probe).CombinedOutput(); err != nil {
		return "a network namespace cannot be removed: " + strings.TrimSpace(string(output))
	}
	return ""
}
