package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestBackupAndRestore: what was acknowledged before the backup began is there
// afterwards, while mail is being put all the time.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	data, kept := t.TempDir(), t.TempDir()
	r := startOperated(t, data, "", "--host", "lines.example")
	before, during := filepath.Join(kept, "before"), filepath.Join(kept, "during")
	service := mailService(t, r.address)
	if _, err := load.Mail(t.Context(), service, load.MailOptions{Seed: load.NewSeed("before"), Writers: 16, Senders: 64, Count: 400, Keep: before}); err != nil {
		t.Fatalf("mail before: %v", err)
	}
	banned := rendezvoustest.NewDevice(t)
	r.must("Banned", "ban", banned.Peer().String())

	ended, putting := make(chan struct{}), make(chan error, 1)
	first := make(chan struct{}, 1)
	go func() {
		result, err := load.Mail(t.Context(), service, load.MailOptions{
			Seed: load.NewSeed("during"), Writers: 8, Senders: 96, Count: 20_000, Mailboxes: 32, Keep: during, Until: ended,
			Acknowledged: func() {
				select {
				case first <- struct{}{}:
				default:
				}
			},
		})
		t.Logf("%d envelopes were acknowledged meanwhile", result.Acknowledged)
		putting <- err
	}()
	<-first
	file := filepath.Join(kept, "backup.tar")
	r.must("Written", "backup", file)
	close(ended)
	if err := <-putting; err != nil {
		t.Fatalf("mail meanwhile: %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("backup: %v, %v", info, err)
	}
	if output, code := r.asks("backup", file); code != 1 || !strings.Contains(output, "there already") {
		t.Errorf("a backup over another: %d %s", code, output)
	}
	stop(t, r.command)

	folder := filepath.Join(t.TempDir(), "restored")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(kept, "half.tar")
	// What a restore that was killed left behind is in nobody's way.
	err = errors.Join(os.WriteFile(half, whole[:len(whole)/2], 0o600), os.MkdirAll(filepath.Join(folder, ".restoring", "engine", "solo"), 0o700))
	if err != nil {
		t.Fatal(err)
	}
	output, err := program(t, "restore", half, "--data", folder).CombinedOutput()
	if err == nil || !strings.Contains(string(output), "not a whole backup") {
		t.Errorf("restore of half a backup: %v: %s", err, output)
	}
	output, err = program(t, "restore", file, "--data", folder).CombinedOutput()
	if err != nil || !strings.Contains(string(output), "Restored") {
		t.Fatalf("restore: %v: %s", err, output)
	}
	for _, used := range []string{folder, data} {
		if output, err = program(t, "restore", file, "--data", used).CombinedOutput(); err == nil || !strings.Contains(string(output), "used already") {
			t.Errorf("restore into a used folder: %v: %s", err, output)
		}
	}
	again := startOperated(t, folder, "", "--host", "lines.example")
	if _, key, _ := strings.Cut(again.address, "/#"); !strings.HasSuffix(r.address, key) || key == "" {
		t.Errorf("another key: %s, before %s", again.address, r.address)
	}
	verified, err := load.VerifyMail(t.Context(), mailService(t, again.address), before, true)
	if err != nil || verified.Whole != 400 || verified.Missing != 0 || verified.Twice != 0 || verified.Foreign != 0 {
		t.Errorf("mail before: %+v, %v", verified, err)
	}
	refused(t, again.address, banned, wire.ErrorCode_ERROR_CODE_BANNED)
	// The first of them was acknowledged before, some came too late; those make an error.
	meanwhile, err := load.VerifyMail(t.Context(), mailService(t, again.address), during, true)
	if meanwhile.Whole == 0 || meanwhile.Twice != 0 || meanwhile.Foreign != 0 {
		t.Errorf("mail meanwhile: %+v, %v", meanwhile, err)
	}
	t.Logf("%d of %d of those that were acknowledged meanwhile are in the backup", meanwhile.Whole, meanwhile.Acknowledged)
	stop(t, again.command)
}

func TestNothingToBackUp(t *testing.T) {
	t.Parallel()
	r := startOperated(t, t.TempDir(), "", "--engine", "memory")
	file := filepath.Join(t.TempDir(), "backup.tar")
	if output, code := r.asks("backup", file); code != 1 || !strings.Contains(output, "keeps nothing") {
		t.Errorf("backup: %d %s", code, output)
	}
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 0 {
		t.Errorf("a failed backup left %v, %v", entries, err)
	}
	stop(t, r.command)
}

func mailService(t *testing.T, address string) *load.Tincan {
	t.Helper()
	service, err := load.NewTincan(load.NewSeed(t.Name()), address)
	if err != nil {
		t.Fatal(err)
	}
	return service
}
