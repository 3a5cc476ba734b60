package device

import (
	"context"
	"errors"
	"io/fs"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/vault"
)

// Salvage makes a new database from what can be read of a damaged one in a
// profile's folder that no Tincan has open; see store.Salvage. Errors are
// *app.Error with the codes of Open, and salvage-nothing.
func Salvage(ctx context.Context, options Options) (saved store.Salvaged, err error) {
	folder, err := identity.OpenFolder(options.Folder)
	if err != nil {
		return saved, explain(err, "folder")
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if options.Ring == nil {
		options.Ring = systemRing{}
	}
	opened, err := vault.Open(folder, vault.Opening{Passphrase: options.Passphrase, Ring: options.Ring})
	if errors.Is(err, fs.ErrNotExist) {
		err = errKeyMissing
	}
	if err != nil {
		return saved, explain(err, "folder")
	}
	defer opened.Wipe()
	owner := store.Owner{Peer: opened.Keys().Peer(), Device: opened.Keys().Device()}
	saved, err = store.Salvage(ctx, folder.Path(), owner, store.Options{Logger: options.Logger, Wrapper: opened})
	if errors.Is(err, store.ErrNothing) {
		return saved, &app.Error{
			Code: "salvage-nothing", Params: map[string]string{},
			Message: "Nothing of this database can be read, so nothing was changed. The folder \"snapshots\" may hold an older copy.",
		}
	}
	if err != nil {
		return saved, explain(err, "database")
	}
	return saved, nil
}
