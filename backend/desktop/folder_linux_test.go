package desktop

import (
	"testing"

	"github.com/tincan-chat/tincan/backend/desktop/desktoptest"
)

func TestShowFolder(t *testing.T) {
	t.Parallel()
	address, _ := desktoptest.StartBus(t)
	d := newDesk(t, Options{Address: address})
	if err := d.ShowFolder(t.Context(), "/tmp"); err == nil {
		t.Error("a folder is shown by nobody")
	}
	manager := desktoptest.StartManager(t, address)
	if err := d.ShowFolder(t.Context(), "/home/mira lind/#1"); err != nil {
		t.Fatal(err)
	}
	if got := manager.Shown(); len(got) != 1 || got[0] != "file:///home/mira%20lind/%231" {
		t.Errorf("shown: %q", got)
	}
	d.Close()
	if err := d.ShowFolder(t.Context(), "/tmp"); err == nil {
		t.Error("a folder is shown after the end")
	}
}

func TestShowFolderWithoutABus(t *testing.T) {
	t.Parallel()
	d := newDesk(t, Options{Address: "unix:path=/nowhere/bus"})
	if err := d.ShowFolder(t.Context(), "/tmp"); err == nil {
		t.Error("a folder is shown without a bus")
	}
}
