package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/bridge"
	"github.com/tincan-chat/tincan/backend/device"
	"github.com/tincan-chat/tincan/backend/release"
	"github.com/tincan-chat/tincan/frontend"
)

// invitePatience is how long --print-invite waits for a place to be found at.
const invitePatience = 30 * time.Second

// desktop is what there is of one without a window: links are opened by the
// browser that shows the interface.
type desktop struct{ browser bool }

// OpenURL implements app.Desktop.
func (d desktop) OpenURL(context.Context, string) error {
	if d.browser {
		return nil
	}
	return errors.New("there is no browser here")
}

// run is the program: it returns when ctx ends, or the input of --control.
func run(ctx context.Context, arguments []string, input io.Reader, output, complaints io.Writer) (err error) {
	o, err := parse(arguments, complaints)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if o.version {
		_, err = fmt.Fprintln(output, "tincan-node", release.Version())
		return err
	}
	if o.verify != "" {
		return verifyExport(o.verify, output)
	}
	folder, err := device.Folder(o.data)
	if err != nil {
		return err
	}
	logger := device.Logger(complaints)
	passphrase, err := givenPassphrase(o.passphrase, input)
	if err != nil {
		return err
	}
	if o.salvage {
		return salvage(ctx, folder, passphrase, output, logger)
	}
	opened, err := device.Open(ctx, device.Options{
		Folder: folder, Version: release.Version(), News: release.News(), Desktop: desktop{browser: o.ui != ""}, Logger: logger, NoHosting: o.noHost, HostAt: o.hostAt,
		Passphrase: passphrase,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if err := unlock(opened, o, input, complaints); err != nil { //nolint:contextcheck // calls of the interface have no context
		return err
	}
	if err := opened.Listen(func() {}); err != nil { //nolint:contextcheck // it listens until Close
		logger.WarnContext(ctx, "a second instance cannot be heard", slog.Any("error", err))
	}
	if err := prepare(opened.App().API(), o); err != nil { //nolint:contextcheck // calls of the interface have no context
		return err
	}
	return serve(ctx, o, opened.App(), input, output, complaints, logger)
}

// salvage is --salvage: it says what was saved, and what comes next.
func salvage(ctx context.Context, folder, passphrase string, output io.Writer, logger *slog.Logger) error {
	saved, err := device.Salvage(ctx, device.Options{Folder: folder, Passphrase: passphrase, Logger: logger})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(output, "Saved %d messages and changes of %d conversations. %d logs are not whole: what is missing comes back from contacts who have it.\nThe damaged database is kept as %s.\n",
		saved.Entries, saved.Conversations, saved.Short, saved.Kept)
	return err
}

// prepare does what the flags ask of a profile.
func prepare(api *app.API, o options) error {
	state, err := api.Start()
	if locked := app.AsError(err); locked != nil && locked.Code == "locked" {
		return nil // whoever is in front of it unlocks it
	}
	if err != nil {
		return err
	}
	if state.FirstRun && o.name != "" {
		if state, err = api.CreateProfile(o.name, o.color); err != nil {
			return err
		}
	}
	for _, address := range o.servers {
		if known(state.Network.Servers, address) {
			continue
		}
		if _, err := api.AddServer(address); err != nil {
			return err
		}
	}
	if o.control {
		return nil // whoever controls says when
	}
	return api.Painted()
}

// serve runs what the flags ask for until ctx ends.
func serve(ctx context.Context, o options, served app.Face, input io.Reader, output, complaints io.Writer, logger *slog.Logger) error {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := &lineWriter{to: output}
	var parts []func() error
	if o.ui != "" {
		page, err := openPage(running, o, served, logger)
		if err != nil {
			return err
		}
		if o.uiAnywhere {
			fmt.Fprintln(complaints, "tincan-node: the interface can be reached from the network, and nothing is encrypted. Whoever sees the address below can read and write as you.")
		}
		lines.print("Open " + page.Address())
		parts = append(parts, func() error { return page.Run(running) })
	}
	if o.printInvite {
		parts = append(parts, func() error { return printInvite(running, served, lines) })
	}
	if o.control {
		parts = append(parts, func() error {
			defer cancel()
			return control(running, served, input, lines, logger)
		})
	}
	ended := make(chan error, len(parts))
	for _, part := range parts {
		go func() { ended <- part() }()
	}
	var failed error
	left := len(parts)
	for left > 0 && failed == nil && running.Err() == nil {
		select {
		case failed = <-ended:
			left--
		case <-running.Done():
		}
	}
	if failed == nil {
		<-running.Done()
	}
	cancel()
	for ; left > 0; left-- {
		failed = errors.Join(failed, <-ended)
	}
	return failed
}

func openPage(ctx context.Context, o options, served app.Face, logger *slog.Logger) (*bridge.Server, error) {
	assets, err := frontend.Assets()
	if err != nil {
		return nil, err
	}
	return bridge.New(ctx, bridge.Options{
		App: served, Assets: assets, Listen: o.ui, Anywhere: o.uiAnywhere,
		Policy: frontend.ContentSecurityPolicy, Logger: logger,
		Kept: filepath.Join(o.data, "page-cookie"),
	})
}

// known tells whether a server is in the list already, so that the same flags
// can be given at every start, also while the server is down.
func known(servers []app.Server, address string) bool {
	for _, server := range servers {
		if app.SameServer(server, address) {
			return true
		}
	}
	return false
}

// printInvite waits until there is a place to be found at, and prints a link.
func printInvite(ctx context.Context, served app.Face, lines *lineWriter) error {
	limited, cancel := context.WithTimeout(ctx, invitePatience)
	defer cancel()
	changes := served.Subscribe(-1)
	for {
		made, err := served.API().CreateInvite(app.InviteOptions{}) //nolint:contextcheck // calls of the interface have no context
		if err == nil {
			lines.print(made.Link)
			return nil
		}
		refused := app.AsError(err)
		if refused == nil || refused.Code != "no-server" {
			return err
		}
		if _, waitErr := changes.Next(limited); waitErr != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}
