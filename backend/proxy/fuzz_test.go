package proxy

import (
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "socks5://127.0.0.1:9050", "http://ana:secret@proxy.example:3128", "https://[::1]:443/", "http://a:1?x#y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(address.String())
		if err != nil || again.String() != address.String() {
			t.Errorf("%q is read as %q, and that as %q: %v", text, address, again, err)
		}
	})
}

// FuzzAnswer reads what an HTTP proxy answers.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.0 502 Bad\r\n\r\n", "HTTP/1.1 407 No\r\nA: b\r\n\r\nx",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "SSH-2.0-x\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		conn := &said{answer: answer}
		tunnel, err := readTunnel(conn, &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: "a:1"}})
		if (tunnel == nil) != (err != nil) || conn.read > maxAnswer {
			t.Errorf("%v, %v after %d bytes", tunnel, err, conn.read)
		}
	})
}

// said is a connection over which something was said.
type said struct {
	net.Conn
	answer []byte
	read   int
}

func (s *said) Read(buffer []byte) (int, error) {
	if len(s.answer) == 0 {
		return 0, net.ErrClosed
	}
	n := copy(buffer, s.answer)
	s.answer, s.read = s.answer[n:], s.read+n
	return n, nil
}

func (s *said) SetDeadline(time.Time) error { return nil }
