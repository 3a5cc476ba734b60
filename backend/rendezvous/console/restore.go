package console

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsbackup"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/natsengine"
)

// ErrUsed says that there is something in the folder to restore into.
var ErrUsed = errors.New("this folder is used already; restore into a new or an empty one")

const (
	// unfinished is where a folder is restored until it is whole.
	unfinished   = ".restoring"
	engineFolder = "engine"
	lockFile     = "lock"
)

// Restored says what was restored.
type Restored struct {
	Made    time.Time // when the backup was
	Node    string    // by which it was made
	Mode    string    // of that server
	Key     identity.ServerKey
	Streams int
}

// Restore makes the data folder of a lone server from a backup. The whole file
// is checked first; the folder is not a server's until all is there, and what
// another run left undone is removed. Errors: ErrArchive, ErrUsed,
// identity.ErrInUse, or the system's.
func Restore(ctx context.Context, file io.ReadSeeker, folder string, logger *slog.Logger) (restored Restored, err error) {
	if err = check(file); err != nil {
		return Restored{}, err
	}
	if _, err = file.Seek(0, io.SeekStart); err != nil {
		return Restored{}, fmt.Errorf("console: restore: %w", err)
	}
	locked, err := identity.OpenFolder(folder)
	if err != nil {
		return Restored{}, err
	}
	defer func() { err = errors.Join(err, locked.Close()) }()
	if err = unused(locked.Path()); err != nil {
		return Restored{}, err
	}
	undone := filepath.Join(locked.Path(), unfinished)
	if err = os.RemoveAll(undone); err != nil {
		return Restored{}, fmt.Errorf("console: restore: %w", err)
	}
	if restored, err = restore(ctx, file, undone, logger); err != nil {
		return Restored{}, errors.Join(err, os.RemoveAll(undone))
	}
	if err = syncAll(undone); err != nil {
		return Restored{}, errors.Join(err, os.RemoveAll(undone))
	}
	// The key last: without it the folder is no server's.
	for _, name := range []string{engineFolder, entryKey} {
		if err = os.Rename(filepath.Join(undone, name), filepath.Join(locked.Path(), name)); err != nil {
			return Restored{}, fmt.Errorf("console: restore: %w", err)
		}
	}
	err = os.RemoveAll(undone)
	syncFolder(locked.Path())
	return restored, err
}

// check reads a whole backup.
func check(file io.Reader) error {
	reader := newArchiveReader(file)
	_, _, err := reader.begin()
	for err == nil {
		_, _, err = reader.piece()
	}
	if errors.Is(err, io.EOF) && reader.done {
		return nil
	}
	return err
}

func unused(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("console: restore: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() != lockFile && entry.Name() != unfinished {
			return ErrUsed
		}
	}
	return nil
}

func restore(ctx context.Context, file io.Reader, folder string, logger *slog.Logger) (Restored, error) {
	reader := newArchiveReader(file)
	about, key, err := reader.begin()
	if err != nil {
		return Restored{}, err
	}
	if err = os.Mkdir(folder, 0o700); err != nil {
		return Restored{}, fmt.Errorf("console: restore: %w", err)
	}
	if err = writeDurably(filepath.Join(folder, entryKey), key); err != nil {
		return Restored{}, err
	}
	restored := Restored{Made: time.UnixMilli(about.MadeMs), Node: about.Node, Mode: about.Mode}
	if restored.Key, err = keyIn(folder); err != nil {
		return Restored{}, err
	}
	if restored.Key.String() != about.Key {
		return Restored{}, fmt.Errorf("%w: its key is another one than it says", ErrArchive)
	}
	restored.Streams, err = natsengine.Restore(ctx, natsengine.Options{
		Mode: natsengine.Solo, Folder: filepath.Join(folder, engineFolder), Logger: logger,
	}, reader.piece)
	switch {
	case errors.Is(err, natsbackup.ErrDamaged):
		return Restored{}, fmt.Errorf("%w: %w", ErrArchive, err)
	case err != nil:
		return Restored{}, err
	case restored.Streams == 0:
		return Restored{}, fmt.Errorf("%w: there is nothing of the engine in it", ErrArchive)
	}
	return restored, nil
}

// keyIn reads the server's key of a folder, which checks it.
func keyIn(folder string) (key identity.ServerKey, err error) {
	opened, err := identity.OpenFolder(folder)
	if err != nil {
		return key, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	private, err := opened.ServerKey()
	if err != nil {
		return key, err
	}
	copy(key[:], private[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
	return key, nil
}

func writeDurably(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("console: restore: %w", err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("console: restore: %w", err)
	}
	return nil
}

// syncFolder has the names in a folder on the disk, on systems that know this.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync()
		_ = folder.Close() // it was only read
	}
}

// syncAll has everything in a folder on the disk, as what it is a copy of was.
func syncAll(folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("console: restore: %w", err)
	}
	err = fs.WalkDir(root.FS(), ".", func(path string, entry fs.DirEntry, walkErr error) error {
		if walkErr != nil {
			return walkErr
		}
		if entry.IsDir() {
			syncFolder(filepath.Join(folder, filepath.FromSlash(path)))
			return nil
		}
		file, openErr := root.OpenFile(path, os.O_RDWR, 0)
		if openErr != nil {
			return openErr
		}
		return errors.Join(file.Sync(), file.Close())
	})
	if err = errors.Join(err, root.Close()); err != nil {
		return fmt.Errorf("console: restore: %w", err)
	}
	return nil
}
