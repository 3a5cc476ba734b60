package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// state is what the person was told.
type state int

const (
	unknown  state = iota // a crash came before the answer
	accepted              // it is on the screen
	refused
)

// wish is something that a person did, and what they were told of it.
type wish struct {
	state state
	text  string // an edit's, or a name
}

// decided takes the answer.
func (i *wish) decided(w *World, answer node.Answer) {
	i.state = accepted
	if answer.Err != nil {
		i.state = refused
		return
	}
	w.report.Changes++
}

// saying is a text that a person sent, and all that was done about it.
type saying struct {
	from, to *device
	number   int // of those from one to the other
	text     string
	state    state
	at       time.Time // when
	reply    journal.Hash
	timer    time.Duration // as far as it was seen

	edits     []*wish
	deletions []*wish
	hidden    map[*device][]*wish
	reactions map[reaction][]*wish // text is "" for taken back
	read      time.Time            // when the other person did; zero: not
	readKept  bool                 // and was told so
}

// reaction is who reacts with what.
type reaction struct {
	by    *device
	emoji string
}

// emoji are what people react with.
var emoji = []string{"👍", "❤️", "😂", "🎉"}

// stays are how long messages of some stay once they were read.
var stays = []time.Duration{0, 7 * time.Second, time.Minute, longestStay}

const longestStay = 10 * time.Minute

// latest is how many messages a person looks back on.
const latest = 12

// person has somebody do something.
func (w *World) person(one action, d, other *device) {
	if d.running == nil {
		return
	}
	switch one.kind {
	case Say:
		d.say(other, one)
	case Read:
		d.read(other)
	case Look:
		d.look(other, true)
		w.after(min(one.lasting, longestLook), func() { d.look(other, false) })
	case Wake:
		d.running.NetworkChanged(w.ctx, d.ask(nil))
	case Quit:
		d.stop()
		w.after(one.lasting, w.restart(d))
	case Edit, Delete, Hide, React:
		d.change(other, one)
	case Timer:
		stay := stays[int(one.b>>8)%len(stays)]
		w.timed = w.timed || stay > 0
		what := &wish{}
		d.running.SetTimer(w.ctx, d.ask(func(a node.Answer) { what.decided(w, a) }), d.conversation(other), stay)
	case Profile:
		what := &wish{text: fmt.Sprintf("Person %d, %d", d.number, len(d.profiles))}
		d.profiles = append(d.profiles, what)
		d.running.ChangeProfile(w.ctx, d.ask(func(a node.Answer) { what.decided(w, a) }), what.text, 1+int(one.b%8), "about "+what.text)
	case Receipts:
		d.receipts(one.b%2 == 0)
	case Meet:
		d.meet(other)
	case Cut, OneWay, Break, Offline, Deaf, Mute, Crash, DiskFull, ServerLoss, MailFull, LostAnswer, BadCarrier, Forger, Skew, Jump, nothing:
	}
	d.touch()
}

// acquaintance picks somebody whom a person talks to.
func (d *device) acquaintance(pick uint32) *device {
	var others []*device
	for _, other := range d.world.devices {
		if other != d && d.world.plan.acquainted(d.number, other.number) {
			others = append(others, other)
		}
	}
	return others[int(pick)%len(others)]
}

// phrase makes the next text from one to another.
func (d *device) phrase(other *device, more string) *saying {
	d.spoken[other.number]++
	said := &saying{
		from: d, to: other, number: d.spoken[other.number], at: d.world.now,
		hidden: map[*device][]*wish{}, reactions: map[reaction][]*wish{},
	}
	said.text = fmt.Sprintf("%d to %d, %d%s", d.number, other.number, said.number, more)
	d.world.said[said.text] = said
	d.sayings[other.number] = append(d.sayings[other.number], said)
	return said
}

// decided takes the answer to a text.
func (one *saying) decided(answer node.Answer) {
	w := one.from.world
	one.state = accepted
	if answer.Err != nil {
		one.state = refused
		w.report.Refused++
		w.tell("%d: %q is refused: %v", one.from.number, one.text, answer.Err)
		return
	}
	if message, isMessage := answer.Value.(node.Message); isMessage {
		w.named[message.Hash] = one
		one.timer = message.Timer
	}
	w.report.Messages++
}

// say sends texts, one after the other.
func (d *device) say(other *device, one action) {
	w := d.world
	var answered journal.Hash
	if one.b>>8%8 == 0 {
		if last, err := d.store.PageBefore(w.ctx, d.conversation(other), journal.Order{}, 1); err == nil && len(last) > 0 {
			answered = last[0].Hash
		}
	}
	if len(d.sayings[other.number])+len(other.sayings[d.number]) == 0 && !w.plan.met(d.number, other.number) {
		d.meet(other)
		return
	}
	for range one.count {
		if d.running == nil {
			return
		}
		more := ""
		if one.a%16 == 0 { // a long one
			more = strings.Repeat(" and so on", 1+int(one.b%300))
		}
		said := d.phrase(other, more)
		said.reply = answered
		d.running.SendReply(w.ctx, d.ask(said.decided), d.conversation(other), said.text, answered)
		if w.plan.Defect == SayTwice && w.random.IntN(8) == 0 {
			d.running.SendText(w.ctx, d.ask(nil), d.conversation(other), said.text)
		}
		d.settle()
	}
}

// of returns what was said with a message, nil when it is not known.
func (w *World) of(message *node.Message) *saying {
	said := w.named[message.Hash]
	if said == nil {
		if said = w.said[message.Text]; said != nil {
			w.named[message.Hash] = said
		}
	}
	if said != nil && !message.Deleted {
		said.timer = message.Timer
	}
	return said
}

// change does something about one of the latest messages.
func (d *device) change(other *device, one action) {
	w := d.world
	messages, err := d.store.PageBefore(w.ctx, d.conversation(other), journal.Order{}, latest)
	if err != nil || len(messages) == 0 {
		return
	}
	message := &messages[int(one.b>>8)%len(messages)]
	said := w.of(message)
	if said == nil || message.Deleted || !message.Mine && (one.kind == Edit || one.kind == Delete) {
		return
	}
	what := &wish{}
	id := d.ask(func(a node.Answer) { what.decided(w, a) })
	if (one.kind == Delete || one.kind == Hide) && w.plan.Defect == KeepWords {
		_ = d.store.SaveDraft(w.ctx, message.Conversation, message.Text) // whatever comes of it, it is a mistake
	}
	switch one.kind { //nolint:exhaustive // of what is about a message
	case Edit:
		what.text = fmt.Sprintf("%d to %d, %d, put better %d", said.from.number, said.to.number, said.number, len(said.edits))
		said.edits = append(said.edits, what)
		if w.plan.Defect == DropChange {
			d.answered(node.Answer{ID: id})
			return
		}
		d.running.EditMessage(w.ctx, id, message.Conversation, message.Hash, what.text)
	case Delete:
		said.deletions = append(said.deletions, what)
		if w.plan.Defect == DropChange {
			d.answered(node.Answer{ID: id})
			return
		}
		d.running.DeleteMessage(w.ctx, id, *message, true)
	case Hide:
		said.hidden[d] = append(said.hidden[d], what)
		d.running.DeleteMessage(w.ctx, id, *message, false)
	case React:
		put := journal.Reaction{Target: message.Hash, Emoji: emoji[int(one.b>>16)%len(emoji)], Remove: one.a>>8%4 == 0}
		if !put.Remove {
			what.text = put.Emoji
		}
		by := reaction{by: d, emoji: put.Emoji}
		said.reactions[by] = append(said.reactions[by], what)
		d.running.React(w.ctx, id, message.Conversation, put)
	}
}

// merged is a vector that covers both.
func merged(a, b journal.Vector) journal.Vector {
	both := a.Clone()
	both.Merge(b)
	return both
}

// read reads all that is there.
func (d *device) read(other *device) {
	w, conversation := d.world, d.conversation(other)
	messages, err := d.timeline(other)
	if err != nil || len(messages) == 0 {
		return
	}
	vector, err := d.store.ReadVectorAt(w.ctx, conversation, messages[len(messages)-1].Order)
	if err != nil {
		return
	}
	d.seen[conversation] = merged(d.seen[conversation], vector)
	if !d.hides {
		d.told[conversation] = merged(d.told[conversation], vector)
	}
	var read []*saying
	for i := range messages {
		if said := w.of(&messages[i]); said != nil && !messages[i].Mine {
			read = append(read, said)
			if said.read.IsZero() {
				said.read = w.now
			}
		}
	}
	d.running.MarkRead(w.ctx, d.ask(func(answer node.Answer) {
		if answer.Err != nil {
			return
		}
		d.marked[conversation] = merged(d.marked[conversation], vector)
		for _, said := range read {
			said.readKept = true
		}
	}), conversation, vector)
}

// receipts has others learn what the person reads, or not.
func (d *device) receipts(on bool) {
	if on {
		d.hides = false
		for conversation, vector := range d.seen {
			d.told[conversation] = merged(d.told[conversation], vector)
		}
	}
	d.choices++
	choice := d.choices
	d.running.SetPrivacy(d.world.ctx, d.ask(func(answer node.Answer) {
		if answer.Err == nil {
			d.world.report.Changes++
			d.hides = !on && d.choices == choice
		}
	}), node.Privacy{HideReads: !on, HidePresence: d.choices%3 == 0, HideTyping: d.choices%2 == 0, Route: node.RouteAny})
}

// longestLook bounds how long a conversation stays on the screen.
const longestLook = 5 * time.Minute

// look puts a conversation on the screen, or none, and writes in it.
func (d *device) look(other *device, there bool) {
	if d.running == nil {
		return
	}
	defer d.touch()
	if !there {
		d.running.Focus(d.world.ctx, d.ask(nil), uuid.Nil)
		return
	}
	d.running.Focus(d.world.ctx, d.ask(nil), d.conversation(other))
	d.running.Typing(d.world.ctx, d.ask(nil), d.conversation(other))
}
