package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	login := Login{Folder: filepath.Join(t.TempDir(), "config"), Command: []string{`/opt/my "apps"/tin$can 100%\`, "--data", "/home/mira/a b"}}
	if login.On() || !login.Possible() {
		t.Fatal("at first")
	}
	for range 2 {
		if err := login.Set(true); err != nil || !login.On() {
			t.Fatalf("%v, %v", err, login.On())
		}
	}
	text, err := os.ReadFile(filepath.Join(login.Folder, "autostart", "tincan.desktop"))
	if err != nil {
		t.Fatal(err)
	}
	want := `Exec="/opt/my \\"apps\\"/tin\\$can 100%%\\\\" "--data" "/home/mira/a b"`
	if !strings.Contains(string(text), "\n"+want+"\n") {
		t.Errorf("%s\nwant %s", text, want)
	}
	for range 2 {
		if err := login.Set(false); err != nil || login.On() {
			t.Fatalf("%v, %v", err, login.On())
		}
	}
	for _, line := range []string{"Hidden=true", "X-GNOME-Autostart-enabled=false", ""} {
		content := "[Desktop Entry]\nName=Tincan\n" + line + "\n"
		if line != "" {
			content += "Exec=tincan\n"
		}
		if err := os.WriteFile(login.path(), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if login.On() {
			t.Errorf("on with %q", line)
		}
	}
	for _, wrong := range []Login{{}, {Folder: "relative", Command: []string{"/a"}}, {Folder: login.Folder, Command: []string{"relative"}}, {Folder: login.Folder, Command: []string{"/a\nExec=evil"}}} {
		if err := wrong.Set(true); err == nil {
			t.Errorf("%q was set", wrong.Command)
		}
	}
}
