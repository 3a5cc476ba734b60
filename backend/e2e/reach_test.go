package e2e_test

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// shows does something while the window stands still, and waits until it is another
// one and stands still again.
func (w *window) shows(name string, do func()) {
	w.t.Helper()
	w.changes(name, 1500, do)
}

// changes is shows for a change of so many points at least.
func (w *window) changes(name string, least float64, do func()) {
	w.t.Helper()
	folder := w.t.TempDir()
	before, last := filepath.Join(folder, "before.png"), filepath.Join(folder, "last.png")
	take := func(path string) string {
		tool(w.t, "import", "-window", "root", path)
		return path
	}
	still := func(path string) bool { return differ(w.t, take(last), take(path)) < 300 }
	eventually(w.t, "the window stands still", func() bool { return still(before) })
	do()
	now := filepath.Join(folder, "now.png")
	eventuallyWithin(w.t, 2*patience, "the window shows "+name, func() bool { return still(now) && differ(w.t, before, now) > least })
	w.picture(name)
}

// differ counts the points that two pictures have not in common.
func differ(t *testing.T, one, other string) float64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	// It ends with 1 when there are any.
	output, _ := exec.CommandContext(ctx, "compare", "-metric", "AE", "-fuzz", "3%", one, other, "null:").CombinedOutput()
	count, _, _ := strings.Cut(strings.TrimSpace(string(output)), " ")
	points, err := strconv.ParseFloat(count, 64)
	if err != nil {
		t.Fatalf("compare: %s", output)
	}
	return points
}

func (w *window) keys(keys ...string) {
	w.t.Helper()
	tool(w.t, "xdotool", append([]string{"key", "--delay", "60"}, keys...)...)
}

func (w *window) types(text string) {
	w.t.Helper()
	tool(w.t, "xdotool", "type", "--delay", "20", text)
}

// act does what the switcher has under a name.
func (w *window) act(name, action string) {
	w.t.Helper()
	w.shows(name+"-switcher", func() { w.keys("ctrl+k") })
	w.shows(name+"-switcher", func() { w.types(">" + action) })
	w.shows(name, func() { w.keys("Return") })
}

// bans reads how many bans are on disk, and how often they held.
func bans(data string) (count, blocked int) {
	database, err := sql.Open("sqlite3", "file:"+filepath.Join(data, "tincan.db")+"?mode=ro")
	if err != nil {
		return -1, -1
	}
	defer func() { _ = database.Close() }()
	if err = database.QueryRowContext(context.Background(), "SELECT count(*), coalesce(sum(blocked), 0) FROM bans").Scan(&count, &blocked); err != nil {
		return -1, -1
	}
	return count, blocked
}

// TestWindowWhoReachesAna goes by keyboard through who reaches somebody, in the real
// window: a request is read and answered, two people compare, one is banned in the
// middle of it and their next try is counted, and the list goes out, away and back.
func TestWindowWhoReachesAna(t *testing.T) { //nolint:paralleltest // there is one screen
	program := needWindow(t)
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	options := []string{"--no-host", "--server", server.address}
	data := t.TempDir()
	ana := startDevice(t, data, "Ana", options...)
	online(t, ana)
	var invite app.Invite
	ana.call(&invite, "CreateInvite", app.InviteOptions{Label: "Kayak club"})
	ana.stop()
	ben := startDevice(t, t.TempDir(), "Ben", options...)
	online(t, ben)
	w := openWindow(t, program, data)
	w.focus()
	w.painted("reach-nobody")
	w.focus()

	var talk app.Conversation
	w.shows("reach-arrived", func() {
		ben.call(&talk, "SendRequest", invite.Link, "Hello Ana, it is Ben. Are we still on for Saturday?")
	})
	w.act("reach-request", "Contact requests")
	w.keys("F6", "F6", "Tab", "Tab")
	w.shows("reach-answering", func() { w.types("Yes, at nine at the boathouse") })
	w.shows("reach-answered", func() { w.keys("Return") })
	eventually(t, "the answer is there", func() bool { return ben.row(talk.ID).Preview == "Yes, at nine at the boathouse" })

	eventually(t, "there is a line", func() bool { return ben.state().Network.Lines == 1 })
	w.shows("reach-number", func() { w.keys("ctrl+shift+v") })
	w.shows("reach-asking", func() { w.keys("Tab", "Tab", "Tab", "Tab", "Tab", "Return") }) // from "Later" around to "Compare by emoji"
	check := func() app.Check {
		if check := ben.row(talk.ID).Check; check != nil {
			return *check
		}
		return app.Check{}
	}
	eventually(t, "Ben is asked", func() bool { return check().State == app.CheckAsked })
	w.shows("reach-emoji", func() { ben.call(nil, "AnswerCheck", talk.ID, true) })
	w.keys("Tab") // from "Stop", which keeps the focus, to "They match"
	w.shows("reach-said", func() {
		eventually(t, "Ana says that they match, once she could read them", func() bool {
			w.keys("Return")
			w.picture("reach-saying")
			return check().TheySaid
		})
	})
	w.shows("reach-compared", func() { ben.call(nil, "FinishCheck", talk.ID, true) })
	eventually(t, "both know each other", func() bool { return ben.row(talk.ID).Verified.Trust == app.TrustCompared })
	w.shows("reach-known", func() { w.keys("Return") })

	w.shows("reach-talk", func() { ben.call(nil, "SendText", talk.ID, "I am still writing") })
	w.act("reach-ban", "Ban Ben")
	w.shows("reach-banned", func() { w.keys("Tab", "Return") })
	eventually(t, "the line is closed", func() bool { return ben.state().Network.Lines == 0 })
	ben.call(nil, "SendText", talk.ID, "Why do you not answer")
	eventually(t, "the next try is counted", func() bool {
		_, blocked := bans(data)
		return blocked > 0
	})
	w.act("reach-list", "Settings: Ban list")

	// Past the other pages, the search and the filter.
	w.shows("reach-exported", func() { w.keys("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Return") })
	var files []string
	eventually(t, "the list is in a file", func() bool {
		files, _ = filepath.Glob(filepath.Join(data, "files", "tincan-bans-*.txt")) // the pattern is right
		return len(files) == 1
	})
	w.shows("reach-options", func() { w.keys("Tab", "Return") })
	w.shows("reach-clear", func() { w.keys("Return") })
	w.shows("reach-cleared", func() { w.keys("Tab", "Return") })
	eventually(t, "nobody is banned", func() bool {
		count, _ := bans(data)
		return count == 0
	})
	w.shows("reach-import", func() { w.keys("Tab", "Tab", "Return") })
	w.shows("reach-chooser", func() { w.keys("Return") })
	tool(t, "xdotool", "windowfocus", "--sync", tool(t, "xdotool", "search", "--sync", "--onlyvisible", "--pid", strconv.Itoa(w.command.Process.Pid), "--name", "Select File"))
	w.shows("reach-chooser", func() { w.keys("slash") }) // it makes a field for a path
	w.types(strings.TrimPrefix(files[0], "/"))
	w.shows("reach-imported", func() { w.keys("Return") })
	eventually(t, "Ben is banned again", func() bool {
		count, _ := bans(data)
		return count == 1
	})
	w.focus()
	w.painted("reach-imported")
	w.end()
	said, err := os.ReadFile(w.log.Name())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(said), "level=ERROR") || strings.Contains(string(said), "panic") {
		t.Errorf("the app said:\n%s", said)
	}
}
