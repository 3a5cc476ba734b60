package bridge

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

// A page that is open goes on behind a restart: the cookie is known again, the
// address is a new one.
func TestCookieIsKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cookie")
	start := func(kept string) *guard {
		return newGuard("7117", false, kept, slog.New(slog.DiscardHandler))
	}
	first, second := start(file), start(file)
	if first.session != second.session || first.token == second.token {
		t.Error("the cookie was not kept, or the token was")
	}
	if forgotten := start(""); forgotten.session == first.session {
		t.Error("without a file the cookie is the same")
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	for _, broken := range []string{"", "short", "not base64 at all, but as long as a secret would be"} {
		if err = os.WriteFile(file, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if made := start(file); made.session == broken || made.session == first.session || made.session != start(file).session {
			t.Errorf("%q was taken for a secret, or nothing was kept", broken)
		}
	}

	known := start(file)
	if err = os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if made := start(file); made.session == known.session || made.session != start(file).session {
		t.Error("a secret that others could read was taken, or the new one was not kept")
	}
	link := file + "-link"
	if err = os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if start(link).session == start(file).session {
		t.Error("a link was followed")
	}
	nowhere := filepath.Join(file, "below")
	if one := start(nowhere); len(one.session) == 0 || one.session == start(nowhere).session {
		t.Error("where nothing can be kept there is no secret, or always the same")
	}
}
