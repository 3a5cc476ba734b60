package replica

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/wire"
)

// ErrBatch is wrapped by why a batch is refused.
var ErrBatch = errors.New("replica: the batch is refused")

// maxPackWindow is how far back a batch may refer, in bytes: a frame that asks
// for more memory than the batch itself is refused before it gets any.
const maxPackWindow = wire.MaxSyncBatch

// Packer compresses and decompresses batches. It is safe for concurrent use.
type Packer struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// NewPacker makes one. It needs no closing: nothing runs in the background.
func NewPacker() (*Packer, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true), zstd.WithSingleSegment(true))
	if err != nil {
		return nil, fmt.Errorf("replica: compression: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(wire.MaxSyncBatch), zstd.WithDecoderMaxWindow(maxPackWindow))
	if err != nil {
		return nil, fmt.Errorf("replica: decompression: %w", err)
	}
	return &Packer{encoder: encoder, decoder: decoder}, nil
}

// Pack makes a batch of entries of one conversation. Error: [ErrBatch] when they
// are too many for one.
func (p *Packer) Pack(conversation []byte, entries []journal.Entry) (*wire.Batch, error) {
	frame := &wire.Entries{Entries: make([]*wire.Entry, 0, len(entries))}
	for _, entry := range entries {
		frame.Entries = append(frame.Entries, entry.Wire())
	}
	plain, err := wire.Encode(frame)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBatch, err)
	}
	packed := p.encoder.EncodeAll(plain, make([]byte, 0, len(plain)/2))
	if len(plain) > wire.MaxSyncBatch || len(packed) > wire.MaxPacked {
		return nil, fmt.Errorf("%w: %d bytes, %d compressed", ErrBatch, len(plain), len(packed))
	}
	return &wire.Batch{Conversation: conversation, Size: uint32(len(plain)), Zstd: packed}, nil
}

// Unpack reads a batch from outside. It looks at what the frame says of itself
// before any memory is taken for it: a single frame with its size written down,
// which is the one that the batch declares, without a dictionary. Error: [ErrBatch].
func (p *Packer) Unpack(batch *wire.Batch) (*wire.Entries, error) {
	packed, size := batch.GetZstd(), uint64(batch.GetSize())
	var header zstd.Header
	switch err := header.Decode(packed); {
	case len(packed) > wire.MaxPacked || size > wire.MaxSyncBatch:
		return nil, fmt.Errorf("%w: %d bytes, %d compressed", ErrBatch, size, len(packed))
	case err != nil:
		return nil, fmt.Errorf("%w: it is not compressed as it should be", ErrBatch)
	case header.Skippable || header.DictionaryID != 0 || !header.HasFCS || header.FrameContentSize != size || header.WindowSize > maxPackWindow:
		return nil, fmt.Errorf("%w: it does not say what it holds", ErrBatch)
	}
	plain, err := p.decoder.DecodeAll(packed, make([]byte, 0, size))
	if err != nil || uint64(len(plain)) != size {
		return nil, fmt.Errorf("%w: it does not hold what it says", ErrBatch)
	}
	entries := &wire.Entries{}
	if err := wire.Decode(plain, wire.MaxSyncBatch, entries); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBatch, err)
	}
	entries.Conversation = batch.GetConversation()
	return entries, nil
}
