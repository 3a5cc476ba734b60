package invite

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrFields says that an invite cannot be sealed: a field is out of its bounds.
var ErrFields = errors.New("invite: a field is out of its bounds")

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
	maxText    = 8 << 10 // bytes of the text of a link
	maxSigned  = 4 << 10 // bytes of what is signed
	maxServers = 4       // servers of one invite
	maxUses    = 100     // people who may come by one invite
	maxColor   = 8       // index of a colour
	maxTime    = 1 << 53 // Unix milliseconds that every language's numbers hold exactly
	secretSize = 16

	signatureSize = 64
	bodyTag       = 0x0a // field 1, bytes: the body of a wire.Signed
)

// Invite is what a link says.
type Invite struct {
	ID      uuid.UUID
	Peer    identity.PeerID
	Name    string // a hint, from outside: clean it before it is shown
	Color   int    // 1 to 8
	Servers []identity.Server
	Secret  [secretSize]byte
	Expires time.Time
	Uses    int
}

// Tag is where a mailbox takes requests for whoever made an invite: the first
// 16 bytes of SHA-256("tincan/invite-tag/1" || secret).
func Tag(secret [secretSize]byte) [16]byte {
	digest := sha256.Sum256(append([]byte("tincan/invite-tag/1"), secret[:]...))
	return [16]byte(digest[:16])
}

// Seal signs the invite and returns its text form. Its Peer is the signer.
// Error: ErrFields for what nobody could read.
func (i Invite) Seal(keys *identity.Keys) (string, error) {
	peer := keys.Peer()
	message := &wire.Invite{
		Identity: peer[:], Name: i.Name, Color: uint32(max(i.Color, 0)), Servers: identity.ServersToWire(i.Servers),
		Id: i.ID[:], Secret: i.Secret[:], ExpiresMs: i.Expires.UnixMilli(), Uses: uint32(max(i.Uses, 0)),
	}
	if !sound(message) {
		return "", ErrFields
	}
	if _, err := identity.ServersFromWire(message.GetServers()); err != nil {
		return "", fmt.Errorf("%w: %w", ErrFields, err)
	}
	body, err := wire.Encode(message)
	if err != nil {
		return "", err
	}
	signed, err := wire.Encode(keys.SignedAsIdentity(identity.ContextInvite, body))
	if err != nil {
		return "", err
	}
	if len(signed) > maxSigned {
		return "", ErrFields
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
	data, err := decode(encoded)
	if err != nil {
		return Invite{}, err
	}
	signed := &wire.Signed{}
	if err := wire.DecodeCanonical(data, maxSigned, signed); err != nil || len(signed.GetSignature()) != signatureSize {
		return Invite{}, ErrDamaged
	}
	return readBody(signed)
}

// payload finds what stands behind the "#".
func payload(text string) (string, error) {
	compact := strings.Trim(strings.Map(kept, text), "()[]{}.,;:!?*|\u2026")
	if compact == "" {
		return "", ErrEmpty
	}
	if len(compact) >= len(scheme) && strings.EqualFold(compact[:len(scheme)], scheme) {
		version, encoded, found := strings.Cut(compact[len(scheme):], "#")
		switch {
		case !found && strings.Trim(version, "0123456789") == "":
			return "", ErrTruncated
		case !found, version == "", version[0] == '0', strings.Trim(version, "0123456789") != "":
			return "", ErrNotInvite
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
	if beginning := strings.ToLower(compact); strings.HasPrefix(scheme, beginning) && len(beginning) > len("tin") {
		return "", ErrTruncated
	}
	return "", ErrNotInvite
}

// kept drops what programs put into a link that they show, quote or wrap: white
// space, control and invisible characters, quotes and angle brackets, and the
// "=" that mail writes at a soft line break (RFC 2045).
func kept(r rune) rune {
	if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("\"'`<>=\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u2039\u203a", r) {
		return -1
	}
	return r
}

// decode reads base64url and says what is wrong with it: a link that lost its
// end, or one that was changed.
func decode(encoded string) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err == nil && !truncated(data) {
		return data, nil
	}
	// A cut leaves a character that is no byte yet, or bits that mean nothing.
	whole := encoded
	if len(encoded)%4 == 1 {
		whole = encoded[:len(encoded)-1]
	}
	if data, lenient := base64.RawURLEncoding.DecodeString(whole); lenient == nil && truncated(data) {
		return nil, ErrTruncated
	}
	return nil, ErrDamaged
}

// truncated tells whether bytes are the beginning of a serialised wire.Signed
// that goes on: it starts with the length of its body.
func truncated(data []byte) bool {
	const head = 3 // tag, and a length from 128 to 16383
	if len(data) < head {
		return len(data) == 0 || data[0] == bodyTag
	}
	length := int(data[1]&0x7f) | int(data[2])<<7
	if data[0] != bodyTag || data[1]&0x80 == 0 || length > maxSigned {
		return false
	}
	return len(data) < head+length+2+signatureSize
}

// sound tells whether the fields are in their bounds, servers apart.
func sound(body *wire.Invite) bool {
	servers := len(body.GetServers())
	return servers >= 1 && servers <= maxServers &&
		len(body.GetSecret()) == secretSize &&
		body.GetUses() >= 1 && body.GetUses() <= maxUses &&
		body.GetColor() >= 1 && body.GetColor() <= maxColor &&
		utf8.RuneCountInString(body.GetName()) <= wire.MaxName &&
		body.GetExpiresMs() >= 0 && body.GetExpiresMs() <= maxTime
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
	if err != nil || !sound(body) {
		return Invite{}, ErrDamaged
	}
	servers, err := identity.ServersFromWire(body.GetServers())
	if err != nil {
		return Invite{}, ErrDamaged
	}
	return Invite{
		ID: id, Peer: peer, Name: body.GetName(), Color: int(body.GetColor()), Servers: servers,
		Secret: [secretSize]byte(body.GetSecret()), Expires: time.UnixMilli(body.GetExpiresMs()), Uses: int(body.GetUses()),
	}, nil
}
