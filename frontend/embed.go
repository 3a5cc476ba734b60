// Package frontend holds the built interface, embedded once for the window and
// for the browser bridge, and the tokens that other pages share with it.
package frontend

import (
	"embed"
	"errors"
	"io/fs"
)

// The folder always holds a placeholder, so that a fresh clone compiles before
// the interface was built.
//
//go:embed all:dist
var built embed.FS

// Tokens is the style sheet of colours, sizes and motion, for pages that are not
// built with the interface. It is there in a fresh clone, too.
//
//go:embed src/styles/tokens.css
var Tokens []byte

// ContentSecurityPolicy is what the window and the browser bridge send with
// every answer: nothing from elsewhere, no frames, no inline scripts. The
// preview server of vite.config.ts sends the same.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ErrNotBuilt says that this program was built before its interface.
var ErrNotBuilt = errors.New("the interface is not inside this program: it was built before the interface was; run `make build`")

// Assets returns the files of the interface, index.html at the top. Error: ErrNotBuilt.
func Assets() (fs.FS, error) {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		return nil, errors.Join(ErrNotBuilt, err)
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return nil, ErrNotBuilt
	}
	return unpacked{files}, nil
}
