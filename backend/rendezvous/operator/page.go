package operator

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/tincan-chat/tincan/frontend"
)

//go:embed page
var pageFiles embed.FS

// newPage serves the files of the page. They hold nothing of the server: what
// they show comes by calls, after a login.
func newPage() (http.Handler, error) {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, fmt.Errorf("operator: page: %w", err)
	}
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "The page is only read.", http.StatusMethodNotAllowed)
			return
		}
		if r.URL.Path == "/tokens.css" {
			w.Header().Set("Content-Type", "text/css; charset=utf-8")
			_, _ = w.Write(frontend.Tokens) // whoever is gone needs no answer
			return
		}
		server.ServeHTTP(w, r)
	}), nil
}
