package certificates_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/certificates"
)

// log keeps what was logged.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *log) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), text)
}

func await(t *testing.T, what string, met func() bool) {
	t.Helper()
	deadline := time.NewTimer(15 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("it never came to %s", what)
		}
	}
}

// write makes a certificate for a host that is good for a time.
func write(t *testing.T, options certificates.FilesOptions, host string, from, until time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err = os.WriteFile(options.Certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err = os.WriteFile(options.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}), 0o600); err != nil {
		t.Fatal(err)
	}
}

func places(t *testing.T) (certificates.FilesOptions, *log) {
	t.Helper()
	folder, said := t.TempDir(), &log{}
	return certificates.FilesOptions{
		Certificate: filepath.Join(folder, "certificate.pem"), Key: filepath.Join(folder, "key.pem"),
		Interval: time.Millisecond, Logger: slog.New(slog.NewTextHandler(said, nil)),
	}, said
}

// host is what a server with the source shows now.
func host(t *testing.T, source *certificates.Source) string {
	t.Helper()
	shown, err := source.TLS().GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return shown.Leaf.DNSNames[0]
}

func run(t *testing.T, source *certificates.Source) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { source.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
}

func TestFilesAreReadAgain(t *testing.T) {
	t.Parallel()
	options, said := places(t)
	now := time.Now()
	write(t, options, "one.example.org", now.Add(-time.Hour), now.AddDate(0, 1, 0))
	source, err := certificates.Files(options)
	if err != nil {
		t.Fatal(err)
	}
	if !source.IsWeb() || host(t, source) != "one.example.org" {
		t.Errorf("host %q", host(t, source))
	}
	run(t, source)
	write(t, options, "renewed.example.org", now.Add(-time.Hour), now.AddDate(0, 2, 0))
	await(t, "the new certificate", func() bool { return host(t, source) == "renewed.example.org" })
	if err = os.WriteFile(options.Certificate, []byte("half a certifi"), 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, "a complaint", func() bool { return said.has("cannot be used") })
	write(t, options, "past.example.org", now.AddDate(0, -2, 0), now.AddDate(0, 0, -1))
	await(t, "another one", func() bool { return said.has("has expired") })
	if host(t, source) != "renewed.example.org" {
		t.Errorf("a bad certificate took over: %q", host(t, source))
	}
	if said.has("expires soon") {
		t.Error("a warning too early")
	}
}

func TestEndIsWarnedOf(t *testing.T) {
	t.Parallel()
	options, said := places(t)
	now := time.Now()
	write(t, options, "one.example.org", now.Add(-time.Hour), now.AddDate(0, 0, 13))
	source, err := certificates.Files(options)
	if err != nil {
		t.Fatal(err)
	}
	run(t, source)
	await(t, "a warning", func() bool { return said.has("expires soon") })
	write(t, options, "renewed.example.org", now.Add(-time.Hour), now.AddDate(0, 2, 0))
	await(t, "the new certificate", func() bool { return host(t, source) == "renewed.example.org" })
}

func TestFilesThatAreNoGood(t *testing.T) {
	t.Parallel()
	options, _ := places(t)
	now := time.Now()
	if _, err := certificates.Files(options); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), options.Certificate) {
		t.Errorf("nothing there: %v", err)
	}
	write(t, options, "a", now.AddDate(0, -2, 0), now.Add(-time.Minute))
	if _, err := certificates.Files(options); !errors.Is(err, certificates.ErrExpired) {
		t.Errorf("expired: %v", err)
	}
	write(t, options, "a", now.Add(time.Hour), now.AddDate(0, 1, 0))
	if _, err := certificates.Files(options); !errors.Is(err, certificates.ErrNotYetValid) {
		t.Errorf("not valid yet: %v", err)
	}
	other, _ := places(t)
	write(t, options, "a", now.Add(-time.Hour), now.AddDate(0, 1, 0))
	write(t, other, "a", now.Add(-time.Hour), now.AddDate(0, 1, 0))
	options.Key = other.Key
	if _, err := certificates.Files(options); err == nil {
		t.Error("a key that does not fit")
	}
}

func TestSelf(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	source, err := certificates.Self(key, time.Now())
	if err != nil || source.IsWeb() || len(source.TLS().Certificates) != 1 {
		t.Errorf("Self = %v, %v", source, err)
	}
	source.Run(t.Context()) // there is nothing to keep fresh
}
