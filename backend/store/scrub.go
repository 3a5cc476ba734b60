package store

import (
	"bytes"
	"database/sql/driver"
	"errors"
	"log/slog"
	"slices"

	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/journal"
)

// remains are bytes that only an entry's row holds, together with its content.
// SQLite overwrites what it deletes (secure_delete), but not the copies that stay in
// the gaps of pages when rows moved to other pages.
type remains struct {
	begin []byte // of the content, behind the entry's name, as they stand in the row
	salt  []byte
}

// beginLength is how much of a content is looked for behind the name.
const beginLength = 8

// remember notes what erasing an entry leaves to be looked for.
func (t *transaction) remember(row int64) (found bool, err error) {
	values := make([]driver.Value, 3)
	found, err = t.row(`SELECT hash, substr(body, 1, ?), salt FROM entries WHERE id = ? AND body IS NOT NULL`, values, int64(beginLength), row)
	if err != nil || !found {
		return false, err
	}
	t.erased = append(t.erased, remains{begin: append(bytes.Clone(bytesOf(values[0])), bytesOf(values[1])...), salt: bytesOf(values[2])})
	_, err = t.exec(`INSERT INTO erasing (hash) VALUES (?) ON CONFLICT DO NOTHING`, bytesOf(values[0]))
	return true, err
}

// forget makes what was erased leave the disk: the snapshots, the write-ahead
// log, which may hold pages with it, and the gaps of the database's pages. What
// fails, because somebody reads for long or the disk is full, is tried again
// after the next commit, and when the database is opened.
func (t *transaction) forget() {
	t.forgot = true
	if waits, err := t.indexerClears(); waits || err != nil {
		return // after its last commit
	}
	for _, step := range []func() error{t.eraseFromSnapshots, t.emptyLog, t.scrub} {
		fault.Point("store.forget")
		if err := step(); err != nil {
			t.logger.Info("what was erased is not off the disk yet", slog.Any("error", err))
			return
		}
	}
	t.forgot = false
}

var errBusy = errors.New("store: somebody reads the write-ahead log")

// emptyLog brings the write-ahead log into the database and truncates it.
func (t *transaction) emptyLog() error {
	if t.makeWay != nil {
		t.makeWay()
	}
	values := make([]driver.Value, 3)
	found, err := t.row("PRAGMA wal_checkpoint(TRUNCATE)", values)
	if err == nil && (!found || integer(values[0]) != 0) { // the first column: not all could be done
		err = errBusy
	}
	return err
}

// scrub overwrites copies of what was erased in the gaps of pages; if there are
// others it writes the database anew. The write-ahead log must be empty.
func (t *transaction) scrub() error {
	values := make([]driver.Value, 1)
	pending, err := t.row(`SELECT 1 FROM erasing LIMIT 1`, values)
	if err != nil || !pending {
		return err
	}
	// What another process erased, that did not come to its end, is not known.
	dirty := t.unknown
	if !dirty {
		if dirty, err = t.wipeGaps(); err != nil {
			return err
		}
	}
	if dirty {
		if _, err = t.exec("VACUUM"); err != nil {
			return err
		}
		if err = t.emptyLog(); err != nil {
			return err
		}
	}
	if _, err = t.exec(`DELETE FROM erasing`); err != nil {
		return err
	}
	t.erased, t.unknown = nil, false
	return nil
}

// needles finds any of several texts.
type needles struct {
	texts   [][]byte
	first   [1 << 16 / 64]uint64 // of which two bytes some text begins with
	longest int
}

// fewTexts are found faster one by one.
const fewTexts = 8

func newNeedles(erased []remains) *needles {
	s := &needles{}
	for _, one := range erased {
		for _, text := range [][]byte{one.begin, one.salt} {
			if len(text) < len(journal.Hash{}) {
				continue
			}
			s.texts = append(s.texts, text)
			s.longest = max(s.longest, len(text))
			two := uint(text[0])<<8 | uint(text[1])
			s.first[two/64] |= 1 << (two % 64)
		}
	}
	return s
}

// in tells whether any of them is in a piece of the file.
func (s *needles) in(data []byte) bool {
	if len(s.texts) <= fewTexts {
		return slices.ContainsFunc(s.texts, func(text []byte) bool { return bytes.Contains(data, text) })
	}
	for i := 0; i+1 < len(data); i++ {
		two := uint(data[i])<<8 | uint(data[i+1])
		if s.first[two/64]&(1<<(two%64)) == 0 {
			continue
		}
		if slices.ContainsFunc(s.texts, func(text []byte) bool { return bytes.HasPrefix(data[i:], text) }) {
			return true
		}
	}
	return false
}
