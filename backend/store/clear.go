package store

import (
	"database/sql/driver"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// mostOneByOne is how many messages leave the search index, and how many bodies are
// looked for in the gaps of pages, one by one. Of more the indexer does the first
// afterwards, and the file is written anew instead of the second.
const mostOneByOne = 512

// toIndexer stands among the names in erasing, where it is nobody's, while the
// indexer takes out documents whose words must leave the disk as well.
var toIndexer = make([]byte, len(journal.Hash{}))

// clearing is a stretch of entries whose bodies are erased.
type clearing struct {
	from, to int64 // row ids, both included
	all      bool  // of every kind
}

// clearConversation erases the messages of a conversation with what was said about them.
func (t *transaction) clearConversation(w node.ClearConversation) error {
	conversation, err := t.conversation(w.Conversation)
	if err != nil || conversation == nil {
		return err
	}
	type log struct{ number, through int64 }
	var logs []log
	err = t.rows(`SELECT l.number, CASE WHEN l.mine = 0 OR ? THEN `+sequenceDigits+` ELSE coalesce((SELECT max(p.held) FROM positions p
		WHERE p.conversation = l.conversation AND p.device = l.device AND p.epoch = l.epoch), 0) END FROM logs l WHERE l.conversation = ?`, 2, func(values []driver.Value) error {
		logs = append(logs, log{integer(values[0]), min(integer(values[1]), sequenceMask)})
		return nil
	}, flag(w.All), conversation.number)
	if err != nil {
		return err
	}
	for _, one := range logs {
		first, last := one.number<<sequenceBits, one.number<<sequenceBits+sequenceMask
		held := first + one.through
		if err = t.clearIndex(first, last); err != nil {
			return err
		}
		if err = t.clearBodies(clearing{first, held, w.All}); err != nil {
			return err
		}
		// What has to arrive first is due when a position moves: see leave.
		if _, err = t.exec(`INSERT INTO timers (entry, stay, expires) SELECT id, 0, 0 FROM entries WHERE id > ? AND id <= ? AND shown = 1 AND body IS NOT NULL
			ON CONFLICT (entry) DO UPDATE SET stay = 0, expires = 0`, held, last); err != nil {
			return err
		}
		if _, err = t.exec(`UPDATE entries SET shown = 3 WHERE id BETWEEN ? AND ? AND shown IN (1, 2)`, first, last); err != nil {
			return err
		}
	}
	for _, one := range logs {
		if err = t.leaveEdited(one.number<<sequenceBits+one.through, one.number<<sequenceBits+sequenceMask); err != nil {
			return err
		}
	}
	queries := []string{`DELETE FROM timeline WHERE conversation = ?`, `DELETE FROM steps WHERE conversation = ?`}
	if w.All || w.Draft {
		queries = append(queries, `DELETE FROM drafts WHERE conversation = ?`)
	}
	for _, query := range queries {
		if _, err = t.exec(query, conversation.number); err != nil {
			return err
		}
	}
	return nil
}

// clearIndex takes the messages of a log out of the search index, or has the
// indexer do so. It must be called while they have their bodies.
func (t *transaction) clearIndex(first, last int64) error {
	found, err := t.numbersOf(`SELECT entry FROM search_documents WHERE entry BETWEEN ? AND ? LIMIT ?`, first, last, int64(mostOneByOne)+1)
	if err != nil {
		return err
	}
	if len(found) <= mostOneByOne {
		for _, entry := range found {
			if err = t.unindex(entry); err != nil {
				return err
			}
		}
		return nil
	}
	t.forgot, t.unknown = true, true
	if _, err = t.exec(`INSERT INTO erasing (hash) VALUES (?) ON CONFLICT DO NOTHING`, toIndexer); err != nil {
		return err
	}
	return t.leaveIndex(first >> sequenceBits)
}

// clearBodies erases what messages of a stretch say, and what is said about
// messages there.
func (t *transaction) clearBodies(where clearing) error {
	edit, reaction := int64(wire.EntryKind_ENTRY_KIND_EDIT), int64(wire.EntryKind_ENTRY_KIND_REACTION)
	const which = ` FROM entries WHERE id BETWEEN ?1 AND ?2 AND body IS NOT NULL AND (?3 OR shown > 0
		OR id IN (SELECT c.entry FROM changes c WHERE c.entry BETWEEN ?1 AND ?2 AND c.kind IN (?4, ?5)))`
	arguments := []any{where.from, where.to, flag(where.all), edit, reaction}
	found, err := t.numbersOf(`SELECT id`+which+` LIMIT ?6`, append(arguments, int64(mostOneByOne)+1)...)
	if err != nil {
		return err
	}
	if len(found) <= mostOneByOne {
		for _, entry := range found {
			if err = t.erase(entry); err != nil {
				return err
			}
		}
	} else {
		t.forgot, t.unknown = true, true
		if _, err = t.exec(`INSERT INTO erasing (hash) SELECT hash`+which+` ON CONFLICT DO NOTHING`, arguments...); err != nil {
			return err
		}
		if _, err = t.exec(`UPDATE entries SET body = NULL, salt = NULL WHERE id IN (SELECT id`+which+`)`, arguments...); err != nil {
			return err
		}
	}
	if _, err = t.exec(`DELETE FROM changes WHERE entry BETWEEN ? AND ? AND (? OR kind IN (?, ?))`, arguments...); err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM timers WHERE entry BETWEEN ? AND ?`, where.from, where.to)
	return err
}

// leaveEdited notes the messages whose edits, of a stretch of mine, have to arrive first.
func (t *transaction) leaveEdited(after, last int64) error {
	var targets []journal.Hash
	err := t.rows(`SELECT target FROM changes WHERE entry > ? AND entry <= ? AND kind = ?`, 1, func(values []driver.Value) error {
		var target journal.Hash
		if err := fixed(target[:], bytesOf(values[0])); err != nil {
			return err
		}
		targets = append(targets, target)
		return nil
	}, after, last, int64(wire.EntryKind_ENTRY_KIND_EDIT))
	if err != nil {
		return err
	}
	for _, hash := range targets {
		target, err := t.target(hash)
		if err != nil {
			return err
		}
		if target == nil || !target.text || !target.mine {
			continue
		}
		if err = t.leave(target); err != nil {
			return err
		}
	}
	return nil
}

// indexerClears tells whether words wait for the indexer that must leave the disk.
func (t *transaction) indexerClears() (bool, error) {
	return t.row(`SELECT 1 FROM erasing WHERE hash = ? AND EXISTS (SELECT 1 FROM search_documents WHERE entry IS NULL)`, make([]driver.Value, 1), toIndexer)
}
