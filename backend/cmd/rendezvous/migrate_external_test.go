package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

// TestMigrateToExternal moves a lone server to a NATS that runs, by a command
// that is killed once; another server's mail does not go on top.
func TestMigrateToExternal(t *testing.T) {
	t.Parallel()
	running, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	running.Start()
	t.Cleanup(func() { running.Shutdown(); running.WaitForShutdown() })
	if !running.ReadyForConnections(migrationPatience) {
		t.Fatal("NATS does not start")
	}
	const count = 1500
	fill := func() (data, address, kept string) {
		t.Helper()
		data, kept = t.TempDir(), filepath.Join(t.TempDir(), "kept.json")
		alone := startNode(t, "--listen", "127.0.0.1:0", "--operator", "off", "--data", data)
		address = alone.ready()
		service, mailErr := load.NewTincan(load.NewSeed(data), address)
		if mailErr != nil {
			t.Fatal(mailErr)
		}
		if put, putErr := load.Mail(t.Context(), service, load.MailOptions{Seed: load.NewSeed(data), Count: count, Keep: kept}); putErr != nil || put.Acknowledged != count {
			t.Fatalf("Mail = %+v, %v", put, putErr)
		}
		alone.stop()
		return data, address, kept
	}
	data, address, kept := fill()
	external := []string{"--engine", "external", "--nats", running.ClientURL(), "--data"}
	migration := append([]string{"migrate"}, append(external, data)...)
	killAt(t, "copied 0", migration...) // its first line of progress; the next may be its last
	if output, refused := program(t, append(external, data, "--listen", "127.0.0.1:0", "--operator", "off")...).CombinedOutput(); refused == nil || !strings.Contains(string(output), "not finished") {
		t.Errorf("--engine external in the middle: %v\n%s", refused, output)
	}
	last := startNode(t, migration...)
	<-last.ended
	if code := last.command.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("migrate: status %d: %s", code, last.said)
	}
	moved := startNode(t, append(external, data, "--listen", "127.0.0.1:0", "--operator", "off")...).ready()
	if !strings.HasSuffix(moved, address[strings.Index(address, "#"):]) {
		t.Errorf("the address was %s and is %s", address, moved)
	}
	service, err := load.NewTincan(load.NewSeed("verify"), moved)
	if err != nil {
		t.Fatal(err)
	}
	if result, verifyErr := load.VerifyMail(t.Context(), service, kept, false); verifyErr != nil || result.Whole != count || result.Missing+result.Twice+result.Foreign != 0 {
		t.Errorf("%+v, %v", result, verifyErr)
	}

	// Another server's folder is refused, and can be given up.
	other, _, _ := fill()
	output, err := program(t, append([]string{"migrate"}, append(external, other)...)...).CombinedOutput()
	if err == nil || !strings.Contains(string(output), "nothing is lost here") {
		t.Errorf("migrate of another server: %v\n%s", err, output)
	}
	if output, err = program(t, "migrate", "--give-up", "--data", other).CombinedOutput(); err != nil {
		t.Errorf("migrate --give-up: %v\n%s", err, output)
	}
	if _, err = os.Stat(filepath.Join(other, "engine", "solo")); err != nil {
		t.Error(err)
	}
	startNode(t, "--listen", "127.0.0.1:0", "--operator", "off", "--data", other).ready()
}
