package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/signaling/rendezvousclient"
)

// asProgram makes the test binary run the program itself.
const asProgram = "TINCAN_RENDEZVOUS_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	patience    = 20 * time.Second
	processLife = 2 * time.Minute // of a program that a test forgets
)

// start runs the program without an operator's side until it is ready, and returns its address.
func start(t *testing.T, arguments ...string) (*exec.Cmd, string) {
	t.Helper()
	command, said := startSaying(t, append(arguments, "--operator", "off")...)
	return command, said["address"]
}

// startSaying runs the program until it is ready and returns what it said by the words before the colons.
func startSaying(t *testing.T, arguments ...string) (*exec.Cmd, map[string]string) {
	t.Helper()
	command, ready := launch(t, arguments...)
	return command, ready()
}

// launch runs the program; ready waits for it.
func launch(t *testing.T, arguments ...string) (command *exec.Cmd, ready func() map[string]string) {
	t.Helper()
	command = program(t, arguments...)
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints complaints
	command.Stderr = &complaints
	if err = command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it may have been waited for
	})
	return command, func() map[string]string {
		t.Helper()
		said := map[string]string{}
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if word, text, found := strings.Cut(lines.Text(), ": "); found {
				said[word] = text
			}
			if lines.Text() == "ready" {
				return said
			}
		}
		t.Fatalf("the server did not start: %s", complaints.text())
		return nil
	}
}

// complaints is what a program says on standard error.
type complaints struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (c *complaints) Write(data []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.Write(data)
}

func (c *complaints) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said.String()
}

func program(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), processLife)
	t.Cleanup(cancel)
	command := exec.CommandContext(ctx, os.Args[0], arguments...)
	command.Env = append(os.Environ(), asProgram+"=1")
	return command
}

func stop(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

func TestServes(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "new", "folder")
	command, address := start(t, "--listen", "127.0.0.1:0", "--data", data)
	info, err := rendezvousclient.Check(t.Context(), address, nil)
	if err != nil {
		t.Fatalf("Check(%s): %v", address, err)
	}
	key, err := os.Stat(filepath.Join(data, "server.key"))
	if err != nil || key.Mode().Perm() != 0o600 {
		t.Errorf("server.key: %v, %v", key, err)
	}
	stop(t, command)
	again, address := start(t, "--listen", "127.0.0.1:0", "--data", data)
	if !strings.HasSuffix(address, info.Server.Key.String()) {
		t.Errorf("another key after a restart: %s", address)
	}
	stop(t, again)
}

func TestWithoutTLS(t *testing.T) {
	t.Parallel()
	command, address := start(t, "--listen", "127.0.0.1:0", "--tls", "off", "--data", t.TempDir())
	if !strings.HasPrefix(address, "ws://127.0.0.1:") {
		t.Errorf("address %s", address)
	}
	if _, err := rendezvousclient.Check(t.Context(), address, nil); err != nil {
		t.Errorf("Check: %v", err)
	}
	stop(t, command)
}

func TestProblemsHaveSentences(t *testing.T) {
	t.Parallel()
	used := t.TempDir()
	running, address := start(t, "--listen", "127.0.0.1:0", "--data", used)
	port := strings.TrimPrefix(address[:strings.Index(address, "/#")], "wss://")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "server.key"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		arguments []string
		status    int
		says      string
	}{
		"port in use":     {[]string{"--listen", port, "--operator", "off", "--data", t.TempDir()}, 1, "in use by another program"},
		"folder in use":   {[]string{"--listen", "127.0.0.1:0", "--data", used}, 1, "in use by another Tincan"},
		"no folder":       {[]string{"--listen", "127.0.0.1:0", "--data", file}, 1, "folder"},
		"damaged key":     {[]string{"--listen", "127.0.0.1:0", "--data", damaged}, 1, "damaged"},
		"unknown flag":    {[]string{"--nonsense"}, 2, "nonsense"},
		"argument":        {[]string{"nonsense"}, 2, "only flags"},
		"TLS":             {[]string{"--tls", "maybe"}, 2, "self or off"},
		"engine":          {[]string{"--engine", "steam"}, 2, "solo, cluster"},
		"no seeds":        {[]string{"--engine", "cluster"}, 2, "--seeds"},
		"no secret":       {[]string{"--engine", "cluster", "--seeds", "127.0.0.1:1,127.0.0.1:2,127.0.0.1:3", "--listen", "127.0.0.1:0", "--data", t.TempDir()}, 1, "cluster-secret"},
		"no proxy":        {[]string{"--tls", "proxy"}, 2, "--trusted-proxy"},
		"no certificate":  {[]string{"--tls", "files"}, 2, "--certificate"},
		"no host":         {[]string{"--tls", "acme"}, 2, "--host"},
		"a strange proxy": {[]string{"--trusted-proxy", "nonsense"}, 2, "ranges"},
		"relay address":   {[]string{"--relay-address", "::1"}, 2, "IPv4"},
		"migrate to":      {[]string{"migrate", "--data", t.TempDir()}, 2, "say where to"},
		"migrate nothing": {[]string{"migrate", "--engine", "external", "--nats", "nats://127.0.0.1:1", "--data", t.TempDir()}, 1, "nothing that a server alone"},
		"migrate no data": {[]string{"migrate", "--give-up", "--data", filepath.Join(t.TempDir(), "none")}, 1, "nothing that a server alone"},
		"help":            {[]string{"--help"}, 0, "-listen"},
		"operator's side": {[]string{"--operator", "0.0.0.0:0"}, 2, "--operator-anywhere"},
		"any address":     {[]string{"--operator", ":7118"}, 2, "--operator-anywhere"},
		"no port":         {[]string{"--operator", "127.0.0.1"}, 2, "127.0.0.1:7118"},
		"operator's port": {[]string{"--listen", "127.0.0.1:0", "--operator", port, "--data", t.TempDir()}, 1, "--operator off"},
		"unknown address": {[]string{"--listen", "nonsense", "--data", t.TempDir()}, 1, "listen"},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := program(t, c.arguments...).CombinedOutput()
			status := 0
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				status = exit.ExitCode()
			} else if err != nil {
				t.Fatal(err)
			}
			if status != c.status || !strings.Contains(string(output), c.says) {
				t.Errorf("status %d, want %d; said %q", status, c.status, output)
			}
		})
	}
	stop(t, running)
}

// TestWarns: without TLS on every address it says so.
func TestWarns(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // it announces itself and ends at once
	var stdout, stderr bytes.Buffer
	if status := run(ctx, []string{"--listen", ":0", "--tls", "off", "--operator", "off", "--engine", "memory", "--data", t.TempDir()}, &stdout, &stderr); status != 0 {
		t.Errorf("status %d: %s", status, stderr.String())
	}
	if !strings.Contains(stderr.String(), "WARNING") || !strings.Contains(stdout.String(), "ready") {
		t.Errorf("said %q and %q", stdout.String(), stderr.String())
	}
}
