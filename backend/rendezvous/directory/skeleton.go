package directory

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"github.com/tincan-chat/tincan/backend/identity"
)

//go:embed confusables.txt
var confusablesText string

// confusables maps a character to what it looks like.
var confusables = sync.OnceValue(func() map[rune]string {
	table := make(map[rune]string)
	for line := range strings.Lines(confusablesText) {
		points := strings.Fields(line)
		if len(points) < 2 || points[0] == "#" {
			continue
		}
		prototype := strings.Builder{}
		for _, point := range points[1:] {
			prototype.WriteRune(codePoint(point))
		}
		table[codePoint(points[0])] = prototype.String()
	}
	return table
})

func codePoint(text string) rune {
	point, err := strconv.ParseUint(text, 16, 32)
	if err != nil {
		return '\uFFFD'
	}
	return rune(point)
}

// skeleton returns the same text for handles that look alike (UTS #39, 4).
func skeleton(handle string) string {
	table := confusables()
	looks := strings.Builder{}
	for _, character := range norm.NFC.String(handle) {
		if prototype, found := table[character]; found {
			looks.WriteString(prototype)
		} else {
			looks.WriteRune(character)
		}
	}
	return norm.NFD.String(looks.String())
}

// handleKey names a handle's record in the table. It is a hash because 32
// characters of some scripts are longer than a key may be.
func handleKey(handle string) string {
	digest := sha256.Sum256([]byte(skeleton(handle)))
	return "name/" + hex.EncodeToString(digest[:])
}

func ledgerKey(peer identity.PeerID) string { return "peer/" + hex.EncodeToString(peer[:]) }

func entryKey(peer identity.PeerID) string { return hex.EncodeToString(peer[:]) }

func peerOfEntryKey(key string) (peer identity.PeerID, ok bool) {
	n, err := hex.Decode(peer[:], []byte(key[:min(len(key), 2*len(peer))]))
	return peer, err == nil && n == len(peer) && len(key) == 2*len(peer)
}

// reservedNames are not given to anybody: who has one of them would be taken for the operator.
var reservedNames = []string{
	"abuse", "admin", "administrator", "anonymous", "bot", "contact", "everyone", "help", "helpdesk", "hostmaster", "info",
	"mail", "mod", "moderator", "nobody", "noreply", "null", "official", "operator", "owner", "postmaster", "privacy", "root",
	"security", "server", "service", "staff", "support", "sysadmin", "system", "team", "tincan", "undefined", "webmaster",
	"管理员", "管理員", "客服人员", "管理者", "админ", "администратор", "поддержка",
}

// reservedForm is what reserved names are compared by: no separators, and no
// digits after the word, so that support-1 is reserved too.
func reservedForm(handle string) string {
	bare := strings.Map(func(character rune) rune {
		if strings.ContainsRune("._-", character) {
			return -1
		}
		return character
	}, handle)
	if word := strings.TrimRight(bare, "0123456789"); word != "" {
		bare = word
	}
	return strings.ToLower(skeleton(bare))
}
