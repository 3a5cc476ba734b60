package main

import (
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// freePorts returns addresses on loopback that were free a moment ago.
func freePorts(t *testing.T, count int) []string {
	t.Helper()
	addresses, listeners := make([]string, count), make([]net.Listener, count)
	var err error
	for i := range addresses {
		if listeners[i], err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		addresses[i] = listeners[i].Addr().String()
	}
	for _, listener := range listeners {
		err = errors.Join(err, listener.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return addresses
}

// startCluster starts three servers, which wait for each other.
func startCluster(t *testing.T) []*running {
	t.Helper()
	const count = 3
	ports, secret := freePorts(t, count), filepath.Join(t.TempDir(), "secret")
	if output, err := program(t, "cluster-secret", secret).CombinedOutput(); err != nil {
		t.Fatalf("cluster-secret: %v: %s", err, output)
	}
	var ready []func() *running
	for i, name := range []string{"ada", "bob", "cyd"} {
		ready = append(ready, launchOperated(t, filepath.Join(t.TempDir(), name), "", "--engine", "cluster", "--node", name,
			"--cluster-secret", secret, "--cluster-listen", ports[i], "--seeds", strings.Join(ports, ",")))
	}
	all := make([]*running, count)
	for i := range all {
		all[i] = ready[i]()
	}
	return all
}

// TestClusterByCommands: one node is asked about all, drains another, and the backup of all becomes a lone server.
func TestClusterByCommands(t *testing.T) {
	t.Parallel()
	all := startCluster(t)
	ada, bob := all[0], all[1]
	node := func(at *running, name string) *operatorwire.Node {
		var nodes operatorwire.ListNodesResponse
		at.as(&nodes, "nodes")
		for _, one := range nodes.GetNodes() {
			if one.GetId() == name {
				return one
			}
		}
		return nil
	}
	session := enter(t, bob.address, rendezvoustest.NewDevice(t))
	eventually(t, "the device at bob is seen from ada", func() bool {
		one := node(ada, "bob")
		return one.GetSessions() == 1 && one.GetMemoryBytes() > 0 && one.SignalsPerSecond != nil && !one.GetSelf()
	})
	var status operatorwire.GetStatusResponse
	eventually(t, "the status of the whole cluster at ada", func() bool {
		ada.as(&status, "status")
		got := status.GetStatus()
		return got.GetMode() == operatorwire.Mode_MODE_CLUSTER && got.GetSessions() == 1 && got.GetConnections() == 0 && len(got.GetReasons()) == 0
	})

	ada.must("no new devices", "drain", "bob")
	session.until("the drain", func(frame *wire.ServerFrame) bool { return frame.GetDrain() != nil })
	refused(t, bob.address, rendezvoustest.NewDevice(t), wire.ErrorCode_ERROR_CODE_SHUTDOWN)
	eventually(t, "cyd sees it", func() bool { return node(all[2], "bob").GetDraining() })
	all[2].must("takes devices again", "drain", "bob", "--end")
	eventually(t, "ada sees its end", func() bool { return !node(ada, "bob").GetDraining() })
	enter(t, bob.address, rendezvoustest.NewDevice(t))

	// A ban made at one node holds at another.
	banned := rendezvoustest.NewDevice(t)
	there := enter(t, bob.address, banned)
	ada.must("Banned", "ban", banned.Peer().String())
	there.expectError(wire.ErrorCode_ERROR_CODE_BANNED)

	kept := filepath.Join(t.TempDir(), "mail")
	if _, err := load.Mail(t.Context(), mailService(t, ada.address), load.MailOptions{Seed: load.NewSeed("cluster"), Writers: 8, Senders: 16, Count: 100, Keep: kept}); err != nil {
		t.Fatalf("mail: %v", err)
	}
	eventually(t, "the mail is counted", func() bool {
		all[2].as(&status, "status")
		return status.GetStatus().GetMail().GetEnvelopes() == 100
	})
	file, folder := filepath.Join(t.TempDir(), "backup.tar"), filepath.Join(t.TempDir(), "alone")
	all[2].must("Written", "backup", file)

	stop(t, all[2].command)
	eventually(t, "ada misses cyd", func() bool {
		ada.as(&status, "status")
		reasons := status.GetStatus().GetReasons()
		return len(reasons) == 1 && reasons[0].GetCode() == "nodes-missing"
	})
	ada.must("2 of 3 servers", "status")
	for _, one := range all[:2] {
		_ = one.command.Process.Kill() // two of three cannot stop in order: each waits for the other
	}

	if output, err := program(t, "restore", file, "--data", folder).CombinedOutput(); err != nil {
		t.Fatalf("restore: %v: %s", err, output)
	}
	alone := startOperated(t, folder, "")
	verified, err := load.VerifyMail(t.Context(), mailService(t, alone.address), kept, true)
	if err != nil || verified.Whole != 100 {
		t.Errorf("mail: %+v, %v", verified, err)
	}
	refused(t, alone.address, banned, wire.ErrorCode_ERROR_CODE_BANNED)
	stop(t, alone.command)
}
