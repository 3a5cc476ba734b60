package bridge

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/netip"
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

func newGuard(port string, anywhere bool) (*guard, error) {
	g := &guard{cookie: "tincan-" + port, port: port, anywhere: anywhere}
	for _, secret := range []*string{&g.token, &g.session} {
		var random [secretSize]byte
		if _, err := rand.Read(random[:]); err != nil {
			return nil, fmt.Errorf("bridge: making a token: %w", err)
		}
		*secret = base64.RawURLEncoding.EncodeToString(random[:])
	}
	return g, nil
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
