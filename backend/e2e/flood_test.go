package e2e_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/bench/flood"
)

// TestFlood: a hostile contact and a hostile server at once, for a few seconds.
// `make bench-flood` does it for a minute and with narrower bounds.
func TestFlood(t *testing.T) {
	seen, err := flood.Run(t.Context(), flood.Options{
		Program: filepath.Join(programs, "tincan-node"), Folder: t.TempDir(), For: 5 * time.Second, Rest: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("memory %d, %d, %d KiB; %d looks; %d texts, %d frames, %d lines, %d frames of the server",
		seen.Before, seen.Highest, seen.After, len(seen.Calls), seen.Texts, seen.Frames, seen.Lines, seen.ServerFrames)
	if seen.Texts == 0 || seen.Frames == 0 || seen.ServerFrames == 0 {
		t.Error("it was not flooded")
	}
	if grown := seen.Highest - seen.Before; grown > 96<<10 {
		t.Errorf("it grew by %d KiB", grown)
	}
	for _, took := range seen.Calls {
		if took > 10*time.Second {
			t.Errorf("the interface waited for %v", took)
		}
	}
}
