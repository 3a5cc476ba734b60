package webrtclink

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"github.com/pion/webrtc/v3"
)

// newCertificate makes the self-signed certificate of one session, and its
// SHA-256. Nobody checks its dates or its name, the fingerprint is what counts:
// so they are the same for everyone and tell nothing, and no clock that is wrong
// makes a certificate expire (pion's own live a month).
func newCertificate() (webrtc.Certificate, [sha256.Size]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return webrtc.Certificate{}, [sha256.Size]byte{}, fmt.Errorf("webrtclink: generating a key: %w", err)
	}
	serial := make([]byte, 16)
	if _, err = rand.Read(serial); err != nil {
		return webrtc.Certificate{}, [sha256.Size]byte{}, fmt.Errorf("webrtclink: reading randomness: %w", err)
	}
	serial[0] = serial[0]&0x7f | 0x40 // positive, always 16 bytes long (RFC 5280 section 4.1.2.2)
	template := x509.Certificate{
		SerialNumber:       new(big.Int).SetBytes(serial),
		Subject:            pkix.Name{CommonName: "link"},
		NotBefore:          time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:           time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), // RFC 5280 section 4.1.2.5: never
		SignatureAlgorithm: x509.ECDSAWithSHA256,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return webrtc.Certificate{}, [sha256.Size]byte{}, fmt.Errorf("webrtclink: making a certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return webrtc.Certificate{}, [sha256.Size]byte{}, fmt.Errorf("webrtclink: making a certificate: %w", err)
	}
	return webrtc.CertificateFromX509(key, parsed), sha256.Sum256(der), nil
}
