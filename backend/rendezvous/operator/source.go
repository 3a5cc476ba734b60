package operator

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"time"
)

// Errors of a Source.
var (
	ErrNotFound    = errors.New("operator: there is no such thing")
	ErrUnavailable = errors.New("operator: the store does not answer")
)

// Refused is an error with a sentence for the operator: what was asked cannot be
// done as it was asked. Code and Values say the same for a page in another
// language; a Code that it does not know is shown as the Sentence.
type Refused struct {
	Sentence string
	Code     string
	Values   map[string]string
}

// Error returns the sentence.
func (r *Refused) Error() string { return r.Sentence }

// Source is what the service asks of the server. Methods are safe for
// concurrent use, end with their context, and may return ErrUnavailable.
type Source interface {
	// Status is asked every second while somebody looks, and every 10 s otherwise.
	Status(ctx context.Context) (Status, error)
	// Nodes returns the nodes that are alive, ordered by ID.
	Nodes(ctx context.Context) ([]Node, error)
	// SetDraining begins or ends the drain of a node, "" for this one. Error: ErrNotFound.
	SetDraining(ctx context.Context, node string, draining bool) error

	// Bans returns all bans.
	Bans(ctx context.Context) ([]Ban, error)
	// AddBan keeps a ban; one of the same target is replaced. ID, Created and
	// Refused are the Source's to set. Error: *Refused.
	AddBan(ctx context.Context, ban Ban) (Ban, error)
	// RemoveBan ends a ban and returns it. Error: ErrNotFound.
	RemoveBan(ctx context.Context, id string) (Ban, error)

	// Listings returns at most limit entries of the directory after a place, ""
	// for the start, and the place to go on, "" at the end. A query finds as
	// people search.
	Listings(ctx context.Context, query string, removed bool, after string, limit int) ([]Listing, string, error)
	// SetListingRemoved takes an entry out, or lets it be listed again. Error: ErrNotFound.
	SetListingRemoved(ctx context.Context, id string, removed bool, reason string) error
	// Reports returns what was reported.
	Reports(ctx context.Context) ([]Report, error)
	// DismissReports forgets the reports of a subject. Error: ErrNotFound.
	DismissReports(ctx context.Context, id string) error

	// Backup writes a copy of what the server keeps. Error: *Refused when there is nothing to keep.
	Backup(ctx context.Context, to io.Writer) error
}

// Mode is how the server keeps its state. The numbers are those of operatorwire.Mode.
type Mode int

// The modes.
const (
	ModeMemory Mode = iota + 1
	ModeSolo
	ModeCluster
	ModeExternal
)

// Status is what the server does. Counters only grow until it restarts.
type Status struct {
	Version  string
	Host     string // by which devices come; may be empty
	Node     string
	Mode     Mode
	Started  time.Time
	Draining bool
	Problems []Problem // none: all is well

	Sessions     uint64 // devices logged in, on all nodes
	Connections  uint64 // open sockets of this node
	Signals      uint64 // counter: relayed
	SignalMedian time.Duration
	Mails        uint64 // counter: put into boxes
	RelayBytes   uint64 // counter: relayed by TURN, both ways
	Allocations  uint64 // of TURN, now
	Refused      uint64 // counter: connections, logins and frames refused

	// RefusedMost are the networks that were refused most in 24 h, most first.
	// Addresses are cut to /24 and /48 before they are shown.
	RefusedMost []Refusal

	MailEnvelopes uint64
	MailBytes     uint64
	MailOldest    time.Time // zero: none
	MailAges      []MailAge // youngest first

	DirectoryEntries uint64
	DirectoryRemoved uint64
	Bans             uint64
	Reports          uint64

	Memory   uint64 // bytes of this process
	Disk     uint64 // bytes of the data folder
	DiskFree uint64 // bytes
}

// Problem is something for the operator to look at.
type Problem struct {
	Code    string // stable
	Text    string // a sentence: what it is, then what to do
	Failing bool   // the server cannot do its work
}

// Refusal counts what was refused from one network.
type Refusal struct {
	Network netip.Prefix
	Reason  string // a code
	Count   uint64
}

// MailAge counts envelopes up to an age, older than the one before.
type MailAge struct {
	UpTo      time.Duration
	Envelopes uint64
}

// Node is one server of a cluster.
type Node struct {
	ID       string
	Self     bool
	URL      string // for clients; empty when it takes none
	Version  string
	Started  time.Time
	Seen     time.Time
	Sessions uint64
	Weight   uint32 // 0 to 1000
	Load     uint32 // 0 to 1000
	Draining bool
	Signals  *float64 // a second; nil when it does not tell
	Memory   *uint64  // bytes; nil when it does not tell
}

// BanKind is what a ban is about. The numbers are those of operatorwire.BanKind.
type BanKind int

// The kinds.
const (
	BanPeer BanKind = iota + 1
	BanAddress
	BanRange
	BanDomain
)

// Ban is a ban as the operator wrote it.
type Ban struct {
	ID      string
	Kind    BanKind
	Target  string // canonical: see ParseTarget
	Reason  string
	Created time.Time
	Expires time.Time // zero: never
	Refused uint64
}

// Listing is an entry of the directory.
type Listing struct {
	ID            string
	Name          string
	Handle        string
	About         string
	Tags          []string
	Titles        []string // of rooms and files
	Listed        time.Time
	Removed       bool
	RemovedReason string
}

// Report counts what was reported about one subject.
type Report struct {
	ID        string
	Subject   string // their handle, or a shortened key
	Listing   string // ID of their entry, "" without one
	Reporters uint64
	Spam      uint64
	Abuse     uint64
	Directory uint64
	First     time.Time
	Last      time.Time
}
