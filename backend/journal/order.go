package journal

import (
	"bytes"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/tincan-chat/tincan/backend/identity"
)

// devicePrefix is how much of the device's key an order holds.
const devicePrefix = 16

// orderSize is the length of an order in bytes, orderText that of its text.
const (
	orderSize = 8 + devicePrefix + 4 + 8
	orderText = 58
)

// ErrOrder says that a text is not an order.
var ErrOrder = errors.New("journal: not an order")

// Order is the place of an entry among all entries of its conversation, the
// same for every reader. It sorts as its bytes do, all numbers big-endian:
// effective time in Unix milliseconds (8), the first bytes of the device's key
// (16), epoch (4), sequence (8). The zero order is before every entry.
type Order [orderSize]byte

// orderEncoding is the base32 whose texts sort as the bytes they stand for.
var orderEncoding = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// NewOrder returns the order of an entry. after holds the orders of its
// previous entry and of all its parents.
func NewOrder(entry Entry, after []Order) Order {
	effective := uint64(max(entry.Claimed.UnixMilli(), 0))
	for _, earlier := range after {
		effective = max(effective, earlier.milliseconds()+1)
	}
	return OrderOf(effective, entry.Log, entry.Sequence)
}

// OrderOf puts an order together: for stores that keep only the effective time
// beside log and sequence.
func OrderOf(effective uint64, log Log, sequence uint64) Order {
	var order Order
	binary.BigEndian.PutUint64(order[:8], effective)
	copy(order[8:8+devicePrefix], log.Device[:])
	binary.BigEndian.PutUint32(order[8+devicePrefix:], log.Epoch)
	binary.BigEndian.PutUint64(order[12+devicePrefix:], sequence)
	return order
}

// IsZero tells whether it is the zero order.
func (o Order) IsZero() bool { return o == Order{} }

// Compare orders by place.
func (o Order) Compare(other Order) int { return bytes.Compare(o[:], other[:]) }

// By tells whether the entry that stands there is of a device.
func (o Order) By(device identity.DeviceID) bool {
	return !o.IsZero() && bytes.Equal(o[8:8+devicePrefix], device[:devicePrefix])
}

// Effective returns the time the order stands for: never before that of a parent.
func (o Order) Effective() time.Time {
	return time.UnixMilli(int64(min(o.milliseconds(), math.MaxInt64))).UTC()
}

func (o Order) milliseconds() uint64 { return binary.BigEndian.Uint64(o[:8]) }

// String returns 58 characters of base32hex in lower case, which sort as the orders do.
func (o Order) String() string { return orderEncoding.EncodeToString(o[:]) }

// ParseOrder reads what String wrote. Error: [ErrOrder].
func ParseOrder(text string) (Order, error) {
	var order Order
	if len(text) != orderText {
		return order, ErrOrder
	}
	var decoded [orderSize]byte
	n, err := orderEncoding.Decode(decoded[:], []byte(text))
	if err != nil || n != orderSize {
		return order, ErrOrder
	}
	order = decoded
	if order.String() != text { // bits after the last byte, line breaks
		return Order{}, ErrOrder
	}
	return order, nil
}
