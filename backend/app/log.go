package app

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/node"
)

const (
	// mostLog is how many lines the log has; the oldest go.
	mostLog = 500
	// sameFor is how long something that goes on counts as the line that is there.
	sameFor = 2 * time.Minute
	// slowServer is what is said of a server that takes this long to answer.
	slowServer = 500 * time.Millisecond
	// maxCode bounds what is kept of a reason, in bytes.
	maxCode = 32
)

// Log returns what happened in this run, newest first: nothing of what people wrote, no keys and no whole address.
// Names and bans are looked up when it is asked for; they are not in it.
func (a *API) Log() ([]LogLine, error) {
	return do(a, "Log", func(ctx context.Context, app *App) ([]LogLine, error) {
		kept := app.log.all()
		rules, err := app.rulesOf(ctx, kept)
		if err != nil {
			return nil, err
		}
		plain := make([]LogLine, 0, len(kept))
		for _, line := range slices.Backward(kept) {
			plain = append(plain, line.plain(rules))
		}
		return plain, nil
	})
}

// logged is a line of the log as it is kept.
type logged struct {
	at     time.Time
	from   netip.Prefix // of a ban: cut to the network
	rtt    time.Duration
	count  int
	counts bool // what follows counts to it
	same
}

// same is what makes two lines one.
type same struct {
	kind         LogKind
	conversation uuid.UUID
	server       identity.ServerKey
	ban          uuid.UUID
	path         LineState
	code         string
	problem      bool
}

// about tells whether two lines are about the same line, server or ban.
func (s same) about(other same) bool {
	return s.conversation == other.conversation && s.ban == other.ban && (s.conversation != uuid.Nil || s.server == other.server)
}

// eventLog is a ring in memory.
type eventLog struct {
	mutex sync.Mutex
	lines []logged // oldest first
}

// add appends a line. One that says what the last one about the same said counts there, so that what goes on for long
// leaves room for the rest.
func (l *eventLog) add(line logged) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for i, before := range slices.Backward(l.lines) {
		if line.at.Sub(before.at) > sameFor {
			break
		}
		if !before.about(line.same) {
			continue
		}
		if before.same == line.same && line.counts {
			line.count += before.count
			l.lines = slices.Delete(l.lines, i, i+1)
		}
		break
	}
	if len(l.lines) >= mostLog {
		l.lines = slices.Delete(l.lines, 0, len(l.lines)-mostLog+1)
	}
	l.lines = append(l.lines, line)
}

func (l *eventLog) all() []logged {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Clone(l.lines)
}

// logKinds are the kinds of what a device tells.
var logKinds = map[node.HappenedKind]LogKind{
	node.LineOpened: LogLineOpen, node.LineClosed: LogLineClosed, node.LineLost: LogLineLost, node.LineFailed: LogLineFailed,
	node.ServerUp: LogServerUp, node.ServerDown: LogServerDown, node.BanMatched: LogBan,
	node.LetterKept: LogMailKept, node.LetterRefused: LogMailRefused, node.LettersFetched: LogMailFetched,
}

// happened keeps what the device tells.
func (a *App) happened(what node.Happened) {
	kind, known := logKinds[what.Kind]
	if !known {
		return
	}
	line := logged{at: a.now(), rtt: what.RoundTrip, count: max(what.Count, 1), from: network(what.Address), same: same{
		kind: kind, conversation: what.Conversation, server: what.Server, ban: what.Ban, code: valid(string(what.Code), maxCode),
	}}
	switch kind { //nolint:exhaustive // the others are as they are
	case LogLineOpen:
		line.path = pathOf(what.Path)
	case LogServerUp:
		line.problem = what.RoundTrip >= slowServer
	case LogLineLost, LogLineFailed, LogServerDown, LogMailRefused:
		line.problem = true
	}
	line.counts = kind != LogLineOpen && kind != LogServerUp
	a.log.add(line)
}

// checkedNow keeps what a check found.
func (a *App) checkedNow(findings []Finding) {
	troubles := 0
	for _, one := range findings {
		if one.Grade == GradeBad || one.Grade == GradeWarn {
			troubles++
		}
	}
	a.log.add(logged{at: a.now(), count: troubles, same: same{kind: LogCheck, problem: troubles > 0}})
}

// network is what the log keeps of an address: its /24 or /48. The zero value for none.
func network(address netip.Addr) netip.Prefix {
	bits := 48
	if address = address.Unmap(); address.Is4() {
		bits = 24
	}
	cut, err := address.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return cut
}

// rulesOf looks up the bans that lines are about.
func (a *App) rulesOf(ctx context.Context, lines []logged) (map[uuid.UUID]string, error) {
	var ids []uuid.UUID
	for _, line := range lines {
		if line.ban != uuid.Nil && !slices.Contains(ids, line.ban) {
			ids = append(ids, line.ban)
		}
	}
	running := a.started()
	if len(ids) == 0 || running == nil {
		return nil, nil
	}
	bans, err := running.BansBy(ctx, ids)
	if err != nil {
		return nil, err
	}
	rules := make(map[uuid.UUID]string, len(bans))
	for _, one := range bans {
		rules[one.ID] = banTarget(one)
		if ofPeople(one.Kind) && one.Name != "" {
			rules[one.ID] = one.Name
		}
	}
	return rules, nil
}

func (l logged) plain(rules map[uuid.UUID]string) LogLine {
	line := LogLine{
		Time: moment(l.at), Kind: l.kind, Problem: l.problem, Rule: rules[l.ban], Path: string(l.path), RTT: milliseconds(l.rtt), Code: l.code, Count: l.count,
	}
	if l.conversation != uuid.Nil {
		line.Conversation = l.conversation.String()
	}
	if l.server != (identity.ServerKey{}) {
		line.Server = l.server.String()
	}
	if l.from.IsValid() {
		line.From = l.from.String()
	}
	return line
}
