//go:build faults

package fault

import (
	"os"
	"strconv"
	"strings"
	"sync"
)

// On tells whether points do anything: whoever has work to do for the name of
// one asks first.
const On = true

// plan is what the environment asks for.
type plan struct {
	mutex   sync.Mutex
	reached map[string]int
	record  *os.File
	name    string // of the point to die at, "" for none
	at      int    // the how manieth time
}

var theirs = sync.OnceValue(func() *plan {
	p := &plan{reached: map[string]int{}}
	if path := os.Getenv("TINCAN_FAULTS_RECORD"); path != "" {
		// What cannot be recorded is missed by whoever reads the record.
		p.record, _ = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	}
	name, at, found := strings.Cut(os.Getenv("TINCAN_FAULTS_KILL"), "#")
	if number, err := strconv.Atoi(at); found && err == nil {
		p.name, p.at = name, number
	}
	return p
})

// Point is a step at which the process may die.
func Point(name string) {
	p := theirs()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.reached[name]++
	if p.record != nil {
		_, _ = p.record.WriteString(name + "\n") // likewise
	}
	if name != p.name || p.reached[name] != p.at {
		return
	}
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Kill()
	}
	select {} // until the signal is here nothing more happens, also not elsewhere at a point
}

var given = sync.OnceValues(func() (name string, number float64) {
	name, text, _ := strings.Cut(os.Getenv("TINCAN_FAULTS_NUMBER"), "=")
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		name = ""
	}
	return name, number
})

// Number is a bound, or what a test has in its place.
func Number(name string, standard float64) float64 {
	if replaced, number := given(); replaced == name {
		return number
	}
	return standard
}
