package identity

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// A key file is a magic line of 16 bytes with its version, the seeds, and the
// first 8 bytes of SHA-256 over both.
const (
	keyFile       = "identity.key"
	serverKeyFile = "server.key"
	keyMagic      = "tincan keys  v1\n"
	serverMagic   = "tincan serverv1\n"
	fileChecksum  = 8
)

// LoadKeys reads the keys. Errors: fs.ErrNotExist when there are none yet,
// ErrKeyFile when they cannot be trusted: they are never made anew silently.
func (f *Folder) LoadKeys() (*Keys, error) {
	seeds, err := f.loadSeeds(keyFile, keyMagic, 2*ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	return keysFromSeeds(seeds), nil
}

// SaveKeys keeps the keys, durably, unless another identity's are there.
func (f *Folder) SaveKeys(keys *Keys) error {
	if old, err := f.LoadKeys(); err == nil && old.Peer() != keys.Peer() {
		return ErrOtherIdentity
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return f.saveSeeds(keyFile, keyMagic, keys.seeds())
}

// ServerKey returns the key of the server that this app hosts, made when new.
func (f *Folder) ServerKey() (ed25519.PrivateKey, error) {
	seed, err := f.loadSeeds(serverKeyFile, serverMagic, ed25519.SeedSize)
	if errors.Is(err, fs.ErrNotExist) {
		seed = make([]byte, ed25519.SeedSize)
		if _, err = rand.Read(seed); err != nil {
			return nil, fmt.Errorf("identity: server key: %w", err)
		}
		err = f.saveSeeds(serverKeyFile, serverMagic, seed)
	}
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// ReadServerKey reads the key of a server from any file that [Folder.ServerKey]
// made, such as one that several servers have. Errors: ErrKeyFile, or the system's.
func ReadServerKey(path string) (ed25519.PrivateKey, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("identity: server key: %w", err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	data, err := io.ReadAll(io.LimitReader(file, int64(len(serverMagic)+ed25519.SeedSize+fileChecksum+1)))
	if err != nil {
		return nil, fmt.Errorf("identity: server key: %w", err)
	}
	seed, err := decodeSeeds(data, serverMagic, ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func encodeSeeds(magic string, seeds []byte) []byte {
	data := append([]byte(magic), seeds...)
	sum := sha256.Sum256(data)
	return append(data, sum[:fileChecksum]...)
}

// decodeSeeds reads a key file. Error: ErrKeyFile.
func decodeSeeds(data []byte, magic string, size int) ([]byte, error) {
	if len(data) != len(magic)+size+fileChecksum || !bytes.HasPrefix(data, []byte(magic)) {
		return nil, ErrKeyFile
	}
	seeds := data[len(magic) : len(magic)+size]
	if !bytes.Equal(data, encodeSeeds(magic, seeds)) {
		return nil, ErrKeyFile
	}
	return seeds, nil
}

func (f *Folder) loadSeeds(name, magic string, size int) ([]byte, error) {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil, folderError(err)
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("identity: %s: %w", name, err)
	}
	if !info.Mode().IsRegular() || info.Size() != int64(len(magic)+size+fileChecksum) {
		return nil, ErrKeyFile
	}
	data, err := root.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("identity: %s: %w", name, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		_ = root.Chmod(name, fileMode) // somebody loosened it; on a read-only disk it stays
	}
	return decodeSeeds(data, magic, size)
}

func (f *Folder) saveSeeds(name, magic string, seeds []byte) error {
	return f.Replace(name, encodeSeeds(magic, seeds))
}

// Replace replaces a file atomically: written beside, synced, renamed, and
// the folder synced, so that after a power cut the old or the new one is there.
func (f *Folder) Replace(name string, data []byte) error {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return folderError(err)
	}
	defer func() { _ = root.Close() }()
	temporary := name + ".new"
	_ = root.Remove(temporary) // of a save that was cut off
	file, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return folderError(err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = root.Rename(temporary, name)
	}
	if err != nil {
		_ = root.Remove(temporary) // keys are not left behind
		return folderError(err)
	}
	return syncFolder(f.path)
}

// KeyFile is the name of the file with the keys.
const KeyFile = keyFile

// ReadKeyFile returns the bytes of the key file, which has at most so many.
// Errors: fs.ErrNotExist, ErrKeyFile for what is no file or too long.
func (f *Folder) ReadKeyFile(most int) ([]byte, error) {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil, folderError(err)
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(keyFile)
	if err != nil {
		return nil, fmt.Errorf("identity: %s: %w", keyFile, err)
	}
	if !info.Mode().IsRegular() || info.Size() > int64(most) {
		return nil, ErrKeyFile
	}
	data, err := root.ReadFile(keyFile)
	if err != nil {
		return nil, fmt.Errorf("identity: %s: %w", keyFile, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		_ = root.Chmod(keyFile, fileMode) // somebody loosened it; on a read-only disk it stays
	}
	return data, nil
}
