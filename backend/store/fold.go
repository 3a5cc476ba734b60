package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	// quotedMessages finds the messages that others answer, by a JSON list of names.
	quotedMessages = `SELECT ` + messageColumns + ` FROM json_each(?) j CROSS JOIN entries e INDEXED BY entries_name ON substr(e.hash, 1, 8) = substr(unhex(j.value), 1, 8)
		AND e.hash = unhex(j.value)` + ofEntry + ` WHERE e.shown IN (1, 2)`
	// aboutMessages finds what is about messages, likewise.
	aboutMessages = `SELECT c.target, c.kind, e.claimed, e.arrived, e.effective, e.id & ` + sequenceDigits + `, e.hash, e.body, l.device, l.epoch, l.author, l.mine, v.id
		FROM json_each(?) j CROSS JOIN changes c ON c.target = unhex(j.value) CROSS JOIN entries e ON e.id = c.entry` + ofEntry
)

// fold brings messages, as their own entries say them, to how they stand.
func (s *Store) fold(ctx context.Context, messages []node.Message) error {
	names := make(map[journal.Hash]bool, len(messages))
	answered := make(map[journal.Hash]bool)
	for i := range messages {
		names[messages[i].Hash] = true
		if messages[i].Reply != nil {
			answered[messages[i].Reply.Message] = true
		}
	}
	quoted := make(map[journal.Hash]*node.Message)
	if len(answered) > 0 {
		list, err := s.named(ctx, answered)
		if err != nil {
			return err
		}
		for i := range list {
			quoted[list[i].Hash] = &list[i]
			names[list[i].Hash] = true
		}
	}
	about, err := s.about(ctx, names)
	if err != nil {
		return err
	}
	for _, one := range quoted {
		Fold(one, about.parts[of(one)], about.mine)
	}
	for i := range messages {
		Fold(&messages[i], about.parts[of(&messages[i])], about.mine)
		if reply := messages[i].Reply; reply != nil {
			Quote(reply, quoted[reply.Message], messages[i].Conversation)
		}
	}
	return nil
}

// Fold brings a message to how it stands after what is about it. mine are the
// authors who are this person.
func Fold(message *node.Message, about []timeline.Part, mine map[identity.PeerID]bool) {
	if message.Deleted || len(about) == 0 {
		return
	}
	folded := timeline.Fold(timeline.Base{
		Hash: message.Hash, Order: message.Order, Author: message.Author, Claimed: message.Claimed, Arrived: message.Arrived,
		Content: journal.Message{Text: message.Text},
	}, about)
	message.Text = folded.Text
	message.Edited = folded.Edited.Shown
	for _, reaction := range folded.Reactions {
		message.Reactions = append(message.Reactions, node.Reaction{
			Emoji: reaction.Emoji, Authors: reaction.Authors,
			Mine: slices.ContainsFunc(reaction.Authors, func(author identity.PeerID) bool { return mine[author] }),
		})
	}
}

// Quote fills in what is shown of an answered message; nil when it is not here.
func Quote(reply *node.Reply, answered *node.Message, conversation uuid.UUID) {
	if answered == nil || answered.Conversation != conversation {
		return
	}
	reply.Here, reply.Deleted, reply.Mine, reply.Author = true, answered.Deleted, answered.Mine, answered.Author
	reply.Text = beginning(answered.Text)
}

// beginning returns the first characters of a text.
func beginning(text string) string {
	count := 0
	for i := range text {
		if count == node.ReplyText {
			return text[:i]
		}
		count++
	}
	return text
}

// place is a message: what is about it is of the same conversation.
type place struct {
	conversation uuid.UUID
	message      journal.Hash
}

func of(message *node.Message) place { return place{message.Conversation, message.Hash} }

// aboutThem is what is about some messages.
type aboutThem struct {
	parts map[place][]timeline.Part
	mine  map[identity.PeerID]bool // authors, those who are this person
}

// named reads messages by name, as their own entries say them.
func (s *Store) named(ctx context.Context, names map[journal.Hash]bool) ([]node.Message, error) {
	list, err := listOf(names)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s, scanMessage, quotedMessages, list)
}

// about reads what is about messages.
func (s *Store) about(ctx context.Context, names map[journal.Hash]bool) (aboutThem, error) {
	about := aboutThem{parts: map[place][]timeline.Part{}, mine: map[identity.PeerID]bool{}}
	list, err := listOf(names)
	if err != nil || len(names) == 0 {
		return about, err
	}
	_, err = collect(ctx, s, func(rows *sql.Rows) (struct{}, error) {
		part, conversation, mine, failure := scanPart(rows)
		if failure == nil && part.Target != (journal.Hash{}) {
			of := place{conversation, part.Target}
			about.parts[of] = append(about.parts[of], part)
			about.mine[part.Author] = mine
		}
		return struct{}{}, failure
	}, aboutMessages, list)
	return about, err
}

// scanPart reads one. Its target is zero when it was erased meanwhile.
func scanPart(rows *sql.Rows) (part timeline.Part, conversation uuid.UUID, mine bool, err error) {
	var target, hash, body, device, author, name sql.RawBytes
	var kind, claimed, arrived int64
	var effective, sequence uint64
	var log journal.Log
	if err = rows.Scan(&target, &kind, &claimed, &arrived, &effective, &sequence, &hash, &body, &device, &log.Epoch, &author, &mine, &name); err != nil {
		return timeline.Part{}, conversation, false, err
	}
	part, readable := timeline.ReadPart(wire.EntryKind(kind), body)
	if !readable {
		return timeline.Part{}, conversation, false, nil
	}
	part.Claimed, part.Arrived = momentOf(claimed), moment(arrived)
	err = fixedAll(log.Device[:], device, part.Hash[:], hash, part.Author[:], author, conversation[:], name)
	part.Order = journal.OrderOf(effective, log, sequence)
	return part, conversation, mine, err
}

// listOf writes names as the queries take them.
func listOf(names map[journal.Hash]bool) (string, error) {
	list := make([]string, 0, len(names))
	for name := range names {
		list = append(list, hex.EncodeToString(name[:]))
	}
	text, err := json.Marshal(list)
	return string(text), err
}
