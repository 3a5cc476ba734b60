// Package link says what a link promises: an authenticated session between two
// devices with one ordered message channel and any number of byte streams.
//
// webrtclink keeps the promise over pion, memlink in process with faults;
// linktest is the conformance suite that both pass.
//
// # Promises
//
//   - Nothing is delivered before both sides proved their identity keys over
//     this very session (security.md, "Binding WebRTC to identities").
//   - Messages arrive whole, once, in order, or the link closes.
//   - A link that is silent for 30 s is closed; pings go every 10 s.
//   - The smaller device key offers; the other side may ask for it (Dial).
//   - A session that is not open 20 s after it began is closed.
//   - A dead link is never revived: its owner opens a new session.
package link
