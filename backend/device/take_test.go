package device_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/backup"
)

// TestTakenBackupIsCapped gives parts of a backup as a hostile page could: each is bounded, and all
// of them together are.
func TestTakenBackupIsCapped(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	one := open(t, folder)
	api := one.App().API()
	taken := filepath.Join(folder, "restoring", "taken")
	give := func(part []byte, first bool) string {
		return codeOf(t, api.TakeBackup(base64.StdEncoding.EncodeToString(part), first))
	}
	size := func() int64 {
		info, err := os.Stat(taken)
		if errors.Is(err, fs.ErrNotExist) {
			return -1
		}
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if code := give([]byte("a part of nothing"), false); code != "backup-none" || size() != -1 {
		t.Errorf("a part without a first one: %q, %d bytes are kept", code, size())
	}
	part := bytes.Repeat([]byte{1}, app.MaxPart)
	for _, first := range []bool{true, false, false, true} {
		if code := give(part, first); code != "" {
			t.Fatal(code)
		}
	}
	if size() != app.MaxPart {
		t.Errorf("%d bytes after it was begun anew", size())
	}
	if code := give(append(part, 1, 2, 3), false); code != "backup-none" {
		t.Errorf("a part that is too large: %q", code)
	}
	if code := codeOf(t, api.TakeBackup(strings.Repeat("!", 8), false)); code != "backup-none" {
		t.Errorf("a part that is no base64: %q", code)
	}
	if size() != app.MaxPart {
		t.Errorf("%d bytes after parts that were refused", size())
	}
	// As if 64 GiB had come: a file with a hole takes no room.
	if err := os.Truncate(taken, backup.MaxSize-1); err != nil {
		t.Fatal(err)
	}
	if code := give([]byte{1}, false); code != "" || size() != backup.MaxSize {
		t.Errorf("the last byte: %q, %d bytes", code, size())
	}
	if code := give([]byte{1}, false); code != "backup-none" || size() != -1 {
		t.Errorf("one byte too many: %q, %d bytes are kept", code, size())
	}
	if code := give([]byte{1}, false); code != "backup-none" || size() != -1 {
		t.Errorf("after that: %q, %d bytes are kept", code, size())
	}
	profile(t, one, "Ana")
	if code := give([]byte{1}, true); code != "" || size() != 1 {
		t.Errorf("where somebody is: %q, %d bytes are kept", code, size())
	}
	if _, err := api.RestoreBackup("correct horse battery", true); codeOf(t, err) != "backup-none" || size() != -1 {
		t.Errorf("restoring that: %v, %d bytes are kept", err, size())
	}
}
