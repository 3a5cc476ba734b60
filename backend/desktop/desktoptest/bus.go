package desktoptest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// patience is how long a condition may take on a busy machine.
const patience = 30 * time.Second

// configuration starts no service by itself: else another one is first.
const configuration = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`

// StartBus starts a session bus. It is killed with the test, or by the function.
func StartBus(t *testing.T) (address string, kill func()) {
	t.Helper()
	folder, err := os.MkdirTemp("", "bus") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if removeErr := os.RemoveAll(folder); removeErr != nil {
			t.Error(removeErr)
		}
	})
	file := filepath.Join(folder, "bus.conf")
	if err = os.WriteFile(file, fmt.Appendf(nil, configuration, folder), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(context.WithoutCancel(t.Context()), "dbus-daemon", "--config-file="+file, "--nofork", "--nosyslog", "--print-address")
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = command.Start(); err != nil {
		t.Fatalf("the tests need dbus-daemon (package dbus): %v", err)
	}
	kill = sync.OnceFunc(func() {
		_ = command.Process.Kill() // it may have ended
		_ = command.Wait()
	})
	t.Cleanup(kill)
	address, err = bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address), kill
}

// Join is another program on a bus, which ends with the test.
func Join(t *testing.T, address string) *dbus.Conn {
	t.Helper()
	connection, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() }) // the bus may be gone
	return connection
}

// take gives a program a name.
func take(t *testing.T, connection *dbus.Conn, name string) {
	t.Helper()
	if reply, err := connection.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%s: %v, %v", name, reply, err)
	}
}

// Eventually waits for a condition.
func Eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("it never came that %s", what)
		}
	}
}
