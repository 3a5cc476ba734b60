package e2e_test

import (
	"syscall"
	"testing"
)

// TestServerOnASmallDisk: a server begins on a disk with less room than its mailboxes may ever take.
func TestServerOnASmallDisk(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("a disk of its own cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	server := startServer(t, folder, "127.0.0.1:0")
	server.stop()
}
