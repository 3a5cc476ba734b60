package notify

import (
	"slices"
	"time"
)

const (
	// mostInMinute is how many notifications are shown in a minute, replaced ones included.
	mostInMinute = 10
	// pause is the shortest time between two notifications of one conversation.
	pause = 3 * time.Second
	// mostTopics is how many conversations are remembered that were told of; the
	// one that came first is forgotten first.
	mostTopics = 512
	// SummaryKey is the key of the notification that speaks for several conversations.
	SummaryKey = "summary"
)

// Show is how much a notification says.
type Show int

// The ways. A desktop shows notifications over a locked screen, too.
const (
	ShowText    Show = iota // who, and what
	ShowName                // who
	ShowNeither             // that there is something
)

// Choices are what the person chose.
type Choices struct {
	Off      bool // nothing is told
	Show     Show
	Sound    bool
	Chinese  bool // simplified Chinese instead of English
	Quiet    bool // nothing is told from QuietFrom to QuietTo
	FromTime int  // minutes after local midnight; after ToTime: over midnight
	ToTime   int
}

// News is a message of somebody else's, or a request.
type News struct {
	Conversation string
	Message      string // id; "" for a request
	Name         string // of who wrote, as they are called here
	Text         string // as they wrote it
}

// Target is what a click on a notification opens.
type Target struct {
	Conversation string // "" opens the window
	Message      string // "" for a request
}

// Effect is a notification to show, or to take away.
type Effect struct {
	Key      string // a new one replaces the one before with the same key
	Withdraw bool   // take it away; nothing below is set
	Target   Target
	Title    string // plain text
	Body     string // plain text: see Markup
	Sound    bool
}

// topic is what a person was not told of yet in one conversation, and what they
// were told and did not look at.
type topic struct {
	last  News
	count int
	dirty bool      // something came that no notification says
	told  time.Time // when it was shown last; zero: it is not shown
}

// Rules are the state. The zero value is ready; it is not safe for concurrent use.
type Rules struct {
	choices  Choices
	onScreen string // the conversation that a focused window shows
	topics   map[string]*topic
	order    []string    // of topics, as they came
	sent     []time.Time // of the last minute, oldest first
	summary  bool        // one is shown
}

// Choose takes over what the person chose. What is not wanted any more is taken away.
func (r *Rules) Choose(choices Choices) []Effect {
	r.choices = choices
	if choices.Off {
		return r.Forget()
	}
	return nil
}

// Look says which conversation the window shows, and whether the window has the focus.
func (r *Rules) Look(conversation string, focused bool) []Effect {
	r.onScreen = ""
	if !focused {
		return nil
	}
	r.onScreen = conversation
	effects := r.Read(conversation)
	if r.summary {
		r.summary = false
		effects = append(effects, Effect{Key: SummaryKey, Withdraw: true})
	}
	return effects
}

// Read says that nothing waits in a conversation any more, or the request is answered.
func (r *Rules) Read(conversation string) []Effect {
	held := r.topics[conversation]
	if held == nil {
		return nil
	}
	r.drop(conversation)
	if held.told.IsZero() {
		return nil
	}
	return []Effect{{Key: conversation, Withdraw: true}}
}

// Forget takes everything away.
func (r *Rules) Forget() []Effect {
	var effects []Effect
	for _, conversation := range slices.Clone(r.order) {
		effects = append(effects, r.Read(conversation)...)
	}
	if r.summary {
		r.summary = false
		effects = append(effects, Effect{Key: SummaryKey, Withdraw: true})
	}
	return effects
}

// Arrived takes what came. It is shown now, later (see Next) or never.
func (r *Rules) Arrived(now time.Time, news News) []Effect {
	if r.choices.Off || r.quiet(now) || news.Conversation == "" || news.Conversation == r.onScreen {
		return nil
	}
	held := r.topics[news.Conversation]
	var effects []Effect
	if held == nil {
		held = &topic{}
		if len(r.order) >= mostTopics {
			effects = r.Read(r.order[0])
		}
		if r.topics == nil {
			r.topics = map[string]*topic{}
		}
		r.topics[news.Conversation] = held
		r.order = append(r.order, news.Conversation)
	}
	held.last = news
	held.count++
	held.dirty = true
	return append(effects, r.Due(now)...)
}

// Next is when Due has something to show; zero: nothing waits.
func (r *Rules) Next() time.Time {
	var next time.Time
	for _, held := range r.topics {
		if at := held.told.Add(pause); held.dirty && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if next.IsZero() {
		return next
	}
	if len(r.sent) >= mostInMinute {
		if free := r.sent[0].Add(time.Minute); free.After(next) {
			return free
		}
	}
	return next
}

// Due shows what has waited long enough.
func (r *Rules) Due(now time.Time) []Effect {
	// A clock that was set back would keep what was sent for ever.
	r.sent = slices.DeleteFunc(r.sent, func(at time.Time) bool { return now.Sub(at) >= time.Minute || at.After(now) })
	var due []string
	for _, conversation := range r.order {
		held := r.topics[conversation]
		if since := now.Sub(held.told); held.dirty && (since >= pause || since < 0) {
			due = append(due, conversation)
		}
	}
	var effects []Effect
	for i, conversation := range due {
		free := mostInMinute - len(r.sent)
		if free <= 0 {
			break
		}
		r.sent = append(r.sent, now)
		if rest := due[i:]; free == 1 && len(rest) > 1 {
			return append(effects, r.summarise(rest))
		}
		held := r.topics[conversation]
		held.dirty, held.told = false, now
		effects = append(effects, r.effect(conversation, held))
	}
	return effects
}

// summarise makes one notification of several conversations; each is told of
// alone again when something new comes in it.
func (r *Rules) summarise(conversations []string) Effect {
	messages := 0
	for _, conversation := range conversations {
		held := r.topics[conversation]
		messages += held.count
		held.dirty = false
	}
	r.summary = true
	return Effect{
		Key: SummaryKey, Title: appName, Sound: r.choices.Sound,
		Body: r.words().many(messages, len(conversations)),
	}
}

func (r *Rules) effect(conversation string, held *topic) Effect {
	title, body := r.words().say(r.choices.Show, held.last, held.count)
	return Effect{
		Key: conversation, Title: title, Body: body, Sound: r.choices.Sound,
		Target: Target{Conversation: held.last.Conversation, Message: held.last.Message},
	}
}

func (r *Rules) drop(conversation string) {
	delete(r.topics, conversation)
	r.order = slices.DeleteFunc(r.order, func(one string) bool { return one == conversation })
}

// quiet tells whether it is the time for nothing.
func (r *Rules) quiet(now time.Time) bool {
	c := r.choices
	minute := now.Hour()*60 + now.Minute()
	switch {
	case !c.Quiet:
		return false
	case c.FromTime <= c.ToTime:
		return minute >= c.FromTime && minute < c.ToTime
	}
	return minute >= c.FromTime || minute < c.ToTime
}
