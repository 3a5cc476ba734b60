package journal

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/wire"
)

// MaxLogs is how many logs a vector names on the wire.
const MaxLogs = 64

// ErrVector is wrapped by what is wrong with a vector from outside.
var ErrVector = errors.New("journal: not a valid version vector")

// Vector says how far each log of a conversation is held, or was read. A log
// that is absent has sequence 0.
type Vector map[Log]Head

// Range is a stretch of a log: the sequences after After, up to To.
type Range struct {
	Log       Log
	After, To uint64
}

// Clone returns a copy, never nil.
func (v Vector) Clone() Vector {
	if v == nil {
		return Vector{}
	}
	return maps.Clone(v)
}

// Get returns the sequence that a log is held up to.
func (v Vector) Get(log Log) uint64 { return v[log].Sequence }

// Merge takes the maximum of both for each log and tells whether that changed
// anything. The receiver must not be nil. Of two hashes at the same sequence
// the receiver's stays.
func (v Vector) Merge(other Vector) (changed bool) {
	for log, head := range other {
		held := v[log]
		if head.Sequence > held.Sequence || head.Sequence == held.Sequence && held.Sequence > 0 && held.Hash.IsZero() && !head.Hash.IsZero() {
			v[log] = head
			changed = true
		}
	}
	return changed
}

// Covers tells whether v holds everything that other does.
func (v Vector) Covers(other Vector) bool {
	for log, head := range other {
		if head.Sequence > v[log].Sequence {
			return false
		}
	}
	return true
}

// Behind returns what other holds and v does not, sorted by log.
func (v Vector) Behind(other Vector) []Range {
	var ranges []Range
	for log, head := range other {
		if held := v[log].Sequence; head.Sequence > held {
			ranges = append(ranges, Range{Log: log, After: held, To: head.Sequence})
		}
	}
	slices.SortFunc(ranges, func(a, b Range) int { return a.Log.Compare(b.Log) })
	return ranges
}

// Logs returns the logs of the vector, sorted.
func (v Vector) Logs() []Log {
	return slices.SortedFunc(maps.Keys(v), Log.Compare)
}

// Encode returns the wire form, sorted by log. Zero hashes are left out, and
// so are the logs beyond [MaxLogs].
func (v Vector) Encode() []*wire.LogPosition {
	pages := v.Pages()
	if len(pages) == 0 {
		return nil
	}
	return pages[0]
}

// Pages returns the wire form of all logs, at most [MaxLogs] in each list.
// Merging what the lists say gives the vector again.
func (v Vector) Pages() [][]*wire.LogPosition {
	var pages [][]*wire.LogPosition
	for _, log := range v.Logs() {
		head := v[log]
		if head.Sequence == 0 {
			continue
		}
		position := &wire.LogPosition{Device: log.Device[:], Epoch: log.Epoch, Sequence: head.Sequence}
		if !head.Hash.IsZero() {
			position.Hash = head.Hash[:]
		}
		if last := len(pages) - 1; last >= 0 && len(pages[last]) < MaxLogs {
			pages[last] = append(pages[last], position)
			continue
		}
		pages = append(pages, []*wire.LogPosition{position})
	}
	return pages
}

// DecodeVector reads the wire form: at most [MaxLogs] logs in any order, each
// once. The keys are not checked to be good for signing: a vector only names
// what signed entries prove. Error: [ErrVector].
func DecodeVector(positions []*wire.LogPosition) (Vector, error) {
	if len(positions) > MaxLogs {
		return nil, fmt.Errorf("%w: %d logs, the most is %d", ErrVector, len(positions), MaxLogs)
	}
	vector := make(Vector, len(positions))
	for _, position := range positions {
		var device identity.DeviceID
		head := Head{Sequence: position.GetSequence()}
		switch {
		case len(position.GetDevice()) != len(device):
			return nil, fmt.Errorf("%w: device of %d bytes", ErrVector, len(position.GetDevice()))
		case position.GetEpoch() == 0:
			return nil, fmt.Errorf("%w: no epoch", ErrVector)
		case head.Sequence == 0 || head.Sequence > math.MaxInt64:
			return nil, fmt.Errorf("%w: sequence out of range", ErrVector)
		}
		switch len(position.GetHash()) {
		case 0:
		case len(head.Hash):
			head.Hash = Hash(position.GetHash())
		default:
			return nil, fmt.Errorf("%w: hash of %d bytes", ErrVector, len(position.GetHash()))
		}
		copy(device[:], position.GetDevice())
		log := Log{Device: device, Epoch: position.GetEpoch()}
		if _, twice := vector[log]; twice {
			return nil, fmt.Errorf("%w: a log is named twice", ErrVector)
		}
		vector[log] = head
	}
	return vector, nil
}
