package signaling

import (
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// MaxMatches is how many entries one Search returns.
const MaxMatches = 20

// Directory is what a server is asked about handles and listed people. What
// comes back was verified: its signatures, and that it is what was asked for.
// Events: Handle, Matches, Answered.
type Directory interface {
	// ClaimHandle takes or renews a handle: claim is a wire.HandleClaim signed by
	// this identity. To take one over, previous is a wire.HandleMove signed by
	// the identity that holds it; otherwise nil. Answers: done, taken, invalid,
	// too-many, forged, unavailable, no-session, not-offered.
	ClaimHandle(token string, id uint64, claim, previous *wire.Signed)
	// ReleaseHandle gives it back. Answers: done, not-found, invalid,
	// unavailable, no-session, not-offered.
	ReleaseHandle(token string, id uint64, handle string)
	// ResolveHandle asks who has a handle: "name", which must belong to a host
	// of the server or its list, or "name@host". Answers: done, not-found,
	// elsewhere (Claim has handle and host, and says not who), invalid, forged,
	// unavailable, no-session, not-offered.
	ResolveHandle(token string, id uint64, handle string)
	// ListEntry puts one's entry into the directory: a wire.DirectoryEntry
	// signed by this identity; one without a name takes it out. Answers: done, invalid,
	// older, removed, unavailable, no-session, not-offered.
	ListEntry(token string, id uint64, entry *wire.Signed)
	// Search asks for at most limit entries (MaxMatches), best first. Answers:
	// done, invalid, forged, unavailable, no-session, not-offered.
	Search(token string, id uint64, query string, limit int)
}

// Handle is the outcome of ClaimHandle, ReleaseHandle and ResolveHandle.
type Handle struct {
	ID     uint64
	Answer Answer
	// Claim holds, when done (not after a release) or taken, or must be exceeded,
	// when a claim was invalid for its version; zero when it is not told.
	Claim HandleClaim
	// Record of the one who has it, after ResolveHandle; nil when none is published.
	Record *wire.PeerRecord
}

// HandleClaim is a verified claim.
type HandleClaim struct {
	Handle  string
	Server  string // host
	Peer    identity.PeerID
	Version uint64
	Signed  *wire.Signed
}

// Matches is the outcome of Search.
type Matches struct {
	ID      uint64
	Answer  Answer
	Entries []DirectoryEntry
}

// DirectoryEntry is a verified entry: signed by Peer, and within its limits.
// Whether Peer holds Handle is what ResolveHandle tells.
type DirectoryEntry struct {
	Peer     identity.PeerID
	Version  uint64
	Name     string
	Handle   string
	About    string
	Tags     []string
	Listings []Listing
	Signed   *wire.Signed
}

// Listing is a room or a shared file.
type Listing struct {
	Kind  wire.ListingKind
	Title string
	About string
	Link  string // tincan:…
}
