// Package signaling carries sealed signals and requests to other devices
// through rendezvous servers, and tells who is online there.
package signaling
