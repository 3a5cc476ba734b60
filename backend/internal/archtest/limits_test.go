package archtest

import (
	"flag"
	"fmt"
	"go/ast"
	"go/constant"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// write has TestLimits write docs/limits.md instead of comparing.
var write = flag.Bool("write", false, "write docs/limits.md")

// chapters are the packages whose limits docs/limits.md has, by who is bounded.
var chapters = []struct {
	title, about string
	folders      []string
}{
	{"What both sides keep", "Promises of the protocol.", []string{"backend/wire"}},
	{
		"Other people", "What other devices, carriers, files and links can bring, and how much of it is kept.",
		[]string{
			"backend/identity", "backend/invite", "backend/handle", "backend/envelope", "backend/journal", "backend/replica", "backend/chat",
			"backend/bundle", "backend/link", "backend/node",
		},
	},
	{"Servers, seen from a device", "What a server can bring, and how much is asked of it.", []string{"backend/signaling"}},
	{
		"The window, files and the disk", "What the interface, a script in it, a file or another user of the machine can bring.",
		[]string{"backend/app", "backend/bridge", "backend/device", "backend/store", "backend/backup", "backend/export", "backend/vault", "backend/cmd/tincan-node"},
	},
	{"The server", "What devices, other servers and operators can bring.", []string{"backend/rendezvous", "backend/cmd/rendezvous"}},
}

// apart bring nothing from outside: what measures the server, and helpers of tests.
var apart = []string{"backend/rendezvous/load", "backend/rendezvous/certificates/acmetest", "backend/rendezvous/rendezvoustest", "backend/link/linktest", "backend/store/storetest"}

// capped are the names of limits.
var capped = regexp.MustCompile(`^([mM]ax|[mM]ost|[lL]argest)([A-Z]|$)|([mM]ost|[cC]apacity)$`)

// moments are limits of a time that anybody may claim: not of how much there is.
var moments = []string{"maxTime", "maxClaimed"}

// otherwise named, and a limit all the same.
var otherwise = []string{"LinkFragment", "streamWindow", "smallest", "SmallestPadded"}

// limit is a row of the table.
type limit struct{ name, value, about string }

// limits finds those of a package: its constants, and the defaults that a function withDefaults fills in.
func (t *tree) limits(folder string) ([]limit, error) {
	var found []limit
	all := t.declarations(folder)
	for name, one := range all {
		if !capped.MatchString(name) && !slices.Contains(otherwise, name) {
			continue
		}
		if slices.Contains(moments, name) {
			continue
		}
		worth, err := t.evaluate(one.in, one.expr)
		if err != nil && !one.plain {
			continue // a variable that is worked out when the program runs
		}
		if err != nil {
			return nil, err
		}
		if worth.duration && strings.HasSuffix(name, "Most") {
			continue // how long a retry waits
		}
		found = append(found, limit{name, written(worth), one.about})
	}
	found = append(found, t.defaults(folder)...)
	slices.SortFunc(found, func(a, b limit) int { return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	return found, nil
}

// defaults are the fields of Limits and Options that withDefaults gives a value:
// standard(&l.Field, 5), {&l.Field: 5} and l.Field = 5.
func (t *tree) defaults(folder string) []limit {
	var found []limit
	abouts := map[string]string{}
	add := func(in *file, owner string, target, worth ast.Expr) {
		if address, ok := target.(*ast.UnaryExpr); ok {
			target = address.X
		}
		field, ok := target.(*ast.SelectorExpr)
		if !ok {
			return
		}
		if got, err := t.evaluate(in, worth); err == nil {
			found = append(found, limit{owner + "." + field.Sel.Name, written(got), field.Sel.Name})
		}
	}
	for _, one := range t.files {
		if one.test || one.folder != folder {
			continue
		}
		ast.Inspect(one.syntax, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.TypeSpec:
				if fields, ok := node.Type.(*ast.StructType); ok && (node.Name.Name == "Limits" || node.Name.Name == "Options") {
					for _, field := range fields.Fields.List {
						for _, name := range field.Names {
							abouts[name.Name] = comment(field.Comment, field.Doc)
						}
					}
				}
			case *ast.FuncDecl:
				if node.Name.Name != "withDefaults" || node.Recv == nil {
					return false
				}
				owner := strings.TrimPrefix(fmt.Sprint(node.Recv.List[0].Type), "*")
				ast.Inspect(node.Body, func(inner ast.Node) bool {
					switch inner := inner.(type) {
					case *ast.CallExpr:
						if len(inner.Args) == 2 {
							add(one, owner, inner.Args[0], inner.Args[1])
						}
					case *ast.KeyValueExpr:
						add(one, owner, inner.Key, inner.Value)
					case *ast.AssignStmt:
						if len(inner.Lhs) == 1 && len(inner.Rhs) == 1 {
							add(one, owner, inner.Lhs[0], inner.Rhs[0])
						}
					}
					return true
				})
			}
			return true
		})
	}
	for i := range found {
		found[i].about = abouts[found[i].about]
	}
	// What is not a field of these is part of another one.
	return slices.DeleteFunc(found, func(one limit) bool { return one.about == "" })
}

// written is a number for people: 98,304 (96 Ki), or a time.
func written(worth value) string {
	if worth.duration {
		nanoseconds, _ := constant.Int64Val(constant.ToInt(worth.Value))
		return plainTime(time.Duration(nanoseconds))
	}
	number, exact := constant.Int64Val(constant.ToInt(worth.Value))
	if !exact {
		return worth.ExactString()
	}
	digits := fmt.Sprint(number)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	units := []string{"", " Ki", " Mi", " Gi"}
	unit, rest := 0, number
	for unit+1 < len(units) && rest >= 1024 && rest%1024 == 0 {
		unit, rest = unit+1, rest/1024
	}
	if unit > 0 {
		return fmt.Sprintf("%s (%d%s)", digits, rest, units[unit])
	}
	return digits
}

func plainTime(span time.Duration) string {
	day := 24 * time.Hour
	if span >= 2*day && span%day == 0 {
		return fmt.Sprintf("%d days", span/day)
	}
	text := span.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// page is docs/limits.md as it should be.
func (t *tree) page() (string, error) {
	var out strings.Builder
	out.WriteString("# Limits\n\nEvery bound on what comes from outside, and its value, read out of the code: each stays where it is enforced. " +
		"A test compares this page with the code; it is written by\n`go test ./backend/internal/archtest -run TestLimits -write`. " +
		"Ki, Mi and Gi are 1,024, 1,024² and 1,024³; what is counted stands beside the limit.\n")
	for _, chapter := range chapters {
		fmt.Fprintf(&out, "\n## %s\n\n%s\n", chapter.title, chapter.about)
		for _, folder := range t.packages() {
			if !under(folder, chapter.folders...) || under(folder, apart...) {
				continue
			}
			rows, err := t.limits(folder)
			if err != nil {
				return "", err
			}
			if len(rows) == 0 {
				continue
			}
			fmt.Fprintf(&out, "\n**%s**\n\n| Limit | Value | What it bounds |\n|---|---|---|\n", strings.TrimPrefix(folder, "backend/"))
			for _, row := range rows {
				fmt.Fprintf(&out, "| `%s` | %s | %s |\n", row.name, row.value, strings.ReplaceAll(row.about, "|", "\\|"))
			}
		}
	}
	return out.String(), nil
}

// TestLimits keeps docs/limits.md as the code is.
func TestLimits(t *testing.T) {
	t.Parallel()
	all := repository(t)
	want, err := all.page()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(want) {
		if strings.HasSuffix(line, "|  |\n") {
			t.Errorf("%s says nothing about what is counted: write it beside the constant", line)
		}
	}
	name := filepath.Join(all.root, "docs", "limits.md")
	if *write {
		if err = os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	wanted, there := strings.Split(want, "\n"), strings.Split(string(got), "\n")
	for _, line := range wanted {
		if !slices.Contains(there, line) {
			t.Errorf("docs/limits.md lacks %q", line)
		}
	}
	for _, line := range there {
		if !slices.Contains(wanted, line) {
			t.Errorf("docs/limits.md says %q, the code does not", line)
		}
	}
	if want != string(got) {
		t.Error("docs/limits.md is not what the code says; write it with go test ./backend/internal/archtest -run TestLimits -write, and look at the difference")
	}
}

// TestLimitsAreWorkedOut: known values, so that the page cannot be wrong as a whole.
func TestLimitsAreWorkedOut(t *testing.T) {
	t.Parallel()
	all := repository(t)
	for _, one := range []struct{ folder, name, want string }{
		{"backend/wire", "MaxEntry", "98,304 (96 Ki)"},
		{"backend/wire", "MaxLinkFrame", "1,114,112 (1088 Ki)"},
		{"backend/envelope", "maxLife", "14 days"},
		{"backend/link", "MaxSkew", "1m30s"},
		{"backend/app", "MaxBundleText", "22,369,624"},
		{"backend/rendezvous", "Limits.Rate", "20"},
		{"backend/rendezvous", "Limits.Memory", "134,217,728 (128 Mi)"},
		{"backend/rendezvous/guard", "Limits.PeerFrames", "40"},
		{"backend/rendezvous/turn", "Options.Channels", "128"},
	} {
		rows, err := all.limits(one.folder)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(rows, func(row limit) bool { return row.name == one.name })
		if at < 0 || rows[at].value != one.want {
			t.Errorf("%s of %s is not %s: %v", one.name, one.folder, one.want, rows)
		}
	}
}
