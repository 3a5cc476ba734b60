// Package guard counts what addresses and identities do and says who has to
// wait: token buckets for connections and frames, and bans for those who keep
// breaking limits, longer each time and forgotten after a quiet day.
//
// It reads no clock and starts nothing. Its memory is bounded: when a table is
// full, whoever was quiet longest among a few is forgotten, those who are
// banned last.
//
// An address counts by its prefix: an IPv4 address, an IPv6 /64. Since one host
// may have a whole /48, that is counted too, with more room, and never banned.
package guard
