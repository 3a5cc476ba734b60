package webrtclink

import (
	"net"
	"testing"
	"time"

	"github.com/pion/stun"
	"github.com/pion/transport/v2/stdnet"
)

// TestQuestionsAreRepeated: a STUN server that loses the first question gets it
// again, and none once it has answered; the checks of ICE are not repeated.
func TestQuestionsAreRepeated(t *testing.T) {
	machine, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	wrapped := &network{Net: machine, asking: &askingSockets{}, disguised: func([]byte, net.Addr) bool { return false }}
	conn, err := wrapped.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	server, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	receive := func() []byte {
		buffer := make([]byte, 1500)
		if err = server.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, _, readErr := server.ReadFrom(buffer)
		if readErr != nil {
			t.Fatal(readErr)
		}
		return buffer[:n]
	}

	check := stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("a:b"))
	if _, err = conn.WriteTo(check.Raw, server.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if string(receive()) != string(check.Raw) {
		t.Fatal("a check does not arrive")
	}
	question := stun.MustBuild(stun.TransactionID, stun.BindingRequest)
	if _, err = conn.WriteTo(question.Raw, server.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if string(receive()) != string(question.Raw) {
			t.Fatalf("question %d does not arrive", i)
		}
	}
	answer := stun.MustBuild(stun.NewTransactionIDSetter(question.TransactionID), stun.BindingSuccess)
	if _, err = server.WriteTo(answer.Raw, conn.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if err = conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 1500)
	if n, _, readErr := conn.ReadFrom(buffer); readErr != nil || string(buffer[:n]) != string(answer.Raw) {
		t.Fatalf("the answer does not arrive: %v", readErr)
	}
	checked, ok := conn.(*checkedConn)
	if !ok {
		t.Fatalf("a candidate's socket is a %T", conn)
	}
	checked.questions.mutex.Lock()
	defer checked.questions.mutex.Unlock()
	if checked.questions.timer != nil {
		t.Error("an answered question is asked again")
	}
}

// TestQuestionsEnd: they are given up in the end, and at once when the socket closes.
func TestQuestionsEnd(t *testing.T) {
	machine, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := machine.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	checked := &checkedConn{UDPConn: conn, disguised: func([]byte, net.Addr) bool { return false }, asking: &askingSockets{}}
	question := stun.MustBuild(stun.TransactionID, stun.BindingRequest)
	if _, err = checked.WriteTo(question.Raw, conn.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if err = checked.Close(); err != nil {
		t.Fatal(err)
	}
	checked.questions.mutex.Lock()
	defer checked.questions.mutex.Unlock()
	if checked.questions.timer != nil {
		t.Error("a closed socket still asks")
	}
}
