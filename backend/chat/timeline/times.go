package timeline

import "time"

// tellBoth is how far written and arrived may be apart before both are shown.
const tellBoth = 5 * time.Minute

// Times are what is shown about when a message was written. They depend on the
// clock of this device; order never does.
type Times struct {
	// Shown is the time that the author claims, but not after the arrival.
	Shown time.Time
	// Claimed and Arrived are both set when they differ by more than five minutes,
	// and both zero otherwise.
	Claimed, Arrived time.Time
}

// TimesOf returns the times of an entry that claims a time and arrived at
// another by this device's clock. A zero arrival is not known: then the claim
// is shown as it is.
func TimesOf(claimed, arrived time.Time) Times {
	if arrived.IsZero() {
		return Times{Shown: claimed}
	}
	times := Times{Shown: claimed}
	if claimed.After(arrived) {
		times.Shown = arrived
	}
	if claimed.Sub(arrived).Abs() > tellBoth {
		times.Claimed, times.Arrived = claimed, arrived
	}
	return times
}
