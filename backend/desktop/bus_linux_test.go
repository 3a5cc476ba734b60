package desktop

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// patience is how long a condition may take on a busy machine.
const patience = 20 * time.Second

const busConfiguration = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`

// startBus starts a session bus, which starts no services. It is killed with
// the test, or by the function.
func startBus(t *testing.T) (address string, kill func()) {
	t.Helper()
	folder, err := os.MkdirTemp("", "bus") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	configuration := filepath.Join(folder, "bus.conf")
	if err = os.WriteFile(configuration, fmt.Appendf(nil, busConfiguration, folder), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(context.WithoutCancel(t.Context()), "dbus-daemon", "--config-file="+configuration, "--nofork", "--nosyslog", "--print-address")
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

// joinBus is another program on the bus, with a name.
func joinBus(t *testing.T, address, name string) *dbus.Conn {
	t.Helper()
	connection, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() }) // the bus may be gone
	if name == "" {
		return connection
	}
	if reply, err := connection.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%s: %v, %v", name, reply, err)
	}
	return connection
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, holds func() bool) {
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

func newDesk(t *testing.T, options Options) *Desk {
	t.Helper()
	d := New(options)
	t.Cleanup(d.Close)
	return d
}

// bubble is a notification as the service got it.
type bubble struct {
	id, replaces   uint32
	title, body    string
	actions        []string
	hints          map[string]dbus.Variant
	app, icon      string
	shownForSoLong int32
}

// bubbles is a service that shows notifications.
type bubbles struct {
	connection *dbus.Conn

	mutex   sync.Mutex
	last    uint32
	all     []bubble
	visible []uint32
}

func showBubbles(t *testing.T, address string, capabilities ...string) *bubbles {
	t.Helper()
	b := &bubbles{connection: joinBus(t, address, "")}
	err := b.connection.ExportMethodTable(map[string]any{
		"GetCapabilities": func() ([]string, *dbus.Error) { return capabilities, nil },
		"CloseNotification": func(id uint32) *dbus.Error {
			b.mutex.Lock()
			b.visible = slices.DeleteFunc(b.visible, func(one uint32) bool { return one == id })
			b.mutex.Unlock()
			b.emit(t, "NotificationClosed", id, uint32(3))
			return nil
		},
		"Notify": func(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, time int32) (uint32, *dbus.Error) {
			b.mutex.Lock()
			defer b.mutex.Unlock()
			id := replaces
			if id == 0 {
				b.last++
				id = b.last
				b.visible = append(b.visible, id)
			}
			b.all = append(b.all, bubble{id: id, replaces: replaces, title: title, body: body, actions: actions, hints: hints, app: app, icon: icon, shownForSoLong: time})
			return id, nil
		},
	}, notificationsPath, notificationsName)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = b.connection.RequestName(notificationsName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bubbles) emit(t *testing.T, signal string, arguments ...any) {
	t.Helper()
	if err := b.connection.Emit(notificationsPath, notificationsName+"."+signal, arguments...); err != nil {
		t.Error(err)
	}
}

func (b *bubbles) shown() []bubble {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return slices.Clone(b.all)
}

func (b *bubbles) onScreen() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return len(b.visible)
}
