package backup

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Content is what is backed up.
type Content struct {
	Keys     *identity.Keys
	Name     string   // of the person
	Tincan   string   // version
	Database *os.File // a copy that nobody writes to, read from its beginning
	Made     time.Time
}

// Write writes a backup that a passphrase opens, encrypted with it or to a key that
// it locks. progress is told bytes of the files, as they are written.
func Write(ctx context.Context, to io.Writer, sealer Sealer, content Content, progress func(done, total int64)) (Manifest, error) {
	seed := content.Keys.Seeds()[:ed25519.SeedSize]
	defer clear(seed)
	sum := sha256.New()
	size, err := copyOut(ctx, sum, content.Database, func(int64) {})
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: reading the database: %w", err)
	}
	if _, err = content.Database.Seek(0, io.SeekStart); err != nil {
		return Manifest{}, fmt.Errorf("backup: reading the database: %w", err)
	}
	seedSum := sha256.Sum256(seed)
	manifest := Manifest{
		Version: 1, Made: content.Made.UTC().Format(time.RFC3339), Tincan: content.Tincan, Name: content.Name,
		Peer: content.Keys.Peer().String(), Device: content.Keys.Device().String(),
		Files: []File{
			{Name: IdentityName, Size: int64(len(seed)), SHA256: hex.EncodeToString(seedSum[:])},
			{Name: DatabaseName, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))},
		},
	}
	body, err := manifest.encode()
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	if !manifest.sound() {
		return Manifest{}, fmt.Errorf("backup: %d bytes of %q are too much", size, content.Name)
	}
	sealed, err := sealer.seal(to)
	if err != nil {
		return Manifest{}, err
	}
	head := binary.BigEndian.AppendUint32([]byte(magic), uint32(len(body)))
	head = append(append(head, body...), content.Keys.SignAsIdentity(identity.ContextBackup, body)...)
	if _, err = sealed.Write(append(head, seed...)); err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	total := manifest.total()
	written, err := copyOut(ctx, sealed, content.Database, func(done int64) { progress(done, total) })
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	if written != size {
		return Manifest{}, errors.New("backup: the copy of the database changed")
	}
	if err = sealed.Close(); err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	return manifest, nil
}

// Restored is what a backup has.
type Restored struct {
	Manifest Manifest
	// Seed is of the person's key, and is the caller's to clear.
	Seed []byte
}

// Read reads a backup to its end and writes its database. Until it returns
// without an error, nothing of what was written may be believed. progress is told
// bytes of the files. Errors: ErrNone, ErrNewer, ErrPassphrase, ErrDamaged, those
// of database, those of ctx.
func Read(ctx context.Context, from io.Reader, passphrase string, database io.Writer, progress func(done, total int64)) (*Restored, error) {
	plain, locker, err := open(from, passphrase)
	if err != nil {
		return nil, err
	}
	head := make([]byte, len(magic)+4)
	if err = fill(plain, head); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(head, []byte(magic)) {
		if version := head[len(magicBegin)]; bytes.HasPrefix(head, []byte(magicBegin)) && version > '1' && version <= '9' {
			return nil, ErrNewer
		}
		return nil, ErrNone
	}
	length := binary.BigEndian.Uint32(head[len(magic):])
	if length > maxManifest {
		return nil, ErrDamaged
	}
	signed := make([]byte, int(length)+ed25519.SignatureSize)
	if err = fill(plain, signed); err != nil {
		return nil, err
	}
	manifest, err := parseManifest(signed[:length], signed[length:])
	if err != nil {
		return nil, err
	}
	if locker != nil && locker.String() != manifest.Peer {
		return nil, ErrDamaged // somebody else's, put behind this person's key
	}
	seed := make([]byte, ed25519.SeedSize)
	if err = fill(plain, seed); err != nil {
		return nil, err
	}
	if err = matches(manifest, seed); err != nil {
		return nil, err
	}
	sum := sha256.New()
	total := manifest.total()
	read, err := copyIn(ctx, database, io.TeeReader(io.LimitReader(plain, manifest.Files[1].Size), sum), func(done int64) { progress(done, total) })
	if err != nil {
		return nil, err
	}
	if read != manifest.Files[1].Size || !sameSum(sum, manifest.Files[1].SHA256) {
		return nil, ErrDamaged
	}
	// The end must be there, and nothing before it: age says so only when it is reached.
	if n, endErr := plain.Read(make([]byte, 1)); n != 0 || !errors.Is(endErr, io.EOF) {
		return nil, ErrDamaged
	}
	return &Restored{Manifest: manifest, Seed: seed}, nil
}

// matches tells whether a seed is that of the person whom the manifest names.
func matches(manifest Manifest, seed []byte) error {
	sum := sha256.New()
	sum.Write(seed)
	peer, err := identity.ParsePeerID(manifest.Peer)
	public, ok := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	if err != nil || !ok || !bytes.Equal(public, peer[:]) || !sameSum(sum, manifest.Files[0].SHA256) {
		return ErrDamaged
	}
	return nil
}

func sameSum(sum hash.Hash, text string) bool { return hex.EncodeToString(sum.Sum(nil)) == text }

// fill reads what must be there.
func fill(from io.Reader, into []byte) error {
	if _, err := io.ReadFull(from, into); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// block is how much is copied at a time.
const block = 256 << 10

// copyOut copies what this machine has; errors are as they come.
func copyOut(ctx context.Context, to io.Writer, from io.Reader, progress func(done int64)) (int64, error) {
	done, readErr, writeErr := move(ctx, to, from, progress)
	return done, errors.Join(readErr, writeErr)
}

// copyIn copies out of a backup: what cannot be read is damage.
func copyIn(ctx context.Context, to io.Writer, from io.Reader, progress func(done int64)) (int64, error) {
	done, readErr, writeErr := move(ctx, to, from, progress)
	switch {
	case writeErr != nil:
		return done, writeErr
	case readErr != nil && ctx.Err() == nil:
		return done, fmt.Errorf("%w: %w", ErrDamaged, readErr)
	}
	return done, readErr
}

func move(ctx context.Context, to io.Writer, from io.Reader, progress func(done int64)) (done int64, readErr, writeErr error) {
	buffer := make([]byte, block)
	for {
		if err := ctx.Err(); err != nil {
			return done, err, nil
		}
		count, err := from.Read(buffer)
		if count > 0 {
			if _, writeErr = to.Write(buffer[:count]); writeErr != nil {
				return done, nil, writeErr
			}
			done += int64(count)
			progress(done)
		}
		if errors.Is(err, io.EOF) {
			return done, nil, nil
		}
		if err != nil {
			return done, err, nil
		}
	}
}
