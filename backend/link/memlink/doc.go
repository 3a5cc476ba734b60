// Package memlink is the in-process twin of webrtclink: the same promises, the
// same signals (a wire.SignalBody with the same checks), the same confirmation,
// without sockets and without goroutines.
//
// All that happens waits in the queue of a [Network] until somebody calls
// [Network.Step]: a test, or a simulation with a clock of its own, which then
// replays a seed exactly. [Network.Pump] is for those who want it to run by
// itself. Events are told from inside Step (and Close), one at a time.
//
// Faults: [Network.Cut] and [Network.Heal] two devices, [Network.Break] their
// sessions, [Transport.Crash] a device; signals can be lost, doubled and
// reordered by whoever carries them.
package memlink
