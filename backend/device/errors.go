package device

import (
	"errors"
	"fmt"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

// errKeyMissing says that a folder has a history but no keys.
var errKeyMissing = errors.New("the key file is missing beside the history")

// explain turns what keeps a folder from being opened into a sentence. The
// cause stays wrapped for the log; what a person sees holds no path.
func explain(err error, otherwise string) error {
	if known := sentence(err, otherwise); known != nil {
		return fmt.Errorf("%w (%w)", known, err)
	}
	return err
}

func sentence(err error, otherwise string) *app.Error {
	plain := func(code, message string) *app.Error {
		return &app.Error{Code: code, Message: message, Params: map[string]string{}}
	}
	switch {
	case errors.Is(err, identity.ErrInUse):
		return plain("folder-in-use", "This profile is open already. Look for its window, or choose another folder with --data.")
	case errors.Is(err, identity.ErrFolderReadOnly):
		return plain("folder-read-only", "The data folder cannot be written to. Check its permissions, or choose another folder with --data.")
	case errors.Is(err, identity.ErrKeyFile):
		return plain("key-damaged", "The key file in the data folder is damaged. Put back a copy of it, or choose another folder with --data to begin anew. Nothing was changed.")
	case errors.Is(err, errKeyMissing):
		return plain("key-missing", "The data folder holds a history, but its key file is missing. Put back a copy of identity.key, or choose another folder with --data to begin anew. Nothing was changed.")
	case errors.Is(err, node.ErrDiskFull):
		return plain("disk-full", "The disk is full, so Tincan cannot start. Free some space, then try again.")
	}
	if known := app.AsError(err); known != nil {
		return known
	}
	if otherwise == "database" {
		return plain("database", "The history cannot be opened. Check the data folder and the disk, then try again.")
	}
	return plain("folder", "The data folder cannot be opened. Check that it is a folder and that it is yours, or choose another one with --data.")
}
