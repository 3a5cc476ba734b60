//go:build bindings

package main

import (
	"context"

	"github.com/tincan-chat/tincan/backend/app"
)

// This build writes the TypeScript bindings and ends: it opens nothing, and
// what needs a C compiler is not linked.

// window names what is bound, and nothing else.
type window struct{ trouble *app.Error }

func (w *window) options(context.Context) *wailsOptions {
	return &wailsOptions{Bind: []any{&app.API{}}, EnumBind: app.Enums()}
}

func (w *window) close() error { return nil }

func prepareWebView() {}

func version() string { return "" }

func open(context.Context, *window, string, []string) (elsewhere bool, err error) { return false, nil }

func troubleOf(err error) *app.Error { return app.AsError(err) }
