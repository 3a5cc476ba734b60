package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tincan-chat/tincan/backend/proxy"
	"github.com/tincan-chat/tincan/backend/proxy/proxytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func parse(t *testing.T, text string) proxy.Address {
	t.Helper()
	address, err := proxy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// echo is somebody to be reached, who speaks first.
func echo(t *testing.T) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "hello\n")
			_, _ = io.Copy(conn, conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port
}

// TestThroughIt: each kind of proxy, with and without a name; names are resolved there.
func TestThroughIt(t *testing.T) {
	t.Parallel()
	port := echo(t)
	names := map[string]string{"server.example": "127.0.0.1"}
	for prefix, server := range map[string]*proxytest.Server{
		"socks5://":               proxytest.Socks(t, "", "", names),
		"socks5://ana:s%20e%40t@": proxytest.Socks(t, "ana", "s e@t", names),
		"http://":                 proxytest.HTTP(t, "", "", names),
		"http://ana:s%20e%40t@":   proxytest.HTTP(t, "ana", "s e@t", names),
	} {
		var choice proxy.Choice
		choice.Set(parse(t, prefix+server.Host()))
		target := "server.example:" + port
		conn, err := choice.DialContext(t.Context(), "tcp", target)
		if err != nil {
			t.Errorf("%s: %v", prefix, err)
			continue
		}
		reader := bufio.NewReader(conn)
		hello, err := reader.ReadString('\n')
		if err != nil || hello != "hello\n" {
			t.Errorf("%s: %q, %v", prefix, hello, err)
		}
		_, _ = io.WriteString(conn, "back\n")
		back, err := reader.ReadString('\n')
		if err != nil || back != "back\n" {
			t.Errorf("%s: %q, %v", prefix, back, err)
		}
		_ = conn.Close()
		if asked := server.Asked(); !slices.Equal(asked, []string{target}) {
			t.Errorf("%s was asked for %q", prefix, asked)
		}
		// This computer is never behind a proxy.
		conn, err = choice.DialContext(t.Context(), "tcp", "127.0.0.1:"+port)
		if err != nil || len(server.Asked()) != 1 {
			t.Errorf("%s: %v, asked for %q", prefix, err, server.Asked())
			continue
		}
		_ = conn.Close()
	}
}

// TestProxyFails tells the proxy's failures from those of who is behind it.
func TestProxyFails(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	port := echo(t)
	nobody := map[string]string{"server.example": "127.0.0.1"}
	closed := strings.TrimPrefix(gone.Addr().String(), "127.0.0.1:")
	for name, test := range map[string]struct {
		proxy, target string
		itself        bool
	}{
		"socks, another password": {"socks5://ana:no@" + proxytest.Socks(t, "ana", "yes", nil).Host(), port, true},
		"socks, no password":      {"socks5://" + proxytest.Socks(t, "ana", "yes", nil).Host(), port, true},
		"http, another password":  {"http://ana:no@" + proxytest.HTTP(t, "ana", "yes", nil).Host(), port, true},
		"socks, nobody there":     {"socks5://" + proxytest.Socks(t, "", "", nobody).Host(), closed, false},
		"http, nobody there":      {"http://" + proxytest.HTTP(t, "", "", nobody).Host(), closed, false},
		"socks to http":           {"socks5://" + proxytest.HTTP(t, "", "", nobody).Host(), port, true},
		"http to socks":           {"http://" + proxytest.Socks(t, "", "", nobody).Host(), port, true},
		"https to http":           {"https://" + proxytest.HTTP(t, "", "", nobody).Host(), port, true},
		"socks, gone":             {"socks5://" + gone.Addr().String(), port, true},
		"http, gone":              {"http://" + gone.Addr().String(), port, true},
		"socks, silent":           {"socks5://" + silent.Addr().String(), port, true},
		"http, silent":            {"http://" + silent.Addr().String(), port, false}, // it may wait for the target
		"something else":          {"http://127.0.0.1:" + port, port, true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			var choice proxy.Choice
			choice.Set(parse(t, test.proxy))
			conn, err := choice.DialContext(ctx, "tcp", "server.example:"+test.target)
			if err == nil {
				_ = conn.Close()
			}
			if err == nil || errors.Is(err, proxy.ErrProxy) != test.itself {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"", "socks5://127.0.0.1:9050", "http://proxy.example:3128", "https://proxy.example:443", "socks5://[::1]:1080",
		"socks5://ana:secret@proxy.example:1080", "http://ana@proxy.example:3128",
	} {
		address := parse(t, good)
		if address.String() != good || address.IsZero() != (good == "") || strings.Contains(address.Redacted(), "ana") {
			t.Errorf("%q is %q, for a log %q", good, address, address.Redacted())
		}
	}
	for _, bad := range []string{
		"proxy.example:3128", "ftp://proxy.example:21", "socks4://a:1", "http://proxy.example", "http://:3128", "http://a:0", "http://a:70000",
		"http://a:1/path", "http://a:1?x", "http://a:1#x", "http://a b:1", "http://ä:1", "http://:secret@a:1", "http://a:1\n", "%", "socks5:a:1",
		"http://" + strings.Repeat("a", 300) + ":1", "http://" + strings.Repeat("n", 101) + "@a:1",
	} {
		address, err := proxy.Parse(bad)
		if !errors.Is(err, proxy.ErrAddress) || !address.IsZero() || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %q, %v", bad, address, err)
		}
	}
}
