package node

import (
	"bytes"
	"crypto/rand"
	"strings"
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
		list := signedList(t, ana, d.now)
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

func signedList(t *testing.T, keys *identity.Keys, now time.Time) *wire.Signed {
	t.Helper()
	return once(signedListAt{keys.Device(), now.UnixNano()}, func() *wire.Signed {
		list, err := keys.DeviceList(1, now)
		if err != nil {
			t.Fatal(err)
		}
		return list
	})
}

// FuzzRequest gives what a stranger may seal to a core that has one invite:
// whatever it is, at most one request of that stranger's waits, within the limits.
func FuzzRequest(f *testing.F) {
	ana, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{1}, 64)))
	if err != nil {
		f.Fatal(err)
	}
	mira, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{200}, 64)))
	if err != nil {
		f.Fatal(err)
	}
	made := Invite{ID: uuid.UUID{1}, Secret: [16]byte{2}, Uses: 1}
	location, err := ana.Location(1, nil, time.UnixMilli(1))
	if err != nil {
		f.Fatal(err)
	}
	entryOf := func(conversation uuid.UUID, text string) *wire.Entry {
		body, textErr := journal.TextBody(text)
		if textErr != nil {
			f.Fatal(textErr)
		}
		entry, writeErr := journal.Write(journal.Draft{
			Conversation: conversation, Log: journal.Log{Device: ana.Device(), Epoch: 1}, Claimed: time.UnixMilli(1),
			Kind: wire.EntryKind_ENTRY_KIND_TEXT, Body: body,
		}, ana.SignAsDevice)
		if writeErr != nil {
			f.Fatal(writeErr)
		}
		return entry.Wire()
	}
	good := chat.DirectConversation(ana.Peer(), mira.Peer())
	request := func(secret [16]byte, entries ...*wire.Entry) *wire.RequestBody {
		return &wire.RequestBody{
			Version: wire.Major, Profile: &wire.Profile{Name: "Ana", Color: 2}, InviteId: made.ID[:], InviteSecret: secret[:],
			Entries: entries, Location: location,
		}
	}
	hello := entryOf(good, "hello")
	sound, err := wire.Encode(request(made.Secret, hello))
	if err != nil {
		f.Fatal(err)
	}
	for _, body := range []*wire.RequestBody{
		{},
		request(made.Secret, hello),
		request([16]byte{3}, hello),
		request(made.Secret, hello, hello),
		request(made.Secret, entryOf(uuid.UUID{9}, "hello")),
		request(made.Secret, entryOf(good, strings.Repeat("x", 2<<10))),
	} {
		data, encodeErr := wire.Encode(body)
		if encodeErr != nil {
			f.Fatal(encodeErr)
		}
		f.Add(data, false)
		f.Add(data, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, mailed bool) {
		content := envelope.Content{
			FromPeer: ana.Peer(), FromDevice: ana.Device(), ToPeer: mira.Peer(), ToDevice: mira.Device(),
			ID: uuid.New(), Kind: wire.EnvelopeKind_ENVELOPE_KIND_REQUEST, Body: data,
		}
		asked, err := parseRequest(content)
		if err != nil {
			return
		}
		d := newDesk(t)
		made.Expires = d.now.Add(time.Hour)
		d.core.invites[made.ID] = made
		done[Commit](d)
		content.DeviceList = signedList(t, ana, d.now)
		kept := 0
		for range 2 {
			if mailed {
				d.step(MailOpened{Token: "somewhere", Letters: []OpenedLetter{{Mail: []byte{1}, Stored: d.now, Content: content, Request: asked}}})
			} else {
				d.step(EnvelopeOpened{Content: content, Request: asked})
			}
			content.ID = uuid.New()
		}
		for _, commit := range done[Commit](d) {
			for _, write := range commit.Writes {
				switch one := write.(type) {
				case PutRequest:
					kept++
					if one.Request.Peer != ana.Peer() || len(one.Request.Text) > wire.MaxRequestText || len(one.Request.Entries) != 1 {
						t.Fatalf("%+v", one.Request)
					}
				case PutContact, AppendEntry:
					t.Fatalf("a stranger wrote %+v", one)
				}
			}
		}
		if waits := len(d.core.requests); bytes.Equal(data, sound) && waits != 1 || waits > 1 || waits == 0 && kept > 0 || len(d.core.letters) != 0 {
			t.Fatalf("%d requests wait, %d were kept", waits, kept)
		}
	})
}
