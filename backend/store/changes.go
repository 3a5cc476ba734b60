package store

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat/timeline"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// What entries.shown says.
const (
	shownNot     = 0 // not in the timeline
	shownWhole   = 1 // a message
	shownDeleted = 2 // one that its author took back: its place is in the timeline, and counts nowhere
	shownGone    = 3 // gone from this device alone
)

// takeIn brings what an entry says, that was just put into its row, into the
// timeline and the projections.
func (t *transaction) takeIn(conversation *keptConversation, w node.AppendEntry, row int64) error {
	switch w.Entry.Kind {
	case wire.EntryKind_ENTRY_KIND_TEXT:
		return t.takeText(conversation, w, row)
	case wire.EntryKind_ENTRY_KIND_TIMER:
		var err error
		if stay, unreadable := w.Entry.Timer(); unreadable == nil {
			_, err = t.exec(`UPDATE conversations SET timer = ?1, timer_place = ?2 WHERE number = ?3 AND (timer_place IS NULL OR timer_place < ?2)`,
				int64(stay.Seconds()), w.Order[:], conversation.number)
		}
		return err
	default:
		part, readable := timeline.PartOf(w.Entry, w.Order, w.Author, w.Arrived)
		if !readable {
			return nil
		}
		return t.takePart(conversation, &part, row)
	}
}

// takeText notes the timer of a message, and does what was waiting for it.
func (t *transaction) takeText(conversation *keptConversation, w node.AppendEntry, row int64) error {
	hash := w.Entry.Hash()
	message, err := w.Entry.Message()
	if err == nil && message.Timer > 0 {
		if _, err = t.exec(`INSERT INTO timers (entry, stay, expires) VALUES (?, ?, 0)`, row, int64(message.Timer.Seconds())); err != nil {
			return err
		}
	}
	values := make([]driver.Value, 1)
	deleted, err := t.row(`SELECT 1 FROM changes c CROSS JOIN logs l ON l.number = c.entry >> 36 WHERE c.target = ? AND c.kind = ? AND l.author = ? AND l.conversation = ?`,
		values, hash[:], int64(wire.EntryKind_ENTRY_KIND_DELETE), w.Author[:], conversation.number)
	if err != nil || !deleted && !w.Entry.Erased() {
		return err
	}
	target, err := t.target(hash)
	if err != nil || target == nil {
		return err
	}
	if !deleted {
		return t.wipe(target, shownNot)
	}
	return t.wipe(target, shownDeleted)
}

// keptTarget is the entry that another one is about.
type keptTarget struct {
	row    int64
	hash   journal.Hash
	shown  int64
	erased bool
	mine   bool
	text   bool // of kind TEXT
	author identity.PeerID
	order  journal.Order
	// conversation is the number of its row, and its id.
	conversation int64
	id           uuid.UUID
	log          journal.Log
	sequence     uint64
}

// target finds an entry by its name, nil when it is not there.
func (t *transaction) target(hash journal.Hash) (*keptTarget, error) {
	values := make([]driver.Value, 11)
	found, err := t.row(`SELECT e.id, e.shown, e.body IS NULL, l.mine, l.author, l.device, l.epoch, e.effective, e.header, v.number, v.id`+byName, values, hash[:8], hash[:])
	if err != nil || !found {
		return nil, err
	}
	target := &keptTarget{hash: hash}
	target.row, target.shown, target.erased, target.mine = integer(values[0]), integer(values[1]), integer(values[2]) != 0, integer(values[3]) != 0
	target.log.Epoch = uint32(integer(values[6]))
	target.sequence = uint64(target.row & sequenceMask)
	target.conversation = integer(values[9])
	if err = fixedAll(target.author[:], bytesOf(values[4]), target.log.Device[:], bytesOf(values[5]), target.id[:], bytesOf(values[10])); err != nil {
		return nil, err
	}
	target.order = journal.OrderOf(uint64(integer(values[7])), target.log, target.sequence)
	target.text = target.shown != shownNot
	if !target.text {
		header := &wire.EntryHeader{}
		if err = wire.DecodeCanonical(bytesOf(values[8]), journal.MaxHeader, header); err != nil {
			return nil, damaged(err)
		}
		target.text = header.GetKind() == wire.EntryKind_ENTRY_KIND_TEXT
	}
	return target, nil
}

func integer(value driver.Value) int64 {
	number, _ := value.(int64)
	return number
}

func bytesOf(value driver.Value) []byte {
	data, _ := value.([]byte)
	return data
}

// takePart takes an edit, deletion or reaction. What is about a message that
// is not there waits in the index; what can never count is left out of it.
func (t *transaction) takePart(conversation *keptConversation, part *timeline.Part, row int64) error {
	target, err := t.target(part.Target)
	if err != nil {
		return err
	}
	if target != nil {
		own := target.author == part.Author
		switch {
		case target.conversation != conversation.number || !target.text || !own && part.Kind != wire.EntryKind_ENTRY_KIND_REACTION:
			return nil
		case part.Kind == wire.EntryKind_ENTRY_KIND_DELETE:
			return t.wipe(target, shownDeleted)
		case target.shown == shownGone && target.mine && part.Kind == wire.EntryKind_ENTRY_KIND_EDIT:
			// It was written while the message went: it has to arrive.
			if err = t.noteChange(conversation, part, row); err != nil {
				return err
			}
			return t.leave(target)
		case target.erased || target.shown == shownGone && !target.mine:
			if part.Kind == wire.EntryKind_ENTRY_KIND_EDIT {
				return t.erase(row)
			}
			return nil
		}
	}
	if err = t.noteChange(conversation, part, row); err != nil || target == nil || part.Kind != wire.EntryKind_ENTRY_KIND_EDIT {
		return err
	}
	return t.findEdited(target.row)
}

// noteChange puts a part into the index of what is about a message.
func (t *transaction) noteChange(conversation *keptConversation, part *timeline.Part, row int64) error {
	if _, err := t.exec(`INSERT INTO changes (target, entry, kind) VALUES (?, ?, ?)`, part.Target[:], row, int64(part.Kind)); err != nil {
		return err
	}
	return t.trim(conversation, part)
}

// trim leaves of what one author says about one message in one kind only the
// last by order, and erases edits that do not count any more.
func (t *transaction) trim(conversation *keptConversation, part *timeline.Part) error {
	type one struct {
		row   int64
		order journal.Order
	}
	var all []one
	err := t.rows(`SELECT c.entry, l.device, l.epoch, e.effective
		FROM changes c CROSS JOIN entries e ON e.id = c.entry CROSS JOIN logs l ON l.number = c.entry >> 36 WHERE c.target = ? AND c.kind = ? AND l.author = ? AND l.conversation = ?`,
		4, func(values []driver.Value) error {
			row, log := integer(values[0]), journal.Log{Epoch: uint32(integer(values[2]))}
			err := fixed(log.Device[:], bytesOf(values[1]))
			all = append(all, one{row: row, order: journal.OrderOf(uint64(integer(values[3])), log, uint64(row&sequenceMask))})
			return err
		}, part.Target[:], int64(part.Kind), part.Author[:], conversation.number)
	if err != nil || len(all) <= timeline.Most(part.Kind) {
		return err
	}
	slices.SortFunc(all, func(a, b one) int { return a.order.Compare(b.order) })
	for _, over := range all[:len(all)-timeline.Most(part.Kind)] {
		if _, err = t.exec(`DELETE FROM changes WHERE target = ? AND entry = ?`, part.Target[:], over.row); err != nil {
			return err
		}
		if part.Kind == wire.EntryKind_ENTRY_KIND_EDIT {
			if err = t.erase(over.row); err != nil {
				return err
			}
		}
	}
	return nil
}

// foldOld looks into entries that a version before this one kept without
// knowing what they say.
func (t *transaction) foldOld() error {
	var old []int64
	err := t.rows(`SELECT entry FROM unfolded ORDER BY entry`, 1, func(values []driver.Value) error {
		old = append(old, integer(values[0]))
		return nil
	})
	if err != nil || len(old) == 0 {
		return err
	}
	for _, row := range old {
		if err = t.foldRow(row); err != nil {
			return err
		}
	}
	_, err = t.exec(`DELETE FROM unfolded`)
	return err
}

func (t *transaction) foldRow(row int64) error {
	values := make([]driver.Value, 9)
	found, err := t.row(`SELECT e.header, e.signature, e.salt, e.body, e.effective, e.arrived, l.author, l.mine, v.id FROM entries e`+ofEntry+` WHERE e.id = ?`, values, row)
	if err != nil || !found {
		return err
	}
	entry, err := journal.Restore(&wire.Entry{Header: bytesOf(values[0]), Signature: bytesOf(values[1]), Salt: bytesOf(values[2]), Body: bytesOf(values[3])})
	if err != nil {
		return fmt.Errorf("%w: %w", node.ErrDamaged, err)
	}
	write := node.AppendEntry{Entry: entry, Arrived: moment(integer(values[5])), Mine: integer(values[7]) != 0}
	if err = fixed(write.Author[:], bytesOf(values[6])); err != nil {
		return err
	}
	write.Order = journal.OrderOf(uint64(integer(values[4])), entry.Log, entry.Sequence)
	conversation, err := t.conversation(entry.Conversation)
	if err == nil && conversation == nil {
		err = errors.New("store: an entry without a conversation")
	}
	if err != nil {
		return err
	}
	return t.takeIn(conversation, write, row)
}
