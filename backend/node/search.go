package node

import "github.com/tincan-chat/tincan/backend/chat/search"

// Hit is a message that a search found.
type Hit struct {
	Message Message
	Snippet search.Snippet
}

// Finding is the answer to a search.
type Finding struct {
	Hits    []Hit // newest first, by order
	More    bool  // older ones follow: search again before the last one's order
	Waiting int   // entries that are not in the index yet, so that some may be missing
}
