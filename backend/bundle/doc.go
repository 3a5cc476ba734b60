// Package bundle is the file by which mail travels without any network: a line
// that says what it is, then sealed envelopes, each after its length. Whoever
// finds the file learns how many there are and how large, as a server that
// keeps mail would, and nothing else.
//
// The file: the ASCII line "tincan-bundle/1" and a line feed (16 bytes), then
// for each envelope its length in bytes (big endian, 4 bytes) and the envelope.
package bundle
