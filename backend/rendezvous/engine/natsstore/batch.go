package natsstore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// An atomic batch (ADR-50 of NATS): the messages carry its name and their
// number, and none is stored before the one with the commit.
const (
	headerBatch       = "Nats-Batch-Id"
	headerBatchNumber = "Nats-Batch-Sequence"
	headerBatchCommit = "Nats-Batch-Commit"

	// The server takes 50 open batches in a stream: five nodes have room.
	mostBatches = 8
	// The server takes 1,000 messages in a batch.
	largestBatch = 1000
)

// commit stores all messages of the tags, or none.
func (s *Store) commit(ctx context.Context, messages []revised) error {
	if len(messages) == 0 {
		return nil
	}
	if len(messages) > largestBatch {
		return fmt.Errorf("natsstore: %d tags at once", len(messages))
	}
	ctx, cancel := context.WithTimeout(ctx, perAttempt)
	defer cancel()
	name := rand.Text()
	for i, one := range messages {
		message := nats.NewMsg(one.subject)
		message.Data = one.data
		message.Header.Set(headerBatch, name)
		message.Header.Set(headerBatchNumber, strconv.Itoa(i+1))
		message.Header.Set(jetstream.ExpectedLastSubjSeqHeader, decimal(one.revision))
		message.Header.Set(headerTTL, strconv.FormatInt(one.life, 10))
		if i < len(messages)-1 {
			if err := s.connection.PublishMsg(message); err != nil {
				return err
			}
			continue
		}
		message.Header.Set(headerBatchCommit, "1")
		reply, err := s.connection.RequestMsgWithContext(ctx, message)
		if err != nil {
			return err
		}
		var answer struct {
			Error *jetstream.APIError `json:"error"`
		}
		if err = json.Unmarshal(reply.Data, &answer); err != nil {
			return fmt.Errorf("natsstore: answer to a batch: %w", err)
		}
		if answer.Error != nil {
			return answer.Error
		}
	}
	return nil
}
