// Package flood lets a hostile contact and a hostile server loose on a device in
// a process of its own, and measures what becomes of it: its memory, and how
// fast it answers the calls of the interface meanwhile.
//
// The contact is a whole device whose line is also used for frames that no honest
// device sends. The server is an honest one behind a proxy that puts frames of
// its own between those of the server.
package flood
