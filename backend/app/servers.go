package app

import (
	"context"
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
)

// CheckServer asks a server (host:port, or its whole address with its key) who it is.
// Errors inside ServerCheck: server-address, server-down, server-not (something else answers), server-version, server-key.
func (a *API) CheckServer(address string) (ServerCheck, error) {
	return do(a, "CheckServer", func(ctx context.Context, app *App) (ServerCheck, error) {
		server, err := parseServer(address)
		if err != nil {
			return ServerCheck{RTT: -1, Error: AsError(err)}, nil
		}
		checked := ServerCheck{Address: server.Address(), RTT: -1}
		answer, err := app.config.CheckServer(ctx, address)
		if err != nil {
			checked.Error = app.sentence("CheckServer", err)
			return checked, nil
		}
		checked.Key = fingerprint(answer.Server.Key)
		checked.RTT = milliseconds(answer.RoundTrip)
		return checked, nil
	})
}

// fingerprint is the beginning of a key in hex, in groups of four, to compare
// by eye with what the operator says.
func fingerprint(key identity.ServerKey) string {
	text := hex.EncodeToString(key[:8])
	return strings.Join([]string{text[:4], text[4:8], text[8:12], text[12:]}, " ")
}

// parseServer reads the address of a server.
func parseServer(address string) (identity.Server, error) {
	if len(address) > maxAddress {
		return identity.Server{}, errServerAddress(identity.ErrServerAddress)
	}
	server, err := identity.ParseServerAddress(address)
	if known := errServerAddress(err); known != nil {
		return identity.Server{}, known
	}
	return server, err
}

// AddServer keeps a server; its key is remembered from the first answer. A server whose key
// stands in the address may be down now.
func (a *API) AddServer(address string) (Server, error) {
	return ask(a, "AddServer", func(ctx context.Context, app *App, running Running) (Server, error) {
		server, err := parseServer(address)
		if err != nil {
			return Server{}, err
		}
		answer, err := app.config.CheckServer(ctx, address)
		switch known := AsError(err); {
		case err == nil:
			server = answer.Server
		case known != nil && known.Code == string(signaling.CodeUnreachable) && !server.Key.IsZero():
		default:
			return Server{}, err
		}
		if err = running.AddServer(ctx, server); err != nil {
			return Server{}, err
		}
		live, err := running.Live(ctx)
		if err != nil {
			return Server{}, err
		}
		app.arrangeHosting(running, live)
		for _, one := range live.Servers {
			if one.Server.Key == server.Key {
				return serverOf(one), nil
			}
		}
		return Server{ID: server.Key.String(), Address: server.Address(), State: ServerConnecting, RTT: -1}, nil
	})
}

// RemoveServer forgets a server.
func (a *API) RemoveServer(id string) error {
	_, err := ask(a, "RemoveServer", func(ctx context.Context, app *App, running Running) (nothing, error) {
		key, err := parseServerID(id)
		if err != nil {
			return nothing{}, err
		}
		if err = running.RemoveServer(ctx, key); err != nil {
			return nothing{}, err
		}
		live, err := running.Live(ctx)
		if err != nil {
			return nothing{}, err
		}
		app.arrangeHosting(running, live)
		return nothing{}, nil
	})
	return err
}

// RetryServer tries a server that is down now instead of later.
func (a *API) RetryServer(id string) error {
	_, err := ask(a, "RetryServer", func(ctx context.Context, _ *App, running Running) (nothing, error) {
		key, err := parseServerID(id)
		if err != nil {
			return nothing{}, err
		}
		return nothing{}, running.RetryServer(ctx, key)
	})
	return err
}

func parseServerID(id string) (identity.ServerKey, error) {
	key, err := identity.ParseServerKey(id)
	if err != nil {
		return identity.ServerKey{}, refuse("no-server-here", "This server is not in the list any more.")
	}
	return key, nil
}

// OpenLink opens an http or https address outside, in the system's browser. Errors: link-scheme, no-browser.
func (a *API) OpenLink(address string) error {
	_, err := do(a, "OpenLink", func(ctx context.Context, app *App) (nothing, error) {
		canonical, err := webAddress(address)
		if err != nil {
			return nothing{}, err
		}
		if err := app.config.Desktop.OpenURL(ctx, canonical); err != nil {
			app.complain(ctx, "a link cannot be opened", err)
			return nothing{}, refuse("no-browser", "No browser could be opened. Copy the link and open it yourself.")
		}
		return nothing{}, nil
	})
	return err
}

// webAddress accepts http and https with a host and without a password, and
// nothing that a shell or a browser could read otherwise.
func webAddress(address string) (string, error) {
	scheme := refuse("link-scheme", "Only web addresses that begin with http:// or https:// are opened.")
	if len(address) > maxAddress || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\ufffd' }) {
		return "", scheme
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.Hostname() == "" || parsed.User != nil || parsed.Opaque != "" {
		return "", scheme
	}
	if parsed.Scheme != "http" && parsed.Scheme != "https" {
		return "", scheme
	}
	return parsed.String(), nil
}

// SameServer tells whether an address, as people give it, names a server of
// the list: by its key if it has one, otherwise by host and port.
func SameServer(server Server, address string) bool {
	asked, err := parseServer(address)
	if err != nil {
		return false
	}
	if !asked.Key.IsZero() {
		return asked.Key.String() == server.ID
	}
	return asked.Address() == server.Address
}
