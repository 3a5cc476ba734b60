// Package moderation is what the operator of a cluster of servers decides:
// bans by peer, address, range and domain, which every server follows, and
// what peers report, which is counted and shown and never acts by itself.
//
// A ban of one IPv6 address is one of its /64. A domain is the name to which
// the address of a connection leads back (DNS PTR) if that name leads to the
// address again; it is looked up once an hour, beside the connection, so a
// banned one may be there for two seconds. Whoever controls the reverse zone
// of an address can leave its name away: such a ban is advisory.
package moderation
