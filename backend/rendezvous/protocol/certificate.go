package protocol

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Errors of a TLS handshake.
var (
	ErrNoKey    = errors.New("protocol: the certificate is not that of a rendezvous server")
	ErrOtherKey = errors.New("protocol: the server has another key than expected")
)

// ServerTLS returns the server's side: TLS 1.3 with a certificate that is
// self-signed with the server's own key. Its dates mean nothing: the key is
// what a client checks, and its address names it.
func ServerTLS(key ed25519.PrivateKey, now time.Time) (*tls.Config, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "tincan rendezvous"},
		NotBefore:    now.Add(-24 * time.Hour),
		NotAfter:     now.AddDate(20, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"rendezvous.tincan"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("protocol: making the certificate: %w", err)
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		NextProtos:   []string{"http/1.1"},
		// Every connection is a new login; nothing is gained by resuming.
		SessionTicketsDisabled: true,
	}, nil
}

// ClientTLS returns the client's side. It accepts exactly the pinned key, or
// any server key when pinned is zero (trust on first use: the caller compares
// the challenge with [KeyOf] and remembers it). Handshake errors wrap ErrNoKey
// or ErrOtherKey.
func ClientTLS(pinned identity.ServerKey) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		ServerName: "rendezvous.tincan",
		NextProtos: []string{"http/1.1"},
		// The chain is not checked because there is none: VerifyConnection checks the key itself.
		InsecureSkipVerify: true, //nolint:gosec // the server's key is pinned below
		VerifyConnection: func(state tls.ConnectionState) error {
			key, err := KeyOf(state)
			if err != nil {
				if !pinned.IsZero() {
					return fmt.Errorf("%w: %w", ErrOtherKey, err)
				}
				return err
			}
			if !pinned.IsZero() && key != pinned {
				return ErrOtherKey
			}
			return nil
		},
	}
}

// KeyOf returns the server key that a connection's certificate carries. Error: ErrNoKey.
func KeyOf(state tls.ConnectionState) (identity.ServerKey, error) {
	if len(state.PeerCertificates) == 0 {
		return identity.ServerKey{}, ErrNoKey
	}
	public, ok := state.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
	if !ok {
		return identity.ServerKey{}, ErrNoKey
	}
	key, err := identity.ServerKeyFromBytes(public)
	if err != nil {
		return identity.ServerKey{}, fmt.Errorf("%w: %w", ErrNoKey, err)
	}
	return key, nil
}
