// Package natsstore keeps the mailbox and the tables of a rendezvous server in
// NATS JetStream, alone or replicated. It takes a connection and knows nothing
// of the server behind it; whoever starts that server sets SyncAlways, without
// which an acknowledged envelope may be lost with the power.
//
// # Mail
//
// Envelopes lie in streams by box and size class, some of them sharded by
// owner. A box in a class is one subject, and JetStream's own limit of messages
// for each subject is its quota: nine tenths of a box's envelopes are small (at
// most 8 KiB), one tenth is large (at most 80 KiB), so that neither count nor
// bytes of a box are ever exceeded. Subjects carry hashes of owners. The order
// of a box is exact within a class, and follows the servers' clocks across the two.
//
// # Tags
//
// Tags are in one stream with a message for each tag and one for each owner,
// which lists the owner's tags. A registration is an atomic batch that compares
// the revision of all it touches, so it happens whole or not at all, anywhere
// in the cluster. What a tag leads to is cached for a minute; a change is told
// to the other nodes at once, as far as they can be reached.
//
// # Tables
//
// Each table is a key-value bucket that is read at its leader.
package natsstore
