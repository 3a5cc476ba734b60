package natsstore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// What a process of ours does is in its environment.
const (
	envJob    = "TINCAN_NATSSTORE_JOB"
	envNumber = "TINCAN_NATSSTORE_NUMBER"
	envFolder = "TINCAN_NATSSTORE_FOLDER"
	envPorts  = "TINCAN_NATSSTORE_PORTS" // routes, then the clients'
	envFrom   = "TINCAN_NATSSTORE_FROM"  // URLs of the store that is copied
	envTo     = "TINCAN_NATSSTORE_TO"

	jobNode    = "node"
	jobMigrate = "migrate"
)

// work does a job until standard input ends.
func work(job string) {
	var err error
	switch job {
	case jobNode:
		err = workAsNode()
	case jobMigrate:
		err = workAsMigration()
	default:
		err = errors.New("no such job")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, job, err)
	}
}

func workAsNode() error {
	number, err := strconv.Atoi(os.Getenv(envNumber))
	if err != nil {
		return err
	}
	var all []int
	for text := range strings.SplitSeq(os.Getenv(envPorts), ",") {
		port, portErr := strconv.Atoi(text)
		if portErr != nil {
			return portErr
		}
		all = append(all, port)
	}
	routes := all[:len(all)/2]
	options := nodeOptions(number, os.Getenv(envFolder), routes)
	options.Port = all[len(routes)+number]
	node, err := server.NewServer(options)
	if err != nil {
		return err
	}
	node.Start()
	_, err = io.Copy(io.Discard, os.Stdin)
	stop(node)
	return err
}

// process is one of ours that can be killed.
type process struct {
	command *exec.Cmd
	input   io.WriteCloser
	ended   chan struct{}
}

func launch(t *testing.T, job string, environment ...string) *process {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatalf("Executable: %v", err)
	}
	// It ends with its standard input; the context would kill it before the test's cleanup asks it to.
	command := exec.CommandContext(context.WithoutCancel(t.Context()), program)
	command.Env = append(append(os.Environ(), envJob+"="+job), environment...)
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatalf("StdinPipe: %v", err)
	}
	if err = command.Start(); err != nil {
		t.Fatalf("Start: %v", err)
	}
	p := &process{command: command, input: input, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		_ = command.Wait() // a killed process ends with an error
	}()
	t.Cleanup(func() {
		_ = input.Close()
		select {
		case <-p.ended:
		case <-time.After(soon):
			p.kill()
		}
	})
	return p
}

// kill ends it as kill -9 does.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
}

// nodes are three processes that make a cluster.
type nodes struct {
	folders  []string
	ports    string
	urls     []string
	launched []*process
}

func launchNodes(t *testing.T) *nodes {
	t.Helper()
	all := ports(t, 6)
	n := &nodes{ports: strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ","), "[]"), launched: make([]*process, 3)}
	for i := range n.launched {
		n.folders = append(n.folders, t.TempDir())
		n.urls = append(n.urls, fmt.Sprintf("nats://127.0.0.1:%d", all[3+i]))
	}
	for i := range n.launched {
		n.launch(t, i)
	}
	return n
}

func (n *nodes) launch(t *testing.T, i int) {
	t.Helper()
	n.launched[i] = launch(t, jobNode, envNumber+"="+strconv.Itoa(i), envFolder+"="+n.folders[i], envPorts+"="+n.ports)
}

// dial connects to one of some servers, and to another one whenever that is gone.
func dial(t *testing.T, urls ...string) *nats.Conn {
	t.Helper()
	connection, err := dialServers(urls)
	if err != nil {
		t.Fatalf("Connect: %v", err)
	}
	t.Cleanup(connection.Close)
	return connection
}

func dialServers(urls []string) (*nats.Conn, error) {
	return nats.Connect(strings.Join(urls, ","), nats.DontRandomize(), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond),
		nats.RetryOnFailedConnect(true), nats.IgnoreDiscoveredServers())
}
