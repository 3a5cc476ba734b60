// Package e2e runs the real programs against one another: a rendezvous server
// and devices, each in a process of its own, with real sockets and real SQLite
// files, stopped and killed in the middle of a talk. There is nothing in it
// but tests; what they use of a device is its control protocol
// (cmd/tincan-node --control).
package e2e
