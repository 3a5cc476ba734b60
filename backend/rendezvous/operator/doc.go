// Package operator is the operator's side of a rendezvous server, on a listener
// of its own (127.0.0.1:7118 unless told otherwise):
//
//	/tincan.operator.v1.OperatorService/…  gRPC, gRPC-Web, Connect, HTTP with JSON
//	/                                      the page, over the same service
//	/metrics                               Prometheus text, counts only
//	/healthz, /readyz                      200, or 503 with the reasons
//
// It asks a [Source] for everything; whoever puts the server together writes
// one. It knows counts, bans as the operator typed them and what people
// published themselves. It is told no session and no peer, so that it cannot
// show any.
//
// # Who may
//
// A token of 32 random bytes is printed once and kept as its SHA-256 in the data
// folder. Programs send it as "Authorization: Bearer TOKEN"; the page trades it
// for a cookie that scripts cannot read and other sites cannot send. After 5
// wrong tries a minute from an IPv4 address or IPv6 /64 the answer is 429.
// Metrics, health and readiness need no token as long as the Host is a loopback one.
//
// A request is refused when its Host is neither a loopback address, "localhost"
// nor allowed by name, which ends DNS rebinding, and when its Origin is not that Host.
package operator
