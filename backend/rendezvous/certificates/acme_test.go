package certificates_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"github.com/tincan-chat/tincan/backend/rendezvous/certificates"
	"github.com/tincan-chat/tincan/backend/rendezvous/certificates/acmetest"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine/memory"
)

const ours = "chat.example.org"

func table(t *testing.T) engine.Table {
	t.Helper()
	kept := memory.New(memory.Options{})
	t.Cleanup(func() { _ = kept.Close() })
	return kept.Table(engine.TableCertificates)
}

// listen answers handshakes with a source.
func listen(t *testing.T, source *certificates.Source) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, acceptErr := listener.Accept()
			if acceptErr != nil {
				return
			}
			running.Go(func() {
				_ = tls.Server(conn, source.TLS()).HandshakeContext(t.Context())
				_, _ = io.Copy(io.Discard, conn)
				_ = conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		running.Wait()
	})
	return listener.Addr().String()
}

func shake(t *testing.T, address, name string, authority *acmetest.Server) error {
	t.Helper()
	dialer := &tls.Dialer{Config: &tls.Config{ServerName: name, RootCAs: authority.Roots, MinVersion: tls.VersionTLS13}}
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}

func TestACME(t *testing.T) {
	t.Parallel()
	authority := acmetest.Start(t, time.Hour)
	kept := table(t)
	source, err := certificates.ACME(certificates.ACMEOptions{Hosts: []string{"Chat.Example.org"}, Table: kept, Directory: authority.URL})
	if err != nil {
		t.Fatal(err)
	}
	address := listen(t, source)
	authority.Resolve(address)
	if err = shake(t, address, "other.example.org", authority); err == nil {
		t.Error("a certificate for a host that is not ours")
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if shakeErr := shake(t, address, ours, authority); shakeErr != nil {
				t.Errorf("handshake: %v", shakeErr)
			}
		})
	}
	group.Wait()
	if authority.Issued() != 1 {
		t.Errorf("%d certificates were asked for", authority.Issued())
	}
	// Another server of the cluster takes it from the table.
	again, err := certificates.ACME(certificates.ACMEOptions{Hosts: []string{ours}, Table: kept, Directory: "http://127.0.0.1:1/nobody"})
	if err != nil {
		t.Fatal(err)
	}
	if err = shake(t, listen(t, again), ours, authority); err != nil {
		t.Errorf("from the table: %v", err)
	}
}

// TestACMERunsAhead has the certificate before the first client comes.
func TestACMERunsAhead(t *testing.T) {
	t.Parallel()
	authority := acmetest.Start(t, time.Hour)
	source, err := certificates.ACME(certificates.ACMEOptions{Hosts: []string{ours}, Table: table(t), Directory: authority.URL})
	if err != nil {
		t.Fatal(err)
	}
	authority.Resolve(listen(t, source))
	run(t, source)
	await(t, "a certificate", func() bool { return authority.Issued() == 1 })
}

func TestACMEWithoutAnswer(t *testing.T) {
	t.Parallel()
	authority := acmetest.Start(t, time.Hour)
	source, err := certificates.ACME(certificates.ACMEOptions{Hosts: []string{ours}, Table: table(t), Directory: authority.URL})
	if err != nil {
		t.Fatal(err)
	}
	// The authority looks for the challenge where nobody answers it.
	authority.Resolve("127.0.0.1:1")
	if err = shake(t, listen(t, source), ours, authority); err == nil || authority.Issued() != 0 {
		t.Errorf("handshake %v, %d certificates", err, authority.Issued())
	}
	if _, err = certificates.ACME(certificates.ACMEOptions{Table: table(t)}); !errors.Is(err, certificates.ErrNoHosts) {
		t.Errorf("without hosts: %v", err)
	}
}

// contested is a table where somebody else is faster a few times.
type contested struct {
	engine.Table

	left int
}

func (c *contested) Put(ctx context.Context, key string, data []byte, revision uint64) (uint64, error) {
	if c.left > 0 {
		c.left--
		if _, err := c.Table.Put(ctx, key, []byte("theirs"), revision); err != nil {
			return 0, err
		}
	}
	return c.Table.Put(ctx, key, data, revision)
}

func TestCache(t *testing.T) {
	t.Parallel()
	cache := certificates.NewCache(&contested{Table: table(t), left: 3})
	ctx := t.Context()
	const name = "example.org+token"
	if _, err := cache.Get(ctx, name); !errors.Is(err, autocert.ErrCacheMiss) {
		t.Errorf("Get = %v", err)
	}
	for _, value := range []string{"one", "two"} {
		if err := cache.Put(ctx, name, []byte(value)); err != nil {
			t.Fatal(err)
		}
		if data, err := cache.Get(ctx, name); err != nil || !bytes.Equal(data, []byte(value)) {
			t.Errorf("Get = %q, %v", data, err)
		}
	}
	for range 2 {
		if err := cache.Delete(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := cache.Get(ctx, name); !errors.Is(err, autocert.ErrCacheMiss) {
		t.Errorf("after Delete: %v", err)
	}
	if err := certificates.NewCache(&contested{Table: table(t), left: 100}).Put(ctx, name, nil); !errors.Is(err, engine.ErrConflict) {
		t.Errorf("Put against everybody = %v", err)
	}
}
