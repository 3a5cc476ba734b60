package export

import (
	"strconv"
	"time"
)

// words are what a page says by itself. What takes names has them in their
// order; nothing in them needs escaping.
type words struct {
	language string // BCP 47
	both     string // takes the names of both
	is       string // takes a name and a PeerID
	exported string // takes a name, a time and a version
	removed  string
	erased   string
	reply    string
	// Behind the time of a message.
	edited, disappears string
	day                func(time.Time) string
}

var english = words{
	language:   "en",
	both:       "%s and %s",
	is:         "%s is %s",
	exported:   "Exported by %s on %s with Tincan %s. Times are UTC. Check it with: tincan-node verify-export, and this folder.",
	removed:    "Message removed",
	erased:     "Message no longer kept",
	reply:      "In reply to an earlier message",
	edited:     ", edited",
	disappears: ", disappears",
	day:        func(day time.Time) string { return day.Format("Monday, 2 January 2006") },
}

var chinese = words{
	language:   "zh-CN",
	both:       "%s 与 %s",
	is:         "%s 的身份是 %s",
	exported:   "由 %s 于 %s 使用 Tincan %s 导出。时间为 UTC。检验方法：对此文件夹运行 tincan-node verify-export。",
	removed:    "消息已删除",
	erased:     "消息不再保留",
	reply:      "回复之前的一条消息",
	edited:     "，已编辑",
	disappears: "，会消失",
	day: func(day time.Time) string {
		weekdays := [...]string{"日", "一", "二", "三", "四", "五", "六"}
		return strconv.Itoa(day.Year()) + "年" + strconv.Itoa(int(day.Month())) + "月" + strconv.Itoa(day.Day()) + "日 星期" + weekdays[day.Weekday()]
	},
}

// Known returns a language that a page can be in, and "" for English and for
// those that it cannot be in.
func Known(language string) string {
	if language == chinese.language {
		return language
	}
	return ""
}

func wordsOf(language string) words {
	if language == chinese.language {
		return chinese
	}
	return english
}
