package rendezvous

import "testing"

// TestCalming looks at a server second by second.
func TestCalming(t *testing.T) {
	t.Parallel()
	var c calming
	accepted := int64(0)
	for second, one := range []struct {
		fresh int64
		gives bool
	}{
		{fresh: 0},
		{fresh: 40},
		{fresh: 40},
		{fresh: 40}, // nobody to speak of
		{fresh: 2000},
		{fresh: 10},
		{fresh: 10},
		{fresh: 300}, // they still come
		{fresh: 0},
		{fresh: 0},
		{fresh: 0, gives: true},
		{fresh: 0},
		{fresh: 0},
		{fresh: 0},
		{fresh: 0}, // once is enough
	} {
		accepted += one.fresh
		if c.look(accepted) != one.gives {
			t.Errorf("second %d: memory is given back: %v", second, !one.gives)
		}
	}
}
