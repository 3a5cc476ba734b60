// Package enginetest is the conformance suite of the rendezvous engines.
package enginetest
