package rendezvousclient

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/protocol"
)

// errCertificate is wrapped by what is wrong with a certificate of the web.
var errCertificate = errors.New("rendezvous: the server's certificate is not valid there")

// clientTLS accepts two kinds of certificates: the one that a server signs
// itself with its own key, which proves that key; and, where the address is a
// name, one of the web, which proves the name. The latter says nothing about
// the server's key: the challenge names it and the signature of the welcome
// proves it. roots nil means the system's. Errors of the handshake wrap
// protocol.ErrNoKey, protocol.ErrOtherKey or errCertificate.
func clientTLS(host string, pinned identity.ServerKey, roots *x509.CertPool) *tls.Config {
	config := protocol.ClientTLS(pinned)
	if _, err := netip.ParseAddr(host); err == nil {
		return config
	}
	config.ServerName = host
	ofServer := config.VerifyConnection
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 || isSelfMade(state.PeerCertificates[0]) {
			return ofServer(state)
		}
		intermediates := x509.NewCertPool()
		for _, certificate := range state.PeerCertificates[1:] {
			intermediates.AddCert(certificate)
		}
		if _, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: intermediates}); err != nil {
			return fmt.Errorf("%w: %w", errCertificate, err)
		}
		return nil
	}
	return config
}

// isSelfMade says whether a certificate is of the kind that servers make
// themselves: signed by its own Ed25519 key.
func isSelfMade(certificate *x509.Certificate) bool {
	return certificate.PublicKeyAlgorithm == x509.Ed25519 &&
		certificate.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature) == nil
}

// certifiedKey returns the key that a connection's certificate proves, zero for one of the web.
func certifiedKey(state tls.ConnectionState) (identity.ServerKey, error) {
	if len(state.PeerCertificates) > 0 && !isSelfMade(state.PeerCertificates[0]) {
		return identity.ServerKey{}, nil
	}
	return protocol.KeyOf(state)
}
