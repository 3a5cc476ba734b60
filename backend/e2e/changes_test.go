package e2e_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/store"
)

// common is what both sides show alike of a message.
type common struct {
	ID, Text, Edited, Answers, Quote string
	Deleted                          bool
	Reactions                        map[string][]string
}

func commonOf(messages []app.Message) []common {
	var all []common
	for _, m := range messages {
		one := common{ID: m.ID, Text: m.Text, Edited: m.Edited, Deleted: m.Deleted, Reactions: map[string][]string{}}
		if m.Reply != nil {
			one.Answers, one.Quote = m.Reply.ID, m.Reply.Text
		}
		for _, reaction := range m.Reactions {
			one.Reactions[reaction.Emoji] = reaction.Authors
		}
		all = append(all, one)
	}
	return all
}

// filesWith returns the files under a folder that hold some words.
func filesWith(t *testing.T, folder, words string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(words)) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestMessagesChange edits, deletes, answers, reacts and lets disappear between
// two real devices. In the end both show the same, and what was erased is in no
// file of either.
func TestMessagesChange(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	const (
		typo, taken, short = "a message with the words tpyo-8831", "a message with the words taken-back-5542", "a message with the words gone-soon-7719"
		edited             = "a message without them"
	)
	var wrong, regret, answer, timed app.Message
	p.ana.call(&wrong, "SendText", p.conversation, typo)
	p.ana.call(&regret, "SendText", p.conversation, taken)
	arrived := func(on *device, text string) func() bool {
		return func() bool {
			for _, message := range on.texts(p.conversation) {
				if message.Text == text {
					return true
				}
			}
			return false
		}
	}
	eventually(t, "both arrive", arrived(p.ben, taken))
	p.ben.call(&answer, "SendReply", p.conversation, "which one?", wrong.ID)
	if answer.Reply == nil || answer.Reply.Text != typo || answer.Reply.Mine {
		t.Errorf("the answer quotes %+v", answer.Reply)
	}
	p.ben.call(nil, "React", p.conversation, wrong.ID, "👍", false)
	p.ben.call(nil, "React", p.conversation, wrong.ID, "🎉", false)
	p.ben.call(nil, "React", p.conversation, wrong.ID, "👍", true)
	p.ana.call(nil, "EditMessage", p.conversation, wrong.ID, edited)
	p.ana.call(nil, "DeleteMessage", p.conversation, regret.ID, true)
	for call, arguments := range map[string][]any{
		"not-mine":     {"EditMessage", p.conversation, answer.ID, "mine now"},
		"no-message":   {"EditMessage", p.conversation, regret.ID, "after all"},
		"emoji":        {"React", p.conversation, wrong.ID, "no emoji", false},
		"timer":        {"SetTimer", p.conversation, 91 * 24 * 3600},
		"text-empty":   {"EditMessage", p.conversation, wrong.ID, " "},
		"about-long":   {"SetProfile", "Ana", 1, strings.Repeat("x", 141), ""},
		"picture":      {"SetProfile", "Ana", 1, "", "data:image/png;base64,AAAA"},
		"no-such-call": {"EditMessage", "nowhere", wrong.ID, "x"},
	} {
		eventually(t, "Ben's answer arrives", arrived(p.ana, "which one?"))
		name, _ := arguments[0].(string)
		refusal := p.ana.try(nil, name, arguments[1:]...)
		if call == "no-such-call" {
			call = "no-conversation"
		}
		if refusal == nil || refusal.Code != call {
			t.Errorf("%s: %v", call, refusal)
		}
	}
	p.ana.call(nil, "SetTimer", p.conversation, 2)
	eventually(t, "Ben knows the timer", func() bool {
		return len(p.ben.state().Conversations) == 1 && p.ben.state().Conversations[0].Timer == 2
	})
	p.ben.call(&timed, "SendText", p.conversation, short)
	if timed.Timer != 2 {
		t.Errorf("a message has the timer %d", timed.Timer)
	}
	eventually(t, "it arrives", arrived(p.ana, short))
	p.ana.call(nil, "MarkRead", p.conversation, timed.ID)
	for _, one := range []*device{p.ana, p.ben} {
		eventually(t, "it disappears", func() bool { return !arrived(one, short)() })
	}
	eventually(t, "both show the same", func() bool {
		a, b := commonOf(p.ana.texts(p.conversation)), commonOf(p.ben.texts(p.conversation))
		return len(a) == 4 && reflect.DeepEqual(a, b)
	})
	all := commonOf(p.ana.texts(p.conversation))
	if all[1].Text != edited || all[1].Edited == "" || len(all[1].Reactions) != 1 || len(all[1].Reactions["🎉"]) != 1 {
		t.Errorf("the edited message is %+v", all[1])
	}
	if !all[2].Deleted || all[2].Text != "" || all[3].Answers != wrong.ID || all[3].Quote != edited {
		t.Errorf("then come %+v and %+v", all[2], all[3])
	}
	if row := p.ben.state().Conversations[0]; row.Preview != "which one?" || row.PreviewDeleted {
		t.Errorf("Ben's row is %+v", row)
	}
	for _, folder := range []string{p.anaDir, p.benDir} {
		for _, words := range []string{"taken-back-5542", "gone-soon-7719"} {
			// What is shown changes a moment before the log is emptied.
			eventually(t, words+" leaves the files", func() bool { return len(filesWith(t, folder, words)) == 0 })
		}
		if found := filesWith(t, folder, edited); len(found) == 0 {
			t.Error("what was not erased is nowhere: the search finds nothing")
		}
	}
	p.ana.stop()
	p.ben.stop()
	server.stop()
	agree(t, p)
}

// agree reads both databases without their devices.
func agree(t *testing.T, p *pair) {
	t.Helper()
	var held [2]string
	for i, folder := range []string{p.anaDir, p.benDir} {
		one, err := store.Open(t.Context(), databaseFolder(t, folder), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		snapshot, err := one.Load(t.Context())
		if err != nil || len(snapshot.Conversations) != 1 {
			t.Fatal(len(snapshot.Conversations), err)
		}
		data, err := json.Marshal(snapshot.Conversations[0].Held.Encode())
		if err != nil {
			t.Fatal(err)
		}
		held[i] = string(data) + snapshot.Conversations[0].Timer.Stay.String()
		if err = one.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if held[0] != held[1] {
		t.Errorf("the logs end elsewhere:\n%s\n%s", held[0], held[1])
	}
}

// databaseFolder finds the database of a profile.
func databaseFolder(t *testing.T, folder string) string {
	t.Helper()
	found := ""
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Base(path) == "tincan.db" {
			found = filepath.Dir(path)
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("no database in the folder: %v", err)
	}
	return found
}
