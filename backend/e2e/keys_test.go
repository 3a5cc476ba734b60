package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

const (
	oldWords = "correct horse battery"
	newWords = "another staple altogether"
)

// backUp has a device back itself up, and returns the file's bytes.
func backUp(t *testing.T, d *device, words string) []byte {
	t.Helper()
	var saved app.SavedBackup
	d.call(&saved, "SaveBackup", words)
	t.Cleanup(func() { _ = os.Remove(saved.Path) })
	data, err := os.ReadFile(saved.Path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// giveBackup hands a backup to a device part by part.
func giveBackup(d *device, data []byte) {
	d.t.Helper()
	for first := true; first || len(data) > 0; first = false {
		part := data[:min(len(data), app.MaxPart)]
		data = data[len(part):]
		d.call(nil, "TakeBackup", base64.StdEncoding.EncodeToString(part), first)
	}
}

// TestRestoreGoesOn restores a backup on a clean folder: the same person on a
// new device. What was written after the backup comes back from Ben, both go on
// talking, over a line and through the mailbox, and nothing forks.
func TestRestoreGoesOn(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	p.say(p.ana, &p.sentAna, 5)
	p.say(p.ben, &p.sentBen, 5)
	p.same(t)
	who := p.ana.state().Profile.PeerID
	data := backUp(t, p.ana, oldWords)
	if bytes.Contains(data, []byte("Ana says 1")) {
		t.Fatal("the backup can be read")
	}
	p.say(p.ana, &p.sentAna, 3)
	p.same(t)
	p.ana.stop()
	p.say(p.ben, &p.sentBen, 2) // to a device that will never come back

	p.anaDir = t.TempDir()
	p.ana = listen(start(t, "tincan-node", "--data", p.anaDir, "--control", "--no-host"), p.anaDir)
	giveBackup(p.ana, data)
	if refused := p.ana.try(nil, "RestoreBackup", newWords, false); refused == nil || refused.Code != "backup-passphrase" {
		t.Fatalf("a wrong passphrase: %+v", refused)
	}
	p.ana.call(nil, "RestoreBackup", oldWords, false)
	if state := p.ana.state(); state.FirstRun || state.Profile.PeerID != who || state.Profile.Name != "Ana" || len(state.Conversations) != 1 {
		t.Fatalf("%+v", state.Profile)
	}
	online(t, p.ana)
	p.ana.call(nil, "Focus", p.conversation, true)
	p.same(t)
	p.say(p.ana, &p.sentAna, 3)
	p.say(p.ben, &p.sentBen, 3)
	p.same(t)

	p.ana.stop()
	p.say(p.ben, &p.sentBen, 2)
	eventually(t, "the mailbox keeps what Ben writes", func() bool {
		messages := p.ben.texts(p.conversation)
		return messages[len(messages)-1].State == app.MessageStored
	})
	p.ana = startDevice(t, p.anaDir, "Ana", p.options...)
	online(t, p.ana)
	p.same(t)
	for _, message := range p.ana.texts(p.conversation) {
		if message.Mine != strings.HasPrefix(message.Text, "Ana says") {
			t.Errorf("whose is %q?", message.Text)
		}
	}
	for _, one := range []*device{p.ana, p.ben} {
		if notice := one.state().Conversations[0].Notice; notice != nil {
			t.Errorf("%+v", notice)
		}
	}
	giveBackup(p.ana, data)
	if refused := p.ana.try(nil, "RestoreBackup", oldWords, false); refused == nil || refused.Code != "restore-profile" {
		t.Errorf("restoring over a profile: %+v", refused)
	}
	exported(t, p)
	p.ana.stop()
	p.ben.stop()
	server.stop()
}

// exported exports the conversation on both sides and checks it offline: entries
// of a device that is no more are in it, too.
func exported(t *testing.T, p *pair) {
	t.Helper()
	for _, one := range []*device{p.ana, p.ben} {
		var saved app.SavedExport
		one.call(&saved, "ExportConversation", p.conversation, "en")
		t.Cleanup(func() { _ = os.RemoveAll(saved.Path) })
		if saved.Messages != p.sentAna+p.sentBen {
			t.Errorf("%d messages instead of %d", saved.Messages, p.sentAna+p.sentBen)
		}
		check := func() (string, error) {
			output, err := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(programs, "tincan-node"), "verify-export", saved.Path).CombinedOutput()
			return string(output), err
		}
		if said, err := check(); err != nil || !strings.Contains(said, "The export holds") {
			t.Errorf("%v: %s", err, said)
		}
		page := filepath.Join(saved.Path, "conversation.html")
		text, err := os.ReadFile(page)
		if err == nil {
			err = os.WriteFile(page, bytes.Replace(text, []byte("Ana says 1<"), []byte("Ana says 9<"), 1), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if said, err := check(); err == nil || !strings.Contains(said, "does not hold") {
			t.Errorf("a changed page: %v: %s", err, said)
		}
	}
}

// passphraseFile writes a file for --passphrase-file.
func passphraseFile(t *testing.T, words string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(path, []byte(words+"\nnot this line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPassphraseAtStart starts with a passphrase, with a wrong one, without one,
// and after it was changed; what a contact wrote meanwhile comes after unlocking.
func TestPassphraseAtStart(t *testing.T) {
	t.Parallel()
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	var state app.LockState
	p.ana.call(&state, "Protect", app.Protecting{Protection: app.ProtectionPassphrase, New: oldWords})
	if state.Locked || state.Protection != app.ProtectionPassphrase {
		t.Fatalf("%+v", state)
	}
	p.ana.call(nil, "Lock")
	if refused := p.ana.try(nil, "Start"); refused == nil || refused.Code != "locked" {
		t.Fatalf("%+v", refused)
	}
	p.say(p.ben, &p.sentBen, 2)
	eventually(t, "it waits, since nothing is received", func() bool {
		messages := p.ben.texts(p.conversation)
		return messages[len(messages)-1].State == app.MessageStored
	})
	p.ana.call(nil, "Unlock", oldWords)
	online(t, p.ana)
	p.same(t)
	p.ana.stop()

	ends := func(want string, arguments ...string) {
		t.Helper()
		command := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(programs, "tincan-node"), append([]string{"--data", p.anaDir, "--no-host"}, arguments...)...)
		if output, err := command.CombinedOutput(); err == nil || !strings.Contains(string(output), want) {
			t.Errorf("%v: %v: %s", arguments, err, output)
		}
	}
	ends("locked with a passphrase")
	ends("does not open this profile", "--passphrase-file", passphraseFile(t, newWords))
	ends("cannot be read", "--passphrase-file", passphraseFile(t, ""))

	p.ana = listen(start(t, "tincan-node", "--data", p.anaDir, "--control", "--no-host", "--passphrase-file", passphraseFile(t, oldWords)), p.anaDir)
	if refused := p.ana.try(nil, "Protect", app.Protecting{Protection: app.ProtectionPassphrase, Old: newWords, New: newWords}); refused == nil || refused.Code != "passphrase-wrong" {
		t.Errorf("%+v", refused)
	}
	p.ana.call(nil, "Protect", app.Protecting{Protection: app.ProtectionPassphrase, Old: oldWords, New: newWords})
	p.ana.stop()
	ends("does not open this profile", "--passphrase-file", passphraseFile(t, oldWords))

	p.ana = listen(start(t, "tincan-node", "--data", p.anaDir, "--control", "--no-host"), p.anaDir)
	p.ana.call(&state, "LockState")
	if !state.Locked || state.Problem != nil {
		t.Errorf("%+v", state)
	}
	p.ana.call(&state, "Unlock", newWords)
	online(t, p.ana)
	p.say(p.ana, &p.sentAna, 2)
	p.same(t)
	p.ana.stop()
	p.ben.stop()
	server.stop()
}

// TestDeathWhileKeysChange kills a device at each step of a change of its
// passphrase, and of restoring a backup. Afterwards one of the two passphrases
// opens it, and it is the same person; or the backup is restored, or there is
// nobody yet.
func TestDeathWhileKeysChange(t *testing.T) {
	t.Parallel()
	begin := func(folder string, environment ...string) *device {
		command := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(programs, mortal), "--data", folder, "--control", "--no-host")
		return listen(run(t, mortal, command, environment...), folder)
	}
	source := t.TempDir()
	ana := begin(source)
	ana.call(nil, "CreateProfile", "Ana", 1)
	who := ana.state().Profile.PeerID
	data := backUp(t, ana, oldWords)
	ana.call(nil, "Protect", app.Protecting{Protection: app.ProtectionPassphrase, New: oldWords})
	ana.stop()
	key, err := os.ReadFile(filepath.Join(source, "identity.key"))
	if err != nil {
		t.Fatal(err)
	}

	change := func(d *device) {
		_, _ = d.attempt(nil, "Protect", app.Protecting{Protection: app.ProtectionPassphrase, Old: oldWords, New: newWords})
	}
	restore := func(d *device) {
		giveBackup(d, data)
		_, _ = d.attempt(nil, "RestoreBackup", oldWords, false)
	}
	record := filepath.Join(t.TempDir(), "points")
	folder := t.TempDir()
	d := begin(folder, "TINCAN_FAULTS_RECORD="+record)
	restore(d)
	d.stop()
	d = begin(source, "TINCAN_FAULTS_RECORD="+record)
	d.call(nil, "Unlock", oldWords)
	change(d)
	d.stop()
	text, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	var restoring, changing []string
	for _, point := range slices.Compact(slices.Sorted(strings.Lines(string(text)))) {
		point = strings.TrimSpace(point)
		switch {
		case strings.HasPrefix(point, "device.restore."), point == "device.shut":
			restoring = append(restoring, point)
		case strings.HasPrefix(point, "vault."):
			changing = append(changing, point)
		}
	}
	if len(restoring) < 5 || len(changing) < 3 {
		t.Fatalf("points %v and %v", restoring, changing)
	}
	for _, point := range changing {
		if err = os.WriteFile(filepath.Join(source, "identity.key"), key, 0o600); err != nil {
			t.Fatal(err)
		}
		d = begin(source, "TINCAN_FAULTS_KILL="+point+"#1")
		d.call(nil, "Unlock", oldWords)
		change(d)
		<-d.gone
		d = begin(source)
		opened := 0
		for _, words := range []string{oldWords, newWords} {
			if refused := d.try(nil, "Unlock", words); refused == nil {
				opened++
				break
			}
		}
		if opened != 1 || d.state().Profile.PeerID != who {
			t.Errorf("killed at %s: %d of two passphrases open it", point, opened)
		}
		d.stop()
	}
	for _, point := range restoring {
		folder = t.TempDir()
		d = begin(folder, "TINCAN_FAULTS_KILL="+point+"#1")
		restore(d)
		<-d.gone
		d = begin(folder)
		state := d.state()
		if !state.FirstRun && state.Profile.PeerID != who || state.FirstRun && state.Profile.PeerID == who || state.Problem != nil {
			t.Errorf("killed at %s: %+v", point, state.Profile)
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range entries {
			if strings.HasPrefix(one.Name(), "restor") {
				t.Errorf("killed at %s: %s is left", point, one.Name())
			}
		}
		d.stop()
	}
	t.Logf("killed at %v and %v", changing, restoring)
}

// TestDeathWhileAProfileIsReplaced kills a device at each step of restoring a
// backup over somebody else's profile. Afterwards it is the one or the other,
// whole, and what was replaced is in a folder beside, whole too.
func TestDeathWhileAProfileIsReplaced(t *testing.T) {
	t.Parallel()
	begin := func(folder string, environment ...string) *device {
		command := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(programs, mortal), "--data", folder, "--control", "--no-host")
		return listen(run(t, mortal, command, environment...), folder)
	}
	d := begin(t.TempDir())
	d.call(nil, "CreateProfile", "Ana", 1)
	ana := d.state().Profile.PeerID
	data := backUp(t, d, oldWords)
	d.stop()
	replace := func(folder string, environment ...string) (d *device, ben string) {
		d = begin(folder, environment...)
		d.call(nil, "CreateProfile", "Ben", 1)
		ben = d.state().Profile.PeerID
		giveBackup(d, data)
		_, _ = d.attempt(nil, "RestoreBackup", oldWords, true)
		return d, ben
	}
	record := filepath.Join(t.TempDir(), "points")
	d, _ = replace(t.TempDir(), "TINCAN_FAULTS_RECORD="+record)
	if d.state().Profile.PeerID != ana {
		t.Fatal("the backup was not restored")
	}
	text, err := os.ReadFile(record) // before it ends, which passes some of them again
	if err != nil {
		t.Fatal(err)
	}
	d.stop()
	aside := map[string]int{}
	for line := range strings.Lines(string(text)) {
		if point := strings.TrimSpace(line); strings.HasPrefix(point, "device.restore.") || point == "device.shut" {
			aside[point]++
		}
	}
	if aside["device.restore.aside"] < 5 || len(aside) < 6 {
		t.Fatalf("points %v", aside)
	}
	for point, times := range aside {
		for nth := 1; nth <= min(times, 5); nth++ {
			folder := t.TempDir()
			killed, ben := replace(folder, fmt.Sprintf("TINCAN_FAULTS_KILL=%s#%d", point, nth))
			<-killed.gone
			after := begin(folder)
			state := after.state()
			after.stop()
			before, err := filepath.Glob(filepath.Join(folder, "before-restore-*"))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case state.Problem != nil || state.FirstRun:
				t.Errorf("killed at %s: %+v", point, state)
			case state.Profile.PeerID == ben && len(before) == 0:
			case state.Profile.PeerID == ana && len(before) == 1:
				old := begin(before[0])
				if found := old.state(); found.Profile.PeerID != ben || found.Problem != nil {
					t.Errorf("killed at %s: what was replaced is %+v", point, found.Profile)
				}
				old.stop()
			default:
				t.Errorf("killed at %s: %+v, and beside it %v", point, state.Profile, before)
			}
		}
	}
}

const busConfiguration = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`

// sessionBus starts a message bus and a secret service on it, with a keyring
// that a password opened.
func sessionBus(t *testing.T, password string) (address string, keyring *process) {
	t.Helper()
	home := t.TempDir()
	// A configuration that starts no service by itself: else another one is first.
	configuration := filepath.Join(home, "bus.conf")
	if err := os.WriteFile(configuration, []byte(busConfiguration), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(context.WithoutCancel(t.Context()), "dbus-daemon", "--config-file="+configuration, "--nofork", "--nosyslog", "--print-address")
	bus := run(t, "dbus-daemon", command)
	select {
	case address = <-bus.lines:
	case <-bus.gone:
		t.Fatalf("no bus: %s", bus.errors.text())
	}
	command = exec.CommandContext(context.WithoutCancel(t.Context()), "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	keyring = run(t, "gnome-keyring-daemon", command, "DBUS_SESSION_BUS_ADDRESS="+address, "HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home)
	writer := bufio.NewWriter(keyring.input)
	if _, err := writer.WriteString(password); err != nil {
		t.Fatal(err)
	}
	if err := writer.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := keyring.input.Close(); err != nil {
		t.Fatal(err)
	}
	return address, keyring
}

// TestKeyring keeps the key in a keyring, takes the keyring away, and brings it back.
func TestKeyring(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	begin := func(bus string) *device {
		command := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(programs, "tincan-node"), "--data", folder, "--control", "--no-host", "--name", "Ana")
		return listen(run(t, "tincan-node", command, "DBUS_SESSION_BUS_ADDRESS="+bus), folder)
	}
	const nowhere = "unix:path=/nonexistent/bus"
	ana := begin(nowhere)
	who := ana.state().Profile.PeerID
	if refused := ana.try(nil, "Protect", app.Protecting{Protection: app.ProtectionKeyring}); refused == nil || refused.Code != "keyring-missing" {
		t.Fatalf("without a keyring: %+v", refused)
	}
	ana.stop()
	for _, program := range []string{"dbus-daemon", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Logf("NOT SEEN: a real keyring, since this machine has no %s", program)
			return
		}
	}
	bus, keyring := sessionBus(t, "the keyring's own password")
	ana = begin(bus)
	var state app.LockState
	eventually(t, "the keyring answers", func() bool {
		return ana.try(&state, "Protect", app.Protecting{Protection: app.ProtectionKeyring}) == nil
	})
	ana.stop()
	ana = begin(bus)
	if got := ana.state().Profile.PeerID; got != who {
		t.Errorf("it is %s", got)
	}
	ana.stop()

	ana = begin(nowhere)
	ana.call(&state, "LockState")
	if !state.Locked || state.Problem == nil || state.Problem.Code != "keyring-missing" {
		t.Errorf("%+v", state)
	}
	if refused := ana.try(nil, "Unlock", ""); refused == nil || refused.Code != "keyring-missing" {
		t.Errorf("%+v", refused)
	}
	ana.stop()

	ana = begin(bus)
	ana.call(&state, "Protect", app.Protecting{Protection: app.ProtectionPassphrase, New: oldWords})
	ana.stop()
	keyring.kill()
	ana = begin(nowhere)
	ana.call(&state, "Unlock", oldWords)
	if ana.state().Profile.PeerID != who {
		t.Error("somebody else")
	}
	ana.stop()
}
