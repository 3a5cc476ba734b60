package natsengine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tincan-chat/tincan/backend/identity"
)

const (
	modeFile   = "mode"
	nodeFile   = "node"
	folderMode = 0o700
	fileMode   = 0o600
)

// MigrateCommand is what the operator is told to run for a folder of the other mode.
const MigrateCommand = "rendezvous migrate"

// folder is a locked data folder. Each mode has a subfolder of its own, because
// a clustered server erases what a lone one stored.
type folder struct {
	*identity.Folder

	store string
}

func openFolder(path string, mode Mode) (_ *folder, err error) {
	locked, err := lockFolder(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, locked.Close())
		}
	}()
	marker := filepath.Join(locked.Path(), modeFile)
	held, err := readMode(marker)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err = writeWhole(marker, mode.String()+"\n"); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	case held != mode.String():
		return nil, otherMode(path, held, mode)
	}
	store := filepath.Join(locked.Path(), mode.String())
	if err = os.MkdirAll(store, folderMode); err != nil {
		return nil, fmt.Errorf("natsengine: %w", err)
	}
	return &folder{Folder: locked, store: store}, nil
}

// lockFolder makes a folder ours. Error: ErrInUse, or the system's.
func lockFolder(path string) (*identity.Folder, error) {
	locked, err := identity.OpenFolder(path)
	if errors.Is(err, identity.ErrInUse) {
		return nil, fmt.Errorf("%w: %s", ErrInUse, path)
	}
	if err != nil {
		return nil, fmt.Errorf("natsengine: %w", err)
	}
	return locked, nil
}

// readMode reads a folder's marker.
func readMode(marker string) (string, error) {
	held, err := os.ReadFile(marker)
	if err != nil {
		return "", fmt.Errorf("natsengine: %w", err)
	}
	return strings.TrimSpace(string(held)), nil
}

// notMoving refuses a mode that has no folder of its own while a folder is being moved to it.
func notMoving(path string, mode Mode) error {
	if path == "" {
		return nil
	}
	held, err := readMode(filepath.Join(path, modeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && strings.HasPrefix(held, movingPrefix) {
		err = otherMode(path, held, mode)
	}
	return err
}

// otherMode says what to do with a folder of another mode.
func otherMode(path, held string, mode Mode) error {
	goal, moving := strings.CutPrefix(held, movingPrefix)
	switch {
	case moving:
		return fmt.Errorf("%w: %w to --engine %s: %s; run %s again with the same flags, or give it up with: %s --give-up",
			ErrOtherMode, ErrMoving, goal, path, MigrateCommand, MigrateCommand)
	case held == Solo.String():
		return fmt.Errorf("%w: %s holds a %q store and this is %q; move it over with %s and the flags that this was started with",
			ErrOtherMode, path, held, mode, MigrateCommand)
	}
	return fmt.Errorf("%w: %s holds a %q store and this is %q; start it with --engine %s, or choose another folder",
		ErrOtherMode, path, held, mode, held)
}

// node returns the name that is kept in the folder, or makes one up.
func (f *folder) node() (string, error) {
	path := filepath.Join(f.Path(), nodeFile)
	held, err := os.ReadFile(path)
	if name := strings.TrimSpace(string(held)); err == nil && name != "" && goodNode(name) {
		return name, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("natsengine: %w", err)
	}
	name := newNodeName()
	return name, writeWhole(path, name+"\n")
}

func newNodeName() string { return "node-" + strings.ToLower(rand.Text()[:8]) }

// writeWhole leaves the old file or the new one, never a part, after a power cut too.
func writeWhole(path, text string) error {
	fresh := path + ".new"
	file, err := os.OpenFile(fresh, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
	if err != nil {
		return fmt.Errorf("natsengine: %w", err)
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return fmt.Errorf("natsengine: %w", err)
	}
	return nil
}
