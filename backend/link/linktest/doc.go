// Package linktest is the conformance suite of link.Transport: what it asks
// for is what the rest of Tincan relies on, whichever transport is under it.
package linktest
