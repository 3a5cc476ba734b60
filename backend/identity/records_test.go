package identity

import (
	"errors"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/wire"
)

var recordTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func encode(t testing.TB, message proto.Message) []byte {
	t.Helper()
	data, err := wire.Encode(message)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func testServer(t testing.TB, seed byte, urls ...string) Server {
	t.Helper()
	return Server{Key: ServerKey(testKeys(t, seed).Peer()), URLs: urls}
}

// signedList signs a device list after a change.
func signedList(t testing.TB, keys *Keys, change func(*wire.DeviceList)) *wire.Signed {
	t.Helper()
	peer, device := keys.Peer(), keys.Device()
	list := &wire.DeviceList{Identity: peer[:], Version: 1, Devices: []*wire.Device{{Key: device[:], AddedMs: recordTime.UnixMilli()}}}
	change(list)
	return keys.SignedAsIdentity(ContextDeviceList, encode(t, list))
}

func TestDeviceList(t *testing.T) {
	t.Parallel()
	keys, other := testKeys(t, 1), testKeys(t, 2)
	signed, err := keys.DeviceList(7, recordTime)
	if err != nil {
		t.Fatal(err)
	}
	list, err := ParseDeviceList(signed)
	if err != nil || list.Peer != keys.Peer() || list.Version != 7 || !slices.Equal(list.Devices, []DeviceID{keys.Device()}) {
		t.Fatalf("%+v, %v", list, err)
	}
	if !list.Has(keys.Device()) || list.Has(other.Device()) {
		t.Error("Has")
	}
	for i := range signed.GetBody() {
		mutated := proto.CloneOf(signed)
		mutated.Body[i] ^= 0x10
		if _, err := ParseDeviceList(mutated); !errors.Is(err, ErrRecord) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}

	devices := func(n int) []*wire.Device {
		all := make([]*wire.Device, n)
		for i := range all {
			device := testKeys(t, byte(10+i)).Device()
			all[i] = &wire.Device{Key: device[:]}
		}
		return all
	}
	if _, err := ParseDeviceList(signedList(t, keys, func(l *wire.DeviceList) { l.Devices = devices(MaxDevices) })); err != nil {
		t.Errorf("%d devices: %v", MaxDevices, err)
	}
	for name, refused := range map[string]*wire.Signed{
		"nothing":              nil,
		"empty":                {},
		"no devices":           signedList(t, keys, func(l *wire.DeviceList) { l.Devices = nil }),
		"17 devices":           signedList(t, keys, func(l *wire.DeviceList) { l.Devices = devices(MaxDevices + 1) }),
		"a device twice":       signedList(t, keys, func(l *wire.DeviceList) { l.Devices = append(l.Devices, l.Devices[0]) }),
		"version 0":            signedList(t, keys, func(l *wire.DeviceList) { l.Version = 0 }),
		"a weak device":        signedList(t, keys, func(l *wire.DeviceList) { l.Devices[0].Key = make([]byte, 32) }),
		"a weak identity":      signedList(t, keys, func(l *wire.DeviceList) { l.Identity = make([]byte, 32) }),
		"somebody else's":      signedList(t, other, func(l *wire.DeviceList) { peer := keys.Peer(); l.Identity = peer[:] }),
		"signed by the device": {Body: signed.GetBody(), Signature: keys.SignAsDevice(ContextDeviceList, signed.GetBody())},
		"another purpose":      keys.SignedAsIdentity(ContextLocation, signed.GetBody()),
		"an unknown field":     keys.SignedAsIdentity(ContextDeviceList, protowire.AppendVarint(protowire.AppendTag(slices.Clone(signed.GetBody()), 99, protowire.VarintType), 1)),
		"too large":            keys.SignedAsIdentity(ContextDeviceList, make([]byte, maxDeviceList+1)),
	} {
		if _, err := ParseDeviceList(refused); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLocation(t *testing.T) {
	t.Parallel()
	keys := testKeys(t, 1)
	servers := []Server{testServer(t, 3, "wss://example.org:7117", "ws://127.0.0.1:7117"), testServer(t, 4, "wss://[2001:db8::1]:443")}
	signed, err := keys.Location(3, servers, recordTime)
	if err != nil {
		t.Fatal(err)
	}
	location, err := ParseLocation(signed)
	if err != nil || location.Peer != keys.Peer() || location.Version != 3 || !location.Issued.Equal(recordTime) || len(location.Servers) != 2 {
		t.Fatalf("%+v, %v", location, err)
	}
	for i, server := range location.Servers {
		if server.Key != servers[i].Key || !slices.Equal(server.URLs, servers[i].URLs) {
			t.Errorf("server %d is %+v", i, server)
		}
	}
	if empty, err := keys.Location(4, nil, recordTime); err != nil {
		t.Error(err)
	} else if _, err := ParseLocation(empty); err != nil {
		t.Errorf("no servers: %v", err)
	}
	for i := range signed.GetBody() {
		mutated := proto.CloneOf(signed)
		mutated.Body[i] ^= 0x10
		if _, err := ParseLocation(mutated); !errors.Is(err, ErrRecord) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	// What others would refuse is not signed.
	many := slices.Repeat(servers[:1], maxServersListed+1)
	for name, refused := range map[string][]Server{
		"no key":        {{URLs: servers[0].URLs}},
		"no URL":        {{Key: servers[0].Key}},
		"not canonical": {testServer(t, 3, "wss://EXAMPLE.org:7117")},
		"too many":      many,
	} {
		if _, err := keys.Location(1, refused, recordTime); !errors.Is(err, ErrRecord) {
			t.Errorf("signing with %s: %v", name, err)
		}
		peer := keys.Peer()
		body := encode(t, &wire.LocationRecord{Identity: peer[:], Version: 1, Servers: ServersToWire(refused)})
		if _, err := ParseLocation(keys.SignedAsIdentity(ContextLocation, body)); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := keys.Location(0, servers, recordTime); !errors.Is(err, ErrRecord) {
		t.Errorf("version 0: %v", err)
	}
	peer := keys.Peer()
	unversioned := encode(t, &wire.LocationRecord{Identity: peer[:], Servers: ServersToWire(servers)})
	unknown := protowire.AppendVarint(protowire.AppendTag(slices.Clone(signed.GetBody()), 99, protowire.VarintType), 1)
	for name, body := range map[string][]byte{"version 0": unversioned, "an unknown field": unknown, "too large": make([]byte, maxLocation+1)} {
		if _, err := ParseLocation(keys.SignedAsIdentity(ContextLocation, body)); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseLocation(testKeys(t, 2).SignedAsIdentity(ContextLocation, signed.GetBody())); !errors.Is(err, ErrRecord) {
		t.Errorf("signed by somebody else: %v", err)
	}
}

// fuzzSigned tries bytes as a body with a good signature by whom it names, if
// it is keys, so that fuzzing comes behind the signature.
func fuzzSigned(keys *Keys, context Context, body []byte) *wire.Signed {
	return keys.SignedAsIdentity(context, body)
}

func FuzzParseDeviceList(f *testing.F) {
	keys := testKeys(f, 1)
	good, err := keys.DeviceList(1, recordTime)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.GetBody())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := ParseDeviceList(fuzzSigned(keys, ContextDeviceList, body))
		if err != nil {
			if !errors.Is(err, ErrRecord) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if list.Peer != keys.Peer() || list.Version == 0 || len(list.Devices) == 0 || len(list.Devices) > MaxDevices {
			t.Errorf("%+v", list)
		}
	})
}

func FuzzParseLocation(f *testing.F) {
	keys := testKeys(f, 1)
	good, err := keys.Location(1, []Server{testServer(f, 3, "wss://example.org:7117")}, recordTime)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.GetBody())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		location, err := ParseLocation(fuzzSigned(keys, ContextLocation, body))
		if err != nil {
			if !errors.Is(err, ErrRecord) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if location.Peer != keys.Peer() || location.Version == 0 || len(location.Servers) > maxServersListed {
			t.Errorf("%+v", location)
		}
		if _, err := keys.Location(location.Version, location.Servers, location.Issued); err != nil {
			t.Errorf("it cannot be signed again: %v", err)
		}
	})
}
