package natsstore_test

import (
	"encoding/binary"
	"testing"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// fetchAll returns all mail of an owner.
func fetchAll(t *testing.T, mailbox engine.Mailbox, owner identity.PeerID) []engine.Mail {
	t.Helper()
	var mails []engine.Mail
	var after []byte
	for {
		got, next, err := mailbox.Fetch(t.Context(), owner, after, 256<<10)
		if err != nil {
			t.Fatalf("Fetch: %v", err)
		}
		mails = append(mails, got...)
		if next == nil {
			return mails
		}
		after = next
	}
}

// numbersOf returns the numbers of all envelopes of a numbered envelope's owner.
func numbersOf(t *testing.T, mailbox engine.Mailbox, number int) []int {
	t.Helper()
	var numbers []int
	for _, mail := range fetchAll(t, mailbox, ownerOf(number)) {
		numbers = append(numbers, int(binary.BigEndian.Uint64(mail.Envelope)))
	}
	return numbers
}
