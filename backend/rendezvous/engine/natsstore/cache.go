package natsstore

import (
	"container/list"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

const (
	cachedTags = 1 << 16     // about 20 MB
	cacheLife  = time.Minute // how long a change may stay unknown that nobody could tell
)

// lead is where a tag leads.
type lead struct {
	owner   identity.PeerID
	box     engine.Box
	expires time.Time
}

// cache remembers where the tags lead that were used last.
type cache struct {
	most int

	mu      sync.Mutex
	byTag   map[engine.Tag]*list.Element
	used    *list.List  // cached, the last one used is in front
	changed [256]uint64 // changes of the tags with this first byte
}

type cached struct {
	lead

	tag  engine.Tag
	read time.Time
}

func newCache(most int) *cache {
	return &cache{most: most, byTag: make(map[engine.Tag]*list.Element), used: list.New()}
}

// get returns what is known, and otherwise what put needs to know.
func (c *cache) get(tag engine.Tag, now time.Time) (found lead, ok bool, before uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element := c.byTag[tag]
	if element == nil {
		return lead{}, false, c.changed[tag[0]]
	}
	held, _ := element.Value.(*cached)
	if age := now.Sub(held.read); age < 0 || age >= cacheLife {
		c.drop(tag)
		return lead{}, false, c.changed[tag[0]]
	}
	c.used.MoveToFront(element)
	return held.lead, true, 0
}

// put remembers what was read, unless it changed since get.
func (c *cache) put(tag engine.Tag, read lead, now time.Time, before uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changed[tag[0]] != before {
		return
	}
	c.drop(tag)
	c.byTag[tag] = c.used.PushFront(&cached{lead: read, tag: tag, read: now})
	for c.used.Len() > c.most {
		last, _ := c.used.Back().Value.(*cached)
		c.drop(last.tag)
	}
}

// forget is told which tags changed.
func (c *cache) forget(tags []engine.Tag) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, tag := range tags {
		c.changed[tag[0]]++
		c.drop(tag)
	}
}

func (c *cache) drop(tag engine.Tag) {
	if element := c.byTag[tag]; element != nil {
		c.used.Remove(element)
		delete(c.byTag, tag)
	}
}
