package vault

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/text/unicode/norm"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/internal/fault"
)

// Errors of a vault, besides those of package identity and of the keyring.
var (
	ErrPassphrase     = errors.New("vault: this passphrase does not open the keys")
	ErrNoPassphrase   = errors.New("vault: a passphrase is needed")
	ErrWeakPassphrase = errors.New("vault: a passphrase has 8 to 1024 characters")
	ErrNewer          = errors.New("vault: the key file is of a newer version")
	ErrLocked         = errors.New("vault: it is locked")
	// ErrKeyring: there is no keyring, or it does not answer.
	ErrKeyring = errors.New("vault: the system's keyring cannot be reached")
	// ErrKeyringLocked: the person did not open it.
	ErrKeyringLocked = errors.New("vault: the system's keyring is locked")
	// ErrKeyringEntry: it has no key of this profile.
	ErrKeyringEntry = errors.New("vault: the system's keyring does not hold this key")
)

// Ring is a system's keyring. Its errors wrap ErrKeyring, ErrKeyringLocked or
// ErrKeyringEntry.
type Ring interface {
	Get(name string) (secret string, err error)
	Set(name, secret string) error
	Delete(name string) error
}

// Limits of a passphrase in bytes, as it is used.
const (
	minPassphrase = 8
	maxPassphrase = 1024
)

// Opening is what a vault is opened with.
type Opening struct {
	Passphrase string // "" for none
	Ring       Ring   // nil for none
}

// Vault is an open key file. Its methods are safe for concurrent use.
type Vault struct {
	folder *identity.Folder
	keys   *identity.Keys
	device identity.DeviceID
	peer   identity.PeerID

	mutex  sync.Mutex
	master []byte // nil once it is wiped
	mail   cipher.AEAD
	file   *file // as it is on disk
}

// Look tells how a folder's keys are protected. Errors: fs.ErrNotExist when
// there are none, ErrNewer, identity.ErrKeyFile.
func Look(folder *identity.Folder) (Protection, error) {
	data, err := folder.ReadKeyFile(maxFile)
	if err != nil {
		return 0, err
	}
	if bytes.HasPrefix(data, []byte(firstMagic)) {
		return File, nil
	}
	found, err := parse(data)
	if err != nil {
		return 0, err
	}
	return found.protection, nil
}

// Open opens the keys of a folder. A file of version 1 is written anew, unless
// the folder cannot be written to. Errors: fs.ErrNotExist, ErrNewer,
// identity.ErrKeyFile, ErrNoPassphrase, ErrPassphrase, those of a Ring.
func Open(folder *identity.Folder, opening Opening) (*Vault, error) {
	data, err := folder.ReadKeyFile(maxFile)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte(firstMagic)) {
		return openFirst(folder)
	}
	found, err := parse(data)
	if err != nil {
		return nil, err
	}
	master, err := masterOf(found, opening)
	if err != nil {
		return nil, err
	}
	sealed, err := aead(master, "keys")
	if err != nil {
		return nil, err
	}
	seeds, err := sealed.Open(nil, found.keysNonce[:], found.keys[:], found.header())
	if err != nil && found.protection == Keyring {
		return nil, ErrKeyringEntry // it holds another master key
	}
	if err != nil {
		return nil, identity.ErrKeyFile
	}
	keys, err := identity.KeysFromSeeds(seeds)
	clear(seeds)
	if err != nil {
		return nil, err
	}
	if keys.Peer() != found.peer || keys.Device() != found.device {
		return nil, identity.ErrKeyFile
	}
	return assemble(folder, keys, master, found)
}

// openFirst opens a file of version 1 and writes it anew.
func openFirst(folder *identity.Folder) (*Vault, error) {
	keys, err := folder.LoadKeys()
	if err != nil {
		return nil, err
	}
	made, err := Create(folder, keys)
	if errors.Is(err, identity.ErrFolderReadOnly) {
		master := make([]byte, masterSize)
		if _, err = rand.Read(master); err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
		return assemble(folder, keys, master, &file{protection: File, peer: keys.Peer(), device: keys.Device()})
	}
	return made, err
}

// Create keeps keys in a folder that has none, or has them as version 1.
func Create(folder *identity.Folder, keys *identity.Keys) (*Vault, error) {
	master := make([]byte, masterSize)
	if _, err := rand.Read(master); err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	made, err := assemble(folder, keys, master, nil)
	if err != nil {
		return nil, err
	}
	next := &file{protection: File, peer: keys.Peer(), device: keys.Device(), master: [masterSize]byte(master)}
	return made, made.replace(next)
}

func assemble(folder *identity.Folder, keys *identity.Keys, master []byte, found *file) (*Vault, error) {
	mail, err := aead(master, "mail")
	if err != nil {
		return nil, err
	}
	return &Vault{folder: folder, keys: keys, device: keys.Device(), peer: keys.Peer(), master: master, mail: mail, file: found}, nil
}

// aead makes the cipher of one purpose.
func aead(master []byte, purpose string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, master, nil, "tincan/vault/"+purpose+"/1", chacha20poly1305.KeySize)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	sealed, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return sealed, nil
}

// masterOf gets the master key from where it is.
func masterOf(found *file, opening Opening) ([]byte, error) {
	switch found.protection {
	case File:
		return bytes.Clone(found.master[:]), nil
	case Keyring:
		if opening.Ring == nil {
			return nil, ErrKeyring
		}
		secret, err := opening.Ring.Get(hex.EncodeToString(found.entry[:]))
		if err != nil {
			return nil, err
		}
		master, err := hex.DecodeString(secret)
		if err != nil || len(master) != masterSize {
			return nil, ErrKeyringEntry
		}
		return master, nil
	case Passphrase:
		if opening.Passphrase == "" {
			return nil, ErrNoPassphrase
		}
		return found.unwrap(opening.Passphrase)
	}
	return nil, identity.ErrKeyFile
}

func (f *file) unwrap(passphrase string) ([]byte, error) {
	plain := normal(passphrase)
	if len(plain) > maxPassphrase {
		return nil, ErrPassphrase
	}
	sealed, err := f.passphraseCipher(plain)
	if err != nil {
		return nil, err
	}
	master, err := sealed.Open(nil, f.nonce[:], f.wrapped[:], f.wrapHeader())
	if err != nil {
		return nil, ErrPassphrase
	}
	return master, nil
}

// normal is the form of a passphrase that is used: however a keyboard composes
// its letters (Unicode, NFC), and without spaces around it or a line's end.
func normal(passphrase string) []byte { return norm.NFC.Bytes([]byte(strings.TrimSpace(passphrase))) }

// one at a time: each takes 256 MiB.
var deriving sync.Mutex

func (f *file) passphraseCipher(plain []byte) (cipher.AEAD, error) {
	deriving.Lock()
	defer deriving.Unlock()
	key := argon2.IDKey(plain, f.salt[:], f.cost.passes, f.cost.memory, f.cost.lanes, chacha20poly1305.KeySize)
	clear(plain)
	debug.FreeOSMemory() // else the process would keep what this took
	sealed, err := chacha20poly1305.NewX(key)
	clear(key)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return sealed, nil
}

// Keys returns the keys; after Wipe they sign nothing.
func (v *Vault) Keys() *identity.Keys { return v.keys }

// Protection returns where the master key is.
func (v *Vault) Protection() Protection {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.file.protection
}

// Change is how the keys shall be protected.
type Change struct {
	Protection Protection
	// Old is the passphrase as it is, when there is one.
	Old string
	// New is the one to be, for Passphrase.
	New  string
	Ring Ring // nil for none
}

// Protect changes the protection. Errors: ErrPassphrase for a wrong old one,
// ErrWeakPassphrase, those of a Ring, ErrLocked, the system's; the keys are then
// protected as before.
func (v *Vault) Protect(change Change) error {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if v.master == nil {
		return ErrLocked
	}
	before := v.file
	if before.protection == Passphrase {
		if change.Old == "" {
			return ErrPassphrase
		}
		master, err := before.unwrap(change.Old)
		if err != nil {
			return err
		}
		clear(master)
	}
	next := &file{protection: change.Protection, peer: v.peer, device: v.device}
	switch change.Protection {
	case File:
		copy(next.master[:], v.master)
	case Keyring:
		if err := v.toRing(next, change.Ring); err != nil {
			return err
		}
	case Passphrase:
		if err := v.wrap(next, change.New); err != nil {
			return err
		}
	default:
		return ErrWeakPassphrase
	}
	if err := v.replace(next); err != nil {
		if next.protection == Keyring {
			return errors.Join(err, change.Ring.Delete(hex.EncodeToString(next.entry[:])))
		}
		return err
	}
	if before.protection == Keyring && change.Ring != nil {
		// An entry that stays opens nothing that is on disk any more.
		_ = change.Ring.Delete(hex.EncodeToString(before.entry[:]))
		fault.Point("vault.ring.forgotten")
	}
	return nil
}

// Check tells whether a passphrase opens the keys; any does where there is none.
// Errors: ErrPassphrase, ErrLocked.
func (v *Vault) Check(passphrase string) error {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	switch {
	case v.master == nil:
		return ErrLocked
	case v.file.protection != Passphrase:
		return nil
	case passphrase == "":
		return ErrPassphrase
	}
	master, err := v.file.unwrap(passphrase)
	clear(master)
	return err
}

// Rekey keeps other keys instead of those there are, protected in the same way;
// old is the passphrase, when there is one. What Wrap made stays readable. After
// an error the file is as it was. Errors: as Protect.
func (v *Vault) Rekey(keys *identity.Keys, old string) error {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if v.master == nil {
		return ErrLocked
	}
	keysBefore, peer, device := v.keys, v.peer, v.device
	next := *v.file
	next.peer, next.device = keys.Peer(), keys.Device()
	if next.protection == Passphrase {
		if old == "" {
			return ErrPassphrase
		}
		master, err := v.file.unwrap(old)
		if err != nil {
			return err
		}
		clear(master)
		if err = v.wrap(&next, old); err != nil {
			return err
		}
	}
	v.keys, v.peer, v.device = keys, keys.Peer(), keys.Device()
	if err := v.replace(&next); err != nil {
		v.keys, v.peer, v.device = keysBefore, peer, device
		return err
	}
	keysBefore.Wipe()
	return nil
}

// toRing puts the master key into the keyring under a new name, and reads it
// back: a keyring that forgets would be found out when it is too late.
func (v *Vault) toRing(next *file, ring Ring) error {
	if ring == nil {
		return ErrKeyring
	}
	if _, err := rand.Read(next.entry[:]); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	name, secret := hex.EncodeToString(next.entry[:]), hex.EncodeToString(v.master)
	if err := ring.Set(name, secret); err != nil {
		return err
	}
	fault.Point("vault.ring.kept")
	kept, err := ring.Get(name)
	if err == nil && kept != secret {
		err = ErrKeyringEntry
	}
	return err
}

// wrap wraps the master key by a passphrase.
func (v *Vault) wrap(next *file, passphrase string) error {
	plain := normal(passphrase)
	if len(plain) < minPassphrase || len(plain) > maxPassphrase {
		return ErrWeakPassphrase
	}
	next.cost = standard
	for _, random := range [][]byte{next.salt[:], next.nonce[:]} {
		if _, err := rand.Read(random); err != nil {
			return fmt.Errorf("vault: %w", err)
		}
	}
	sealed, err := next.passphraseCipher(plain)
	if err != nil {
		return err
	}
	copy(next.wrapped[:], sealed.Seal(nil, next.nonce[:], v.master, next.wrapHeader()))
	return nil
}

// replace seals the keys under a header and makes it the file that is there.
func (v *Vault) replace(next *file) error {
	sealed, err := aead(v.master, "keys")
	if err != nil {
		return err
	}
	if _, err = rand.Read(next.keysNonce[:]); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	seeds := v.keys.Seeds()
	copy(next.keys[:], sealed.Seal(nil, next.keysNonce[:], seeds, next.header()))
	clear(seeds)
	// Held open over the replacement, so that its bytes can be overwritten after.
	old := holdOpen(filepath.Join(v.folder.Path(), identity.KeyFile))
	fault.Point("vault.replace.before")
	if err = v.folder.Replace(identity.KeyFile, next.encode()); err != nil {
		if old != nil {
			_ = old.Close()
		}
		return err
	}
	fault.Point("vault.replace.after")
	v.file = next
	if old != nil {
		overwrite(old)
	}
	fault.Point("vault.replace.overwritten")
	return nil
}

// Wrap encrypts something of the store's; about is authenticated with it.
func (v *Vault) Wrap(plain, about []byte) ([]byte, error) {
	nonce := make([]byte, nonceSize, nonceSize+len(plain)+overhead)
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return v.mail.Seal(nonce, nonce, plain, about), nil
}

// Unwrap opens what Wrap made, with the same about. Error: ErrLocked for what
// another master key wrapped.
func (v *Vault) Unwrap(wrapped, about []byte) ([]byte, error) {
	if len(wrapped) < nonceSize {
		return nil, ErrLocked
	}
	plain, err := v.mail.Open(nil, wrapped[:nonceSize], wrapped[nonceSize:], about)
	if err != nil {
		return nil, ErrLocked
	}
	return plain, nil
}

// Wipe forgets the keys, as far as Go allows: what the runtime copied is
// overwritten when its memory is used again. Nobody may use them any more.
func (v *Vault) Wipe() {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	clear(v.master)
	v.master = nil
	clear(v.file.master[:])
	v.keys.Wipe()
}
