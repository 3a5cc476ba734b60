package framing

import (
	"bufio"
	"bytes"
	"crypto/sha1" //nolint:gosec // RFC 6455 names it; nothing depends on its strength
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// EndOfHeader returns how long the request's header is, its empty line
// included, or 0 while it is not complete.
func EndOfHeader(data []byte) int {
	for from := 0; ; {
		at := bytes.IndexByte(data[from:], '\n')
		if at < 0 {
			return 0
		}
		from += at + 1
		switch {
		case bytes.HasPrefix(data[from:], []byte("\r\n")):
			return from + 2
		case bytes.HasPrefix(data[from:], []byte("\n")):
			return from + 1
		}
	}
}

var requestReaders = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// ParseRequest reads a whole header, which has no body. The error is net/http's.
func ParseRequest(header []byte) (*http.Request, error) {
	reader, ok := requestReaders.Get().(*bufio.Reader)
	if !ok {
		reader = bufio.NewReader(nil)
	}
	reader.Reset(bytes.NewReader(header))
	request, err := http.ReadRequest(reader)
	reader.Reset(nil)
	requestReaders.Put(reader)
	if err != nil {
		return nil, fmt.Errorf("framing: %w", err)
	}
	return request, nil
}

// Refusal is an answer that is no upgrade.
type Refusal struct {
	Status  int // of HTTP
	Message string
	Header  string // one more line of the header, without its end; usually empty
}

// Upgrade checks a request (RFC 6455, section 4.2.1) and returns the answer
// and the subprotocol: the first of ours that the client names too, or "".
// A page of another host is refused: browsers name it as the origin.
func Upgrade(request *http.Request, subprotocols []string) (answer []byte, subprotocol string, refusal *Refusal) {
	key := request.Header.Values("Sec-WebSocket-Key")
	switch {
	case !hasToken(request.Header, "Connection", "upgrade") || !hasToken(request.Header, "Upgrade", "websocket"):
		return nil, "", &Refusal{Status: http.StatusUpgradeRequired, Message: "An upgrade to WebSocket is needed.", Header: "Upgrade: websocket"}
	case request.Method != http.MethodGet:
		return nil, "", &Refusal{Status: http.StatusMethodNotAllowed, Message: "WebSocket begins with GET.", Header: "Allow: GET"}
	case !request.ProtoAtLeast(1, 1):
		return nil, "", &Refusal{Status: http.StatusBadRequest, Message: "WebSocket needs HTTP/1.1."}
	case request.Header.Get("Sec-WebSocket-Version") != "13":
		return nil, "", &Refusal{Status: http.StatusBadRequest, Message: "Version 13 of WebSocket is needed.", Header: "Sec-WebSocket-Version: 13"}
	case len(key) != 1 || !goodKey(key[0]):
		return nil, "", &Refusal{Status: http.StatusBadRequest, Message: "The Sec-WebSocket-Key is missing or wrong."}
	case !sameOrigin(request):
		return nil, "", &Refusal{Status: http.StatusForbidden, Message: "Pages of other hosts may not connect."}
	}
	sum := sha1.Sum([]byte(key[0] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // as above
	lines := []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n")
	for _, ours := range subprotocols {
		if hasToken(request.Header, "Sec-WebSocket-Protocol", ours) {
			subprotocol = ours
			lines = append(lines, "Sec-WebSocket-Protocol: "+ours+"\r\n"...)
			break
		}
	}
	return append(lines, "\r\n"...), subprotocol, nil
}

// Bytes is the refusal as it is sent; the connection ends after it.
func (r *Refusal) Bytes() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"+
		"Content-Length: %d\r\nConnection: close\r\n", r.Status, http.StatusText(r.Status), len(r.Message)+1)
	if r.Header != "" {
		b.WriteString(r.Header + "\r\n")
	}
	b.WriteString("\r\n" + r.Message + "\n")
	return []byte(b.String())
}

func goodKey(key string) bool {
	decoded, err := base64.StdEncoding.DecodeString(key)
	return err == nil && len(decoded) == 16
}

func sameOrigin(request *http.Request) bool {
	origin := request.Header.Get("Origin")
	if origin == "" {
		return true
	}
	parsed, err := url.Parse(origin)
	return err == nil && strings.EqualFold(parsed.Host, request.Host)
}

// hasToken says whether a header's comma-separated values contain a token, in any case.
func hasToken(header http.Header, name, token string) bool {
	return slices.ContainsFunc(header.Values(name), func(value string) bool {
		for one := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(one), token) {
				return true
			}
		}
		return false
	})
}
