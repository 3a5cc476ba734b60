// Package engine says what the rendezvous server needs from the part that
// knows who is where: attachments of devices, presence, relayed signals and
// published records. The memory engine keeps all of it in one process;
// enginetest is the suite that every engine passes.
//
// # Promises
//
//   - The newest attachment of a device is the only one: the older one's sink
//     is told that it ended.
//   - Presence of a peer is told to those who watch it and whom it watches, and
//     to nobody else. Whoever stops watching looks absent to the other.
//   - Send answers Absent only between peers that watch each other; everyone
//     else always gets Accepted, whatever the truth. What a device watched when
//     it left counts until it comes back or is forgotten.
//   - A record is replaced only by one with versions that do not fall.
//   - Memory is bounded: see the engine's own limits.
package engine
