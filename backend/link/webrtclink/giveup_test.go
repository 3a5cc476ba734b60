package webrtclink

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/pion/stun"
	"github.com/pion/transport/v2"
	"github.com/pion/transport/v2/stdnet"
)

// TestGivingUp: sockets that wait for a server's answer when a session ends are
// closed, also those that ask only then; those that had it stay.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	machine, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	all := &askingSockets{}
	wrapped := &network{Net: machine, asking: all, disguised: func([]byte, net.Addr) bool { return false }}
	server, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	deadline := time.Now().Add(10 * time.Second)
	listen := func() transport.UDPConn {
		conn, failed := wrapped.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if failed != nil {
			t.Fatal(failed)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if failed = conn.SetReadDeadline(deadline); failed != nil {
			t.Fatal(failed)
		}
		return conn
	}
	ask := func(conn transport.UDPConn) []byte {
		question := stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw
		if _, failed := conn.WriteTo(question, server.LocalAddr()); failed != nil {
			t.Fatal(failed)
		}
		return question
	}
	buffer := make([]byte, 1500)

	answered, quiet, waiting, late := listen(), listen(), listen(), listen()
	answer := append([]byte(nil), ask(answered)...)
	answer[0] = 1 // a success response
	if _, err = server.WriteTo(answer, answered.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if _, _, err = answered.ReadFrom(buffer); err != nil {
		t.Fatal(err)
	}
	ask(waiting)
	all.giveUp()
	if _, _, err = waiting.ReadFrom(buffer); !errors.Is(err, net.ErrClosed) {
		t.Errorf("one that waits: %v", err)
	}
	ask(late)
	if _, _, err = late.ReadFrom(buffer); !errors.Is(err, net.ErrClosed) {
		t.Errorf("one that asks when all was given up: %v", err)
	}
	for name, conn := range map[string]transport.UDPConn{"answered": answered, "quiet": quiet} {
		if _, err = server.WriteTo([]byte("still there"), conn.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		if n, _, err := conn.ReadFrom(buffer); err != nil || string(buffer[:n]) != "still there" {
			t.Errorf("%s: %q, %v", name, buffer[:n], err)
		}
	}
}
