//go:build !bindings

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"

	"github.com/tincan-chat/tincan/frontend"
)

// guarded adds to every answer of the window what it may load and run.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", frontend.ContentSecurityPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// page serves the interface, or the sentence that says why there is none.
func (w *window) page() http.Handler {
	if w.trouble == nil && w.assets != nil {
		return typed(w.begun(http.FileServerFS(w.assets)))
	}
	return http.HandlerFunc(w.serveTrouble)
}

// begun sends the answer to the interface's first call along with the page, as
// data: the first rows need not wait for a message there and back. Where that
// does not work the interface calls, and is told why.
func (w *window) begun(files http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && w.app != nil {
			if page, err := w.withStart(); err == nil { //nolint:contextcheck // bound methods take none
				_, _ = writer.Write(page) // the window is its only reader
				return
			}
		}
		files.ServeHTTP(writer, r)
	})
}

func (w *window) withStart() ([]byte, error) {
	page, err := fs.ReadFile(w.assets, "index.html")
	if err != nil {
		return nil, err
	}
	state, err := w.app.API().Start()
	if err != nil {
		return nil, err
	}
	return withData(page, "start", state)
}

// withData is a page with data at the end of its body. Go's JSON has no < and
// no &, so nothing in the data ends the element.
func withData(page []byte, id string, data any) ([]byte, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	before, after, found := bytes.Cut(page, []byte("</body>"))
	if !found {
		return nil, errors.New("the page has no end")
	}
	return fmt.Appendf(nil, `%s<script type="application/json" id="%s">%s</script></body>%s`, before, id, text, after), nil
}

// types are the content types of the interface's files. Without them each
// would be looked up in a table of the system, which takes 0.4 MiB.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// typed says what a file is; a missing one gets its own type with the answer.
func typed(files http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if known := types[path.Ext(r.URL.Path)]; known != "" {
			w.Header().Set("Content-Type", known)
		} else if strings.HasSuffix(r.URL.Path, "/") {
			w.Header().Set("Content-Type", types[".html"])
		}
		files.ServeHTTP(w, r)
	})
}

// troublePage has no script: it must work when nothing else does.
var troublePage = template.Must(template.New("trouble").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tincan</title><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="trouble.css"></head>
<body><main><h1>Tincan cannot start</h1><p>{{.}}</p></main></body></html>
`))

const troubleStyle = `body { margin: 0; display: grid; place-items: center; min-height: 100vh; font: 15px/1.45 system-ui, sans-serif; background: #e7ebea; color: #1c2526; }
main { max-width: 30rem; padding: 2rem; }
h1 { font-size: 20px; }
@media (prefers-color-scheme: dark) { body { background: #101415; color: #e6ecec; } }
`

func (w *window) serveTrouble(writer http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/trouble.css" {
		writer.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = writer.Write([]byte(troubleStyle)) // the window is its only reader
		return
	}
	message := "Nothing was opened."
	if w.trouble != nil {
		message = w.trouble.Message
	}
	writer.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := troublePage.Execute(writer, message); err != nil && w.logger != nil {
		w.logger.ErrorContext(r.Context(), "the window shows nothing", slog.Any("error", err))
	}
}
