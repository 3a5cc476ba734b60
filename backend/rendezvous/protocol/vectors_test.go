package protocol_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
)

// TestDocumentedVectors: what docs/protocol.md shows as a worked example is what this code makes.
func TestDocumentedVectors(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	written := strings.Join(strings.Fields(string(page)), "")
	seed := func(number byte) []byte { return bytes.Repeat([]byte{number}, 32) }
	keys, err := identity.NewKeys(bytes.NewReader(append(seed(1), seed(2)...)))
	if err != nil {
		t.Fatal(err)
	}
	server := ed25519.NewKeyFromSeed(seed(3))
	key := identity.ServerKey(server[ed25519.SeedSize:])
	peer, device := keys.Peer(), keys.Device()
	nonce, client := protocol.Nonce(seed(4)), protocol.Nonce(seed(5))
	list, err := keys.DeviceList(1, time.UnixMilli(1_700_000_000_000))
	if err != nil {
		t.Fatal(err)
	}
	for name, made := range map[string][]byte{
		"identity":           peer[:],
		"device":             device[:],
		"server":             key[:],
		"login":              keys.SignAsDevice(identity.ContextLogin, protocol.LoginMessage(key, nonce, client, peer, device)),
		"welcome":            identity.Sign(server, identity.ContextWelcome, protocol.WelcomeMessage(client, nonce, peer, device)),
		"device list":        list.GetBody(),
		"device list signed": list.GetSignature(),
	} {
		if !strings.Contains(written, hex.EncodeToString(made)) {
			t.Errorf("the page does not have this %s: %x", name, made)
		}
	}
}
