package e2e_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

const pageSize = 4096

// TestSalvage damages Ana's database in the middle, salvages it, and what is
// missing comes back from Ben, her own messages too; then both go on talking.
func TestSalvage(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.say(p.ana, &p.sentAna, 150)
	p.say(p.ben, &p.sentBen, 150)
	p.same(t)
	p.ana.stop()

	path := filepath.Join(p.anaDir, "tincan.db")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Ana says 75", "Ben says 100"} {
		at := bytes.Index(data, []byte(text)) / pageSize * pageSize
		copy(data[at:], bytes.Repeat([]byte{0xa5}, pageSize))
	}
	if err = os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	if problem := p.ana.state().Problem; problem == nil || problem.Code != app.ProblemDatabaseDamaged {
		t.Fatalf("%+v", problem)
	}
	p.ana.stop()

	command := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(programs, "tincan-node"), "--data", p.anaDir, "--salvage")
	output, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "is kept as tincan-damaged-") {
		t.Fatalf("%v: %s", err, output)
	}
	t.Logf("%s", output)
	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	if problem := p.ana.state().Problem; problem != nil {
		t.Fatalf("%+v", problem)
	}
	p.ana.call(nil, "Focus", p.conversation, true)
	p.same(t)
	p.say(p.ana, &p.sentAna, 3)
	p.say(p.ben, &p.sentBen, 3)
	p.same(t)
	p.ana.stop()
	p.ben.stop()
	server.stop()
}
