// Package framing is the server's side of WebSocket (RFC 6455) without a socket:
// a parser that is pushed bytes as they come, frames to send, and the HTTP
// request that begins it. It does no I/O and starts nothing, so that an event
// loop and a goroutine can drive it alike, and an idle connection holds a
// pointer's worth of it.
//
// No extension is negotiated: there is nothing to decompress.
package framing
