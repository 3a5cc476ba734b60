package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

const (
	migrationPatience = 5 * time.Minute
	migratedMail      = 3500
)

// node is a server of a cluster in a process.
type node struct {
	t         *testing.T
	arguments []string
	command   *exec.Cmd
	address   chan string // once it is ready
	said      *bytes.Buffer
	ended     chan struct{}
}

// startNode starts a process that lives until the test ends.
func startNode(t *testing.T, arguments ...string) *node {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), migrationPatience)
	n := &node{
		t: t, arguments: arguments, address: make(chan string, 1), said: &bytes.Buffer{}, ended: make(chan struct{}),
		command: exec.CommandContext(ctx, os.Args[0], arguments...),
	}
	n.command.Env = append(os.Environ(), asProgram+"=1")
	n.command.Stderr = n.said
	output, err := n.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = n.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(n.ended)
		lines, address := bufio.NewScanner(output), ""
		for lines.Scan() {
			if text, found := strings.CutPrefix(lines.Text(), "address: "); found {
				address = text
			}
			if lines.Text() == "ready" {
				n.address <- address
			}
		}
		_ = n.command.Wait() // what it says about a kill is known
	}()
	t.Cleanup(func() {
		cancel()
		_ = n.command.Process.Kill()
		<-n.ended
		if t.Failed() {
			t.Logf("%v said:\n%s", arguments, n.said)
		}
	})
	return n
}

// ready waits for the address.
func (n *node) ready() string {
	n.t.Helper()
	select {
	case address := <-n.address:
		return address
	case <-n.ended:
		n.t.Fatalf("%v ended: %s", n.arguments, n.said)
	case <-time.After(migrationPatience):
		n.t.Fatalf("%v is not ready", n.arguments)
	}
	return ""
}

func (n *node) stop() {
	n.t.Helper()
	if err := n.command.Process.Signal(syscall.SIGTERM); err != nil {
		n.t.Fatal(err)
	}
	<-n.ended
	if code := n.command.ProcessState.ExitCode(); code != 0 {
		n.t.Fatalf("after SIGTERM: status %d: %s", code, n.said)
	}
}

// killAt runs a migration and kills it as soon as it says a text.
func killAt(t *testing.T, text string, arguments ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), migrationPatience)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0], arguments...)
	command.Env = append(os.Environ(), asProgram+"=1")
	output, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = command.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	found := false
	for lines := bufio.NewScanner(output); lines.Scan(); {
		said = append(said, lines.Text())
		if found = strings.Contains(lines.Text(), text); found {
			break
		}
	}
	_ = command.Process.Kill()
	err = command.Wait()
	if !found || err == nil {
		t.Fatalf("it was not killed at %q: %v; it said:\n%s", text, err, strings.Join(said, "\n"))
	}
	t.Logf("killed at %q", said[len(said)-1])
}

func ports(t *testing.T, count int) []string {
	t.Helper()
	addresses, listeners := make([]string, count), make([]net.Listener, count)
	for i := range addresses {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners[i], addresses[i] = listener, listener.Addr().String()
	}
	for _, listener := range listeners {
		_ = listener.Close()
	}
	return addresses
}

// verify demands that a server hands out what was put, once.
func verify(t *testing.T, address, kept string) {
	t.Helper()
	service, err := load.NewTincan(load.NewSeed("verify"), address)
	if err != nil {
		t.Fatal(err)
	}
	result, err := load.VerifyMail(t.Context(), service, kept, false)
	if err != nil || result.Whole != migratedMail || result.Missing != 0 || result.Twice != 0 || result.Foreign != 0 {
		t.Errorf("at %s: %+v, %v", address, result, err)
	}
}

// TestMigrate fills a lone server, moves it to a cluster by a command that is
// killed at several points, and reads everything at each of the three nodes.
func TestMigrate(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	alone := startNode(t, "--listen", "127.0.0.1:0", "--operator", "off", "--data", data)
	address := alone.ready()
	service, err := load.NewTincan(load.NewSeed("migrate"), address)
	if err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(t.TempDir(), "kept.json")
	put, err := load.Mail(t.Context(), service, load.MailOptions{Seed: load.NewSeed("migrate"), Count: migratedMail, Keep: kept})
	if err != nil || put.Acknowledged != migratedMail {
		t.Fatalf("Mail = %+v, %v", put, err)
	}
	alone.stop()

	secret := filepath.Join(t.TempDir(), "cluster.pem")
	if err = writeSecret(secret); err != nil {
		t.Fatal(err)
	}
	seeds := ports(t, 3)
	flags := func(number int, data string) []string {
		return []string{
			"--data", data, "--engine", "cluster", "--node", fmt.Sprintf("node-%d", number), "--cluster-listen", seeds[number],
			"--seeds", strings.Join(seeds, ","), "--cluster-secret", secret, "--listen", "127.0.0.1:0", "--operator", "off",
		}
	}
	two, three := startNode(t, flags(1, t.TempDir())...), startNode(t, flags(2, t.TempDir())...)
	migration := append([]string{"migrate"}, flags(0, data)...)
	for _, text := range []string{"copying mail", "copied 1000", "copied 1000"} {
		killAt(t, text, migration...)
		refused, _ := program(t, "--listen", "127.0.0.1:0", "--data", data).CombinedOutput()
		if !strings.Contains(string(refused), "not finished") {
			t.Errorf("--engine solo after a kill at %q: %s", text, refused)
		}
	}
	last := startNode(t, migration...)
	<-last.ended
	if code := last.command.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("migrate: status %d", code)
	}
	t.Logf("%s", last.said)
	again, err := program(t, migration...).CombinedOutput()
	if err != nil || !strings.Contains(string(again), "Already done") {
		t.Errorf("migrate again: %v\n%s", err, again)
	}
	refused, err := program(t, "--listen", "127.0.0.1:0", "--data", data).CombinedOutput()
	if err == nil || !strings.Contains(string(refused), "--engine cluster") {
		t.Errorf("--engine solo at the end: %v\n%s", err, refused)
	}

	one := startNode(t, flags(0, data)...)
	moved := one.ready()
	if key := address[strings.Index(address, "#"):]; !strings.HasSuffix(moved, key) {
		t.Errorf("the address was %s and is %s", address, moved)
	}
	for _, server := range []string{moved, two.ready(), three.ready()} {
		verify(t, server, kept)
	}
}

// TestGiveUpMigration: a migration that finds no cluster is given up, and the
// server is alone again.
func TestGiveUpMigration(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	alone := startNode(t, "--listen", "127.0.0.1:0", "--operator", "off", "--data", data)
	address := alone.ready()
	secret := filepath.Join(t.TempDir(), "cluster.pem")
	if err := writeSecret(secret); err != nil {
		t.Fatal(err)
	}
	seeds := ports(t, 3)
	migration := []string{
		"migrate", "--data", data, "--engine", "cluster", "--cluster-listen", seeds[0], "--seeds", strings.Join(seeds, ","), "--cluster-secret", secret, "--verbose",
	}
	if output, err := program(t, migration...).CombinedOutput(); err == nil || !strings.Contains(string(output), "in use") {
		t.Errorf("migrate while the server runs: %v\n%s", err, output)
	}
	alone.stop()
	killAt(t, "attempt 1", migration...)
	giveUp := []string{"migrate", "--give-up", "--data", data}
	if output, err := program(t, giveUp...).CombinedOutput(); err != nil || !strings.Contains(string(output), "Given up") {
		t.Errorf("migrate --give-up: %v\n%s", err, output)
	}
	if output, err := program(t, giveUp...).CombinedOutput(); err == nil || !strings.Contains(string(output), "no migration was begun") {
		t.Errorf("migrate --give-up again: %v\n%s", err, output)
	}
	key := address[strings.Index(address, "#"):]
	if again := startNode(t, "--listen", "127.0.0.1:0", "--operator", "off", "--data", data).ready(); !strings.HasSuffix(again, key) {
		t.Errorf("the address was %s and is %s", address, again)
	}
}
