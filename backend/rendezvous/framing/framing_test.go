package framing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// counted is memory with an end.
type counted struct{ used, most int }

func (c *counted) Reserve(size int) bool {
	if c.used+size > c.most {
		return false
	}
	c.used += size
	return true
}

func (c *counted) Release(size int) { c.used -= size }

// sent is a frame as a client sends it.
func sent(final bool, opcode Opcode, payload []byte) []byte {
	first := byte(opcode)
	if final {
		first |= 0x80
	}
	to := []byte{first}
	switch size := len(payload); {
	case size < 126:
		to = append(to, 0x80|byte(size))
	case size < 1<<16:
		to = binary.BigEndian.AppendUint16(append(to, 0x80|126), uint16(size))
	default:
		to = binary.BigEndian.AppendUint64(append(to, 0x80|127), uint64(size))
	}
	mask := [4]byte{1, 2, 3, 4}
	to = append(to, mask[:]...)
	for i, b := range payload {
		to = append(to, b^mask[i&3])
	}
	return to
}

type got struct {
	opcode  Opcode
	payload string
}

// readAll feeds data in pieces of a size and returns what came out.
func readAll(r *Reader, data []byte, piece, limit int, memory Memory) ([]got, error) {
	var all []got
	for part := range slices.Chunk(slices.Clone(data), piece) {
		for len(part) > 0 {
			message, rest, complete, err := r.Next(part, limit, memory)
			if err != nil {
				return all, err
			}
			if complete {
				all = append(all, got{message.Opcode, string(message.Payload)})
			}
			part = rest
		}
	}
	return all, nil
}

func TestMessagesInAnyPieces(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("large ", 20_000)
	stream := slices.Concat(
		sent(true, Text, []byte("one")),
		sent(true, Binary, nil),
		sent(true, Binary, bytes.Repeat([]byte("x"), 300)),
		sent(true, Ping, []byte("still here?")),
		sent(false, Binary, []byte("in ")),
		sent(true, Ping, nil),
		sent(false, Continuation, nil),
		sent(false, Continuation, []byte("three ")),
		sent(true, Pong, []byte("yes")),
		sent(true, Continuation, []byte("pieces")),
		sent(true, Text, []byte(large)),
		sent(true, Close, []byte{3, 232}),
	)
	want := []got{
		{Text, "one"},
		{Binary, ""},
		{Binary, strings.Repeat("x", 300)},
		{Ping, "still here?"},
		{Ping, ""},
		{Pong, "yes"},
		{Binary, "in three pieces"},
		{Text, large},
		{Close, "\x03\xe8"},
	}
	for _, piece := range []int{1, 2, 3, 5, 7, 14, 100, 4096, len(stream)} {
		var r Reader
		memory := &counted{most: 1 << 20}
		all, err := readAll(&r, stream, piece, 1<<20, memory)
		if err != nil || !slices.Equal(all, want) {
			t.Errorf("in pieces of %d: %d messages, %v", piece, len(all), err)
		}
		if r.InMessage() {
			t.Errorf("in pieces of %d: a message is still open", piece)
		}
		r.Discard(memory)
		if memory.used != 0 {
			t.Errorf("in pieces of %d: %d bytes are held", piece, memory.used)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	unmasked := []byte{0x82, 1, 'x'}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"not masked":                {unmasked, ErrProtocol},
		"reserved bit":              {[]byte{0xc2, 0x80, 0, 0, 0, 0}, ErrProtocol},
		"unknown opcode":            {sent(true, 3, nil), ErrProtocol},
		"unknown control":           {sent(true, 11, nil), ErrProtocol},
		"continuation of nothing":   {sent(true, Continuation, []byte("x")), ErrProtocol},
		"new message within one":    {append(sent(false, Text, []byte("x")), sent(true, Text, []byte("y"))...), ErrProtocol},
		"long ping":                 {sent(true, Ping, make([]byte, 126)), ErrProtocol},
		"ping in pieces":            {sent(false, Ping, nil), ErrProtocol},
		"too large, by its header":  {sent(true, Binary, make([]byte, 1001))[:8], ErrTooLarge},
		"too large, in two pieces":  {append(sent(false, Binary, make([]byte, 600)), sent(true, Continuation, make([]byte, 600))[:8]...), ErrTooLarge},
		"length beyond all reason":  {[]byte{0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, ErrTooLarge},
		"too much for the memory":   {sent(true, Binary, make([]byte, 1000))[:1000], ErrNoMemory},
		"too much, in small pieces": {slices.Concat(sent(false, Binary, make([]byte, 400)), sent(false, Continuation, make([]byte, 400))), ErrNoMemory},
	} {
		var r Reader
		memory := &counted{most: 700}
		if _, err := readAll(&r, c.data, len(c.data), 1000, memory); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		r.Discard(memory)
		if memory.used != 0 {
			t.Errorf("%s: %d bytes are held", name, memory.used)
		}
	}
}

// TestHeaderAloneTakesNothing announces much and sends nothing.
func TestHeaderAloneTakesNothing(t *testing.T) {
	t.Parallel()
	var r Reader
	memory := &counted{}
	if _, err := readAll(&r, sent(true, Binary, make([]byte, 90_000))[:14], 14, 96<<10, memory); err != nil {
		t.Fatal(err)
	}
	if !r.InMessage() || memory.used != 0 {
		t.Errorf("%d bytes are held", memory.used)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(sent(true, Text, []byte("hello")), 3)
	f.Add(slices.Concat(sent(false, Binary, []byte("a")), sent(true, Ping, []byte("b")), sent(true, Continuation, []byte("c"))), 1)
	f.Add([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4, 5}, 2)
	f.Fuzz(func(t *testing.T, data []byte, piece int) {
		const limit = 1 << 12
		whole := &counted{most: 4 * limit}
		var one, other Reader
		all, err := readAll(&one, data, max(1, len(data)), limit, whole)
		pieces := &counted{most: 4 * limit}
		same, sameErr := readAll(&other, data, max(1, piece%64), limit, pieces)
		if !slices.Equal(all, same) || !errors.Is(sameErr, err) {
			t.Fatalf("whole: %v, %v; in pieces: %v, %v", all, err, same, sameErr)
		}
		for _, message := range all {
			if len(message.payload) > limit || message.opcode == Continuation {
				t.Fatalf("opcode %d with %d bytes", message.opcode, len(message.payload))
			}
		}
		one.Discard(whole)
		other.Discard(pieces)
		if whole.used != 0 || pieces.used != 0 {
			t.Fatalf("%d and %d bytes are held", whole.used, pieces.used)
		}
	})
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	// The key and its answer are those of RFC 6455, section 1.3.
	const good = "GET /x HTTP/1.1\r\nHost: example.org\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: https://EXAMPLE.org\r\nSec-WebSocket-Protocol: b, a\r\n\r\n"
	if end := EndOfHeader([]byte(good + "more")); end != len(good) {
		t.Fatalf("the header ends at %d, want %d", end, len(good))
	}
	request, err := ParseRequest([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	answer, chosen, refusal := Upgrade(request, []string{"a", "b"})
	if refusal != nil || chosen != "a" || !strings.Contains(string(answer), "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") ||
		!strings.Contains(string(answer), "Sec-WebSocket-Protocol: a\r\n") {
		t.Errorf("answer %q, %q, %v", answer, chosen, refusal)
	}
	for name, c := range map[string]struct {
		old, replacement string
		status           int
	}{
		"no upgrade":    {"Upgrade: WebSocket", "Upgrade: h2c", http.StatusUpgradeRequired},
		"no connection": {"keep-alive, Upgrade", "close", http.StatusUpgradeRequired},
		"post":          {"GET", "POST", http.StatusMethodNotAllowed},
		"old HTTP":      {"HTTP/1.1", "HTTP/1.0", http.StatusBadRequest},
		"version":       {"13", "8", http.StatusBadRequest},
		"short key":     {"dGhlIHNhbXBsZSBub25jZQ==", "dGhl", http.StatusBadRequest},
		"no key":        {"Sec-WebSocket-Key", "X-Key", http.StatusBadRequest},
		"other origin":  {"EXAMPLE.org", "example.com", http.StatusForbidden},
	} {
		changed, parseErr := ParseRequest([]byte(strings.Replace(good, c.old, c.replacement, 1)))
		if parseErr != nil {
			t.Fatalf("%s: %v", name, parseErr)
		}
		_, _, refused := Upgrade(changed, []string{"a"})
		if refused == nil || refused.Status != c.status {
			t.Errorf("%s: %v, want %d", name, refused, c.status)
		}
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		end := EndOfHeader(data)
		if end == 0 {
			return
		}
		if EndOfHeader(data[:end]) != end || EndOfHeader(data[:end-1]) == end {
			t.Fatalf("the end of %q is not at %d", data, end)
		}
		request, err := ParseRequest(data[:end])
		if err != nil {
			return
		}
		answer, _, refusal := Upgrade(request, []string{"a"})
		if (answer == nil) == (refusal == nil) {
			t.Fatalf("answer %q, refusal %v", answer, refusal)
		}
	})
}

func TestFrames(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 125, 126, 1<<16 - 1, 1 << 16} {
		payload := bytes.Repeat([]byte{7}, size)
		written := AppendFrame(nil, Binary, payload)
		written[1] |= 0x80
		header, skip, err := parseHeader(append(written, 0, 0, 0, 0))
		if err != nil || header.left != size || !header.final || header.opcode != Binary {
			t.Errorf("%d bytes: %+v, %d, %v", size, header, skip, err)
		}
	}
	if closing := AppendClose(nil, StatusPolicy, strings.Repeat("long", 100)); len(closing) != 2+maxControl || closing[2] != 3 || closing[3] != 240 {
		t.Errorf("close frame %v", closing)
	}
}
