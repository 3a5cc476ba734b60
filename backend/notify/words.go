package notify

import (
	"fmt"
	"strings"
	"unicode"
)

const appName = "Tincan"

const (
	mostText  = 240 // characters of a message that a notification shows
	mostName  = 64  // characters of a name
	mostMarks = 3   // that combine with one character
)

// words are what notifications say in one language.
type words struct {
	message, messages, asks, request, summary string
	tray                                      TrayWords
}

// TrayWords are what the menu of the tray says.
type TrayWords struct{ Open, Quit string }

var (
	english = words{
		message: "New message", messages: "%d new messages", asks: "%s would like to connect", request: "Somebody would like to connect",
		summary: "%d new messages in %d conversations", tray: TrayWords{Open: "Open Tincan", Quit: "Quit"},
	}
	chinese = words{
		message: "新消息", messages: "%d 条新消息", asks: "%s 想与你建立联系", request: "有人想与你建立联系",
		summary: "%d 条新消息，来自 %d 个对话", tray: TrayWords{Open: "打开 Tincan", Quit: "退出"},
	}
)

func wordsIn(isChinese bool) *words {
	if isChinese {
		return &chinese
	}
	return &english
}

func (r *Rules) words() *words { return wordsIn(r.choices.Chinese) }

// WordsOfTray returns the words of the tray's menu.
func WordsOfTray(chinese bool) TrayWords { return wordsIn(chinese).tray }

// IsChinese tells whether the words are Chinese for a setting of "system", "en"
// or "zh-CN", in an environment: what the interface chooses, too.
func IsChinese(setting string, environment func(string) string) bool {
	if setting != "system" {
		return setting == "zh-CN"
	}
	for _, name := range []string{"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"} {
		for one := range strings.SplitSeq(environment(name), ":") {
			switch language, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(one, "-", "_")), "_"); language {
			case "zh":
				return true
			case "en", "c", "c.utf": // C is English
				return false
			}
		}
	}
	return false
}

// say returns title and body about a conversation, of which so much is new.
func (w *words) say(show Show, last News, count int) (title, body string) {
	request := last.Message == ""
	name, text := clean(last.Name, mostName), clean(last.Text, mostText)
	fresh := w.message
	if count > 1 {
		fresh = fmt.Sprintf(w.messages, count)
	}
	switch {
	case request && show == ShowNeither:
		return appName, w.request
	case request && show == ShowName:
		return fmt.Sprintf(w.asks, name), ""
	case request:
		return fmt.Sprintf(w.asks, name), text
	case show == ShowNeither:
		return appName, fresh
	case show == ShowName || text == "":
		return name, fresh
	case count > 1:
		return fmt.Sprintf("%s (%d)", name, count), text
	}
	return name, text
}

func (w *words) many(messages, conversations int) string {
	return fmt.Sprintf(w.summary, messages, conversations)
}

// clean makes one line of a text: no characters that cannot be seen or that turn
// what stands beside it around, no towers of marks, at most so many characters.
func clean(text string, most int) string {
	var line strings.Builder
	count, marks, space := 0, 0, false
	// A character that is shown may stand after very many that are not.
	for _, r := range text[:min(len(text), 64*most)] {
		switch {
		case unicode.IsSpace(r):
			space = count > 0
			continue
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			if marks++; marks > mostMarks || count == 0 {
				continue
			}
		case unicode.IsControl(r), turns(r), r == unicode.ReplacementChar:
			continue
		default:
			marks = 0
		}
		if count >= most {
			return line.String() + "…"
		}
		if space {
			line.WriteByte(' ')
			count++
			space = false
		}
		line.WriteRune(r)
		count++
	}
	return line.String()
}

// turns tells whether a character changes the direction of others, or has no
// look of its own. The joiners stay: letters and emoji are made with them.
func turns(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Cs, r)
}

// Markup makes a text fit for where some marks of HTML are understood, as in the
// body of the Desktop Notifications Specification 1.2: it is shown as it is.
func Markup(text string) string {
	return markup.Replace(text)
}

var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")
