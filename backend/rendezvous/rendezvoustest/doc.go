// Package rendezvoustest runs a real rendezvous server on loopback for the
// tests of other packages, and makes devices that may log in there.
package rendezvoustest
