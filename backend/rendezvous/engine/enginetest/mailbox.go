package enginetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/wire"
)

// RunMailbox runs the suite on mailboxes that open makes, and ends with its
// test. hints returns whom the mailbox hinted so far.
func RunMailbox(t *testing.T, open func(t *testing.T) (engine.Mailbox, func() []identity.PeerID)) {
	t.Helper()
	tests := map[string]func(*testing.T, *post){
		"mail comes back in order":                mailInOrder,
		"mail is hinted":                          mailHinted,
		"fetch goes on where it ended":            fetchGoesOn,
		"fetch takes what fits":                   fetchTakesWhatFits,
		"fetch with a cursor of nobody":           fetchForeignCursor,
		"the same envelope is kept once":          sameEnvelope,
		"a full box has room again":               boxFull,
		"a box is bounded in bytes":               boxBytes,
		"boxes take no room from another":         quotasApart,
		"many put at once":                        manyPut,
		"mail expires":                            mailExpires,
		"only the owner deletes":                  onlyOwnerDeletes,
		"what was put is taken back":              takenBack,
		"a tag leads to its owner":                tagLeads,
		"a tag is taken":                          tagTaken,
		"a tag expires":                           tagExpires,
		"a tag lives no longer than allowed":      tagLifeBounded,
		"a peer has so many tags":                 tooManyTags,
		"two claim a tag at once, and one has it": tagRace,
		"a claim of nothing and twice the same":   oddClaims,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			box, hints := open(t)
			test(t, &post{Mailbox: box, hints: hints})
		})
	}
}

type post struct {
	engine.Mailbox

	hints func() []identity.PeerID
}

// soon is how long the suite waits for what must happen.
const soon = 30 * time.Second

// eventually calls met until it is true.
func eventually(t *testing.T, what string, met func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !met() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		case <-again.C:
		}
	}
}

func someone() identity.PeerID {
	var peer identity.PeerID
	_, _ = rand.Read(peer[:])
	return peer
}

func someTag() engine.Tag {
	var tag engine.Tag
	_, _ = rand.Read(tag[:])
	return tag
}

// envelope is of a size and unlike any other number's.
func envelope(number, size int) []byte {
	made := make([]byte, max(size, 8))
	binary.BigEndian.PutUint64(made, uint64(number))
	return made
}

func number(envelope []byte) int { return int(binary.BigEndian.Uint64(envelope)) }

func later() time.Time { return time.Now().Add(time.Hour) }

func (p *post) put(t *testing.T, owner identity.PeerID, box engine.Box, tag engine.Tag, envelope []byte) {
	t.Helper()
	if err := p.Put(t.Context(), owner, box, tag, envelope, later()); err != nil {
		t.Fatalf("Put: %v", err)
	}
}

// fill puts envelopes from a number on until the box is full, and returns how many went in.
func (p *post) fill(t *testing.T, owner identity.PeerID, box engine.Box, tag engine.Tag, first, size int) int {
	t.Helper()
	most, _ := engine.Quota(box)
	for count := range 2 * most {
		err := p.Put(t.Context(), owner, box, tag, envelope(first+count, size), later())
		if errors.Is(err, engine.ErrBoxFull) {
			return count
		}
		if err != nil {
			t.Fatalf("Put: %v", err)
		}
	}
	t.Fatalf("the box took %d envelopes", 2*most)
	return 0
}

// all fetches everything, size bytes at a time.
func (p *post) all(t *testing.T, owner identity.PeerID, size int) []engine.Mail {
	t.Helper()
	var mails []engine.Mail
	var after []byte
	for {
		got, next, err := p.Fetch(t.Context(), owner, after, size)
		if err != nil {
			t.Fatalf("Fetch: %v", err)
		}
		if len(next) > 64 {
			t.Fatalf("a cursor of %d bytes", len(next))
		}
		mails = append(mails, got...)
		if next == nil {
			return mails
		}
		if len(got) == 0 {
			t.Fatal("Fetch returned nothing and a cursor")
		}
		after = next
	}
}

func numbers(mails []engine.Mail) []int {
	all := make([]int, 0, len(mails))
	for _, mail := range mails {
		all = append(all, number(mail.Envelope))
	}
	return all
}

func ids(mails []engine.Mail) [][]byte {
	all := make([][]byte, 0, len(mails))
	for _, mail := range mails {
		all = append(all, mail.ID)
	}
	return all
}

func (p *post) expect(t *testing.T, owner identity.PeerID, want ...int) {
	t.Helper()
	got := numbers(p.all(t, owner, 1<<20))
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("in the boxes: %v, want %v", got, want)
	}
}

func mailInOrder(t *testing.T, p *post) {
	owner, contact, invite := someone(), someTag(), someTag()
	began := time.Now()
	for i := range 30 {
		switch {
		case i%5 == 0:
			p.put(t, owner, engine.BoxInvite, invite, envelope(i, 100))
		case i%7 == 0:
			p.put(t, owner, engine.BoxContact, contact, envelope(i, 20<<10))
		default:
			p.put(t, owner, engine.BoxContact, contact, envelope(i, 100))
		}
	}
	last := map[engine.Box]int{}
	mails := p.all(t, owner, 4<<10)
	if len(mails) != 30 {
		t.Fatalf("%d came back", len(mails))
	}
	for _, mail := range mails {
		i := number(mail.Envelope)
		want := engine.BoxContact
		if i%5 == 0 {
			want = engine.BoxInvite
		}
		if mail.Box != want {
			t.Errorf("%d is in box %d", i, mail.Box)
		}
		if seen, ok := last[mail.Box]; ok && seen >= i {
			t.Errorf("%d came after %d", i, seen)
		}
		last[mail.Box] = i
		if mail.Stored.Before(began.Add(-time.Second)) || mail.Stored.After(time.Now().Add(time.Second)) {
			t.Errorf("stored at %v", mail.Stored)
		}
		if len(mail.ID) == 0 || len(mail.ID) > 32 {
			t.Errorf("an id of %d bytes", len(mail.ID))
		}
		size := 100
		if i%5 != 0 && i%7 == 0 {
			size = 20 << 10
		}
		if !bytes.Equal(mail.Envelope, envelope(i, size)) {
			t.Errorf("the envelope %d is another", i)
		}
	}
	p.expect(t, someone())
}

func mailHinted(t *testing.T, p *post) {
	owner := someone()
	p.put(t, owner, engine.BoxContact, someTag(), envelope(1, 100))
	eventually(t, "a hint", func() bool { return slices.Contains(p.hints(), owner) })
}

func fetchGoesOn(t *testing.T, p *post) {
	owner, tag := someone(), someTag()
	for i := range 6 {
		p.put(t, owner, engine.BoxContact, tag, envelope(i, 100))
	}
	first, next, err := p.Fetch(t.Context(), owner, nil, 250)
	if err != nil || len(first) != 2 || next == nil {
		t.Fatalf("Fetch = %v, %x, %v", numbers(first), next, err)
	}
	p.put(t, owner, engine.BoxContact, tag, envelope(6, 100))
	p.put(t, owner, engine.BoxStranger, tag, envelope(7, 100))
	if err = p.Delete(t.Context(), owner, ids(first)); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	var rest []int
	for next != nil {
		var got []engine.Mail
		if got, next, err = p.Fetch(t.Context(), owner, next, 250); err != nil {
			t.Fatalf("Fetch: %v", err)
		}
		rest = append(rest, numbers(got)...)
	}
	slices.Sort(rest)
	if !slices.Equal(rest, []int{2, 3, 4, 5, 6, 7}) {
		t.Errorf("the rest is %v", rest)
	}
	p.expect(t, owner, 2, 3, 4, 5, 6, 7)
}

func fetchTakesWhatFits(t *testing.T, p *post) {
	owner, tag := someone(), someTag()
	for i := range 4 {
		p.put(t, owner, engine.BoxContact, tag, envelope(i, 1000))
	}
	for size, want := range map[int]int{1: 1, 999: 1, 1000: 1, 1999: 1, 2000: 2, 3500: 3, 4000: 4, 1 << 20: 4} {
		got, next, err := p.Fetch(t.Context(), owner, nil, size)
		if err != nil || len(got) != want || (next == nil) != (want == 4) {
			t.Errorf("Fetch of %d bytes = %v, %x, %v", size, numbers(got), next, err)
		}
	}
}

func fetchForeignCursor(t *testing.T, p *post) {
	owner, tag := someone(), someTag()
	p.put(t, owner, engine.BoxContact, tag, envelope(1, 100))
	p.put(t, owner, engine.BoxInvite, tag, envelope(2, 100))
	for _, cursor := range [][]byte{{}, []byte("x"), bytes.Repeat([]byte{0xff}, 65), make([]byte, 1000)} {
		got, _, err := p.Fetch(t.Context(), owner, cursor, 1<<20)
		if err != nil || len(got) != 2 {
			t.Errorf("Fetch after %d strange bytes = %v, %v", len(cursor), numbers(got), err)
		}
	}
}

func sameEnvelope(t *testing.T, p *post) {
	owner, tag, other := someone(), someTag(), someTag()
	for range 3 {
		p.put(t, owner, engine.BoxContact, tag, envelope(1, 100))
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := p.Put(t.Context(), owner, engine.BoxContact, tag, envelope(2, 20<<10), later()); err != nil {
				t.Errorf("Put: %v", err)
			}
		})
	}
	group.Wait()
	p.expect(t, owner, 1, 2)
	p.put(t, owner, engine.BoxContact, other, envelope(1, 100))
	p.expect(t, owner, 1, 1, 2)
}

// within says whether a count is a quota, give or take a tenth.
func within(count, quota int) bool { return count >= quota-quota/10 && count <= quota+quota/10 }

func boxFull(t *testing.T, p *post) {
	for _, box := range []engine.Box{engine.BoxStranger, engine.BoxInvite} {
		owner, tag := someone(), someTag()
		most, _ := engine.Quota(box)
		count := p.fill(t, owner, box, tag, 0, 200)
		if !within(count, most) {
			t.Errorf("box %d took %d", box, count)
		}
		// What is there already needs no room.
		p.put(t, owner, box, tag, envelope(0, 200))
		mails := p.all(t, owner, 1<<20)
		if len(mails) != count {
			t.Errorf("box %d has %d of %d", box, len(mails), count)
		}
		if err := p.Delete(t.Context(), owner, ids(mails[:3])); err != nil {
			t.Fatalf("Delete: %v", err)
		}
		// The one that was refused is wanted now.
		if again := p.fill(t, owner, box, tag, count, 200); again != 3 {
			t.Errorf("box %d had room for %d after 3 were deleted", box, again)
		}
	}
}

func boxBytes(t *testing.T, p *post) {
	for _, box := range []engine.Box{engine.BoxStranger, engine.BoxInvite} {
		owner, tag := someone(), someTag()
		most, size := engine.Quota(box)
		count := p.fill(t, owner, box, tag, 0, wire.MaxEnvelope)
		if bytes := count * wire.MaxEnvelope; count < most/10 || bytes > size+size/10 {
			t.Errorf("box %d took %d of the largest envelopes, %d bytes", box, count, bytes)
		}
	}
}

func quotasApart(t *testing.T, p *post) {
	owner, stranger, contact, first, second := someone(), someTag(), someTag(), someTag(), someTag()
	strangers := p.fill(t, owner, engine.BoxStranger, stranger, 0, 100)
	invited := p.fill(t, owner, engine.BoxInvite, first, 1000, 100)
	other := p.fill(t, owner, engine.BoxInvite, second, 2000, 100)
	if other != invited {
		t.Errorf("one invite took %d, the other %d", invited, other)
	}
	p.put(t, owner, engine.BoxContact, contact, envelope(3000, 100))
	p.put(t, someone(), engine.BoxStranger, stranger, envelope(4000, 100))
	count := map[engine.Box]int{}
	for _, mail := range p.all(t, owner, 64<<10) {
		count[mail.Box]++
	}
	if count[engine.BoxStranger] != strangers || count[engine.BoxInvite] != invited+other || count[engine.BoxContact] != 1 {
		t.Errorf("the boxes have %v", count)
	}
	// A full box is full for every tag that leads there.
	if err := p.Put(t.Context(), owner, engine.BoxStranger, someTag(), envelope(5000, 100), later()); !errors.Is(err, engine.ErrBoxFull) {
		t.Errorf("Put at another tag = %v", err)
	}
}

func manyPut(t *testing.T, p *post) {
	owner, tag := someone(), someTag()
	const writers, each = 16, engine.ContactBox/16 + 20
	var mu sync.Mutex
	var kept []int
	var group sync.WaitGroup
	for writer := range writers {
		group.Go(func() {
			for i := range each {
				made := writer*each + i
				err := p.Put(t.Context(), owner, engine.BoxContact, tag, envelope(made, 300), later())
				switch {
				case err == nil:
					mu.Lock()
					kept = append(kept, made)
					mu.Unlock()
				case !errors.Is(err, engine.ErrBoxFull):
					t.Errorf("Put: %v", err)
				}
			}
		})
	}
	group.Wait()
	if !within(len(kept), engine.ContactBox) {
		t.Errorf("the box took %d", len(kept))
	}
	p.expect(t, owner, kept...)
}

func mailExpires(t *testing.T, p *post) {
	owner, tag := someone(), someTag()
	expires := time.Now().Add(1500 * time.Millisecond)
	for _, size := range []int{100, 20 << 10} {
		if err := p.Put(t.Context(), owner, engine.BoxContact, tag, envelope(size, size), expires); err != nil {
			t.Fatalf("Put: %v", err)
		}
	}
	p.put(t, owner, engine.BoxContact, tag, envelope(1, 100))
	if got := p.all(t, owner, 1<<20); len(got) != 3 && time.Now().Before(expires) {
		t.Errorf("%v were there before they expired", numbers(got))
	}
	eventually(t, "mail that expires", func() bool { return len(p.all(t, owner, 1<<20)) == 1 })
	if time.Now().Before(expires) {
		t.Error("expired too early")
	}
	p.expect(t, owner, 1)
}

func onlyOwnerDeletes(t *testing.T, p *post) {
	ana, ben, tag := someone(), someone(), someTag()
	for i, box := range []engine.Box{engine.BoxContact, engine.BoxInvite, engine.BoxStranger} {
		p.put(t, ana, box, tag, envelope(i, 100))
		p.put(t, ben, box, tag, envelope(10+i, 100))
	}
	mails := p.all(t, ana, 1<<20)
	strange := append(ids(mails), nil, []byte{}, []byte("x"), bytes.Repeat([]byte{0xff}, 9), make([]byte, 32), make([]byte, 500))
	if err := p.Delete(t.Context(), ben, strange); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	p.expect(t, ana, 0, 1, 2)
	p.expect(t, ben, 10, 11, 12)
	for range 2 { // the second time there is nothing to delete
		if err := p.Delete(t.Context(), ana, strange); err != nil {
			t.Fatalf("Delete: %v", err)
		}
	}
	p.expect(t, ana)
	p.expect(t, ben, 10, 11, 12)
}

func takenBack(t *testing.T, p *post) {
	ana, ben, tag := someone(), someone(), someTag()
	recall := func(owner identity.PeerID, box engine.Box, number, size int) bool {
		t.Helper()
		found, read, err := p.Recall(t.Context(), owner, box, tag, sha256.Sum256(envelope(number, size)), size)
		if err != nil {
			t.Fatalf("Recall: %v", err)
		}
		if found && read < size || read > 9*200 {
			t.Errorf("%d bytes were read", read)
		}
		return found
	}
	for i, box := range []engine.Box{engine.BoxContact, engine.BoxInvite, engine.BoxStranger} {
		for number := range 3 {
			p.put(t, ana, box, tag, envelope(10*i+number, 100+number))
		}
		if recall(ben, box, 10*i+1, 101) || recall(ana, box, 10*i+1, 102) || recall(ana, box, 77, 101) {
			t.Errorf("box %d: something else was taken back", box)
		}
		if !recall(ana, box, 10*i+1, 101) || recall(ana, box, 10*i+1, 101) {
			t.Errorf("box %d: it was not taken back, once", box)
		}
	}
	p.expect(t, ana, 0, 2, 10, 12, 20, 22)
}
