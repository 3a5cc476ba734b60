package backup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync"

	"filippo.io/age"
	"golang.org/x/text/unicode/norm"

	"github.com/tincan-chat/tincan/backend/identity"
)

// MinPassphrase is the fewest bytes of a passphrase that a backup is made with.
const MinPassphrase = 8

// Work factors of scrypt (RFC 7914, log2 of N; r is 8): memory is 1 KiB times N.
const (
	standardWork = 18 // 256 MiB
	maxWork      = 19 // 512 MiB: a file asks for it before anything of it is believed
)

// ageBegin begins every file of age's.
const ageBegin = "age-encryption.org/v1\n"

// Sealer is what a backup is encrypted with: a Passphrase or a Key.
type Sealer interface {
	seal(to io.Writer) (io.WriteCloser, error)
}

// Passphrase opens what it encrypts.
type Passphrase struct {
	Words string
	// Work is log2 of scrypt's cost; 0: 18.
	Work int
}

// one at a time: each derivation takes hundreds of MiB.
var deriving sync.Mutex

func (p Passphrase) seal(to io.Writer) (io.WriteCloser, error) {
	recipient, err := age.NewScryptRecipient(normal(p.Words))
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	work := p.Work
	if work == 0 {
		work = standardWork
	}
	recipient.SetWorkFactor(work)
	deriving.Lock()
	defer deriving.Unlock()
	defer debug.FreeOSMemory() // else the process would keep what this took
	sealed, err := age.Encrypt(to, recipient)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return sealed, nil
}

// normal is the form of a passphrase that is used: however a keyboard composes
// its letters (Unicode, NFC), and with one space between words.
func normal(passphrase string) string {
	return norm.NFC.String(strings.Join(strings.Fields(passphrase), " "))
}

// TooShort tells whether a passphrase is not enough for a new backup.
func TooShort(passphrase string) bool { return len(normal(passphrase)) < MinPassphrase }

// open begins to decrypt a backup. locker is whom the key of an automatic one
// belongs to, nil for one that was made by hand.
func open(from io.Reader, passphrase string) (plain io.Reader, locker *identity.PeerID, err error) {
	locked, rest, err := parseHead(from)
	if err != nil {
		return nil, nil, err
	}
	if locked == nil {
		plain, err = decrypt(rest, passphrase)
		return plain, nil, err
	}
	secret, whose, err := unlock(locked, passphrase)
	if err != nil {
		return nil, nil, err
	}
	if plain, err = age.Decrypt(rest, secret); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return plain, &whose, nil
}

// decrypt begins to decrypt what was encrypted with a passphrase.
func decrypt(from io.Reader, passphrase string) (io.Reader, error) {
	opener, err := age.NewScryptIdentity(normal(passphrase))
	if err != nil {
		return nil, ErrPassphrase // an empty one
	}
	opener.SetMaxWorkFactor(maxWork)
	deriving.Lock()
	defer deriving.Unlock()
	defer debug.FreeOSMemory()
	plain, err := age.Decrypt(from, opener)
	if err == nil {
		return plain, nil
	}
	if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong || errors.Is(err, age.ErrIncorrectIdentity) {
		return nil, ErrPassphrase
	}
	return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
}

// unlock opens the locked key of an automatic backup.
func unlock(locked []byte, passphrase string) (*age.X25519Identity, identity.PeerID, error) {
	plain, err := decrypt(bytes.NewReader(locked), passphrase)
	if err != nil {
		return nil, identity.PeerID{}, err
	}
	inside, err := io.ReadAll(io.LimitReader(plain, maxLocked))
	defer clear(inside)
	if err != nil {
		return nil, identity.PeerID{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return parseLocked(inside)
}
