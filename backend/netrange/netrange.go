package netrange

import (
	"iter"
	"net/netip"

	"github.com/gaissmai/bart"
)

// Normalize unmaps IPv4-mapped IPv6 and clears zone and host bits.
func Normalize(prefix netip.Prefix) netip.Prefix {
	address, length := prefix.Addr().WithZone(""), prefix.Bits()
	if address.Is4In6() && length >= 96 {
		address, length = address.Unmap(), length-96
	}
	return netip.PrefixFrom(address, length).Masked()
}

// Table maps ranges to values. The zero value is empty. Readers may share it;
// whoever changes it must be alone.
type Table[V any] struct{ ranges *bart.Table[V] }

// Insert sets the value of a range.
func (t *Table[V]) Insert(prefix netip.Prefix, value V) {
	if t.ranges == nil {
		t.ranges = &bart.Table[V]{}
	}
	t.ranges.Insert(Normalize(prefix), value)
}

// Delete forgets a range.
func (t *Table[V]) Delete(prefix netip.Prefix) {
	if t.ranges != nil {
		t.ranges.Delete(Normalize(prefix))
	}
}

// With returns the table with one range more; the two share what is the same,
// and the first one stays as it is.
func (t *Table[V]) With(prefix netip.Prefix, value V) Table[V] {
	before := t.ranges
	if before == nil {
		before = &bart.Table[V]{}
	}
	return Table[V]{ranges: before.InsertPersist(Normalize(prefix), value)}
}

// Without returns the table without a range, as With does.
func (t *Table[V]) Without(prefix netip.Prefix) Table[V] {
	if t.ranges == nil {
		return Table[V]{}
	}
	return Table[V]{ranges: t.ranges.DeletePersist(Normalize(prefix))}
}

// Len is how many ranges there are.
func (t *Table[V]) Len() int {
	if t.ranges == nil {
		return 0
	}
	return t.ranges.Size()
}

// Lookup returns the value of the longest range that contains an address.
// IPv4-mapped IPv6 counts as IPv4, and zones do not matter.
func (t *Table[V]) Lookup(address netip.Addr) (value V, found bool) {
	if !address.IsValid() || t.ranges == nil {
		return value, false
	}
	return t.ranges.Lookup(address.Unmap().WithZone(""))
}

// Containing returns the values of all ranges that contain an address, the longest range first.
func (t *Table[V]) Containing(address netip.Addr) iter.Seq[V] {
	return func(yield func(V) bool) {
		if !address.IsValid() || t.ranges == nil {
			return
		}
		address = address.Unmap().WithZone("")
		for _, value := range t.ranges.Supernets(netip.PrefixFrom(address, address.BitLen())) {
			if !yield(value) {
				return
			}
		}
	}
}
