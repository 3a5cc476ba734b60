package release

import (
	_ "embed"
	"regexp"
	"strings"
)

// changes is the newest section of CHANGELOG.md, as `make generate` puts it here:
// a program is built without the files around its source.
//
//go:embed changes.md
var changes string

// News returns what this version brings to whoever uses the app, a sentence or a few each, as plain text.
func News() []string { return news(changes) }

var (
	linked = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	// building marks what is for those who build or measure.
	building = []string{"For developers", "`make ", "`loadgen`"}
)

// news reads the items of lists; what runs on is indented by two.
func news(section string) []string {
	var items []string
	open := false
	for line := range strings.Lines(section) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "- "):
			items = append(items, line[2:])
			open = true
		case open && strings.HasPrefix(line, "  "):
			items[len(items)-1] += " " + strings.TrimSpace(line)
		default:
			open = false
		}
	}
	plain := make([]string, 0, len(items))
	for _, item := range items {
		theirs := false
		for _, mark := range building {
			theirs = theirs || strings.Contains(item, mark)
		}
		if !theirs {
			plain = append(plain, strings.ReplaceAll(linked.ReplaceAllString(item, "$1"), "`", ""))
		}
	}
	return plain
}
