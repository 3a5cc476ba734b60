//go:build !bindings

package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"sync"

	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/desktop"
)

//go:embed build/linux/window.png
var icon []byte // 128 x 128: what a desktop shows; the full picture would cost 4 MiB unpacked

// window is the Wails side: it binds the app's API, carries its one event, and
// is its desktop.
type window struct {
	app     *app.Entrance // nil with trouble, and in the bindings build
	closer  io.Closer
	assets  fs.FS
	trouble *app.Error // shown instead of the interface
	logger  *slog.Logger

	desk    *desktop.Desk // nil with trouble before a folder was found
	login   desktop.Login // how it is started with the session
	keeping string        // the file with the window's place, "" for none
	folder  string        // with the data
	left    desktop.Place // as the window was left

	mutex   sync.Mutex
	tray    bool            // closing hides the window, if there is a tray
	marks   bool            // words that no dictionary knows are marked
	ending  bool            // the window is about to close for good
	hidden  bool            // nothing but the tray shows that it runs
	context context.Context //nolint:containedctx // Wails' handle of the window, nil before it is there
	wanted  bool            // show was asked for before the window was there
	cancel  context.CancelFunc
	telling sync.WaitGroup
	once    sync.Once
}

// options are those of the window. ctx ends with a signal of the system.
func (w *window) options(ctx context.Context) *wailsOptions {
	api := &app.API{}
	theme := app.ThemeSystem
	w.left = desktop.ReadPlace(w.keeping, windowSizes)
	state := options.Normal
	if w.left.Maximised {
		state = options.Maximised
	}
	if w.app != nil {
		api = w.app.API()
		theme = w.app.Settings().Theme
	}
	return &wailsOptions{
		Title:            "Tincan",
		Width:            w.left.Width,
		Height:           w.left.Height,
		MinWidth:         windowSizes.LeastWidth,
		MinHeight:        windowSizes.LeastHeight,
		WindowStartState: state,
		BackgroundColour: ground(theme),
		AssetServer:      &assetserver.Options{Handler: w.page(), Middleware: guarded},
		Bind:             []any{api},
		EnumBind:         app.Enums(),
		ErrorFormatter:   formatError,
		OnStartup:        func(wails context.Context) { w.started(ctx, wails) },
		OnDomReady: func(context.Context) {
			// WebKit has put its own signal handlers in place by now; without this a
			// nil dereference ends the program even under recover.
			runtime.ResetSignalHandlers()
		},
		OnBeforeClose: w.beforeClose,
		OnShutdown: func(context.Context) {
			if err := w.close(); err != nil && w.logger != nil { //nolint:contextcheck // what is on the bus ends with the desk
				w.logger.ErrorContext(ctx, "closing", slog.Any("error", err))
			}
		},
		Linux: &linux.Options{Icon: icon, ProgramName: "tincan", WebviewGpuPolicy: gpuPolicy()},
		Mac:   &mac.Options{OnUrlOpen: w.opened},
		Menu:  w.systemMenu(),
	}
}

// ground is the window's colour until the interface paints: --bg of the theme
// (frontend/src/styles/tokens.css).
func ground(theme app.Theme) *options.RGBA {
	if theme == app.ThemeDark {
		return options.NewRGB(0x10, 0x14, 0x15)
	}
	return options.NewRGB(0xe7, 0xeb, 0xea)
}

// gpuPolicy is Never where nothing can draw.
func gpuPolicy() linux.WebviewGpuPolicy {
	if canDraw() {
		return linux.WebviewGpuPolicyOnDemand
	}
	return linux.WebviewGpuPolicyNever
}

// formatError makes a rejected call carry code, message and parameters, as JSON:
// Wails makes a JavaScript Error of what it gets, which keeps a text and nothing else.
func formatError(err error) any {
	known := app.AsError(err)
	if known == nil {
		known = &app.Error{Code: "internal", Message: "Something went wrong inside Tincan. Try again; if it happens again, start Tincan anew.", Params: map[string]string{}}
	}
	text, err := json.Marshal(known)
	if err != nil {
		return known.Message
	}
	return string(text)
}

// started is called by Wails, in a goroutine of its own, when the window is there.
func (w *window) started(ctx, wails context.Context) {
	runtime.ResetSignalHandlers()
	lockNavigation()
	running, cancel := context.WithCancel(ctx)
	w.mutex.Lock()
	w.context, w.cancel = wails, cancel
	wanted := w.wanted
	w.mutex.Unlock()
	if w.app != nil {
		changes := w.app.Subscribe(-1)
		w.telling.Go(func() { tell(running, wails, changes) })
	}
	// SIGTERM and Ctrl C close the window like its own button.
	context.AfterFunc(ctx, w.quit)
	w.place()
	if wanted {
		w.show()
	}
}

// tell carries the app's one event into the window.
func tell(ctx, wails context.Context, changes *app.Subscription) {
	for {
		change, err := changes.Next(ctx)
		if err != nil {
			return
		}
		runtime.EventsEmit(wails, "changes", change)
	}
}

// show brings the window to the front: a second instance was started.
func (w *window) show() {
	w.mutex.Lock()
	wails := w.context
	w.wanted, w.hidden = true, false
	w.mutex.Unlock()
	if wails != nil {
		runtime.WindowUnminimise(wails)
		runtime.Show(wails)
	}
}

// opened takes a link from macOS, which hands them over by an event.
func (w *window) opened(link string) {
	if w.app != nil {
		w.app.Arrived([]string{link})
	}
}

// OpenURL implements app.Desktop.
func (w *window) OpenURL(_ context.Context, address string) error {
	w.mutex.Lock()
	wails := w.context
	w.mutex.Unlock()
	if wails == nil {
		return errors.New("there is no window yet")
	}
	if !browserThere() {
		return errors.New("there is no browser")
	}
	runtime.BrowserOpenURL(wails, address) //nolint:contextcheck // Wails' own context is its handle
	return nil
}

// close ends everything but the window, once.
func (w *window) close() error {
	var err error
	w.once.Do(func() {
		w.mutex.Lock()
		cancel := w.cancel
		w.mutex.Unlock()
		if cancel != nil {
			cancel()
		}
		w.telling.Wait()
		if w.desk != nil {
			defer w.desk.Close()
		}
		if w.closer != nil {
			err = w.closer.Close()
		}
	})
	return err
}
