package e2e_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// goingOn is the conversation of a device that is no former one and has no other
// that follows.
func (d *device) goingOn() app.Conversation {
	d.t.Helper()
	for _, row := range d.state().Conversations {
		if row.Next == "" && !row.Former {
			return row
		}
	}
	return app.Conversation{}
}

func (d *device) read(conversation string) (texts []string) {
	d.t.Helper()
	for _, message := range d.texts(conversation) {
		texts = append(texts, message.Text)
	}
	return texts
}

// TestChangeKey: Ana changes her key while Ben is there. He follows without being
// asked, and holds back because he had compared; both can read what was before.
func TestChangeKey(t *testing.T) {
	t.Parallel()
	p := meet(t)
	p.say(p.ana, &p.sentAna, 2)
	p.say(p.ben, &p.sentBen, 2)
	p.same(t)
	p.ben.call(nil, "Verify", p.conversation, true)
	before, who := p.ben.read(p.conversation), p.ana.state().Profile.PeerID
	p.ana.call(nil, "ChangeKey", "")
	p.ana.call(nil, "Painted")
	state := p.ana.state()
	if state.Profile.PeerID == who || state.Profile.Name != "Ana" || len(state.Conversations) != 2 {
		t.Fatalf("%+v", state)
	}
	eventually(t, "Ben follows", func() bool { return p.ben.row(p.conversation).Next != "" })
	next := p.ben.goingOn()
	if next.ID == p.conversation || next.Name != "Ana" || next.PeerID != state.Profile.PeerID || next.Verified.Trust != app.TrustChanged {
		t.Fatalf("%+v", next)
	}
	p.ben.call(nil, "SendText", next.ID, "held back")
	if row := p.ben.goingOn(); row.Line.State != app.LineHeld || row.Queued != 1 {
		t.Errorf("%+v", row)
	}
	p.ben.kill()
	p.ben = startDevice(t, p.benDir, "", p.options...)
	if row := p.ben.goingOn(); row.Verified.Trust != app.TrustChanged || row.Queued != 1 {
		t.Errorf("after a restart: %+v", row)
	}
	online(t, p.ben)
	p.ben.call(nil, "Unverify", next.ID)
	eventually(t, "what was held back comes", func() bool { return slices.Contains(p.ana.read(next.ID), "held back") })
	p.ana.call(nil, "SendText", next.ID, "and back")
	eventually(t, "they chat on", func() bool { return slices.Contains(p.ben.read(next.ID), "and back") })
	for _, d := range []*device{p.ana, p.ben} {
		if got := d.read(p.conversation); !slices.Equal(got, before) {
			t.Errorf("what was before: %q, want %q", got, before)
		}
	}
	for _, message := range p.ana.texts(p.conversation) {
		if message.Mine != strings.HasPrefix(message.Text, "Ana says") {
			t.Errorf("whose is %q?", message.Text)
		}
	}
	for d, code := range map[*device]string{p.ana: "former", p.ben: "they-moved"} {
		if refused := d.try(nil, "SendText", p.conversation, "too late"); refused == nil || refused.Code != code {
			t.Errorf("%+v, want %s", refused, code)
		}
	}

	// A backup of after the change restores as the new identity.
	data := backUp(t, p.ana, oldWords)
	p.ana.stop()
	folder := t.TempDir()
	restored := listen(start(t, "tincan-node", "--data", folder, "--control", "--no-host"), folder)
	giveBackup(restored, data)
	restored.call(nil, "RestoreBackup", oldWords, false)
	if got := restored.state(); got.Profile.PeerID != state.Profile.PeerID || len(got.Conversations) != 2 {
		t.Errorf("%+v", got)
	}
	if got := restored.read(p.conversation); !slices.Equal(got, before) {
		t.Errorf("restored: %q", got)
	}
}

// keptLetters is how many letters of a device servers have taken.
func keptLetters(d *device) int { return strings.Count(d.errors.text(), "a server keeps a letter") }

// TestChangeKeyByMail: Ben is away while Ana changes her key, and Ana when he is
// back. The letter that he finds is enough.
func TestChangeKeyByMail(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.say(p.ana, &p.sentAna, 1)
	p.same(t)
	p.ben.stop()
	letters := keptLetters(p.ana)
	p.ana.call(nil, "ChangeKey", "")
	online(t, p.ana)
	next := p.ana.goingOn()
	if !next.Following {
		t.Errorf("%+v", next)
	}
	p.ana.call(nil, "SendText", next.ID, "after")
	eventually(t, "the mailbox keeps the request", func() bool { return keptLetters(p.ana) > letters })
	p.ana.stop()
	p.ben = startDevice(t, p.benDir, "Ben", p.options...)
	online(t, p.ben)
	eventually(t, "Ben follows", func() bool { return p.ben.row(p.conversation).Next == next.ID })
	p.ben.call(nil, "SendText", next.ID, "I am back")
	p.ana = startDevice(t, p.anaDir, "", p.options...)
	online(t, p.ana)
	eventually(t, "they chat on", func() bool {
		return slices.Contains(p.ana.read(next.ID), "I am back") && slices.Contains(p.ben.read(next.ID), "after")
	})
	if row := p.ana.goingOn(); row.Following || row.Contact != app.ContactMutual {
		t.Errorf("%+v", row)
	}
}

// TestDeathWhileKeyIsReplaced kills Ana at each point of a change. Afterwards she
// has the key before, with all as it was, or the new one, and Ben follows.
func TestDeathWhileKeyIsReplaced(t *testing.T) {
	t.Parallel()
	points := []string{
		"device.rekey.signed", "device.rekey.kept", "vault.replace.before", "vault.replace.after", "vault.replace.overwritten",
		"device.rekey.carry", "device.rekey.carried", "device.rekey.done",
	}
	p := meet(t)
	p.say(p.ana, &p.sentAna, 1)
	p.same(t)
	first := p.ana.read(p.conversation)
	for _, point := range points {
		who := p.ana.state().Profile.PeerID
		p.ana.stop()
		command := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(programs, mortal), "--data", p.anaDir, "--control")
		p.ana = listen(run(t, mortal, command, "TINCAN_FAULTS_KILL="+point+"#1"), p.anaDir)
		online(t, p.ana)
		if _, alive := p.ana.attempt(nil, "ChangeKey", ""); alive {
			t.Fatalf("%s: it lives", point)
		}
		p.ana = startDevice(t, p.anaDir, "", p.options...)
		online(t, p.ana)
		state := p.ana.state()
		changed := slices.Index(points, point) >= slices.Index(points, "vault.replace.after")
		if got := state.Profile.PeerID != who; got != changed {
			t.Fatalf("%s: changed %v", point, got)
		}
		next := p.ana.goingOn()
		if got := p.ana.read(p.conversation); !slices.Equal(got, first) {
			t.Errorf("%s: what was before: %q", point, got)
		}
		p.ana.call(nil, "SendText", next.ID, "after "+point)
		if !changed {
			first = append(first, "after "+point)
		}
		eventually(t, "Ben hears it", func() bool {
			return p.ben.row(next.ID).ID != "" && slices.Contains(p.ben.read(next.ID), "after "+point)
		})
	}
}
