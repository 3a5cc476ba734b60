package device_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/device"
	"github.com/tincan-chat/tincan/backend/vault"
)

const passphrase = "correct horse battery"

// codeOf returns the code of a refusal, "" for none.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	known := app.AsError(err)
	if known == nil || known.Message == "" {
		t.Fatalf("%v has no sentence", err)
	}
	return known.Code
}

func TestLockAndUnlock(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	one := open(t, folder)
	profile(t, one, "Ana")
	api := one.App().API()
	state, err := api.Start()
	if err != nil {
		t.Fatal(err)
	}
	if code := codeOf(t, api.Lock()); code != "no-passphrase" {
		t.Errorf("locking without a passphrase: %q", code)
	}
	protect := func(change app.Protecting) string {
		_, failure := api.Protect(change)
		return codeOf(t, failure)
	}
	if code := protect(app.Protecting{Protection: app.ProtectionPassphrase, New: "short"}); code != "passphrase-short" {
		t.Errorf("a short passphrase: %q", code)
	}
	if code := protect(app.Protecting{Protection: app.ProtectionPassphrase, New: passphrase}); code != "" {
		t.Fatal(code)
	}
	if code := protect(app.Protecting{Protection: app.ProtectionFile, Old: "something else"}); code != "passphrase-wrong" {
		t.Errorf("removing it without knowing it: %q", code)
	}
	changes := one.App().Subscribe(-1)
	if err = api.Lock(); err != nil {
		t.Fatal(err)
	}
	for {
		change, failure := changes.Next(t.Context())
		if failure != nil {
			t.Fatal(failure)
		}
		if change.Locked {
			break
		}
	}
	if _, err = api.Start(); codeOf(t, err) != "locked" {
		t.Errorf("Start while it is locked: %v", err)
	}
	if lock, failure := api.LockState(); failure != nil || !lock.Locked || lock.Protection != app.ProtectionPassphrase || lock.Problem != nil {
		t.Errorf("%+v, %v", lock, failure)
	}
	one.App().Arrived([]string{"tincan:invite/1#x"})
	if _, err = api.Unlock("correct horse"); codeOf(t, err) != "passphrase-wrong" {
		t.Errorf("a word is missing: %v", err)
	}
	if lock, failure := api.Unlock(passphrase); failure != nil || lock.Locked {
		t.Fatalf("%+v, %v", lock, failure)
	}
	again, err := api.Start()
	if err != nil || again.Profile.PeerID != state.Profile.PeerID || again.Sequence <= state.Sequence {
		t.Errorf("after it was unlocked: %+v, %v", again, err)
	}
	if err = api.Painted(); err != nil {
		t.Fatal(err)
	}
	for pasted := false; !pasted; {
		change, failure := changes.Next(t.Context())
		if failure != nil {
			t.Fatal(failure)
		}
		pasted = change.PasteInvite != ""
	}
	if err = one.Close(); err != nil {
		t.Fatal(err)
	}

	wrong := options(folder)
	wrong.Passphrase = "something else"
	if _, err = device.Open(t.Context(), wrong); codeOf(t, err) != "passphrase-wrong" {
		t.Errorf("started with a wrong one: %v", err)
	}
	later := open(t, folder)
	if !later.Locked() {
		t.Fatal("it is open without its passphrase")
	}
	if _, err = later.App().API().Unlock(passphrase); err != nil {
		t.Fatal(err)
	}
	if lock, failure := later.App().API().Protect(app.Protecting{Protection: app.ProtectionFile, Old: passphrase}); failure != nil || lock.Protection != app.ProtectionFile {
		t.Errorf("%+v, %v", lock, failure)
	}
	if err = later.Close(); err != nil {
		t.Fatal(err)
	}
	if open(t, folder).Locked() {
		t.Error("the passphrase was not removed")
	}
}

// ring is a keyring in memory that can fail.
type ring struct {
	entries map[string]string
	fails   error
}

func (r *ring) Get(name string) (string, error) {
	secret, known := r.entries[name]
	if r.fails == nil && !known {
		return "", vault.ErrKeyringEntry
	}
	return secret, r.fails
}

func (r *ring) Set(name, secret string) error {
	if r.fails == nil {
		r.entries[name] = secret
	}
	return r.fails
}

func (r *ring) Delete(name string) error { delete(r.entries, name); return r.fails }

func TestKeyringGone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	with := options(folder)
	keyring := &ring{entries: map[string]string{}}
	with.Ring = keyring
	start := func() *device.Device {
		t.Helper()
		one, err := device.Open(t.Context(), with)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = one.Close() })
		return one
	}
	one := start()
	if lock, err := one.App().API().Protect(app.Protecting{Protection: app.ProtectionKeyring}); err != nil || lock.Protection != app.ProtectionKeyring {
		t.Fatalf("%+v, %v", lock, err)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	for want, fails := range map[string]error{"keyring-missing": vault.ErrKeyring, "keyring-locked": vault.ErrKeyringLocked} {
		keyring.fails = fails
		one = start()
		lock, err := one.App().API().LockState()
		if err != nil || !lock.Locked || lock.Problem == nil || lock.Problem.Code != want {
			t.Errorf("%+v, %v", lock, err)
		}
		if _, err = one.App().API().Unlock(""); codeOf(t, err) != want {
			t.Errorf("tried again: %v", err)
		}
		keyring.fails = nil
		if lock, err = one.App().API().Unlock(""); err != nil || lock.Locked || lock.Problem != nil {
			t.Errorf("when it is back: %+v, %v", lock, err)
		}
		if err = one.Close(); err != nil {
			t.Fatal(err)
		}
	}
	keyring.entries = map[string]string{}
	one = start()
	if lock, err := one.App().API().LockState(); err != nil || lock.Problem == nil || lock.Problem.Code != "keyring-entry" {
		t.Errorf("%+v, %v", lock, err)
	}
}

// backedUp is the bytes of a backup of a device.
func backedUp(t *testing.T, one *device.Device) []byte {
	t.Helper()
	saved, err := one.App().API().SaveBackup(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(saved.Path) })
	data, err := os.ReadFile(saved.Path)
	if err != nil || int64(len(data)) != saved.Size {
		t.Fatalf("%d bytes instead of %d, %v", len(data), saved.Size, err)
	}
	return data
}

func give(t *testing.T, one *device.Device, data []byte) {
	t.Helper()
	for first := true; first || len(data) > 0; first = false {
		part := data[:min(len(data), app.MaxPart)]
		data = data[len(part):]
		if err := one.App().API().TakeBackup(base64.StdEncoding.EncodeToString(part), first); err != nil {
			t.Fatal(err)
		}
	}
}

// files are the names of what is in a folder.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range entries {
		names = append(names, one.Name())
	}
	return names
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ana := open(t, folder)
	profile(t, ana, "Ana")
	before, err := ana.App().API().Start()
	if err != nil {
		t.Fatal(err)
	}
	if _, err = ana.App().API().SaveBackup("short"); codeOf(t, err) != "passphrase-short" {
		t.Errorf("a short passphrase: %v", err)
	}
	changes := ana.App().Subscribe(-1)
	data := backedUp(t, ana)
	var steps []app.ProgressStep
	for len(steps) == 0 || steps[len(steps)-1] != app.ProgressCheck {
		change, failure := changes.Next(t.Context())
		if failure != nil {
			t.Fatal(failure)
		}
		if change.Progress != nil && !slices.Contains(steps, change.Progress.Step) {
			steps = append(steps, change.Progress.Step)
		}
	}
	if !slices.Equal(steps, []app.ProgressStep{app.ProgressCopy, app.ProgressWrite, app.ProgressCheck}) {
		t.Errorf("steps %v", steps)
	}
	if storage, failure := ana.App().API().Storage(); failure != nil || storage.BackupAt == "" || storage.BackupSize != int64(len(data)) || storage.Database == 0 || storage.Total < storage.Database {
		t.Errorf("%+v, %v", storage, failure)
	}
	give(t, ana, data)
	if _, err = ana.App().API().RestoreBackup(passphrase, false); codeOf(t, err) != "restore-profile" {
		t.Errorf("restoring over a profile: %v", err)
	}
	if slices.ContainsFunc(files(t, folder), func(name string) bool { return len(name) > 7 && name[:8] == ".backup-" }) {
		t.Error("the copy was left behind")
	}

	clean := t.TempDir()
	ben := open(t, clean)
	api := ben.App().API()
	restore := func(data []byte, words string) string {
		give(t, ben, data)
		_, failure := api.RestoreBackup(words, false)
		return codeOf(t, failure)
	}
	if _, err = api.RestoreBackup(passphrase, false); codeOf(t, err) != "backup-none" {
		t.Errorf("nothing was given: %v", err)
	}
	for want, bad := range map[string][]byte{
		"backup-none":    []byte("something else, and long enough to be looked at"),
		"backup-damaged": data[:len(data)*2/3],
	} {
		if code := restore(bad, passphrase); code != want {
			t.Errorf("%q instead of %q", code, want)
		}
	}
	altered := bytes.Clone(data)
	altered[len(altered)/2] ^= 1
	if code := restore(altered, passphrase); code != "backup-damaged" {
		t.Errorf("altered: %q", code)
	}
	if _, err = os.Stat(filepath.Join(clean, "restoring")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half of it is left: %v", files(t, clean))
	}
	if code := restore(data, "correct horse"); code != "backup-passphrase" {
		t.Errorf("a word is missing: %q", code)
	}
	if state, failure := api.Start(); failure != nil || !state.FirstRun {
		t.Fatalf("after what was refused: %+v, %v", state, failure)
	}
	// The file need not be given again.
	if before, failure := api.RestoreBackup(" correct  horse battery", false); failure != nil || before != "" {
		t.Fatalf("%q, %v", before, failure)
	}
	after, err := api.Start()
	if err != nil || after.FirstRun || after.Profile.PeerID != before.Profile.PeerID || after.Profile.Name != "Ana" {
		t.Errorf("%+v, %v", after, err)
	}
	if got := files(t, clean); slices.Contains(got, "restored") || slices.Contains(got, "restoring") {
		t.Errorf("left behind: %v", got)
	}
	if err = ben.Close(); err != nil {
		t.Fatal(err)
	}
	if again, err := open(t, clean).App().API().Start(); err != nil || again.Profile.PeerID != before.Profile.PeerID {
		t.Errorf("at the next start: %+v, %v", again, err)
	}
}

// TestRestoreReplaces restores a backup where somebody is: nothing of them is touched
// before it was opened, and all of it is put aside.
func TestRestoreReplaces(t *testing.T) {
	t.Parallel()
	source := open(t, t.TempDir())
	profile(t, source, "Ana")
	wanted, err := source.App().API().Start()
	if err != nil {
		t.Fatal(err)
	}
	data := backedUp(t, source)
	folder := t.TempDir()
	one := open(t, folder)
	profile(t, one, "Ben")
	api := one.App().API()
	had, err := api.Start()
	if err != nil {
		t.Fatal(err)
	}
	if _, err = api.Protect(app.Protecting{Protection: app.ProtectionPassphrase, New: "quite another one"}); err != nil {
		t.Fatal(err)
	}
	same := func(when string) {
		t.Helper()
		if state, failure := api.Start(); failure != nil || state.Profile.PeerID != had.Profile.PeerID {
			t.Errorf("%s it is %+v, %v", when, state.Profile, failure)
		}
	}
	give(t, one, data[:len(data)-20])
	if _, err = api.RestoreBackup(passphrase, true); codeOf(t, err) != "backup-damaged" {
		t.Errorf("a backup that was cut: %v", err)
	}
	same("after one that was cut")
	give(t, one, data)
	if _, err = api.RestoreBackup("quite another one", true); codeOf(t, err) != "backup-passphrase" {
		t.Errorf("the passphrase of the profile: %v", err)
	}
	same("after a wrong passphrase")
	changes := one.App().Subscribe(-1)
	before, err := api.RestoreBackup(passphrase, true)
	if err != nil || !slices.Contains(files(t, folder), before) {
		t.Fatalf("put aside in %q, %v", before, err)
	}
	for {
		change, failure := changes.Next(t.Context())
		if failure != nil {
			t.Fatal(failure)
		}
		if change.Locked {
			t.Error("the window is told that the profile is locked")
		}
		if change.Reset {
			break
		}
	}
	if state, failure := api.Start(); failure != nil || state.Profile.PeerID != wanted.Profile.PeerID {
		t.Errorf("afterwards it is %+v, %v", state.Profile, failure)
	}
	if state := one.State(); state.Locked || state.Protection != app.ProtectionFile {
		t.Errorf("%+v", state)
	}
	old := open(t, filepath.Join(folder, before))
	if !old.Locked() {
		t.Error("what was put aside has lost its passphrase")
	}
	if _, err = old.App().API().Unlock("quite another one"); err != nil {
		t.Fatal(err)
	}
	if state, failure := old.App().API().Start(); failure != nil || state.Profile.PeerID != had.Profile.PeerID || state.Profile.Name != "Ben" {
		t.Errorf("put aside was %+v, %v", state.Profile, failure)
	}
	give(t, one, data)
	if err = one.Close(); err != nil {
		t.Fatal(err)
	}
	if again, failure := open(t, folder).App().API().Start(); failure != nil || again.Profile.PeerID != wanted.Profile.PeerID {
		t.Errorf("at the next start: %+v, %v", again.Profile, failure)
	}
}
