package app

// Ban is one line of the ban list.
type Ban struct {
	ID      string  `json:"id"`
	Kind    BanKind `json:"kind"`
	Target  string  `json:"target"` // PeerID, "invite:" and its id, address, CIDR range or domain, canonical
	Name    string  `json:"name"`   // of the person, or the invite's label
	Color   int     `json:"color"`  // of the person, for peers
	Reason  string  `json:"reason"`
	Added   string  `json:"added"`
	Ends    string  `json:"ends"`    // it holds before; "" for good
	Ended   bool    `json:"ended"`   // it does not hold any more; such a line goes by itself after 30 days
	Tell    bool    `json:"tell"`    // my own servers are told not to route these people to me
	Blocked int     `json:"blocked"` // attempts
}

// BanOptions are what a new ban is to be.
type BanOptions struct {
	Kind   BanKind `json:"kind"`   // "": find out
	Target string  `json:"target"` // for an invite its id, or "invite:" and its id
	Reason string  `json:"reason"` // at most 200 characters
	Ends   string  `json:"ends"`   // RFC 3339; "" for good
	Tell   bool    `json:"tell"`   // for people and invites
}

// BanEdit is what can be chosen for a ban on somebody, and changed afterwards.
type BanEdit struct {
	Reason string `json:"reason"`
	Ends   string `json:"ends"`
	Tell   bool   `json:"tell"`
}

// BanCheck is what a ban would do, before it is added.
type BanCheck struct {
	Kind       BanKind  `json:"kind"`       // what the text was read as
	Target     string   `json:"target"`     // canonical
	Touches    []string `json:"touches"`    // names of contacts with a line through it now
	Known      []string `json:"known"`      // of contacts whose last address is in it
	Came       []string `json:"came"`       // of contacts who came by the invite, or are the person, without a line now
	Asking     int      `json:"asking"`     // requests that it would end
	Count      int      `json:"count"`      // people in all
	Suggestion string   `json:"suggestion"` // what was probably meant, or a wiser choice, "" if nothing
	Error      *Error   `json:"error,omitempty"`
}

// BanFilter is which bans are asked for.
type BanFilter string

// The filters.
const (
	BansAll       BanFilter = "all"
	BansPeople    BanFilter = "people" // peers and invites
	BansAddresses BanFilter = "addresses"
	BansDomains   BanFilter = "domains"
)

// BanColumn is what a page of bans is sorted by.
type BanColumn string

// The columns.
const (
	BanByKind    BanColumn = "kind"
	BanByTarget  BanColumn = "target"
	BanByReason  BanColumn = "reason"
	BanByAdded   BanColumn = "added"
	BanByEnds    BanColumn = "ends"
	BanByBlocked BanColumn = "blocked"
)

// BanQuery asks for a page of the list.
type BanQuery struct {
	Search     string    `json:"search"` // in name, target and reason
	Filter     BanFilter `json:"filter"` // "" for all
	Column     BanColumn `json:"column"` // "" for added
	Descending bool      `json:"descending"`
	Offset     int       `json:"offset"`
	Limit      int       `json:"limit"` // 1 to 500
}

// BanPage is a page of the list.
type BanPage struct {
	Bans    []Ban `json:"bans"`
	Offset  int   `json:"offset"` // of the first one; less than was asked for if there are fewer
	Found   int   `json:"found"`  // with the search and the filter
	All     int   `json:"all"`
	Blocked int   `json:"blocked"` // attempts, by all of the list
}

// ImportedBans is what became of a list.
type ImportedBans struct {
	Added   int       `json:"added"`
	Already int       `json:"already"`
	Refused int       `json:"refused"`
	Errors  []BanLine `json:"errors"` // the first 1,000 of those that were refused
}

// BanLine is a line of a list that could not be taken.
type BanLine struct {
	Line  int    `json:"line"` // from 1
	Text  string `json:"text"` // its beginning
	Error *Error `json:"error"`
}

// SavedBans is where the list was written.
type SavedBans struct {
	Path  string `json:"path"`
	Count int    `json:"count"`
}
