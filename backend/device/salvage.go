package device

import (
	"context"
	"errors"
	"io/fs"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/store"
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
	keys, err := folder.LoadKeys()
	if errors.Is(err, fs.ErrNotExist) {
		err = errKeyMissing
	}
	if err != nil {
		return saved, explain(err, "folder")
	}
	saved, err = store.Salvage(ctx, folder.Path(), store.Owner{Peer: keys.Peer(), Device: keys.Device()}, store.Options{Logger: options.Logger})
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
