package device

import (
	"os"
	"path/filepath"

	"github.com/adrg/xdg"

	"github.com/tincan-chat/tincan/backend/identity"
)

// downloads is the folder for files that the person asks for: the system's for
// downloads or, where there is none, "files" in the data folder.
func downloads(folder *identity.Folder) (string, error) {
	if found, err := os.Stat(xdg.UserDirs.Download); err == nil && found.IsDir() {
		return xdg.UserDirs.Download, nil
	}
	own := filepath.Join(folder.Path(), "files")
	return own, os.MkdirAll(own, 0o700)
}
