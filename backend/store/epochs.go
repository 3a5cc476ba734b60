package store

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
)

// placeVersion is the schema's version that knows which file it is in.
const placeVersion = 6

func (t *transaction) putEpoch(w node.PutEpoch) error {
	_, err := t.exec(`INSERT INTO epochs (conversation, least) VALUES (?, ?)
		ON CONFLICT (conversation) DO UPDATE SET least = excluded.least WHERE excluded.least > least`, w.Conversation[:], int64(w.Least))
	return err
}

func (t *transaction) putPlace() error {
	_, err := t.exec(`INSERT INTO place (id, file) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET file = excluded.file`, t.file)
	return err
}

func (t *transaction) putFork(fork node.Fork) error {
	conversation, err := t.conversation(fork.Conversation)
	if err != nil || conversation == nil {
		return err
	}
	_, err = t.exec(`INSERT OR IGNORE INTO forks (conversation, device, epoch, sequence, first, second, seen) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		conversation.number, fork.Log.Device[:], int64(fork.Log.Epoch), position(fork.Sequence), fork.First, fork.Second, millis(fork.Seen))
	return err
}

func (s *Store) loadEpochs(ctx context.Context) (map[uuid.UUID]uint32, error) {
	var epochs map[uuid.UUID]uint32
	_, err := collect(ctx, s, func(rows *sql.Rows) (struct{}, error) {
		var name []byte
		var least uint32
		if err := rows.Scan(&name, &least); err != nil {
			return struct{}{}, err
		}
		var conversation uuid.UUID
		if epochs == nil {
			epochs = map[uuid.UUID]uint32{}
		}
		err := fixed(conversation[:], name)
		epochs[conversation] = least
		return struct{}{}, err
	}, `SELECT conversation, least FROM epochs`)
	return epochs, err
}

func (s *Store) loadForks(ctx context.Context) ([]node.Fork, error) {
	return collect(ctx, s, func(rows *sql.Rows) (node.Fork, error) {
		var one node.Fork
		var conversation, device []byte
		var seen int64
		if err := rows.Scan(&conversation, &device, &one.Log.Epoch, &one.Sequence, &one.First, &one.Second, &seen); err != nil {
			return one, err
		}
		one.Seen = moment(seen)
		return one, fixedAll(one.Conversation[:], conversation, one.Log.Device[:], device)
	}, `SELECT v.id, f.device, f.epoch, f.sequence, f.first, f.second, f.seen FROM forks f JOIN conversations v ON v.number = f.conversation
		ORDER BY v.id, f.device, f.epoch, f.sequence`)
}

// copied tells whether this file is another one than that which was written to
// last: a copy, perhaps an old one. What cannot tell files apart answers no.
func (s *Store) copied(ctx context.Context) (bool, error) {
	if s.file == "" {
		return false, nil
	}
	before, err := collect(ctx, s, func(rows *sql.Rows) (file string, err error) {
		err = rows.Scan(&file)
		return file, err
	}, `SELECT file FROM place`)
	return err == nil && len(before) == 1 && before[0] != "" && before[0] != s.file, err
}
