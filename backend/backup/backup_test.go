package backup

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"go.uber.org/goleak"

	"github.com/tincan-chat/tincan/backend/identity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const words = "six words that are for tests"

// cheapWork is the least that keeps tests honest.
const cheapWork = 10

var byHand = Passphrase{Words: words, Work: cheapWork}

func nothing(int64, int64) {}

func person(t testing.TB) *identity.Keys {
	t.Helper()
	keys, err := identity.NewKeys(bytes.NewReader(bytes.Repeat([]byte{7}, identity.SeedsSize)))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// sealers are what backups are encrypted with: by hand, and by the program itself.
func sealers(t testing.TB) map[string]Sealer {
	t.Helper()
	key, err := NewKey(byHand, person(t).Peer())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Sealer{"passphrase": byHand, "key": key}
}

// ownName is long enough not to stand in random bytes by chance.
const ownName = "Ana of the tests"

// made is a backup of a database of so many random bytes.
func made(t *testing.T, size int, sealer Sealer) (backup, database []byte) {
	t.Helper()
	database = make([]byte, size)
	_, _ = rand.Read(database)
	path := filepath.Join(t.TempDir(), DatabaseName)
	if err := os.WriteFile(path, database, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var out bytes.Buffer
	var last int64
	manifest, err := Write(t.Context(), &out, sealer, Content{
		Keys: person(t), Name: ownName, Tincan: "0.1.0", Database: file, Made: time.Unix(1_800_000_000, 0),
	}, func(done, total int64) {
		if done < last || done > total {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	if manifest.Name != ownName || manifest.Files[1].Size != int64(size) {
		t.Errorf("%+v", manifest)
	}
	return out.Bytes(), database
}

func TestThereAndBack(t *testing.T) {
	t.Parallel()
	for name, sealer := range sealers(t) {
		for _, size := range []int{0, 1, 64 << 10, block + 12345, 1 << 20} {
			data, database := made(t, size, sealer)
			if bytes.Contains(data, []byte(ownName)) {
				t.Error("the name is in it as it is")
			}
			if Automatic(bytes.NewReader(data)) != (name == "key") {
				t.Errorf("%s: taken for the other kind", name)
			}
			var got bytes.Buffer
			restored, err := Read(t.Context(), bytes.NewReader(data), "  six words that\n are for  tests ", &got, nothing)
			if err != nil {
				t.Fatalf("%s, %d bytes: %v", name, size, err)
			}
			if !bytes.Equal(got.Bytes(), database) || !bytes.Equal(restored.Seed, person(t).Seeds()[:32]) || restored.Manifest.Tincan != "0.1.0" {
				t.Errorf("%s, %d bytes: something else came back", name, size)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, sealer := range sealers(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusals(t, sealer)
		})
	}
}

func refusals(t *testing.T, sealer Sealer) {
	t.Helper()
	data, _ := made(t, 200_000, sealer)
	read := func(data []byte, passphrase string) error {
		_, err := Read(t.Context(), bytes.NewReader(data), passphrase, io.Discard, nothing)
		return err
	}
	for _, wrong := range []string{"", "six words that are for", "Six words that are for tests"} {
		if err := read(data, wrong); !errors.Is(err, ErrPassphrase) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	for _, none := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("garbage"), 100)} {
		if err := read(none, words); !errors.Is(err, ErrNone) {
			t.Errorf("%.10q: %v", none, err)
		}
	}
	newer := bytes.Replace(data, []byte("auto backup v1"), []byte("auto backup v2"), 1)
	if err := read(newer, words); !errors.Is(err, ErrNewer) && !bytes.Equal(newer, data) {
		t.Errorf("a newer one: %v", err)
	}
	if err := read(append(bytes.Clone(data), 'x'), words); !errors.Is(err, ErrDamaged) {
		t.Errorf("one byte more: %v", err)
	}
	for cut := len(data) - 1; cut >= len(ageBegin); cut -= 1 + len(data)/37 {
		if err := read(data[:cut], words); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut at %d of %d: %v", cut, len(data), err)
		}
	}
	for at := len(ageBegin); at < len(data); at += 1 + len(data)/61 {
		altered := bytes.Clone(data)
		altered[at] ^= 1
		if err := read(altered, words); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrPassphrase) {
			t.Errorf("altered at %d: %v", at, err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Read(stopped, bytes.NewReader(data), words, io.Discard, nothing); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	if _, err := Read(t.Context(), bytes.NewReader(data), words, full{}, nothing); !errors.Is(err, errFull) {
		t.Errorf("the disk is full: %v", err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// sealed encrypts anything as a backup is.
func sealed(t *testing.T, work int, plain []byte) []byte {
	t.Helper()
	recipient, err := age.NewScryptRecipient(words)
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(work)
	var out bytes.Buffer
	to, err := age.Encrypt(&out, recipient)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = to.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err = to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWhatIsInside: who knows the passphrase still cannot make a backup that
// says something else than what its person signed.
func TestWhatIsInside(t *testing.T) {
	t.Parallel()
	data, _ := made(t, 1000, byHand)
	plain, err := decrypt(bytes.NewReader(data), words)
	if err != nil {
		t.Fatal(err)
	}
	inside, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(inside); at += 3 {
		altered := bytes.Clone(inside)
		altered[at] ^= 2
		_, err := Read(t.Context(), bytes.NewReader(sealed(t, 1, altered)), words, io.Discard, nothing)
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNone) && !errors.Is(err, ErrNewer) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
	newer := bytes.Replace(inside, []byte("backup v1"), []byte("backup v2"), 1)
	if _, err := Read(t.Context(), bytes.NewReader(sealed(t, 1, newer)), words, io.Discard, nothing); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer one: %v", err)
	}
	if _, err := Read(t.Context(), bytes.NewReader(sealed(t, 1, []byte("something else, and long enough for all that"))), words, io.Discard, nothing); !errors.Is(err, ErrNone) {
		t.Errorf("a file of something else: %v", err)
	}
	// A file that asks for more memory than anybody should give.
	greedy := bytes.Replace(sealed(t, 9, inside), []byte(" 9\n"), []byte(" 20\n"), 1)
	if _, err := Read(t.Context(), bytes.NewReader(greedy), words, io.Discard, nothing); !errors.Is(err, ErrDamaged) {
		t.Errorf("a greedy one: %v", err)
	}
}

func TestTooShort(t *testing.T) {
	t.Parallel()
	if !TooShort(" a  b    c ") || TooShort("eight ch") {
		t.Error("8 characters are enough, and fewer are not")
	}
}

func FuzzManifest(f *testing.F) {
	keys := person(f)
	good := Manifest{
		Version: 1, Made: "2026-11-21T20:00:00Z", Tincan: "0.1.0", Name: "Ana", Peer: keys.Peer().String(), Device: keys.Device().String(),
		Files: []File{{IdentityName, 32, strings.Repeat("0a", 32)}, {DatabaseName, 4096, strings.Repeat("0b", 32)}},
	}
	data, err := good.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, true)
	f.Add([]byte(`{"version":2}`), true)
	f.Add([]byte(`{"version":1,"files":[]}`), false)
	f.Fuzz(func(t *testing.T, data []byte, signed bool) {
		signature := make([]byte, 64)
		if signed {
			signature = keys.SignAsIdentity(identity.ContextBackup, data)
		}
		found, err := parseManifest(data, signature)
		if err != nil {
			return
		}
		if again, err := found.encode(); err != nil || !bytes.Equal(again, data) || !found.sound() {
			t.Error("what was read is not what is written")
		}
		if !signed {
			t.Error("nobody signed it")
		}
	})
}
