package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// transaction applies writes. What it learns about conversations and logs is
// remembered from one to the next and forgotten after a failure.
type transaction struct {
	*writer
	conversations map[uuid.UUID]*keptConversation
	touched       []*keptLog // heads that the rows of logs do not have yet
	forgot        bool       // something was erased, and its bytes must leave the disk
}

// keptConversation is what appending needs to know of a conversation.
type keptConversation struct {
	number int64
	logs   map[journal.Log]*keptLog
}

// keptLog is a log's row.
type keptLog struct {
	number    int64
	head      journal.Head
	effective int64
	mine      bool
	touched   bool
}

func newTransaction(w *writer) *transaction {
	return &transaction{writer: w, conversations: map[uuid.UUID]*keptConversation{}}
}

// Commit implements node.Store.
func (s *Store) Commit(_ context.Context, batches ...[]node.Write) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	s.lockWriting()
	defer s.unlockWriting()
	return s.write(func(t *transaction) error { //nolint:contextcheck // a transaction is not stopped half way
		for _, batch := range batches {
			for _, write := range batch {
				if err := t.apply(write); err != nil {
					return err
				}
			}
		}
		return t.writeHeads()
	})
}

// lockWriting and unlockWriting hold the writer for a call; the indexer gives
// way to it, and is told afterwards.
func (s *Store) lockWriting() {
	s.wanted.Add(1)
	s.writing.Lock()
	s.wanted.Add(-1)
}

func (s *Store) unlockWriting() {
	s.writing.Unlock()
	if s.indexer != nil {
		s.indexer.wake()
	}
}

// write runs a function in a transaction of its own. The caller holds writing.
func (s *Store) write(change func(*transaction) error) error {
	if s.problem != nil {
		return s.problem
	}
	err := s.transaction.run(change)
	if err == nil {
		return nil
	}
	s.forgetRemembered()
	if len(s.transaction.erased) > 0 { // some of it was not erased after all
		s.transaction.erased, s.transaction.unknown = nil, true
	}
	if errors.Is(err, node.ErrDamaged) {
		s.problem = node.ErrDamaged // nothing more is written to a damaged file
	}
	return err
}

// forgetRemembered drops what the transaction that failed learnt, but for what is
// still to leave the disk.
func (s *Store) forgetRemembered() {
	forgot := s.transaction.forgot
	s.transaction = newTransaction(s.transaction.writer)
	s.transaction.forgot = forgot
}

func (t *transaction) run(change func(*transaction) error) error {
	if _, err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := change(t)
	fault.Point("store.transaction.written")
	if err == nil {
		_, err = t.exec("COMMIT")
	}
	fault.Point("store.transaction.committed")
	if err != nil {
		// After some failures SQLite has rolled back already.
		if !t.connection.AutoCommit() {
			_, undo := t.exec("ROLLBACK")
			err = errors.Join(err, undo)
		}
		return err
	}
	if t.forgot {
		t.forget()
	}
	return nil
}

// apply makes one change.
func (t *transaction) apply(write node.Write) error {
	switch w := write.(type) {
	case node.AppendEntry:
		return t.appendEntry(w)
	case node.PutRemotePosition:
		return t.putRemotePosition(w)
	case node.PutRead:
		return t.putRead(w)
	case node.HideMessage:
		return t.hide(w.Message)
	case node.EraseMessages:
		return t.expire(w.Messages)
	case node.PutSelf:
		return t.putSelf(w.Self)
	case node.PutContact:
		return t.putContact(w.Contact)
	case node.DeleteContact:
		return t.deleteContact(w.Peer)
	case node.PutRequest:
		return t.putRequest(w.Request)
	case node.DeleteRequest:
		return t.deleteRequest(w)
	case node.PutInvite:
		return t.putInvite(w.Invite)
	case node.PutServer:
		return t.putServer(w.Server)
	case node.DeleteServer:
		return t.deleteServer(w.Server)
	case node.PutHandle:
		return t.putHandle(w.Handle)
	case node.DeleteHandle:
		return t.deleteHandle(w)
	case node.PutBan:
		return t.putBan(w.Ban)
	case node.DeleteBan:
		return t.deleteBan(w.ID)
	case node.CountBlocked:
		return t.countBlocked(w)
	case node.PutSealingKey:
		return t.putSealingKey(w.Key)
	case node.DeleteSealingKey:
		return t.deleteSealingKey(w.ID)
	case node.PutSeen:
		return t.putSeen(w.Seen)
	case node.DeleteSeen:
		return t.deleteSeen(w.Before)
	case node.PutOutgoing:
		return t.putOutgoing(w.Outgoing)
	case node.DeleteOutgoing:
		return t.deleteOutgoing(w.ID)
	case node.PutStep:
		return t.putStep(w.Step)
	case node.PutEpoch:
		return t.putEpoch(w)
	case node.PutPlace:
		return t.putPlace()
	case node.PutFork:
		return t.putFork(w.Fork)
	case node.PutVerification:
		return t.putVerification(w.Verification)
	case node.MoveContact:
		return t.moveContact(w.Contact)
	case node.PutFormer:
		_, err := t.addConversation(w.Conversation, w.Peer)
		return err
	case node.PutStanding:
		return t.putStanding(w)
	case node.ClearConversation:
		return t.clearConversation(w)
	case node.DropContact:
		return t.dropContact(w.Peer)
	case node.DeleteVerification:
		return t.deleteVerification(w.Peer)
	case node.PutRetirement:
		return t.putRetirement(w.Retirement)
	}
	return fmt.Errorf("store: %T is not a write that is known", write)
}
