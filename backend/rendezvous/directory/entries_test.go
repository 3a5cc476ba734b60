package directory

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	listed        = wire.ListOutcome_LIST_OUTCOME_DONE
	refused       = wire.ListOutcome_LIST_OUTCOME_INVALID
	older         = wire.ListOutcome_LIST_OUTCOME_OLDER
	removedByThem = wire.ListOutcome_LIST_OUTCOME_REMOVED
)

func (b *bench) expectFound(query string, want ...string) {
	b.testing.Helper()
	var got []string
	b.await(fmt.Sprintf("%q finding %v", query, want), func() bool {
		got = b.names(query)
		return slices.Equal(got, want)
	})
}

func TestListing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, ready, err := b.Search(t.Context(), "ana", 20); ready || err != nil {
		t.Errorf("a search before the index is made: %t, %v", ready, err)
	}
	b.follow()
	ana, ben := newKeys(t), newKeys(t)
	if outcome := b.list(ana, &wire.DirectoryEntry{Version: 2, Name: "Ana Silva"}); outcome != listed {
		t.Fatal(outcome)
	}
	b.expectFound("ana", "Ana Silva")
	if outcome := b.list(ana, &wire.DirectoryEntry{Version: 2, Name: "Ana Silva"}); outcome != listed {
		t.Errorf("the same again: %v", outcome)
	}
	for _, version := range []uint64{1, 2} {
		if outcome := b.list(ana, &wire.DirectoryEntry{Version: version, Name: "Other"}); outcome != older {
			t.Errorf("version %d: %v", version, outcome)
		}
	}
	if outcome := b.list(ana, &wire.DirectoryEntry{Version: 3, Name: "Anna Souza"}); outcome != listed {
		t.Error(outcome)
	}
	b.expectFound("silva")
	b.expectFound("souza", "Anna Souza")
	if outcome := b.list(ana, &wire.DirectoryEntry{Version: 4}); outcome != listed {
		t.Errorf("taking out: %v", outcome)
	}
	b.expectFound("souza")
	if outcome := b.list(ana, &wire.DirectoryEntry{Version: 3, Name: "Anna Souza"}); outcome != older {
		t.Errorf("an older entry after it was taken out: %v", outcome)
	}
	b.await("an empty index", func() bool { return b.Listed() == 0 })
	if outcome := b.list(ben, &wire.DirectoryEntry{Version: 1}); outcome != listed {
		t.Errorf("taking out what was never in: %v", outcome)
	}
}

func TestEntriesWithHandles(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.follow()
	ana, ben := newKeys(t), newKeys(t)
	b.expectClaim("claim", ana, "ana.s", 1, nil, done)
	for handle, want := range map[string]wire.ListOutcome{"ben.k": refused, "ana.s@other.example.org": refused, "ana.s": listed} {
		if outcome := b.list(ana, &wire.DirectoryEntry{Version: 1, Name: "Ana", Handle: handle}); outcome != want {
			t.Errorf("%s: %v", handle, outcome)
		}
	}
	if outcome := b.list(ben, &wire.DirectoryEntry{Version: 1, Name: "Ben", Handle: "ana.s@" + host}); outcome != refused {
		t.Errorf("somebody else's handle: %v", outcome)
	}
	if outcome := b.list(ana, &wire.DirectoryEntry{Version: 2, Name: "Ana", Handle: "ana.s@" + host}); outcome != listed {
		t.Errorf("with the server's name: %v", outcome)
	}
	b.expectFound("ana.s", "Ana")
	b.expectClaim("move", ben, "ana.s", 2, moveOf(t, ana, ben, "ana.s", 2), done)
	b.expectFound("ana.s") // the entry names what its owner does not hold any more
}

func TestRemoval(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.follow()
	ana, eve := newKeys(t), newKeys(t)
	if outcome := b.list(ana, &wire.DirectoryEntry{Version: 1, Name: "Ana"}); outcome != listed {
		t.Fatal(outcome)
	}
	b.expectFound("ana", "Ana")
	if err := b.Remove(t.Context(), ana.Peer(), strings.Repeat("é", 300)); err != nil {
		t.Fatal(err)
	}
	if got := b.names("ana"); len(got) != 0 {
		t.Errorf("at once after the removal: %v", got)
	}
	if outcome := b.list(ana, &wire.DirectoryEntry{Version: 2, Name: "Ana again"}); outcome != removedByThem {
		t.Errorf("listing again: %v", outcome)
	}
	entry, found, err := b.Entry(t.Context(), ana.Peer())
	if err != nil || !found || !entry.Removed || entry.Signed == nil || len([]rune(entry.Reason)) != 200 {
		t.Errorf("entry %v, %t, %v", entry, found, err)
	}
	if err = b.Restore(t.Context(), ana.Peer()); err != nil {
		t.Fatal(err)
	}
	b.expectFound("ana", "Ana")
	// Whoever never listed anything can be kept out, and taking out is always allowed.
	if err = b.Remove(t.Context(), eve.Peer(), "spam"); err != nil {
		t.Fatal(err)
	}
	if outcome := b.list(eve, &wire.DirectoryEntry{Version: 1, Name: "Eve"}); outcome != removedByThem {
		t.Errorf("listing: %v", outcome)
	}
	if outcome := b.list(eve, &wire.DirectoryEntry{Version: 2}); outcome != listed {
		t.Errorf("taking out: %v", outcome)
	}
	if err = b.Restore(t.Context(), eve.Peer()); err != nil {
		t.Fatal(err)
	}
	if entry, found, err = b.Entry(t.Context(), eve.Peer()); err != nil || !found || entry.Removed || entry.Signed != nil {
		t.Errorf("entry %v, %t, %v", entry, found, err)
	}
	if _, found, err = b.Entry(t.Context(), newKeys(t).Peer()); found || err != nil {
		t.Errorf("nobody's entry: %t, %v", found, err)
	}
}

func TestForgedEntries(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ana, eve := newKeys(t), newKeys(t)
	body := func(change func(*wire.DirectoryEntry)) []byte {
		peer := ana.Peer()
		entry := &wire.DirectoryEntry{
			Identity: peer[:], Version: 1, Name: "Ana", About: "two\nlines", Tags: []string{"go"},
			Listings: []*wire.Listing{{Kind: wire.ListingKind_LISTING_KIND_ROOM, Title: "Room", Link: "tincan:room/1#abc"}},
		}
		change(entry)
		return encode(t, entry)
	}
	good := body(func(*wire.DirectoryEntry) {})
	for name, signed := range map[string]*wire.Signed{
		"none":            nil,
		"somebody else's": eve.SignedAsIdentity(identity.ContextDirectory, good),
		"the device's":    ana.SignedAsDevice(identity.ContextDirectory, good),
		"another purpose": ana.SignedAsIdentity(identity.ContextHandle, good),
		"not canonical":   ana.SignedAsIdentity(identity.ContextDirectory, append(slices.Clone(good), 0xf8, 0x7f, 1)),
		"too large":       ana.SignedAsIdentity(identity.ContextDirectory, make([]byte, maxEntry+1)),
	} {
		if outcome, err := b.List(t.Context(), ana.Peer(), signed); err != nil || outcome != refused {
			t.Errorf("%s: %v, %v", name, outcome, err)
		}
	}
	long := func(length int) string { return strings.Repeat("é", length) }
	for name, change := range map[string]func(*wire.DirectoryEntry){
		"version 0":       func(e *wire.DirectoryEntry) { e.Version = 0 },
		"no name":         func(e *wire.DirectoryEntry) { e.Name = "" },
		"long name":       func(e *wire.DirectoryEntry) { e.Name = long(65) },
		"name of lines":   func(e *wire.DirectoryEntry) { e.Name = "a\nb" },
		"name with space": func(e *wire.DirectoryEntry) { e.Name = "ana " },
		"override":        func(e *wire.DirectoryEntry) { e.Name = "a\u202eb" },
		"zero width":      func(e *wire.DirectoryEntry) { e.Name = "a\u200bb" },
		"control":         func(e *wire.DirectoryEntry) { e.About = "a\x07b" },
		"long about":      func(e *wire.DirectoryEntry) { e.About = long(281) },
		"many tags":       func(e *wire.DirectoryEntry) { e.Tags = slices.Repeat([]string{"a"}, 9) },
		"long tag":        func(e *wire.DirectoryEntry) { e.Tags = []string{long(25)} },
		"empty tag":       func(e *wire.DirectoryEntry) { e.Tags = []string{""} },
		"many listings":   func(e *wire.DirectoryEntry) { e.Listings = slices.Repeat(e.GetListings(), 33) },
		"no kind":         func(e *wire.DirectoryEntry) { e.Listings[0].Kind = 0 },
		"unknown kind":    func(e *wire.DirectoryEntry) { e.Listings[0].Kind = 3 },
		"no title":        func(e *wire.DirectoryEntry) { e.Listings[0].Title = "" },
		"long title":      func(e *wire.DirectoryEntry) { e.Listings[0].Title = long(65) },
		"a web link":      func(e *wire.DirectoryEntry) { e.Listings[0].Link = "https://example.org/" },
		"no link":         func(e *wire.DirectoryEntry) { e.Listings[0].Link = "" },
		"a bare link":     func(e *wire.DirectoryEntry) { e.Listings[0].Link = "tincan:" },
		"a spaced link":   func(e *wire.DirectoryEntry) { e.Listings[0].Link = "tincan:a b" },
		"a long link":     func(e *wire.DirectoryEntry) { e.Listings[0].Link = "tincan:" + strings.Repeat("a", 2048) },
	} {
		if outcome, err := b.List(t.Context(), ana.Peer(), ana.SignedAsIdentity(identity.ContextDirectory, body(change))); err != nil || outcome != refused {
			t.Errorf("%s: %v, %v", name, outcome, err)
		}
	}
	if outcome, err := b.List(t.Context(), ana.Peer(), ana.SignedAsIdentity(identity.ContextDirectory, good)); err != nil || outcome != listed {
		t.Errorf("the good one: %v, %v", outcome, err)
	}
}

// TestLargestEntryIsKept: what is within the limits fits into a table's value.
func TestLargestEntryIsKept(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.follow()
	ana := newKeys(t)
	entry := &wire.DirectoryEntry{Version: 1, Name: "Ana"}
	for i := range 20 {
		entry.Listings = append(entry.Listings, &wire.Listing{
			Kind: wire.ListingKind_LISTING_KIND_FILE, Title: fmt.Sprint("file ", i), Link: "tincan:" + strings.Repeat("a", 2041),
		})
	}
	signed := entryOf(t, ana, entry)
	for i := 0; ; i++ {
		more := proto.CloneOf(entry)
		more.Listings[i/maxAbout].About += "é"
		next := entryOf(t, ana, more)
		if len(next.GetBody()) > maxEntry {
			break
		}
		entry, signed = more, next
	}
	if outcome, err := b.List(t.Context(), ana.Peer(), signed); err != nil || outcome != listed {
		t.Fatalf("%d bytes: %v, %v", len(signed.GetBody()), outcome, err)
	}
	b.expectFound("ana", "Ana")
}

// FuzzParseEntry: nothing panics, and nothing unsigned is accepted.
func FuzzParseEntry(f *testing.F) {
	ana := newKeys(f)
	good := entryOf(f, ana, &wire.DirectoryEntry{Version: 1, Name: "Ana", Tags: []string{"go"}, Listings: []*wire.Listing{
		{Kind: wire.ListingKind_LISTING_KIND_ROOM, Title: "Room", Link: "tincan:x"},
	}})
	f.Add(good.GetBody(), good.GetSignature())
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, body, signature []byte) {
		if _, _, accepted := ParseEntry(ana.Peer(), &wire.Signed{Body: body, Signature: signature}); accepted != (string(body) == string(good.GetBody()) && string(signature) == string(good.GetSignature())) {
			t.Errorf("accepted %t", accepted)
		}
		// Signed, so that the fields are looked at too.
		signed := ana.SignedAsIdentity(identity.ContextDirectory, body)
		entry, empty, accepted := ParseEntry(ana.Peer(), signed)
		if !accepted {
			return
		}
		if !empty && (entry.GetName() == "" || len(weigh(entry)) > maxWords) {
			t.Errorf("accepted %v", entry)
		}
	})
}

// FuzzClaim: nothing panics, and a claim names its server and its owner.
func FuzzClaim(f *testing.F) {
	b, ana := newBench(f), newKeys(f)
	f.Add(claimOf(f, ana, "ana", 1).GetBody())
	f.Add(moveOf(f, ana, ana, "ana", 1).GetBody())
	f.Fuzz(func(t *testing.T, body []byte) {
		claim, good := b.parseClaim(ana.Peer(), ana.SignedAsIdentity(identity.ContextHandle, body))
		peer := ana.Peer()
		if good && (claim.GetServer() != host || string(claim.GetIdentity()) != string(peer[:]) || claim.GetVersion() == 0) {
			t.Errorf("accepted %v", claim)
		}
		moves(ana.SignedAsIdentity(identity.ContextHandleMove, body), &handleRecord{Handle: "ana", Peer: peer[:]}, &wire.HandleClaim{Handle: "ana", Version: 1})
	})
}
