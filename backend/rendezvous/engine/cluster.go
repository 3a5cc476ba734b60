package engine

import (
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

// Node is a server of the cluster as the engine sees it.
type Node struct {
	ID       string    // unique; the same after a restart
	Self     bool      // this process
	Seen     time.Time // its last sign of life; a node that was not seen for 5 s is not returned by Nodes
	Started  time.Time
	Sessions int // attachments there
	Notice   Notice
}

// Notice is what a server tells the others about itself.
type Notice struct {
	URL      string // wss://host:port, for clients; empty: not for clients
	Key      identity.ServerKey
	Weight   uint32 // 0 to 1000
	Load     uint32 // 0 to 1000
	Version  string // of the program
	Draining bool
	Signals  uint32 // relayed a second, lately
	Memory   uint64 // bytes of the process, in steps of 4 MiB; 0: not told
}
