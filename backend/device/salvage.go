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
	saved, err = store.Salvage(ctx, folder.Path(), ownerOf(opened.Keys()), store.Options{Logger: options.Logger, Wrapper: opened})
	if err = salvageError(err); err != nil {
		return saved, explain(err, "database")
	}
	return saved, nil
}

func ownerOf(keys *identity.Keys) store.Owner {
	return store.Owner{Peer: keys.Peer(), Device: keys.Device()}
}

// salvageError turns what only a salvage says into sentences.
func salvageError(err error) error {
	switch {
	case errors.Is(err, store.ErrNothing):
		return &app.Error{
			Code: "salvage-nothing", Params: map[string]string{},
			Message: "Nothing of this history can be read, so nothing was changed. The folder \"snapshots\" in the data folder may hold an older copy.",
		}
	case errors.Is(err, store.ErrSound):
		return &app.Error{Code: "not-damaged", Params: map[string]string{}, Message: "The history is not damaged, so there is nothing to repair."}
	}
	return err
}

// salvage implements app.Salvage with the store that is open.
func (d *Device) salvage(ctx context.Context, told func(saved, of int)) (func(context.Context) (app.Salvaged, error), error) {
	opened, history := d.open()
	if opened == nil {
		return nil, explain(vault.ErrLocked, "folder")
	}
	rescue, err := history.Rescue(ctx, ownerOf(opened.Keys()), told)
	if err != nil {
		return nil, salvageError(err)
	}
	return func(ctx context.Context) (app.Salvaged, error) {
		if ctx.Err() != nil {
			return app.Salvaged{}, errors.Join(ctx.Err(), rescue.Drop())
		}
		found, failed := rescue.Take(ctx)
		return app.Salvaged{Entries: found.Entries, Missing: found.Missing, Kept: found.Kept}, failed
	}, nil
}
