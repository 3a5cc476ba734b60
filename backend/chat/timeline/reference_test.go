package timeline_test

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
)

// outcome is what the rules say about a set of entries.
type outcome struct {
	messages []timeline.Message
	profiles []timeline.Profile
	timer    time.Duration
	erase    map[journal.Hash]int
}

// reference goes by the rules in the plainest way: it has all entries, sorts
// them, and looks through all of them for each message.
func reference(entries []timeline.Entry) outcome {
	result := outcome{messages: []timeline.Message{}, profiles: []timeline.Profile{}, erase: make(map[journal.Hash]int)}
	full, bare := make(map[journal.Hash]timeline.Entry), make(map[journal.Hash]timeline.Entry)
	for _, entry := range entries {
		if entry.Erased() {
			bare[entry.Hash()] = entry
		} else {
			full[entry.Hash()] = entry
		}
	}
	sorted := slices.SortedFunc(maps.Values(full), func(a, b timeline.Entry) int { return a.Order.Compare(b.Order) })
	profiles := make(map[identity.PeerID]timeline.Profile)
	for _, entry := range sorted {
		if profile, err := entry.Profile(); err == nil {
			profiles[entry.Author] = timeline.Profile{Author: entry.Author, Name: profile.Name, Color: int(profile.Color), About: profile.About, Entry: entry.Hash()}
		}
		if stay, err := entry.Timer(); err == nil {
			result.timer = stay
		}
	}
	for _, profile := range profiles {
		result.profiles = append(result.profiles, profile)
	}
	slices.SortFunc(result.profiles, func(a, b timeline.Profile) int { return bytes.Compare(a.Author[:], b.Author[:]) })

	texts := maps.Clone(full)
	maps.Copy(texts, bare)
	for hash, entry := range texts {
		if entry.Kind != kindText {
			continue
		}
		held, there := full[hash]
		_, gone := bare[hash]
		message, erase, shown := referenceMessage(entry, sorted, gone)
		if message.Deleted || message.Erased {
			if there {
				erase = append(erase, hash)
			}
			for _, one := range erase {
				result.erase[one]++
			}
		} else {
			content, err := held.Message()
			shown = shown && err == nil
			if message.Edits == 0 {
				message.Text = content.Text
			}
			message.Reply, message.Timer = content.Reply, content.Timer
		}
		if shown {
			result.messages = append(result.messages, message)
		}
	}
	slices.SortFunc(result.messages, func(a, b timeline.Message) int { return a.Order.Compare(b.Order) })
	return result
}

// referenceMessage returns a message by what all others say about it, and the
// edits whose bodies have to go if it is gone.
func referenceMessage(of timeline.Entry, sorted []timeline.Entry, gone bool) (message timeline.Message, edits []journal.Hash, shown bool) {
	message = timeline.Message{Hash: of.Hash(), Order: of.Order, Author: of.Author, Times: timeline.TimesOf(of.Claimed, of.Arrived)}
	type vote struct {
		author identity.PeerID
		emoji  string
	}
	var votes []vote
	for _, entry := range sorted {
		if target, err := entry.Delete(); err == nil && target == of.Hash() && entry.Author == of.Author {
			message.Deleted = true
		}
		if edit, err := entry.Edit(); err == nil && edit.Target == of.Hash() && entry.Author == of.Author {
			message.Text, message.Edited = edit.Text, timeline.TimesOf(entry.Claimed, entry.Arrived)
			message.Edits++
			edits = append(edits, entry.Hash())
		}
		if reaction, err := entry.Reaction(); err == nil && reaction.Target == of.Hash() {
			votes = slices.DeleteFunc(votes, func(old vote) bool {
				return old.author == entry.Author && journal.PlainEmoji(old.emoji) == journal.PlainEmoji(reaction.Emoji)
			})
			if !reaction.Remove {
				votes = append(votes, vote{entry.Author, reaction.Emoji})
			}
		}
	}
	message.Erased = gone && !message.Deleted
	if message.Deleted || gone {
		message.Text, message.Edits, message.Edited = "", 0, timeline.Times{}
		return message, edits, true
	}
	for _, one := range votes {
		at := slices.IndexFunc(message.Reactions, func(group timeline.Reaction) bool {
			return journal.PlainEmoji(group.Emoji) == journal.PlainEmoji(one.emoji)
		})
		if at < 0 {
			at = len(message.Reactions)
			message.Reactions = append(message.Reactions, timeline.Reaction{Emoji: one.emoji})
		}
		message.Reactions[at].Authors = append(message.Reactions[at].Authors, one.author)
	}
	return message, edits, true
}
