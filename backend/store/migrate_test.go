package store_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// writeFixture freezes a database of this version: go test -run TestWriteFixture -write-fixture N.
// A file that exists is never replaced: old databases stay as they were.
var writeFixture = flag.Int64("write-fixture", 0, "schema version to freeze a database of")

const privateKey = "the private half of a sealing key that must not stay in snapshots"

func TestWriteFixture(t *testing.T) {
	if *writeFixture == 0 {
		t.Skip("only when asked")
	}
	path := t.TempDir()
	talk := storetest.NewTalk(t, 1)
	one := open(t, path, store.AtVersion(store.Options{}, *writeFixture))
	commit(t, one, node.PutSelf{Self: node.Self{Name: "Ana", Color: 4, Created: storetest.Start}}, node.PutContact{Contact: talk.Contact()},
		node.PutBan{Ban: node.Ban{ID: talk.ID, Kind: node.BanPeer, Peer: talk.Me.Keys.Peer(), Reason: "spam", Added: storetest.Start}},
		node.PutSealingKey{Key: node.SealingKey{ID: [16]byte{1}, Private: []byte(privateKey), Created: storetest.Start}})
	commit(t, one, talk.Fill(t, 12)...)
	commit(t, one, node.PutRead{Conversation: talk.ID, Read: journal.Vector{talk.Log(talk.Them): {Sequence: 5}}})
	closeStore(t, one)
	data, err := os.ReadFile(filepath.Join(path, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(fixturePath(*writeFixture), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	packed := gzip.NewWriter(file)
	if _, err = packed.Write(data); err != nil {
		t.Fatal(err)
	}
	if err = errors.Join(packed.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
}

func fixturePath(version int64) string {
	return filepath.Join("testdata", fmt.Sprintf("version-%d.db.gz", version))
}

// fixture returns a frozen database.
func fixture(t testing.TB, version int64) []byte {
	t.Helper()
	file, err := os.Open(fixturePath(version))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(packed)
	if err = errors.Join(err, packed.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return data
}

// old puts a frozen database into a new folder.
func old(t testing.TB, version int64) string {
	t.Helper()
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, store.FileName), fixture(t, version), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func snapshots(t testing.TB, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "snapshots", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestOldDatabases opens every frozen version and finds everything in it.
func TestOldDatabases(t *testing.T) {
	migrations, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var versions []int64
	for _, migration := range migrations {
		digits, _, _ := strings.Cut(filepath.Base(migration), "_")
		version, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, version)
	}
	newest := slices.Max(versions)
	for _, version := range versions {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			path := old(t, version)
			one := open(t, path, store.Options{Now: func() time.Time { return storetest.Start }, CheckTime: time.Minute})
			snapshot := load(t, one)
			if snapshot.ReadOnly || snapshot.Self.Name != "Ana" || len(snapshot.Contacts) != 1 || len(snapshot.Bans) != 1 || len(snapshot.SealingKeys) != 1 {
				t.Errorf("%+v", snapshot)
			}
			if known := snapshot.Verifications; version < 8 && (len(known) != 1 || !known[0].Link || known[0].Compared != node.NotCompared) {
				t.Errorf("a contact of before verification, by an invite of theirs: %+v", known)
			}
			talk := storetest.NewTalk(t, 1)
			if err := storetest.CompareWithLogs(t.Context(), one, talk.Log(talk.Me)); err != nil {
				t.Error(err)
			}
			row, err := one.Row(t.Context(), snapshot.Contacts[0].Conversation)
			if err != nil || row.Unread != 3 || row.Queued != 4 || row.Last == nil || row.Last.Text != "message 11" {
				t.Errorf("%+v, %v", row, err)
			}
			if err = one.SaveDraft(t.Context(), row.Conversation, "it can be written to"); err != nil {
				t.Error(err)
			}
			closeStore(t, one)
			got, err := store.Ask(filepath.Join(path, store.FileName), "PRAGMA user_version")
			if err != nil || got != newest {
				t.Errorf("version %d, %v", got, err)
			}
			taken := snapshots(t, path)
			if version == newest {
				if len(taken) != 0 {
					t.Errorf("a snapshot of the newest version: %v", taken)
				}
				return
			}
			if len(taken) != 1 || filepath.Base(taken[0]) != fmt.Sprintf("tincan-20260301-120000.000-version-%d.db", version) {
				t.Fatalf("snapshots: %v", taken)
			}
			checkSnapshot(t, taken[0], version)
		})
	}
}

func checkSnapshot(t *testing.T, path string, version int64) {
	t.Helper()
	for query, want := range map[string]int64{
		"PRAGMA user_version":                version,
		"SELECT count(*) FROM entries":       12,
		"SELECT count(*) FROM sealing_keys":  0,
		"SELECT count(*) FROM sqlite_schema": -1,
	} {
		got, err := store.Ask(path, query)
		if err != nil || want >= 0 && got != want {
			t.Errorf("%s in the snapshot: %d, %v", query, got, err)
		}
	}
	information, err := os.Stat(path)
	if err != nil || information.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", information.Mode(), err)
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, []byte(privateKey)) {
		t.Errorf("a private key is in the snapshot; %v", err)
	}
}

func TestOldSnapshotsGo(t *testing.T) {
	path := old(t, 1)
	folder := filepath.Join(path, "snapshots")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tincan-20240101-000000.000-version-1.db", "tincan-20250101-000000.000-version-1.db", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, open(t, path, store.Options{KeepSnapshots: 2, Now: func() time.Time { return storetest.Start }}))
	var names []string
	for _, one := range snapshots(t, path) {
		names = append(names, filepath.Base(one))
	}
	want := "notes.txt tincan-20250101-000000.000-version-1.db tincan-20260301-120000.000-version-1.db"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestFailedMigration sees that a step that fails leaves nothing behind.
func TestFailedMigration(t *testing.T) {
	path, _ := profile(t, 3)
	file := filepath.Join(path, store.FileName)
	for name, text := range map[string]string{
		"broken":   "CREATE TABLE half (a INTEGER); CREATE TABLE other (a NONSENSE) STRICT",
		"dangling": "CREATE TABLE half (a INTEGER); INSERT INTO drafts (conversation, text) VALUES (4711, 'of nobody')",
	} {
		if err := store.RunMigration(file, "PRAGMA defer_foreign_keys=on;"+text, 99); err == nil {
			t.Errorf("%s: no error", name)
		}
		for query, want := range map[string]int64{
			"SELECT count(*) FROM sqlite_schema WHERE name = 'half'": 0, "SELECT count(*) FROM drafts": 0, "SELECT user_version = 99 FROM pragma_user_version": 0,
		} {
			if got, err := store.Ask(file, query); err != nil || got != want {
				t.Errorf("%s: %s: %d, %v", name, query, got, err)
			}
		}
	}
	if snapshot := load(t, open(t, path, patient)); snapshot.ReadOnly {
		t.Error(snapshot.Problem)
	}
}
