package handle

import (
	"crypto/sha256"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Why a text is no handle.
var (
	ErrEmpty = errors.New("handle: there is none")
	ErrName  = errors.New("handle: what stands before the @ is not a name")
	ErrHost  = errors.New("handle: what stands after the @ is not the name of a server")
)

// maxText is the longest text that is looked at, in bytes: a name with
// characters of four bytes each, an @ at either place, and a host (RFC 1035).
const maxText = 4*MaxName + 2 + 253

// Handle is a name at a host.
type Handle struct {
	Name string
	Host string // as identity.Server has it, without a port; "" when none was written
}

// String returns name@host, or the name alone.
func (h Handle) String() string {
	if h.Host == "" {
		return h.Name
	}
	return h.Name + "@" + h.Host
}

// Parse reads "name@host", or "name" alone, as people write them: with spaces
// around, an @ before the name, capitals, and wide letters. Errors: ErrEmpty,
// ErrName, ErrHost.
func Parse(text string) (Handle, error) {
	if len(text) > 2*maxText {
		return Handle{}, ErrName
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "@")
	if text == "" {
		return Handle{}, ErrEmpty
	}
	written, host, named := strings.Cut(text, "@")
	name, err := precis.UsernameCaseMapped.String(written)
	if err != nil || len(text) > maxText || !utf8.ValidString(text) || !GoodName(name) {
		return Handle{}, ErrName
	}
	read := Handle{Name: name}
	if named {
		if read.Host = hostOf(host); read.Host == "" {
			return Handle{}, ErrHost
		}
	}
	return read, nil
}

// hostOf returns a host in the one form that addresses of servers have, "" for
// anything else. A port is no part of a handle.
func hostOf(text string) string {
	if strings.ContainsAny(text, ":/#@[]?% \t") {
		return ""
	}
	server, err := identity.ParseServerAddress(text)
	if err != nil {
		return ""
	}
	return server.Hosts()[0]
}

// Claim signs that an identity has a handle. version grows with every claim of
// it, whoever makes it.
func (h Handle) Claim(keys *identity.Keys, version uint64) (*wire.Signed, error) {
	peer := keys.Peer()
	body, err := wire.Encode(&wire.HandleClaim{Handle: h.Name, Server: h.Host, Identity: peer[:], Version: version})
	if err != nil {
		return nil, err
	}
	return keys.SignedAsIdentity(identity.ContextHandle, body), nil
}

// StrangersTag is where a mailbox takes requests of people who have no invite:
// the first 16 bytes of SHA-256("tincan/strangers/1" || identity).
func StrangersTag(peer identity.PeerID) [16]byte {
	digest := sha256.Sum256(append([]byte("tincan/strangers/1"), peer[:]...))
	return [16]byte(digest[:16])
}
