package directory

import (
	"context"
	"math/bits"
	"strings"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Limits of a search.
const (
	MaxQuery   = 128 // bytes
	MaxResults = 20
	// resultsSize is what the bodies of a result take together, at least one of
	// them: they have to fit into a frame in both encodings.
	resultsSize = 88 << 10
)

// missing is how many characters of one set are not in the other.
func missing(set, from uint64) int { return bits.OnesCount64(set &^ from) }

// weigh returns the words of an entry and how much each counts.
func weigh(entry *wire.DirectoryEntry) map[found]uint8 {
	weights := make(map[found]uint8)
	add := func(value string, weight uint8) {
		words(value, false, func(one found) {
			if len(weights) < maxWords || weights[one] > 0 {
				weights[one] = max(weights[one], weight)
			}
		})
	}
	name, _, _ := strings.Cut(entry.GetHandle(), "@")
	add(name, 16)
	add(entry.GetName(), 12)
	for _, tag := range entry.GetTags() {
		add(tag, 8)
	}
	for _, listing := range entry.GetListings() {
		add(listing.GetTitle(), 6)
	}
	add(entry.GetAbout(), 3)
	for _, listing := range entry.GetListings() {
		add(listing.GetAbout(), 2)
	}
	return weights
}

// apply brings a change of the table into the index.
func (d *Directory) apply(change engine.Change) {
	peer, ok := peerOfEntryKey(change.Key)
	if !ok {
		return
	}
	var kept entryRecord
	var entry wire.DirectoryEntry
	good := change.Data != nil && kept.read(change.Data) == nil
	d.noteRemoved(peer, good && kept.RemovedMs != 0)
	if !good || !kept.shown() || wire.Decode(kept.Body, maxEntry, &entry) != nil {
		d.index.remove(peer)
		return
	}
	if !d.index.put(peer, weigh(&entry)) {
		d.options.Logger.Warn("the index of the directory is full", "entries", MaxEntries)
	}
}

// Search returns the signed entries that have all words of a query, the best
// first: at most limit, at most 20, and as many as fit into a frame. ready is
// false while the index is being made. What it finds is a moment behind; what
// it returns is as it stands in the table now.
func (d *Directory) Search(ctx context.Context, query string, limit int) (entries []*wire.Signed, ready bool, err error) {
	if !d.Settled() {
		return nil, false, nil
	}
	if len(query) > MaxQuery {
		return nil, true, nil
	}
	limit = min(limit, MaxResults)
	size := 0
	// Twice as many, for some may have changed meanwhile.
	for _, peer := range d.index.search(query, 2*limit) {
		if len(entries) >= limit {
			break
		}
		signed, shown, getErr := d.current(ctx, peer)
		if getErr != nil {
			return nil, true, getErr
		}
		if !shown {
			continue
		}
		if size += len(signed.GetBody()) + signatureSize; size > resultsSize && len(entries) > 0 {
			break
		}
		entries = append(entries, signed)
	}
	return entries, true, nil
}

// current returns a peer's entry if it is shown now and names no handle that
// is somebody else's by now.
func (d *Directory) current(ctx context.Context, peer identity.PeerID) (*wire.Signed, bool, error) {
	var kept entryRecord
	var entry wire.DirectoryEntry
	_, err := get(ctx, d.options.Entries, entryKey(peer), kept.read)
	if err == nil && kept.shown() {
		err = wire.Decode(kept.Body, maxEntry, &entry)
	}
	if err != nil || !kept.shown() {
		return nil, false, err
	}
	if entry.GetHandle() != "" {
		if own, holdsErr := d.holds(ctx, peer, entry.GetHandle()); holdsErr != nil || !own {
			return nil, false, holdsErr
		}
	}
	return &wire.Signed{Body: kept.Body, Signature: kept.Signature}, true, nil
}
