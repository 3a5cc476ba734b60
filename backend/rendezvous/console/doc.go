// Package console is the server as its operator sees it: it answers
// operator.Source from a running rendezvous.Server, its engine and its data
// folder, and copies and restores what the server keeps.
//
// # Drain
//
// Whether a node drains is asked for in the table of settings, under
// "drain/NODE", for one start of that node: every node follows the table, so a
// drain can begin and end from any of them, and a restart ends it.
//
// # Backup
//
// A backup is a tar archive: "backup.json" says what it is, "server.key" is the
// server's key, "engine/…" are the streams as JetStream's own snapshots, and
// "end.json" counts and sums all before it. Everything that was acknowledged
// before it began is in it. Without the last entry it is not whole. It holds
// the server's key and sealed mail: whoever has it can pose as the server.
package console
