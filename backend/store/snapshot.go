package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/tincan-chat/tincan/backend/internal/fault"
)

// snapshotFolder holds copies of the database from before a migration.
const snapshotFolder = "snapshots"

// partialEnd ends the name of a snapshot that is being made.
const partialEnd = ".partial"

// dropPartial deletes what a process that died left of a snapshot: the private
// sealing keys may be in it still, and nobody would erase from it what is erased.
func dropPartial(folder string) error {
	snapshots := filepath.Join(folder, snapshotFolder)
	files, err := os.ReadDir(snapshots)
	if err = ignoreMissing(err); err != nil {
		return translate(fmt.Errorf("store: the snapshots' folder: %w", err))
	}
	for _, file := range files {
		if !strings.Contains(file.Name(), partialEnd) {
			continue
		}
		if err = ignoreMissing(os.Remove(filepath.Join(snapshots, file.Name()))); err != nil {
			return translate(fmt.Errorf("store: half of a snapshot: %w", err))
		}
	}
	return nil
}

// takeSnapshot copies the database as it is now, and keeps the newest few. Private sealing
// keys are left out: a copy of last month must not open last month's envelopes.
func takeSnapshot(connection *sqlite3.SQLiteConn, folder string, version int64, now time.Time, keep int) (err error) {
	snapshots := filepath.Join(folder, snapshotFolder)
	if err = os.MkdirAll(snapshots, 0o700); err != nil {
		return translate(fmt.Errorf("store: the snapshots' folder: %w", err))
	}
	target := filepath.Join(snapshots, fmt.Sprintf("tincan-%s-version-%d.db", now.UTC().Format("20060102-150405.000"), version))
	partial := target + partialEnd
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(partial)))
		}
	}()
	if err = createFile(partial); err != nil {
		return err
	}
	fault.Point("store.snapshot.made")
	if _, err = connection.Exec("VACUUM INTO ?", values(partial)); err != nil {
		return translate(err)
	}
	fault.Point("store.snapshot.copied")
	if err = forgetKeys(partial); err != nil {
		return err
	}
	if err = syncFile(partial); err != nil {
		return err
	}
	fault.Point("store.snapshot.synced")
	if err = os.Rename(partial, target); err != nil {
		return translate(fmt.Errorf("store: the snapshot: %w", err))
	}
	fault.Point("store.snapshot.named")
	if err = syncFolder(snapshots); err != nil {
		return err
	}
	defer fault.Point("store.snapshot.pruned")
	return pruneSnapshots(snapshots, keep)
}

// forgetKeys deletes and overwrites the private sealing keys of a snapshot.
func forgetKeys(path string) (err error) {
	connection, err := connect(path, snapshotting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, translate(connection.Close())) }()
	_, err = connection.Exec("DELETE FROM sealing_keys", nil)
	return translate(err)
}

// pruneSnapshots deletes all but the newest; their names sort by time.
func pruneSnapshots(folder string, keep int) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return translate(fmt.Errorf("store: the snapshots' folder: %w", err))
	}
	var names []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "tincan-") && strings.HasSuffix(entry.Name(), ".db") {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	for len(names) > keep {
		fault.Point("store.snapshot.prune")
		if err = os.Remove(filepath.Join(folder, names[0])); err != nil {
			return translate(fmt.Errorf("store: an old snapshot: %w", err))
		}
		names = names[1:]
	}
	return nil
}
