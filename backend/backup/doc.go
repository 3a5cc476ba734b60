// Package backup is the file that a profile is backed up in: age (filippo.io/age)
// with a passphrase, over a signed manifest and what it names. Sealing keys and
// the device's own key are not in it: whoever restores it is a new device of the
// same person.
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
