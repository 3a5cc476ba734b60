package certificates

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// ErrNoHosts says that nobody said for which hosts.
var ErrNoHosts = errors.New("certificates: ACME needs the names of the hosts")

// ErrOtherHost says that a client asked for a host that is not ours.
var ErrOtherHost = errors.New("certificates: not one of this server's hosts")

// freshInterval is how often a certificate is looked at although nobody came.
const freshInterval = 6 * time.Hour

// ACMEOptions say for which hosts, and who signs.
type ACMEOptions struct {
	// Hosts are the only names that certificates are asked for, in ASCII.
	Hosts []string
	// Table keeps certificates and the account, for every server of a cluster:
	// engine.TableCertificates. Private keys lie in it as they are.
	Table engine.Table
	// Directory is the URL of the authority; "" for Let's Encrypt.
	Directory string
	// Email is told to the authority; may be empty.
	Email string
	// Client asks the authority; nil for one with the standard library's defaults.
	Client *http.Client
	Logger *slog.Logger
}

// authority gets certificates when they are needed.
type authority struct {
	manager *autocert.Manager
	hosts   []string
	logger  *slog.Logger

	mu      sync.Mutex
	pending map[string]*request
}

// request is for the certificate of one host.
type request struct {
	done        chan struct{}
	certificate *tls.Certificate
	err         error
}

// ACME gets certificates from an authority and renews them. Using it means
// agreeing to the authority's terms of service. Error: ErrNoHosts.
func ACME(options ACMEOptions) (*Source, error) {
	hosts := make([]string, 0, len(options.Hosts))
	for _, host := range options.Hosts {
		hosts = append(hosts, strings.ToLower(strings.TrimSuffix(host, ".")))
	}
	if len(hosts) == 0 || slices.Contains(hosts, "") {
		return nil, ErrNoHosts
	}
	a := &authority{
		manager: &autocert.Manager{
			Prompt:     autocert.AcceptTOS,
			Cache:      NewCache(options.Table),
			HostPolicy: autocert.HostWhitelist(hosts...),
			Email:      options.Email,
			Client:     &acme.Client{DirectoryURL: options.Directory, HTTPClient: options.Client, UserAgent: "tincan-rendezvous"},
		},
		hosts: hosts, logger: loggerOr(options.Logger), pending: make(map[string]*request),
	}
	if options.Directory == "" {
		a.manager.Client.DirectoryURL = acme.LetsEncryptURL
	}
	config := webConfig(a.get)
	config.NextProtos = append(config.NextProtos, acme.ALPNProto)
	return &Source{config: config, watch: a.run, isWeb: true}, nil
}

// get implements tls.Config.GetCertificate. The authority may take minutes;
// a handshake waits only as long as it has.
func (a *authority) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == acme.ALPNProto {
		return a.manager.GetCertificate(hello) // the authority's challenge: known, or an error
	}
	return a.ask(hello.Context(), hello.ServerName)
}

// ask gets the certificate of a host; one request for it is under way at a time.
func (a *authority) ask(ctx context.Context, host string) (*tls.Certificate, error) {
	host = strings.ToLower(host)
	if !slices.Contains(a.hosts, host) {
		return nil, ErrOtherHost
	}
	a.mu.Lock()
	asked := a.pending[host]
	if asked == nil {
		asked = &request{done: make(chan struct{})}
		a.pending[host] = asked
		go a.fetch(host, asked)
	}
	a.mu.Unlock()
	select {
	case <-asked.done:
		return asked.certificate, asked.err
	case <-ctx.Done():
		return nil, fmt.Errorf("certificates: waiting for the authority: %w", ctx.Err())
	}
}

// fetch ends by itself: autocert gives the authority five minutes.
func (a *authority) fetch(host string, asked *request) {
	// What every client of TLS 1.3 can: the certificate is of ECDSA.
	asked.certificate, asked.err = a.manager.GetCertificate(&tls.ClientHelloInfo{
		ServerName:       host,
		SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
		SupportedCurves:  []tls.CurveID{tls.CurveP256},
		CipherSuites:     []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
	})
	if asked.err != nil {
		a.logger.Error("no certificate from the authority", "host", host, "error", asked.err)
	}
	a.mu.Lock()
	delete(a.pending, host)
	a.mu.Unlock()
	close(asked.done)
}

// run asks for the certificates before the first client does, and now and then
// so that one that is not asked for is renewed all the same.
func (a *authority) run(ctx context.Context) {
	ticker := time.NewTicker(freshInterval)
	defer ticker.Stop()
	for {
		for _, host := range a.hosts {
			certificate, err := a.ask(ctx, host)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				a.warn(host, certificate.Leaf, time.Now())
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// warn says that renewing fails: it begins when a third of the life is left.
func (a *authority) warn(host string, leaf *x509.Certificate, now time.Time) {
	if leaf == nil {
		return
	}
	left := leaf.NotAfter.Sub(now)
	if left < min(warningTime, leaf.NotAfter.Sub(leaf.NotBefore)/6) {
		a.logger.Warn("the certificate expires soon and was not renewed", "host", host, "until", leaf.NotAfter)
	}
}

// NewCache keeps what autocert keeps in a table.
func NewCache(table engine.Table) autocert.Cache { return cache{table} }

type cache struct{ table engine.Table }

// maxTries is how often a change is tried against those of other servers.
const maxTries = 8

// keyOf names an entry: autocert's own names have characters that a table refuses.
func keyOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "acme/" + hex.EncodeToString(sum[:])
}

// Get implements autocert.Cache.
func (c cache) Get(ctx context.Context, name string) ([]byte, error) {
	found, err := c.table.Get(ctx, keyOf(name))
	if errors.Is(err, engine.ErrNoKey) {
		return nil, autocert.ErrCacheMiss
	}
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	return slices.Clone(found.Data), nil
}

// Put implements autocert.Cache.
func (c cache) Put(ctx context.Context, name string, data []byte) error {
	return c.change(ctx, name, func(key string, revision uint64) error {
		_, err := c.table.Put(ctx, key, data, revision)
		return err
	})
}

// Delete implements autocert.Cache.
func (c cache) Delete(ctx context.Context, name string) error {
	return c.change(ctx, name, func(key string, revision uint64) error {
		if revision == 0 {
			return nil
		}
		return c.table.Delete(ctx, key, revision)
	})
}

// change makes a change to the newest revision.
func (c cache) change(ctx context.Context, name string, do func(key string, revision uint64) error) error {
	key := keyOf(name)
	var err error
	for range maxTries {
		found, getErr := c.table.Get(ctx, key)
		if getErr != nil && !errors.Is(getErr, engine.ErrNoKey) {
			return fmt.Errorf("certificates: %w", getErr)
		}
		if err = do(key, found.Revision); !errors.Is(err, engine.ErrConflict) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("certificates: %w", err)
	}
	return nil
}
