// Package natsbackup copies streams of NATS JetStream out of a server and into
// another one, by JetStream's own snapshots (STREAM.SNAPSHOT and STREAM.RESTORE
// of its API). Messages keep their numbers, times and headers. A stream can be
// written to meanwhile: everything that was acknowledged before is in the copy.
//
// A copied stream is a piece "NAME/stream.json" with its configuration and
// state as the server told them, and pieces "NAME/000001" and so on with the
// snapshot.
package natsbackup
