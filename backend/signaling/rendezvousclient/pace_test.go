package rendezvousclient

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	t.Parallel()
	var p pace
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	for i := range readBurst {
		if wait := p.take(now); wait != 0 {
			t.Fatalf("frame %d waits for %v", i, wait)
		}
	}
	for range 2000 {
		now = now.Add(p.take(now))
	}
	if took := now.Sub(time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)).Seconds(); took < 2000/readRate-1 || took > 2000/readRate+1 {
		t.Errorf("2000 frames too many took %.1f s", took)
	}
	now = now.Add(time.Minute)
	if wait := p.take(now); wait != 0 {
		t.Errorf("after a rest it waits for %v", wait)
	}
}
