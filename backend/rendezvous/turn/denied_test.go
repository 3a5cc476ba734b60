package turn

import (
	"net/netip"
	"testing"
)

func TestDenied(t *testing.T) {
	t.Parallel()
	const public, private, loopback = "public", "private", "loopback"
	for text, kind := range map[string]string{
		"0.0.0.0": "", "0.1.2.3": "", "10.0.0.1": private, "100.64.0.1": private, "100.127.255.255": private,
		"100.63.255.255": public, "100.128.0.0": public, "127.0.0.1": loopback, "127.255.0.1": loopback,
		"169.254.0.1": private, "172.16.0.1": private, "172.31.255.255": private, "172.32.0.1": public,
		"192.0.0.1": "", "192.0.0.170": "", "192.0.1.1": public, "192.0.2.1": "", "192.88.99.1": "", "192.168.0.1": private,
		"198.17.255.255": public, "198.18.0.1": "", "198.19.255.255": "", "198.20.0.1": public, "198.51.100.1": "", "203.0.113.1": "",
		"224.0.0.1": "", "239.255.255.255": "", "240.0.0.1": "", "255.255.255.255": "", "1.1.1.1": public, "8.8.8.8": public,
		// What hands out a machine's secrets, where private ranges are allowed too.
		"169.254.169.254": "", "169.254.170.2": "", "169.254.170.23": "", "169.254.169.123": private,
		"100.100.100.200": "", "192.0.0.192": "", "fd00:ec2::254": "", "fd00:ec2::23": "", "fd20:ce::254": "",
		"::ffff:169.254.169.254": "", "::ffff:100.100.100.200": "",
		"::": "", "::1": loopback, "::127.0.0.1": "", "::ffff:10.0.0.1": private, "::ffff:127.0.0.1": loopback,
		"::ffff:8.8.8.8": public, "::ffff:0:8.8.8.8": "", "::ffff:198.18.0.1": "",
		"64:ff9b::7f00:1": "", "64:ff9b::808:808": "", "64:ff9b:1::1": "", "100::1": "", "2001::1": "", "2001:2::1": "",
		"2001:10::1": "", "2001:20::1": "", "2001:db8::1": "", "2002:7f00:1::": "", "2002::": "", "3fff::1": "", "3fff:fff::1": "",
		"5f00::1": "", "fc00::1": private, "fd12:3456::1": private, "fe80::1": private, "fe80::1%eth0": private,
		"fec0::1": "", "ff02::1": "", "ff0e::1": "", "2606:4700::1111": public, "2a00:1450::1": public, "4000::1": "", "2001:200::1": public,
	} {
		addr := netip.MustParseAddr(text)
		for _, allowed := range []string{"", private, loopback} {
			want := kind != public && (kind == "" || kind != allowed)
			if got := denied(addr, allowed == private, allowed == loopback); got != want {
				t.Errorf("denied(%s) with %q allowed = %t, want %t", text, allowed, got, want)
			}
		}
	}
	if !denied(netip.Addr{}, true, true) {
		t.Error("no address is allowed")
	}
}

// FuzzDenied: the IPv6 form of an IPv4 address, and a zone, change nothing;
// allowing more never denies more.
func FuzzDenied(f *testing.F) {
	f.Add([]byte{10, 0, 0, 1})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1})
	f.Fuzz(func(t *testing.T, bytes []byte) {
		addr, ok := netip.AddrFromSlice(bytes)
		if !ok {
			return
		}
		mapped := addr
		if addr.Is4() {
			mapped = netip.AddrFrom16(addr.As16())
		}
		strict := denied(addr, false, false)
		if denied(mapped, false, false) != strict || denied(addr.WithZone("x"), false, false) != strict {
			t.Errorf("another form of %v is treated otherwise", addr)
		}
		if !strict && (denied(addr, true, false) || denied(addr, false, true)) {
			t.Errorf("allowing more denies %v", addr)
		}
		if !strict && (addr.Unmap().IsPrivate() || addr.Unmap().IsLoopback() || addr.IsMulticast() || addr.Unmap().IsUnspecified()) {
			t.Errorf("%v is reachable", addr)
		}
	})
}
