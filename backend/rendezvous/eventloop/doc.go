// Package eventloop tells which sockets can be read, with one goroutine for
// very many of them, and says when it is through with all that it was told at
// once. Whoever uses it can then do in one system call what several events asked
// for: writing to a socket is most of what passing messages on costs.
//
// It exists on Linux (epoll(7), edge-triggered); elsewhere New returns no loop.
package eventloop
