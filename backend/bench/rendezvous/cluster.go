package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsengine"
	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

// nodes is how many servers a cluster has here.
const nodes = 3

// cluster is servers that know each other.
type cluster struct {
	arguments [][]string // of each, without the program
	program   string
	addresses []string

	mu        sync.Mutex
	processes []*process // nil while one is down
}

// startCluster starts all nodes at the same time, because each waits for the
// others. Ports are free ones, and stay theirs over a restart.
func startCluster(ctx context.Context, s settings) (*cluster, error) {
	ports, err := freePorts(ctx, 2*nodes)
	if err != nil {
		return nil, err
	}
	secret, err := natsengine.NewClusterSecret()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(s.folder, "secret")
	if err = os.WriteFile(file, secret, 0o600); err != nil {
		return nil, err
	}
	seeds := strings.Join(ports[nodes:], ",")
	c := &cluster{program: s.program, processes: make([]*process, nodes), addresses: make([]string, nodes)}
	for i := range nodes {
		c.arguments = append(c.arguments, s.profiled(fmt.Sprint("node", i), []string{
			"--engine", "cluster", "--listen", ports[i], "--tls", "off", "--relay=false", "--operator", "off", "--data", filepath.Join(s.folder, fmt.Sprint("node", i)),
			"--cluster-listen", ports[nodes+i], "--seeds", seeds, "--cluster-secret", file, "--node", fmt.Sprint("node", i),
		}))
	}
	failures := make([]error, nodes)
	var group sync.WaitGroup
	for i := range nodes {
		group.Go(func() { failures[i] = c.begin(ctx, i) })
	}
	group.Wait()
	if err = errors.Join(failures...); err != nil {
		return nil, errors.Join(err, c.end())
	}
	return c, nil
}

// freePorts returns loopback addresses that nobody listened at a moment ago.
func freePorts(ctx context.Context, count int) ([]string, error) {
	var found []string
	for range count {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = listener.Close() }() //nolint:revive // held until all are found, so that they differ
		found = append(found, listener.Addr().String())
	}
	return found, nil
}

// begin starts a node that is down.
func (c *cluster) begin(ctx context.Context, node int) error {
	started, err := launch(ctx, c.program, c.arguments[node]...)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.processes[node], c.addresses[node] = started, started.address
	return nil
}

// kill ends a node as a power cut would, and waits until it is gone.
func (c *cluster) kill(node int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if running := c.processes[node]; running != nil {
		running.kill()
		_ = running.wait() // killed is how it should end
		c.processes[node] = nil
	}
}

func (c *cluster) end() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	failures := make([]error, nodes)
	var group sync.WaitGroup
	for i, running := range c.processes {
		if running != nil {
			group.Go(func() { failures[i] = running.end() })
		}
	}
	group.Wait()
	return errors.Join(failures...)
}

// service puts load on all nodes.
func (c *cluster) service() (*load.Tincan, error) {
	return load.NewTincan(load.NewSeed("bench"), c.addresses...)
}

// acrossNodes: partners are on different nodes.
func acrossNodes(ctx context.Context, s settings) (_ []figure, err error) {
	c, err := startCluster(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.end()) }()
	service, err := c.service()
	if err != nil {
		return nil, err
	}
	result, err := relayedBy(ctx, s, service, c.processes...)
	if err != nil {
		return nil, err
	}
	alone, err := relayed(ctx, s, ours)
	if err != nil {
		return nil, err
	}
	cost, single := float64(result.half.Latency.P99.Microseconds())/1000, float64(alone.half.Latency.P99.Microseconds())/1000
	told, err := load.Presence(ctx, service, 200, s.measured)
	if err != nil {
		return nil, err
	}
	return []figure{
		{
			fmt.Sprintf("p99 across %d nodes at %.0f a second, half the most", nodes, result.half.Rate), milliseconds(result.half.Latency.P99), "10 ms",
			ratio("one node", cost, single, " ms"),
		},
		{
			fmt.Sprintf("messages relayed a second across %d nodes at the most", nodes), fmt.Sprintf("%.0f", result.most.Rate), "reported",
			ratio("one node", result.most.Rate, alone.most.Rate, "") + fmt.Sprintf("; processor %.1f µs, all nodes", result.cost),
		},
		{
			"somebody on another node came / went, until a watcher is told, p99", milliseconds(told.Came.P99) + " / " + milliseconds(told.Went.P99), "reported",
			fmt.Sprintf("p50 %s / %s", milliseconds(told.Came.P50), milliseconds(told.Went.P50)),
		},
	}, nil
}
