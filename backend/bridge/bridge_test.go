package bridge_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/bridge"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/store/memstore"
)

const policy = "default-src 'none'"

// served is a bridge over an App that has no network.
type served struct {
	app     *app.App
	address string // with the token
	origin  string
	client  *http.Client // a browser that opened the address
}

func serve(t *testing.T) *served {
	t.Helper()
	keys, err := identity.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	kept := memstore.NewDisk().Open()
	one := app.New(t.Context(), app.Config{
		Keys: keys, Store: kept, Version: "1", Logger: slog.New(slog.DiscardHandler),
		Run: func(context.Context, app.Listener) (app.Running, error) { return nil, errors.New("no network here") },
	})
	server, err := bridge.New(t.Context(), bridge.Options{
		App: one, Listen: "127.0.0.1:0", Policy: policy,
		Assets: fstest.MapFS{
			"index.html":    {Data: []byte("<!doctype html><html><head><title>T</title></head></html>")},
			"assets/app.js": {Data: []byte("1")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		if err = errors.Join(<-ended, server.Close(), one.Close(), kept.Close()); err != nil {
			t.Error(err)
		}
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &served{app: one, address: server.Address(), client: &http.Client{Transport: transport, Jar: jar, Timeout: time.Minute}}
	parsed, err := url.Parse(s.address)
	if err != nil {
		t.Fatal(err)
	}
	s.origin = "http://" + parsed.Host
	return s
}

// open does what a person does with the printed address.
func (s *served) open(t *testing.T) {
	t.Helper()
	status, body, header := s.do(t, http.MethodGet, s.address, nil, nil)
	if status != http.StatusOK || !strings.Contains(body, `<head><script src="bridge.js" data-methods="AcceptRequest `) {
		t.Fatalf("the page: %d %s", status, body)
	}
	if header.Get("Content-Security-Policy") != policy || header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the page's headers: %v", header)
	}
}

func (s *served) do(t *testing.T, method, address string, body io.Reader, change func(*http.Request)) (status int, text string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Origin", s.origin)
	}
	if change != nil {
		change(request)
	}
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	read, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(read), response.Header
}

func (s *served) call(t *testing.T, method, arguments string) (result json.RawMessage, refused *app.Error) {
	t.Helper()
	status, text, _ := s.do(t, http.MethodPost, s.origin+"/bridge/call/"+method, strings.NewReader(arguments), nil)
	var answer struct {
		Result json.RawMessage `json:"result"`
		Error  *app.Error      `json:"error"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || status != http.StatusOK {
		t.Fatalf("%s answered %d %s", method, status, text)
	}
	return answer.Result, answer.Error
}

func TestPageAndCalls(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.open(t)
	for path, want := range map[string]string{"/": "<head>", "/index.html": "bridge.js", "/bridge.js": "window.go", "/assets/app.js": "1"} {
		if status, body, _ := s.do(t, http.MethodGet, s.origin+path, nil, nil); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	result, refused := s.call(t, "Start", "[]")
	var state app.State
	if err := json.Unmarshal(result, &state); err != nil || refused != nil || !state.FirstRun || state.Version != "1" {
		t.Errorf("Start answered %s, %v", result, refused)
	}
	for _, one := range []struct{ method, arguments, code string }{
		{"Nothing", "[]", "call"},
		{"open", "[]", "call"},
		{"Start", "[1]", "arguments"},
		{"Open", "[]", "arguments"},
		{"Open", "[5]", "arguments"},
		{"Open", "{}", "arguments"},
		{"Open", "[", "arguments"},
		{"PageLast", `["x", 1e40]`, "arguments"},
		{"Open", `["nonsense"]`, "no-conversation"},
		{"CreateProfile", `["Ana", 1]`, "internal"}, // this App has no network
	} {
		if _, refused := s.call(t, one.method, one.arguments); refused == nil || refused.Code != one.code || refused.Message == "" || refused.Params == nil {
			t.Errorf("%s%s: %+v", one.method, one.arguments, refused)
		}
	}
}

// TestStrangers: everything that is not the person's own page.
func TestStrangers(t *testing.T) {
	t.Parallel()
	s := serve(t)
	call := s.origin + "/bridge/call/Start"
	if status, _, _ := s.do(t, http.MethodGet, s.origin, nil, nil); status != http.StatusForbidden {
		t.Errorf("without a token: %d", status)
	}
	if status, _, _ := s.do(t, http.MethodGet, s.origin+"/?token=wrong", nil, nil); status != http.StatusForbidden {
		t.Errorf("with a wrong token: %d", status)
	}
	if status, _, _ := s.do(t, http.MethodPost, call, strings.NewReader("[]"), nil); status != http.StatusForbidden {
		t.Errorf("a call without a cookie: %d", status)
	}
	s.open(t)
	good := s.origin + "/"
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	host := func(value string) func(*http.Request) { return func(r *http.Request) { r.Host = value } }
	port := s.origin[strings.LastIndex(s.origin, ":"):]
	for name, one := range map[string]struct {
		method, address string
		change          func(*http.Request)
		status          int
	}{
		"a name that was rebound":   {http.MethodGet, good, host("evil.example" + port), http.StatusMisdirectedRequest},
		"an address of the network": {http.MethodGet, good, host("192.0.2.1" + port), http.StatusMisdirectedRequest},
		"another port":              {http.MethodGet, good, host("127.0.0.1:1"), http.StatusMisdirectedRequest},
		"no host":                   {http.MethodGet, good, host("x"), http.StatusMisdirectedRequest},
		"another origin":            {http.MethodPost, call, header("Origin", "https://evil.example"), http.StatusForbidden},
		"another port's origin":     {http.MethodPost, call, header("Origin", "http://127.0.0.1:1"), http.StatusForbidden},
		"no origin":                 {http.MethodPost, call, func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		"an opaque origin":          {http.MethodPost, call, header("Origin", "null"), http.StatusForbidden},
		"a form":                    {http.MethodPost, call, header("Content-Type", "text/plain"), http.StatusForbidden},
		"another site's script":     {http.MethodGet, s.origin + "/bridge/events", header("Sec-Fetch-Site", "cross-site"), http.StatusForbidden},
		"a site on another port":    {http.MethodPost, call, header("Sec-Fetch-Site", "same-site"), http.StatusForbidden},
		"another site's navigation": {http.MethodGet, s.origin + "/bridge/events", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Mode", "navigate")
		}, http.StatusForbidden},
		"a call by GET":                 {http.MethodGet, call, nil, http.StatusNotFound},
		"a method that does not belong": {http.MethodPut, good, nil, http.StatusMethodNotAllowed},
	} {
		var body io.Reader
		if one.method != http.MethodGet {
			body = strings.NewReader("[]")
		}
		if status, text, _ := s.do(t, one.method, one.address, body, one.change); status != one.status {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	for _, name := range []string{"localhost", "[::1]", "127.0.0.1"} {
		// Under another name there is no cookie yet, but the address is as good.
		if status, _, _ := s.do(t, http.MethodGet, good, nil, host(name+port)); status == http.StatusMisdirectedRequest {
			t.Errorf("%s is refused", name)
		}
	}
}

func TestOversize(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.open(t)
	body := strings.NewReader(`["` + strings.Repeat("x", bridge.MaxArguments) + `"]`)
	if status, text, _ := s.do(t, http.MethodPost, s.origin+"/bridge/call/Open", body, nil); status != http.StatusRequestEntityTooLarge || !strings.Contains(text, "too-large") {
		t.Errorf("too much: %d %s", status, text)
	}
	// A file may be larger, and has a limit too.
	for size, want := range map[int]int{app.MaxBundleText: http.StatusOK, app.MaxBundleText + bridge.MaxArguments: http.StatusRequestEntityTooLarge} {
		body = strings.NewReader(`["` + strings.Repeat("x", size) + `"]`)
		if status, text, _ := s.do(t, http.MethodPost, s.origin+"/bridge/call/ImportBundle", body, nil); status != want {
			t.Errorf("a file of %d characters: %d %.200s", size, status, text)
		}
	}
}

// TestEvents: in order, and going on where a cut stream ended.
func TestEvents(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	lines := s.listen(ctx, t, "")
	if err := s.app.API().Painted(); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"tincan:1", "tincan:2", "tincan:3"} {
		s.app.Arrived([]string{link})
	}
	want := func(lines <-chan string, links ...string) (last string) {
		t.Helper()
		for _, link := range links {
			for line := range lines {
				if id, found := strings.CutPrefix(line, "id: "); found {
					last = id
				}
				if strings.Contains(line, `"pasteInvite":"`+link+`"`) {
					break
				}
				if strings.HasPrefix(line, "data: ") {
					t.Fatalf("%s came before %s", line, link)
				}
			}
		}
		return last
	}
	last := want(lines, "tincan:1", "tincan:2", "tincan:3")
	cancel()
	for range lines {
		continue // until the stream has ended
	}
	s.app.Arrived([]string{"tincan:4"})
	s.app.Arrived([]string{"tincan:5"})
	again, stop := context.WithCancel(t.Context())
	defer stop()
	want(s.listen(again, t, last), "tincan:4", "tincan:5")
	far, end := context.WithCancel(t.Context())
	defer end()
	for line := range s.listen(far, t, "999999") {
		if strings.HasPrefix(line, "data: ") {
			if !strings.Contains(line, `"reset":true`) {
				t.Errorf("who is lost gets %s", line)
			}
			break
		}
	}
}

func (s *served) listen(ctx context.Context, t *testing.T, last string) <-chan string {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.origin+"/bridge/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	response, err := s.client.Do(request) //nolint:bodyclose // by the reader below
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 256)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(lines)
		scanner := bufio.NewScanner(response.Body)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
		_ = response.Body.Close()
	}()
	t.Cleanup(func() { <-done })
	return lines
}

func TestOnlyLoopback(t *testing.T) {
	t.Parallel()
	s := serve(t)
	_, err := bridge.New(t.Context(), bridge.Options{
		App: s.app, Listen: "0.0.0.0:0", Policy: policy,
		Assets: fstest.MapFS{"index.html": {Data: []byte("<head></head>")}},
	})
	if !errors.Is(err, bridge.ErrNotLoopback) {
		t.Errorf("an open address: %v", err)
	}
}
