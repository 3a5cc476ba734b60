package node

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// restore makes somebody a new device that has a backup.
func (p *person) restore(disk Snapshot, logs []AppendEntry) {
	p.world.t.Helper()
	keys, err := p.keys.WithNewDevice(rand.Reader)
	if err != nil {
		p.world.t.Fatal(err)
	}
	p.keys, p.disk, p.logs = keys, disk, slices.Clone(logs)
	p.world.now = p.world.now.Add(time.Minute)
	p.start()
}

// TestRestoredTwice: one backup is restored, and when much was written with that,
// restored once more. What was written on the device between, and what answers
// it, comes back; also when the contact began anew before.
func TestRestoredTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	ana.say(ben, "one")
	w.cut(w.connectLine(ana, ben))
	disk, logs := ana.disk, ana.logs
	texts := 1
	for round := range 3 {
		ana.restore(disk, logs)
		line := w.connectLine(ana, ben)
		if round > 0 && (len(ana.logs) != texts || ana.undelivered(ben)) {
			t.Errorf("round %d: %d texts came back, and all of them are on his disk", round, len(ana.logs))
		}
		ana.say(ben, fmt.Sprint("on another device ", round))
		w.flow()
		ben.say(ana, fmt.Sprint("answer ", round))
		w.flow()
		texts += 2
		sameTimelines(t, ana, ben, texts)
		w.cut(line)
		ben.start()
	}
	if ana.notice(ben)+ben.notice(ana) != "" {
		t.Errorf("notices %q and %q", ana.notice(ben), ben.notice(ana))
	}
	ana.start()
	if known := len(listOf(ana.disk.Self.DeviceList).Devices); known != 4 {
		t.Errorf("%d devices are listed", known)
	}
	if list := ben.contact(ana).record.signed; len(list.GetFormerLists()) != 0 {
		t.Errorf("%d lists are kept for nothing", len(list.GetFormerLists()))
	}
	w.connectLine(ana, ben)
	ana.say(ben, "after all")
	w.flow()
	sameTimelines(t, ana, ben, texts+1)
}

// TestForgedFormerLists: what somebody gives back that this person did not sign, or
// that says nothing new, changes nothing; more lists than anybody keeps are not read.
func TestForgedFormerLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	ana, ben := w.people[0], w.people[1]
	session := w.connectLine(ana, ben)
	before := ana.disk.Self.DeviceList
	signed := func(keys *identity.Keys, earlier ...identity.DeviceID) *wire.Signed {
		list, err := keys.DeviceList(9, w.now, earlier...)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	forged := signed(ana.keys, ben.keys.Device())
	forged.Signature = signed(ben.keys).GetSignature()
	own := signed(ana.keys)
	for name, lists := range map[string][]*wire.Signed{
		"nothing":           {nil, {}},
		"a false one":       {forged},
		"somebody else's":   {signed(ben.keys, testKeys(t, 77).Device())},
		"the present one":   {own},
		"one behind enough": {own, own, own, own, signed(ana.keys, testKeys(t, 77).Device())},
	} {
		w.send(session, ana, &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major, YourLists: lists}}})
		if !slices.Equal(ana.disk.Self.DeviceList, before) || len(ana.core.elders) != 0 {
			t.Errorf("%s changes the list", name)
		}
	}
	many := make([]identity.DeviceID, 0, identity.MaxDevices)
	for seed := range identity.MaxDevices {
		many = append(many, testKeys(t, byte(100+seed)).Device())
	}
	w.send(session, ana, &wire.LinkFrame{Kind: &wire.LinkFrame_Hello{Hello: &wire.Hello{Major: wire.Major, YourLists: []*wire.Signed{
		signed(ana.keys, many[:9]...), signed(ana.keys, many[4:]...),
	}}}})
	if list := listOf(ana.disk.Self.DeviceList); len(list.Devices) != identity.MaxDevices || list.Devices[0] != ana.keys.Device() {
		t.Errorf("%d devices", len(list.Devices))
	}
}
