package archtest

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rule says what a part of the repository may not import directly.
type rule struct {
	name string
	why  string
	from func(*file) bool
	bans func(imported string) bool
}

// The parts, by folder. docs/architecture.md, "Parts and directions", names them.
var (
	// pure packages are rules, folds and parsers.
	pure = []string{"backend/wire", "backend/journal", "backend/chat", "backend/replica", "backend/envelope", "backend/invite", "backend/handle", "backend/bundle"}
	// deterministic ones take randomness from outside as well. (envelope
	// cannot: crypto/hpke draws its own.)
	deterministic = []string{"backend/wire", "backend/journal", "backend/chat", "backend/replica", "backend/handle"}
	// adapters keep a promise of a port with the help of the world outside;
	// each list is one family, whose members may know each other.
	adapters = []string{
		"backend/store", "backend/link/webrtclink", "backend/link/memlink", "backend/signaling/rendezvousclient",
		"backend/discovery", "backend/transfer", "backend/rendezvous",
	}
	// assemblers put adapters together.
	assemblers = []string{"backend/cmd", "backend/device", "backend/bench", "backend/e2e", "backend/sim"}
	// secrets are what the server must be unable to read.
	secrets = []string{"backend/envelope", "backend/journal", "backend/chat", "backend/store", "backend/replica", "backend/node", "backend/app", "backend/invite", "backend/link"}
)

// window are main.go and app.go, with their variants for other systems and builds.
var window = regexp.MustCompile(`^(main|app)(_[a-z]+)*\.go$`)

func in(names ...string) func(*file) bool {
	return func(one *file) bool { return !one.test && under(one.folder, names...) }
}

// outside bans packages of others by path, with all that is inside them.
func outside(names ...string) func(string) bool {
	return func(imported string) bool { return under(imported, names...) }
}

// exactly bans packages by path, but not those inside them.
func exactly(names ...string) func(string) bool {
	return func(imported string) bool { return slices.Contains(names, imported) }
}

// ours bans packages of this module by folder, with all that is inside them.
func ours(names ...string) func(string) bool {
	return func(imported string) bool {
		folder, ok := inside(imported)
		return ok && under(folder, names...)
	}
}

func either(bans ...func(string) bool) func(string) bool {
	return func(imported string) bool {
		return slices.ContainsFunc(bans, func(ban func(string) bool) bool { return ban(imported) })
	}
}

var rules = []rule{
	{
		name: "pure packages know no world outside",
		why:  "rules and parsers must give the same answer in the simulation, in a test and on every system",
		from: in(pure...),
		bans: either(
			outside("database/sql", "github.com/mattn/go-sqlite3", "github.com/pion", "github.com/wailsapp", "github.com/coder/websocket"),
			exactly("net", "net/http", "os", "os/exec", "os/signal", "syscall", "log", "log/slog", "runtime"),
			outside("golang.org/x/sys"),
		),
	},
	{
		name: "deterministic packages draw no randomness and lock nothing",
		why:  "the simulation replays them from a seed, and one owner calls them",
		from: in(deterministic...),
		bans: exactly("crypto/rand", "math/rand", "math/rand/v2", "sync", "sync/atomic", "context"),
	},
	{
		name: "the ground knows nothing above it",
		why:  "app → node → {chat, replica, journal, envelope} → {identity, wire}: nothing points back",
		from: in("backend/wire", "backend/identity"),
		bans: func(imported string) bool {
			folder, ok := inside(imported)
			return ok && !under(folder, "backend/wire", "backend/identity")
		},
	},
	{
		name: "wire imports nothing of ours",
		why:  "it is the wire format and nothing else",
		from: in("backend/wire"),
		bans: ours("backend", "frontend"),
	},
	{
		name: "rules and folds do not know the device that runs them",
		why:  "app → node → {chat, replica, journal, envelope}: nothing points back",
		from: in(pure...),
		bans: either(ours(adapters...), ours("backend/node", "backend/app", "backend/link", "backend/signaling", "backend/cmd", "frontend")),
	},
	{
		name: "ports do not know their adapters",
		why:  "whoever holds a port must be able to hold any adapter of it",
		from: func(one *file) bool {
			return !one.test && (one.folder == "backend/node" || one.folder == "backend/app" || one.folder == "backend/link" || one.folder == "backend/signaling")
		},
		bans: ours(adapters...),
	},
	{
		name: "nothing below the app knows the app",
		why:  "the interface is one of several ways to use a device",
		from: func(one *file) bool {
			return !one.test && strings.HasPrefix(one.folder, "backend/") && !under(one.folder, "backend/app", "backend/internal") && !under(one.folder, assemblers...) && !under(one.folder, "backend/bridge")
		},
		bans: either(ours("backend/app"), exactly(module)),
	},
	{
		name: "only main.go and app.go know Wails",
		why:  "the same interface is served to a browser, and a test needs no window",
		from: func(one *file) bool {
			return !window.MatchString(one.path) && one.folder != "backend/bench/emptywindow" // what the app is measured against
		},
		bans: outside("github.com/wailsapp"),
	},
	{
		name: "only the link's adapter knows pion/webrtc",
		why:  "pion's version is chosen in one place; the server needs its STUN and TURN parts alone",
		from: func(one *file) bool { return !under(one.folder, "backend/link/webrtclink", "backend/bench") },
		bans: outside("github.com/pion/webrtc", "github.com/pion/ice", "github.com/pion/dtls", "github.com/pion/sctp"),
	},
	{
		name: "only the store knows SQL",
		why:  "what is on disk can change without anybody noticing",
		from: func(one *file) bool {
			return !one.test && !under(one.folder, "backend/store", "backend/bench")
		},
		bans: outside("database/sql", "github.com/mattn/go-sqlite3"),
	},
	{
		name: "suites and twins stay out of what is shipped",
		why:  "test helpers in a shipped binary are dead weight and a way in",
		from: func(one *file) bool {
			return !one.test && !strings.HasSuffix(path.Base(one.folder), "test") && !under(one.folder, "backend/sim", "backend/bench", "backend/e2e")
		},
		bans: func(imported string) bool {
			folder, ok := inside(imported)
			return imported == "testing" || ok && strings.HasSuffix(path.Base(folder), "test")
		},
	},
}

func TestImportRules(t *testing.T) {
	t.Parallel()
	all := repository(t)
	for _, one := range all.files {
		for _, rule := range rules {
			if one.generated || !rule.from(one) {
				continue
			}
			for _, imported := range one.imports {
				if rule.bans(imported) {
					t.Errorf("%s imports %s\n\t%s: %s", one.path, imported, rule.name, rule.why)
				}
			}
		}
	}
}

// TestServerCannotRead proves that the rendezvous server has no code that
// could open, decode or keep what it carries.
func TestServerCannotRead(t *testing.T) {
	t.Parallel()
	all := repository(t)
	servers := 0
	for _, folder := range all.packages() {
		if !under(folder, "backend/rendezvous", "backend/cmd/rendezvous") {
			continue
		}
		servers++
		way := all.reaches(folder, func(other string) bool { return under(other, secrets...) })
		if way != nil {
			t.Errorf("%s\n\tthe server cannot read what it carries: it must not reach %s", strings.Join(way, " → "), way[len(way)-1])
		}
	}
	if servers == 0 {
		t.Error("no server was found: the test looks in the wrong place")
	}
}

// TestAppHasNoRelay proves that the app carries neither the relay nor the
// engine of a public server: they are memory of everyone's, for nothing.
func TestAppHasNoRelay(t *testing.T) {
	t.Parallel()
	all := repository(t)
	big := []string{"backend/rendezvous/turn", "backend/rendezvous/engine/natsengine", "backend/rendezvous/engine/natsstore", "backend/rendezvous/operator"}
	for _, folder := range big {
		if !slices.Contains(all.packages(), folder) {
			t.Errorf("there is no %s: the test looks in the wrong place", folder)
		}
	}
	if way := all.reaches("", func(other string) bool { return under(other, big...) }); way != nil {
		t.Errorf("%s", strings.Join(way, " → "))
	}
}

// TestAdaptersAreApart proves that adapters can be replaced one at a time:
// none reaches another, and only assemblers know more than one.
func TestAdaptersAreApart(t *testing.T) {
	t.Parallel()
	all := repository(t)
	family := func(folder string) string {
		for _, adapter := range adapters {
			if under(folder, adapter) {
				return adapter
			}
		}
		return ""
	}
	known := map[string][]string{}
	for _, one := range all.files {
		if one.test || strings.HasSuffix(path.Base(one.folder), "test") {
			continue
		}
		own := family(one.folder)
		for _, imported := range one.imports {
			folder, ok := inside(imported)
			other := family(folder)
			if !ok || other == "" || other == own || isProtocol(folder) {
				continue
			}
			if own != "" {
				t.Errorf("%s imports %s\n\tadapters do not know one another: each is replaced alone", one.path, imported)
			}
			if !slices.Contains(known[one.folder], other) {
				known[one.folder] = append(known[one.folder], other)
			}
		}
	}
	for folder, others := range known {
		if len(others) > 1 && folder != "" && !under(folder, assemblers...) {
			t.Errorf("%s knows %s\n\tonly main.go, cmd, the device package and tests put adapters together", folder, strings.Join(others, ", "))
		}
	}
}

// isProtocol tells the one part of the server that its clients need: what both agree on.
func isProtocol(folder string) bool { return folder == "backend/rendezvous/protocol" }
