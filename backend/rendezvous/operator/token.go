package operator

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// ErrTokenFile says that the kept hash cannot be read.
var ErrTokenFile = errors.New("operator: the file of the token is damaged; make a new one with `rendezvous token`")

const (
	tokenFile = "operator.token"
	tokenSize = 32 // random bytes
)

// tokenText writes tokens: small letters and digits, so that a double click takes all of it.
var tokenText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// tokenHash is the SHA-256 of a token's text. A token has 256 random bits, so
// that a slow hash would add nothing.
type tokenHash [sha256.Size]byte

// tokens keeps the hash of the one token in a file, read anew for each check:
// a token that was reset beside a running server holds at once.
type tokens struct {
	mu   sync.Mutex // of writing
	path string
}

// NewToken makes a token, keeps its hash in the data folder, and returns it.
// The one before ends, also for a server that is running in this folder.
func NewToken(folder string) (string, error) {
	return (&tokens{path: filepath.Join(folder, tokenFile)}).rotate()
}

// openTokens returns the token when it was made now, "" when there was one.
func openTokens(folder string) (*tokens, string, error) {
	t := &tokens{path: filepath.Join(folder, tokenFile)}
	_, err := t.current()
	if errors.Is(err, fs.ErrNotExist) {
		token, newErr := t.rotate()
		return t, token, newErr
	}
	return t, "", err
}

func (t *tokens) current() (tokenHash, error) {
	var hash tokenHash
	data, err := os.ReadFile(t.path)
	if err != nil {
		return hash, fmt.Errorf("operator: token: %w", err)
	}
	read, err := hex.Decode(hash[:], []byte(strings.TrimSpace(string(data[:min(len(data), 2*len(hash)+1)]))))
	if err != nil || read != len(hash) {
		return tokenHash{}, ErrTokenFile
	}
	return hash, nil
}

// check returns the hash of a text when that is the token.
func (t *tokens) check(text string) (tokenHash, bool) {
	kept, err := t.current()
	if err != nil {
		return tokenHash{}, false
	}
	given := tokenHash(sha256.Sum256([]byte(text)))
	return kept, subtle.ConstantTimeCompare(kept[:], given[:]) == 1
}

// holds tells whether a hash is still that of the token.
func (t *tokens) holds(hash tokenHash) bool {
	kept, err := t.current()
	return err == nil && subtle.ConstantTimeCompare(kept[:], hash[:]) == 1
}

// rotate replaces the file atomically.
func (t *tokens) rotate() (string, error) {
	var random [tokenSize]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", fmt.Errorf("operator: making a token: %w", err)
	}
	token := tokenText.EncodeToString(random[:])
	hash := sha256.Sum256([]byte(token))
	t.mu.Lock()
	defer t.mu.Unlock()
	file, err := os.CreateTemp(filepath.Dir(t.path), tokenFile+".*") // mode 0600
	if err != nil {
		return "", fmt.Errorf("operator: keeping the token: %w", err)
	}
	_, err = file.WriteString(hex.EncodeToString(hash[:]) + "\n")
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), t.path)
	}
	if err != nil {
		return "", fmt.Errorf("operator: keeping the token: %w", errors.Join(err, os.Remove(file.Name())))
	}
	return token, nil
}
