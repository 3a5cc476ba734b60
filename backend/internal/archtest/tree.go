package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// module is the path of Tincan's Go module.
const module = "github.com/tincan-chat/tincan"

// file is one Go source file.
type file struct {
	path      string // from the top of the repository, with slashes
	folder    string // its package: the folder from the top, "" for the top itself
	test      bool   // a _test.go file
	generated bool
	lines     int
	syntax    *ast.File
	imports   []string // whole import paths
}

// tree is everything in the repository that the tests look at.
type tree struct {
	root  string
	set   *token.FileSet
	files []*file
	other []text // sources that are not Go
}

// text is a source in another language.
type text struct {
	path  string
	lines int
	data  string
}

// skipped are folders that hold nothing written here.
var skipped = []string{".git", ".tools", ".artifacts", "node_modules", "dist", "wailsjs", "testdata", "bin", "demo-data", "docs"}

// load parses the repository around the working folder.
func load() (*tree, error) {
	root, err := top()
	if err != nil {
		return nil, err
	}
	t := &tree{root: root, set: token.NewFileSet()}
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != root && slices.Contains(skipped, entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		return t.add(name)
	})
	if err != nil {
		return nil, fmt.Errorf("archtest: reading the repository: %w", err)
	}
	return t, nil
}

// top finds the folder of go.mod.
func top() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("archtest: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", fmt.Errorf("archtest: no go.mod above the test: %w", fs.ErrNotExist)
		}
		folder = parent
	}
}

// add reads one file if it is a source.
func (t *tree) add(name string) error {
	relative, err := filepath.Rel(t.root, name)
	if err != nil {
		return fmt.Errorf("archtest: %w", err)
	}
	relative = filepath.ToSlash(relative)
	kind := path.Ext(relative)
	if !slices.Contains([]string{".go", ".ts", ".tsx", ".css", ".mjs"}, kind) {
		return nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("archtest: %w", err)
	}
	lines := strings.Count(string(data), "\n")
	if kind != ".go" {
		t.other = append(t.other, text{path: relative, lines: lines, data: string(data)})
		return nil
	}
	syntax, err := parser.ParseFile(t.set, name, data, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("archtest: %w", err)
	}
	folder := path.Dir(relative)
	if folder == "." {
		folder = ""
	}
	one := &file{
		path:      relative,
		folder:    folder,
		test:      strings.HasSuffix(relative, "_test.go"),
		generated: ast.IsGenerated(syntax),
		lines:     lines,
		syntax:    syntax,
	}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("archtest: %s: %w", relative, err)
		}
		one.imports = append(one.imports, imported)
	}
	t.files = append(t.files, one)
	return nil
}

// inside returns the folder of an import path of this module.
func inside(imported string) (string, bool) {
	if imported == module {
		return "", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// reaches returns the shortest way by imports from a package to the first one that
// target accepts, the package itself not counted; nil if there is none. Tests are not counted.
func (t *tree) reaches(from string, target func(string) bool) []string {
	graph := map[string][]string{}
	for _, one := range t.files {
		if one.test {
			continue
		}
		for _, imported := range one.imports {
			if folder, ok := inside(imported); ok {
				graph[one.folder] = append(graph[one.folder], folder)
			}
		}
	}
	ways := [][]string{{from}}
	seen := map[string]bool{from: true}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		for _, next := range graph[way[len(way)-1]] {
			if seen[next] {
				continue
			}
			seen[next] = true
			longer := append(slices.Clone(way), next)
			if target(next) {
				return longer
			}
			ways = append(ways, longer)
		}
	}
	return nil
}

// packages returns every folder with Go files that are not tests, sorted.
func (t *tree) packages() []string {
	var folders []string
	for _, one := range t.files {
		if !one.test && !slices.Contains(folders, one.folder) {
			folders = append(folders, one.folder)
		}
	}
	slices.Sort(folders)
	return folders
}

// under tells whether a folder is one of the named ones or inside one.
func under(folder string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return folder == name || strings.HasPrefix(folder, name+"/")
	})
}
