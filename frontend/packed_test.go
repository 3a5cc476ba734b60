package frontend

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"testing/iotest"
)

const script = "export const answer = 'the same words, the same words';\n"

func packed(t *testing.T, content string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	writer := gzip.NewWriter(&buffer)
	if _, err := writer.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func TestPackedFilesAreServedUnderTheirOwnNames(t *testing.T) {
	files := unpacked{fstest.MapFS{
		"index.html":          {Data: []byte("<!doctype html>")},
		"assets/a.js.gz":      {Data: packed(t, script)},
		"assets/broken.js.gz": {Data: []byte("not packed at all")},
		"assets/cut.js.gz":    {Data: packed(t, script)[:20]},
	}}
	for name, want := range map[string]string{"index.html": "<!doctype html>", "assets/a.js": script} {
		got, err := fs.ReadFile(files, name)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		info, err := fs.Stat(files, name)
		if err != nil || info.Size() != int64(len(want)) || "assets/"+info.Name() != name && info.Name() != name {
			t.Errorf("%s: got %v, %v", name, info, err)
		}
	}
	for _, name := range []string{"assets/none.js", "assets/broken.js", "assets/cut.js"} {
		_, err := fs.ReadFile(files, name)
		var failed *fs.PathError
		if !errors.As(err, &failed) && !errors.Is(err, io.ErrUnexpectedEOF) || failed != nil && failed.Path != name {
			t.Errorf("%s: got %v", name, err)
		}
	}
	opened, err := files.Open("assets/a.js")
	if err != nil {
		t.Fatal(err)
	}
	if err = iotest.TestReader(opened, []byte(script)); err != nil {
		t.Error(err)
	}
	if err = opened.Close(); err != nil {
		t.Error(err)
	}
	server := http.FileServerFS(files)
	answer := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/assets/a.js", http.NoBody)
	request.Header.Set("Range", "bytes=0-5")
	server.ServeHTTP(answer, request)
	if answer.Code != http.StatusPartialContent || answer.Body.String() != script[:6] {
		t.Errorf("a part of a packed file: %d %q", answer.Code, answer.Body)
	}
}
