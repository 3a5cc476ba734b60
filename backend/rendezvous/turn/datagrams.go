package turn

import (
	"net"
	"time"
)

const (
	udpBuffer = 4 << 20 // bytes asked of the system each way
	errorRest = 5 * time.Millisecond
)

// datagrams is the UDP socket as the library sees it: it does not hear banned
// addresses, nor what [front.admit] keeps away.
type datagrams struct {
	*net.UDPConn

	front *front
}

// ReadFrom implements net.PacketConn. The library stops at the first error, so
// there is only one: that the socket is closed.
func (d *datagrams) ReadFrom(buffer []byte) (int, net.Addr, error) {
	for {
		n, from, err := d.ReadFromUDPAddrPort(buffer)
		if err != nil {
			if isOver(err) {
				return 0, nil, err
			}
			time.Sleep(errorRest)
			continue
		}
		from = plain(from)
		if n > MaxFrame || from.Port() == 0 || d.front.server.isRefused(from.Addr()) || !d.front.admit(buffer[:n], from) {
			continue
		}
		return n, net.UDPAddrFromAddrPort(from), nil
	}
}
