// Package lab is a NAT lab: the real programs in Linux network namespaces, a
// rendezvous server on an "internet" of its own and devices in homes behind
// routers that translate addresses the ways routers do. It says which path a
// line takes, how long it takes to open and to come back, and that every
// message is on both disks once.
//
// There is nothing in it but tests, behind the build tag "lab", since they need
// root: `make test-lab` runs them. Nothing leaves the namespaces, so that their
// addresses may be those of anybody; they are not from the ranges for
// documentation because the server's relay refuses those. What a test makes is
// removed at its end, and what a killed run left behind at the next start.
//
// Delay and loss are made by a small bridge in the test's own process: netem is
// missing from many kernels.
package lab
