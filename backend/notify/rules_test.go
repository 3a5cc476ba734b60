package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func message(conversation, id, text string) News {
	return News{Conversation: conversation, Message: id, Name: "Ana", Text: text}
}

// only returns the one effect there should be.
func only(t *testing.T, effects []Effect) Effect {
	t.Helper()
	if len(effects) != 1 {
		t.Fatalf("%d effects: %+v", len(effects), effects)
	}
	return effects[0]
}

func TestOneMessage(t *testing.T) {
	t.Parallel()
	var r Rules
	got := only(t, r.Arrived(noon, message("c", "m", "The ferry leaves at 9")))
	want := Effect{Key: "c", Target: Target{Conversation: "c", Message: "m"}, Title: "Ana", Body: "The ferry leaves at 9"}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if next := r.Next(); !next.IsZero() {
		t.Errorf("something waits until %v", next)
	}
	if gone := only(t, r.Read("c")); gone != (Effect{Key: "c", Withdraw: true}) {
		t.Errorf("read: %+v", gone)
	}
	if again := r.Read("c"); again != nil {
		t.Errorf("twice: %+v", again)
	}
}

func TestWhatIsOnTheScreenIsNotTold(t *testing.T) {
	t.Parallel()
	var r Rules
	r.Look("c", true)
	if got := r.Arrived(noon, message("c", "m", "x")); got != nil {
		t.Errorf("on the screen: %+v", got)
	}
	only(t, r.Arrived(noon, message("other", "m", "x")))
	r.Look("c", false)
	only(t, r.Arrived(noon, message("c", "m", "x")))
	if gone := only(t, r.Look("c", true)); !gone.Withdraw || gone.Key != "c" {
		t.Errorf("looked at: %+v", gone)
	}
}

func TestABurstIsOneAndOneMore(t *testing.T) {
	t.Parallel()
	var r Rules
	shown := len(r.Arrived(noon, message("c", "m0", "first")))
	for i := range 1000 {
		shown += len(r.Arrived(noon.Add(time.Duration(i)*time.Millisecond), message("c", fmt.Sprint("m", i+1), "next")))
	}
	if shown != 1 {
		t.Fatalf("%d at once", shown)
	}
	if want := noon.Add(pause); !r.Next().Equal(want) {
		t.Fatalf("the rest at %v, want %v", r.Next(), want)
	}
	got := only(t, r.Due(r.Next()))
	if got.Title != "Ana (1001)" || got.Target.Message != "m1000" || got.Key != "c" {
		t.Errorf("%+v", got)
	}
}

func TestSoManyInAMinute(t *testing.T) {
	t.Parallel()
	var r Rules
	var shown []Effect
	for i := range 100 {
		shown = append(shown, r.Arrived(noon, message(fmt.Sprint("c", i), "m", "x"))...)
	}
	if len(shown) != mostInMinute {
		t.Fatalf("%d at once", len(shown))
	}
	if want := noon.Add(time.Minute); !r.Next().Equal(want) {
		t.Fatalf("the rest at %v, want %v", r.Next(), want)
	}
	rest := r.Due(noon.Add(time.Minute))
	if len(rest) != mostInMinute {
		t.Fatalf("%d a minute later", len(rest))
	}
	last := rest[len(rest)-1]
	if last.Key != SummaryKey || last.Body != "81 new messages in 81 conversations" || last.Target != (Target{}) {
		t.Errorf("the last one is %+v", last)
	}
	if gone := only(t, r.Look("", true)); gone.Key != SummaryKey || !gone.Withdraw {
		t.Errorf("looked at: %+v", gone)
	}
}

// TestNeverMoreThanAllowed throws everything at the rules for an hour.
func TestNeverMoreThanAllowed(t *testing.T) {
	t.Parallel()
	var r Rules
	var at []time.Time
	last := map[string]time.Time{}
	for now := noon; now.Before(noon.Add(time.Hour)); now = now.Add(700 * time.Millisecond) {
		effects := r.Arrived(now, message(fmt.Sprint("c", now.UnixNano()/3e8%40), "m", "x"))
		if next := r.Next(); !next.IsZero() && !next.After(now) {
			effects = append(effects, r.Due(now)...)
		}
		for _, one := range effects {
			if one.Key != SummaryKey && now.Sub(last[one.Key]) < pause {
				t.Fatalf("%s twice within %v", one.Key, now.Sub(last[one.Key]))
			}
			last[one.Key] = now
			at = append(at, now)
		}
		if len(at) > mostInMinute && at[len(at)-1].Sub(at[len(at)-1-mostInMinute]) < time.Minute {
			t.Fatalf("more than %d within a minute", mostInMinute)
		}
	}
	if len(at) < 300 {
		t.Errorf("only %d in an hour", len(at))
	}
	if len(r.topics) > mostTopics || len(r.order) != len(r.topics) || len(r.sent) > mostInMinute {
		t.Errorf("%d topics, %d in order, %d sent", len(r.topics), len(r.order), len(r.sent))
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	var r Rules
	for i := range 3 * mostTopics {
		r.Arrived(noon.Add(time.Duration(i)*time.Minute), message(fmt.Sprint("c", i), "m", "x"))
	}
	if len(r.topics) != mostTopics || len(r.order) != mostTopics {
		t.Errorf("%d topics, %d in order", len(r.topics), len(r.order))
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	text := message("c", "m", "Hello")
	request := News{Conversation: "c", Name: "Ana", Text: "Hello"}
	for _, one := range []struct {
		choices     Choices
		news        News
		title, body string
	}{
		{Choices{}, text, "Ana", "Hello"},
		{Choices{Show: ShowName}, text, "Ana", "New message"},
		{Choices{Show: ShowNeither}, text, "Tincan", "New message"},
		{Choices{Chinese: true, Show: ShowNeither}, text, "Tincan", "新消息"},
		{Choices{}, request, "Ana would like to connect", "Hello"},
		{Choices{Show: ShowName}, request, "Ana would like to connect", ""},
		{Choices{Show: ShowNeither}, request, "Tincan", "Somebody would like to connect"},
		{Choices{Chinese: true}, request, "Ana 想与你建立联系", "Hello"},
	} {
		var r Rules
		r.Choose(one.choices)
		got := only(t, r.Arrived(noon, one.news))
		if got.Title != one.title || got.Body != one.body || got.Sound {
			t.Errorf("%+v: %q, %q, sound %v", one.choices, got.Title, got.Body, got.Sound)
		}
	}
	var r Rules
	r.Choose(Choices{Sound: true})
	if got := only(t, r.Arrived(noon, text)); !got.Sound {
		t.Error("no sound")
	}
	if gone := only(t, r.Choose(Choices{Off: true})); !gone.Withdraw {
		t.Errorf("switched off: %+v", gone)
	}
	if got := r.Arrived(noon, text); got != nil {
		t.Errorf("off: %+v", got)
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	night, lunch := Choices{Quiet: true, FromTime: 22*60 + 30, ToTime: 7 * 60}, Choices{Quiet: true, FromTime: 12 * 60, ToTime: 13 * 60}
	for _, one := range []struct {
		choices      Choices
		hour, minute int
		told         bool
	}{
		{night, 22, 29, true},
		{night, 22, 30, false},
		{night, 0, 0, false},
		{night, 6, 59, false},
		{night, 7, 0, true},
		{lunch, 11, 59, true},
		{lunch, 12, 0, false},
		{lunch, 13, 0, true},
		{Choices{FromTime: 0, ToTime: 1440}, 12, 0, true},
	} {
		var r Rules
		r.Choose(one.choices)
		got := r.Arrived(time.Date(2026, 3, 4, one.hour, one.minute, 0, 0, time.Local), message("c", "m", "x"))
		if (len(got) == 1) != one.told {
			t.Errorf("%02d:%02d: %+v", one.hour, one.minute, got)
		}
	}
}

func TestForgetTakesAllAway(t *testing.T) {
	t.Parallel()
	var r Rules
	for i := range 30 {
		r.Arrived(noon, message(fmt.Sprint("c", i), "m", "x"))
	}
	r.Due(noon.Add(time.Minute))
	effects := r.Forget()
	for _, one := range effects {
		if !one.Withdraw {
			t.Errorf("%+v", one)
		}
	}
	// Ten at first, nine more and one for the rest, which were never shown alone.
	if len(effects) != 2*mostInMinute {
		t.Errorf("%d taken away", len(effects))
	}
	if next := r.Next(); !next.IsZero() || len(r.topics) != 0 {
		t.Errorf("%d left, %v", len(r.topics), next)
	}
}

func TestHostileTextIsOneLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"  a\n\n\tb  ":                          "a b",
		"a\u202eb\u2066c\u0007d\x00":            "abcd",
		"e\u0301\u0301\u0301\u0301\u0301\u0301": "e\u0301\u0301\u0301",
		"👩‍🚀":                                   "👩‍🚀",
		strings.Repeat("x", 10_000):             strings.Repeat("x", mostText) + "…",
		strings.Repeat("\u200b", 1e6):           "",
		"\u0301a":                               "a",
	} {
		if got := clean(text, mostText); got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
	if got := Markup(`<b onclick='x'>&amp;"`); got != "&lt;b onclick=&apos;x&apos;&gt;&amp;amp;&quot;" {
		t.Errorf("%q", got)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202eb\n<b>")
	f.Add("e\u0301\u0301\u0301\u0301\u0301 ")
	f.Fuzz(func(t *testing.T, text string) {
		got := clean(text, 20)
		if count := len([]rune(got)); count > 22 {
			t.Errorf("%d characters of %q", count, text)
		}
		if strings.ContainsAny(got, "\n\r\t\x00\u202e\u2066") || strings.ContainsAny(Markup(got), "<>\"'") {
			t.Errorf("%q became %q", text, got)
		}
		if again := clean(got, 22); again != got {
			t.Errorf("%q became %q, and then %q", text, got, again)
		}
	})
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		setting, name, value string
		chinese              bool
	}{
		{"zh-CN", "LANG", "en_US.UTF-8", true},
		{"en", "LANG", "zh_CN.UTF-8", false},
		{"system", "LANG", "zh_CN.UTF-8", true},
		{"system", "LANG", "C", false},
		{"system", "LC_ALL", "zh_TW", true},
		{"system", "LANGUAGE", "de:zh_CN:en", true},
		{"system", "LANG", "", false},
	} {
		got := IsChinese(one.setting, func(name string) string {
			if name == one.name {
				return one.value
			}
			return ""
		})
		if got != one.chinese {
			t.Errorf("%+v: %v", one, got)
		}
	}
	if WordsOfTray(true).Quit == WordsOfTray(false).Quit {
		t.Error("the tray speaks one language")
	}
}
