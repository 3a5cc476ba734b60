package bridge

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"strings"
)

// secretSize is the length of token and cookie in bytes.
const secretSize = 32

// guard decides who may talk to the bridge.
type guard struct {
	token    string // in the address
	session  string // in the cookie
	cookie   string // its name, with the port: browsers share cookies between ports
	port     string
	anywhere bool
}

// newGuard makes a token for this start. The secret of the cookie is that of
// the file kept, if there is one, so that an open page goes on behind a restart;
// where it cannot be kept it is one for this start alone.
func newGuard(port string, anywhere bool, kept string, logger *slog.Logger) *guard {
	g := &guard{cookie: "tincan-" + port, port: port, anywhere: anywhere, token: newSecret()}
	var err error
	if g.session, err = keptSecret(kept); err != nil {
		logger.Warn("the page's cookie is not kept, so after a restart its address has to be opened anew", "error", err)
	}
	return g
}

func newSecret() string {
	var random [secretSize]byte
	_, _ = rand.Read(random[:]) // it never fails
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// keptSecret reads the secret in a file of this user alone, or makes one and
// keeps it there; without a file it is new each time. There is a secret also
// where it could not be kept.
func keptSecret(file string) (string, error) {
	if file == "" {
		return newSecret(), nil
	}
	if secret := readSecret(file); secret != "" {
		return secret, nil
	}
	made := newSecret()
	// What another program could write or read would be no secret: the file is made anew.
	err := os.Remove(file)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = writeNew(file, made)
	}
	if err != nil {
		return made, fmt.Errorf("bridge: keeping the page's cookie: %w", err)
	}
	return made, nil
}

// readSecret returns the secret in a file, or nothing when there is none, or
// when others could have read or written it.
func readSecret(file string) string {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(base64.RawURLEncoding.EncodedLen(secretSize)) {
		return ""
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "" // on Windows the profile's folder decides
	}
	secret, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	if read, bad := base64.RawURLEncoding.DecodeString(string(secret)); bad != nil || len(read) != secretSize {
		return ""
	}
	return string(secret)
}

// writeNew writes a file that must not exist, for this user alone.
func writeNew(file, content string) error {
	made, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = made.WriteString(content)
	return errors.Join(err, made.Close())
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// host accepts the names under which this machine is reached directly. A name
// that somebody's DNS points at us is not among them (DNS rebinding).
func (g *guard) host(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), "80"
	}
	if port != g.port {
		return false
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && (g.anywhere || address.IsLoopback())
}

// site accepts requests that our own page made, or that a person made by
// opening the address.
func (g *guard) site(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	// A link from elsewhere may open the page, nothing more.
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && !strings.HasPrefix(r.URL.Path, "/bridge")
}

// known tells whether a request carries the cookie.
func (g *guard) known(r *http.Request) bool {
	cookie, err := r.Cookie(g.cookie)
	return err == nil && same(cookie.Value, g.session)
}

// admit turns the token into the cookie. It answers true when it has answered
// the request.
func (g *guard) admit(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet || r.URL.Path != "/" || !r.URL.Query().Has("token") {
		return false
	}
	if !same(r.URL.Query().Get("token"), g.token) {
		refused(w, http.StatusForbidden, "This address is from another start of Tincan. Use the one that was printed last.")
		return true
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // there is no TLS on loopback
		Name: g.cookie, Value: g.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return true
}

// refused answers with one plain sentence.
func refused(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(sentence + "\n")) // whoever is gone needs no answer
}
