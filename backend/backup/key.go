package backup

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"filippo.io/age"

	"github.com/tincan-chat/tincan/backend/identity"
)

const (
	keyMagicBegin = "tincan auto backup v"
	keyMagic      = keyMagicBegin + "1\n" // as long as ageBegin
	// maxLocked is the most bytes of a locked key; one has some 300.
	maxLocked = 4 << 10
)

// Key is what automatic backups are encrypted to. It is no secret: who holds it can
// make backups, and open none.
type Key struct {
	Recipient string `json:"recipient"` // age, X25519
	// Locked is the key's secret and whose it is, encrypted with a passphrase.
	Locked []byte `json:"locked"`
}

// NewKey makes a key whose backups a passphrase opens, for backups of one person only.
func NewKey(passphrase Passphrase, person identity.PeerID) (Key, error) {
	secret, err := age.GenerateX25519Identity()
	if err != nil {
		return Key{}, fmt.Errorf("backup: %w", err)
	}
	var locked bytes.Buffer
	to, err := passphrase.seal(&locked)
	if err != nil {
		return Key{}, err
	}
	inside := append(person[:], secret.String()...)
	defer clear(inside)
	if _, err = to.Write(inside); err == nil {
		err = to.Close()
	}
	if err != nil {
		return Key{}, fmt.Errorf("backup: %w", err)
	}
	return Key{Recipient: secret.Recipient().String(), Locked: locked.Bytes()}, nil
}

// parseLocked reads what is in a locked key: 32 bytes of whose it is, then the
// secret as age writes it.
func parseLocked(inside []byte) (*age.X25519Identity, identity.PeerID, error) {
	var person identity.PeerID
	if len(inside) < len(person) {
		return nil, person, ErrDamaged
	}
	person, err := identity.PeerIDFromBytes(inside[:len(person)])
	if err != nil {
		return nil, person, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	secret, err := age.ParseX25519Identity(string(inside[len(person):]))
	if err != nil {
		return nil, person, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return secret, person, nil
}

func (k Key) seal(to io.Writer) (io.WriteCloser, error) {
	recipient, err := age.ParseX25519Recipient(k.Recipient)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	if len(k.Locked) == 0 || len(k.Locked) > maxLocked {
		return nil, fmt.Errorf("backup: a locked key of %d bytes", len(k.Locked))
	}
	head := binary.BigEndian.AppendUint16([]byte(keyMagic), uint16(len(k.Locked)))
	if _, err = to.Write(append(head, k.Locked...)); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	sealed, err := age.Encrypt(to, recipient)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return sealed, nil
}

// parseHead reads what a backup begins with: the locked key of an automatic one, nil
// for another one. rest is age's. Errors: ErrNone, ErrNewer, ErrDamaged.
func parseHead(from io.Reader) (locked []byte, rest io.Reader, err error) {
	begin := make([]byte, len(ageBegin))
	if _, err = io.ReadFull(from, begin); err != nil {
		return nil, nil, ErrNone
	}
	switch version := begin[len(keyMagicBegin)]; {
	case string(begin) == ageBegin:
		return nil, io.MultiReader(bytes.NewReader(begin), from), nil
	case string(begin) == keyMagic:
	case bytes.HasPrefix(begin, []byte(keyMagicBegin)) && version > '1' && version <= '9':
		return nil, nil, ErrNewer
	default:
		return nil, nil, ErrNone
	}
	var length [2]byte
	if err = fill(from, length[:]); err != nil {
		return nil, nil, err
	}
	count := int(binary.BigEndian.Uint16(length[:]))
	if count == 0 || count > maxLocked {
		return nil, nil, ErrDamaged
	}
	locked = make([]byte, count)
	if err = fill(from, locked); err != nil {
		return nil, nil, err
	}
	return locked, from, nil
}

// Automatic tells whether a file begins as an automatic backup does.
func Automatic(from io.Reader) bool {
	locked, _, err := parseHead(from)
	return err == nil && locked != nil
}

// Same reads a file that was written with this key, whose bytes have a SHA-256, to its
// end: without the passphrase nobody can say more of it. Error: ErrDamaged.
func (k Key) Same(ctx context.Context, from io.Reader, sum []byte) error {
	read := sha256.New()
	tee := io.TeeReader(from, read)
	locked, rest, err := parseHead(tee)
	if err == nil {
		_, err = copyIn(ctx, io.Discard, rest, func(int64) {})
	}
	if err != nil {
		return err
	}
	if !bytes.Equal(locked, k.Locked) || !bytes.Equal(read.Sum(nil), sum) {
		return ErrDamaged
	}
	return nil
}

// Sign says that backups shall be encrypted to this key: who can only write to the
// disk has them encrypted to no other one.
func (k Key) Sign(keys *identity.Keys) []byte {
	return keys.SignAsIdentity(identity.ContextBackupKey, k.signed())
}

// SignedBy tells whether a person signed this key.
func (k Key) SignedBy(person identity.PeerID, signature []byte) bool {
	return len(signature) == ed25519.SignatureSize && identity.Verify(person, identity.ContextBackupKey, k.signed(), signature)
}

func (k Key) signed() []byte { return append([]byte(k.Recipient+"\n"), k.Locked...) }
