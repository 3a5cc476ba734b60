// Package wire is the only wire format: protobuf messages generated from
// tincan/v1/*.proto. Rules that hold for all of them:
//
//   - Outside bytes are decoded with [Decode], which caps the size and refuses
//     what is not in canonical form where the bytes are signed or hashed.
//   - Signed bytes are kept and passed on verbatim, never serialised again.
//   - Times are Unix milliseconds; keys are 32 bytes; UUIDs are 16.
//
// Sizes that the protocol promises stand in sizes.go.
package wire
