package device

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

type noDesktop struct{}

func (noDesktop) OpenURL(context.Context, string) error { return nil }

// TestTakenBackupLeavesRoom: a part that would take the last room on a disk is refused, and what had
// come before is removed.
func TestTakenBackupLeavesRoom(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	one, err := Open(t.Context(), Options{Folder: folder, Version: "1", Desktop: noDesktop{}, HostAt: "127.0.0.1", LoopbackOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if failure := one.Close(); failure != nil {
			t.Error(failure)
		}
	})
	left := int64(leftFree + 10)
	one.free = func(string) int64 { return left }
	if err = one.Take(t.Context(), make([]byte, 10), true); err != nil {
		t.Fatal(err)
	}
	left -= 10
	known := app.AsError(one.Take(t.Context(), []byte{1}, false))
	if known == nil || known.Code != "disk-room" {
		t.Errorf("a part for which there is no room: %v", known)
	}
	if _, err = os.Stat(filepath.Join(folder, restoringName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what had come is still there: %v", err)
	}
}
