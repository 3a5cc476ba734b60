package app

// LogKind is what a line of the log tells.
type LogKind string

// The kinds.
const (
	LogLineOpen    LogKind = "line-open" // also when it takes another path
	LogLineClosed  LogKind = "line-closed"
	LogLineLost    LogKind = "line-lost"
	LogLineFailed  LogKind = "line-failed" // it did not open
	LogServerUp    LogKind = "server-up"
	LogServerDown  LogKind = "server-down"
	LogBan         LogKind = "ban" // an attempt against one was dropped
	LogMailKept    LogKind = "mail-kept"
	LogMailRefused LogKind = "mail-refused"
	LogMailFetched LogKind = "mail-fetched"
	LogCheck       LogKind = "check" // count: what it found to look at
)

// LogLine is something that happened in this run. The interface writes the sentence, and puts names in.
type LogLine struct {
	Time         string  `json:"time"` // of the last, if there were several
	Kind         LogKind `json:"kind"`
	Problem      bool    `json:"problem"`
	Conversation string  `json:"conversation"` // with whom, "" for nobody
	Server       string  `json:"server"`       // its ID, "" for none; that of a relay for lines
	Rule         string  `json:"rule"`         // ban: what is banned, "" when it is not on the list any more
	From         string  `json:"from"`         // ban: the network it came from, "" if that is not known
	Path         string  `json:"path"`         // line-open: lan, direct or relayed; else ""
	RTT          int     `json:"rtt"`          // milliseconds, -1 if it is not known
	Code         string  `json:"code"`         // server-down: why, as in Server.Error
	Count        int     `json:"count"`        // how often, or how many
}
