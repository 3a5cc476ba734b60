package device

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/backup"
)

const automaticWords = "three dry oars"

// somebody is a folder with a profile.
func somebody(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	one := started(t, folder)
	if _, err := one.App().API().CreateProfile("Ana", 1); err != nil {
		t.Fatal(err)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	return folder
}

// started is a device whose networking nobody asked for: it would keep virtual time
// from going by.
func started(t *testing.T, folder string) *Device {
	t.Helper()
	one, err := Open(t.Context(), Options{Folder: folder, Version: "1", Desktop: noDesktop{}, NoHosting: true, LoopbackOnly: true, BackupWork: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if failure := one.Close(); failure != nil {
			t.Error(failure)
		}
	})
	return one
}

// inFiles are the names of what is in the folder for files, where there is none for
// downloads.
func inFiles(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(folder, "files"))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range entries {
		names = append(names, one.Name())
	}
	return names
}

func storage(t *testing.T, one *Device) app.Storage {
	t.Helper()
	found, err := one.App().API().Storage()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// pass lets virtual time go by, and what is due in it be done.
func pass(by time.Duration) {
	time.Sleep(by)
	synctest.Wait()
}

// TestAutomaticBackups: they are made when they are due, over a restart too, three of
// them are kept, those made by hand all, and each can be restored with the passphrase.
func TestAutomaticBackups(t *testing.T) {
	t.Parallel()
	folder := somebody(t)
	synctest.Test(t, func(t *testing.T) {
		one := started(t, folder)
		api := one.App().API()
		if found := storage(t, one).Automatic; found.Every != app.EveryNever || found.Next != "" {
			t.Errorf("before anything was said: %+v", found)
		}
		for _, refused := range []struct {
			every app.Every
			words string
			code  string
		}{{"hour", automaticWords, "settings"}, {app.EveryDay, "short", "passphrase-short"}, {app.EveryDay, "", "passphrase-short"}} {
			if _, err := api.AutomaticBackup(refused.every, refused.words); app.AsError(err) == nil || app.AsError(err).Code != refused.code {
				t.Errorf("%+v: %v", refused, err)
			}
		}
		byHand, err := api.SaveBackup(automaticWords)
		if err != nil {
			t.Fatal(err)
		}
		first, err := api.AutomaticBackup(app.EveryDay, automaticWords)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		found := storage(t, one)
		if found.BackupName != filepath.Base(first.Path) || found.Automatic.Last || found.Automatic.Next != begun.Add(24*time.Hour).UTC().Format(time.RFC3339) {
			t.Errorf("after the first: %+v", found)
		}
		pass(23 * time.Hour)
		if names := inFiles(t, folder); len(names) != 2 {
			t.Errorf("an hour before it is due: %v", names)
		}
		pass(time.Hour + automaticLook)
		if found = storage(t, one); !found.Automatic.Last || found.BackupName == filepath.Base(first.Path) || len(inFiles(t, folder)) != 3 {
			t.Errorf("when it was due: %+v, %v", found, inFiles(t, folder))
		}
		// Closed for three days: one is made soon after the start, and only one.
		if err = one.Close(); err != nil {
			t.Fatal(err)
		}
		pass(72 * time.Hour)
		one = started(t, folder)
		pass(automaticSoon + time.Second)
		if names := inFiles(t, folder); len(names) != 4 {
			t.Errorf("after the start: %v", names)
		}
		pass(automaticLook)
		if names := inFiles(t, folder); len(names) != 4 {
			t.Errorf("a look later: %v", names)
		}
		// The fourth one has the first removed, and not what was made by hand.
		pass(24 * time.Hour)
		names := inFiles(t, folder)
		if len(names) != 4 || slices.Contains(names, filepath.Base(first.Path)) || !slices.Contains(names, filepath.Base(byHand.Path)) {
			t.Errorf("three and one by hand: %v", names)
		}
		// Another period, without the passphrase; then off.
		if _, err = one.App().API().AutomaticBackup(app.EveryWeek, ""); err != nil {
			t.Fatal(err)
		}
		pass(2 * 24 * time.Hour)
		if again := inFiles(t, folder); !slices.Equal(again, names) {
			t.Errorf("within a week: %v", again)
		}
		if _, err = one.App().API().AutomaticBackup(app.EveryNever, ""); err != nil {
			t.Fatal(err)
		}
		pass(8 * 24 * time.Hour)
		if again := inFiles(t, folder); !slices.Equal(again, names) || storage(t, one).Automatic != (app.Automatic{Last: true}) {
			t.Errorf("switched off: %v, %+v", again, storage(t, one).Automatic)
		}
		if err = one.Close(); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			opens(t, filepath.Join(folder, "files", name))
		}
	})
}

func opens(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(path, automaticMark) != backup.Automatic(bytes.NewReader(data)) {
		t.Errorf("%s is not named for what it is", path)
	}
	restored, err := backup.Read(t.Context(), bytes.NewReader(data), automaticWords, io.Discard, func(int64, int64) {})
	if err != nil || restored.Manifest.Name != "Ana" {
		t.Errorf("%s: %v", path, err)
	}
}
