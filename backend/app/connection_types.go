package app

// CheckGrade is how something does.
type CheckGrade string

// The grades.
const (
	GradeGood    CheckGrade = "good"
	GradeWarn    CheckGrade = "warn"    // works, with a loss that is named
	GradeBad     CheckGrade = "bad"     // does not work
	GradeUnknown CheckGrade = "unknown" // could not be found out, and why
)

// Finding is one cause that a connection check found, or that all is well with its part.
type Finding struct {
	// Code begins with its part (network, local, servers, udp, router, relay, clock, database, mailbox) and chooses the translation.
	Code    string            `json:"code"`
	Grade   CheckGrade        `json:"grade"`
	Message string            `json:"message"` // an English sentence: what it is, and what to do
	Params  map[string]string `json:"params"`
}

// ConnectionCheck is what was found, one finding for each part and one more for every server that has a trouble of its own.
type ConnectionCheck struct {
	Findings []Finding `json:"findings"`
	Took     int       `json:"took"` // milliseconds
}
