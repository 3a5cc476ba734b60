//go:build !faults

package fault

// On tells whether points do anything: whoever has work to do for the name of
// one asks first.
const On = false

// Point is a step at which the process may die.
func Point(string) {}

// Number is a bound, or what a test has in its place.
func Number(_ string, standard float64) float64 { return standard }
