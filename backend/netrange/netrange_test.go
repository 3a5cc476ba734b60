package netrange_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/tincan-chat/tincan/backend/netrange"
)

func TestTable(t *testing.T) {
	t.Parallel()
	var table netrange.Table[string]
	for _, text := range []string{"192.0.2.0/24", "192.0.2.7/32", "::ffff:198.51.100.0/120", "2001:db8::1/64"} {
		table.Insert(netip.MustParsePrefix(text), text)
	}
	for text, want := range map[string][]string{
		"192.0.2.7":        {"192.0.2.7/32", "192.0.2.0/24"},
		"::ffff:192.0.2.8": {"192.0.2.0/24"},
		"192.0.3.1":        nil,
		"198.51.100.9":     {"::ffff:198.51.100.0/120"},
		"2001:db8::ffff":   {"2001:db8::1/64"},
		"2001:db8:0:1::1":  nil,
		"fe80::1%eth0":     nil,
	} {
		address := netip.MustParseAddr(text)
		if got := slices.Collect(table.Containing(address)); !slices.Equal(got, want) {
			t.Errorf("%s is in %v, want %v", text, got, want)
		}
		got, found := table.Lookup(address)
		if found != (want != nil) || (found && got != want[0]) {
			t.Errorf("Lookup(%s) = %q, %t", text, got, found)
		}
	}
	table.Delete(netip.MustParsePrefix("192.0.2.7/32"))
	if got, _ := table.Lookup(netip.MustParseAddr("192.0.2.7")); got != "192.0.2.0/24" || table.Len() != 3 {
		t.Errorf("after deleting: %q of %d", got, table.Len())
	}
	if _, found := table.Lookup(netip.Addr{}); found || slices.Collect(table.Containing(netip.Addr{})) != nil {
		t.Error("no address is in a range")
	}
}

// TestTablesShareWhatIsTheSame, and none changes with another.
func TestTablesShareWhatIsTheSame(t *testing.T) {
	t.Parallel()
	var none netrange.Table[int]
	range4, range6 := netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/64")
	one := none.With(range4, 1)
	two := one.With(range6, 2)
	less := two.Without(range4)
	for name, table := range map[string]struct {
		table  netrange.Table[int]
		four   bool
		six    bool
		length int
	}{
		"none": {table: none}, "one": {table: one, four: true, length: 1},
		"two": {table: two, four: true, six: true, length: 2}, "less": {table: less, six: true, length: 1},
		"nothing less": {table: none.Without(range4)},
	} {
		_, four := table.table.Lookup(netip.MustParseAddr("192.0.2.9"))
		_, six := table.table.Lookup(netip.MustParseAddr("2001:db8::9"))
		if four != table.four || six != table.six || table.table.Len() != table.length {
			t.Errorf("%s: %t %t, %d ranges", name, four, six, table.table.Len())
		}
	}
	none.Delete(range4)
	if none.Len() != 0 {
		t.Error("there is something in an empty table")
	}
}
