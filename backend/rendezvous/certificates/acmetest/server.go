package acmetest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/acme"
)

// Server is an authority.
type Server struct {
	// URL is that of the directory.
	URL string
	// Roots trusts what it signs.
	Roots *x509.CertPool

	life time.Duration
	key  *ecdsa.PrivateKey
	root *x509.Certificate
	base string

	mu      sync.Mutex
	at      string // where every host is
	account crypto.PublicKey
	orders  []*order
	nonces  int
	issued  int
}

type order struct {
	host, token  string
	status       string
	authorized   string
	certificates []byte
}

const maxBody = 64 << 10

// identifier of RFC 8737, section 3: id-pe-acmeIdentifier.
var identifier = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}

// Start runs an authority until the test ends. Certificates live so long.
func Start(t testing.TB, life time.Duration) *Server {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("key: %v", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of a test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatalf("certificate: %v", err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("certificate: %v", err)
	}
	s := &Server{life: life, key: key, root: root, Roots: x509.NewCertPool()}
	s.Roots.AddCert(root)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /directory", s.directory)
	mux.HandleFunc("HEAD /nonce", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /account", s.post(s.newAccount))
	mux.HandleFunc("POST /order", s.post(s.newOrder))
	mux.HandleFunc("POST /order/{id}", s.post(s.showOrder))
	mux.HandleFunc("POST /authorization/{id}", s.post(s.showAuthorization))
	mux.HandleFunc("POST /challenge/{id}", s.post(s.challenge))
	mux.HandleFunc("POST /finalize/{id}", s.post(s.finalize))
	mux.HandleFunc("POST /certificate/{id}", s.post(s.certificate))
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.nonces++
		w.Header().Set("Replay-Nonce", "nonce"+strconv.Itoa(s.nonces))
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(listening.Close)
	s.base = listening.URL
	s.URL = s.base + "/directory"
	return s
}

// Resolve says where every host is: host:port.
func (s *Server) Resolve(at string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = at
}

// Issued is how many certificates were signed.
func (s *Server) Issued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issued
}

// signed is a request (RFC 8555, section 6.2). Its signature is not checked.
type signed struct {
	Protected string `json:"protected"`
	Payload   string `json:"payload"`
}

type answer struct {
	status   int
	location string
	body     any // []byte as it is, the rest as JSON
}

func (s *Server) directory(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(map[string]string{
		"newNonce": s.base + "/nonce", "newAccount": s.base + "/account", "newOrder": s.base + "/order",
		"revokeCert": s.base + "/revoke", "keyChange": s.base + "/change",
	})
}

func (s *Server) post(handle func(r *http.Request, header, payload []byte) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var message signed
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&message)
		header, headerErr := base64.RawURLEncoding.DecodeString(message.Protected)
		payload, payloadErr := base64.RawURLEncoding.DecodeString(message.Payload)
		var said answer
		if err = errors.Join(err, headerErr, payloadErr); err == nil {
			said, err = handle(r, header, payload)
		}
		if err != nil {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]string{"type": "urn:ietf:params:acme:error:malformed", "detail": err.Error()})
			return
		}
		if said.location != "" {
			w.Header().Set("Location", said.location)
		}
		if raw, ok := said.body.([]byte); ok {
			w.Header().Set("Content-Type", "application/pem-certificate-chain")
			_, _ = w.Write(raw)
			return
		}
		w.WriteHeader(said.status)
		_ = json.NewEncoder(w).Encode(said.body)
	}
}

func (s *Server) newAccount(_ *http.Request, header, _ []byte) (answer, error) {
	var parsed struct {
		JWK struct {
			X string `json:"x"`
			Y string `json:"y"`
		} `json:"jwk"`
	}
	if err := json.Unmarshal(header, &parsed); err != nil {
		return answer{}, err
	}
	x, err := base64.RawURLEncoding.DecodeString(parsed.JWK.X)
	if err != nil {
		return answer{}, err
	}
	y, err := base64.RawURLEncoding.DecodeString(parsed.JWK.Y)
	if err != nil {
		return answer{}, err
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return answer{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account = key
	return answer{http.StatusCreated, s.base + "/account/1", map[string]string{"status": "valid"}}, nil
}

func (s *Server) newOrder(_ *http.Request, _, payload []byte) (answer, error) {
	var asked struct {
		Identifiers []struct {
			Value string `json:"value"`
		} `json:"identifiers"`
	}
	if err := json.Unmarshal(payload, &asked); err != nil {
		return answer{}, err
	}
	if len(asked.Identifiers) != 1 {
		return answer{}, errors.New("one host at a time")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	made := &order{host: asked.Identifiers[0].Value, token: "token" + strconv.Itoa(len(s.orders)), status: "pending", authorized: "pending"}
	s.orders = append(s.orders, made)
	id := strconv.Itoa(len(s.orders) - 1)
	return answer{http.StatusCreated, s.base + "/order/" + id, s.orderOf(id, made)}, nil
}

func (s *Server) orderOf(id string, one *order) map[string]any {
	said := map[string]any{
		"status": one.status, "identifiers": []map[string]string{{"type": "dns", "value": one.host}},
		"authorizations": []string{s.base + "/authorization/" + id}, "finalize": s.base + "/finalize/" + id,
	}
	if one.status == "valid" {
		said["certificate"] = s.base + "/certificate/" + id
	}
	return said
}

// find runs under mu.
func (s *Server) find(r *http.Request) (string, *order, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 0 || id >= len(s.orders) {
		return "", nil, errors.New("no such order")
	}
	return r.PathValue("id"), s.orders[id], nil
}

func (s *Server) showOrder(r *http.Request, _, _ []byte) (answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, one, err := s.find(r)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, s.base + "/order/" + id, s.orderOf(id, one)}, nil
}

func (s *Server) showAuthorization(r *http.Request, _, _ []byte) (answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, one, err := s.find(r)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, "", map[string]any{
		"status": one.authorized, "identifier": map[string]string{"type": "dns", "value": one.host},
		"challenges": []any{s.challengeOf(id, one)},
	}}, nil
}

func (s *Server) challengeOf(id string, one *order) map[string]string {
	return map[string]string{"type": "tls-alpn-01", "url": s.base + "/challenge/" + id, "token": one.token, "status": one.authorized}
}

func (s *Server) challenge(r *http.Request, _, _ []byte) (answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, one, err := s.find(r)
	if err != nil {
		return answer{}, err
	}
	thumbprint, err := acme.JWKThumbprint(s.account)
	if err != nil {
		return answer{}, err
	}
	one.authorized, one.status = "valid", "ready"
	if err = validate(r, s.at, one.host, one.token+"."+thumbprint); err != nil {
		one.authorized, one.status = "invalid", "invalid"
	}
	return answer{http.StatusOK, "", s.challengeOf(id, one)}, nil
}

// validate looks at the host's certificate for the challenge (RFC 8737, section 3).
func validate(r *http.Request, at, host, authorization string) error {
	dialer := &tls.Dialer{Config: &tls.Config{
		ServerName: host, NextProtos: []string{acme.ALPNProto}, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: true, // the certificate of a challenge is self-signed, and looked at below
	}}
	conn, err := dialer.DialContext(r.Context(), "tcp", at)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return net.ErrClosed
	}
	state := secure.ConnectionState()
	digest := sha256.Sum256([]byte(authorization))
	wanted, err := asn1.Marshal(digest[:])
	if err != nil {
		return err
	}
	for _, extension := range state.PeerCertificates[0].Extensions {
		if extension.Id.Equal(identifier) && bytes.Equal(extension.Value, wanted) && state.NegotiatedProtocol == acme.ALPNProto {
			return state.PeerCertificates[0].VerifyHostname(host)
		}
	}
	return errors.New("the challenge is not answered")
}

func (s *Server) finalize(r *http.Request, _, payload []byte) (answer, error) {
	var asked struct {
		CSR string `json:"csr"`
	}
	if err := json.Unmarshal(payload, &asked); err != nil {
		return answer{}, err
	}
	der, err := base64.RawURLEncoding.DecodeString(asked.CSR)
	if err != nil {
		return answer{}, err
	}
	request, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return answer{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, one, err := s.find(r)
	if err != nil {
		return answer{}, err
	}
	if one.status != "ready" || len(request.DNSNames) != 1 || request.DNSNames[0] != one.host {
		return answer{}, fmt.Errorf("the order is %s, for %s", one.status, one.host)
	}
	s.issued++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(s.issued) + 1), DNSNames: request.DNSNames,
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(s.life),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leaf, err := x509.CreateCertificate(rand.Reader, template, s.root, request.PublicKey, s.key)
	if err != nil {
		return answer{}, err
	}
	one.certificates = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.root.Raw})...)
	one.status = "valid"
	return answer{http.StatusOK, s.base + "/order/" + id, s.orderOf(id, one)}, nil
}

func (s *Server) certificate(r *http.Request, _, _ []byte) (answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, one, err := s.find(r)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, body: one.certificates}, nil
}
