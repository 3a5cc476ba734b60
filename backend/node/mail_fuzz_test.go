package node

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/envelope"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// FuzzLetter gives what a contact may seal to a core: whatever it is, it breaks
// nothing, and only entries of theirs, in order, reach the disk.
func FuzzLetter(f *testing.F) {
	ana, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{1}, 64)))
	if err != nil {
		f.Fatal(err)
	}
	mira, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{200}, 64)))
	if err != nil {
		f.Fatal(err)
	}
	text, err := journal.TextBody("hello")
	if err != nil {
		f.Fatal(err)
	}
	conversation := chat.DirectConversation(ana.Peer(), mira.Peer())
	log := journal.Log{Device: ana.Device(), Epoch: 1}
	entry, err := journal.Write(journal.Draft{
		Conversation: conversation, Log: log, Claimed: time.UnixMilli(1), Kind: wire.EntryKind_ENTRY_KIND_TEXT, Body: text,
	}, ana.SignAsDevice)
	if err != nil {
		f.Fatal(err)
	}
	for _, body := range []*wire.EntriesBody{
		{},
		{
			Version: wire.Major, Conversation: conversation[:], Entries: []*wire.Entry{entry.Wire(), entry.Wire()},
			Held: journal.Vector{log: entry.Head()}.Encode(), Read: journal.Vector{log: {Sequence: 1}}.Encode(),
			Profile: &wire.Profile{Name: "Ana", Color: 2}, Location: &wire.Signed{Body: []byte{1}},
		},
	} {
		data, err := wire.Encode(body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		body, entries, err := parseLetter(data)
		if err != nil {
			return
		}
		d := newDesk(t, ana)
		done[Commit](d)
		list, err := ana.DeviceList(1, d.now)
		if err != nil {
			t.Fatal(err)
		}
		id := uuid.UUID{6: 0x70, 8: 0x80}
		if _, err = rand.Read(id[9:]); err != nil {
			t.Fatal(err)
		}
		opened := OpenedLetter{
			Mail: []byte{1}, Body: body, Entries: entries,
			Content: envelope.Content{
				FromPeer: ana.Peer(), FromDevice: ana.Device(), ID: id, Kind: wire.EnvelopeKind_ENVELOPE_KIND_ENTRIES, DeviceList: list,
			},
		}
		for range 2 {
			d.step(MailOpened{Token: "somewhere", Letters: []OpenedLetter{opened}})
		}
		sequence := uint64(0)
		for _, commit := range done[Commit](d) {
			for _, write := range commit.Writes {
				if appended, ok := write.(AppendEntry); ok {
					sequence++
					if appended.Mine || appended.Entry.Log.Device != ana.Device() || appended.Entry.Sequence != sequence {
						t.Fatalf("%+v", appended)
					}
				}
			}
		}
	})
}
