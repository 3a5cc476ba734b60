package e2e_test

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/identity"
)

// oldSnapshots are copies from before earlier migrations: more than are kept.
const oldSnapshots = 4

// TestDeathWhileMigrating kills a device at every step of bringing an old
// database to this version: between the snapshot, each step of the schema, its
// commit, and the removal of old snapshots. The next start does the rest, and
// everything is there. The first run only records the steps.
func TestDeathWhileMigrating(t *testing.T) {
	t.Parallel()
	for _, version := range []int{1, 6} {
		record := t.TempDir()
		want := migrate(t, version, death{}, record)
		reached := recorded(t, record)
		for _, point := range []string{
			"store.snapshot.made", "store.snapshot.copied", "store.snapshot.synced", "store.snapshot.named", "store.snapshot.prune", "store.snapshot.pruned",
			"store.migrate.written.0007_changes.sql", "store.migrate.committed.0007_changes.sql", "store.open.migrated", "store.open.ready",
		} {
			if len(reached) == 0 || reached[0][point] == 0 {
				t.Fatalf("from version %d it does not come to %s: %v", version, point, reached)
			}
		}
		// What the device does once it is open is the other test's.
		plans := slices.DeleteFunc(deaths(reached), func(one death) bool {
			return !strings.HasPrefix(one.point, "store.") && !strings.HasPrefix(one.point, "device.") || strings.HasPrefix(one.point, "store.transaction.")
		})
		inParallel(t, plans, func(t *testing.T, plan death) {
			if got := migrate(t, version, plan, ""); !reflect.DeepEqual(got, want) {
				t.Errorf("from version %d, after dying at %s:\n%+v\nwant\n%+v", version, plan, got, want)
			}
		})
		t.Logf("%d deaths on the way from version %d", len(plans), version)
	}
}

// kept is what a database holds for its person.
type kept struct {
	conversations []string
	messages      []app.Message
	bans          []app.Ban
}

// migrate opens a frozen database, dies, opens it again, and returns what it holds.
func migrate(t *testing.T, version int, plan death, record string) (found kept) {
	t.Helper()
	folder := t.TempDir()
	thaw(t, folder, version)
	s := &somebody{t: t, name: "Ana", folder: folder, victim: true, death: plan, record: record}
	s.other = s
	var environment []string
	if plan.point != "" {
		environment = append(environment, fmt.Sprintf("TINCAN_FAULTS_KILL=%s#%d", plan.point, plan.time))
	}
	if record != "" {
		environment = append(environment, "TINCAN_FAULTS_RECORD="+filepath.Join(record, "0"))
	}
	s.begin(environment...)
	found, err := s.everything()
	s.goAwayIfAlive()
	if plan.point != "" && !s.died {
		t.Errorf("it did not die at %s", plan)
	}
	if plan.point == "" && err != nil {
		t.Fatal(err)
	}
	if plan.point != "" {
		s.begin()
		if found, err = s.everything(); err != nil {
			t.Fatalf("after dying at %s: %v\n%s", plan, err, s.errors.text())
		}
		s.goAway()
	}
	s.whole(2) // a database that knows where it was begins anew elsewhere
	snapshots, err := filepath.Glob(filepath.Join(folder, "snapshots", "*"))
	if err != nil {
		t.Fatal(err)
	}
	fresh := 0
	for _, snapshot := range snapshots {
		if strings.Contains(snapshot, fmt.Sprintf("version-%d.db", version)) && !strings.Contains(snapshot, "20200101") {
			fresh++
		}
	}
	// A snapshot that was finished before the death is followed by another one, at most.
	if len(snapshots) != 3 || fresh < 1 || fresh > 2 {
		t.Errorf("after dying at %s the snapshots are %q", plan, snapshots)
	}
	return found
}

// begin starts the device without a server.
func (s *somebody) begin(environment ...string) {
	s.t.Helper()
	s.up = true
	command := exec.CommandContext(context.WithoutCancel(s.t.Context()), filepath.Join(programs, mortal), "--data", s.folder, "--control", "--no-host")
	s.device = listen(run(s.t, s.name, command, environment...), s.folder)
}

// everything returns what the device holds, or errDied.
func (s *somebody) everything() (found kept, err error) {
	var state app.State
	if err = s.ask(&state, "Start"); err != nil {
		return found, err
	}
	if state.Problem != nil {
		return found, fmt.Errorf("it cannot be written to: %s", state.Problem.Message)
	}
	for _, conversation := range state.Conversations {
		found.conversations = append(found.conversations, fmt.Sprint(conversation.ID, conversation.Name, conversation.Unread))
		var page app.Page
		if err = s.ask(&page, "PageLast", conversation.ID, 200); err != nil {
			return found, err
		}
		found.messages = append(found.messages, page.Messages...)
	}
	var page app.BanPage
	err = s.ask(&page, "BansPage", app.BanQuery{Limit: 100})
	found.bans = page.Bans
	return found, err
}

// goAwayIfAlive ends a device that may be dead already.
func (s *somebody) goAwayIfAlive() {
	s.t.Helper()
	if !s.alive() {
		s.up = false
		s.buried()
		return
	}
	s.goAway()
}

// thaw makes a profile with a frozen database, and with snapshots of long ago.
func thaw(t *testing.T, path string, version int) {
	t.Helper()
	folder, err := identity.OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := identity.NewKeys(rand.Reader)
	if err == nil {
		err = folder.SaveKeys(keys)
	}
	if err = errors.Join(err, folder.Close()); err != nil {
		t.Fatal(err)
	}
	frozen, err := os.Open(filepath.Join("..", "store", "testdata", fmt.Sprintf("version-%d.db.gz", version)))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := gzip.NewReader(frozen)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(packed)
	if err = errors.Join(err, packed.Close(), frozen.Close()); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(path, "snapshots")
	if err = os.Mkdir(old, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range oldSnapshots {
		day := time.Date(2020, 1, 1, 0, i, 0, 0, time.UTC)
		if err = os.WriteFile(filepath.Join(old, fmt.Sprintf("tincan-%s-version-%d.db", day.Format("20060102-150405.000"), version)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err = os.WriteFile(filepath.Join(path, "tincan.db"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
