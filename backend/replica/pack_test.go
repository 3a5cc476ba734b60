package replica_test

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/replica"
	"github.com/tincan-chat/tincan/backend/wire"
)

func packer(t testing.TB) *replica.Packer {
	t.Helper()
	made, err := replica.NewPacker()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestBatchComesBack(t *testing.T) {
	t.Parallel()
	mine := many(t, 400, 200)
	entries := mine[mine.held().Logs()[0]]
	p := packer(t)
	batch, err := p.Pack(uuid.Max[:], entries)
	if err != nil {
		t.Fatal(err)
	}
	back, err := p.Unpack(batch)
	if err != nil || len(back.GetEntries()) != len(entries) || !bytes.Equal(back.GetConversation(), uuid.Max[:]) {
		t.Fatalf("%d entries, %v", len(back.GetEntries()), err)
	}
	for i, carried := range back.GetEntries() {
		entry, failure := journal.Parse(carried)
		if failure != nil || entry.Hash() != entries[i].Hash() {
			t.Fatalf("entry %d: %v", i, failure)
		}
	}
	t.Logf("%d bytes of entries are %d compressed", batch.GetSize(), len(batch.GetZstd()))
	if _, err = p.Pack(uuid.Max[:], many(t, 40, wire.MaxText)[mine.held().Logs()[0]]); !errors.Is(err, replica.ErrBatch) {
		t.Errorf("a batch of more than 1 MiB: %v", err)
	}
}

// squeeze compresses as somebody else might.
func squeeze(t testing.TB, plain []byte, options ...zstd.EOption) []byte {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, append(options, zstd.WithEncoderConcurrency(1))...)
	if err != nil {
		t.Fatal(err)
	}
	return encoder.EncodeAll(plain, nil)
}

// stream compresses without saying how much it is.
func stream(t testing.TB, plain []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	encoder, err := zstd.NewWriter(&packed, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	for part := range bytes.Lines(append(bytes.Repeat(append(make([]byte, 1000), '\n'), 20), plain...)) {
		if _, err = encoder.Write(part); err != nil {
			t.Fatal(err)
		}
		if err = encoder.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err = encoder.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// TestBombsAreRefused: batches that would grow are refused for what they say of
// themselves, or at what they said, without the memory that they ask for.
func TestBombsAreRefused(t *testing.T) {
	t.Parallel()
	const huge = 512 << 20
	small, err := proto.Marshal(&wire.Entries{Entries: []*wire.Entry{{Header: []byte{1}}}})
	if err != nil {
		t.Fatal(err)
	}
	bomb := squeeze(t, make([]byte, huge), zstd.WithEncoderLevel(zstd.SpeedFastest))
	lying := bytes.Clone(squeeze(t, make([]byte, 1<<20), zstd.WithSingleSegment(true)))
	p := packer(t)
	cases := map[string]*wire.Batch{
		"a bomb":                   {Size: huge, Zstd: bomb},
		"a bomb that claims less":  {Size: 1000, Zstd: bomb},
		"more than a batch":        {Size: wire.MaxSyncBatch + 1, Zstd: squeeze(t, make([]byte, wire.MaxSyncBatch+1))},
		"less than it holds":       {Size: uint32(len(small)) - 1, Zstd: squeeze(t, small)},
		"more than it holds":       {Size: uint32(len(small)) + 1, Zstd: squeeze(t, small)},
		"no size":                  {Size: 20_000, Zstd: stream(t, small)},
		"two frames":               {Size: uint32(len(small)), Zstd: append(squeeze(t, small), squeeze(t, make([]byte, 1<<20))...)},
		"something behind":         {Size: uint32(len(small)), Zstd: append(squeeze(t, small), 1, 2, 3)},
		"cut":                      {Size: 1 << 20, Zstd: lying[:len(lying)-2]},
		"nothing":                  {},
		"not compressed":           {Size: uint32(len(small)), Zstd: small},
		"too much even compressed": {Size: 1 << 20, Zstd: make([]byte, wire.MaxPacked+1)},
		"skippable":                {Size: 4, Zstd: []byte{0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4}},
		"not entries":              {Size: 1 << 20, Zstd: squeeze(t, bytes.Repeat([]byte{0xff}, 1<<20), zstd.WithSingleSegment(true))},
	}
	for name, batch := range cases {
		entries, err := p.Unpack(batch)
		if !errors.Is(err, replica.ErrBatch) {
			t.Errorf("%s: %d entries, %v", name, len(entries.GetEntries()), err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 20 {
		if _, err := p.Unpack(cases["a bomb"]); err == nil {
			t.Fatal("accepted")
		}
		if _, err := p.Unpack(cases["a bomb that claims less"]); err == nil {
			t.Fatal("accepted")
		}
	}
	runtime.ReadMemStats(&after)
	// Other tests allocate meanwhile; a bomb that is opened takes 10 GiB.
	if grown := after.TotalAlloc - before.TotalAlloc; grown > huge {
		t.Errorf("%d bytes were taken", grown)
	}
}

// FuzzUnpack opens what claims to be a batch: it takes no more than it may, and
// what comes out goes in again.
func FuzzUnpack(f *testing.F) {
	p := packer(f)
	entries := &wire.Entries{Entries: []*wire.Entry{{Header: []byte("header"), Signature: []byte("signature")}}}
	plain, err := proto.Marshal(entries)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(len(plain)), squeeze(f, plain))
	f.Add(uint32(1<<20), squeeze(f, make([]byte, 1<<20), zstd.WithSingleSegment(true)))
	f.Add(uint32(1<<30), squeeze(f, make([]byte, 4<<20)))
	f.Add(uint32(20_000), stream(f, plain))
	f.Fuzz(func(t *testing.T, size uint32, packed []byte) {
		entries, err := p.Unpack(&wire.Batch{Size: size, Zstd: packed})
		switch {
		case err != nil && !errors.Is(err, replica.ErrBatch):
			t.Fatal(err)
		case err == nil && proto.Size(entries) > 2*wire.MaxSyncBatch:
			t.Fatalf("%d bytes came out", proto.Size(entries))
		}
	})
}
