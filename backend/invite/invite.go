package invite

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Errors of Parse.
var (
	ErrEmpty     = errors.New("invite: there is no link here; paste the whole link that you were given")
	ErrNotInvite = errors.New("invite: this is not a Tincan invite link")
	ErrTruncated = errors.New("invite: a part of this link is missing; copy it again, to its end")
	ErrDamaged   = errors.New("invite: this link is damaged or was changed on the way; ask for a new one")
	ErrNewer     = errors.New("invite: this link was made by a newer Tincan; update Tincan to use it")
)

const (
	scheme     = "tincan:invite/"
	prefix     = scheme + "1#"
	httpsMark  = "/i#"
	maxText    = 8 << 10
	maxSigned  = 4 << 10
	maxServers = 4
	maxUses    = 100
	maxColor   = 8
)

// Invite is what a link says.
type Invite struct {
	ID      uuid.UUID
	Peer    identity.PeerID
	Name    string // a hint, from outside: clean it before it is shown
	Color   int    // 1 to 8
	Servers []identity.Server
	Secret  [16]byte
	Expires time.Time
	Uses    int
}

// Seal signs the invite and returns its text form.
func (i Invite) Seal(keys *identity.Keys) (string, error) {
	peer := keys.Peer()
	body, err := wire.Encode(&wire.Invite{
		Identity: peer[:], Name: i.Name, Color: uint32(i.Color), Servers: identity.ServersToWire(i.Servers), //nolint:gosec // 1 to 8
		Id: i.ID[:], Secret: i.Secret[:], ExpiresMs: i.Expires.UnixMilli(), Uses: uint32(i.Uses), //nolint:gosec // 1 to 100
	})
	if err != nil {
		return "", err
	}
	signed, err := wire.Encode(keys.SignedAsIdentity(identity.ContextInvite, body))
	if err != nil {
		return "", err
	}
	return prefix + base64.RawURLEncoding.EncodeToString(signed), nil
}

// Short returns a readable beginning of a link, to show beside "Copy".
func Short(link string) string {
	const shown = 12
	if cut := len(prefix) + shown; len(link) > cut {
		return link[:cut] + "…"
	}
	return link
}

// Parse reads a link however it was copied: with white space, line breaks,
// quotes or angle brackets around and in it. It checks the signature; expiry
// is for the caller, who knows the time. Errors: ErrEmpty, ErrNotInvite,
// ErrTruncated, ErrDamaged, ErrNewer.
func Parse(text string) (Invite, error) {
	if len(text) > maxText {
		return Invite{}, ErrNotInvite
	}
	encoded, err := payload(text)
	if err != nil {
		return Invite{}, err
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		if len(encoded)%4 == 1 {
			return Invite{}, ErrTruncated
		}
		return Invite{}, ErrDamaged
	}
	signed := &wire.Signed{}
	if err := wire.DecodeCanonical(data, maxSigned, signed); err != nil || len(signed.GetSignature()) != 64 {
		return Invite{}, cutOr(ErrDamaged, data)
	}
	return readBody(signed)
}

// payload finds what stands behind the "#".
func payload(text string) (string, error) {
	compact := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return r
	}, text)
	compact = strings.Trim(compact, "\"'`<>()[]“”‘’«»,.;")
	if compact == "" {
		return "", ErrEmpty
	}
	if len(compact) >= len(prefix) && strings.EqualFold(compact[:len(scheme)], scheme) {
		version, encoded, found := strings.Cut(compact[len(scheme):], "#")
		switch {
		case !found:
			return "", ErrTruncated
		case version != "1":
			return "", ErrNewer
		case encoded == "":
			return "", ErrTruncated
		}
		return encoded, nil
	}
	if before, encoded, found := strings.Cut(compact, httpsMark); found && strings.HasPrefix(strings.ToLower(before), "https://") {
		if encoded == "" {
			return "", ErrTruncated
		}
		return encoded, nil
	}
	if rest := strings.ToLower(compact); strings.HasPrefix(prefix, rest) && len(rest) > len("tin") {
		return "", ErrTruncated
	}
	return "", ErrNotInvite
}

// cutOr tells a link that lost its end from one that was changed: a serialised
// wire.Signed begins with the length of its body, which says how long it should be.
func cutOr(otherwise error, data []byte) error {
	if len(data) < 3 || data[0] != 0x0a {
		return otherwise
	}
	length, size := int(data[1]), 2
	if data[1]&0x80 != 0 {
		length, size = int(data[1]&0x7f)|int(data[2])<<7, 3
	}
	const signature = 2 + 64
	if whole := size + length + signature; len(data) < whole {
		return ErrTruncated
	}
	return otherwise
}

func readBody(signed *wire.Signed) (Invite, error) {
	body := &wire.Invite{}
	if err := wire.DecodeCanonical(signed.GetBody(), maxSigned, body); err != nil {
		return Invite{}, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	peer, err := identity.PeerIDFromBytes(body.GetIdentity())
	if err != nil || !identity.VerifySigned(peer, identity.ContextInvite, signed) {
		return Invite{}, ErrDamaged
	}
	id, err := uuid.FromBytes(body.GetId())
	if err != nil {
		return Invite{}, ErrDamaged
	}
	servers, err := identity.ServersFromWire(body.GetServers())
	switch {
	case err != nil, len(servers) == 0, len(servers) > maxServers, len(body.GetSecret()) != 16,
		body.GetUses() < 1, body.GetUses() > maxUses, body.GetColor() < 1, body.GetColor() > maxColor,
		len([]rune(body.GetName())) > wire.MaxName, body.GetExpiresMs() < 0, body.GetExpiresMs() > 1<<53:
		return Invite{}, ErrDamaged
	}
	return Invite{
		ID: id, Peer: peer, Name: body.GetName(), Color: int(body.GetColor()), Servers: servers,
		Secret: [16]byte(body.GetSecret()), Expires: time.UnixMilli(body.GetExpiresMs()), Uses: int(body.GetUses()),
	}, nil
}
