package search_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"github.com/tincan-chat/tincan/backend/chat/search"
)

// folded shows pieces: runs in brackets.
func folded(text string) string {
	var shown []string
	for _, piece := range search.Fold(text) {
		if piece.Run {
			shown = append(shown, "["+string(piece.Runes)+"]")
		} else {
			shown = append(shown, string(piece.Runes))
		}
	}
	return strings.Join(shown, " ")
}

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "",
		" ,.-_/":                    "",
		"Hello, World":              "hello world",
		"Café cafe\u0301 NAÏVE":     "cafe cafe naive",
		"don't don’t rock 'n' roll": "dont dont rock n roll",
		"Ａｂｃ１２ ﬁne ①":               "abc12 fine 1",
		"report会议room":              "report [会议] room",
		"开会，会议室 见":                  "[开会] [会议室] [见]",
		"かな カナ ｶﾅ か\u3099 が ラーメン": "[かな] [カナ] [カナ] [が] [が] [ラーメン]",
		"한국어 test":                     "[한국어] test",
		"ok🎉🎉👍🏽 👩\u200d💻":              "ok [🎉🎉👍] [👩💻]",
		"ΣΊΣΥΦΟΣ σίσυφος":              "σισυφοσ σισυφοσ",
		"Straße İstanbul ınce":         "straße istanbul ince",
		"v2.0-rc1":                     "v2 0 rc1",
		strings.Repeat("a", 100) + "b": strings.Repeat("a", 64),
		"\u0080a\u0000b":               "a b",
		"人\ufe0f民":                     "[人民]",
	} {
		if got := folded(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	const text = "The “final” report：明天下午开会，会议室见 Zoë"
	for query, want := range map[string]bool{
		"": false, "\"": false, "*": false,
		"rep": true, "REPORT": true, "reports": false, "eport": false, "zoe": true, "t": false, "z": false,
		"会": true, "会议": true, "午开": true, "会会": false, "会议室见": true, "开会议": false,
		"report 会议": true, "report会议": true, "会议 nothing": false,
		`"final report"`: true, `"final rep"`: false, `"final rep`: true, `"report final"`: false, `"the report"`: false,
		`"report 明天"`: true, `"report 下午"`: false, `"开会 会议"`: true, `"会 会议室见 zoë"`: true, `"见 zoe"`: true, `"会议室 zoe"`: false,
		"final OR nothing": false, "-report": true, "NEAR(report)": false,
	} {
		if got := search.Parse(query).Matches(text); got != want {
			t.Errorf("%q: %v", query, got)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	if query := search.Parse(strings.Repeat("会 ", 5000)); len(query.Terms) != 1 {
		t.Errorf("%d terms of one word", len(query.Terms))
	}
	var many strings.Builder
	for i := range 100 {
		many.WriteString(strings.Repeat("x", i+2) + " ")
	}
	if query := search.Parse(many.String()); len(query.Terms) != search.MaxTerms {
		t.Errorf("%d terms", len(query.Terms))
	}
	if query := search.Parse(strings.Repeat("会", 5000)); len(query.Terms) != 1 || len(query.Terms[0].Pieces[0].Runes) != search.MaxQuery/3 {
		t.Errorf("%+v", query)
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("字", 200) + "会议" + strings.Repeat("词", 200)
	for _, one := range []struct{ text, query, want string }{
		{"one line", "line", "one [line]"},
		{"two\r\nlines\tof it", "lines", "two [lines] of it"},
		{"a report, reports", "rep", "a [rep]ort, [rep]orts"},
		{"e\u0301te\u0301 cafe\u0301s", "cafe", "e\u0301te\u0301 [cafe\u0301]s"},
		{"👩\u200d💻👍🏽 done", "👍", "👩\u200d💻[👍🏽] done"},
		{"👩\u200d💻 done", "💻", "[👩\u200d💻] done"},
		{"开会会议", "会会 会议", "开[会会议]"},
		{long, "会议", "…" + strings.Repeat("字", 30) + "[会议]" + strings.Repeat("词", 98) + "…"},
	} {
		shown, found := search.Parse(one.query).Show(one.text)
		if got := marked(shown); !found || got != one.want {
			t.Errorf("%q in %q: %q", one.query, one.text, got)
		}
	}
	if _, found := search.Parse("three").Show("one two"); found {
		t.Error("what is not there is shown")
	}
}

// marked shows ranges in brackets.
func marked(snippet search.Snippet) string {
	units := utf16.Encode([]rune(snippet.Text))
	var shown strings.Builder
	at := 0
	for _, one := range snippet.Ranges {
		shown.WriteString(string(utf16.Decode(units[at:one.Start])) + "[" + string(utf16.Decode(units[one.Start:one.End])) + "]")
		at = one.End
	}
	return shown.String() + string(utf16.Decode(units[at:]))
}

// boundaries returns where graphemes begin in a text, in UTF-16 code units.
func boundaries(text string) map[int]bool {
	at, set := 0, map[int]bool{0: true}
	for graphemes := uniseg.NewGraphemes(text); graphemes.Next(); {
		at += len(utf16.Encode(graphemes.Runes()))
		set[at] = true
	}
	return set
}

// TestSnippets cuts random texts and looks at what is shown.
func TestSnippets(t *testing.T) {
	t.Parallel()
	words := []string{"re", "report", "会议", "会", "e\u0301", "👩\u200d💻", "👍🏽", "🇩🇪", "\n", "，", " ", " ", "の", "か\u3099", "x\u0301\u0302\u0303", "lorem ipsum dolor "}
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 120).Draw(r, "text"), "")
		query := search.Parse(strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 3).Draw(r, "query"), " "))
		shown, found := query.Show(text)
		if found != query.Matches(text) {
			r.Fatal("shown and found differ")
		}
		if !found {
			return
		}
		if len(shown.Ranges) == 0 || !utf8.ValidString(shown.Text) || strings.ContainsAny(shown.Text, "\n\r") {
			r.Fatalf("%+v", shown)
		}
		allowed, before := boundaries(shown.Text), -1
		for _, one := range shown.Ranges {
			if one.Start <= before || one.End <= one.Start || !allowed[one.Start] || !allowed[one.End] {
				r.Fatalf("%q: %v", shown.Text, shown.Ranges)
			}
			before = one.End
		}
	})
}

// FuzzParse reads anything as a query and looks for it in anything.
func FuzzParse(f *testing.F) {
	f.Add("report 会议", "the report of the 会议")
	f.Add("\"a b", "a\xff b")
	f.Add("“會” NEAR(", strings.Repeat("\u0301", 100))
	f.Add("\u1100\u1161\u11a8", "\ufdfa가각\u3099")
	f.Fuzz(func(t *testing.T, typed, text string) {
		query := search.Parse(typed)
		if len(query.Terms) > search.MaxTerms {
			t.Fatal("too many terms")
		}
		for _, term := range query.Terms {
			if len(term.Pieces) == 0 {
				t.Fatal("a term of nothing")
			}
			for _, piece := range term.Pieces {
				if len(piece.Runes) == 0 {
					t.Fatal("a piece of nothing")
				}
			}
		}
		text = strings.ToValidUTF8(text, " ")
		shown, found := query.Show(text)
		if found != query.Matches(text) {
			t.Fatal("shown and found differ")
		}
		units := len(utf16.Encode([]rune(shown.Text)))
		for _, one := range shown.Ranges {
			if one.Start < 0 || one.End <= one.Start || one.End > units {
				t.Fatalf("%+v of %d", one, units)
			}
		}
		if found && len(shown.Ranges) == 0 {
			t.Fatalf("%q in %q: no place is shown", typed, text)
		}
	})
}

// BenchmarkFold folds a message of 60 characters.
func BenchmarkFold(b *testing.B) {
	for name, text := range map[string]string{
		"English": "the quarterly report is ready, please have a look before six",
		"Chinese": strings.Repeat("明天下午开会，会议室见。大家都来吧！记得带上报告", 2) + "明天下午开会吧朋友们好",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				search.Fold(text)
			}
		})
	}
}

func TestRespell(t *testing.T) {
	texts := map[string]int{"ferry": 3, "fervor": 1, "ferns": 9, "kayak": 2, "kayaking": 1, "weekend": 4, "straße": 1, "ice": 1}
	words := func(beginning string) (list []search.Word, err error) {
		for text, count := range texts {
			if strings.HasPrefix(text, beginning) {
				list = append(list, search.Word{Text: text, Texts: count})
			}
		}
		return list, nil
	}
	for typed, want := range map[string]string{
		"fery":             "ferry",            // one left out
		"ferrry":           "ferry",            // one added
		"fenry":            "ferry",            // one changed
		"frery":            "ferry",            // neighbours exchanged
		"wekeend kaya":     "weekend kaya",     // two wrong of seven; the beginning of a word is right
		"ferms":            "ferns",            // one is nearer than two
		"ferr":             "",                 // a beginning
		"ferry":            "",                 // right
		"ecl":              "",                 // the first letter is taken to be right
		"ic":               "",                 // too short
		"xylophone kayek":  "",                 // one word is near nothing
		`"fery kayak"`:     "",                 // quotes are meant
		`kajak "of the" a`: `kayak "of the" a`, // and kept
		"会议 kajak":         "会议 kayak",
		"":                 "",
	} {
		got, err := search.Parse(typed).Respell(words)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
		if got != "" && len(search.Parse(got).Terms) != len(search.Parse(typed).Terms) {
			t.Errorf("%q became %q, which asks for something else", typed, got)
		}
	}
	broken := errors.New("broken")
	if _, err := search.Parse("fery").Respell(func(string) ([]search.Word, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("an error became %v", err)
	}
}
