package main

import (
	"io"
	"strings"
	"testing"
)

func TestRelayFlags(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][2]string{
		"":                                    {":7120", ":7120"},
		"--tls off --listen 127.0.0.1:7117":   {"", ""},
		"--listen 127.0.0.1:7117":             {"", ""},
		"--listen [::1]:7117":                 {"", ""},
		"--listen localhost:7117":             {"", ""},
		"--listen :0":                         {":0", ":0"},
		"--listen 192.0.2.1:443":              {"192.0.2.1:446", "192.0.2.1:446"},
		"--listen [2001:db8::1]:443":          {"[2001:db8::1]:446", "[2001:db8::1]:446"},
		"--listen :65535":                     {"", ""},
		"--relay-listen :3478":                {":3481", ":3481"},
		"--relay-tcp off":                     {"", ""},
		"--relay-tls off":                     {":7120", ""},
		"--relay-tls :443":                    {":7120", ":443"},
		"--relay-tcp :3478 --relay-tls :5349": {":3478", ":5349"},
		"--relay-tcp off --relay-tls :5349":   {"", ":5349"},
		"--tls proxy --trusted-proxy ::1":     {":7120", ""},
	} {
		s, err := parse(strings.Fields(line), io.Discard, nil)
		if got := [2]string{s.relay.ListenTCP, s.relay.ListenTLS}; err != nil || got != want {
			t.Errorf("%q gives %q, %v, want %q", line, got, err, want)
		}
	}
	s, err := parse(strings.Fields("--relay-allocations 7 --relay-rate 8 --relay-rate-all 9 --relay-day 5000000000"), io.Discard, nil)
	if r := s.relay; err != nil || r.Allocations != 7 || r.BytesPerSecond != 8 || r.TotalBytesPerSecond != 9 || r.BytesPerDay != 5_000_000_000 {
		t.Errorf("%+v, %v", s.relay, err)
	}
	for _, line := range []string{
		"--relay-rate 0", "--relay-rate-all -1", "--relay-day 0", "--relay-allocations 0", "--relay-day x",
		"--tls off --relay-tls :5349", "--tls proxy --trusted-proxy ::1 --relay-tls :5349", "--relay-address ::1",
	} {
		if _, err = parse(strings.Fields(line), io.Discard, nil); err == nil {
			t.Errorf("%q is taken", line)
		}
	}
}
