package wire

// Protocol version. A different major is refused with a sentence; of two
// minors the smaller counts, and unknown fields of a newer one are ignored
// where nothing is signed.
const (
	Major = 1
	Minor = 1
)

// FeatureSync is the bit of Hello.features for comparing by digest, batches and
// proofs: Digest, Digests, Vectors, Batch, Proof and Position.again.
const FeatureSync = 1 << 0

// FeatureCheck is the bit of Hello.features for comparing by emoji: Check.
const FeatureCheck = 1 << 1

// Features are the bits of Hello.features that this version knows.
const Features = FeatureSync | FeatureCheck

// Sizes in bytes. They are promises of the protocol: both sides enforce them.
const (
	MaxText        = 32 << 10  // text of one message
	MaxRequestText = 1 << 10   // text of a contact request
	MaxEntry       = 96 << 10  // a serialised entry
	MaxServerFrame = 96 << 10  // a frame between device and rendezvous
	MaxEnvelope    = 80 << 10  // a sealed envelope: 64 KiB padded, plus headers
	LinkFragment   = 16 << 10  // one data channel message
	MaxSyncBatch   = 1 << 20   // an Entries frame, and a batch when decompressed
	MaxPacked      = 512 << 10 // a batch as it is sent
	MaxLinkFrame   = MaxSyncBatch + 64<<10
	MaxName        = 64  // characters of a display name
	MaxReason      = 200 // characters of a ban's reason
	MaxWatched     = 1000
	MaxRefused     = 1000 // peers that a device has its server not route
)
