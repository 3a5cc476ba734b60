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
//
// # Signals
//
// Offer, answer, candidate, dial and hangup are a wire.SignalBody each, written
// by [WriteSignal] and read by [ReadSignal], which refuses what is not canonical,
// of another version, not from and to these devices, or more than 90 s away in
// time. A description carries the SHA-256 of its exact SDP, the certificate's
// fingerprint, DTLS role and ICE credentials; an answer also the hash of the
// offer's SDP. [Seen] keeps an offer from being accepted twice.
//
// # Confirmation
//
// The first frame both ways is a wire.Confirm: a fresh nonce and a signature by
// the device key over everything in [Binding] with the signer's role, in the
// layout that stands there. The hashes are those of the whole serialised offer
// and answer, the certificates those that DTLS really saw, so a man in the
// middle, a replay, an unknown key share and a downgrade all break it.
package link
