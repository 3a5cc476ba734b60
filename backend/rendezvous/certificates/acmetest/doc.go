// Package acmetest is a small certificate authority that speaks ACME (RFC 8555)
// for tests, in process and on loopback. It checks the tls-alpn-01 challenge
// (RFC 8737) like a real one, except that every host is at the address it is told.
package acmetest
