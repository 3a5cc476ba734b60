package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// noticesSetting is the name under which the store keeps them.
const noticesSetting = "notices"

// mostDismissed is how many notices of one conversation are remembered as
// dismissed; the oldest is forgotten first.
const mostDismissed = 32

// Notice is something that a person should know: in a Conversation of the logs
// of two people, in State of the folder that this app runs in.
type Notice struct {
	// ID is for DismissNotice; "" for one that stays as long as its cause does.
	ID      string            `json:"id"`
	Code    string            `json:"code"`
	Message string            `json:"message"` // an English sentence
	Params  map[string]string `json:"params"`  // fill a translated one
}

// notices are what outlives a restart: what the device would not find again,
// and what was dismissed.
type notices struct {
	Salvaged  *keptSalvage              `json:"salvaged,omitempty"`  // until it is dismissed; never changed
	Copied    string                    `json:"copied,omitempty"`    // when the files were found to be a copy, until that is dismissed
	Copies    map[uuid.UUID]keptCopies  `json:"copies,omitempty"`    // by conversation, until it is dismissed
	Muted     map[uuid.UUID]time.Time   `json:"muted,omitempty"`     // by conversation: since when, until that is taken back
	Silent    map[uuid.UUID]bool        `json:"silent,omitempty"`    // conversations that nothing is told of outside of the window
	Dismissed map[uuid.UUID][]dismissal `json:"dismissed,omitempty"` // by conversation, the oldest first
}

// keptCopies says that copies of one install were writing.
type keptCopies struct {
	Own   bool   `json:"own"`
	Which string `json:"which"` // as in node.Doubt
}

type dismissal string

func idOf(doubt node.Doubt) dismissal { return dismissal(doubt.What.Code + "/" + doubt.Which) }

func (k keptCopies) doubt(name string) node.Doubt {
	return node.Doubt{What: node.Copies(k.Own, name), Which: k.Which}
}

func (n notices) clone() notices {
	copied := notices{Salvaged: n.Salvaged, Copied: n.Copied, Copies: maps.Clone(n.Copies), Muted: maps.Clone(n.Muted), Silent: maps.Clone(n.Silent), Dismissed: make(map[uuid.UUID][]dismissal, len(n.Dismissed))}
	for id, list := range n.Dismissed {
		copied.Dismissed[id] = slices.Clone(list)
	}
	if copied.Copies == nil {
		copied.Copies = map[uuid.UUID]keptCopies{}
	}
	if copied.Silent == nil {
		copied.Silent = map[uuid.UUID]bool{}
	}
	if copied.Muted == nil {
		copied.Muted = map[uuid.UUID]time.Time{}
	}
	return copied
}

// keep remembers doubts that the device would not find again, and tells whether
// there are new ones.
func (n *notices) keep(conversation uuid.UUID, doubts []node.Doubt) bool {
	news := false
	for _, doubt := range doubts {
		own := doubt.What.Code == "copies-own"
		now := keptCopies{Own: own, Which: doubt.Which}
		if !own && doubt.What.Code != "copies" || n.Copies[conversation] == now || slices.Contains(n.Dismissed[conversation], idOf(doubt)) {
			continue
		}
		n.Copies[conversation], news = now, true
	}
	return news
}

// dismiss takes away a doubt and those that say the same, and tells whether it
// was there.
func (n *notices) dismiss(conversation uuid.UUID, id dismissal, doubts []node.Doubt) bool {
	at := slices.IndexFunc(doubts, func(doubt node.Doubt) bool { return idOf(doubt) == id })
	if at < 0 {
		return false
	}
	list := n.Dismissed[conversation]
	for _, doubt := range doubts {
		if doubt.What.Code == doubts[at].What.Code && !slices.Contains(list, idOf(doubt)) {
			list = append(list, idOf(doubt))
		}
	}
	n.Dismissed[conversation] = list[max(0, len(list)-mostDismissed):]
	if held, kept := n.Copies[conversation]; kept && slices.Contains(list, idOf(held.doubt(""))) {
		delete(n.Copies, conversation)
	}
	return true
}

// doubts returns what is to be told of a conversation, the gravest first.
// a.mutex is held.
func (a *App) doubts(conversation uuid.UUID) []node.Doubt {
	live := a.live[conversation]
	all := slices.Clone(live.Doubts)
	if kept, is := a.notices.Copies[conversation]; is {
		again := kept.doubt(live.Contact.Name)
		if !slices.ContainsFunc(all, func(doubt node.Doubt) bool { return idOf(doubt) == idOf(again) }) {
			all = append(all, again)
		}
	}
	dismissed := a.notices.Dismissed[conversation]
	return slices.DeleteFunc(all, func(doubt node.Doubt) bool { return slices.Contains(dismissed, idOf(doubt)) })
}

// noticeOf returns what a person should know of a conversation, nil if nothing.
func (a *App) noticeOf(conversation uuid.UUID, name string) *Notice {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if trouble := a.live[conversation].Trouble; trouble != nil {
		return noticeFrom(trouble, "")
	}
	if !a.mutedSince(conversation).IsZero() {
		return noticeFrom(flooded(name), "")
	}
	doubts := a.doubts(conversation)
	if len(doubts) == 0 {
		return nil
	}
	first := doubts[0]
	if kept, is := a.notices.Copies[conversation]; is && idOf(kept.doubt(name)) == idOf(first) {
		first = kept.doubt(name) // by the name that they have now
	}
	return noticeFrom(first.What, idOf(first))
}

func noticeFrom(what *node.Refusal, id dismissal) *Notice {
	plain := AsError(what)
	return &Notice{ID: string(id), Code: plain.Code, Message: plain.Message, Params: plain.Params}
}

// installNotice says that the history was repaired, or that the files are a copy;
// nil if neither.
func (a *App) installNotice() *Notice {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.notices.Salvaged != nil {
		return a.notices.Salvaged.notice()
	}
	if a.notices.Copied == "" {
		return nil
	}
	return &Notice{
		ID: a.notices.Copied, Code: "copied", Params: map[string]string{"time": a.notices.Copied},
		Message: "These files are a copy: they were moved, or restored from a backup. What is missing here comes back from your contacts, as far as they have it. If the other copy is still used, stop using one of the two.",
	}
}

// DismissNotice takes away a notice of a conversation, or with "" that of this
// install, for good: it comes back only when the same happens again. One that
// is not there (any more) is no error. Errors: no-conversation, disk-full,
// read-only.
func (a *API) DismissNotice(conversation, id string) error {
	_, err := do(a, "DismissNotice", func(ctx context.Context, app *App) (nothing, error) {
		if conversation == "" {
			gone, err := app.changeNotices(ctx, func(n *notices) bool {
				switch {
				case n.Salvaged != nil && n.Salvaged.When == id:
					n.Salvaged = nil
				case n.Copied != "" && n.Copied == id:
					n.Copied = ""
				default:
					return false
				}
				return true
			})
			if gone {
				next := app.installNotice()
				if next == nil {
					next = &Notice{Params: map[string]string{}}
				}
				app.changes.publish(Changes{Notice: next})
			}
			return nothing{}, err
		}
		which, err := parseConversation(conversation)
		if err != nil {
			return nothing{}, err
		}
		app.mutex.Lock()
		doubts := app.doubts(which)
		app.mutex.Unlock()
		gone, err := app.changeNotices(ctx, func(n *notices) bool { return n.dismiss(which, dismissal(id), doubts) })
		if gone {
			app.changes.mark(func(w *waiting) { w.rows[which] = true })
		}
		return nothing{}, err
	})
	return err
}

// changeNotices changes what is kept, unless the change says that it is nothing
// or it cannot be kept.
func (a *App) changeNotices(ctx context.Context, change func(*notices) bool) (changed bool, err error) {
	a.noticing.Lock()
	defer a.noticing.Unlock()
	a.mutex.Lock()
	next := a.notices.clone()
	a.mutex.Unlock()
	if !change(&next) {
		return false, nil
	}
	text, err := json.Marshal(next)
	if err != nil {
		return false, err
	}
	if err = a.config.Store.SaveSetting(ctx, noticesSetting, string(text)); err != nil {
		return false, err
	}
	a.mutex.Lock()
	a.notices = next
	a.mutex.Unlock()
	return true, nil
}

// keepNotices keeps what the device told and would not find again.
func (a *App) keepNotices(ctx context.Context) {
	a.mutex.Lock()
	told, muted := make(map[uuid.UUID][]node.Doubt), make(map[uuid.UUID]time.Time)
	for id, live := range a.live {
		if len(live.Doubts) > 0 {
			told[id] = live.Doubts
		}
		if !live.Muted.IsZero() {
			muted[id] = live.Muted
		}
	}
	a.mutex.Unlock()
	if _, err := a.changeNotices(ctx, func(n *notices) bool {
		news := n.keepMutes(muted)
		for id, doubts := range told {
			news = n.keep(id, doubts) || news
		}
		return news
	}); err != nil && !errors.Is(err, node.ErrReadOnly) {
		a.complain(ctx, "a notice is not kept", err)
	}
}

// noteCopy keeps that the files were found to be a copy: the device sets that
// right, and the next start finds nothing.
func (a *App) noteCopy(ctx context.Context, snapshot node.Snapshot) {
	a.mutex.Lock()
	replaced := a.replaced // a repair is told in other words
	a.replaced = false
	a.mutex.Unlock()
	if !snapshot.Copied || snapshot.Self.Created.IsZero() || replaced {
		return
	}
	if _, err := a.changeNotices(ctx, func(n *notices) bool {
		n.Copied = moment(a.now())
		return true
	}); err != nil {
		a.complain(ctx, "that the files are a copy is not kept", err)
	}
}

// readNotices returns what is kept; nothing if that cannot be read.
func (a *App) readNotices(ctx context.Context) notices {
	var kept notices
	text, err := a.config.Store.Setting(ctx, noticesSetting)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &kept)
	}
	if err != nil {
		a.logger.WarnContext(ctx, "the notices cannot be read", slog.Any("error", err))
		return notices{}.clone()
	}
	return kept.clone()
}
