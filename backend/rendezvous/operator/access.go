package operator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"connectrpc.com/connect"
)

// ContentSecurityPolicy goes with every answer: nothing from elsewhere, no
// frames, no inline scripts or styles.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Sentences of refusals.
const (
	foreignHost   = "This server does not answer to that name. Open it as 127.0.0.1, or allow the name with --operator-host."
	foreignOrigin = "Another site may not use this server."
	wrongToken    = "This token is not the one. It was printed when the server first started; `rendezvous token` makes a new one."
	noToken       = "The operator's token is needed."
	tooManyTries  = "Those were too many wrong tokens. Wait a minute, then try again."
)

// access decides who may ask.
type access struct {
	tokens   *tokens
	sessions *sessions
	tries    *tries
	hosts    []string // allowed besides loopback, in small letters, with or without a port
	errors   *connect.ErrorWriter
}

// front lets a request through when its Host and Origin are good, and sets what every answer has.
func (a *access) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", ContentSecurityPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		switch {
		case !isLoopbackHost(r.Host) && !a.allowed(r.Host):
			http.Error(w, foreignHost, http.StatusForbidden)
		case !sameSite(r):
			http.Error(w, foreignOrigin, http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (a *access) allowed(host string) bool {
	host = strings.ToLower(host)
	name, _, err := net.SplitHostPort(host)
	return slices.Contains(a.hosts, host) || err == nil && slices.Contains(a.hosts, name)
}

// isLoopbackHost accepts any port: an operator may come through a tunnel of ssh.
func isLoopbackHost(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = host, ""
		if strings.HasPrefix(name, "[") {
			name = strings.TrimSuffix(name[1:], "]")
		}
	}
	if strings.Trim(port, "0123456789") != "" {
		return false
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.Unmap().IsLoopback()
}

// sameSite refuses what a page of another site made, one at another port of this machine included.
func sameSite(r *http.Request) bool {
	if origins := r.Header.Values("Origin"); len(origins) > 0 {
		origin, err := url.Parse(origins[0])
		if err != nil || len(origins) > 1 || (origin.Scheme != "http" && origin.Scheme != "https") ||
			origin.Host == "" || !strings.EqualFold(origin.Host, r.Host) {
			return false
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	// A link from elsewhere may open the page, nothing more.
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.URL.Path == "/"
}

// proof is how a caller showed that it may ask.
type proof struct {
	access *access
	hash   tokenHash
}

type proofKey struct{}

// stillAllowed tells whether the token by which a call came in still holds.
func stillAllowed(ctx context.Context) bool {
	given, ok := ctx.Value(proofKey{}).(proof)
	return ok && given.access.tokens.holds(given.hash)
}

var (
	errNoToken     = errors.New(noToken)       //nolint:staticcheck // sentences for the operator
	errWrongToken  = errors.New(wrongToken)    //nolint:staticcheck // likewise
	errTooMany     = errors.New(tooManyTries)  //nolint:staticcheck // likewise
	errWithoutSite = errors.New(foreignOrigin) //nolint:staticcheck // likewise
)

// known returns the proof of a request. Errors: the four above.
func (a *access) known(r *http.Request) (proof, error) {
	if text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		hash, err := a.try(r, text)
		return proof{a, hash}, err
	}
	cookie, err := r.Cookie(cookieName(r))
	if err != nil {
		return proof{}, errNoToken
	}
	hash, ok := a.sessions.find(cookie.Value, time.Now())
	if !ok || !a.tokens.holds(hash) {
		return proof{}, errNoToken
	}
	// Browsers say where a request comes from; a cookie without it is no browser's.
	if r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return proof{}, errWithoutSite
	}
	return proof{a, hash}, nil
}

// try checks a token and counts when it is wrong.
func (a *access) try(r *http.Request, text string) (tokenHash, error) {
	from := remote(r)
	if !a.tries.allowed(from, time.Now()) {
		return tokenHash{}, errTooMany
	}
	hash, ok := a.tokens.check(text)
	if !ok {
		a.tries.wrong(from, time.Now())
		return tokenHash{}, errWrongToken
	}
	return hash, nil
}

func remote(r *http.Request) netip.Addr {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return address.Addr()
}

// calls lets calls of the service through with a proof, and answers in the caller's protocol otherwise.
func (a *access) calls(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, err := a.known(r)
		if err == nil {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), proofKey{}, given)))
			return
		}
		if !a.errors.IsSupported(r) {
			http.Error(w, err.Error(), status(err))
			return
		}
		code := connect.CodeUnauthenticated
		switch {
		case errors.Is(err, errTooMany):
			code = connect.CodeResourceExhausted
		case errors.Is(err, errWithoutSite):
			code = connect.CodePermissionDenied
		}
		_ = a.errors.Write(w, r, connect.NewError(code, err)) // whoever is gone needs no answer
	})
}

func status(err error) int {
	switch {
	case errors.Is(err, errTooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, errWithoutSite):
		return http.StatusForbidden
	}
	return http.StatusUnauthorized
}

// near lets requests of this machine through, and others with a proof.
func (a *access) near(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A proxy comes from this machine, but for another Host.
		if isLoopbackHost(r.Host) && remote(r).Unmap().IsLoopback() {
			next.ServeHTTP(w, r)
			return
		}
		if _, err := a.known(r); err != nil {
			http.Error(w, err.Error(), status(err))
			return
		}
		next.ServeHTTP(w, r)
	})
}
