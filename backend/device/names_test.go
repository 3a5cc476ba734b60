package device

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// zone is a DNS server on loopback.
type zone struct {
	mu        sync.Mutex
	pointers  map[string][]string // name of an address to names
	addresses map[string][]netip.Addr
	silent    bool
}

// resolver starts the server and returns a resolver that asks it, and nobody else.
func (z *zone) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		buffer := make([]byte, 1500)
		for {
			size, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if reply := z.answer(buffer[:size]); reply != nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	})
	// Questions that nobody waits for any more end with the test, not seconds later.
	var mu sync.Mutex
	var asking []net.Conn
	closed := false
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		closed = true
		for _, one := range asking {
			_ = one.Close() // closed by whoever got an answer
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		done.Wait()
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		if !strings.HasPrefix(network, "udp") {
			return nil, errors.New("this server speaks UDP only")
		}
		mu.Lock()
		defer mu.Unlock()
		if closed {
			return nil, net.ErrClosed
		}
		one, err := (&net.Dialer{}).DialContext(ctx, network, conn.LocalAddr().String())
		if err == nil {
			asking = append(asking, one)
		}
		return one, err
	}}
}

func (z *zone) answer(question []byte) []byte {
	z.mu.Lock()
	defer z.mu.Unlock()
	var asked dnsmessage.Message
	if z.silent || asked.Unpack(question) != nil || len(asked.Questions) != 1 {
		return nil
	}
	one := asked.Questions[0]
	name := strings.ToLower(one.Name.String())
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: asked.ID, Response: true, RecursionAvailable: true}, Questions: asked.Questions}
	header := dnsmessage.ResourceHeader{Name: one.Name, Class: dnsmessage.ClassINET, TTL: 60}
	add := func(body dnsmessage.ResourceBody) {
		reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: header, Body: body})
	}
	switch one.Type {
	case dnsmessage.TypePTR:
		for _, target := range z.pointers[name] {
			add(&dnsmessage.PTRResource{PTR: dnsmessage.MustNewName(target)})
		}
	case dnsmessage.TypeA:
		for _, address := range z.addresses[name] {
			if address.Is4() {
				add(&dnsmessage.AResource{A: address.As4()})
			}
		}
	case dnsmessage.TypeAAAA:
		for _, address := range z.addresses[name] {
			if address.Is6() {
				add(&dnsmessage.AAAAResource{AAAA: address.As16()})
			}
		}
	default:
	}
	if len(z.pointers[name])+len(z.addresses[name]) == 0 {
		reply.RCode = dnsmessage.RCodeNameError
	}
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return packed
}

// TestNamesAreConfirmed: a name counts only if it leads back to the address.
func TestNamesAreConfirmed(t *testing.T) {
	t.Parallel()
	four, six, other := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("2001:db8::7"), netip.MustParseAddr("203.0.113.8")
	asked := &zone{
		pointers: map[string][]string{
			"7.113.0.203.in-addr.arpa.": {"Mail.Bulk.Example.net.", "bank.example.com.", "mail.bulk.example.net."},
			"8.113.0.203.in-addr.arpa.": {"bank.example.com."},
			"7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.": {"six.bulk.example.net."},
		},
		addresses: map[string][]netip.Addr{
			"mail.bulk.example.net.": {four, netip.MustParseAddr("192.0.2.1")},
			"six.bulk.example.net.":  {six},
			"bank.example.com.":      {netip.MustParseAddr("198.51.100.1")},
		},
	}
	n := names{resolver: asked.resolver(t)}
	for address, want := range map[netip.Addr][]string{
		four: {"mail.bulk.example.net"}, six: {"six.bulk.example.net"}, other: nil, netip.MustParseAddr("203.0.113.9"): nil,
	} {
		if got := n.Confirmed(t.Context(), address); !slices.Equal(got, want) {
			t.Errorf("%s is called %v, want %v", address, got, want)
		}
	}
	if got, err := n.Addresses(t.Context(), "mail.bulk.example.net"); err != nil || len(got) != 2 || !slices.Contains(got, four) {
		t.Errorf("addresses: %v, %v", got, err)
	}
	if got, err := n.Addresses(t.Context(), "nobody.example.net"); err != nil || len(got) != 0 {
		t.Errorf("of no name: %v, %v", got, err)
	}
}

// TestNamesTakeTwoSeconds, also when nobody answers.
func TestNamesTakeTwoSeconds(t *testing.T) {
	t.Parallel()
	n := names{resolver: (&zone{silent: true}).resolver(t)}
	began := time.Now()
	if got := n.Confirmed(t.Context(), netip.MustParseAddr("203.0.113.7")); got != nil {
		t.Errorf("somebody is called %v", got)
	}
	if took := time.Since(began); took > nameTime+time.Second {
		t.Errorf("it took %v", took)
	}
	if got, err := n.Addresses(t.Context(), "mail.example.net"); err == nil || got != nil {
		t.Errorf("addresses of silence: %v, %v", got, err)
	}
	if got := n.known(t.Context(), "mail.example.net"); got != nil {
		t.Errorf("known of silence: %v", got)
	}
}
