package rendezvousclient

import (
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/wire"
)

// TestMoveBetweenRealServers: two people who remember a list meet again at the
// second server when the first one stops.
func TestMoveBetweenRealServers(t *testing.T) {
	t.Parallel()
	first, second := rendezvoustest.Start(t), rendezvoustest.Start(t)
	list := &wire.ServerList{TimeMs: time.Now().UnixMilli()}
	for _, server := range []*rendezvoustest.Server{first, second} {
		address := server.Server()
		list.Servers = append(list.Servers, &wire.ListedServer{Url: address.URLs[0], Key: address.Key[:], Weight: 1000})
	}
	list.Servers[1].Weight = 1
	body, err := wire.Encode(list)
	if err != nil {
		t.Fatal(err)
	}
	ana, ben := newPerson(t), newPerson(t)
	home, spare := first.Server(), second.Server()
	for p, other := range map[*person]*person{ana: ben, ben: ana} {
		p.client.ConnectCluster("home", home, body)
		p.client.Watch("home", []identity.PeerID{other.Peer()})
		p.awaitUp(t)
	}
	first.Stop()
	for _, p := range []*person{ana, ben} {
		p.await(t, "up at the second", func(e signaling.Event) bool {
			return e.Up != nil && e.Up.At.Key == spare.Key && e.Up.Key == home.Key
		})
	}
	ana.awaitPresence(t, ben, true)
	ana.client.Send("home", 1, ben.Peer(), []byte("still here"))
	ben.awaitReceived(t, "still here")
}
