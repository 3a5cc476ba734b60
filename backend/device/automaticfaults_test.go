package device

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/backup"
)

// daily runs a test with a device that makes a backup every day, the first of which
// was just made.
func daily(t *testing.T, body func(t *testing.T, one *Device, first string)) {
	t.Helper()
	t.Parallel()
	folder := somebody(t)
	synctest.Test(t, func(t *testing.T) {
		one := started(t, folder)
		saved, err := one.App().API().AutomaticBackup(app.EveryDay, automaticWords)
		if err != nil {
			t.Fatal(err)
		}
		body(t, one, filepath.Base(saved.Path))
	})
}

func problem(t *testing.T, one *Device) string {
	t.Helper()
	found := storage(t, one).Automatic
	if (found.FailedAt == "") != (found.Problem == nil) {
		t.Errorf("when and why do not fit: %+v", found)
	}
	if found.Problem == nil {
		return ""
	}
	return found.Problem.Code
}

// TestAutomaticBackupFails: it is told when and why, also after a restart; it is tried
// again, and what was there stays.
func TestAutomaticBackupFails(t *testing.T) {
	daily(t, func(t *testing.T, one *Device, first string) {
		folder := one.Folder()
		files, gone := filepath.Join(folder, "files"), filepath.Join(folder, "gone")
		if err := os.Rename(files, gone); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		pass(24*time.Hour + automaticLook)
		if code := problem(t, one); code != "bundle-folder" {
			t.Errorf("where there is no folder: %q", code)
		}
		found := storage(t, one).Automatic
		failed, err := time.Parse(time.RFC3339, found.FailedAt)
		if err != nil || found.Next != failed.Add(automaticAgain).Format(time.RFC3339) {
			t.Errorf("tried again: %+v, %v", found, err)
		}
		if err = one.Close(); err != nil {
			t.Fatal(err)
		}
		one = started(t, folder)
		if again := storage(t, one).Automatic; again.FailedAt != found.FailedAt || again.Problem == nil {
			t.Errorf("after a restart: %+v", again)
		}
		if err = os.Remove(files); err != nil {
			t.Fatal(err)
		}
		if err = os.Rename(gone, files); err != nil {
			t.Fatal(err)
		}
		room(one, func(string) int64 { return 10 })
		pass(automaticAgain + automaticLook)
		if code, names := problem(t, one), inFiles(t, folder); code != "disk-room" || !slices.Equal(names, []string{first}) {
			t.Errorf("on a full disk: %q, %v", code, names)
		}
		room(one, freeSpace)
		pass(automaticAgain + automaticLook)
		if code, names := problem(t, one), inFiles(t, folder); code != "" || len(names) != 2 || !slices.Contains(names, first) {
			t.Errorf("when there is room: %q, %v", code, names)
		}
	})
}

// room has a device see as much room on its disk as free says.
func room(one *Device, free func(string) int64) {
	one.turning.Lock()
	defer one.turning.Unlock()
	one.free = free
}

// TestAutomaticBackupGivesWay to whoever locks, and is made later.
func TestAutomaticBackupGivesWay(t *testing.T) {
	daily(t, func(t *testing.T, one *Device, first string) {
		asked := 0
		room(one, func(path string) int64 {
			if asked++; asked == 1 {
				one.state.Lock()
				one.yield()
				one.state.Unlock()
			}
			return freeSpace(path)
		})
		pass(24*time.Hour + time.Minute)
		if names := inFiles(t, one.Folder()); asked == 0 || !slices.Equal(names, []string{first}) || problem(t, one) != "" {
			t.Errorf("somebody waited: %v, %q", names, problem(t, one))
		}
		pass(automaticLook)
		if names := inFiles(t, one.Folder()); len(names) != 2 {
			t.Errorf("later: %v", names)
		}
	})
}

// TestAutomaticBackupWhileLocked: nothing is written, and no passphrase is needed after.
func TestAutomaticBackupWhileLocked(t *testing.T) {
	daily(t, func(t *testing.T, one *Device, first string) {
		api := one.App().API()
		if _, err := api.Protect(app.Protecting{Protection: app.ProtectionPassphrase, New: "another passphrase"}); err != nil {
			t.Fatal(err)
		}
		if err := api.Lock(); err != nil {
			t.Fatal(err)
		}
		if _, err := api.AutomaticBackup(app.EveryNever, ""); app.AsError(err) == nil || app.AsError(err).Code != "locked" {
			t.Errorf("switched off while it is locked: %v", err)
		}
		pass(30 * time.Hour)
		if names := inFiles(t, one.Folder()); !slices.Equal(names, []string{first}) {
			t.Errorf("while it is locked: %v", names)
		}
		if _, err := api.Unlock("another passphrase"); err != nil {
			t.Fatal(err)
		}
		pass(automaticLook)
		names := inFiles(t, one.Folder())
		if len(names) != 2 {
			t.Errorf("unlocked: %v", names)
		}
		for _, name := range names {
			opens(t, filepath.Join(one.Folder(), "files", name))
		}
	})
}

// alter changes what the disk has of automatic backups.
func alter(t *testing.T, one *Device, change func(now *automatic)) {
	t.Helper()
	_, history := one.open()
	text, err := history.Setting(t.Context(), automaticSetting)
	if err != nil {
		t.Fatal(err)
	}
	var now automatic
	if err = json.Unmarshal([]byte(text), &now); err != nil {
		t.Fatal(err)
	}
	change(&now)
	if err = saveAutomatic(t.Context(), history, now); err != nil {
		t.Fatal(err)
	}
}

// TestThiefsKey: who can write to the disk, but has no keys, gets no backup that he
// can open.
func TestThiefsKey(t *testing.T) {
	daily(t, func(t *testing.T, one *Device, first string) {
		opened, _ := one.open()
		theirs, err := backup.NewKey(backup.Passphrase{Words: "words of a thief", Work: 10}, opened.Keys().Peer())
		if err != nil {
			t.Fatal(err)
		}
		alter(t, one, func(now *automatic) { now.Key.Recipient = theirs.Recipient })
		if found := storage(t, one).Automatic.Problem; found == nil || found.Code != "automatic-key" {
			t.Errorf("it is told at once: %v", found)
		}
		pass(24*time.Hour + automaticLook)
		if code, names := problem(t, one), inFiles(t, one.Folder()); code != "automatic-key" || !slices.Equal(names, []string{first}) {
			t.Errorf("another key on the disk: %q, %v", code, names)
		}
		// Neither is it used when only the period changes.
		if _, err = one.App().API().AutomaticBackup(app.EveryWeek, ""); app.AsError(err) == nil || app.AsError(err).Code != "passphrase-short" {
			t.Errorf("another period: %v", err)
		}
		if _, err = one.App().API().AutomaticBackup(app.EveryWeek, automaticWords); err != nil || problem(t, one) != "" {
			t.Errorf("chosen again: %v, %q", err, problem(t, one))
		}
	})
}

// TestUnfinishedBackupIsRemoved: the program was killed while it wrote one. What has
// that name by now and is none stays, and so does what has the name of one of the three.
func TestUnfinishedBackupIsRemoved(t *testing.T) {
	daily(t, func(t *testing.T, one *Device, first string) {
		files := filepath.Join(one.Folder(), "files")
		data, err := os.ReadFile(filepath.Join(files, first))
		if err != nil {
			t.Fatal(err)
		}
		write := func(name string, data []byte) string {
			path := filepath.Join(files, name)
			if failure := os.WriteFile(path, data, 0o600); failure != nil {
				t.Fatal(failure)
			}
			return path
		}
		half := write("half", data[:len(data)/2])
		alter(t, one, func(now *automatic) { now.Writing = half })
		pass(24*time.Hour + automaticLook)
		if names := inFiles(t, one.Folder()); len(names) != 2 || slices.Contains(names, "half") {
			t.Errorf("half of one: %v", names)
		}
		letter, list := write("letter", []byte("a letter that is nobody's backup")), write("list", []byte("likewise"))
		alter(t, one, func(now *automatic) { now.Writing, now.Kept = letter, append([]string{list}, now.Kept...) })
		pass(24*time.Hour + automaticLook)
		if names := inFiles(t, one.Folder()); len(names) != 5 || !slices.Contains(names, "letter") || !slices.Contains(names, "list") {
			t.Errorf("what is no backup: %v", names)
		}
	})
}
