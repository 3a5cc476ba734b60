// Package backup is the file that a profile is backed up in: age (filippo.io/age)
// with a passphrase, over a signed manifest and what it names. Sealing keys and
// the device's own key are not in it: whoever restores it is a new device of the
// same person.
//
// # Automatic backups
//
// The program writes those while nobody is there to type a passphrase, and keeps
// none. Such a file begins with a head, and what follows is encrypted to a key
// (age, X25519) whose secret the passphrase opens. The program has only the head
// and the public key: it can make these files, and open none.
//
//	magic         22  "tincan auto backup v1\n"
//	length         2  of the locked key, 1 to 4096
//	locked key        age with the passphrase, over the PeerID of the person (32
//	                  bytes) and the secret as age writes it (AGE-SECRET-KEY-1...)
//	               …  age to that key
//
// The public key is no secret either, so the manifest must be of the person in the
// locked key: nobody else can make what this passphrase opens.
//
// # Inside the encryption
//
// Numbers are big-endian.
//
//	magic         17  "tincan backup v1\n"
//	length         4  of the manifest, at most 64 KiB
//	manifest          JSON, in the one form that this package writes
//	signature     64  of the manifest by the person's key (Ed25519ctx,
//	                  "tincan/backup/1")
//	files             those of the manifest, in its order, each as long as it says
//
// The files are "identity" (the seed of the person's key, 32 bytes) and
// "tincan.db". Nothing comes after them.
//
// # What is checked
//
// The passphrase and every byte by age; that the manifest is signed by the person
// that it names and whose seed the backup has; the length and SHA-256 of each
// file. A reader that returns without an error has seen the end.
package backup
