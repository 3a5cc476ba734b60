package protocol

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// Times of a session.
const (
	Lease         = 30 * time.Second // without a heartbeat a session ends
	Heartbeat     = 10 * time.Second // how often a device sends one
	NonceLife     = 30 * time.Second // a challenge's nonce is good for one login within it
	AnswerTimeout = 5 * time.Second  // what a client waits for an answer
)

// NonceSize is the size of both nonces, in bytes.
const NonceSize = 32

// MaxLogin is the size of the largest first frame of a client, in bytes of the
// protobuf encoding: a record of 16 devices takes about 28 KiB. It is smaller
// than a frame because whoever sends it is not known yet.
const MaxLogin = 48 << 10

// Rate of frames from one device: Rate a second, Burst at once.
const (
	Rate  = 20
	Burst = 60
)

// Nonce is chosen at random by either side for one login.
type Nonce [NonceSize]byte

// LoginMessage is what the device signs, with context [identity.ContextLogin].
func LoginMessage(server identity.ServerKey, serverNonce, clientNonce Nonce, peer identity.PeerID, device identity.DeviceID) []byte {
	message := make([]byte, 0, 5*NonceSize)
	message = append(message, server[:]...)
	message = append(message, serverNonce[:]...)
	message = append(message, clientNonce[:]...)
	message = append(message, peer[:]...)
	return append(message, device[:]...)
}

// WelcomeMessage is what the server signs, with context [identity.ContextWelcome].
func WelcomeMessage(clientNonce, serverNonce Nonce, peer identity.PeerID, device identity.DeviceID) []byte {
	message := make([]byte, 0, 4*NonceSize)
	message = append(message, clientNonce[:]...)
	message = append(message, serverNonce[:]...)
	message = append(message, peer[:]...)
	return append(message, device[:]...)
}

// Failure makes the frame that tells an error. retryAfter may be zero.
func Failure(code wire.ErrorCode, message string, retryAfter time.Duration) *wire.ServerFrame {
	return &wire.ServerFrame{Kind: &wire.ServerFrame_Error{Error: &wire.ServerError{
		Code: code, Message: message, RetryAfterMs: retryAfter.Milliseconds(),
	}}}
}
