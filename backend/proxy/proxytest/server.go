// Package proxytest has proxies for tests: real ones, on loopback.
package proxytest

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// Server is a proxy that notes what it was asked for.
type Server struct {
	listener net.Listener
	name     string
	password string
	names    map[string]string

	mutex   sync.Mutex
	asked   []string
	open    map[net.Conn]bool
	running sync.WaitGroup
}

// Socks starts one that speaks SOCKS 5, HTTP one that speaks HTTP. With a name they
// want that and the password. Hosts in names are resolved to others; an address
// that does not answer is told as one. It ends with the test.
func Socks(t testing.TB, name, password string, names map[string]string) *Server {
	return start(t, name, password, names, (*Server).socks)
}

// HTTP starts a proxy that takes CONNECT; see Socks.
func HTTP(t testing.TB, name, password string, names map[string]string) *Server {
	return start(t, name, password, names, (*Server).http)
}

func start(t testing.TB, name, password string, names map[string]string, serve func(*Server, net.Conn)) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{listener: listener, name: name, password: password, names: names, open: map[net.Conn]bool{}}
	s.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.keep(conn)
			s.running.Go(func() {
				defer s.drop(conn)
				serve(s, conn)
			})
		}
	})
	t.Cleanup(s.Close)
	return s
}

// Close ends it and what goes through it.
func (s *Server) Close() {
	_ = s.listener.Close()
	s.mutex.Lock()
	for conn := range s.open {
		_ = conn.Close()
	}
	s.mutex.Unlock()
	s.running.Wait()
}

// Host is where it listens.
func (s *Server) Host() string { return s.listener.Addr().String() }

// Asked are the targets so far, as they were named.
func (s *Server) Asked() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.asked)
}

func (s *Server) keep(conn net.Conn) {
	s.mutex.Lock()
	s.open[conn] = true
	s.mutex.Unlock()
}

func (s *Server) drop(conn net.Conn) {
	s.mutex.Lock()
	delete(s.open, conn)
	s.mutex.Unlock()
	_ = conn.Close()
}

// dial connects to a target that was asked for.
func (s *Server) dial(target string) (net.Conn, error) {
	s.mutex.Lock()
	s.asked = append(s.asked, target)
	s.mutex.Unlock()
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	if other := s.names[host]; other != "" {
		host = other
	}
	conn, err := net.Dial("tcp", net.JoinHostPort(host, port))
	if err == nil {
		s.keep(conn)
	}
	return conn, err
}

// pass carries bytes both ways until one end closes.
func (s *Server) pass(from io.Reader, client, target net.Conn) {
	defer s.drop(target)
	s.running.Go(func() {
		_, _ = io.Copy(client, target)
		_ = client.Close()
	})
	_, _ = io.Copy(target, from)
}

func (s *Server) http(conn net.Conn) {
	reader := bufio.NewReader(conn)
	request, err := http.ReadRequest(reader)
	if err != nil {
		return
	}
	answer := func(status int) { _, _ = io.WriteString(conn, "HTTP/1.1 "+strconv.Itoa(status)+" so\r\n\r\n") }
	request.Header.Set("Authorization", request.Header.Get("Proxy-Authorization"))
	name, password, _ := request.BasicAuth()
	switch {
	case request.Method != http.MethodConnect:
		answer(http.StatusMethodNotAllowed)
		return
	case name != s.name || password != s.password:
		answer(http.StatusProxyAuthRequired)
		return
	}
	target, err := s.dial(request.Host)
	if err != nil {
		answer(http.StatusBadGateway)
		return
	}
	answer(http.StatusOK)
	s.pass(reader, conn, target)
}

// socks is RFC 1928, as far as tests need it.
func (s *Server) socks(conn net.Conn) {
	read := func(n int) []byte {
		buffer := make([]byte, n)
		if _, err := io.ReadFull(conn, buffer); err != nil {
			return make([]byte, n)
		}
		return buffer
	}
	methods := read(int(read(2)[1]))
	if s.name == "" {
		_, _ = conn.Write([]byte{5, 0})
	} else {
		if !slices.Contains(methods, 2) {
			_, _ = conn.Write([]byte{5, 0xff})
			return
		}
		_, _ = conn.Write([]byte{5, 2})
		name := string(read(int(read(2)[1])))
		password := string(read(int(read(1)[0])))
		if name != s.name || password != s.password {
			_, _ = conn.Write([]byte{1, 1})
			return
		}
		_, _ = conn.Write([]byte{1, 0})
	}
	host := ""
	switch read(4)[3] {
	case 1:
		host = netip.AddrFrom4([4]byte(read(4))).String()
	case 3:
		host = string(read(int(read(1)[0])))
	case 4:
		host = netip.AddrFrom16([16]byte(read(16))).String()
	}
	port := binary.BigEndian.Uint16(read(2))
	target, err := s.dial(net.JoinHostPort(host, strconv.Itoa(int(port))))
	if err != nil {
		_, _ = conn.Write([]byte{5, 4, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	_, _ = conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	s.pass(conn, conn, target)
}
