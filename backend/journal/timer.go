package journal

import (
	"fmt"
	"time"

	"github.com/tincan-chat/tincan/backend/wire"
)

// MaxTimer is the longest time that a disappearing message may stay.
const MaxTimer = 90 * 24 * time.Hour

// TimerBody returns the body of an entry that sets how long messages stay once
// they were read: whole seconds up to [MaxTimer], 0 for good. Error: [ErrBody].
func TimerBody(stay time.Duration) ([]byte, error) {
	if err := checkTimer(stay); err != nil {
		return nil, err
	}
	return encodeBody(&wire.TimerBody{Seconds: new(uint32(stay / time.Second))})
}

// Timer returns how long messages stay, as in [TimerBody]. Error: [ErrBody],
// when it is another kind, erased, or not a timer that may be set.
func (e Entry) Timer() (time.Duration, error) {
	decoded := &wire.TimerBody{}
	if err := e.readBody(wire.EntryKind_ENTRY_KIND_TIMER, decoded); err != nil {
		return 0, err
	}
	stay := time.Duration(decoded.GetSeconds()) * time.Second
	if decoded.Seconds == nil || stay > MaxTimer {
		return 0, fmt.Errorf("%w: a timer without a time that may be set", ErrBody)
	}
	return stay, nil
}

func checkTimer(stay time.Duration) error {
	if stay < 0 || stay > MaxTimer || stay%time.Second != 0 {
		return fmt.Errorf("%w: a timer of %s", ErrBody, stay)
	}
	return nil
}
