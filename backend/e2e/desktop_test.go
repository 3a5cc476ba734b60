package e2e_test

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/desktop/desktoptest"
)

// seen returns the ids of the windows of a program that are on the screen.
func (w *window) seen() []string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	// It ends with 1 when it finds none.
	output, err := exec.CommandContext(ctx, "xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(w.command.Process.Pid), "--name", "Tincan").Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(output))
}

// id waits for the window on the screen.
func (w *window) id() string {
	w.t.Helper()
	var ids []string
	eventually(w.t, "the window is on the screen", func() bool {
		ids = w.seen()
		return len(ids) > 0
	})
	return ids[len(ids)-1]
}

// title is what stands above the window.
func (w *window) title() string { return tool(w.t, "xdotool", "getwindowname", w.id()) }

// geometry is where the window is and how large: x, y, width, height.
func (w *window) geometry() string {
	w.t.Helper()
	var fields []string
	for line := range strings.Lines(tool(w.t, "xdotool", "getwindowgeometry", "--shell", w.id())) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), "="); name == "X" || name == "Y" || name == "WIDTH" || name == "HEIGHT" {
			fields = append(fields, value)
		}
	}
	return strings.Join(fields, " ")
}

// closed waits until the program ended well.
func (w *window) closed() {
	w.t.Helper()
	select {
	case err := <-w.gone:
		if err != nil {
			w.t.Fatalf("the app ended badly: %v", err)
		}
	case <-time.After(patience):
		w.t.Fatal("the app does not end")
	}
}

// TestWindowAtTheDesktop is the window with all that is around it: somebody
// writes while it is in the background, hidden in the tray, or lost by it.
func TestWindowAtTheDesktop(t *testing.T) { //nolint:paralleltest // there is one screen
	program := needWindow(t)
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	settings := p.ana.state().Settings
	settings.Tray = true
	p.ana.call(nil, "SaveSettings", settings)
	p.ana.stop()

	bus, _ := desktoptest.StartBus(t)
	service := desktoptest.ShowBubbles(t, bus, "body", "body-markup", "actions")
	tray := desktoptest.StartTray(t, bus, true)
	w := openWindowAt(t, bus, program, p.anaDir)
	w.painted("desktop-open")
	tray.Item()
	w.id()

	write := func(text string) (sent app.Message) {
		p.ben.call(&sent, "SendText", p.conversation, text)
		return sent
	}
	write("<b>The ferry</b> leaves at 9")
	eventually(t, "a notification says so", func() bool { return len(service.Shown()) == 1 })
	if got := service.Shown()[0]; got.Title != "Ben" || got.Body != "&lt;b&gt;The ferry&lt;/b&gt; leaves at 9" {
		t.Errorf("it says %+v", got)
	}
	eventually(t, "the title counts", func() bool { return w.title() == "(2) Tincan" }) // the request was never read

	// Hidden, and back by a click on the notification, which opens the message.
	w.shut()
	eventually(t, "the window is hidden", func() bool { return len(w.seen()) == 0 })
	sent := write("Are you coming?")
	eventually(t, "it is told while the window is hidden", func() bool {
		all := service.Shown()
		return strings.HasPrefix(all[len(all)-1].Title, "Ben (")
	})
	all := service.Shown()
	service.Click(all[len(all)-1].ID)
	tool(t, "xdotool", "windowfocus", "--sync", w.id())
	eventually(t, "what was clicked is on the screen, and read", func() bool {
		for _, message := range p.ben.texts(p.conversation) {
			if message.ID == sent.ID {
				return message.State == app.MessageRead
			}
		}
		return false
	})
	eventually(t, "nothing waits any more", func() bool { return w.title() == "Tincan" && service.OnScreen() == 0 })
	w.painted("desktop-clicked")

	// Hidden, and back by the tray.
	w.shut()
	eventually(t, "the window is hidden", func() bool { return len(w.seen()) == 0 })
	if err := tray.Activate(); err != nil {
		t.Fatal(err)
	}
	w.id()

	// Hidden, and back by a second start, which hands a link over.
	before := brightness(t, w.picture("desktop-tray"))
	w.shut()
	eventually(t, "the window is hidden", func() bool { return len(w.seen()) == 0 })
	second := openWindowAt(t, bus, program, p.anaDir, "tincan:invite/1#nonsense")
	second.closed()
	w.id()
	eventually(t, "the link is shown, and all behind it is darker", func() bool {
		return brightness(t, w.picture("desktop-link")) < before*0.8
	})
	tool(t, "xdotool", "key", "Escape")

	// Hidden, and the tray crashes: nothing else would bring the window back.
	w.shut()
	eventually(t, "the window is hidden", func() bool { return len(w.seen()) == 0 })
	tray.Crash()
	w.id()

	// Without a tray closing ends it. What was hidden before does not count.
	w.shut()
	w.closed()

	// With one again, the menu ends it.
	again := desktoptest.StartTray(t, bus, true)
	w = openWindowAt(t, bus, program, p.anaDir)
	w.painted("desktop-again")
	again.Item()
	if err := again.Choose(3); err != nil {
		t.Fatal(err)
	}
	w.closed()
	p.ben.stop()
}

// brightness of a picture is 0 for black, 1 for white.
func brightness(t *testing.T, path string) float64 {
	t.Helper()
	mean, err := strconv.ParseFloat(tool(t, "identify", "-format", "%[fx:mean]", path), 64)
	if err != nil {
		t.Fatal(err)
	}
	return mean
}

// TestWindowInTheDark: the window follows what the person prefers, while it is open.
func TestWindowInTheDark(t *testing.T) { //nolint:paralleltest // there is one screen
	program := needWindow(t)
	bus, _ := desktoptest.StartBus(t)
	portal := desktoptest.StartPortal(t, bus, 2)
	w := openWindowAt(t, bus, program, t.TempDir())
	w.painted("dark-light")
	light := brightness(t, w.picture("dark-light"))
	for range 2 {
		portal.Choose(1)
		eventually(t, "it is dark", func() bool { return brightness(t, w.picture("dark-dark")) < light/3 })
		portal.Choose(2)
		eventually(t, "it is light again", func() bool { return brightness(t, w.picture("dark-again")) > light*0.9 })
	}
	w.end()
}

// TestWindowWhereItWas: size and place are kept, and SIGTERM ends a window that
// would hide itself.
func TestWindowWhereItWas(t *testing.T) { //nolint:paralleltest // there is one screen
	program := needWindow(t)
	data := t.TempDir()
	w := openWindow(t, program, data)
	w.painted("place-first")
	tool(t, "xdotool", "windowsize", "--sync", w.id(), "900", "640")
	tool(t, "xdotool", "windowmove", "--sync", w.id(), "37", "41")
	eventually(t, "it is where it was put", func() bool { return w.geometry() == "37 41 900 640" })
	w.shut()
	w.closed()
	w = openWindow(t, program, data)
	w.painted("place-again")
	eventually(t, "it is where it was", func() bool { return w.geometry() == "37 41 900 640" })
	if err := w.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	w.closed()
}
