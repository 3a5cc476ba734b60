package device

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/store"
	"github.com/tincan-chat/tincan/backend/vault"
)

// ChangeKey implements app.Door. What both keys signed is on the disk before the
// keys are replaced in one step, which decides: with the keys of before it counts
// for nothing, with the new ones it is carried out, now or at the next start.
func (d *Device) ChangeKey(ctx context.Context, passphrase string) error {
	ctx = context.WithoutCancel(ctx) // half of it helps nobody
	d.turn()
	defer d.turning.Unlock()
	opened, history := d.open()
	if opened == nil {
		return explain(vault.ErrLocked, "folder")
	}
	next, err := identity.NewKeys(rand.Reader)
	if err != nil {
		return err
	}
	if err = d.mayChangeKey(ctx, opened, history, next); err != nil {
		return err
	}
	if err = opened.Check(passphrase); err != nil {
		return explain(err, "folder")
	}
	// From here on nothing is written with the keys of before.
	if err = d.entrance.Pause(); err != nil {
		d.options.Logger.WarnContext(ctx, "closing what the key before did", slog.Any("error", err))
	}
	if err = d.changeKey(ctx, opened, history, next, passphrase); err != nil {
		// Whether the disk has the new keys is for the next start to see: what both
		// signed stays there.
		d.enter(ctx, opened, history)
		return explain(err, "folder")
	}
	if settled := settleKeyChange(ctx, history, opened.Keys()); settled != nil {
		// The history does not fit the keys: it stays closed, and the next start
		// tries again.
		return errors.Join(explain(settled, "database"), d.shut())
	}
	d.enter(ctx, opened, history)
	return nil
}

// mayChangeKey refuses what cannot be done before anything is closed.
func (d *Device) mayChangeKey(ctx context.Context, opened *vault.Vault, history *store.Store, next *identity.Keys) error {
	snapshot, err := history.Load(ctx)
	if err != nil {
		return explain(err, "database")
	}
	_, err = node.NewKeyChange(opened.Keys(), next, snapshot, time.Now())
	return refusedKeyChange(err)
}

func (d *Device) changeKey(ctx context.Context, opened *vault.Vault, history *store.Store, next *identity.Keys, passphrase string) error {
	snapshot, err := history.Load(ctx) // all that was written
	if err != nil {
		return err
	}
	change, err := node.NewKeyChange(opened.Keys(), next, snapshot, time.Now())
	if err != nil {
		return refusedKeyChange(err)
	}
	text, err := change.Marshal()
	if err != nil {
		return err
	}
	fault.Point("device.rekey.signed")
	if err = history.SaveSetting(ctx, node.KeyChangeSetting, text); err != nil {
		return err
	}
	fault.Point("device.rekey.kept")
	return opened.Rekey(next, passphrase)
}

// settleKeyChange carries out a change of the key that was decided, and forgets
// one that was not.
func settleKeyChange(ctx context.Context, history *store.Store, keys *identity.Keys) error {
	text, err := history.Setting(ctx, node.KeyChangeSetting)
	if err != nil || text == "" {
		return nil //nolint:nilerr // a damaged database says so itself, and is opened for reading
	}
	change, err := node.ParseKeyChange(text)
	if err == nil && change.Succession.To == keys.Peer() {
		snapshot, loadErr := history.Load(ctx)
		if loadErr != nil {
			return loadErr
		}
		var writes []node.Write
		writes, err = change.Carry(keys, snapshot, time.Now(), func(buffer []byte) { _, _ = rand.Read(buffer) }) // never fails
		if err != nil {
			return err
		}
		fault.Point("device.rekey.carry")
		if len(writes) > 0 {
			if err = history.Commit(ctx, writes); err != nil {
				return err
			}
		}
		fault.Point("device.rekey.carried")
	}
	err = history.SaveSetting(ctx, node.KeyChangeSetting, "")
	fault.Point("device.rekey.done")
	return err
}

// refusedKeyChange makes a sentence of why a key cannot be changed.
func refusedKeyChange(err error) error {
	if refused, known := errors.AsType[*node.Refusal](err); known {
		return &app.Error{Code: refused.Code, Message: refused.Message, Params: map[string]string{}}
	}
	if errors.Is(err, node.ErrReadOnly) {
		return &app.Error{Code: "read-only", Message: "The history can only be read, so the key stays as it is.", Params: map[string]string{}}
	}
	return err
}
