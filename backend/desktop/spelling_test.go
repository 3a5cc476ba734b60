package desktop

import (
	"strings"
	"testing"
)

func TestSpellingLanguages(t *testing.T) {
	t.Parallel()
	for _, one := range []struct{ setting, environment, want string }{
		{"system", "LANG=de_AT.UTF-8", "de_AT"},
		{"system", "LANG=ca_ES.UTF-8@valencia", "ca_ES"},
		{"system", "", "en_US"},
		{"system", "LANG=C.UTF-8", "en_US"},
		{"en", "LANG=de_AT.UTF-8", "de_AT en_US"},
		{"en", "LANG=en_GB.UTF-8", "en_GB"},
		{"zh-CN", "LANG=en_GB.UTF-8", "en_GB zh_CN"},
		{"system", "LANGUAGE=sv:en_GB:sv LANG=sv_SE.UTF-8", "sv en_GB sv_SE"},
		{"system", "LC_ALL=fr_FR LANG=de_DE", "fr_FR"},
		{"system", "LANG=../../etc/passwd", "en_US"},
	} {
		environment := func(name string) string {
			for field := range strings.FieldsSeq(one.environment) {
				if key, value, _ := strings.Cut(field, "="); key == name {
					return value
				}
			}
			return ""
		}
		if got := strings.Join(SpellingLanguages(one.setting, environment), " "); got != one.want {
			t.Errorf("%s, %q: %s, not %s", one.setting, one.environment, got, one.want)
		}
	}
}
