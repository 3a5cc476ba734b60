package webrtclink

import (
	"net"

	"github.com/pion/transport/v2"
)

// Ports is how many UDP ports there are from the first one that lines are told
// to use: each line takes one for each address of this computer, and one more
// for each server that tells its address.
const Ports = 100

// SetPorts has the sockets of later sessions listen on the Ports ports from
// first, so that a router or a firewall can let them through; 0 is any. When
// another program or other lines have them all, it is any for the rest.
func (t *Transport) SetPorts(first uint16) {
	t.ports.Store(uint32(first))
}

// listenFrom listens on the first free one of some ports.
func listenFrom(network transport.Net, kind string, local *net.UDPAddr, first int) (transport.UDPConn, error) {
	if first == 0 || local != nil && local.Port != 0 {
		return network.ListenUDP(kind, local)
	}
	at := net.UDPAddr{}
	if local != nil {
		at = *local
	}
	for port := first; port < first+Ports && port < 1<<16; port++ {
		at.Port = port
		if conn, err := network.ListenUDP(kind, &at); err == nil {
			return conn, nil
		}
	}
	return network.ListenUDP(kind, local)
}
