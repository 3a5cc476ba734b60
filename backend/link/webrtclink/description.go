package webrtclink

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pion/sdp/v3"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// facts are what an SDP says that the session is bound to.
type facts struct {
	fingerprint [sha256.Size]byte
	role        string // a=setup
	ufrag       string
	password    string
}

// Attributes that mean something to ICE or DTLS. They belong to the one media
// section, once: pion prefers a session-level fingerprint over the media-level
// one, so what is checked must be the only thing that can be used.
const (
	attributeFingerprint = "fingerprint"
	attributeSetup       = "setup"
	attributeUfrag       = "ice-ufrag"
	attributePassword    = "ice-pwd"
)

// refusedAttributes would change how the session is made behind the back of the
// checks: candidates travel in signals of their own, a lite agent changes who
// controls ICE, identity and crypto belong to other ways of keying.
var refusedAttributes = []string{"candidate", "remote-candidates", "end-of-candidates", "ice-lite", "identity", "crypto", "tls-id"}

// readDescription parses an SDP and refuses everything but the one form that
// security.md allows. Errors wrap link.ErrBinding.
func readDescription(text string) (facts, error) {
	refuse := func(what string) (facts, error) {
		return facts{}, fmt.Errorf("%w: %s", link.ErrBinding, what)
	}
	if len(text) > link.MaxDescription {
		return refuse("length of the description")
	}
	var parsed sdp.SessionDescription
	if err := parsed.UnmarshalString(text); err != nil {
		return refuse("the description cannot be parsed")
	}
	if len(parsed.MediaDescriptions) != 1 || parsed.MediaDescriptions[0].MediaName.Media != "application" {
		return refuse("media sections")
	}
	media := parsed.MediaDescriptions[0]
	bound := []string{attributeFingerprint, attributeSetup, attributeUfrag, attributePassword}
	for _, name := range append(bound, refusedAttributes...) {
		if count(parsed.Attributes, name) != 0 {
			return refuse("a session-level attribute")
		}
	}
	for _, name := range refusedAttributes {
		if count(media.Attributes, name) != 0 {
			return refuse("an attribute that is not allowed")
		}
	}
	for _, name := range bound {
		if count(media.Attributes, name) != 1 {
			return refuse("number of " + name + " lines")
		}
	}
	out := facts{
		role:     value(media.Attributes, attributeSetup),
		ufrag:    value(media.Attributes, attributeUfrag),
		password: value(media.Attributes, attributePassword),
	}
	algorithm, digits, found := strings.Cut(value(media.Attributes, attributeFingerprint), " ")
	if !found || algorithm != "sha-256" {
		return refuse("algorithm of the fingerprint")
	}
	// RFC 8122 section 5: pairs of hex digits with colons between them.
	if len(digits) != 3*sha256.Size-1 {
		return refuse("form of the fingerprint")
	}
	for i := 2; i < len(digits); i += 3 {
		if digits[i] != ':' {
			return refuse("form of the fingerprint")
		}
	}
	raw, err := hex.DecodeString(strings.ReplaceAll(digits, ":", ""))
	if err != nil || len(raw) != sha256.Size {
		return refuse("form of the fingerprint")
	}
	out.fingerprint = [sha256.Size]byte(raw)
	return out, nil
}

// checkDescription refuses a description whose SDP says anything else than the
// signed fields beside it. Its hash has been checked by link.ReadSignal.
func checkDescription(description *wire.Description) (facts, error) {
	read, err := readDescription(description.GetSdp())
	switch {
	case err != nil:
		return facts{}, err
	case string(read.fingerprint[:]) != string(description.GetFingerprint()):
		return facts{}, fmt.Errorf("%w: fingerprint", link.ErrBinding)
	case read.role != description.GetDtlsRole():
		return facts{}, fmt.Errorf("%w: DTLS role", link.ErrBinding)
	case read.ufrag != description.GetIceUfrag() || read.password != description.GetIcePassword():
		return facts{}, fmt.Errorf("%w: ICE credentials", link.ErrBinding)
	}
	return read, nil
}

// describe makes the signed fields for an SDP of ours.
func describe(text string, offerHash []byte) (*wire.Description, error) {
	read, err := readDescription(text)
	if err != nil {
		return nil, fmt.Errorf("webrtclink: our own description: %w", err)
	}
	hash := sha256.Sum256([]byte(text))
	return &wire.Description{
		Sdp:         text,
		SdpHash:     hash[:],
		Fingerprint: read.fingerprint[:],
		DtlsRole:    read.role,
		IceUfrag:    read.ufrag,
		IcePassword: read.password,
		OfferHash:   offerHash,
	}, nil
}

func count(attributes []sdp.Attribute, name string) int {
	n := 0
	for _, attribute := range attributes {
		if strings.EqualFold(strings.TrimSpace(attribute.Key), name) {
			n++
		}
	}
	return n
}

func value(attributes []sdp.Attribute, name string) string {
	for _, attribute := range attributes {
		if attribute.Key == name {
			return attribute.Value
		}
	}
	return ""
}
