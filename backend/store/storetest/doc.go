// Package storetest is what a node's store promises, as a test suite: the
// SQLite store and memstore both pass it.
package storetest
