// Package directory gives out handles and keeps the public directory of a
// cluster of servers, in the tables of its engine. It is a registry of claims
// that their owners signed: a server can refuse one, but not make one.
//
// # Handles
//
// A handle is kept under the hash of its skeleton (UTS #39): what looks alike
// is one handle, and whoever comes first has it. A table takes a key by
// compare-and-set, so it is claimed once in the whole cluster. What an identity
// holds and how often it claimed stands in a ledger of its own, which is
// written first: a failure in between leaves too little held, never too much.
// A handle that was given back is kept from others for 30 days.
//
// # Directory
//
// Nothing is listed that its owner did not sign and send. An entry that was
// taken out leaves its version behind, so that no older one comes back. What
// the operator removed is not listed again until it is restored.
//
// The index for searching is in memory: it follows the table, on every server
// for itself, and is a moment behind.
package directory
