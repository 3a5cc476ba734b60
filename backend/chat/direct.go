package chat

import (
	"bytes"
	"crypto/sha256"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
)

// DirectConversation names the conversation of two peers. Both sides compute
// the same UUID (version 8, RFC 9562), whoever asked whom and even when both
// asked at once.
func DirectConversation(a, b identity.PeerID) uuid.UUID {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	hash := sha256.New()
	hash.Write([]byte("tincan/direct/1"))
	hash.Write(a[:])
	hash.Write(b[:])
	var id uuid.UUID
	copy(id[:], hash.Sum(nil))
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}
