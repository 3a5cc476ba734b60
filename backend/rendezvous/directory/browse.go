package directory

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	// mostFound is how far a search of the operator's can be leafed through.
	mostFound = 1000
	// mostLooked is how many removed entries are read for one page.
	mostLooked = 1000
)

// Decode reads a listed entry; false when there is none.
func (e Entry) Decode() (*wire.DirectoryEntry, bool) {
	var entry wire.DirectoryEntry
	if e.Signed == nil || wire.Decode(e.Signed.GetBody(), maxEntry, &entry) != nil {
		return nil, false
	}
	return &entry, true
}

// Removed is how many entries the operator took out.
func (d *Directory) Removed() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.removed)
}

// IsRemoved says whether the operator took a peer's entry out, as far as this server followed it.
func (d *Directory) IsRemoved(peer identity.PeerID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.removed[peer]
}

func (d *Directory) noteRemoved(peer identity.PeerID, removed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !removed:
		delete(d.removed, peer)
	case len(d.removed) < MaxEntries:
		d.removed[peer] = true
	}
}

func (d *Directory) keepRemoved(keys map[string]bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.removed, func(peer identity.PeerID, _ bool) bool { return !keys[entryKey(peer)] })
}

// Browse is for the operator: at most limit entries behind a peer, the zero value
// for the start, and where to go on, the zero value at the end. Without a query
// they are ordered by key. With one, those that are listed come as a search
// finds them, at most 1,000; of those that were removed a text of the entry has
// to contain it. Error: the engine's.
func (d *Directory) Browse(ctx context.Context, query string, removed bool, after identity.PeerID, limit int) (entries []Entry, next identity.PeerID, err error) {
	candidates := d.candidates(query, removed, after)
	looked := 0
	for at, peer := range candidates {
		if len(entries) == limit || looked == mostLooked {
			return entries, candidates[at-1], nil
		}
		looked++
		entry, known, err := d.Entry(ctx, peer)
		if err != nil {
			return nil, identity.PeerID{}, err
		}
		if !known || entry.Removed != removed || (!removed && entry.Signed == nil) || (removed && !entry.contains(query)) {
			continue
		}
		entries = append(entries, entry)
	}
	return entries, identity.PeerID{}, nil
}

// candidates are those who may be in the answer, in its order.
func (d *Directory) candidates(query string, removed bool, after identity.PeerID) []identity.PeerID {
	if !removed && strings.TrimSpace(query) != "" {
		found := d.index.search(query, mostFound)
		if after == (identity.PeerID{}) {
			return found
		}
		if at := slices.Index(found, after); at >= 0 {
			return found[at+1:]
		}
		return nil // it is gone, and with it the place
	}
	var peers []identity.PeerID
	if removed {
		d.mu.Lock()
		peers = slices.Collect(maps.Keys(d.removed))
		d.mu.Unlock()
	} else {
		peers = d.index.peers()
	}
	slices.SortFunc(peers, compare)
	at, found := slices.BinarySearchFunc(peers, after, compare)
	if found {
		at++
	}
	return peers[at:]
}

// peers returns everybody who is listed, in no order.
func (x *index) peers() []identity.PeerID {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Collect(maps.Keys(x.numbers))
}

// contains says whether a text of the entry has all of a query in it.
func (e Entry) contains(query string) bool {
	query = strings.ToLower(strings.TrimSpace(query))
	if query == "" {
		return true
	}
	entry, ok := e.Decode()
	if !ok {
		return false
	}
	texts := append([]string{entry.GetName(), entry.GetHandle(), entry.GetAbout()}, entry.GetTags()...)
	for _, listing := range entry.GetListings() {
		texts = append(texts, listing.GetTitle(), listing.GetAbout())
	}
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), query) })
}
