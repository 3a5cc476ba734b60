package linktest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

// pattern is content that differs at every place and for every seed.
func pattern(seed uint64, size int) []byte {
	source := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	out := make([]byte, size)
	_, _ = source.Read(out) // never fails
	return out
}

func messagesInOrder(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	session := p.open(t)
	sizes := []int{
		0, 1, 2, 100, wire.LinkFragment - 2, wire.LinkFragment - 1, wire.LinkFragment, wire.LinkFragment + 1,
		2*wire.LinkFragment - 2, 2*wire.LinkFragment - 1, 65535, 65536, 65537, 1 << 18, wire.MaxSyncBatch, wire.MaxLinkFrame,
	}
	for i := range 200 {
		sizes = append(sizes, i*37%4000)
	}
	var sending sync.WaitGroup
	for _, ends := range [][2]*person{{p.small, p.large}, {p.large, p.small}} {
		sending.Go(func() {
			for i, size := range sizes {
				p.sendPatiently(t, ends[0], session, pattern(uint64(i), size))
			}
		})
	}
	sending.Wait()
	for _, one := range []*person{p.small, p.large} {
		got := one.waitMessages(t, session, len(sizes))
		for i, message := range got {
			if !bytes.Equal(message, pattern(uint64(i), sizes[i])) {
				t.Fatalf("message %d of %d bytes is not what was sent (%d bytes)", i, sizes[i], len(message))
			}
		}
	}
}

// sendPatiently sends, and waits for Drained when the backlog is full.
func (p *pair) sendPatiently(t *testing.T, from *person, session link.Session, message []byte) {
	t.Helper()
	for {
		drained := from.count(session, func(e link.Event) bool { return e.Drained })
		err := from.transport.Send(session, message)
		if err == nil {
			return
		}
		if !errors.Is(err, link.ErrBacklog) {
			t.Errorf("Send: %v", err)
			return
		}
		from.wait(t, "Drained", func(link.Event) bool {
			return from.count(session, func(e link.Event) bool { return e.Drained }) > drained
		})
	}
}

func (p *person) count(session link.Session, matches func(link.Event) bool) int {
	events, _ := p.all()
	n := 0
	for _, event := range events {
		if event.Session == session && matches(event) {
			n++
		}
	}
	return n
}

func (p *person) waitMessages(t testing.TB, session link.Session, count int) [][]byte {
	t.Helper()
	var got [][]byte
	p.wait(t, "all messages", func(e link.Event) bool {
		if e.Session == session && e.Message != nil {
			got = append(got, e.Message)
		}
		return len(got) == count
	})
	return got
}

func backlog(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	session := p.open(t)
	message := pattern(1, wire.MaxSyncBatch)
	sent, refused := 0, false
	for !refused && sent < 1000 {
		switch err := p.small.transport.Send(session, message); {
		case errors.Is(err, link.ErrBacklog):
			refused = true
		case err != nil:
			t.Fatal(err)
		default:
			sent++
		}
	}
	if !refused {
		t.Fatalf("%d messages of 1 MiB were taken without a word", sent)
	}
	p.small.wait(t, "Drained", func(e link.Event) bool { return e.Drained })
	if err := p.small.transport.Send(session, message); err != nil {
		t.Fatalf("Send after Drained: %v", err)
	}
	for _, got := range p.large.waitMessages(t, session, sent+1) {
		if !bytes.Equal(got, message) {
			t.Fatal("a message is not what was sent")
		}
	}
}

func (p *person) waitStream(t testing.TB, label string) link.Stream {
	t.Helper()
	event := p.wait(t, "a stream", func(e link.Event) bool { return e.Stream != nil && e.Stream.Label() == label })
	return event.Stream
}

func streams(t *testing.T, factory Factory) {
	const size = 64 << 20
	p := newPair(t, factory)
	session := p.open(t)
	near, err := p.large.transport.OpenStream(t.Context(), session, "file")
	if err != nil {
		t.Fatal(err)
	}
	far := p.small.waitStream(t, "file")
	content := pattern(7, size)
	reply := []byte("the answer, after the end of the question")
	var work sync.WaitGroup
	work.Go(func() {
		if n, writeErr := near.Write(content); n != size || writeErr != nil {
			t.Errorf("Write: %d, %v", n, writeErr)
		}
		if closeErr := near.CloseWrite(); closeErr != nil {
			t.Errorf("CloseWrite: %v", closeErr)
		}
		if _, writeErr := near.Write([]byte("x")); writeErr == nil {
			t.Error("Write after CloseWrite")
		}
		// This half is still open.
		got, readErr := io.ReadAll(near)
		if readErr != nil || !bytes.Equal(got, reply) {
			t.Errorf("the other half: %d bytes, %v", len(got), readErr)
		}
		if closeErr := near.Close(); closeErr != nil {
			t.Errorf("Close: %v", closeErr)
		}
	})
	hash := sha256.New()
	n, err := io.Copy(hash, far)
	if err != nil || n != size {
		t.Fatalf("read %d bytes: %v", n, err)
	}
	if want := sha256.Sum256(content); !bytes.Equal(hash.Sum(nil), want[:]) {
		t.Error("the content is not what was written")
	}
	if _, err = far.Write(reply); err != nil {
		t.Errorf("Write: %v", err)
	}
	if err = far.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	work.Wait()
	p.checkAlive(t, session)
}

func unreadStream(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	session := p.open(t)
	unread, err := p.small.transport.OpenStream(t.Context(), session, "unread")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		if _, writeErr := unread.Write(make([]byte, 64<<20)); writeErr == nil {
			t.Error("64 MiB went into a stream that nobody reads")
		}
	})
	far := p.large.waitStream(t, "unread")
	p.checkAlive(t, session)
	other, err := p.small.transport.OpenStream(t.Context(), session, "read")
	if err != nil {
		t.Fatal(err)
	}
	work.Go(func() {
		if _, writeErr := other.Write(pattern(3, 8<<20)); writeErr != nil {
			t.Errorf("Write: %v", writeErr)
		}
		if closeErr := other.Close(); closeErr != nil {
			t.Errorf("Close: %v", closeErr)
		}
	})
	got, err := io.ReadAll(p.large.waitStream(t, "read"))
	if err != nil || !bytes.Equal(got, pattern(3, 8<<20)) {
		t.Errorf("the stream beside it: %d bytes, %v", len(got), err)
	}
	// Closing it unread ends the writer.
	if err = far.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	work.Wait()
	if err = unread.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	p.checkAlive(t, session)
}

func streamLimits(t *testing.T, factory Factory) {
	p := newPair(t, factory)
	session := p.open(t)
	if _, err := p.small.transport.OpenStream(t.Context(), session, strings.Repeat("x", link.MaxLabel+1)); !errors.Is(err, link.ErrStreams) {
		t.Errorf("a long label: %v", err)
	}
	var all []link.Stream
	for range link.MaxStreams {
		stream, err := p.small.transport.OpenStream(t.Context(), session, "one of many")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, stream)
	}
	if _, err := p.small.transport.OpenStream(t.Context(), session, "one too many"); !errors.Is(err, link.ErrStreams) {
		t.Errorf("too many streams: %v", err)
	}
	if err := all[0].Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := all[0].Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
	if _, err := all[0].Read(make([]byte, 1)); err == nil {
		t.Error("Read after Close")
	}
	fresh, err := p.small.transport.OpenStream(t.Context(), session, "in its place")
	if err != nil {
		t.Fatalf("a stream in the place of a closed one: %v", err)
	}
	p.large.waitStream(t, "in its place")
	p.large.transport.Hangup(session)
	p.small.waitReason(t, session, link.ReasonRemote)
	if _, err = fresh.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("Read after the session: %v", err)
	}
	if _, err = fresh.Write(make([]byte, 1)); err == nil {
		t.Error("Write after the session")
	}
}
