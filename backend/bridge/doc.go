// Package bridge serves the interface to a browser, over the same object that
// the window binds: for machines without a display, and for tests of the
// shipped interface in a real browser. It also calls that object by name, with
// JSON arguments, for the control line of tincan-node.
//
// # HTTP
//
//	GET  /?token=T              sets the cookie, leads to /
//	GET  /                      the interface, with bridge.js before its own scripts
//	GET  /bridge.js             defines window.go.app.API and window.runtime
//	POST /bridge/call/METHOD    a JSON array of arguments → {"result":…} or {"error":{…}}
//	GET  /bridge/events         server-sent events: "changes" in order, id is the sequence
//
// # Who may
//
// Whoever has the address with its token, which is printed where the program was
// started. The token is given once and becomes a cookie that scripts cannot
// read and other sites cannot send; its secret is kept in the data folder, so
// that an open page goes on behind a restart at the same port. Host is checked against DNS rebinding, Origin
// and Sec-Fetch-Site against other sites, and the listener is on loopback unless
// it is told otherwise. There is no TLS: on a network that is not one's own,
// use a tunnel.
package bridge
