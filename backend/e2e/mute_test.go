package e2e_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// floods has a device write the longest texts that there are, 20 a second, until it
// is told to stop: twelve times what is taken of anybody, and yet little enough that
// all of it is arrears of a device that came back, and not a flood once more.
func (d *device) floods(conversation string, stop *atomic.Bool) {
	text := strings.Repeat("A flood. ", 30<<10/9)
	next := time.NewTicker(time.Second / 20)
	defer next.Stop()
	for !stop.Load() {
		<-next.C
		if refused, alive := d.attempt(nil, "SendText", conversation, text); refused != nil || !alive {
			return
		}
	}
}

// TestFloodIsSlowedThenMuted: who writes on and on is slowed, of which nobody has to
// hear, and then muted, with a notice that stays over a restart and goes when the
// person takes it back. What was kept meanwhile is there then, and so is what comes.
// Only the burst is smaller than what is shipped, so that it is spent at once.
func TestFloodIsSlowedThenMuted(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.ana.stop()
	again := func() {
		t.Helper()
		command := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(programs, mortal), "--data", p.anaDir, "--control", "--no-host")
		p.ana = listen(run(t, "Ana", command, "TINCAN_LOG=debug", "TINCAN_FAULTS_NUMBER=flood.burst=500"), p.anaDir)
		online(t, p.ana)
	}
	again()
	eventually(t, "there is a line", func() bool { return p.ana.state().Network.Lines == 1 })
	var stop atomic.Bool
	var group sync.WaitGroup
	group.Go(func() { p.ben.floods(p.conversation, &stop) })
	eventually(t, "he is slowed", func() bool { return strings.Contains(p.ana.errors.text(), "and is slowed") })
	slowed := time.Now()
	if row := p.ana.row(p.conversation); row.Muted != "" || row.Notice != nil {
		t.Errorf("as soon as he is slowed: muted %q, %+v", row.Muted, row.Notice)
	}
	eventuallyWithin(t, 3*patience, "he is muted", func() bool { return p.ana.row(p.conversation).Muted != "" })
	t.Logf("muted %v after he was slowed", time.Since(slowed))
	stop.Store(true)
	group.Wait()
	said := func(when string) {
		t.Helper()
		row := p.ana.row(p.conversation)
		if row.Notice == nil || row.Notice.Code != "flood" || !strings.HasPrefix(row.Notice.Message, "Ben sends more than anybody can read.") || row.Unread != 0 {
			t.Errorf("%s: %d unread, %+v", when, row.Unread, row.Notice)
		}
	}
	said("muted")
	p.ana.stop()
	again()
	said("after a restart")

	p.ana.call(nil, "Unmute", p.conversation)
	row := p.ana.row(p.conversation)
	if row.Notice != nil || row.Muted != "" || row.Unread == 0 {
		t.Errorf("taken back: %d unread, muted %q, %+v", row.Unread, row.Muted, row.Notice)
	}
	p.ben.call(nil, "SendText", p.conversation, "I am sorry")
	eventuallyWithin(t, 3*patience, "what he writes then is told", func() bool { return p.ana.row(p.conversation).Preview == "I am sorry" })
}
