package operator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// TestHostAndOrigin is the table of who may ask at all.
func TestHostAndOrigin(t *testing.T) {
	t.Parallel()
	server := start(t, newFake(), func(o *Options) { o.Hosts = []string{"Ops.example.net", "exact.example.net:8443"} })
	own := server.Address()
	_, port, _ := net.SplitHostPort(own)
	for _, c := range []struct {
		host, origin, site string
		want               int
	}{
		{own, "", "", 200},
		{"localhost:" + port, "", "", 200},
		{"localhost", "", "", 200},
		{"LOCALHOST:9999", "", "", 200}, // through a tunnel
		{"[::1]:" + port, "", "", 200},
		{"127.9.9.9:" + port, "", "", 200},
		{"evil.example:" + port, "", "", 403}, // DNS rebinding
		{"127.0.0.1.evil.example", "", "", 403},
		{"localhost.evil.example:" + port, "", "", 403},
		{"192.0.2.1:" + port, "", "", 403},
		{"0.0.0.0:" + port, "", "", 403},
		{"127.0.0.1:80x", "", "", 400}, // refused by the HTTP server or by us, never answered
		{"ops.example.net", "", "", 200},
		{"ops.example.net:443", "", "", 200},
		{"exact.example.net:8443", "", "", 200},
		{"exact.example.net", "", "", 403},
		{own, "http://" + own, "same-origin", 200},
		{own, "https://" + own, "", 200},
		{own, "http://evil.example", "", 403},
		{own, "http://127.0.0.1:1", "", 403}, // another program's page on this machine
		{own, "null", "", 403},
		{own, "file://" + own, "", 403},
		{"localhost:" + port, "http://" + own, "", 403},
		{own, "", "cross-site", 403},
		{own, "", "same-site", 403},
		{own, "", "none", 200},
	} {
		header := map[string]string{"Host": c.host, "Authorization": "Bearer " + server.Token()}
		if c.origin != "" {
			header["Origin"] = c.origin
		}
		if c.site != "" {
			header["Sec-Fetch-Site"] = c.site
		}
		answer, text := post(t, server, "GetStatus", "{}", header)
		if answer.StatusCode != c.want && (c.want != 400 || answer.StatusCode != 403) {
			t.Errorf("%+v: %d %s", c, answer.StatusCode, text)
		}
		if answer.StatusCode == 200 != strings.Contains(text, "sessions") {
			t.Errorf("%+v: %d with %s", c, answer.StatusCode, text)
		}
	}
}

// TestWhoMayAsk is the table of proofs.
func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	server := start(t, newFake())
	cookie := login(t, server, server.Token())
	own := "http://" + server.Address()
	for name, c := range map[string]struct {
		header map[string]string
		want   int
	}{
		"nothing":                  {map[string]string{}, 401},
		"token":                    {map[string]string{"Authorization": "Bearer " + server.Token()}, 200},
		"empty token":              {map[string]string{"Authorization": "Bearer "}, 401},
		"basic":                    {map[string]string{"Authorization": "Basic " + server.Token()}, 401},
		"wrong token":              {map[string]string{"Authorization": "Bearer " + strings.Repeat("a", len(server.Token()))}, 401},
		"cookie from the page":     {map[string]string{"Cookie": cookie, "Origin": own}, 200},
		"cookie, fetched":          {map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}, 200},
		"cookie from nowhere":      {map[string]string{"Cookie": cookie}, 403},
		"cookie, typed":            {map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "none"}, 403},
		"cookie of nobody":         {map[string]string{"Cookie": strings.Split(cookie, "=")[0] + "=AAAA", "Origin": own}, 401},
		"the token as the cookie":  {map[string]string{"Cookie": strings.Split(cookie, "=")[0] + "=" + server.Token(), "Origin": own}, 401},
		"cookie of another origin": {map[string]string{"Cookie": cookie, "Origin": "http://evil.example"}, 403},
	} {
		answer, text := post(t, server, "GetStatus", "{}", c.header)
		if answer.StatusCode != c.want {
			t.Errorf("%s: %d %s", name, answer.StatusCode, text)
		}
	}
	// In gRPC the answer is a status, too.
	ask := client(t, server, "wrong", connect.WithGRPC())
	if _, err := ask.GetStatus(t.Context(), connect.NewRequest(&operatorwire.GetStatusRequest{})); connect.CodeOf(err) != connect.CodeUnauthenticated {
		t.Errorf("gRPC: %v", err)
	}
	// Every call needs a proof: none was forgotten.
	methods := operatorwire.File_tincan_operator_v1_operator_proto.Services().Get(0).Methods()
	for at := range methods.Len() {
		if answer, text := post(t, server, string(methods.Get(at).Name()), "{}", map[string]string{}); answer.StatusCode == 200 {
			t.Errorf("%s without a proof: %s", methods.Get(at).Name(), text)
		}
	}
}

// login returns the cookie.
func login(t *testing.T, server *Server, token string) string {
	t.Helper()
	answer, text := postForm(t, server, token)
	if answer.StatusCode != http.StatusNoContent || len(answer.Cookies) != 1 {
		t.Fatalf("login: %d %s", answer.StatusCode, text)
	}
	cookie := answer.Cookies[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || strings.Contains(cookie.Value, token) {
		t.Errorf("cookie %v", cookie)
	}
	return cookie.Name + "=" + cookie.Value
}

func postForm(t *testing.T, server *Server, token string) (answered, string) {
	t.Helper()
	return do(t, server, http.MethodPost, "/login", url.Values{"token": {token}}.Encode(),
		map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://" + server.Address()})
}

// TestLogin trades the token for a cookie and back.
func TestLogin(t *testing.T) {
	t.Parallel()
	server := start(t, newFake())
	cookie := login(t, server, "  "+server.Token()+"\n")
	headers := func() map[string]string {
		return map[string]string{"Cookie": cookie, "Origin": "http://" + server.Address()}
	}
	if answer, _ := post(t, server, "GetStatus", "{}", headers()); answer.StatusCode != 200 {
		t.Errorf("after the login: %d", answer.StatusCode)
	}
	if answer, _ := do(t, server, http.MethodPost, "/logout", "", headers()); answer.StatusCode != 204 || answer.Cookies[0].MaxAge >= 0 {
		t.Errorf("logout: %d %v", answer.StatusCode, answer.Cookies)
	}
	if answer, _ := post(t, server, "GetStatus", "{}", headers()); answer.StatusCode != 401 {
		t.Errorf("after the logout: %d", answer.StatusCode)
	}
	for kind, want := range map[string]int{"text/plain": 415, "": 415, "application/x-www-form-urlencoded": 401} {
		if answer, _ := do(t, server, http.MethodPost, "/login", "token=wrong", map[string]string{"Content-Type": kind}); answer.StatusCode != want {
			t.Errorf("%q: %d, want %d", kind, answer.StatusCode, want)
		}
	}
	if answer, _ := do(t, server, http.MethodPost, "/login", "token="+strings.Repeat("a", maxForm), map[string]string{"Content-Type": "application/x-www-form-urlencoded"}); answer.StatusCode != 400 {
		t.Errorf("a large form: %d", answer.StatusCode)
	}
}

// TestWrongTriesAreBounded: the sixth is not looked at, and logins that are open go on.
func TestWrongTriesAreBounded(t *testing.T) {
	t.Parallel()
	server := start(t, newFake())
	cookie := login(t, server, server.Token())
	for try := range wrongTries {
		if answer, _ := postForm(t, server, "wrong"); answer.StatusCode != 401 {
			t.Errorf("try %d: %d", try, answer.StatusCode)
		}
	}
	answer, _ := postForm(t, server, server.Token())
	if answer.StatusCode != 429 || answer.Header.Get("Retry-After") != "60" {
		t.Errorf("one too many: %d, %v", answer.StatusCode, answer.Header)
	}
	if answer, _ = post(t, server, "GetStatus", "{}", map[string]string{"Authorization": "Bearer " + server.Token()}); answer.StatusCode != 429 {
		t.Errorf("a program: %d", answer.StatusCode)
	}
	if answer, _ = post(t, server, "GetStatus", "{}", map[string]string{"Cookie": cookie, "Origin": "http://" + server.Address()}); answer.StatusCode != 200 {
		t.Errorf("an open login: %d", answer.StatusCode)
	}
}

// TestTries: a minute later it is good again, others are not touched, and memory is bounded.
func TestTries(t *testing.T) {
	t.Parallel()
	kept, now := newTries(), time.Now()
	one, neighbour := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	other := netip.MustParseAddr("::ffff:192.0.2.1")
	for range wrongTries {
		if !kept.allowed(one, now) {
			t.Error("refused too early")
		}
		kept.wrong(one, now)
	}
	if kept.allowed(neighbour, now) || kept.allowed(one, now.Add(triesWindow-1)) {
		t.Error("the /64 is not held back")
	}
	if !kept.allowed(other, now) || !kept.allowed(one, now.Add(triesWindow)) {
		t.Error("held back for no reason")
	}
	for n := range 2 * mostTriers {
		address := netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
		kept.wrong(address, now.Add(time.Duration(n)*time.Millisecond))
	}
	if len(kept.known) > mostTriers {
		t.Errorf("%d networks are remembered", len(kept.known))
	}
}

// TestSessionsAreBounded: old ones go, by age and by number.
func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	kept, now := &sessions{}, time.Now()
	var values []string
	for range mostSessions + 1 {
		value, err := kept.begin(tokenHash{7}, now)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if _, ok := kept.find(values[0], now); ok {
		t.Error("the oldest did not go")
	}
	hash, ok := kept.find(values[1], now.Add(sessionLife-1))
	if !ok || hash != (tokenHash{7}) {
		t.Error("a login ended early")
	}
	if _, ok = kept.find(values[1], now.Add(sessionLife)); ok {
		t.Error("a login does not end")
	}
}

// TestToken: printed once, kept as a hash, read anew, damaged.
func TestToken(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	server := start(t, newFake(), func(o *Options) { o.Folder = folder })
	token := server.Token()
	if len(token) != 52 {
		t.Errorf("token %q", token)
	}
	path := filepath.Join(folder, tokenFile)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file: %v, %v", info, err)
	}
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), token) {
		t.Errorf("the file holds the token: %s, %v", data, err)
	}
	second := start(t, newFake(), func(o *Options) { o.Folder = folder })
	if second.Token() != "" {
		t.Error("printed twice")
	}
	ask := func(token string) int {
		answer, _ := post(t, server, "GetStatus", "{}", map[string]string{"Authorization": "Bearer " + token})
		return answer.StatusCode
	}
	reset, err := NewToken(folder)
	if err != nil {
		t.Fatal(err)
	}
	if before, after := ask(token), ask(reset); before != 401 || after != 200 {
		t.Errorf("after a reset beside the server: %d and %d", before, after)
	}
	for _, damaged := range []string{"", "nonsense", strings.Repeat("ab", 31), strings.Repeat("ab", 40)} {
		if err = os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err = New(Options{Source: newFake(), Folder: folder, Listen: "127.0.0.1:0"}); !errors.Is(err, ErrTokenFile) {
			t.Errorf("%q: %v", damaged, err)
		}
	}
	if err = os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if code := ask(""); code == 200 {
		t.Error("without a file everybody may ask")
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestListensOnLoopbackOnly unless it is told otherwise.
func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{Source: newFake(), Folder: t.TempDir(), Listen: "0.0.0.0:0"}); !errors.Is(err, ErrNotLoopback) {
		t.Errorf("New: %v", err)
	}
	server := start(t, newFake(), func(o *Options) { o.Listen, o.Anywhere = "0.0.0.0:0", true })
	if _, port, err := net.SplitHostPort(server.Address()); err != nil || port == "0" {
		t.Errorf("address %s", server.Address())
	}
}

// TestMetricsAndHealth: no token on loopback, one through a proxy, and no labels about anybody.
func TestMetricsAndHealth(t *testing.T) {
	t.Parallel()
	source := newFake()
	server := start(t, source, func(o *Options) { o.Hosts = []string{"ops.example.net"} })
	ask := client(t, server, server.Token())
	if _, err := ask.ListBans(t.Context(), connect.NewRequest(&operatorwire.ListBansRequest{})); err != nil {
		t.Fatal(err)
	}
	get := func(path string, header map[string]string) (int, string) {
		answer, text := do(t, server, http.MethodGet, path, "", header)
		if answer.Header.Get("Content-Security-Policy") != ContentSecurityPolicy || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, answer.Header)
		}
		return answer.StatusCode, text
	}
	code, text := get("/metrics", map[string]string{})
	for _, line := range []string{
		"tincan_rendezvous_sessions 1284\n", "tincan_rendezvous_signals_total 1000000\n", "tincan_rendezvous_healthy 1\n",
		"tincan_rendezvous_operator_calls_total{method=\"ListBans\",code=\"ok\"} 1\n", "process_resident_memory_bytes",
	} {
		if code != 200 || !strings.Contains(text, line) {
			t.Errorf("%d: no %q in\n%s", code, line, text)
		}
	}
	for _, secret := range []string{"203.0.113", "198.51.100", "chess", "peer"} {
		if strings.Contains(text, secret) {
			t.Errorf("the metrics tell %q", secret)
		}
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200} {
		if code, text = get(path, map[string]string{}); code != want || text != "ok\n" {
			t.Errorf("%s: %d %s", path, code, text)
		}
		if code, _ = get(path, map[string]string{"Host": "ops.example.net"}); code != 401 {
			t.Errorf("%s through a proxy: %d", path, code)
		}
		if code, _ = get(path, map[string]string{"Host": "ops.example.net", "Authorization": "Bearer " + server.Token()}); code != 200 {
			t.Errorf("%s through a proxy with the token: %d", path, code)
		}
	}
	server.sampler.take(t.Context())
	source.change(func() {
		source.status.Problems = []Problem{{Code: "slow", Text: "The disk is slow."}, {Code: "store", Text: "The store has no majority.", Failing: true}}
	})
	server.sampler.take(t.Context())
	if code, text = get("/readyz", map[string]string{}); code != 503 || text != "The disk is slow.\nThe store has no majority.\n" {
		t.Errorf("failing: %d %s", code, text)
	}
	source.change(func() { source.failure = context.DeadlineExceeded })
	server.sampler.take(t.Context())
	if code, text = get("/readyz", map[string]string{}); code != 503 || !strings.Contains(text, "does not answer") {
		t.Errorf("no answer: %d %s", code, text)
	}
	source.change(func() { source.failure, source.status.Problems, source.status.Draining = nil, nil, true })
	server.sampler.take(t.Context())
	if code, _ = get("/readyz", map[string]string{}); code != 503 {
		t.Errorf("draining: %d", code)
	}
	if code, _ = get("/healthz", map[string]string{}); code != 200 {
		t.Errorf("alive: %d", code)
	}
}

// TestPageIsStatic: the files say nothing, and nothing but files is served.
func TestPageIsStatic(t *testing.T) {
	t.Parallel()
	server := start(t, newFake())
	answer, text := do(t, server, http.MethodGet, "/", "", map[string]string{})
	if answer.StatusCode != 200 || !strings.HasPrefix(text, "<!doctype html>") {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	for path, want := range map[string]int{"/nothing": 404, "/../token.go": 404, "/page/": 404} {
		if answer, _ = do(t, server, http.MethodGet, path, "", map[string]string{}); answer.StatusCode != want && answer.StatusCode != 307 && answer.StatusCode != 301 {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
	if answer, _ = do(t, server, http.MethodPost, "/", "", map[string]string{}); answer.StatusCode != 405 {
		t.Errorf("POST: %d", answer.StatusCode)
	}
}

// TestCloseEndsStreams: nobody has to go first.
func TestCloseEndsStreams(t *testing.T) {
	t.Parallel()
	server, err := New(Options{Source: newFake(), Folder: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	stream, err := client(t, server, server.Token(), connect.WithGRPC()).WatchStatus(ctx, connect.NewRequest(&operatorwire.WatchStatusRequest{}))
	if err != nil || !stream.Receive() {
		t.Fatalf("WatchStatus: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(server.Close(), server.Close()) }()
	for stream.Receive() {
		continue
	}
	if connect.CodeOf(stream.Err()) != connect.CodeUnavailable {
		t.Errorf("the stream ended with %v", stream.Err())
	}
	_ = stream.Close()
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = fmt.Errorf("Close does not return: %w", ctx.Err())
	}
	if err != nil {
		t.Error(err)
	}
}

func FuzzHost(f *testing.F) {
	for _, host := range []string{"", "localhost", "[::1]:1", "[::1", "127.0.0.1:80x", "::1", "a:b:c", "%", "[fe80::1%25lo]:1"} {
		f.Add(host, "http://"+host)
	}
	f.Add("", "http:")
	f.Fuzz(func(t *testing.T, host, origin string) {
		r := &http.Request{Method: http.MethodPost, Host: host, Header: http.Header{"Origin": {origin}}, URL: &url.URL{Path: "/"}}
		if sameSite(r) && !strings.EqualFold(strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(origin), "https"), "http"), "://"+host) &&
			!strings.Contains(origin, "@") && !strings.ContainsAny(origin, "/?#%") {
			t.Errorf("%q is the site of %q", origin, host)
		}
		if isLoopbackHost(host) && !strings.Contains(strings.ToLower(host), "localhost") && !strings.Contains(host, "127.") && !strings.Contains(host, "1") {
			t.Errorf("%q is loopback", host)
		}
		_ = cookieName(r)
	})
}
