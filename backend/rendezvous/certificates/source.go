package certificates

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"log/slog"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
)

// Source of a server's certificate.
type Source struct {
	config *tls.Config
	watch  func(ctx context.Context)
	isWeb  bool
}

// TLS is the configuration of the server: TLS 1.3, HTTP/1.1, no resumption.
func (s *Source) TLS() *tls.Config { return s.config }

// IsWeb says that clients check the certificate against their system's
// authorities, and the server's key only by the signed welcome.
func (s *Source) IsWeb() bool { return s.isWeb }

// Run keeps the certificate fresh until ctx ends.
func (s *Source) Run(ctx context.Context) {
	if s.watch != nil {
		s.watch(ctx)
	}
}

// Self makes a certificate from the server's own key.
func Self(key ed25519.PrivateKey, now time.Time) (*Source, error) {
	config, err := protocol.ServerTLS(key, now)
	if err != nil {
		return nil, err
	}
	return &Source{config: config}, nil
}

func webConfig(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS13,
		GetCertificate: get,
		NextProtos:     []string{"http/1.1"},
		// Every connection is a new login; nothing is gained by resuming.
		SessionTicketsDisabled: true,
	}
}

func loggerOr(logger *slog.Logger) *slog.Logger {
	if logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return logger
}
