package app

// Trust is how the key of a contact is known to be theirs.
type Trust string

// The kinds of trust.
const (
	TrustNone     Trust = "none"     // nothing says so: they came by an invite of mine, or asked
	TrustLink     Trust = "link"     // it came with an invite of theirs
	TrustCompared Trust = "compared" // both saw the same
	TrustDiffers  Trust = "differs"  // both did not: nothing is sent to them
	TrustChanged  Trust = "changed"  // both saw the same, then their key changed: nothing is sent until that is acknowledged
	TrustForked   Trust = "forked"   // two keys say that they follow theirs: likewise
)

// CompareMethod is how two people compared.
type CompareMethod string

// The methods.
const (
	CompareNone   CompareMethod = ""
	CompareNumber CompareMethod = "number"
	CompareEmoji  CompareMethod = "emoji"
)

// Verification says how a contact is known.
type Verification struct {
	Trust  Trust         `json:"trust"`
	Method CompareMethod `json:"method"` // of compared and differs
	Since  string        `json:"since"`  // when they compared, "" when they did not
}

// CheckState is how far a check by emoji is.
type CheckState string

// The states of a check.
const (
	CheckWaiting   CheckState = "waiting"   // I asked, they did not answer yet
	CheckAsked     CheckState = "asked"     // they ask, I did not answer yet
	CheckPreparing CheckState = "preparing" // both want it
	CheckComparing CheckState = "comparing" // both see emoji
	CheckDone      CheckState = "done"      // both saw the same
	CheckEnded     CheckState = "ended"     // without a result; error says why
)

// Check is a comparison by emoji that is under way with a contact, or just over.
type Check struct {
	State    CheckState   `json:"state"`
	Emoji    []CheckEmoji `json:"emoji"`    // seven from comparing on, before that none
	Said     bool         `json:"said"`     // I said that they are the same
	TheySaid bool         `json:"theySaid"` // they did
	Error    *Error       `json:"error,omitempty"`
}

// CheckEmoji is one of the 64.
type CheckEmoji struct {
	Number int    `json:"number"` // from 0, chooses the name in any language
	Emoji  string `json:"emoji"`
}

// Safety is what two people compare.
type Safety struct {
	Number string `json:"number"` // 12 groups of five digits
	QR     string `json:"qr"`     // SVG path data of the dark modules on a grid of QRSize: the digits
	QRSize int    `json:"qrSize"` // modules along one side, quiet zone not included
}

// NumberCheck is what comes of comparing a number that was pasted or typed.
type NumberCheck struct {
	Same   bool `json:"same"`
	Digits int  `json:"digits"` // how many were read
	Group  int  `json:"group"`  // the first group of five that differs, from 1; 0: none does, as far as it goes
	Clean  bool `json:"clean"`  // there was nothing but digits, and not too many
}
