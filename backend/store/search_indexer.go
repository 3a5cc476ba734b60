package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/chat/search"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// How the indexer works.
const (
	searchVersion = 5 // of the schema, the first with an index
	// gatherTime is how long it waits after a commit, so that messages in a row
	// become one transaction, and after a writer had to wait for it: during a
	// burst little is indexed, and all of it afterwards in large transactions.
	gatherTime = 100 * time.Millisecond
	// retryTime is how long it does nothing after a failure.
	retryTime = 30 * time.Second
	// mostDocuments and mostText bound a transaction; leastDocuments are
	// written even if somebody waits, about a millisecond.
	mostDocuments  = 1000
	leastDocuments = 8
	mostText       = 1 << 20 // bytes
	// mostLeaving bounds a transaction that takes documents out: each of their
	// words is looked up and overwritten.
	mostLeaving = 64
)

// indexer is the goroutine that brings the index up to the logs.
type indexer struct {
	cancel context.CancelFunc
	work   chan struct{} // one token: something was committed
	hurry  chan struct{} // one token: somebody searches, and does not want to wait for more commits
	done   sync.WaitGroup
}

// startIndexer begins with what is not in the index yet.
func (s *Store) startIndexer() {
	ctx, cancel := context.WithCancel(context.Background())
	s.indexer = &indexer{cancel: cancel, work: make(chan struct{}, 1), hurry: make(chan struct{}, 1)}
	s.indexer.wake()
	s.indexer.done.Go(func() { s.index(ctx) })
}

func (i *indexer) wake() { put(i.work) }

// put puts a token into a channel that has room for one.
func put(to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// stop ends the goroutine and waits for it.
func (i *indexer) stop() {
	i.cancel()
	i.done.Wait()
}

// index works whenever something was committed. What it could not write stays
// behind the marks of search_logs, and is found there again.
func (s *Store) index(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	wait := func(duration time.Duration) bool {
		pause.Reset(duration)
		select {
		case <-pause.C:
			return true
		case <-s.indexer.hurry:
			return true
		case <-ctx.Done():
			return false
		}
	}
	<-pause.C
	for {
		select {
		case <-s.indexer.work:
		case <-ctx.Done():
			return
		}
		more, gather := true, gatherTime
		for more {
			if !wait(gather) {
				return
			}
			var err error
			if more, err = s.indexSome(ctx); err != nil {
				if ctx.Err() != nil || errors.Is(err, ErrClosed) {
					return
				}
				s.logger.WarnContext(ctx, "the search index was not written", slog.Any("error", err))
				more, gather = true, retryTime
				if !s.canWrite() {
					return
				}
				continue
			}
			gather = 0
			if s.wanted.Load() > 0 {
				gather = gatherTime
			}
		}
	}
}

// canWrite tells whether the store still writes.
func (s *Store) canWrite() bool {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.problem == nil
}

// behind is a log that has entries after those in the index.
type behind struct{ log, conversation, through, last int64 }

// indexSome makes one step, in a transaction of its own, and tells whether
// there may be more to do.
func (s *Store) indexSome(ctx context.Context) (bool, error) {
	if err := s.enter(); err != nil {
		return false, err
	}
	defer s.leave()
	logs, err := collect(ctx, s, func(rows *sql.Rows) (one behind, err error) {
		err = rows.Scan(&one.log, &one.conversation, &one.through, &one.last)
		return one, err
	}, `SELECT l.number, l.conversation, coalesce(i.through, 0), l.sequence FROM logs l LEFT JOIN search_logs i ON i.log = l.number
		WHERE l.sequence > coalesce(i.through, 0) ORDER BY l.number`)
	if err != nil {
		return false, err
	}
	leaving, err := collect(ctx, s, scanNumber, `SELECT EXISTS (SELECT 1 FROM search_documents WHERE entry IS NULL)
		OR NOT EXISTS (SELECT 1 FROM search_folding WHERE version = ?)`, search.Version)
	if err != nil || len(logs) == 0 && !slices.Contains(leaving, 1) {
		return false, err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.problem != nil {
		return false, nil
	}
	// The index may be lost with the power: then the logs are ahead of it again.
	if err = s.syncCommits(false); err != nil {
		return false, err
	}
	wanted := func() bool { return s.wanted.Load() > 0 || ctx.Err() != nil }
	err = s.transaction.run(func(t *transaction) error { return t.index(logs, wanted) }) //nolint:contextcheck // a transaction is not stopped half way
	if err != nil {
		s.forgetRemembered()
		if errors.Is(err, node.ErrDamaged) {
			s.logger.WarnContext(ctx, "the search index is made again", slog.Any("error", err))
			err = s.transaction.run((*transaction).emptyIndex) //nolint:contextcheck // a transaction is not stopped half way
		}
	}
	return true, errors.Join(err, s.syncCommits(true))
}

// syncCommits chooses whether commits wait for the disk. It is no prepared
// statement, which would do its work only once.
func (s *Store) syncCommits(full bool) error {
	mode := "NORMAL"
	if full {
		mode = "FULL"
	}
	_, err := s.transaction.connection.Exec("PRAGMA synchronous="+mode, nil)
	return translate(err)
}

// index writes one transaction's worth.
func (t *transaction) index(logs []behind, wanted func() bool) error {
	values := make([]driver.Value, 1)
	folded, err := t.row(`SELECT 1 FROM search_folding WHERE version = ?`, values, search.Version)
	switch {
	case err != nil:
		return err
	case !folded:
		return t.emptyIndex()
	}
	left, err := t.takeOut(wanted)
	if left > 0 || err != nil {
		return err
	}
	batch, err := t.gather(logs, wanted)
	if err != nil {
		return err
	}
	through := map[int64]int64{}
	for i, one := range batch {
		if i >= leastDocuments && wanted() {
			break
		}
		if one.text != "" {
			if err = t.addDocument(one.entry, one.effective, one.document, one.indexed); err != nil {
				return err
			}
		}
		through[one.entry>>sequenceBits] = one.entry & sequenceMask
	}
	for log, sequence := range through {
		if _, err = t.exec(`INSERT INTO search_logs (log, through) VALUES (?, ?) ON CONFLICT (log) DO UPDATE SET through=excluded.through`, log, sequence); err != nil {
			return err
		}
	}
	return nil
}

// takeOut deletes some documents whose entries are gone.
func (t *transaction) takeOut(wanted func() bool) (int, error) {
	for count := range mostLeaving {
		values := make([]driver.Value, 4)
		found, err := t.row(`SELECT number, conversation, indexed, NULL FROM search_documents WHERE entry IS NULL LIMIT 1`, values)
		if err != nil || !found || count > 0 && wanted() {
			return count, err
		}
		if err = t.deleteDocument(values); err != nil {
			return count, err
		}
		t.forgot = true
	}
	return mostLeaving, nil
}

// arrival is an entry that the indexer comes to; it has no text if there is
// nothing to index.
type arrival struct {
	document
	entry, effective int64
	indexed          any // the text when it is another than the entry's own, nil otherwise
}

// gather reads the next entries, in the order of their numbers: FTS5 writes a
// transaction whose row ids grow in one piece. With somebody waiting it reads no
// more than will be written.
func (t *transaction) gather(logs []behind, wanted func() bool) ([]arrival, error) {
	var batch []arrival
	size := 0
	for _, log := range logs {
		// The log may be gone, or another one, since it was read.
		head := make([]driver.Value, 1)
		found, err := t.row(`SELECT i.through FROM logs l LEFT JOIN search_logs i ON i.log = l.number WHERE l.number = ? AND l.conversation = ?`, head, log.log, log.conversation)
		if err != nil {
			return nil, err
		}
		if through, _ := head[0].(int64); !found || through != log.through {
			continue
		}
		for at := log.log<<sequenceBits + log.through; ; {
			if len(batch) == mostDocuments || size >= mostText || len(batch) >= leastDocuments && wanted() {
				break
			}
			values := make([]driver.Value, 4)
			found, err := t.row(`SELECT id, effective, shown, body FROM entries WHERE id > ? AND id < ? ORDER BY id LIMIT 1`, values, at, (log.log+1)<<sequenceBits)
			if err != nil {
				return nil, err
			}
			if !found {
				break
			}
			one := arrival{document: document{conversation: log.conversation}}
			one.entry, _ = values[0].(int64)
			one.effective, _ = values[1].(int64)
			shown, _ := values[2].(int64)
			body, _ := values[3].([]byte)
			if shown == shownWhole && body != nil {
				if err = t.textToIndex(&one, body); err != nil {
					return nil, err
				}
			}
			at = one.entry
			size += len(body)
			batch = append(batch, one)
		}
	}
	slices.SortFunc(batch, func(a, b arrival) int {
		return cmp.Or(cmp.Compare(a.effective, b.effective), cmp.Compare(a.entry, b.entry))
	})
	return batch, nil
}

// textToIndex fills in the text of an entry, none when the index has it, or
// another text for it, already.
func (t *transaction) textToIndex(one *arrival, body []byte) error {
	values := make([]driver.Value, 1)
	found, err := t.row(`SELECT 1 FROM search_documents WHERE entry = ?`, values, one.entry)
	if err != nil || found {
		return err
	}
	text, edited, err := t.editedText(one.entry)
	if err != nil {
		return err
	}
	if edited {
		one.text, one.indexed = text, text
		return nil
	}
	if one.text, err = journal.DecodeText(body); err != nil {
		one.text = "" // what cannot be read is not shown, and not found
	}
	return nil
}
