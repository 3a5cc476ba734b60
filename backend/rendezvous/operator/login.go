package operator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds of logins.
const (
	sessionLife  = 12 * time.Hour
	mostSessions = 64 // the oldest goes
	wrongTries   = 5  // a minute from one network
	triesWindow  = time.Minute
	mostTriers   = 4096 // networks remembered; the oldest goes
	maxForm      = 4 << 10
	cookieSize   = 32
)

// cookieName has the port: browsers share cookies between ports.
func cookieName(r *http.Request) string {
	_, port, err := net.SplitHostPort(r.Host)
	if err != nil || port == "" || strings.Trim(port, "0123456789") != "" {
		return "tincan-operator"
	}
	return "tincan-operator-" + port
}

// login trades a token for a cookie: 204, or 401, 415 and 429 with a sentence.
func (a *access) login(w http.ResponseWriter, r *http.Request) {
	// The type that a form has; another site cannot send it without being seen either way.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		http.Error(w, "This takes a form with a field named token.", http.StatusUnsupportedMediaType)
		return
	}
	// Nobody is known yet: a form that comes slowly is not waited for. Where no deadline can be set, MaxBytesReader is the bound.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(formTimeout))
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "This form cannot be read.", http.StatusBadRequest)
		return
	}
	hash, err := a.try(r, strings.TrimSpace(r.PostForm.Get("token")))
	if err != nil {
		if errors.Is(err, errTooMany) {
			w.Header().Set("Retry-After", "60")
		}
		http.Error(w, err.Error(), status(err))
		return
	}
	value, err := a.sessions.begin(hash, time.Now())
	if err != nil {
		http.Error(w, "The login could not be made.", http.StatusInternalServerError)
		return
	}
	setCookie(w, r, value, int(sessionLife/time.Second))
	w.WriteHeader(http.StatusNoContent)
}

// logout ends the login by which it is asked.
func (a *access) logout(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(cookieName(r)); err == nil {
		a.sessions.end(cookie.Value)
	}
	setCookie(w, r, "", -1)
	w.WriteHeader(http.StatusNoContent)
}

func setCookie(w http.ResponseWriter, r *http.Request, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // there is no TLS on loopback; behind a proxy that has it, Secure is set
		Name: cookieName(r), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: !isLoopbackHost(r.Host),
	})
}

// sessions are logins of the page, in memory: a restart ends them.
type sessions struct {
	mu   sync.Mutex
	open []session // oldest first
}

type session struct {
	id    [sha256.Size]byte // of the cookie: what is compared tells nothing about it
	token tokenHash         // by which it was opened
	until time.Time
}

func (s *sessions) begin(token tokenHash, now time.Time) (string, error) {
	var random [cookieSize]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", err
	}
	value := base64.RawURLEncoding.EncodeToString(random[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(one session) bool { return !now.Before(one.until) })
	if len(s.open) >= mostSessions {
		s.open = slices.Delete(s.open, 0, 1)
	}
	s.open = append(s.open, session{id: sha256.Sum256([]byte(value)), token: token, until: now.Add(sessionLife)})
	return value, nil
}

func (s *sessions) find(value string, now time.Time) (tokenHash, bool) {
	id := sha256.Sum256([]byte(value))
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.open, func(one session) bool { return one.id == id && now.Before(one.until) })
	if at < 0 {
		return tokenHash{}, false
	}
	return s.open[at].token, true
}

func (s *sessions) end(value string) {
	id := sha256.Sum256([]byte(value))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(one session) bool { return one.id == id })
}

// tries counts wrong tokens by network.
type tries struct {
	mu    sync.Mutex
	known map[netip.Prefix]*[]time.Time // at most wrongTries each, oldest first
}

func newTries() *tries { return &tries{known: map[netip.Prefix]*[]time.Time{}} }

// household is who shares a limit: an IPv4 address or an IPv6 /64.
func household(address netip.Addr) netip.Prefix {
	address = address.Unmap().WithZone("")
	bits := 64
	if address.Is4() {
		bits = 32
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// allowed tells whether an address has tries left.
func (t *tries) allowed(address netip.Addr, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	made := t.known[household(address)]
	return made == nil || len(*made) < wrongTries || now.Sub((*made)[0]) >= triesWindow
}

func (t *tries) wrong(address netip.Addr, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	from := household(address)
	made := t.known[from]
	if made == nil {
		if len(t.known) >= mostTriers {
			t.forget(now)
		}
		made = new([]time.Time)
		t.known[from] = made
	}
	if len(*made) == wrongTries {
		*made = slices.Delete(*made, 0, 1)
	}
	*made = append(*made, now)
}

// forget removes who waited long enough, or else whoever tried the longest ago.
func (t *tries) forget(now time.Time) {
	var oldest netip.Prefix
	var last time.Time
	for from, made := range t.known {
		newest := (*made)[len(*made)-1]
		if now.Sub(newest) >= triesWindow {
			delete(t.known, from)
			continue
		}
		if !oldest.IsValid() || newest.Before(last) {
			oldest, last = from, newest
		}
	}
	if len(t.known) >= mostTriers {
		delete(t.known, oldest)
	}
}
