package vault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
)

// cheap is a cost for tests; the standard one has its own.
var cheap = cost{passes: 1, memory: minMemory, lanes: 1}

// ring is a keyring in memory.
type ring struct {
	entries map[string]string
	fails   error
	forgets bool
}

func (r *ring) Get(name string) (string, error) {
	if r.fails != nil {
		return "", r.fails
	}
	secret, known := r.entries[name]
	if !known {
		return "", ErrKeyringEntry
	}
	return secret, nil
}

func (r *ring) Set(name, secret string) error {
	if r.fails == nil && !r.forgets {
		r.entries[name] = secret
	}
	return r.fails
}

func (r *ring) Delete(name string) error {
	delete(r.entries, name)
	return r.fails
}

func folderAt(t *testing.T, path string) *identity.Folder {
	t.Helper()
	folder, err := identity.OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	return folder
}

func created(t *testing.T) (*identity.Folder, *Vault) {
	t.Helper()
	folder := folderAt(t, t.TempDir())
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made, err := Create(folder, keys)
	if err != nil {
		t.Fatal(err)
	}
	return folder, made
}

func keyFile(t *testing.T, folder *identity.Folder) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder.Path(), identity.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func opens(t *testing.T, folder *identity.Folder, opening Opening, want *Vault, wrapped []byte) {
	t.Helper()
	opened, err := Open(folder, opening)
	if err != nil {
		t.Fatal(err)
	}
	if opened.Keys().Peer() != want.peer || opened.Keys().Device() != want.device {
		t.Error("other keys")
	}
	if plain, err := opened.Unwrap(wrapped, []byte("about")); err != nil || string(plain) != "sealed mail" {
		t.Errorf("unwrapped %q, %v", plain, err)
	}
}

// TestProtections goes from each protection to each, and what was wrapped opens
// after all of them.
func TestProtections(t *testing.T) {
	folder, made := created(t)
	seeds := made.Keys().Seeds()
	wrapped, err := made.Wrap([]byte("sealed mail"), []byte("about"))
	if err != nil {
		t.Fatal(err)
	}
	entries := &ring{entries: map[string]string{}}
	const first, second = "correct horse battery", "another one altogether"
	steps := []struct {
		change Change
		opens  Opening
	}{
		{Change{Protection: Passphrase, New: first}, Opening{Passphrase: " " + first + "\n"}},
		{Change{Protection: Passphrase, Old: first, New: second}, Opening{Passphrase: second}},
		{Change{Protection: Keyring, Old: second, Ring: entries}, Opening{Ring: entries}},
		{Change{Protection: Keyring, Ring: entries}, Opening{Ring: entries}},
		{Change{Protection: Passphrase, New: "cafe\u0301 au lait", Ring: entries}, Opening{Passphrase: "caf\u00e9 au lait"}},
		{Change{Protection: File, Old: "caf\u00e9 au lait"}, Opening{}},
		{Change{Protection: Keyring, Ring: entries}, Opening{Ring: entries}},
		{Change{Protection: File, Ring: entries}, Opening{}},
	}
	for i, step := range steps {
		if err = made.Protect(step.change); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		look, err := Look(folder)
		if err != nil || look != step.change.Protection || made.Protection() != look {
			t.Errorf("step %d: it looks like %d, %v", i, look, err)
		}
		opens(t, folder, step.opens, made, wrapped)
		data := keyFile(t, folder)
		if bytes.Contains(data, seeds[:32]) || bytes.Contains(data, seeds[32:]) {
			t.Errorf("step %d: the keys are in the file as they are", i)
		}
		if step.change.Protection != File && bytes.Contains(data, made.master) {
			t.Errorf("step %d: the master key is in the file", i)
		}
		if want := map[Protection]int{Keyring: 1}[look]; len(entries.entries) != want {
			t.Errorf("step %d: %d entries in the keyring", i, len(entries.entries))
		}
	}
}

func TestRefusals(t *testing.T) {
	folder, made := created(t)
	if err := made.Protect(Change{Protection: Passphrase, New: " short "}); !errors.Is(err, ErrWeakPassphrase) {
		t.Errorf("a short one: %v", err)
	}
	if err := made.Protect(Change{Protection: Passphrase, New: strings.Repeat("x", maxPassphrase+1)}); !errors.Is(err, ErrWeakPassphrase) {
		t.Errorf("a long one: %v", err)
	}
	const right = "correct horse battery"
	if err := made.Protect(Change{Protection: Passphrase, New: right}); err != nil {
		t.Fatal(err)
	}
	before := keyFile(t, folder)
	for _, wrong := range []string{"", "correct horse", strings.Repeat("x", maxPassphrase+1)} {
		if err := made.Protect(Change{Protection: File, Old: wrong}); !errors.Is(err, ErrPassphrase) {
			t.Errorf("changing with %.20q: %v", wrong, err)
		}
	}
	if _, err := Open(folder, Opening{}); !errors.Is(err, ErrNoPassphrase) {
		t.Errorf("without: %v", err)
	}
	if _, err := Open(folder, Opening{Passphrase: "correct horse"}); !errors.Is(err, ErrPassphrase) {
		t.Errorf("a word is missing: %v", err)
	}
	if !bytes.Equal(before, keyFile(t, folder)) {
		t.Error("a refusal changed the file")
	}
	for name, entries := range map[string]*ring{
		"gone":    {fails: ErrKeyring},
		"locked":  {fails: ErrKeyringLocked},
		"forgets": {entries: map[string]string{}, forgets: true},
	} {
		if err := made.Protect(Change{Protection: Keyring, Old: right, Ring: entries}); err == nil {
			t.Errorf("a keyring that is %s was taken", name)
		}
	}
	if !bytes.Equal(before, keyFile(t, folder)) {
		t.Error("a keyring that fails changed the file")
	}
	entries := &ring{entries: map[string]string{}}
	if err := made.Protect(Change{Protection: Keyring, Old: right, Ring: entries}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(folder, Opening{}); !errors.Is(err, ErrKeyring) {
		t.Errorf("no keyring: %v", err)
	}
	for name := range entries.entries {
		entries.entries[name] = strings.Repeat("00", masterSize)
	}
	if _, err := Open(folder, Opening{Ring: entries}); !errors.Is(err, ErrKeyringEntry) {
		t.Errorf("another key in the keyring: %v", err)
	}
	clear(entries.entries)
	if _, err := Open(folder, Opening{Ring: entries}); !errors.Is(err, ErrKeyringEntry) {
		t.Errorf("nothing in the keyring: %v", err)
	}
	made.Wipe()
	if err := made.Protect(Change{Protection: File}); !errors.Is(err, ErrLocked) {
		t.Errorf("after it was wiped: %v", err)
	}
	if !bytes.Equal(made.Keys().Seeds(), make([]byte, identity.SeedsSize)) {
		t.Error("the keys are still in memory")
	}
}

// TestFirstVersion: keys that an earlier Tincan kept are found, and kept anew.
func TestFirstVersion(t *testing.T) {
	t.Parallel()
	folder := folderAt(t, t.TempDir())
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Open(folder, Opening{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without keys: %v", err)
	}
	if err = folder.SaveKeys(keys); err != nil {
		t.Fatal(err)
	}
	if look, err := Look(folder); err != nil || look != File {
		t.Errorf("it looks like %d, %v", look, err)
	}
	for range 2 {
		opened, err := Open(folder, Opening{})
		if err != nil || opened.Keys().Peer() != keys.Peer() || opened.Keys().Device() != keys.Device() {
			t.Fatalf("%v, %v", opened, err)
		}
		if !bytes.HasPrefix(keyFile(t, folder), []byte(magic)) {
			t.Error("it was not kept anew")
		}
	}
}

// TestEveryByte changes each byte of a file: what does not open says so.
func TestEveryByte(t *testing.T) {
	t.Parallel()
	folder, _ := created(t)
	data := keyFile(t, folder)
	for i := range data {
		altered := bytes.Clone(data)
		altered[i] ^= 0x40
		if err := folder.Replace(identity.KeyFile, altered); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(folder, Opening{}); !errors.Is(err, identity.ErrKeyFile) {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	for _, cut := range []int{0, 1, len(magic), len(data) / 2, len(data) - 1} {
		if err := folder.Replace(identity.KeyFile, data[:cut]); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(folder, Opening{}); !errors.Is(err, identity.ErrKeyFile) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
	if err := folder.Replace(identity.KeyFile, []byte("tincan keys  v3\nwhatever it has")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(folder, Opening{}); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer one: %v", err)
	}
}

// TestCostIsBounded: a file cannot ask for more than a machine has.
func TestCostIsBounded(t *testing.T) {
	t.Parallel()
	for _, greedy := range []cost{
		{},
		{passes: 1, memory: 100 << 20, lanes: 1},
		{passes: 17, memory: minMemory, lanes: 1},
		{passes: 16, memory: maxMemory, lanes: 1},
		{passes: 1, memory: minMemory, lanes: 17},
		{passes: 1, memory: minMemory - 1, lanes: 1},
		{passes: 0, memory: minMemory, lanes: 1},
		{passes: 1, memory: minMemory},
	} {
		one := sample(greedy)
		if _, err := parse(one.encode()); !errors.Is(err, identity.ErrKeyFile) {
			t.Errorf("%+v: %v", greedy, err)
		}
	}
	fine := sample(cost{passes: 3, memory: 256 << 10, lanes: 4})
	if got, err := parse(fine.encode()); err != nil || *got != *fine {
		t.Errorf("the standard: %+v, %v", got, err)
	}
}

// sample is a file with a passphrase, of keys that never change.
func sample(c cost) *file {
	keys, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{7}, identity.SeedsSize)))
	if err != nil {
		return nil
	}
	return &file{protection: Passphrase, peer: keys.Peer(), device: keys.Device(), cost: c}
}

// FuzzParse: whatever is read is refused, or is what it is written as.
func FuzzParse(f *testing.F) {
	one := sample(standard)
	f.Add(one.encode())
	one.protection = File
	f.Add(one.encode())
	one.protection = Keyring
	f.Add(one.encode())
	f.Add([]byte("tincan keys  v9\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := parse(data)
		if err != nil {
			return
		}
		if !bytes.Equal(found.encode(), data) {
			t.Error("it is written as something else")
		}
		if found.protection == Passphrase && !found.cost.sound() {
			t.Errorf("it asks for %+v", found.cost)
		}
	})
}
