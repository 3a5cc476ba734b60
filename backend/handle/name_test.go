package handle_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tincan-chat/tincan/backend/handle"
)

func TestGoodName(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"ana", "ben.k", "a-b_c.d", "123", "x86", strings.Repeat("a", 32),
		"张伟明", "ゆきこ", "ユキコ", "山田たろう", "スーパー", "佐々木", "alice李", "김철수", "李abc", "анна", "елена1", "γιώργος",
		"नमस्ते", "สมชาย", "דוד", "محمد", "თამარ", "ㄅㄆㄇ",
	} {
		if !handle.GoodName(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for name, bad := range map[string]string{
		"empty": "", "short": "ab", "two characters": "张伟", "long": strings.Repeat("a", 33), "capital": "Ana", "capital cyrillic": "Анна",
		"dot first": ".ana", "dot last": "ana.", "two dots": "a..b", "dot and dash": "a.-b", "space": "a na", "at": "ana@b", "slash": "a/b",
		"accent": "josé", "decomposed": norm.NFD.String("γιώργος"), "cyrillic among latin": "pаypal", "greek among latin": "αbc",
		"greek and cyrillic": "αбв", "han and cyrillic": "张бв", "kana and hangul": "ゆ김철", "wide": "ａｎａ", "narrow kana": "ﾕｷｺ",
		"emoji": "ana😀", "control": "ana\x00", "zero width": "a\u200bna", "joiner": "an\u200da", "override": "a\u202ena", "not UTF-8": "ana\xff",
		"pile of marks": "а\u0301\u0301\u0301б", "rare script": "ᚠᚢᚦ", "other digits": "१२३", "symbol": "a+b", "combining first": "\u0301aна",
		"left in right": "דוד.abc.דוד",
	} {
		if handle.GoodName(bad) {
			t.Errorf("%s: %q is accepted", name, bad)
		}
	}
}

// FuzzName: what is accepted is short, normal and has one spelling.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"ana", "张伟明", "alice李", "pаypal", "a..b", "γιώργος", "\xff\xff\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !handle.GoodName(text) {
			return
		}
		length := utf8.RuneCountInString(text)
		if !utf8.ValidString(text) || length < handle.MinName || length > handle.MaxName {
			t.Errorf("%q of %d characters", text, length)
		}
		if !norm.NFC.IsNormalString(text) || strings.ToLower(text) != text || strings.ContainsAny(text, " @/\\:%\"'<>") {
			t.Errorf("%q", text)
		}
	})
}
