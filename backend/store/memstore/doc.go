// Package memstore is the in-memory twin of the SQLite store, for simulation
// and tests. It passes storetest.
//
// What survives a crash is explicit. [Disk] is what is durable. [Store] is one
// process's view of it. Commit stages its writes and syncs them at once;
// a simulation that wants a crash in between calls [Store.Stage] itself and
// [Staged.Sync] later. [Store.Crash] loses all that was staged and not synced,
// and what was synced is there when the disk is opened again.
package memstore
