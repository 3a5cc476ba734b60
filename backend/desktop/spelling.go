package desktop

import (
	"regexp"
	"slices"
	"strings"
)

var locale = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)

// SpellingLanguages are those whose dictionaries words are looked up in, as
// dictionaries are called: those of the system, the first first, then that of
// the interface ("en", "zh-CN", or "system"). Which of them have a dictionary
// here, the checker finds out.
func SpellingLanguages(setting string, environment func(string) string) []string {
	var found []string
	add := func(name string) {
		name, _, _ = strings.Cut(name, ".")
		name, _, _ = strings.Cut(name, "@")
		if locale.MatchString(name) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	for one := range strings.SplitSeq(environment("LANGUAGE"), ":") {
		add(one)
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := environment(name); value != "" {
			add(value) // the first that is set holds
			break
		}
	}
	english := func(name string) bool { return name == "en" || strings.HasPrefix(name, "en_") }
	switch {
	case setting == "zh-CN":
		add("zh_CN")
	case (setting == "en" || len(found) == 0) && !slices.ContainsFunc(found, english):
		add("en_US")
	}
	return found
}
