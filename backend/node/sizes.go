package node

// Sizes counts what the core holds in memory.
type Sizes struct {
	Sessions, Letters, Commits, Lookups, Tagging, Putting, Seen, Undeleted int
	Wishes                                                                 int // to take letters back
	Waiting                                                                int // entries before whose parents came, of all sessions and letters
	Recent                                                                 int // the longest list of recent orders
	Outbox                                                                 int // the most letters to a contact
}

// Sizes tells how much the core holds.
func (c *Core) Sizes() Sizes {
	sizes := Sizes{
		Sessions: len(c.sessions), Letters: len(c.letters), Commits: len(c.commits), Seen: len(c.seen), Undeleted: len(c.undeleted),
		Lookups: len(c.network.lookups), Tagging: len(c.network.tagging), Putting: len(c.network.putting), Wishes: len(c.network.wishes),
	}
	for _, session := range c.sessions {
		sizes.Waiting += len(session.waiting)
	}
	for _, letter := range c.letters {
		sizes.Waiting += len(letter.waiting)
	}
	for _, conversation := range c.conversations {
		sizes.Recent = max(sizes.Recent, len(conversation.recent.orders))
	}
	for _, contact := range c.contacts {
		sizes.Outbox = max(sizes.Outbox, len(contact.outbox.letters))
	}
	return sizes
}
