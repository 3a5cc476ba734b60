// Package switchboard is what every engine does for the devices of its own
// process: attachments, presence between them, relayed signals, and the records
// of who is here. The memory engine is a switchboard and a mailbox; an engine of
// several processes gives it an Uplink, and tells it what the other nodes said.
package switchboard
