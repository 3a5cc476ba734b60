package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/store/storetest"
)

// victimFolder tells this test binary to write until it is killed.
const victimFolder = "TINCAN_STORE_VICTIM"

// TestVictim is the process that TestKill kills. It goes on where the last one
// stopped, and prints how many messages the store has promised to keep.
func TestVictim(t *testing.T) {
	path := os.Getenv(victimFolder)
	if path == "" {
		t.Skip("only in a process that is to be killed")
	}
	one := open(t, path, patient)
	talk := storetest.NewTalk(t, 1)
	snapshot := load(t, one)
	if snapshot.ReadOnly {
		t.Fatal(snapshot.Problem)
	}
	kept := uint64(0)
	if len(snapshot.Contacts) == 0 {
		commit(t, one, node.PutContact{Contact: talk.Contact()})
	} else {
		kept = snapshot.Conversations[0].Held.Get(talk.Log(talk.Me))
	}
	for range kept {
		talk.Say(t, talk.Me, "message")
	}
	for {
		var batches [][]node.Write
		for range 1 + kept%7 {
			batches = append(batches, []node.Write{talk.Say(t, talk.Me, "message")})
			kept++
		}
		if err := one.Commit(context.Background(), batches...); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(os.Stdout, "kept %d\n", kept); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKill kills a writing process many times, each time after another number
// of answers, and loses nothing that was answered.
func TestKill(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	path := t.TempDir()
	promised := uint64(0)
	for round := range rounds {
		promised = max(promised, killOne(t, path, 3+round*5))
		one, err := store.Open(t.Context(), path, patient)
		if err != nil {
			t.Fatal(err)
		}
		talk := storetest.NewTalk(t, 1)
		snapshot := load(t, one)
		if snapshot.ReadOnly {
			t.Fatalf("round %d: %v", round, snapshot.Problem)
		}
		held := uint64(0)
		if len(snapshot.Conversations) > 0 {
			held = snapshot.Conversations[0].Held.Get(talk.Log(talk.Me))
		}
		if held < promised {
			t.Fatalf("round %d: %d messages were promised, %d are there", round, promised, held)
		}
		if err = storetest.CompareWithLogs(t.Context(), one, talk.Log(talk.Me)); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if messages, err := one.PageAfter(t.Context(), talk.ID, journal.Order{}, int(held)+1); err != nil || uint64(len(messages)) != held {
			t.Fatalf("round %d: %d of %d messages, %v", round, len(messages), held, err)
		}
		closeStore(t, one)
	}
	t.Logf("%d messages kept over %d kills", promised, rounds)
}

// killOne starts a victim, kills it after some answers, and returns the last one.
func killOne(t *testing.T, path string, answers int) uint64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	victim := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestVictim$")
	victim.Env = append(os.Environ(), victimFolder+"="+path)
	output, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = victim.Start(); err != nil {
		t.Fatal(err)
	}
	promised := uint64(0)
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		var kept string
		if count, scanErr := fmt.Sscanf(lines.Text(), "kept %s", &kept); scanErr != nil || count != 1 {
			t.Fatalf("the process says %q", lines.Text())
		}
		if promised, err = strconv.ParseUint(kept, 10, 64); err != nil {
			t.Fatal(err)
		}
		if answers--; answers == 0 {
			// From here on it is killed in the middle of whatever it does.
			if err = victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err = victim.Wait(); err == nil || answers > 0 {
		t.Fatalf("the process ended by itself: %v", err)
	}
	return promised
}
