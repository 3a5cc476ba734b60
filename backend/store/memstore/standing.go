package memstore

import (
	"slices"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// clearConversation erases the messages of a conversation with what was said about them.
func (d *Disk) clearConversation(w node.ClearConversation) {
	v := d.content.conversations[w.Conversation]
	if v == nil {
		return
	}
	var waiting []*entry
	for _, kept := range v.logs {
		for _, one := range kept.entries {
			switch {
			case w.All || !one.Mine || v.holds(one):
				d.clearEntry(one, w.All)
			case one.shown == whole && !one.Entry.Erased():
				d.leave(v, one)
			case one.Entry.Kind == wire.EntryKind_ENTRY_KIND_EDIT:
				waiting = append(waiting, one)
			}
		}
	}
	for _, one := range v.timeline {
		set(d, &one.shown, gone)
	}
	set(d, &v.timeline, nil)
	for _, edit := range waiting {
		for hash, about := range d.content.changes {
			if target := d.content.entries[hash]; slices.Contains(about, edit) && target != nil && target.Mine && target.Entry.Kind == wire.EntryKind_ENTRY_KIND_TEXT {
				d.leave(v, target)
			}
		}
	}
	set(d, &v.steps, nil)
	if w.All || w.Draft {
		set(d, &v.draft, "")
	}
}

// clearEntry erases what an entry says, if it is a message or about one, or in any case.
func (d *Disk) clearEntry(one *entry, anyKind bool) {
	kind, noted := one.Entry.Kind, false
	for hash, about := range d.content.changes {
		if slices.Contains(about, one) && (anyKind || kind == wire.EntryKind_ENTRY_KIND_EDIT || kind == wire.EntryKind_ENTRY_KIND_REACTION) {
			noted = true
			left := slices.DeleteFunc(slices.Clone(about), func(other *entry) bool { return other == one })
			put(d, d.content.changes, hash, left)
		}
	}
	drop(d, d.content.timers, one.Entry.Hash())
	if anyKind || noted || one.shown != notShown {
		d.erase(one)
	}
}
