package identity

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func openFolder(t *testing.T, path string) *Folder {
	t.Helper()
	folder, err := OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := folder.Close(); err != nil {
			t.Error(err)
		}
	})
	return folder
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func needsModes(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("this system has no permission bits")
	}
}

func TestKeysAreKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "some", "profile")
	folder := openFolder(t, path)
	if folder.Path() != path {
		t.Errorf("path %s", folder.Path())
	}
	if _, err := folder.LoadKeys(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a new folder: %v", err)
	}
	keys := testKeys(t, 1)
	if err := folder.SaveKeys(keys); err != nil {
		t.Fatal(err)
	}
	if err := folder.Close(); err != nil {
		t.Fatal(err)
	}
	loaded, err := openFolder(t, path).LoadKeys()
	if err != nil || loaded.Peer() != keys.Peer() || loaded.Device() != keys.Device() || !bytes.Equal(loaded.seeds(), keys.seeds()) {
		t.Errorf("%v, %v", loaded, err)
	}
}

func TestServerKeyIsKept(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	folder := openFolder(t, path)
	first, err := folder.ServerKey()
	if err != nil {
		t.Fatal(err)
	}
	again, err := folder.ServerKey()
	if err != nil || !first.Equal(again) {
		t.Errorf("the key changed, %v", err)
	}
	if other, err := openFolder(t, t.TempDir()).ServerKey(); err != nil || other.Equal(first) {
		t.Errorf("two servers have one key, %v", err)
	}
	file := filepath.Join(path, serverKeyFile)
	if err := os.WriteFile(file, []byte("damaged"), fileMode); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.ServerKey(); !errors.Is(err, ErrKeyFile) {
		t.Errorf("a damaged key: %v", err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "damaged" {
		t.Errorf("a damaged key was replaced by %q, %v", data, err)
	}
}

func TestReadServerKey(t *testing.T) {
	t.Parallel()
	folder := openFolder(t, t.TempDir())
	key, err := folder.ServerKey()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder.Path(), serverKeyFile)
	again, err := ReadServerKey(path)
	if err != nil || !again.Equal(key) {
		t.Errorf("ReadServerKey = %v", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, data[:len(data)-1], append(data, 0)} {
		file := filepath.Join(t.TempDir(), "key")
		if err = os.WriteFile(file, damaged, fileMode); err != nil {
			t.Fatal(err)
		}
		if _, err = ReadServerKey(file); !errors.Is(err, ErrKeyFile) {
			t.Errorf("ReadServerKey of %d bytes = %v", len(damaged), err)
		}
	}
	if _, err = ReadServerKey(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadServerKey of nothing = %v", err)
	}
}

func TestModesAreTightAndRepaired(t *testing.T) {
	t.Parallel()
	needsModes(t)
	path := filepath.Join(t.TempDir(), "profile")
	folder := openFolder(t, path)
	if err := folder.SaveKeys(testKeys(t, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.ServerKey(); err != nil {
		t.Fatal(err)
	}
	files := []string{keyFile, serverKeyFile, lockFile}
	if got := mode(t, path); got != folderMode {
		t.Errorf("folder %v", got)
	}
	for _, name := range files {
		if got := mode(t, filepath.Join(path, name)); got != fileMode {
			t.Errorf("%s %v", name, got)
		}
	}

	for _, name := range files {
		if err := os.Chmod(filepath.Join(path, name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(path, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := folder.Close(); err != nil {
		t.Fatal(err)
	}
	folder = openFolder(t, path)
	if got := mode(t, path); got != folderMode {
		t.Errorf("the folder's mode was not repaired: %v", got)
	}
	if _, err := folder.LoadKeys(); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.ServerKey(); err != nil {
		t.Fatal(err)
	}
	for _, name := range files[:2] {
		if got := mode(t, filepath.Join(path, name)); got != fileMode {
			t.Errorf("the mode of %s was not repaired: %v", name, got)
		}
	}
}

func TestOtherFoldersKeepTheirModes(t *testing.T) {
	t.Parallel()
	needsModes(t)
	empty, used, shared := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b"), filepath.Join(t.TempDir(), "c")
	for _, path := range []string{empty, used, shared} {
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(used, "letter.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(shared, 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fs.FileMode{empty: 0o700, used: 0o755, shared: 0o777} {
		openFolder(t, path)
		if got := mode(t, path); got != want {
			t.Errorf("%s has mode %v, want %v", path, got, want)
		}
	}
}

// TestDamagedKeyFile cuts, lengthens and changes the file everywhere: always
// the same error, and the file stays as it is, whatever is tried.
func TestDamagedKeyFile(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	folder := openFolder(t, path)
	keys := testKeys(t, 1)
	if err := folder.SaveKeys(keys); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(path, keyFile)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := map[string][]byte{
		"empty": {}, "longer": append(slices.Clone(good), 0), "huge": make([]byte, 1<<20),
		"a server's key": encodeSeeds(serverMagic, make([]byte, 32)),
		"a newer form":   encodeSeeds("tincan keys  v2\n", keys.seeds()),
	}
	for i := range good {
		mutated := slices.Clone(good)
		mutated[i] ^= 1
		damaged["byte "+string(rune('0'+i))] = mutated
		damaged["cut "+string(rune('0'+i))] = good[:i]
	}
	for name, data := range damaged {
		if err := os.WriteFile(file, data, fileMode); err != nil {
			t.Fatal(err)
		}
		if _, err := folder.LoadKeys(); !errors.Is(err, ErrKeyFile) {
			t.Errorf("%s: %v", name, err)
		}
		if err := folder.SaveKeys(keys); !errors.Is(err, ErrKeyFile) {
			t.Errorf("%s: saving over it: %v", name, err)
		}
		if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, data) {
			t.Errorf("%s: the file was touched", name)
		}
	}
	if !strings.Contains(ErrKeyFile.Error(), "damaged") {
		t.Error("the sentence does not say what happened")
	}
	// What is no file is no key either.
	if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.LoadKeys(); !errors.Is(err, ErrKeyFile) {
		t.Errorf("a folder: %v", err)
	}
}

func TestOtherIdentityIsNotOverwritten(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	folder := openFolder(t, path)
	keys := testKeys(t, 1)
	if err := errors.Join(folder.SaveKeys(keys), folder.SaveKeys(keys)); err != nil {
		t.Fatal(err)
	}
	if err := folder.SaveKeys(testKeys(t, 2)); !errors.Is(err, ErrOtherIdentity) {
		t.Errorf("%v", err)
	}
	// A new device of the same identity may take its place.
	newDevice := keysFromSeeds(append(keys.identity.Seed(), bytes.Repeat([]byte{9}, 32)...))
	if err := folder.SaveKeys(newDevice); err != nil {
		t.Fatal(err)
	}
	if loaded, err := folder.LoadKeys(); err != nil || loaded.Device() != newDevice.Device() || loaded.Peer() != keys.Peer() {
		t.Errorf("%v, %v", loaded, err)
	}
}

// TestReplaceIsAtomic looks at what a reader sees: an open file keeps the old
// keys, and neither a cut-off save nor a failing one leaves anything behind.
func TestReplaceIsAtomic(t *testing.T) {
	t.Parallel()
	needsModes(t)
	path := t.TempDir()
	folder := openFolder(t, path)
	keys := testKeys(t, 1)
	leftover := filepath.Join(path, keyFile+".new")
	if err := os.WriteFile(leftover, []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := folder.SaveKeys(keys); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(filepath.Join(path, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	newDevice := keysFromSeeds(append(keys.identity.Seed(), bytes.Repeat([]byte{9}, 32)...))
	if err = folder.SaveKeys(newDevice); err != nil {
		t.Fatal(err)
	}
	old := make([]byte, 200)
	n, err := reader.Read(old)
	if err != nil || !bytes.Equal(old[:n], encodeSeeds(keyMagic, keys.seeds())) {
		t.Errorf("the old file was written over, %v", err)
	}
	if _, err := os.Stat(leftover); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the temporary file is left: %v", err)
	}
	// A rename that fails: the name is taken by a folder.
	if err := os.Mkdir(filepath.Join(path, serverKeyFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := folder.saveSeeds(serverKeyFile, serverMagic, make([]byte, 32)); err == nil {
		t.Error("a file took the place of a folder")
	}
	if _, err := os.Stat(filepath.Join(path, serverKeyFile+".new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("keys are left behind: %v", err)
	}
}

func TestLinksOutOfTheFolderAreNotFollowed(t *testing.T) {
	t.Parallel()
	needsModes(t)
	outside := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.WriteFile(outside, encodeSeeds(keyMagic, testKeys(t, 1).seeds()), 0o600); err != nil {
		t.Fatal(err)
	}
	path := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(path, keyFile)); err != nil {
		t.Fatal(err)
	}
	if keys, err := openFolder(t, path).LoadKeys(); err == nil {
		t.Errorf("%v were read from elsewhere", keys)
	}
}

func TestFolderThatIsAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFolder(path); err == nil {
		t.Error("a file is a folder")
	}
}

func TestFolderIsLocked(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	folder := openFolder(t, path)
	if _, err := OpenFolder(path); !errors.Is(err, ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
	if err := errors.Join(folder.Close(), folder.Close()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	openFolder(t, path)
}

func FuzzDecodeSeeds(f *testing.F) {
	good := encodeSeeds(keyMagic, testKeys(f, 1).seeds())
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte(keyMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		for magic, size := range map[string]int{keyMagic: 64, serverMagic: 32} {
			seeds, err := decodeSeeds(data, magic, size)
			if err != nil {
				if !errors.Is(err, ErrKeyFile) {
					t.Errorf("an error of another kind: %v", err)
				}
				continue
			}
			if len(seeds) != size || !bytes.Equal(encodeSeeds(magic, seeds), data) {
				t.Error("what was accepted is not what is written")
			}
		}
	})
}
