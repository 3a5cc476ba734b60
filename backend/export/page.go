package export

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

const pageStyle = `:root{color-scheme:light dark}body{margin:0 auto;max-width:44rem;padding:2rem 1rem;font:15px/1.45 system-ui,sans-serif;background:#f6f8f7;color:#1c2526}
h1{font-size:1.4rem;margin:0 0 .25rem}header p{margin:.15rem 0;color:#4b5a5c;overflow-wrap:anywhere}header img{width:48px;height:48px;border-radius:50%;margin-right:.5rem}
h2{font-size:.8rem;text-align:center;color:#4b5a5c;font-weight:500;margin:1.5rem 0 .5rem}
article{max-width:80%;margin:.25rem 0;padding:.5rem .75rem;border-radius:.75rem;background:#fff;border:1px solid #d5dcda;width:fit-content}
article.me{margin-left:auto;background:#fdf3da;border-color:#e6cf93}article b{font-size:.8rem}article p{margin:.1rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
article small{color:#4b5a5c;font-size:.75rem}.gone{font-style:italic;color:#4b5a5c}
@media(prefers-color-scheme:dark){body{background:#101415;color:#e6ecec}header p,h2,article small,.gone{color:#9fb0b2}article{background:#1a2022;border-color:#333d40}article.me{background:#3a3014;border-color:#5d4d20}a{color:#f3b430}}
`

// pageHead takes the language, the hash of the style, the title, and the style.
// Nothing is loaded, run, sent or framed: what somebody wrote is text.
const pageHead = `<!doctype html>
<html lang="%s"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width"><title>%s</title>
<style>%s</style></head><body>
`

// folding is what has to be known before the first message can be shown.
type folding struct {
	parts    map[journal.Hash][]timeline.Part
	profiles map[identity.PeerID]placed
	count    int
}

type placed struct {
	order   journal.Order
	profile journal.Profile
}

func newFolding() *folding {
	return &folding{parts: map[journal.Hash][]timeline.Part{}, profiles: map[identity.PeerID]placed{}}
}

// take notes what an entry says about others.
func (f *folding) take(one record) error {
	if one.entry.Kind == wire.EntryKind_ENTRY_KIND_PROFILE {
		if profile, err := one.entry.Profile(); err == nil && f.profiles[one.author].order.Compare(one.order) < 0 {
			f.profiles[one.author] = placed{order: one.order, profile: profile}
		}
	}
	part, about := timeline.PartOf(one.entry, one.order, one.author, time.Time{})
	if !about {
		return nil
	}
	if f.count++; f.count > maxParts {
		return falsehood("there are too many edits and reactions")
	}
	f.parts[part.Target] = append(f.parts[part.Target], part)
	return nil
}

// page writes the page while the entries are given again, in order.
type page struct {
	to      io.Writer
	people  *people
	folding *folding
	words   words
	day     string
	err     error
}

func (p *page) print(format string, arguments ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.to, format, arguments...)
	}
}

// safe is a text as it may stand in the page.
func safe(text string) string { return html.EscapeString(text) }

// isolated is a name as it may stand among words of another direction.
func isolated(name string) string { return "<bdi>" + safe(name) + "</bdi>" }

func (p *page) begin() {
	head := p.people.head
	sum := sha256.Sum256([]byte(pageStyle))
	p.words = wordsOf(head.Language)
	p.print(pageHead, p.words.language, base64.StdEncoding.EncodeToString(sum[:]), fmt.Sprintf(p.words.both, safe(head.Me.Name), safe(head.Them.Name)), pageStyle)
	p.print("<header>")
	for _, peer := range []identity.PeerID{p.people.me, p.people.them} {
		picture := p.folding.profiles[peer].profile.Picture
		if strings.HasPrefix(string(picture), "\xff\xd8\xff") { // JPEG, the only kind there is
			p.print(`<img alt="" src="data:image/jpeg;base64,%s">`, encode64(picture))
		}
	}
	p.print("<h1>"+p.words.both+"</h1>\n", isolated(head.Me.Name), isolated(head.Them.Name))
	for _, one := range []Person{head.Me, head.Them} {
		p.print("<p>"+p.words.is+"</p>\n", isolated(one.Name), safe(one.Peer))
	}
	p.print("<p>"+p.words.exported+"</p></header>\n<main>\n", isolated(head.Me.Name), safe(head.Made), safe(head.Tincan))
}

func (p *page) message(one record) {
	if one.entry.Kind != wire.EntryKind_ENTRY_KIND_TEXT {
		return
	}
	base := timeline.Base{Hash: one.entry.Hash(), Order: one.order, Author: one.author, Claimed: one.entry.Claimed, Erased: one.entry.Erased()}
	if !base.Erased {
		content, err := one.entry.Message()
		if err != nil {
			return // what cannot be read is not shown
		}
		base.Content = content
	}
	shown := timeline.Fold(base, p.folding.parts[base.Hash])
	written := shown.Order.Effective().UTC()
	if day := p.words.day(written); day != p.day {
		p.day = day
		p.print("<h2>%s</h2>\n", safe(day))
	}
	name, class := p.people.head.Them.Name, "them"
	if one.author == p.people.me {
		name, class = p.people.head.Me.Name, "me"
	}
	p.print(`<article class="%s" id="m%s"><b>%s</b>`, class, shown.Hash, isolated(name))
	switch {
	case shown.Deleted:
		p.print(`<p class="gone">%s</p>`, p.words.removed)
	case shown.Erased:
		p.print(`<p class="gone">%s</p>`, p.words.erased)
	default:
		if !shown.Reply.IsZero() {
			p.print(`<p><a href="#m%s">%s</a></p>`, shown.Reply, p.words.reply)
		}
		p.print("<p>%s</p>", isolated(shown.Text))
	}
	p.print("<small>%s", written.Format("15:04"))
	if shown.Edits > 0 {
		p.print("%s", p.words.edited)
	}
	if shown.Timer > 0 {
		p.print("%s", p.words.disappears)
	}
	for _, reaction := range shown.Reactions {
		p.print(" %s %d", safe(reaction.Emoji), len(reaction.Authors))
	}
	p.print("</small></article>\n")
}

func (p *page) end() error {
	p.print("</main></body></html>\n")
	return p.err
}
