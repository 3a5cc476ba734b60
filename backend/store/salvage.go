package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Owner is whose database is salvaged: entries of this device are this person's,
// all others their contact's.
type Owner struct {
	Peer   identity.PeerID
	Device identity.DeviceID
}

// Salvaged is what was saved of a damaged database.
type Salvaged struct {
	Conversations int
	Entries       int    // that could be read, verify, and follow their log without a gap
	Short         int    // logs that end before their head did: the rest comes from contacts
	Missing       int    // entries between those ends and those heads
	Kept          string // the damaged file's name now, in the same folder
}

// ErrNothing says that a file has nothing that could be saved.
var ErrNothing = errors.New("store: nothing of the database can be read")

// salvagedPlace is where a salvaged database says that it is: nowhere, so that
// the device closes its logs and begins new epochs (see Snapshot.Copied). It may
// have written more than what was saved.
const salvagedPlace = "salvaged"

const (
	salvageBatch  = 256
	maxDeviceList = 4 << 10  // bytes of a signed device list
	maxRecord     = 48 << 10 // bytes of a contact: with sealing keys
	salvageMisses = 1024     // numbers of logs in a row that nothing is found of
)

// Salvage makes a new database in a profile's folder of what can be read of the
// one that is there, which must not be open, and puts it in its place; the old
// file stays beside it under a dated name. Of each log it saves what verifies and
// has no gap before it: a log is whole up to its end. The rest comes back from
// contacts, as after a restored copy. Letters that wait at servers are forgotten
// and sealed again. Errors: ErrNothing, node.ErrDiskFull, node.ErrReadOnly, and
// nothing has changed then.
func Salvage(ctx context.Context, folder string, owner Owner, options Options) (found Salvaged, err error) {
	if options, err = options.complete(); err != nil {
		return found, err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return found, fmt.Errorf("store: the folder: %w", err)
	}
	aside, found, err := saveAside(ctx, folder, owner, options, nil)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside)) }()
	return found, replace(folder, filepath.Join(aside, fileName), found.Kept)
}

// salvage is one run.
type salvage struct {
	from, to *Store
	owner    Owner
	found    *Salvaged
	told     func(saved, of int)
	of       int                           // entries, as the logs' heads say; 0 if they cannot be read
	peers    map[uuid.UUID]identity.PeerID // by conversation
	former   map[uuid.UUID]theirDevices    // of conversations of before my key changed
	devices  identity.DeviceList           // the owner's, as far as it can be read
}

func (s *salvage) run(ctx context.Context) error {
	snapshot, err := s.from.Load(ctx)
	if err != nil {
		return err
	}
	if snapshot.Self.Created.IsZero() && len(snapshot.Contacts) == 0 {
		return ErrNothing
	}
	s.peers = make(map[uuid.UUID]identity.PeerID, len(snapshot.Contacts))
	for _, contact := range snapshot.Contacts {
		s.peers[contact.Conversation] = contact.Peer
	}
	s.former = formerOf(snapshot, s.peers)
	s.found.Conversations = len(s.peers)
	signed := &wire.Signed{}
	if wire.Decode(snapshot.Self.DeviceList, maxDeviceList, signed) == nil {
		if listed, failed := identity.ParseDeviceList(signed); failed == nil && listed.Peer == s.owner.Peer {
			s.devices = listed
		}
	}
	if err = s.each(ctx, recordsOf(snapshot)); err != nil {
		return err
	}
	if err = s.settings(ctx); err != nil {
		return err
	}
	if s.of, err = s.count(ctx); err != nil {
		return err
	}
	misses := 0
	for number := int64(1); misses < salvageMisses; number++ {
		saved, failed := s.log(ctx, number)
		if failed != nil {
			return failed
		}
		if misses++; saved {
			misses = 0
		}
	}
	// What was read and acknowledged is noted after the entries, whose timers it starts.
	if err = s.each(ctx, positionsOf(snapshot)); err != nil {
		return err
	}
	s.to.lockWriting()
	defer s.to.unlockWriting()
	return s.to.write(func(t *transaction) error { //nolint:contextcheck // a transaction is not stopped half way
		_, failure := t.exec(`INSERT INTO place (id, file) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET file = excluded.file`, salvagedPlace)
		return failure
	})
}

// each writes records one by one: one that is refused is left out.
func (s *salvage) each(ctx context.Context, writes []node.Write) error {
	if s.to.Commit(ctx, writes) == nil {
		return nil
	}
	for _, write := range writes {
		if err := s.to.Commit(ctx, []node.Write{write}); err != nil {
			if onlyReadable(err) != nil {
				return err
			}
			s.to.logger.WarnContext(ctx, "a record is not saved", slog.String("kind", fmt.Sprintf("%T", write)), slog.Any("error", err))
		}
	}
	return nil
}

// theirDevices are the devices of a contact.
type theirDevices map[identity.DeviceID]bool

// formerOf adds the conversations of before my key changed to those of contacts,
// and returns whose devices wrote there beside mine.
func formerOf(snapshot node.Snapshot, peers map[uuid.UUID]identity.PeerID) map[uuid.UUID]theirDevices {
	former := map[uuid.UUID]theirDevices{}
	for _, one := range snapshot.Conversations {
		if _, present := peers[one.ID]; present {
			continue
		}
		at := slices.IndexFunc(snapshot.Contacts, func(contact node.Contact) bool { return contact.Peer == one.Peer })
		if at < 0 {
			continue
		}
		peers[one.ID], former[one.ID] = one.Peer, theirDevices{}
		record := &wire.PeerRecord{}
		if wire.Decode(snapshot.Contacts[at].Record, maxRecord, record) != nil {
			continue
		}
		if listed, err := identity.ParseDeviceList(record.GetDeviceList()); err == nil && listed.Peer == one.Peer {
			for _, device := range listed.Devices {
				former[one.ID][device] = true
			}
		}
	}
	return former
}

// recordsOf are the writes that make what a device keeps beside its logs.
func recordsOf(snapshot node.Snapshot) []node.Write {
	var writes []node.Write
	if !snapshot.Self.Created.IsZero() {
		writes = append(writes, node.PutSelf{Self: snapshot.Self})
	}
	present := map[uuid.UUID]bool{}
	for _, one := range snapshot.Contacts {
		present[one.Conversation] = true
		writes = append(writes, node.PutContact{Contact: one})
	}
	for _, one := range snapshot.Conversations {
		if !present[one.ID] {
			writes = append(writes, node.PutFormer{Conversation: one.ID, Peer: one.Peer})
		}
	}
	for _, one := range snapshot.Bans {
		writes = append(writes, node.PutBan{Ban: one})
	}
	for _, one := range snapshot.Servers {
		writes = append(writes, node.PutServer{Server: one})
	}
	for _, one := range snapshot.Handles {
		writes = append(writes, node.PutHandle{Handle: one})
	}
	for _, one := range snapshot.Invites {
		writes = append(writes, node.PutInvite{Invite: one})
	}
	for _, one := range snapshot.Requests {
		writes = append(writes, node.PutRequest{Request: one})
	}
	for _, one := range snapshot.Declined {
		writes = append(writes, node.DeleteRequest{Peer: one, Declined: true})
	}
	for _, one := range snapshot.SealingKeys {
		writes = append(writes, node.PutSealingKey{Key: one})
	}
	for _, one := range snapshot.Seen {
		writes = append(writes, node.PutSeen{Seen: one})
	}
	for conversation, least := range snapshot.Epochs {
		writes = append(writes, node.PutEpoch{Conversation: conversation, Least: least})
	}
	for _, one := range snapshot.Forks {
		writes = append(writes, node.PutFork{Fork: one})
	}
	for _, one := range snapshot.Verifications {
		writes = append(writes, node.PutVerification{Verification: one})
	}
	for _, one := range snapshot.Retirements {
		writes = append(writes, node.PutRetirement{Retirement: one})
	}
	return writes
}

// positionsOf are the writes about what was read and acknowledged.
func positionsOf(snapshot node.Snapshot) []node.Write {
	var writes []node.Write
	for _, one := range snapshot.Conversations {
		if len(one.Read) > 0 {
			writes = append(writes, node.PutRead{Conversation: one.ID, Read: one.Read})
		}
		for _, remote := range one.Remote {
			writes = append(writes, node.PutRemotePosition{Conversation: one.ID, Position: remote})
		}
	}
	return writes
}

// settings copies what the interface keeps for itself.
func (s *salvage) settings(ctx context.Context) error {
	type pair struct{ name, value string }
	scan := func(rows *sql.Rows) (one pair, err error) {
		err = rows.Scan(&one.name, &one.value)
		return one, err
	}
	settings, err := collect(ctx, s.from, scan, `SELECT name, value FROM settings`)
	if err != nil {
		return err
	}
	for _, one := range settings {
		if err = s.to.SaveSetting(ctx, one.name, one.value); err != nil {
			return err
		}
	}
	for conversation := range s.peers {
		text, err := s.from.Draft(ctx, conversation)
		if err != nil || text == "" {
			continue // it is only a draft
		}
		if err = s.to.SaveDraft(ctx, conversation, text); err != nil {
			return err
		}
	}
	return nil
}

// log saves the beginning of a log, up to the first entry that cannot be read,
// does not verify, or does not follow; false when there is nothing of it.
func (s *salvage) log(ctx context.Context, number int64) (saved bool, err error) {
	after := number << sequenceBits
	end := (number + 1) << sequenceBits
	next := uint64(1)
	for {
		var rows []*salvagedRow
		if rows, err = s.stretch(ctx, after, end); err != nil {
			return saved, err
		}
		var writes []node.Write
		for _, row := range rows {
			write, good := s.check(row, next)
			if !good {
				break
			}
			writes = append(writes, write...)
			next++
		}
		if len(writes) > 0 {
			if err = s.to.Commit(ctx, writes); err != nil {
				if onlyReadable(err) != nil {
					return saved, err
				}
				s.found.Short++
				return saved, nil
			}
			saved = true
		}
		count := int(next-1) - int(after-number<<sequenceBits)
		s.found.Entries += count
		s.told(s.found.Entries, s.of)
		after = number<<sequenceBits + int64(next-1)
		if count < salvageBatch {
			break
		}
	}
	missing, err := s.missing(ctx, number, next)
	if missing > 0 {
		s.found.Short++
		s.found.Missing += missing
	}
	return saved || missing > 0, err
}

// missing returns how many entries a log had from a sequence on.
func (s *salvage) missing(ctx context.Context, number int64, next uint64) (int, error) {
	heads, err := collect(ctx, s.from, func(rows *sql.Rows) (head uint64, err error) {
		err = rows.Scan(&head)
		return head, err
	}, `SELECT sequence FROM logs WHERE number = ?`, number)
	if err != nil || len(heads) == 0 || heads[0] < next {
		return 0, err
	}
	return int(min(heads[0]-next+1, sequenceMask)), nil
}

// count returns how many entries there were, as far as that can be read.
func (s *salvage) count(ctx context.Context) (int, error) {
	heads, err := collect(ctx, s.from, func(rows *sql.Rows) (head uint64, err error) {
		err = rows.Scan(&head)
		return head, err
	}, `SELECT sequence FROM logs WHERE number > 0`)
	sum := 0
	for _, head := range heads {
		sum += int(min(head, sequenceMask))
	}
	return sum, err
}

// salvagedRow is an entry as it stands in the damaged file.
type salvagedRow struct {
	number             int64
	shown              int64
	effective, arrived int64
	kept               wire.Entry
}

// stretch reads the next rows of a log, up to one that cannot be read.
func (s *salvage) stretch(ctx context.Context, after, end int64) ([]*salvagedRow, error) {
	return collect(ctx, s.from, func(rows *sql.Rows) (*salvagedRow, error) {
		one := &salvagedRow{}
		err := rows.Scan(&one.number, &one.shown, &one.effective, &one.arrived, &one.kept.Header, &one.kept.Signature, &one.kept.Salt, &one.kept.Body)
		return one, err
	}, `SELECT id, shown, effective, arrived, header, signature, salt, body FROM entries NOT INDEXED WHERE id > ? AND id < ? ORDER BY id LIMIT ?`,
		after, end, int64(salvageBatch))
}

// check makes the writes of a row that is what it says: the signature of its
// device, and a content that it commits to.
func (s *salvage) check(row *salvagedRow, want uint64) ([]node.Write, bool) {
	entry, err := journal.Parse(&row.kept)
	if err != nil || entry.Verify() != nil || entry.Sequence != want {
		return nil, false
	}
	peer, known := s.peers[entry.Conversation]
	if !known {
		return nil, false
	}
	mine := entry.Log.Device == s.owner.Device || s.devices.Has(entry.Log.Device)
	if theirs, former := s.former[entry.Conversation]; former {
		mine = !theirs[entry.Log.Device] // my device of then is on no list of mine
	}
	if mine {
		peer = s.owner.Peer
	}
	writes := []node.Write{node.AppendEntry{
		Entry: entry, Order: journal.OrderOf(uint64(row.effective), entry.Log, entry.Sequence), Author: peer, Mine: mine, Arrived: moment(row.arrived),
	}}
	if row.shown == shownGone {
		writes = append(writes, node.HideMessage{Message: entry.Hash()})
	}
	return writes, true
}
