// Package chat holds the rules of contacts, requests, texts and bans. It is
// pure: no clock, no randomness, no sockets, no disk.
package chat
