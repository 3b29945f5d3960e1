package rmcp

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestHeldInOrder: what is due at one moment goes in the order in which it came, although timers fire in any order.
func TestHeldInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table, _ := newTestTable(Options{})
		var got, want []int
		table.Lock()
		for i := range 100 {
			after := time.Second + time.Duration(i%2)*time.Millisecond
			table.hold(&Fate{Delay: after}, true, func() { got = append(got, i) })
		}
		table.Unlock()
		for odd := range 2 {
			for i := odd; i < 100; i += 2 {
				want = append(want, i)
			}
		}
		time.Sleep(2 * time.Second)
		table.Lock()
		defer table.Unlock()
		if !slices.Equal(got, want) {
			t.Errorf("went %v, want %v", got, want)
		}
	})
}
