package node

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/chat"
	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

// FuzzLinkFrames gives two frames in a row to a core with an open line: nothing
// breaks, and only entries that continue a log reach the disk.
func FuzzLinkFrames(f *testing.F) {
	packer, err := replica.NewPacker()
	if err != nil {
		f.Fatal(err)
	}
	shell := &Node{packer: packer}
	keys := func(seed byte) *identity.Keys {
		made, failure := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)))
		if failure != nil {
			f.Fatal(failure)
		}
		return made
	}
	ana, mira := keys(1), keys(200)
	conversation := chat.DirectConversation(ana.Peer(), mira.Peer())
	write := func(keys *identity.Keys, previous journal.Head, text string) journal.Entry {
		body, failure := journal.TextBody(text)
		if failure != nil {
			f.Fatal(failure)
		}
		entry, failure := journal.Write(journal.Draft{
			Conversation: conversation, Log: journal.Log{Device: keys.Device(), Epoch: 1}, Previous: previous, Claimed: time.UnixMilli(1),
			Kind: wire.EntryKind_ENTRY_KIND_TEXT, Body: body,
		}, keys.SignAsDevice)
		if failure != nil {
			f.Fatal(failure)
		}
		return entry
	}
	first := write(ana, journal.Head{}, "one")
	other := write(ana, journal.Head{}, "another one")
	second := write(ana, first.Head(), "two")
	mine := write(mira, journal.Head{}, "of mine")
	batch, err := packer.Pack(conversation[:], []journal.Entry{first, second})
	if err != nil {
		f.Fatal(err)
	}
	held := journal.Vector{first.Log: first.Head(), mine.Log: {Sequence: 9, Hash: journal.Hash{1}}}
	seeds := []*wire.LinkFrame{
		{Kind: &wire.LinkFrame_Batch{Batch: batch}},
		entriesFrame(conversation, first),
		entriesFrame(conversation, second),
		entriesFrame(conversation, other),
		entriesFrame(conversation, mine),
		positionFrame(conversation, held),
		{Kind: &wire.LinkFrame_Position{Position: &wire.Position{Conversation: conversation[:], Held: held.Encode(), Again: true}}},
		{Kind: &wire.LinkFrame_Proof{Proof: &wire.Proof{First: headerOnly(first), Second: headerOnly(other)}}},
		{Kind: &wire.LinkFrame_Vectors{Vectors: &wire.Vectors{Positions: replica.Positions(conversation, held, held)}}},
		{Kind: &wire.LinkFrame_Digest{Digest: &wire.Digest{Conversations: 1, Digest: make([]byte, 32)}}},
		{Kind: &wire.LinkFrame_Digest{Digest: &wire.Digest{Conversations: 100, Digest: make([]byte, 32)}}},
		{Kind: &wire.LinkFrame_Digests{Digests: &wire.Digests{Digests: []*wire.ConversationDigest{{Conversation: conversation[:], Digest: make([]byte, 16)}}}}},
	}
	seeds = append(seeds, checkSeeds()...)
	for _, one := range seeds {
		for _, next := range seeds {
			a, err := wire.Encode(one)
			if err != nil {
				f.Fatal(err)
			}
			b, err := wire.Encode(next)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(a, b)
		}
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d := newDesk(t, ana)
		session := uuid.UUID{6: 0x70, 8: 0x80}
		remote := link.Remote{Peer: ana.Peer(), Device: ana.Device()}
		d.core.begin(d.core.contacts[ana.Peer()], session, remote)
		d.step(LinkEvent{Event: link.Event{Session: session, Remote: remote, Opened: &link.Opened{Path: link.PathLAN}}})
		d.step(FrameReceived{Session: session, Frame: &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major, Features: wire.Features}}}})
		d.step(Command{ID: 1, Call: startCheckCall{conversation}})
		for _, data := range [][]byte{a, b} {
			received := FrameReceived{Session: session, Frame: &wire.LinkFrame{}, Bytes: len(data)}
			if received.Err = wire.Decode(data, wire.MaxLinkFrame, received.Frame); received.Err == nil {
				carried, err := shell.carriedBy(received.Frame)
				if received.Err = err; err == nil && carried != nil {
					received.Entries, received.Err = verifyEntries(carried)
				}
			}
			d.step(received)
		}
		heads := journal.Vector{}
		for _, commit := range done[Commit](d) {
			for _, one := range commit.Writes {
				appended, ok := one.(AppendEntry)
				if !ok {
					continue
				}
				entry := appended.Entry
				if head := heads[entry.Log]; entry.Sequence != head.Sequence+1 || entry.Previous != head.Hash || entry.Verify() != nil {
					t.Fatalf("entry %d is written after %d", entry.Sequence, head.Sequence)
				}
				heads[entry.Log] = entry.Head()
			}
		}
	})
}
