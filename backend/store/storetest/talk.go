package storetest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Start is when conversations of tests begin.
var Start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

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

// Person is somebody with one device.
type Person struct {
	Keys  *identity.Keys
	Epoch uint32 // of the log they write
}

// NewPerson returns the person that a number chooses.
func NewPerson(t testing.TB, seed uint64) *Person {
	t.Helper()
	keys, err := identity.NewKeys(&stream{state: seed})
	if err != nil {
		t.Fatal(err)
	}
	return &Person{Keys: keys, Epoch: 1}
}

// Talk is a conversation that makes entries the way a node would.
type Talk struct {
	ID     uuid.UUID
	Me     *Person
	Them   *Person
	Clock  time.Time
	heads  journal.Vector
	orders map[journal.Log]journal.Order
	Writes []node.AppendEntry // all of them, in the order in which they were made
	Apart  bool               // people do not know what others wrote
	Salted bool               // salts stand nowhere else, as those of a node; else they are hashes of the entries before
}

// NewTalk returns the conversation that a number chooses.
func NewTalk(t testing.TB, seed uint64) *Talk {
	t.Helper()
	talk := &Talk{Me: NewPerson(t, 1), Them: NewPerson(t, seed+1000), Clock: Start, heads: journal.Vector{}, orders: map[journal.Log]journal.Order{}}
	binary.BigEndian.PutUint64(talk.ID[:], seed)
	talk.ID[6], talk.ID[8], talk.ID[9] = 0x80, 0x80, byte(seed>>8) // the version and the variant, and what the version covered
	return talk
}

// Contact returns them as a contact.
func (k *Talk) Contact() node.Contact {
	return node.Contact{
		Peer: k.Them.Keys.Peer(), Conversation: k.ID, State: node.ContactMutual,
		Name: "Ben", Color: 3, Since: Start, Major: 1,
	}
}

// Log returns the log that somebody writes now.
func (k *Talk) Log(who *Person) journal.Log {
	return journal.Log{Device: who.Keys.Device(), Epoch: who.Epoch}
}

// Held returns the heads of all logs.
func (k *Talk) Held() journal.Vector { return k.heads.Clone() }

// Say makes the next entry of somebody's log, a second after the last one.
func (k *Talk) Say(t testing.TB, who *Person, text string) node.AppendEntry {
	t.Helper()
	k.Clock = k.Clock.Add(time.Second)
	body, err := journal.TextBody(text)
	if err != nil {
		t.Fatal(err)
	}
	return k.Append(t, who, wire.EntryKind_ENTRY_KIND_TEXT, body)
}

// Append makes the next entry of somebody's log at the present time.
func (k *Talk) Append(t testing.TB, who *Person, kind wire.EntryKind, body []byte) node.AppendEntry {
	t.Helper()
	own := k.Log(who)
	draft := journal.Draft{Conversation: k.ID, Log: own, Previous: k.heads[own], Claimed: k.Clock, Kind: kind, Body: body}
	draft.Salt = draft.Previous.Hash
	if k.Salted {
		draft.Salt = sha256.Sum256(append(draft.Salt[:], body...))
	}
	var after []journal.Order
	for log, head := range k.heads {
		if k.Apart && log != own {
			continue
		}
		after = append(after, k.orders[log])
		if log != own {
			draft.Parents = append(draft.Parents, head.Hash)
		}
	}
	entry, err := journal.Write(draft, who.Keys.SignAsDevice)
	if err != nil {
		t.Fatal(err)
	}
	order := journal.NewOrder(entry, after)
	k.heads[own], k.orders[own] = entry.Head(), order
	write := node.AppendEntry{Entry: entry, Order: order, Author: who.Keys.Peer(), Mine: who == k.Me, Arrived: k.Clock.Add(40 * time.Millisecond)}
	k.Writes = append(k.Writes, write)
	return write
}

// Fill makes many short messages, two of theirs after each of mine, and
// returns them as one batch.
func (k *Talk) Fill(t testing.TB, count int) []node.Write {
	t.Helper()
	batch := make([]node.Write, 0, count)
	for i := range count {
		who := k.Them
		if i%3 == 0 {
			who = k.Me
		}
		batch = append(batch, k.Say(t, who, fmt.Sprintf("message %d", i)))
	}
	return batch
}
