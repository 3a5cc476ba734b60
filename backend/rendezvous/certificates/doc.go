// Package certificates says with which certificate a rendezvous server speaks
// TLS: one made from its own key, which clients pin ([Self]); one in files that
// somebody else renews ([Files]); or one that it gets itself by ACME (RFC 8555)
// with the tls-alpn-01 challenge (RFC 8737) on its own port ([ACME]).
//
// With Files and ACME a client checks the certificate as browsers do, and the
// server's key by the signature of the welcome: the name of a host proves
// nothing about the key that an address names.
package certificates
