package e2e_test

import (
	"context"
	"database/sql"
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // the profile is looked at from outside
)

// window is the real app in its real window.
type window struct {
	t       *testing.T
	command *exec.Cmd
	data    string
	log     *os.File
	gone    chan error
}

// needWindow skips where there is no screen or no built app; CI has both.
func needWindow(t *testing.T) string {
	t.Helper()
	program := filepath.Join(os.Getenv("TINCAN_BIN"), "tincan")
	missing := ""
	if _, err := os.Stat(program); err != nil || os.Getenv("TINCAN_BIN") == "" {
		missing = "TINCAN_BIN does not lead to a built app"
	}
	if os.Getenv("DISPLAY") == "" {
		missing = "there is no screen (DISPLAY)"
	}
	if missing != "" {
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	return program
}

func openWindow(t *testing.T, program, data string, arguments ...string) *window {
	t.Helper()
	return openWindowAt(t, "disabled:", program, data, arguments...)
}

// openWindowAt opens it where there is a session bus.
func openWindowAt(t *testing.T, bus, program, data string, arguments ...string) *window {
	t.Helper()
	home, err := os.MkdirTemp("", "window") //nolint:usetesting // it is removed when WebKit lets go of it, not at once
	if err != nil {
		t.Fatal(err)
	}
	// WebKit's processes write there until they notice that the window is gone.
	t.Cleanup(func() {
		eventually(t, "the window's home is removed", func() bool { return os.RemoveAll(home) == nil })
	})
	w := &window{t: t, data: data, gone: make(chan error, 1)}
	if w.log, err = os.CreateTemp(home, "log"); err != nil {
		t.Fatal(err)
	}
	w.command = exec.CommandContext(context.WithoutCancel(t.Context()), program, append([]string{"--data", data}, arguments...)...)
	w.command.Env = append(os.Environ(),
		"HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home,
		"DBUS_SESSION_BUS_ADDRESS="+bus, "TINCAN_LOG=debug")
	w.command.Stdout, w.command.Stderr = w.log, w.log
	if err := w.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { w.gone <- w.command.Wait() }()
	t.Cleanup(func() {
		_ = w.command.Process.Kill()
		if t.Failed() {
			said, _ := os.ReadFile(w.log.Name())
			t.Logf("the app said:\n%s", said)
		}
	})
	return w
}

// tool runs a program of the X server's side.
func tool(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	output, err := exec.CommandContext(ctx, name, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, arguments, err, output)
	}
	return strings.TrimSpace(string(output))
}

// focus gives the keyboard to the window.
func (w *window) focus() {
	w.t.Helper()
	ids := strings.Fields(tool(w.t, "xdotool", "search", "--sync", "--onlyvisible", "--name", `^(\([0-9]+\) )?Tincan$`))
	tool(w.t, "xdotool", "windowfocus", "--sync", ids[len(ids)-1])
}

// picture keeps what is on the screen as output of the run.
func (w *window) picture(name string) string {
	w.t.Helper()
	folder := os.Getenv("TINCAN_ARTIFACTS")
	if folder == "" {
		folder = w.t.TempDir()
	}
	path := filepath.Join(folder, name+".png")
	tool(w.t, "import", "-window", "root", path)
	return path
}

// colors counts how many colours a picture has: an empty window has few.
func colors(t *testing.T, path string) int {
	t.Helper()
	count := 0
	for _, digit := range tool(t, "identify", "-format", "%k", path) {
		count = count*10 + int(digit-'0')
	}
	return count
}

// points counts those of a picture that have a colour, given as 0 to 255.
func points(t *testing.T, path string, is func(red, green, blue uint32) bool) (count int) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if red, green, blue, _ := picture.At(x, y).RGBA(); is(red>>8, green>>8, blue>>8) {
				count++
			}
		}
	}
	return count
}

// isRed is so of what is wrong, by words or by a wavy line.
func isRed(red, green, blue uint32) bool { return red > 0x99 && 5*green < 3*red && 5*blue < 3*red }

// isWell is so of a note that something went well: --ok-soft of the light theme.
func isWell(red, green, blue uint32) bool { return red == 0xDA && green == 0xED && blue == 0xE2 }

func (w *window) painted(name string) {
	w.t.Helper()
	eventually(w.t, "the window shows something", func() bool { return colors(w.t, w.picture(name)) > 200 })
}

// profileName reads the name that is on disk.
func profileName(data string) string {
	database, err := sql.Open("sqlite3", "file:"+filepath.Join(data, "tincan.db")+"?mode=ro")
	if err != nil {
		return ""
	}
	defer func() { _ = database.Close() }()
	var name string
	if err := database.QueryRowContext(context.Background(), "SELECT name FROM self").Scan(&name); err != nil {
		return ""
	}
	return name
}

// end asks the window to close as a system does.
func (w *window) end() {
	w.t.Helper()
	if err := w.command.Process.Signal(syscall.SIGTERM); err != nil {
		w.t.Fatal(err)
	}
	select {
	case err := <-w.gone:
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			w.t.Fatalf("the app ended with %d", exit.ExitCode())
		}
	case <-time.After(patience):
		w.t.Fatal("SIGTERM does not end the app")
	}
}

// TestWindow is a new user's first minute: the window paints, a name is typed
// and kept, a second start shows the first window, SIGTERM ends it, and the
// next start knows the person.
func TestWindow(t *testing.T) { //nolint:paralleltest // there is one screen
	program := needWindow(t)
	data := t.TempDir()
	w := openWindow(t, program, data)
	w.focus()
	w.painted("window-first-run")
	w.focus()
	tool(t, "xdotool", "type", "--delay", "20", "Mira")
	w.picture("window-typed")
	tool(t, "xdotool", "key", "Return")
	eventually(t, "what is typed is kept", func() bool { return profileName(data) == "Mira" })
	w.painted("window-main")

	second := openWindow(t, program, data)
	select {
	case err := <-second.gone:
		if err != nil {
			t.Fatalf("a second start failed: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("a second start does not hand over to the first")
	}
	w.end()

	again := openWindow(t, program, data)
	again.focus()
	again.painted("window-again")
	again.end()
	if name := profileName(data); name != "Mira" {
		t.Fatalf("after a restart the name is %q", name)
	}
}
