//go:build !bindings

package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/device"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/release"
	"github.com/tincan-chat/tincan/frontend"
)

func version() string { return release.Version() }

// open opens the profile for a window. elsewhere is true when another instance
// has it open and was told to show itself.
func open(ctx context.Context, w *window, data string, links []string) (elsewhere bool, err error) {
	w.logger = device.Logger(os.Stderr)
	if w.assets, err = frontend.Assets(); err != nil {
		return false, err
	}
	folder, err := device.Folder(data)
	if err != nil {
		return false, err
	}
	w.atDesktop(data, folder)
	opened, err := device.Open(ctx, device.Options{Folder: folder, Version: release.Version(), News: release.News(), Desktop: w, Logger: w.logger})
	if errors.Is(err, identity.ErrInUse) {
		notifyErr := identity.Notify(ctx, folder, links)
		if notifyErr == nil {
			return true, nil
		}
		return false, errors.Join(err, notifyErr)
	}
	if err != nil {
		return false, err
	}
	w.app, w.closer = opened.App(), opened
	if err := opened.Listen(w.show); err != nil { //nolint:contextcheck // it listens until Close
		w.logger.WarnContext(ctx, "a second instance cannot be heard", slog.Any("error", err))
	}
	w.app.Arrived(links)
	return false, nil
}

// troubleOf is what the window shows instead of the interface.
func troubleOf(err error) *app.Error {
	if known := app.AsError(err); known != nil {
		return known
	}
	return &app.Error{Code: "start", Message: "Tincan cannot start: " + err.Error() + ".", Params: map[string]string{}}
}
