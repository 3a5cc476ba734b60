package natsengine

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

const (
	secretLife = 20 * 365 * 24 * time.Hour
	leafLife   = 5 * 365 * 24 * time.Hour // a node makes a new one whenever it starts
	clockSlack = 24 * time.Hour
	maxSecret  = 16 << 10 // bytes
)

// NewClusterSecret makes the file that every node of one cluster holds: a
// certificate authority and its key in PEM. Who has it can join.
func NewClusterSecret() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("natsengine: cluster secret: %w", err)
	}
	template, err := certificate("Tincan cluster", secretLife)
	if err != nil {
		return nil, err
	}
	template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("natsengine: cluster secret: %w", err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("natsengine: cluster secret: %w", err)
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(secret, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})...), nil
}

func certificate(name string, life time.Duration) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("natsengine: cluster secret: %w", err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: now.Add(-clockSlack), NotAfter: now.Add(life),
	}, nil
}

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

var errSecretFile = fmt.Errorf("%w: the cluster secret is not a file that was made for it", ErrOptions)

func parseSecret(secret []byte) (authority, error) {
	var parsed authority
	if len(secret) > maxSecret {
		return parsed, errSecretFile
	}
	for block, rest := pem.Decode(secret); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			found, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return parsed, fmt.Errorf("%w: %w", errSecretFile, err)
			}
			parsed.certificate = found
		case "PRIVATE KEY":
			found, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return parsed, fmt.Errorf("%w: %w", errSecretFile, err)
			}
			signer, ok := found.(*ecdsa.PrivateKey)
			if !ok {
				return parsed, errSecretFile
			}
			parsed.key = signer
		}
	}
	if parsed.certificate == nil || parsed.key == nil || !parsed.certificate.IsCA {
		return parsed, errSecretFile
	}
	if public, ok := parsed.certificate.PublicKey.(*ecdsa.PublicKey); !ok || !public.Equal(parsed.key.Public()) {
		return parsed, errSecretFile
	}
	return parsed, nil
}

// nodeName is the name that every node's certificate has: who the authority
// signed is a node, whatever its address.
const nodeName = "node.tincan"

// nodeTLS returns the mutual TLS between nodes. What goes wrong with the
// certificate of a node that dials is told apart from what goes wrong with that
// of a node that was dialed: only the latter is a tls.CertificateVerificationError.
func (a authority) nodeTLS() (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("natsengine: node certificate: %w", err)
	}
	template, err := certificate(nodeName, leafLife)
	if err != nil {
		return nil, err
	}
	template.DNSNames = []string{nodeName}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("natsengine: node certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	config := &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		ServerName:   nodeName, RootCAs: roots, ClientCAs: roots, ClientAuth: tls.RequireAndVerifyClientCert,
	}
	accepting := config.Clone()
	accepting.ClientAuth = tls.RequireAnyClientCert
	accepting.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errors.New("natsengine: a node without a certificate")
		}
		_, verifyErr := state.PeerCertificates[0].Verify(x509.VerifyOptions{
			Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		})
		return verifyErr
	}
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return accepting, nil }
	return config, nil
}
