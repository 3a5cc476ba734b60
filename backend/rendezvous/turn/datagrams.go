package turn

import (
	"errors"
	"net"
	"net/netip"
	"time"
)

const (
	udpBuffer = 4 << 20 // bytes asked of the system each way
	// After so many errors in a row a socket gets a rest.
	errorRun  = 16
	errorRest = 5 * time.Millisecond
)

// readDatagram reads until there is a datagram. The only error is that the
// socket is closed: others are of single packets (some systems say here that an
// earlier one did not arrive), and the library ends at the first that it sees.
func readDatagram(socket *net.UDPConn, buffer []byte) (int, netip.AddrPort, error) {
	for failed := 1; ; failed++ {
		n, from, err := socket.ReadFromUDPAddrPort(buffer)
		if err == nil || isOver(err) {
			return n, plain(from), err
		}
		if failed%errorRun == 0 {
			time.Sleep(errorRest)
		}
	}
}

func isOver(err error) bool { return errors.Is(err, net.ErrClosed) }

// datagrams is the UDP socket as the library sees it: it does not hear banned
// addresses, nor what [front.admit] keeps away.
type datagrams struct {
	*net.UDPConn

	front *front
}

// ReadFrom implements net.PacketConn.
func (d *datagrams) ReadFrom(buffer []byte) (int, net.Addr, error) {
	d.front.wentOn()
	for {
		n, from, err := readDatagram(d.UDPConn, buffer)
		if err != nil {
			return 0, nil, err
		}
		if n > MaxFrame || from.Port() == 0 || d.front.server.isRefused(from.Addr()) || !d.front.admit(buffer[:n], from) {
			continue
		}
		return n, net.UDPAddrFromAddrPort(from), nil
	}
}
