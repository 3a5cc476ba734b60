//go:build lab

package lab_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// namespacePrefix begins the names of all namespaces of the lab; the number
	// of the process that made them follows.
	namespacePrefix = "tincan-lab-"
	// commandPatience is how long a command that arranges a network may take.
	commandPatience = 20 * time.Second
)

// namespace is a machine of the lab: a network namespace.
type namespace struct {
	t    *testing.T
	name string
	role string // what it is, in its test
}

// newNamespace makes one with a name of its own and loopback; it is gone when the test ends.
func newNamespace(t *testing.T, role string) *namespace {
	t.Helper()
	var suffix [4]byte
	if _, err := rand.Read(suffix[:]); err != nil {
		t.Fatal(err)
	}
	n := &namespace{t: t, name: fmt.Sprintf("%s%d-%s-%s", namespacePrefix, os.Getpid(), hex.EncodeToString(suffix[:]), role), role: role}
	command(t, "", "ip", "netns", "add", n.name)
	t.Cleanup(func() {
		if output, err := exec.Command("ip", "netns", "del", n.name).CombinedOutput(); err != nil {
			t.Errorf("the namespace %s stays behind: %v\n%s", n.name, err, output)
		}
	})
	n.ip("link", "set", "lo", "up")
	return n
}

// sweep removes the namespaces of runs that were killed.
func sweep() {
	entries, err := os.ReadDir("/run/netns")
	if err != nil {
		return // nobody ever made one here
	}
	for _, entry := range entries {
		rest, ours := strings.CutPrefix(entry.Name(), namespacePrefix)
		text, _, _ := strings.Cut(rest, "-")
		process, err := strconv.Atoi(text)
		if !ours || err != nil || syscall.Kill(process, 0) == nil {
			continue
		}
		_ = exec.Command("ip", "netns", "del", entry.Name()).Run() // what cannot be removed now is tried again next time
	}
}

// command runs a program of the system and demands that it works.
func command(t *testing.T, input, name string, arguments ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), commandPatience)
	defer cancel()
	run := exec.CommandContext(ctx, name, arguments...)
	run.Stdin = strings.NewReader(input)
	output, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, output)
	}
	return string(output)
}

// ip arranges the namespace's interfaces, addresses and routes.
func (n *namespace) ip(arguments ...string) string {
	n.t.Helper()
	return command(n.t, "", "ip", append([]string{"-n", n.name}, arguments...)...)
}

// rules loads nftables rules.
func (n *namespace) rules(text string) {
	n.t.Helper()
	command(n.t, text, "ip", "netns", "exec", n.name, "nft", "-f", "-")
}

// dropped returns how many packets a [proxied] router did not let through.
func (n *namespace) dropped() int {
	n.t.Helper()
	said := command(n.t, "", "ip", "netns", "exec", n.name, "nft", "list", "counter", "ip", "translate", "past")
	var packets int
	_, after, found := strings.Cut(said, "packets ")
	if _, err := fmt.Sscan(after, &packets); !found || err != nil {
		n.t.Fatalf("no count in %q: %v", said, err)
	}
	return packets
}

// forward makes a router of the namespace.
func (n *namespace) forward() {
	n.t.Helper()
	command(n.t, "", "ip", "netns", "exec", n.name, "sh", "-c",
		"echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding")
}

// address gives an interface an address with its prefix length, at once:
// without looking whether somebody else has it.
func (n *namespace) address(device, address string) {
	n.t.Helper()
	if strings.Contains(address, ":") {
		n.ip("address", "add", address, "dev", device, "nodad")
		return
	}
	n.ip("address", "add", address, "dev", device)
}

// wire connects two machines by a cable, and brings both ends up.
func wire(a *namespace, deviceA string, b *namespace, deviceB string) {
	a.t.Helper()
	a.ip("link", "add", deviceA, "type", "veth", "peer", "name", deviceB, "netns", b.name)
	a.ip("link", "set", deviceA, "up")
	b.ip("link", "set", deviceB, "up")
}

// received is how many bytes came in at an interface, all layers counted.
func (n *namespace) received(device string) int {
	n.t.Helper()
	var links []struct {
		Statistics struct {
			Received struct {
				Bytes int `json:"bytes"`
			} `json:"rx"`
		} `json:"stats64"`
	}
	output := n.ip("-s", "-j", "link", "show", device)
	if err := json.Unmarshal([]byte(output), &links); err != nil || len(links) != 1 {
		n.t.Fatalf("ip says of %s: %v\n%s", device, err, output)
	}
	return links[0].Statistics.Received.Bytes
}
