package archtest

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// evidence is a test that docs/attacks.md names: `backend/link TestX`, or
// `frontend/src/x.test.ts "its name"`.
var evidence = regexp.MustCompile("^(backend/[a-z0-9/-]+) ((?:Test|Fuzz)[A-Za-z0-9]+)$|^(frontend/[A-Za-z0-9./-]+\\.test\\.(?:ts|tsx|mjs)) \"([^\"]+)\"$")

// tests are those of Go by package and name, in files of every build.
func (t *tree) tests() map[string]bool {
	found := map[string]bool{}
	for _, one := range t.files {
		for _, declaration := range one.syntax.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && one.test && function.Recv == nil && (strings.HasPrefix(function.Name.Name, "Test") || strings.HasPrefix(function.Name.Name, "Fuzz")) {
				found[one.folder+" "+function.Name.Name] = true
			}
		}
	}
	return found
}

// TestAttacksHaveTests: each row of docs/attacks.md names tests that are there,
// and every fuzz test stands in it.
func TestAttacksHaveTests(t *testing.T) {
	t.Parallel()
	all := repository(t)
	page, err := os.ReadFile(filepath.Join(all.root, "docs", "attacks.md"))
	if err != nil {
		t.Fatal(err)
	}
	there, named, rows := all.tests(), map[string]bool{}, 0
	span := regexp.MustCompile("`[^`]+`")
	for number, line := range strings.Split(string(page), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasSuffix(strings.TrimSpace(cells[len(cells)-1]), " by") {
			continue
		}
		rows++
		if len(cells) != 2 || strings.TrimSpace(cells[0]) == "" {
			t.Errorf("line %d is no row of an attack and its tests: %s", number+1, line)
			continue
		}
		found := span.FindAllString(cells[1], -1)
		if len(found) == 0 {
			t.Errorf("line %d has no test: %s", number+1, line)
		}
		if rest := strings.Trim(span.ReplaceAllString(cells[1], ""), ", "); rest != "" {
			t.Errorf("line %d has %q among the tests", number+1, rest)
		}
		for _, text := range found {
			text = strings.Trim(text, "`")
			parts := evidence.FindStringSubmatch(text)
			switch {
			case parts == nil:
				t.Errorf("line %d: %q names no test", number+1, text)
			case parts[1] != "" && !there[text]:
				t.Errorf("line %d: there is no test %s in %s", number+1, parts[2], parts[1])
			case parts[3] != "" && !all.says(parts[3], parts[4]):
				t.Errorf("line %d: there is no test %q in %s", number+1, parts[4], parts[3])
			}
			named[text] = true
		}
	}
	if rows < 80 {
		t.Errorf("only %d rows were found: the test reads the page in a wrong way", rows)
	}
	for one := range there {
		if strings.Contains(one, " Fuzz") && !named[one] {
			t.Errorf("docs/attacks.md does not say what %s parses: add it to a row of \"Parsers\"", one)
		}
	}
}

// says tells whether a file of tests has one of that name.
func (t *tree) says(path, name string) bool {
	quoted := regexp.MustCompile("(?:it|test)(?:\\.each\\([^`'\"]*\\))?\\(\\s*[`'\"]" + regexp.QuoteMeta(name) + "[`'\"]")
	for _, one := range t.other {
		if one.path == path {
			return quoted.MatchString(one.data)
		}
	}
	return false
}
