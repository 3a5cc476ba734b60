package node

import (
	"slices"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

func (c *Core) addServer(id uint64, server identity.Server) {
	if len(server.URLs) == 0 || server.Key == (identity.ServerKey{}) {
		c.answer(id, nil, &Refusal{Code: "server-address", Message: "This is not the address of an introduction server. Write it as host:port."})
		return
	}
	own := slices.DeleteFunc(slices.Clone(c.network.own), func(s identity.Server) bool { return s.Key == server.Key })
	own = append(own, server)
	c.commit(func(err error) {
		if err == nil {
			c.network.own = own
			c.arrangeServers()
			c.relocate()
			c.tell(Change{Servers: true})
		}
		c.answer(id, nil, refusal(err))
	}, PutServer{Server: Server{Key: server.Key, URLs: server.URLs, Added: c.now}})
}

func (c *Core) removeServer(id uint64, key identity.ServerKey) {
	index := slices.IndexFunc(c.network.own, func(s identity.Server) bool { return s.Key == key })
	if index < 0 {
		c.answer(id, nil, &Refusal{Code: "no-server-here", Message: "This server is not in the list any more."})
		return
	}
	gone := c.network.own[index]
	c.commit(func(err error) {
		if err == nil {
			c.network.own = slices.Delete(slices.Clone(c.network.own), index, index+1)
			c.arrangeServers()
			c.relocate()
			c.tell(Change{Servers: true})
		}
		c.answer(id, nil, refusal(err))
	}, DeleteServer{Server: Server{Key: gone.Key, URLs: gone.URLs}})
}

func (c *Core) host(call hostCall) {
	c.network.hostedLocal, c.network.hostedPublic = call.local, call.public
	c.arrangeServers()
	c.relocate()
	c.tell(Change{Servers: true})
}

// networkChanged starts everything over at once.
func (c *Core) networkChanged() {
	c.do(CheckPaths{})
	for _, one := range c.contacts {
		one.attempts, one.nextDial, one.nextAsk, one.nextLookup, one.lookups = 0, time.Time{}, time.Time{}, time.Time{}, 0
	}
	c.allDirty()
}
