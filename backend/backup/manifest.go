package backup

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Errors of what is no backup that can be used.
var (
	ErrNone       = errors.New("backup: this is no backup")
	ErrNewer      = errors.New("backup: a newer version made it")
	ErrPassphrase = errors.New("backup: the passphrase does not open it")
	ErrDamaged    = errors.New("backup: it is cut or was changed")
)

// Names of the files.
const (
	IdentityName = "identity"
	DatabaseName = "tincan.db"
)

const (
	magicBegin  = "tincan backup v"
	magic       = magicBegin + "1\n"
	maxManifest = 64 << 10 // bytes
	maxName     = 1 << 10  // bytes of the person's name, and of the version
	// MaxSize is the most bytes of a database in a backup: 64 GiB.
	MaxSize = 64 << 30
)

// Manifest says what is in a backup.
type Manifest struct {
	Version int    `json:"version"` // 1
	Made    string `json:"made"`    // RFC 3339, UTC
	Tincan  string `json:"tincan"`  // the version that made it
	Name    string `json:"name"`    // the person's, at most 1 KiB
	Peer    string `json:"peer"`    // the person's PeerID
	Device  string `json:"device"`  // that made it, in hexadecimal
	Files   []File `json:"files"`
}

// File is one file of a backup.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // in hexadecimal
}

// encode writes a manifest in its one form.
func (m Manifest) encode() ([]byte, error) { return json.Marshal(m) }

// parseManifest reads a manifest that is signed by the person that it names.
// Errors: ErrNewer, ErrDamaged.
func parseManifest(data, signature []byte) (Manifest, error) {
	var found Manifest
	if len(data) > maxManifest {
		return found, ErrDamaged
	}
	var version struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(data, &version) != nil {
		return found, ErrDamaged
	}
	if version.Version > 1 {
		return found, ErrNewer
	}
	if json.Unmarshal(data, &found) != nil {
		return Manifest{}, ErrDamaged
	}
	if again, err := found.encode(); err != nil || !bytes.Equal(again, data) {
		return Manifest{}, ErrDamaged
	}
	peer, err := identity.ParsePeerID(found.Peer)
	if err != nil || !found.sound() || !identity.Verify(peer, identity.ContextBackup, data, signature) {
		return Manifest{}, ErrDamaged
	}
	return found, nil
}

// sound tells whether a manifest says what a manifest may.
func (m Manifest) sound() bool {
	if _, err := time.Parse(time.RFC3339, m.Made); err != nil || m.Version != 1 || len(m.Name) > maxName || len(m.Tincan) > maxName || len(m.Files) != 2 {
		return false
	}
	if _, err := identity.ParseDeviceID(m.Device); err != nil {
		return false
	}
	for i, name := range []string{IdentityName, DatabaseName} {
		sum, err := hex.DecodeString(m.Files[i].SHA256)
		if m.Files[i].Name != name || m.Files[i].Size < 0 || m.Files[i].Size > MaxSize || err != nil || len(sum) != sha256.Size {
			return false
		}
	}
	return m.Files[0].Size == ed25519.SeedSize
}

// total is how many bytes the files have.
func (m Manifest) total() (total int64) {
	for _, one := range m.Files {
		total += one.Size
	}
	return total
}
