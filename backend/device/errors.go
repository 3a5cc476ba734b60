package device

import (
	"errors"
	"fmt"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/backup"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/vault"
)

// errHasProfile says that a folder is somebody's already.
var errHasProfile = errors.New("device: there is a profile already")

// errAutomaticKey says that what automatic backups are encrypted to was not chosen
// by whose keys these are.
var errAutomaticKey = errors.New("device: the key of automatic backups is not signed by this person")

// errKeyMissing says that a folder has a history but no keys.
var errKeyMissing = errors.New("the key file is missing beside the history")

// explain turns what keeps a folder from being opened into a sentence. The
// cause stays wrapped for the log; what a person sees holds no path.
func explain(err error, otherwise string) error {
	if err == nil {
		return nil
	}
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
	case errors.Is(err, vault.ErrNewer):
		return plain("key-newer", "A newer Tincan made the key file. Update Tincan to open this profile.")
	case errors.Is(err, vault.ErrPassphrase):
		return plain("passphrase-wrong", "That passphrase does not open this profile. Check for a missing word.")
	case errors.Is(err, vault.ErrNoPassphrase):
		return plain("passphrase-needed", "This profile is locked with a passphrase. Give it with --passphrase-file, or start Tincan at a terminal or with its window.")
	case errors.Is(err, vault.ErrWeakPassphrase):
		return plain("passphrase-short", "A passphrase has 8 to 1000 characters.")
	case errors.Is(err, vault.ErrKeyringLocked):
		return plain("keyring-locked", "The system's keyring is locked, and it holds the key to this profile. Unlock the keyring, then try again.")
	case errors.Is(err, vault.ErrKeyringEntry):
		return plain("keyring-entry", "The system's keyring no longer holds the key to this profile. Put the keyring's files back, or restore a backup into a new folder.")
	case errors.Is(err, vault.ErrKeyring):
		return plain("keyring-missing", "The system's keyring does not answer, so this profile cannot use it. Start the keyring (on Linux, a secret service such as GNOME Keyring or KWallet), then try again.")
	case errors.Is(err, vault.ErrLocked):
		return plain("locked", "This profile is locked. Unlock it first; until then nothing is received.")
	case errors.Is(err, backup.ErrNone):
		return plain("backup-none", "This is not a backup that Tincan made. Choose the file that ends with .tincan-backup.")
	case errors.Is(err, backup.ErrNewer):
		return plain("backup-newer", "A newer Tincan made this backup. Update Tincan, then try again.")
	case errors.Is(err, backup.ErrPassphrase):
		return plain("backup-passphrase", "That passphrase does not open this backup. Check for a missing word.")
	case errors.Is(err, backup.ErrDamaged):
		return plain("backup-damaged", "This backup is cut short or was changed, so nothing was restored. Copy it again from where it was made, or use another one.")
	case errors.Is(err, errAutomaticKey):
		return plain("automatic-key", "Your key changed. Choose the passphrase for automatic backups again.")
	case errors.Is(err, errHasProfile):
		return plain("restore-profile", "There is a profile on this computer already. Start Tincan with a new folder (--data) to restore a backup there.")
	case errors.Is(err, node.ErrDiskFull), noSpace(err):
		return plain("disk-full", "The disk is full. Free some space, then try again.")
	}
	if known := app.AsError(err); known != nil {
		return known
	}
	if otherwise == "database" {
		return plain("database", "The history cannot be opened. Check the data folder and the disk, then try again.")
	}
	return plain("folder", "The data folder cannot be opened. Check that it is a folder and that it is yours, or choose another one with --data.")
}
