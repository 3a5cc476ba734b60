// Package handle reads and signs handles: "name@host", by which people who know
// one exactly find somebody at a rendezvous server. Servers and devices go by
// the same rules for names; what a server says about a handle is believed for
// the identity's signature alone.
package handle
