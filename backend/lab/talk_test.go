//go:build lab

package lab_test

import (
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // the disks are looked at from outside

	"github.com/tincan-chat/tincan/backend/app"
)

// bulk is the text whose way is followed: large beside everything else that a
// server sees of two people (bytes; a text may have 32 KiB).
const bulk = 30 << 10

// leastBulk is what becomes of it when it goes in a batch, which is compressed:
// base64 has 6 random bits in each byte.
const leastBulk = bulk * 6 / 8

// pair is two people who talk, each with a device on a machine of the lab.
type pair struct {
	t                *testing.T
	ana, ben         *device
	anaDir, benDir   string
	server           string
	conversation     string
	sentAna, sentBen int
}

// meet makes two people contacts the way people do: an invite, a request, an answer.
func meet(t *testing.T, server string, anaOn, benOn *namespace) *pair {
	t.Helper()
	return meetThrough(t, "", server, anaOn, benOn)
}

// meetThrough is meet, with a proxy in Ana's settings before she goes to the server.
func meetThrough(t *testing.T, proxy, server string, anaOn, benOn *namespace) *pair {
	t.Helper()
	p := &pair{t: t, anaDir: t.TempDir(), benDir: t.TempDir(), server: server}
	if proxy == "" {
		p.ana = startDevice(t, anaOn, p.anaDir, "Ana", server)
	} else {
		p.ana = startDevice(t, anaOn, p.anaDir, "Ana", "")
		var state app.State
		p.ana.call(&state, "Start")
		state.Settings.Proxy = proxy
		p.ana.call(nil, "SaveSettings", state.Settings)
		p.ana.call(nil, "AddServer", server)
	}
	p.ben = startDevice(t, benOn, p.benDir, "Ben", server)
	p.ana.call(nil, "Painted")
	p.ben.call(nil, "Painted")
	p.ana.whenOnline()
	p.ben.whenOnline()
	var invite app.Invite
	p.ana.call(&invite, "CreateInvite", app.InviteOptions{Label: "for Ben"})
	var asked app.Conversation
	p.ben.call(&asked, "SendRequest", invite.Link, "Ben says 1")
	p.conversation, p.sentBen = asked.ID, 1
	eventually(t, "the request arrives", func() bool {
		var state app.State
		p.ana.call(&state, "Start")
		return len(state.Requests) == 1
	})
	p.ana.call(nil, "AcceptRequest", asked.ID)
	p.same()
	return p
}

// restart ends both devices and starts them again, with something to say that
// waits; their networks start together. It returns how long it took from when
// both had reached the server to when both had a line.
func (p *pair) restart() time.Duration {
	p.t.Helper()
	p.ana.stop()
	p.ben.stop()
	p.ana = startDevice(p.t, p.ana.machine, p.anaDir, "Ana", p.server)
	p.ben = startDevice(p.t, p.ben.machine, p.benDir, "Ben", p.server)
	p.say(p.ana, "")
	p.say(p.ben, "")
	p.ana.call(nil, "Painted")
	p.ben.call(nil, "Painted")
	online := later(p.ana.whenOnline(), p.ben.whenOnline())
	return later(p.ana.whenOpen(), p.ben.whenOpen()).Sub(online)
}

func later(x, y time.Time) time.Time {
	if x.After(y) {
		return x
	}
	return y
}

// say sends a numbered text with something after it, and returns it.
func (p *pair) say(from *device, rest string) string {
	p.t.Helper()
	count := &p.sentAna
	if from == p.ben {
		count = &p.sentBen
	}
	*count++
	text := fmt.Sprintf("%s says %d", from.name, *count)
	if rest != "" {
		text += " " + rest
	}
	from.call(nil, "SendText", p.conversation, text)
	return text
}

// chat sends texts both ways, and waits until they are there.
func (p *pair) chat(each int) {
	p.t.Helper()
	var fromAna, fromBen string
	for range each {
		fromAna, fromBen = p.say(p.ana, ""), p.say(p.ben, "")
	}
	p.ben.whenText(fromAna)
	p.ana.whenText(fromBen)
}

// path demands a path of both sides, and that the bytes of a text really go that
// way: through the server when it is relayed, and only then.
func (p *pair) path(want app.LineState, server *namespace) {
	p.t.Helper()
	p.ana.whenPath(want)
	p.ben.whenPath(want)
	before := server.received("wan")
	noise := make([]byte, base64.StdEncoding.DecodedLen(bulk))
	_, _ = rand.Read(noise)
	long := base64.StdEncoding.EncodeToString(noise)
	p.ben.whenText(p.say(p.ana, long))
	p.ana.whenText(p.say(p.ben, long))
	through := server.received("wan") - before
	switch relayed := want == app.LineRelayed; {
	case relayed && through < 2*leastBulk:
		p.t.Errorf("the line is called relayed, but of %d bytes of text the server saw %d at most", 2*leastBulk, through)
	case !relayed && through > bulk/2:
		p.t.Errorf("the line is called %s, but while %d bytes of text went by the server got %d", want, 2*bulk, through)
	}
}

// comesBack does something to the network and returns how long it took until a
// text of each side, written right after it, was with the other.
func (p *pair) comesBack(disturb func()) time.Duration {
	p.t.Helper()
	began := time.Now()
	disturb()
	fromAna, fromBen := p.say(p.ana, "after it"), p.say(p.ben, "after it")
	return later(p.ben.whenText(fromAna), p.ana.whenText(fromBen)).Sub(began)
}

// same waits until both disks hold the same: all that was sent, once, in one
// order, and the texts of each in the order in which they were written.
func (p *pair) same() {
	p.t.Helper()
	var a, b []app.Message
	eventually(p.t, "both hold the same", func() bool {
		a, b = p.ana.timeline(p.conversation), p.ben.timeline(p.conversation)
		return len(a) == p.sentAna+p.sentBen && len(b) == len(a)
	})
	next := map[string]int{"Ana": 1, "Ben": 1}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Order != b[i].Order || a[i].Text != b[i].Text {
			p.t.Fatalf("at %d Ana has %.40q and Ben %.40q", i, a[i].Text, b[i].Text)
		}
		var who string
		var count int
		if _, err := fmt.Sscanf(a[i].Text, "%s says %d", &who, &count); err != nil {
			p.t.Fatalf("a text that nobody wrote: %.40q", a[i].Text)
		}
		if count != next[who] {
			p.t.Fatalf("%s's text %d stands where %d should", who, count, next[who])
		}
		next[who]++
	}
}

// ended stops both devices and counts what their files hold.
func (p *pair) ended() {
	p.t.Helper()
	p.same()
	p.ana.stop()
	p.ben.stop()
	for _, folder := range []string{p.anaDir, p.benDir} {
		all, different := entriesIn(p.t, folder)
		if all != p.sentAna+p.sentBen || different != all {
			p.t.Errorf("%d texts were sent; a disk holds %d, %d of them different", p.sentAna+p.sentBen, all, different)
		}
	}
}

// entriesIn counts the shown entries on a disk, and those that differ.
func entriesIn(t *testing.T, folder string) (all, different int) {
	t.Helper()
	database, err := sql.Open("sqlite3", "file:"+filepath.Join(folder, "tincan.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = database.Close() }()
	row := database.QueryRowContext(t.Context(), "SELECT count(*), count(DISTINCT hash) FROM entries WHERE shown = 1")
	if err := row.Scan(&all, &different); err != nil {
		t.Fatal(err)
	}
	return all, different
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("it never came true that %s", what)
		case <-poll.C:
		}
	}
}
