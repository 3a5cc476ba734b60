package wire

// Protocol version. A different major is refused with a sentence; of two
// minors the smaller counts, and unknown fields of a newer one are ignored
// where nothing is signed.
const (
	Major = 1
	Minor = 0
)

// Sizes in bytes. They are promises of the protocol: both sides enforce them.
const (
	MaxText        = 32 << 10 // text of one message
	MaxRequestText = 1 << 10  // text of a contact request
	MaxEntry       = 96 << 10 // a serialised entry
	MaxServerFrame = 96 << 10 // a frame between device and rendezvous
	MaxEnvelope    = 80 << 10 // a sealed envelope: 64 KiB padded, plus headers
	LinkFragment   = 16 << 10 // one data channel message
	MaxSyncBatch   = 1 << 20  // an Entries frame
	MaxLinkFrame   = MaxSyncBatch + 64<<10
	MaxName        = 64  // characters of a display name
	MaxReason      = 200 // characters of a ban's reason
	MaxWatched     = 1000
)
