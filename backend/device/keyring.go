package device

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/tincan-chat/tincan/backend/vault"
)

// ringService is the name that a system shows for the entries.
const ringService = "Tincan"

// ringPatience is how long a keyring may take: somebody may have to type its password.
const ringPatience = 90 * time.Second

// systemRing is the keyring of the system: the Secret Service (over D-Bus) on
// Linux, the Keychain on macOS, the Credential Manager on Windows.
type systemRing struct{}

func (systemRing) Get(name string) (string, error) {
	return patiently(func() (string, error) { return keyring.Get(ringService, name) })
}

func (systemRing) Set(name, secret string) error {
	_, err := patiently(func() (string, error) { return "", keyring.Set(ringService, name, secret) })
	return err
}

func (systemRing) Delete(name string) error {
	_, err := patiently(func() (string, error) { return "", keyring.Delete(ringService, name) })
	return err
}

// patiently gives a call up that does not come back: a bus can be silent.
func patiently(call func() (string, error)) (string, error) {
	type answer struct {
		secret string
		err    error
	}
	answered := make(chan answer, 1)
	go func() {
		secret, err := call()
		answered <- answer{secret, err}
	}()
	timer := time.NewTimer(ringPatience)
	defer timer.Stop()
	select {
	case got := <-answered:
		return got.secret, ringError(got.err)
	case <-timer.C:
		return "", fmt.Errorf("%w: no answer", vault.ErrKeyring)
	}
}

// ringError says which of the vault's errors it is.
func ringError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return vault.ErrKeyringEntry
	case strings.Contains(err.Error(), "locked"), strings.Contains(err.Error(), "failed to unlock"), strings.Contains(err.Error(), "dismissed"), strings.Contains(err.Error(), "IsLocked"):
		return fmt.Errorf("%w: %v", vault.ErrKeyringLocked, err) //nolint:errorlint // a bus that is not there is no missing file: it must not be taken for one
	}
	return fmt.Errorf("%w: %v", vault.ErrKeyring, err) //nolint:errorlint // likewise
}
