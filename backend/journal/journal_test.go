package journal_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// epoch is when the tests take place.
var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var conversation = uuid.MustParse("0195a1b2-c3d4-8abc-8def-0123456789ab")

// stream gives an endless series of bytes that a number chooses.
type stream struct{ state uint64 }

func (s *stream) Read(p []byte) (int, error) {
	var word [8]byte
	for i := range p {
		if i%8 == 0 {
			s.state = s.state*6364136223846793005 + 1442695040888963407
			binary.LittleEndian.PutUint64(word[:], s.state^s.state>>29)
		}
		p[i] = word[i%8]
	}
	return len(p), nil
}

func newKeys(t testing.TB, seed uint64) *identity.Keys {
	t.Helper()
	keys, err := identity.NewKeys(io.Reader(&stream{state: seed}))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func textDraft(t testing.TB, keys *identity.Keys, previous journal.Head, text string) journal.Draft {
	t.Helper()
	body, err := journal.TextBody(text)
	if err != nil {
		t.Fatal(err)
	}
	draft := journal.Draft{
		Conversation: conversation,
		Log:          journal.Log{Device: keys.Device(), Epoch: 1},
		Previous:     previous,
		Claimed:      epoch,
		Kind:         wire.EntryKind_ENTRY_KIND_TEXT,
		Body:         body,
	}
	salt := previous.Hash
	salt[0] ^= byte(len(text))
	draft.Salt = salt
	return draft
}

func write(t testing.TB, keys *identity.Keys, draft journal.Draft) journal.Entry {
	t.Helper()
	entry, err := journal.Write(draft, keys.SignAsDevice)
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

// same compares what an entry is made of.
func same(a, b journal.Entry) bool {
	return a.Hash() == b.Hash() && bytes.Equal(a.Signature, b.Signature) && bytes.Equal(a.Salt, b.Salt) && bytes.Equal(a.Body, b.Body)
}
