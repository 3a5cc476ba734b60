package desktop

import "testing"

func newDesk(t *testing.T, options Options) *Desk {
	t.Helper()
	d := New(options)
	t.Cleanup(d.Close)
	return d
}
