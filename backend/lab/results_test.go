//go:build lab

package lab_test

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// results is what the scenarios measured, in their order.
var results measurements

// measurement is a row of the table.
type measurement struct {
	scenario string
	path     app.LineState
	opened   time.Duration // from when both were online to when both had a line
	cause    string        // what was done to the network
	back     time.Duration // from then until texts went both ways again
}

type measurements struct {
	mutex sync.Mutex
	rows  []measurement
	left  []string // scenarios that were not run, and why
}

func (m *measurements) add(row measurement) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.rows = append(m.rows, row)
}

func (m *measurements) leave(why string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.left = append(m.left, why)
}

// table writes the measurements for docs/performance.md.
func (m *measurements) table() string {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	var out strings.Builder
	out.WriteString("\n| Scenario | Path | Both online to open line, s | What happens then | Texts both ways again, s |\n|---|---|---|---|---|\n")
	for _, row := range m.rows {
		fmt.Fprintf(&out, "| %s | %s | %.2f | %s | %.2f |\n", row.scenario, row.path, row.opened.Seconds(), row.cause, row.back.Seconds())
	}
	for _, why := range m.left {
		fmt.Fprintf(&out, "\nNot run: %s\n", why)
	}
	return out.String()
}
