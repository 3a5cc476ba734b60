// Package device puts one device together: data folder, keys, store, node,
// links, signaling, and the server that the app may host. It is the one
// package besides commands and tests that knows several adapters, so that the
// window (main.go) and the device without one (cmd/tincan-node) are the same
// device and differ only in how they are shown.
package device
