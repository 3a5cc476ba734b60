package natsengine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
)

// notes is a sink that keeps what it is told, a line each.
type notes struct {
	mu    sync.Mutex
	lines []string
	out   io.Writer // likewise, unless nil
}

func (n *notes) note(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, line)
	if n.out != nil {
		_, _ = fmt.Fprintln(n.out, line)
	}
}

func (n *notes) Deliver(envelope []byte) bool { n.note("deliver " + string(envelope)); return true }

func (n *notes) Presence(peer identity.PeerID, online bool) { n.note(presence(peer, online)) }

func (n *notes) MailArrived() { n.note("mail") }

func (n *notes) Ended(reason engine.End) { n.note(fmt.Sprintf("ended %d", reason)) }

func presence(peer identity.PeerID, online bool) string {
	return fmt.Sprintf("presence %x %t", peer[:4], online)
}

// last returns the newest line, and how many there are.
func (n *notes) last() (string, int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.lines) == 0 {
		return "", 0
	}
	return n.lines[len(n.lines)-1], len(n.lines)
}

func (n *notes) expect(t *testing.T, line string) {
	t.Helper()
	eventually(t, line, func() bool { got, _ := n.last(); return got == line })
}

// visitor is a device on an engine.
type visitor struct {
	rendezvoustest.Device
	notes

	attachment engine.Attachment
}

func visit(t *testing.T, opened *Engine, device rendezvoustest.Device) *visitor {
	t.Helper()
	v := &visitor{Device: device}
	record, err := engine.ParseRecord(device.Peer(), device.Record)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "a record can be stored", func() bool {
		v.attachment, err = opened.Attach(t.Context(), device.Peer(), device.Keys.Device(), record, v)
		return !errors.Is(err, engine.ErrUnavailable)
	})
	if err != nil {
		t.Fatalf("Attach: %v", err)
	}
	return v
}

func (v *visitor) watch(t *testing.T, others ...identity.PeerID) {
	t.Helper()
	if err := v.attachment.Watch(t.Context(), others, nil); err != nil {
		t.Fatalf("Watch: %v", err)
	}
}

// childSettings is what a node in a process of its own is told: where it belongs,
// its only device, and whom that watches.
type childSettings struct {
	Folder  string            `json:"folder"`
	Node    string            `json:"node"`
	Listen  string            `json:"listen"`
	Seeds   []string          `json:"seeds"`
	Secret  []byte            `json:"secret"`
	Peer    identity.PeerID   `json:"peer"`
	Device  identity.DeviceID `json:"device"`
	Record  []byte            `json:"record"`
	Watched []identity.PeerID `json:"watched"`
}

const childReady = "ready"

// runChild prints what the device is told, and ends with its input.
func runChild(encoded string) error {
	var settings childSettings
	if err := json.Unmarshal([]byte(encoded), &settings); err != nil {
		return err
	}
	record, err := engine.DecodeRecord(settings.Peer, settings.Record)
	if err != nil {
		return err
	}
	ctx := context.Background()
	opened, err := Open(ctx, Options{
		Mode: Cluster, Folder: settings.Folder, Node: settings.Node, OpenStore: openMemoryStore,
		Cluster: ClusterOptions{Listen: settings.Listen, Seeds: settings.Seeds, Secret: settings.Secret},
	})
	if err != nil {
		return err
	}
	told := &notes{out: os.Stdout}
	attached, err := opened.Attach(ctx, settings.Peer, settings.Device, record, told)
	if err != nil {
		return err
	}
	if err = attached.Watch(ctx, settings.Watched, nil); err != nil {
		return err
	}
	told.note(childReady)
	if _, err = io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return opened.Close()
}

// child is such a process, which can be frozen and killed.
type child struct {
	notes

	process *os.Process
}

func startChild(t *testing.T, options Options, device rendezvoustest.Device, watched ...identity.PeerID) *child {
	t.Helper()
	record, err := engine.ParseRecord(device.Peer(), device.Record)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(childSettings{
		Folder: options.Folder, Node: options.Node,
		Listen: options.Cluster.Listen, Seeds: options.Cluster.Seeds, Secret: options.Cluster.Secret,
		Peer: device.Peer(), Device: device.Keys.Device(), Record: record.Encoded(), Watched: watched,
	})
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), childOptions+"="+string(encoded))
	command.Stderr = t.Output()
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err = command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err = command.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{process: command.Process}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(output); lines.Scan(); {
			c.note(lines.Text())
		}
	}()
	t.Cleanup(func() {
		_ = c.process.Kill() // it may be dead already
		<-ended
		_ = command.Wait() // killed
	})
	return c
}
