// Package nodetest starts real devices for tests and benchmarks: SQLite files,
// pion links and a rendezvous client in this process.
package nodetest
