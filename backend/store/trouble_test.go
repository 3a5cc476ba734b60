package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// patient looks at the whole file, however slow the machine is.
var patient = store.Options{CheckTime: time.Minute}

const pageSize = 4096

// profile makes a closed database with a conversation and returns its folder.
func profile(t testing.TB, messages int) (string, *storetest.Talk) {
	t.Helper()
	path := t.TempDir()
	talk := storetest.NewTalk(t, 1)
	one := open(t, path, store.Options{})
	commit(t, one, node.PutSelf{Self: node.Self{Name: "Ana", Color: 1, Created: storetest.Start}}, node.PutContact{Contact: talk.Contact()})
	commit(t, one, talk.Fill(t, messages)...)
	closeStore(t, one)
	return path, talk
}

// files returns the content of the database and its write-ahead log.
func files(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, name := range []string{store.FileName, store.FileName + "-wal"} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		found[name] = data
	}
	return found
}

func sameFiles(t testing.TB, folder string, before map[string][]byte) {
	t.Helper()
	for name, data := range files(t, folder) {
		if !bytes.Equal(data, before[name]) {
			t.Errorf("%s was written to", name)
		}
	}
}

// onlyReads sees that a store says why it only reads, and refuses writes.
func onlyReads(t testing.TB, one *store.Store, reason error) node.Snapshot {
	t.Helper()
	snapshot := load(t, one)
	if !snapshot.ReadOnly || !errors.Is(snapshot.Problem, reason) {
		t.Fatalf("read-only %v, problem %v, want %v", snapshot.ReadOnly, snapshot.Problem, reason)
	}
	if err := one.Commit(t.Context(), []node.Write{node.PutSelf{}}); !errors.Is(err, reason) {
		t.Errorf("a commit answers %v", err)
	}
	if err := one.SaveSetting(t.Context(), "theme", "dark"); !errors.Is(err, reason) {
		t.Errorf("a setting answers %v", err)
	}
	return snapshot
}

func overwrite(t testing.TB, path string, offset int64, data []byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = file.WriteAt(data, offset); err != nil {
		t.Fatal(err)
	}
	if err = file.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedPages damages each page in turn. The store opens for reading,
// shows what it can, and leaves the file alone.
func TestDamagedPages(t *testing.T) {
	source, talk := profile(t, 120)
	whole, err := os.ReadFile(filepath.Join(source, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	pages := len(whole) / pageSize
	damages := map[string][]byte{"zeros": make([]byte, pageSize), "noise": bytes.Repeat([]byte{0xa5, 0x5a, 0xff, 0x13}, pageSize/4)}
	mostShown, damagedFiles := 0, 0
	for page := range pages {
		for name, damage := range damages {
			path := t.TempDir()
			if err = os.WriteFile(filepath.Join(path, store.FileName), whole, 0o600); err != nil {
				t.Fatal(err)
			}
			overwrite(t, filepath.Join(path, store.FileName), int64(page*pageSize), damage)
			before := files(t, path)
			one, err := store.Open(t.Context(), path, patient)
			if err != nil {
				t.Fatalf("page %d of %s: %v", page+1, name, err)
			}
			snapshot := onlyReads(t, one, node.ErrDamaged)
			damagedFiles++
			rows, err := one.Rows(t.Context())
			if err != nil {
				t.Errorf("page %d of %s: rows: %v", page+1, name, err)
			}
			for _, row := range rows { // what is in the list can be opened
				if _, err = one.Row(t.Context(), row.Conversation); err != nil {
					t.Errorf("page %d of %s: row: %v", page+1, name, err)
				}
			}
			messages, err := one.PageBefore(t.Context(), talk.ID, journal.Order{}, 1000)
			if err != nil {
				t.Errorf("page %d of %s: messages: %v", page+1, name, err)
			}
			mostShown = max(mostShown, len(messages))
			if len(messages) > 0 && len(snapshot.Contacts)+len(snapshot.Conversations) == 0 {
				t.Errorf("page %d of %s: messages of nobody", page+1, name)
			}
			closeStore(t, one)
			sameFiles(t, path, before)
		}
	}
	if mostShown < 100 || damagedFiles < 2*pages {
		t.Errorf("of 120 messages %d are shown at best", mostShown)
	}
}

// TestDamagedMessages sees that the rest of a conversation is shown.
func TestDamagedMessages(t *testing.T) {
	path, talk := profile(t, 400)
	file := filepath.Join(path, store.FileName)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(whole, []byte("message 200"))
	if at < 0 {
		t.Fatal("the text is not in the file")
	}
	overwrite(t, file, int64(at/pageSize*pageSize), bytes.Repeat([]byte{0xee}, pageSize))
	one := open(t, path, patient)
	onlyReads(t, one, node.ErrDamaged)
	messages, err := one.PageBefore(t.Context(), talk.ID, journal.Order{}, 1000)
	if err != nil || len(messages) < 350 || len(messages) >= 400 {
		t.Errorf("%d of 400 messages, %v", len(messages), err)
	}
	rows, err := one.Rows(t.Context())
	if err != nil || len(rows) != 1 || rows[0].Contact.Name != "Ben" {
		t.Errorf("rows %+v, %v", rows, err)
	}
}

func TestNotADatabase(t *testing.T) {
	for name, content := range map[string][]byte{
		"text": []byte("this is no database, but a letter of some length to somebody else"), "noise": bytes.Repeat([]byte{1, 2, 3, 0xff}, 5000), "one byte": {0},
	} {
		path := t.TempDir()
		if err := os.WriteFile(filepath.Join(path, store.FileName), content, 0o600); err != nil {
			t.Fatal(err)
		}
		before := files(t, path)
		one := open(t, path, patient)
		if snapshot := onlyReads(t, one, node.ErrDamaged); len(snapshot.Contacts) > 0 {
			t.Errorf("%s: contacts out of nothing", name)
		}
		if rows, err := one.Rows(t.Context()); err != nil || len(rows) > 0 {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
		closeStore(t, one)
		sameFiles(t, path, before)
	}
}

func TestTruncatedFile(t *testing.T) {
	path, _ := profile(t, 200)
	file := filepath.Join(path, store.FileName)
	if err := os.Truncate(file, 20*pageSize); err != nil {
		t.Fatal(err)
	}
	before := files(t, path)
	one := open(t, path, patient)
	onlyReads(t, one, node.ErrDamaged)
	closeStore(t, one)
	sameFiles(t, path, before)
}

func TestAnotherProgramsDatabase(t *testing.T) {
	path := t.TempDir()
	file := filepath.Join(path, store.FileName)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Run(file, "CREATE TABLE recipes (name TEXT)"); err != nil {
		t.Fatal(err)
	}
	onlyReads(t, open(t, path, patient), node.ErrDamaged)
}

// TestHeadsAreChecked changes what pages alone do not show.
func TestHeadsAreChecked(t *testing.T) {
	for _, change := range []string{
		"UPDATE logs SET sequence = sequence - 1 WHERE mine = 1",
		"UPDATE logs SET hash = zeroblob(32) WHERE mine = 0",
		"DELETE FROM entries WHERE id = (SELECT max(id) FROM entries)",
		"UPDATE entries SET header = zeroblob(80) WHERE id = (SELECT max(id) FROM entries)",
	} {
		path, _ := profile(t, 9)
		if err := store.Run(filepath.Join(path, store.FileName), change); err != nil {
			t.Fatal(err)
		}
		one := open(t, path, patient)
		onlyReads(t, one, node.ErrDamaged)
		closeStore(t, one)
	}
}

// TestChangedEntryIsNotSent changes a body in the middle of a log.
func TestChangedEntryIsNotSent(t *testing.T) {
	path, talk := profile(t, 9)
	if err := store.Run(filepath.Join(path, store.FileName), "UPDATE entries SET body = x'0a0141' WHERE id & 68719476735 = 2"); err != nil {
		t.Fatal(err)
	}
	one := open(t, path, patient)
	if _, err := one.Entries(t.Context(), talk.ID, talk.Log(talk.Them), 0, 1<<20); !errors.Is(err, node.ErrDamaged) {
		t.Errorf("a changed body was read: %v", err)
	}
}

// crashed copies an open database as a power cut would leave it, with a
// write-ahead log that nobody has applied.
func crashed(t testing.TB) (string, *storetest.Talk) {
	t.Helper()
	source, path := t.TempDir(), t.TempDir()
	talk := storetest.NewTalk(t, 1)
	one := open(t, source, store.Options{})
	commit(t, one, node.PutContact{Contact: talk.Contact()})
	commit(t, one, talk.Fill(t, 60)...)
	for name, data := range files(t, source) {
		if len(data) == 0 {
			t.Fatalf("%s is empty", name)
		}
		if err := os.WriteFile(filepath.Join(path, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path, talk
}

func TestCrashedDatabaseGoesOn(t *testing.T) {
	path, talk := crashed(t)
	one := open(t, path, patient)
	if snapshot := load(t, one); snapshot.ReadOnly {
		t.Fatalf("read-only: %v", snapshot.Problem)
	}
	commit(t, one, talk.Say(t, talk.Me, "after the crash"))
	if err := storetest.CompareWithLogs(t.Context(), one, talk.Log(talk.Me)); err != nil {
		t.Error(err)
	}
}

// TestDamagedWithLog damages a file whose newest messages are only in its
// write-ahead log, and sees those too.
func TestDamagedWithLog(t *testing.T) {
	source, talk := profile(t, 300)
	one := open(t, source, store.Options{})
	commit(t, one, talk.Say(t, talk.Them, "only in the log"))
	path := t.TempDir()
	for name, data := range files(t, source) {
		if err := os.WriteFile(filepath.Join(path, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(path, store.FileName)
	at := bytes.Index(files(t, path)[store.FileName], []byte("message 150"))
	overwrite(t, file, int64(at/pageSize*pageSize), make([]byte, pageSize))
	before := files(t, path)
	if len(before[store.FileName+"-wal"]) == 0 {
		t.Fatal("there is no log")
	}
	rescued := open(t, path, patient)
	onlyReads(t, rescued, node.ErrDamaged)
	messages, err := rescued.PageBefore(t.Context(), talk.ID, journal.Order{}, 1000)
	if err != nil || len(messages) < 250 || len(messages) > 300 || messages[len(messages)-1].Text != "only in the log" {
		t.Errorf("%d messages, %v", len(messages), err)
	}
	closeStore(t, rescued)
	sameFiles(t, path, before)
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path, _ := profile(t, 3)
	if err := store.Run(filepath.Join(path, store.FileName), "PRAGMA user_version=99"); err != nil {
		t.Fatal(err)
	}
	before := files(t, path)
	_, err := store.Open(t.Context(), path, store.Options{})
	var refusal *node.Refusal
	if !errors.As(err, &refusal) || refusal.Code != "database-newer" || refusal.Message == "" {
		t.Fatalf("%v", err)
	}
	sameFiles(t, path, before)
}

func TestFilesAreMine(t *testing.T) {
	path := t.TempDir()
	talk := storetest.NewTalk(t, 1)
	for _, loosen := range []bool{false, true} {
		if loosen {
			if err := os.Chmod(filepath.Join(path, store.FileName), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		one := open(t, path, store.Options{})
		commit(t, one, node.PutContact{Contact: talk.Contact()})
		entries, err := os.ReadDir(path)
		if err != nil || len(entries) < 3 {
			t.Fatalf("%v, %v", entries, err)
		}
		for _, entry := range entries {
			information, err := entry.Info()
			if err != nil || information.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", entry.Name(), information.Mode(), err)
			}
		}
		closeStore(t, one)
	}
}

func TestOpenStopsWhenAsked(t *testing.T) {
	path, _ := profile(t, 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Open(ctx, path, store.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestNoFolder(t *testing.T) {
	if _, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "nowhere"), store.Options{}); err == nil {
		t.Error("opened without a folder")
	}
}

func TestPathsWithStrangeCharacters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "what? 100% #1 & 中文 'quoted'")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	talk := storetest.NewTalk(t, 1)
	one := open(t, path, store.Options{})
	commit(t, one, node.PutContact{Contact: talk.Contact()})
	closeStore(t, one)
	if contacts := load(t, open(t, path, store.Options{})).Contacts; len(contacts) != 1 {
		t.Errorf("%d contacts", len(contacts))
	}
}

// TestDeletedKeysLeaveTheDisk looks for a private key's bytes.
func TestDeletedKeysLeaveTheDisk(t *testing.T) {
	path := t.TempDir()
	private := bytes.Repeat([]byte("private half "), 200)
	one := open(t, path, store.Options{})
	commit(t, one, node.PutSealingKey{Key: node.SealingKey{ID: [16]byte{1}, Private: private, Created: storetest.Start}})
	found := func() bool {
		for _, data := range files(t, path) {
			if bytes.Contains(data, private[:130]) {
				return true
			}
		}
		return false
	}
	if !found() {
		t.Fatal("the key is not where this test looks")
	}
	commit(t, one, node.DeleteSealingKey{ID: [16]byte{1}})
	if found() {
		t.Error("the key is still on the disk")
	}
}

// TestFullDatabase makes the disk look full by SQLite's own limit.
func TestFullDatabase(t *testing.T) {
	path, talk := profile(t, 10)
	one := open(t, path, store.Options{})
	want := load(t, one)
	if err := store.LimitPages(one, 60); err != nil {
		t.Fatal(err)
	}
	var lost [][]node.Write
	for i := range 40 {
		lost = append(lost, []node.Write{talk.Say(t, talk.Me, fmt.Sprintf("%0*d", 20_000, i))})
	}
	if err := one.Commit(t.Context(), lost...); !errors.Is(err, node.ErrDiskFull) {
		t.Fatalf("%v", err)
	}
	if got := load(t, one); len(got.Conversations) != 1 || !want.Conversations[0].Held.Covers(got.Conversations[0].Held) || got.ReadOnly {
		t.Error("something of a failed commit is there")
	}
	if err := store.LimitPages(one, 0); err != nil {
		t.Fatal(err)
	}
	if err := one.Commit(t.Context(), lost...); err != nil {
		t.Errorf("after space was freed: %v", err)
	}
	if err := storetest.CompareWithLogs(t.Context(), one, talk.Log(talk.Me)); err != nil {
		t.Error(err)
	}
}
