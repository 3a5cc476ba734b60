// Package netrange finds the range of addresses that an address belongs to,
// for those who ban: a device and a server mean the same by a range.
package netrange
