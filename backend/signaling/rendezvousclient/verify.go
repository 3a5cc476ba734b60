package rendezvousclient

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of what a directory holds; characters are Unicode code points.
const (
	minHandle     = 3
	maxHandle     = 32
	maxHost       = 253 // RFC 1035
	maxClaim      = 1 << 10
	maxEntryBytes = 96 << 10
	maxAbout      = 280
	maxEntryTags  = 8
	maxEntryTag   = 24
	maxListings   = 32
	maxTitle      = 64
	maxLink       = 2048
	maxKeyRecord  = 4 << 10
	maxKeyRecords = 16
)

// Errors of what a server hands over.
var (
	errUnsigned = errors.New("rendezvous: the server handed over what nobody signed")
	errRange    = errors.New("rendezvous: signed, but out of range")
)

// parseClaim verifies a claim. Errors: errUnsigned, errRange.
func parseClaim(signed *wire.Signed) (signaling.HandleClaim, error) {
	var body wire.HandleClaim
	if err := wire.DecodeCanonical(signed.GetBody(), maxClaim, &body); err != nil {
		return signaling.HandleClaim{}, errUnsigned
	}
	peer, err := identity.PeerIDFromBytes(body.GetIdentity())
	if err != nil || !identity.VerifySigned(peer, identity.ContextHandle, signed) {
		return signaling.HandleClaim{}, errUnsigned
	}
	if !isHandle(body.GetHandle()) || !isHost(body.GetServer()) || body.GetVersion() == 0 {
		return signaling.HandleClaim{}, errRange
	}
	return signaling.HandleClaim{
		Handle: body.GetHandle(), Server: body.GetServer(), Peer: peer, Version: body.GetVersion(), Signed: signed,
	}, nil
}

// checkMove verifies the consent of the one who holds what claim takes.
func checkMove(claim signaling.HandleClaim, signed *wire.Signed) error {
	var body wire.HandleMove
	if err := wire.DecodeCanonical(signed.GetBody(), maxClaim, &body); err != nil {
		return errUnsigned
	}
	from, err := identity.PeerIDFromBytes(body.GetFrom())
	if err != nil || !identity.VerifySigned(from, identity.ContextHandleMove, signed) {
		return errUnsigned
	}
	if body.GetHandle() != claim.Handle || body.GetServer() != claim.Server || body.GetVersion() != claim.Version || string(body.GetTo()) != string(claim.Peer[:]) {
		return errRange
	}
	return nil
}

// isHandle says whether a text is the part of a handle before @, in the one form that servers keep.
func isHandle(text string) bool {
	if count := utf8.RuneCountInString(text); count < minHandle || count > maxHandle || !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) {
		return false
	}
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
		case r < utf8.RuneSelf:
			return false
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			return false
		}
	}
	return true
}

func isHost(text string) bool {
	return text != "" && len(text) <= maxHost && text == strings.ToLower(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= utf8.RuneSelf || strings.ContainsRune("/@#?%\\\"", r)
	})
}

// parseEntry verifies an entry. Errors: errUnsigned, errRange.
func parseEntry(signed *wire.Signed) (signaling.DirectoryEntry, error) {
	if len(signed.GetBody()) > maxEntryBytes {
		return signaling.DirectoryEntry{}, errUnsigned
	}
	// Who signed it is read leniently, so that what a newer version signed is
	// told apart from what nobody did.
	var body wire.DirectoryEntry
	if err := wire.Decode(signed.GetBody(), maxEntryBytes, &body); err != nil {
		return signaling.DirectoryEntry{}, errUnsigned
	}
	peer, err := identity.PeerIDFromBytes(body.GetIdentity())
	if err != nil || !identity.VerifySigned(peer, identity.ContextDirectory, signed) {
		return signaling.DirectoryEntry{}, errUnsigned
	}
	if wire.DecodeCanonical(signed.GetBody(), maxEntryBytes, &body) != nil || !inRange(&body) {
		return signaling.DirectoryEntry{}, errRange
	}
	entry := signaling.DirectoryEntry{
		Peer: peer, Version: body.GetVersion(), Name: body.GetName(), Handle: body.GetHandle(), About: body.GetAbout(),
		Tags: body.GetTags(), Signed: signed,
	}
	for _, listing := range body.GetListings() {
		entry.Listings = append(entry.Listings, signaling.Listing{
			Kind: listing.GetKind(), Title: listing.GetTitle(), About: listing.GetAbout(), Link: listing.GetLink(),
		})
	}
	return entry, nil
}

func inRange(body *wire.DirectoryEntry) bool {
	if body.GetVersion() == 0 || !isText(body.GetName(), wire.MaxName, false) || !isText(body.GetAbout(), maxAbout, true) ||
		len(body.GetTags()) > maxEntryTags || len(body.GetListings()) > maxListings ||
		(body.GetHandle() != "" && !isHandle(body.GetHandle())) {
		return false
	}
	for _, tag := range body.GetTags() {
		if tag == "" || !isText(tag, maxEntryTag, false) {
			return false
		}
	}
	for _, listing := range body.GetListings() {
		kind := listing.GetKind()
		if (kind != wire.ListingKind_LISTING_KIND_ROOM && kind != wire.ListingKind_LISTING_KIND_FILE) ||
			listing.GetTitle() == "" || !isText(listing.GetTitle(), maxTitle, false) || !isText(listing.GetAbout(), maxAbout, true) || !isLink(listing.GetLink()) {
			return false
		}
	}
	return true
}

// isText says whether a text may be shown: no control characters and none that
// turn the direction of what follows.
func isText(text string, most int, lines bool) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && !strings.ContainsFunc(text, func(r rune) bool {
		return (unicode.IsControl(r) && (!lines || r != '\n')) || unicode.Is(unicode.Bidi_Control, r)
	})
}

func isLink(text string) bool {
	return strings.HasPrefix(text, "tincan:") && len(text) <= maxLink &&
		!strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// checkRecord verifies that all of a record belongs to a peer.
func checkRecord(peer identity.PeerID, record *wire.PeerRecord) error {
	list, err := identity.ParseDeviceList(record.GetDeviceList())
	if err != nil || list.Peer != peer || len(record.GetKeyRecords()) > maxKeyRecords {
		return errUnsigned
	}
	for _, signed := range record.GetKeyRecords() {
		var key wire.KeyRecord
		if wire.Decode(signed.GetBody(), maxKeyRecord, &key) != nil || string(key.GetIdentity()) != string(peer[:]) {
			return errUnsigned
		}
		device, deviceErr := identity.DeviceIDFromBytes(key.GetDevice())
		if deviceErr != nil || !list.Has(device) || !identity.VerifySigned(device, identity.ContextKeyRecord, signed) {
			return errUnsigned
		}
	}
	if record.GetLocation() != nil {
		location, locationErr := identity.ParseLocation(record.GetLocation())
		if locationErr != nil || location.Peer != peer {
			return errUnsigned
		}
	}
	return nil
}

// splitHandle reads "name" or "name@host" as people write it: ASCII letters may be capitals.
func splitHandle(text string) (handle, host string, good bool) {
	if len(text) > maxHandle*utf8.UTFMax+1+maxHost {
		return "", "", false
	}
	handle, host, named := strings.Cut(norm.NFC.String(strings.TrimSpace(text)), "@")
	handle = strings.Map(lowerASCII, handle)
	host = strings.Map(lowerASCII, host)
	return handle, host, isHandle(handle) && (!named || isHost(host))
}

func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// entriesOf verifies what a search found; false when the server made some of it up.
func entriesOf(found []*wire.Signed, limit int) ([]signaling.DirectoryEntry, bool) {
	entries := make([]signaling.DirectoryEntry, 0, min(len(found), limit))
	for _, signed := range found[:min(len(found), limit)] {
		entry, err := parseEntry(signed)
		switch {
		case errors.Is(err, errRange):
			// Its owner's fault, or that of a newer version: not to be shown.
		case err != nil:
			return nil, false
		case !slices.ContainsFunc(entries, func(other signaling.DirectoryEntry) bool { return other.Peer == entry.Peer }):
			entries = append(entries, entry)
		}
	}
	return entries, true
}
