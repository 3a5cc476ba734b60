package directory

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of an entry; lengths are in characters where bytes are not named.
const (
	maxEntry      = 44 << 10 // bytes of the body: with base64 it fits into a table's value
	maxAbout      = 280
	maxTags       = 8
	maxTag        = 24
	maxListings   = 32
	maxTitle      = 64
	maxLink       = 2048 // bytes
	maxReason     = wire.MaxReason
	linkScheme    = "tincan:"
	signatureSize = 64
)

// entryRecord is what the table keeps of a peer's entry, as JSON. Body is nil
// when the owner took it out.
type entryRecord struct {
	Version   uint64 `json:"version"`
	ListedMs  int64  `json:"listed_ms,omitempty"` // when the owner listed this version; 0: not noted
	Body      []byte `json:"body,omitempty"`
	Signature []byte `json:"signature,omitempty"`
	RemovedMs int64  `json:"removed_ms,omitempty"` // by the operator; 0 when not
	Reason    string `json:"reason,omitempty"`
}

func (r *entryRecord) read(data []byte) error { return unmarshal(data, r) }

func (r *entryRecord) shown() bool { return r.Body != nil && r.RemovedMs == 0 }

// ParseEntry reads an entry and checks that everything in it is within its
// limits and signed by peer. An empty entry has nothing but identity and version.
func ParseEntry(peer identity.PeerID, signed *wire.Signed) (entry *wire.DirectoryEntry, empty, good bool) {
	entry = &wire.DirectoryEntry{}
	if wire.DecodeCanonical(signed.GetBody(), maxEntry, entry) != nil || len(signed.GetSignature()) != signatureSize {
		return nil, false, false
	}
	if string(entry.GetIdentity()) != string(peer[:]) || entry.GetVersion() == 0 {
		return nil, false, false
	}
	empty = entry.GetName() == "" && entry.GetHandle() == "" && entry.GetAbout() == "" && len(entry.GetTags()) == 0 && len(entry.GetListings()) == 0
	if !empty && !goodEntry(entry) {
		return nil, false, false
	}
	// The signature last: it is what costs.
	return entry, empty, identity.VerifySigned(peer, identity.ContextDirectory, signed)
}

func goodEntry(entry *wire.DirectoryEntry) bool {
	if !line(entry.GetName(), 1, wire.MaxName) || !line(entry.GetHandle(), 0, 320) || !text(entry.GetAbout(), maxAbout) ||
		len(entry.GetTags()) > maxTags || len(entry.GetListings()) > maxListings {
		return false
	}
	for _, tag := range entry.GetTags() {
		if !line(tag, 1, maxTag) {
			return false
		}
	}
	for _, listing := range entry.GetListings() {
		known := listing.GetKind() == wire.ListingKind_LISTING_KIND_ROOM || listing.GetKind() == wire.ListingKind_LISTING_KIND_FILE
		if !known || !line(listing.GetTitle(), 1, maxTitle) || !text(listing.GetAbout(), maxAbout) || !link(listing.GetLink()) {
			return false
		}
	}
	return true
}

// line is a text of one line that shows something and is what it shows.
func line(value string, least, most int) bool {
	return text(value, most) && utf8.RuneCountInString(value) >= least && value == strings.TrimSpace(value) && !strings.ContainsAny(value, "\n\t")
}

// text may have several lines, but nothing in it that is not seen or turns the direction of what follows.
func text(value string, most int) bool {
	if !utf8.ValidString(value) || utf8.RuneCountInString(value) > most {
		return false
	}
	for _, character := range value {
		switch {
		case character == '\n', character == '\t':
		case character == '\u200c', character == '\u200d': // some scripts and emoji are written with them
		case unicode.IsControl(character), unicode.Is(unicode.Cf, character), unicode.Is(unicode.Co, character),
			character == '\u2028', character == '\u2029', character == utf8.RuneError:
			return false
		}
	}
	return true
}

func link(value string) bool {
	if len(value) > maxLink || !strings.HasPrefix(value, linkScheme) || len(value) == len(linkScheme) {
		return false
	}
	return !strings.ContainsFunc(value, func(character rune) bool {
		return character <= ' ' || character >= 0x7f || strings.ContainsRune("\"<>\\^`{|}", character)
	})
}

// List puts a peer's entry into the directory, or takes it out when it is empty.
func (d *Directory) List(ctx context.Context, peer identity.PeerID, signed *wire.Signed) (wire.ListOutcome, error) {
	entry, empty, good := ParseEntry(peer, signed)
	if !good {
		return wire.ListOutcome_LIST_OUTCOME_INVALID, nil
	}
	if entry.GetHandle() != "" {
		if own, err := d.holds(ctx, peer, entry.GetHandle()); err != nil || !own {
			return wire.ListOutcome_LIST_OUTCOME_INVALID, err
		}
	}
	outcome := wire.ListOutcome_LIST_OUTCOME_DONE
	err := d.edit(ctx, peer, func(kept *entryRecord) bool {
		switch {
		case entry.GetVersion() == kept.Version && string(kept.Body) == string(signed.GetBody()) && kept.shown():
			outcome = wire.ListOutcome_LIST_OUTCOME_DONE // the answer got lost
			return false
		case entry.GetVersion() <= kept.Version:
			outcome = wire.ListOutcome_LIST_OUTCOME_OLDER
			return false
		case kept.RemovedMs != 0 && !empty:
			outcome = wire.ListOutcome_LIST_OUTCOME_REMOVED
			return false
		}
		outcome = wire.ListOutcome_LIST_OUTCOME_DONE
		kept.Version, kept.Body, kept.Signature = entry.GetVersion(), signed.GetBody(), signed.GetSignature()
		kept.ListedMs = d.options.Now().UnixMilli()
		if empty {
			kept.Body, kept.Signature = nil, nil
		}
		return true
	})
	return outcome, err
}

// edit changes a peer's record; change says whether there is something to
// write, and may be called more than once.
func (d *Directory) edit(ctx context.Context, peer identity.PeerID, change func(*entryRecord) bool) error {
	key := entryKey(peer)
	for range retries {
		var kept entryRecord
		revision, err := get(ctx, d.options.Entries, key, kept.read)
		if err != nil || !change(&kept) {
			return err
		}
		data, err := json.Marshal(kept)
		if err == nil {
			_, err = d.options.Entries.Put(ctx, key, data, revision)
		}
		if !errors.Is(err, engine.ErrConflict) {
			return err
		}
	}
	return errBusy
}

// Remove takes a peer's entry out, and keeps new ones out until [Directory.Restore].
// A peer that never listed anything can be kept out too. reason is for the
// operator, at most 200 characters are kept.
func (d *Directory) Remove(ctx context.Context, peer identity.PeerID, reason string) error {
	if characters := []rune(reason); len(characters) > maxReason {
		reason = string(characters[:maxReason])
	}
	return d.edit(ctx, peer, func(kept *entryRecord) bool {
		if kept.RemovedMs == 0 {
			kept.RemovedMs = d.options.Now().UnixMilli()
		}
		kept.Reason = reason
		return true
	})
}

// Restore lifts a removal: the entry is shown again as its owner last listed
// it, unless the owner took it out.
func (d *Directory) Restore(ctx context.Context, peer identity.PeerID) error {
	return d.edit(ctx, peer, func(kept *entryRecord) bool {
		if kept.RemovedMs == 0 {
			return false
		}
		kept.RemovedMs, kept.Reason = 0, ""
		return true
	})
}

// Entry is what a peer listed, as the operator sees it.
type Entry struct {
	Peer    identity.PeerID
	Signed  *wire.Signed // nil when the owner took it out
	Listed  time.Time    // when this version was listed; zero: not noted
	Removed bool         // by the operator
	Reason  string
}

// Entry returns a peer's entry, and whether there is a record of one.
func (d *Directory) Entry(ctx context.Context, peer identity.PeerID) (Entry, bool, error) {
	var kept entryRecord
	revision, err := get(ctx, d.options.Entries, entryKey(peer), kept.read)
	if err != nil || revision == 0 {
		return Entry{}, false, err
	}
	entry := Entry{Peer: peer, Removed: kept.RemovedMs != 0, Reason: kept.Reason}
	if kept.ListedMs != 0 {
		entry.Listed = time.UnixMilli(kept.ListedMs)
	}
	if kept.Body != nil {
		entry.Signed = &wire.Signed{Body: kept.Body, Signature: kept.Signature}
	}
	return entry, true, nil
}
