package rendezvous

import "runtime/debug"

const (
	// calmBelow is how many new connections in a second are no crowd.
	calmBelow = 50
	// calmAfter is how many seconds it has to be calm.
	calmAfter = 3
	// crowd is how many new connections leave memory behind that is worth a collection.
	crowd = 500
)

// calming gives memory back to the system after many devices logged in at
// once: what their logins took is more than what they need from then on, and
// the garbage collector would keep it for hours. The zero value is ready.
type calming struct {
	seen  int64 // connections accepted, at the last look
	since int64 // accepted since memory was given back
	quiet int   // looks since there was a crowd
}

// look is called once a second with how many connections were accepted so far.
// It says whether memory is to be given back.
func (c *calming) look(accepted int64) bool {
	fresh := accepted - c.seen
	c.seen = accepted
	c.since += fresh
	if fresh > calmBelow {
		c.quiet = 0
		return false
	}
	if c.quiet++; c.quiet < calmAfter || c.since < crowd {
		return false
	}
	c.since = 0
	return true
}

// giveBack takes some hundredths of a second.
func giveBack() { debug.FreeOSMemory() }
