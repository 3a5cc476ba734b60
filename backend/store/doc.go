// Package store keeps a device's memory in SQLite: one database file in the
// profile's folder, one writing connection, several that read. *Store
// implements the node's Store and Reader ports and passes storetest.
//
// # Layout
//
// The logs are the truth. An entry's row id is its log's number times 2^36
// plus its sequence, so that a log is one stretch of one B-tree: appending
// touches its end, sending reads it in a row, and counting messages after a
// position is a range of a small index. The timeline (conversation, order →
// entry) is a projection that is written in the entry's own transaction.
// Unread and queued counts are never stored; they are counted from positions.
//
// # Durability
//
// Write-ahead log, synchronous=FULL: Commit returns after fsync, and takes any
// number of batches in one transaction. All or nothing.
//
// # Trouble
//
// A database that is damaged, or in a folder that cannot be written to, or on
// a full disk, is opened for reading: what can be read is shown, and the file
// is not written to. Before a newer schema is put in place the old
// database is copied to the folder "snapshots".
package store
