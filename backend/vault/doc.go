// Package vault keeps a device's keys at rest: the keys of the person and of
// the device in the key file of a profile's folder, and whatever the store gives
// it to wrap (private sealing keys). Everything is encrypted under one master
// key; what differs is where that is.
//
// It protects keys and sealed mail, not the history on disk.
//
// # Key file, version 2
//
// Numbers are big-endian. The header is everything before the nonce of the keys,
// and is authenticated with them.
//
//	magic           16  "tincan keys  v2\n"
//	protection       1  1 file, 2 keyring, 3 passphrase
//	person          32  public keys, to tell whose file it is while it is locked
//	device          32
//	  file:
//	master key      32
//	  keyring:
//	entry           16  name of the keyring's entry that holds the master key
//	  passphrase:
//	passes           4  of Argon2id (RFC 9106): 1 to 16
//	memory           4  in KiB: 8 MiB to 1 GiB
//	lanes            1  1 to 16
//	salt            16
//	nonce           24
//	wrapped         48  the master key, XChaCha20-Poly1305
//	  all:
//	nonce           24
//	keys            80  both seeds, XChaCha20-Poly1305
//	checksum         8  the beginning of SHA-256 over all before it
//
// The checksum tells damage from a wrong passphrase. A file of version 1 (keys
// as they are, package identity) is read, and written anew as version 2.
//
// # Changes
//
// The master key stays when its protection changes, so that nothing else is
// written anew. The file is replaced atomically; a keyring gets the new entry
// before and loses the old one after, so that at every moment the file that is
// there can be opened. The bytes of the file before are overwritten: as far as a
// disk does what it is told, nothing opens the keys that the person has given up.
package vault
