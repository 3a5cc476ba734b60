package archtest

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// repository parses everything once for all tests.
func repository(t *testing.T) *tree {
	t.Helper()
	all, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	if len(all.files) == 0 {
		t.Fatal("no Go files were found")
	}
	return all
}

var loadOnce = sync.OnceValues(load)

// clock are the functions of package time that ask the system.
var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"}

// TestPurePackagesHaveNoClock: time comes in as an argument, so that a day can
// pass in a test and a simulation can be replayed.
func TestPurePackagesHaveNoClock(t *testing.T) {
	t.Parallel()
	all := repository(t)
	for _, one := range all.files {
		if one.test || one.generated || !under(one.folder, pure...) {
			continue
		}
		for _, use := range uses(one, "time", clock...) {
			t.Errorf("%s: %s asks the system's clock; take the time as an argument", all.set.Position(use.Pos()), use.Sel.Name)
		}
		for _, statement := range goStatements(one) {
			t.Errorf("%s: a goroutine in a pure package", all.set.Position(statement.Pos()))
		}
	}
}

// TestCoreIsAStateMachine: the files with methods of node.Core have no
// goroutines, clock, randomness, locks or channels, so that the simulation
// drives the very same core.
func TestCoreIsAStateMachine(t *testing.T) {
	t.Parallel()
	all := repository(t)
	found := 0
	for _, one := range all.files {
		if one.test || one.folder != "backend/node" || !hasMethodsOf(one, "Core") {
			continue
		}
		found++
		for _, imported := range one.imports {
			if slices.Contains([]string{"sync", "sync/atomic", "context", "crypto/rand", "math/rand", "math/rand/v2", "os", "net", "log/slog"}, imported) {
				t.Errorf("%s imports %s\n\tthe core is a state machine: Step(time, event) → effects, and nothing else", one.path, imported)
			}
		}
		for _, use := range uses(one, "time", clock...) {
			t.Errorf("%s: %s in the core; time comes with Step", all.set.Position(use.Pos()), use.Sel.Name)
		}
		for _, statement := range goStatements(one) {
			t.Errorf("%s: a goroutine in the core", all.set.Position(statement.Pos()))
		}
		ast.Inspect(one.syntax, func(node ast.Node) bool {
			switch node.(type) {
			case *ast.ChanType, *ast.SendStmt, *ast.SelectStmt:
				t.Errorf("%s: a channel in the core", all.set.Position(node.Pos()))
			}
			return true
		})
	}
	if found == 0 {
		t.Error("no file with methods of Core was found: the test looks in the wrong place")
	}
}

// TestTestsDoNotSleep: a test waits for a condition or uses testing/synctest.
func TestTestsDoNotSleep(t *testing.T) {
	t.Parallel()
	all := repository(t)
	for _, one := range all.files {
		if !one.test && !strings.HasSuffix(path.Base(one.folder), "test") {
			continue
		}
		// In a synctest bubble Sleep moves the clock and takes no time.
		if slices.Contains(one.imports, "testing/synctest") {
			continue
		}
		for _, use := range uses(one, "time", "Sleep") {
			t.Errorf("%s: a test that sleeps is slow or flaky, mostly both: wait for the condition, or use testing/synctest", all.set.Position(use.Pos()))
		}
	}
	for _, one := range all.other {
		if strings.Contains(one.path, "e2e/") && strings.Contains(one.data, "waitForTimeout(") {
			t.Errorf("%s: waitForTimeout sleeps; wait for what should be on the page", one.path)
		}
	}
}

// TestOneDoc: a package says in one place what it is.
func TestOneDoc(t *testing.T) {
	t.Parallel()
	all := repository(t)
	docs := map[string][]string{}
	for _, one := range all.files {
		if one.test || one.syntax.Doc == nil {
			continue
		}
		docs[one.folder] = append(docs[one.folder], one.path)
		first := one.syntax.Doc.Text()
		name := one.syntax.Name.Name
		if !strings.HasPrefix(first, "Package "+name+" ") && !strings.HasPrefix(first, "Command ") && !strings.HasPrefix(first, "Tincan ") && name != "main" {
			t.Errorf("%s: the doc begins with something else than \"Package %s\"", one.path, name)
		}
	}
	for _, folder := range all.packages() {
		switch found := docs[folder]; len(found) {
		case 0:
			t.Errorf("%q has no package doc: say in doc.go what it is", folder)
		case 1:
		default:
			t.Errorf("%q has %d package docs: %s", folder, len(found), strings.Join(found, ", "))
		}
	}
}

// TestNames: a package is a noun that its callers would say.
func TestNames(t *testing.T) {
	t.Parallel()
	all := repository(t)
	empty := regexp.MustCompile(`^(utils?|commons?|types|helpers?|misc|shared|base|lib|models)$`)
	for _, one := range all.files {
		name := one.syntax.Name.Name
		if empty.MatchString(name) || empty.MatchString(path.Base(one.folder)) {
			t.Errorf("%s: %q says nothing about what is inside", one.path, name)
		}
		if folder := path.Base(one.folder); !one.test && name != "main" && one.folder != "" && name != folder {
			t.Errorf("%s: package %s in the folder %s", one.path, name, folder)
		}
	}
}

// Where a file has become two. The design says 500 for Go; this is the end of all patience.
const (
	mostLinesGo    = 600
	mostLinesOther = 400
)

func TestFilesAreSmall(t *testing.T) {
	t.Parallel()
	all := repository(t)
	for _, one := range all.files {
		if !one.generated && one.lines > mostLinesGo {
			t.Errorf("%s has %d lines: it is two files", one.path, one.lines)
		}
	}
	for _, one := range all.other {
		if one.lines > mostLinesOther {
			t.Errorf("%s has %d lines: it is two files", one.path, one.lines)
		}
	}
}

// TestParsersAreFuzzed: whatever reads outside bytes survives anything.
func TestParsersAreFuzzed(t *testing.T) {
	t.Parallel()
	all := repository(t)
	fuzzed := map[string]bool{}
	for _, one := range all.files {
		for _, declaration := range one.syntax.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && one.test && strings.HasPrefix(function.Name.Name, "Fuzz") {
				fuzzed[one.folder] = true
			}
		}
	}
	for _, folder := range all.packages() {
		if slices.Contains([]string{"backend/identity", "backend/invite", "backend/handle", "backend/bundle", "backend/envelope", "backend/journal", "backend/link", "backend/rendezvous/protocol"}, folder) && !fuzzed[folder] {
			t.Errorf("%s parses outside bytes and has no fuzz test", folder)
		}
	}
}

// uses finds selectors of a package by its import path's last part.
func uses(one *file, imported string, names ...string) []*ast.SelectorExpr {
	local := imported
	for _, spec := range one.syntax.Imports {
		if strings.Trim(spec.Path.Value, `"`) == imported && spec.Name != nil {
			local = spec.Name.Name
		}
	}
	if !slices.Contains(one.imports, imported) {
		return nil
	}
	var found []*ast.SelectorExpr
	ast.Inspect(one.syntax, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if name, ok := selector.X.(*ast.Ident); ok && name.Name == local && slices.Contains(names, selector.Sel.Name) {
			found = append(found, selector)
		}
		return true
	})
	return found
}

func goStatements(one *file) []ast.Node {
	var found []ast.Node
	ast.Inspect(one.syntax, func(node ast.Node) bool {
		if statement, ok := node.(*ast.GoStmt); ok {
			found = append(found, statement)
		}
		return true
	})
	return found
}

// hasMethodsOf tells whether a file declares methods of a type.
func hasMethodsOf(one *file, name string) bool {
	return slices.ContainsFunc(one.syntax.Decls, func(declaration ast.Decl) bool {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Recv == nil || len(function.Recv.List) != 1 {
			return false
		}
		receiver := function.Recv.List[0].Type
		if star, pointer := receiver.(*ast.StarExpr); pointer {
			receiver = star.X
		}
		identifier, ok := receiver.(*ast.Ident)
		return ok && identifier.Name == name
	})
}
