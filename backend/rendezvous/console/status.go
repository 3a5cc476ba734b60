package console

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
)

const (
	// storeTime is what the store gets to answer.
	storeTime = 1500 * time.Millisecond
	// Below so much free room the operator is warned.
	littleRoom = 1 << 30 // bytes
	littlePart = 20      // or one in so many of the disk
)

// Status implements operator.Source. It does not fail: what does not answer is a problem in it.
func (c *Console) Status(ctx context.Context) (operator.Status, error) {
	var healthy error
	var mail engine.MailTotals
	var group sync.WaitGroup
	store, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	group.Go(func() { healthy = c.options.Engine.Healthy(store) })
	if counter, ok := c.options.Engine.Mailbox().(engine.MailCounter); ok {
		group.Go(func() {
			if totals, err := counter.MailTotals(store); err == nil {
				mail = totals
			}
		})
	}
	space := c.disk.look(time.Now())
	group.Wait()

	server := c.options.Server
	figures, relay := server.Figures(), server.RelayCounts()
	status := operator.Status{
		Version: c.options.Version, Host: c.options.Host, Mode: c.options.Mode, Started: c.started, Draining: server.Draining(),
		Connections: uint64(server.Counts().Connections), Signals: figures.Signals, SignalMedian: figures.SignalMedian,
		Mails: figures.Mails, RelayBytes: relay.Bytes, Allocations: uint64(relay.Allocations), Refused: figures.Refused,
		MailEnvelopes: mail.Envelopes, MailBytes: mail.Bytes, MailOldest: mail.Oldest,
		Bans: uint64(len(server.Moderation().Bans())), Reports: uint64(len(server.Moderation().Reported())),
		Memory: rendezvous.Memory(), Disk: space.used, DiskFree: space.free,
	}
	for _, one := range figures.RefusedMost {
		status.RefusedMost = append(status.RefusedMost, operator.Refusal{Network: one.Network, Reason: string(one.Reason), Count: one.Count})
	}
	for _, age := range mail.Ages {
		status.MailAges = append(status.MailAges, operator.MailAge{UpTo: age.UpTo, Envelopes: age.Envelopes})
	}
	nodes := c.options.Engine.Nodes()
	for _, node := range nodes {
		status.Sessions += uint64(node.Sessions)
		if node.Self {
			status.Node = node.ID
		}
	}
	if directory := server.Directory(); directory != nil {
		status.DirectoryEntries, status.DirectoryRemoved = uint64(directory.Listed()), uint64(directory.Removed())
	}
	status.Problems = c.problems(healthy, space, len(nodes))
	return status, nil
}

// problems are what the operator should look at.
func (c *Console) problems(healthy error, space room, nodes int) []operator.Problem {
	var problems []operator.Problem
	add := func(failing bool, code, text string) {
		problems = append(problems, operator.Problem{Code: code, Text: text, Failing: failing})
	}
	if healthy != nil {
		add(true, "store-unavailable", "The store does not answer: nothing can be kept or looked up. Look at the log, at the disk, and in a cluster at the other servers.")
	}
	if most := c.options.Nodes; most > 0 && nodes < most {
		add(false, "nodes-missing", fmt.Sprintf("%d of %d servers of the cluster are there. Start the others before one more goes.", nodes, most))
	}
	if space.total > 0 && (space.free < littleRoom || space.free < space.total/littlePart) {
		add(false, "disk-low", "The disk is almost full: soon no mail can be kept. Make room, or move the data folder to a larger disk.")
	}
	if !c.options.Server.Moderation().Settled() {
		add(false, "bans-loading", "The bans are still being read and do not hold yet.")
	}
	if directory := c.options.Server.Directory(); directory != nil && !directory.Settled() {
		add(false, "directory-loading", "The directory is still being read: searches are answered later.")
	}
	return problems
}

// Nodes implements operator.Source.
func (c *Console) Nodes(context.Context) ([]operator.Node, error) {
	found := c.options.Engine.Nodes()
	nodes := make([]operator.Node, 0, len(found))
	for _, node := range found {
		one := operator.Node{
			ID: node.ID, Self: node.Self, URL: node.Notice.URL, Version: node.Notice.Version, Started: node.Started, Seen: node.Seen,
			Sessions: uint64(node.Sessions), Weight: node.Notice.Weight, Load: node.Notice.Load, Draining: node.Notice.Draining,
		}
		if node.Self {
			one.Draining = c.options.Server.Draining()
		}
		if node.Notice.Memory > 0 { // older programs tell neither
			signals, memory := float64(node.Notice.Signals), node.Notice.Memory
			one.Signals, one.Memory = &signals, &memory
		}
		nodes = append(nodes, one)
	}
	return nodes, nil
}
