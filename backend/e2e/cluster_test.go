package e2e_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

// clusterLimit bounds the whole of TestCluster.
const clusterLimit = 3 * time.Minute

// cluster is what `make cluster` starts.
type cluster struct {
	*process
	t         *testing.T
	folder    string
	port      int
	addresses [3]string
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t, folder: t.TempDir(), port: freePorts(t)}
	c.process = c.script()
	t.Cleanup(c.end)
	for line := range c.until(c.process, "cluster ready") {
		rest, found := strings.CutPrefix(line, "node ")
		if !found {
			continue
		}
		number, rest, _ := strings.Cut(rest, ":")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > 3 {
			t.Fatalf("it said %q", line)
		}
		_, c.addresses[n-1], _ = strings.Cut(rest, ", ")
	}
	for i, address := range c.addresses {
		if !strings.HasPrefix(address, "wss://127.0.0.1:") {
			t.Fatalf("node %d is at %q", i+1, address)
		}
	}
	return c
}

// script runs build/tools/cluster.
func (c *cluster) script(arguments ...string) *process {
	c.t.Helper()
	script, err := filepath.Abs("../../build/tools/cluster")
	if err != nil {
		c.t.Fatal(err)
	}
	return run(c.t, "cluster", exec.CommandContext(context.WithoutCancel(c.t.Context()), script, arguments...),
		"RENDEZVOUS="+filepath.Join(programs, "rendezvous"), "DATA="+c.folder, fmt.Sprintf("PORT=%d", c.port))
}

// until collects what a process says before a line that begins with a text.
func (c *cluster) until(p *process, text string) map[string]bool {
	c.t.Helper()
	said, deadline := map[string]bool{}, time.After(clusterLimit)
	for {
		select {
		case line := <-p.lines:
			if strings.HasPrefix(line, text) {
				return said
			}
			said[line] = true
		case <-p.gone:
			c.t.Fatalf("it ended before %q:\n%s", text, p.errors.text())
		case <-deadline:
			c.t.Fatalf("it never said %q, but %v", text, said)
		}
	}
}

// id is the process id of a node.
func (c *cluster) id(n int) int {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.folder, fmt.Sprintf("%d.pid", n)))
	if err != nil {
		c.t.Fatal(err)
	}
	id, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || id < 2 {
		c.t.Fatalf("process id %q", text)
	}
	return id
}

// killNode ends a node like a power cut.
func (c *cluster) killNode(n int) {
	c.t.Helper()
	found, err := os.FindProcess(c.id(n))
	if err == nil {
		err = found.Kill()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.until(c.process, fmt.Sprintf("Node %d is gone", n))
}

// startNode is `make cluster-node N=n`. While a node is gone the kernel may lend
// its ports to others, for a moment.
func (c *cluster) startNode(n int) {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	for !c.ready(c.script("node", strconv.Itoa(n))) {
		if time.Now().After(deadline) {
			c.t.Fatalf("node %d does not find its ports free", n)
		}
	}
	c.until(c.process, fmt.Sprintf("Node %d is back", n))
}

// ready waits until a node serves; false if its ports are taken.
func (c *cluster) ready(node *process) bool {
	c.t.Helper()
	deadline := time.After(clusterLimit)
	for {
		select {
		case line := <-node.lines:
			if line == "ready" {
				return true
			}
		case <-node.gone:
			if !strings.Contains(node.errors.text(), "in use") {
				c.t.Fatalf("a node ended:\n%s", node.errors.text())
			}
			return false
		case <-deadline:
			c.t.Fatalf("a node is never ready:\n%s", node.errors.text())
		}
	}
}

// end is Ctrl C, and demands that no node is left.
func (c *cluster) end() {
	var ids []int
	for n := 1; n <= 3; n++ {
		if _, err := os.Stat(filepath.Join(c.folder, fmt.Sprintf("%d.pid", n))); err == nil {
			ids = append(ids, c.id(n))
		}
	}
	_ = c.command.Process.Signal(syscall.SIGINT)
	select {
	case <-c.gone:
	case <-time.After(patience):
		c.t.Error("the cluster does not stop")
	}
	for _, id := range ids {
		found, err := os.FindProcess(id)
		if err != nil {
			continue
		}
		// A child of this test that ended is gone once it was waited for, which start does.
		eventually(c.t, fmt.Sprintf("process %d is gone", id), func() bool { return found.Signal(syscall.Signal(0)) != nil })
	}
	if len(ids) != 3 && !c.t.Failed() {
		c.t.Errorf("%d nodes had process ids", len(ids))
	}
}

// freePorts returns the first of the ports of a cluster that were free a moment ago.
func freePorts(t *testing.T) int {
	t.Helper()
	for range 100 {
		listeners, first, free := []net.Listener{}, 0, true
		for _, offset := range []int{0, 1, 2, 10, 11, 12, 20, 21, 22} {
			listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", max(0, first+offset)))
			if free = err == nil; !free {
				break
			}
			if listeners = append(listeners, listener); first == 0 {
				address, ok := listener.Addr().(*net.TCPAddr)
				if !ok {
					t.Fatalf("it listens at %v", listener.Addr())
				}
				first = address.Port
			}
		}
		for _, listener := range listeners {
			_ = listener.Close()
		}
		if free {
			return first
		}
	}
	t.Fatal("there are no free ports")
	return 0
}

// mail is put all the time until it is stopped.
type mail struct {
	until chan struct{}
	done  chan error
	count atomic.Int64
	kept  string
}

const (
	mailSeed = "mail while nodes are killed"
	mostMail = 20_000
)

func putMail(t *testing.T, addresses ...string) *mail {
	t.Helper()
	m := &mail{until: make(chan struct{}), done: make(chan error, 1), kept: filepath.Join(t.TempDir(), "kept.json")}
	service, err := load.NewTincan(load.NewSeed(mailSeed), addresses...)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, mailErr := load.Mail(t.Context(), service, load.MailOptions{
			Seed: load.NewSeed(mailSeed), Count: mostMail, Rate: 50, Writers: 16, Senders: 64, Until: m.until, Keep: m.kept,
			Acknowledged: func() { m.count.Add(1) },
		})
		m.done <- mailErr
	}()
	return m
}

// flows waits until more is acknowledged than now.
func (m *mail) flows(t *testing.T) {
	t.Helper()
	before := m.count.Load()
	eventually(t, "mail is acknowledged", func() bool { return m.count.Load() >= before+50 })
}

// verify stops, and demands that a server has every acknowledged piece once.
func (m *mail) verify(t *testing.T, addresses ...string) {
	t.Helper()
	close(m.until)
	if err := <-m.done; err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		service, err := load.NewTincan(load.NewSeed("verify"), address)
		if err != nil {
			t.Fatal(err)
		}
		result, err := load.VerifyMail(t.Context(), service, m.kept, false)
		if err != nil || result.Whole != m.count.Load() || result.Missing+result.Twice+result.Foreign != 0 {
			t.Errorf("at %s, of %d acknowledged: %+v, %v", address, m.count.Load(), result, err)
		}
	}
	t.Logf("%d pieces of mail were acknowledged", m.count.Load())
}

// TestCluster kills each node in turn and starts it again. Meanwhile two people
// chat, both start anew without the node that was killed and find each other
// through the others, and mail that was acknowledged stays whole. Each knows one
// server, the first; of the others the list tells them.
func TestCluster(t *testing.T) {
	t.Parallel()
	began := time.Now()
	c := startCluster(t)
	p := meet(t, "--no-host", "--server", c.addresses[0])
	p.say(p.ana, &p.sentAna, 3)
	p.same(t)
	writing := putMail(t, c.addresses[:]...)
	for n := 1; n <= 3; n++ {
		writing.flows(t)
		c.killNode(n)
		p.say(p.ana, &p.sentAna, 3)
		p.say(p.ben, &p.sentBen, 3)
		p.same(t)
		// Both lose their line, and what introduces them is what is left.
		p.ana.kill()
		p.ben.kill()
		p.ana, p.ben = startDevice(t, p.anaDir, "Ana", p.options...), startDevice(t, p.benDir, "Ben", p.options...)
		online(t, p.ana)
		online(t, p.ben)
		p.say(p.ana, &p.sentAna, 3)
		p.say(p.ben, &p.sentBen, 3)
		p.same(t)
		writing.flows(t)
		c.startNode(n)
		t.Logf("node %d was killed and is back after %s in all", n, time.Since(began).Round(time.Second))
		for _, one := range []*device{p.ana, p.ben} {
			eventually(t, "the line is open", func() bool {
				network := one.state().Network
				return network.Lines == 1 && network.Servers[0].State == app.ServerOnline
			})
		}
	}
	writing.verify(t, c.addresses[:]...)
	if took := time.Since(began); took > clusterLimit {
		t.Errorf("it took %s", took)
	}
}
