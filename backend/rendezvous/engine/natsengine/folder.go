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
	locked, err := identity.OpenFolder(path)
	if errors.Is(err, identity.ErrInUse) {
		return nil, fmt.Errorf("%w: %s", ErrInUse, path)
	}
	if err != nil {
		return nil, fmt.Errorf("natsengine: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, locked.Close())
		}
	}()
	marker := filepath.Join(locked.Path(), modeFile)
	held, err := os.ReadFile(marker)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err = writeWhole(marker, mode.String()+"\n"); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("natsengine: %w", err)
	case strings.TrimSpace(string(held)) != mode.String():
		return nil, fmt.Errorf("%w: %s holds a %q store and this is %q; move it over with: %s --data %s --to %s",
			ErrOtherMode, path, strings.TrimSpace(string(held)), mode, MigrateCommand, path, mode)
	}
	store := filepath.Join(locked.Path(), mode.String())
	if err = os.MkdirAll(store, folderMode); err != nil {
		return nil, fmt.Errorf("natsengine: %w", err)
	}
	return &folder{Folder: locked, store: store}, nil
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

// writeWhole leaves the old file or the new one, never a part.
func writeWhole(path, text string) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, []byte(text), fileMode); err != nil {
		return fmt.Errorf("natsengine: %w", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("natsengine: %w", err)
	}
	return nil
}
