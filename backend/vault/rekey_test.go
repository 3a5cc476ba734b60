package vault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
)

func newKeys(t *testing.T) *identity.Keys {
	t.Helper()
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestRekey: under each protection other keys take the place of those there were,
// what was wrapped stays readable, and nothing of the former keys is left.
func TestRekey(t *testing.T) {
	const right = "correct horse battery"
	entries := &ring{entries: map[string]string{}}
	for protection, step := range map[Protection]struct {
		change Change
		opens  Opening
	}{
		File:       {Change{Protection: File}, Opening{}},
		Keyring:    {Change{Protection: Keyring, Ring: entries}, Opening{Ring: entries}},
		Passphrase: {Change{Protection: Passphrase, New: right}, Opening{Passphrase: right}},
	} {
		folder, made := created(t)
		if err := made.Protect(step.change); err != nil {
			t.Fatal(err)
		}
		wrapped, err := made.Wrap([]byte("sealed mail"), []byte("about"))
		if err != nil {
			t.Fatal(err)
		}
		before, next, old := made.Keys(), newKeys(t), step.opens.Passphrase
		seeds, after, sealed := before.Seeds(), next.Seeds(), keyFile(t, folder)
		if err = made.Rekey(next, old); err != nil {
			t.Fatalf("%d: %v", protection, err)
		}
		if made.Keys() != next || made.Keys().Peer() != next.Peer() || made.Protection() != protection {
			t.Errorf("%d: the vault has other keys", protection)
		}
		if !bytes.Equal(next.Seeds(), after) {
			t.Errorf("%d: the new keys are wiped", protection)
		}
		if left := before.Seeds(); len(left) > 0 && bytes.Equal(left, seeds) {
			t.Errorf("%d: the former keys are still in memory", protection)
		}
		data := keyFile(t, folder)
		if bytes.Equal(data, sealed) || bytes.Contains(data, after[:32]) || bytes.Contains(data, seeds[:32]) {
			t.Errorf("%d: what is in the file", protection)
		}
		if found, _ := parse(data); found == nil || found.peer != next.Peer() || found.device != next.Device() {
			t.Errorf("%d: whose file it is", protection)
		}
		opens(t, folder, step.opens, made, wrapped)
		if look, err := Look(folder); err != nil || look != protection {
			t.Errorf("%d: it looks like %d, %v", protection, look, err)
		}
	}
	if len(entries.entries) != 1 {
		t.Errorf("%d entries in the keyring", len(entries.entries))
	}
}

// TestRekeyRefused: without the passphrase, when it is wiped, and when the disk
// refuses, the keys are those of before, on the disk and in memory.
func TestRekeyRefused(t *testing.T) {
	const right = "correct horse battery"
	folder, made := created(t)
	if err := made.Protect(Change{Protection: Passphrase, New: right}); err != nil {
		t.Fatal(err)
	}
	before, data := made.Keys(), keyFile(t, folder)
	for _, wrong := range []string{"", "correct horse"} {
		if err := made.Rekey(newKeys(t), wrong); !errors.Is(err, ErrPassphrase) {
			t.Errorf("with %q: %v", wrong, err)
		}
		if err := made.Check(wrong); !errors.Is(err, ErrPassphrase) {
			t.Errorf("checking %q: %v", wrong, err)
		}
	}
	if err := made.Check(right); err != nil {
		t.Error(err)
	}
	if made.Keys() != before || !bytes.Equal(keyFile(t, folder), data) {
		t.Error("a refusal changed something")
	}

	// A folder in its place is what no file replaces.
	path := filepath.Join(folder.Path(), identity.KeyFile)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "inside"), 0o700); err != nil {
		t.Fatal(err)
	}
	seeds := before.Seeds()
	if err := made.Rekey(newKeys(t), right); err == nil {
		t.Fatal("a disk that refuses")
	}
	if made.Keys() != before || !bytes.Equal(before.Seeds(), seeds) || made.peer != before.Peer() || made.device != before.Device() {
		t.Error("the vault has keys that are not on the disk")
	}
	if left, err := os.ReadDir(folder.Path()); err != nil || len(left) > 3 {
		t.Errorf("%v, %v", left, err)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := Open(folder, Opening{Passphrase: right})
	if err != nil || opened.Keys().Peer() != before.Peer() {
		t.Errorf("%v", err)
	}

	made.Wipe()
	if err := made.Rekey(newKeys(t), right); !errors.Is(err, ErrLocked) {
		t.Errorf("after it was wiped: %v", err)
	}
	if err := made.Check(right); !errors.Is(err, ErrLocked) {
		t.Errorf("checking after it was wiped: %v", err)
	}
}

// TestRekeyAtEachStep: whatever is in the folder at any step of a replacement
// opens as the keys of before or as the new ones.
func TestRekeyAtEachStep(t *testing.T) {
	folder, made := created(t)
	first := made.Keys().Peer()
	before := keyFile(t, folder)
	next := newKeys(t)
	if err := made.Rekey(next, ""); err != nil {
		t.Fatal(err)
	}
	after := keyFile(t, folder)
	// The new file is written beside the old one, whole or not, and takes its place
	// in one step: what is left of it otherwise is nothing to a start.
	for _, cut := range []int{0, 1, len(after) / 2, len(after)} {
		for name, content := range map[string][]byte{"before": before, "after": after} {
			other := folderAt(t, t.TempDir())
			path := filepath.Join(other.Path(), identity.KeyFile)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+".new", after[:cut], 0o600); err != nil {
				t.Fatal(err)
			}
			want := map[string]identity.PeerID{"before": first, "after": next.Peer()}[name]
			if opened, err := Open(other, Opening{}); err != nil || opened.Keys().Peer() != want {
				t.Errorf("%s, %d bytes beside: %v", name, cut, err)
			}
		}
	}
}
