package rmcp

import "testing"

// TestWindow15 walks through the windows of [IPMI 2.0 §6.12.10, §6.12.11, App. A].
func TestWindow15(t *testing.T) {
	t.Parallel()
	type step struct {
		seq uint32
		ok  bool
	}
	for _, c := range []struct {
		name    string
		initial uint32
		steps   []step
	}{
		{"§22.17 the initial number itself, once", 100, []step{{100, true}, {100, false}, {101, true}, {101, false}}},
		{"App. A the eight below the initial number count as received", 100, []step{{99, false}, {92, false}, {100, true}, {99, false}}},
		{"App. A eight ahead, not nine", 100, []step{{109, false}, {108, true}, {117, false}, {116, true}}},
		{"App. A eight behind, once each", 100, []step{{108, true}, {100, true}, {100, false}, {101, true}, {107, true}, {107, false}, {99, false}}},
		{"App. A what leaves the window is gone", 100, []step{{100, true}, {108, true}, {109, true}, {101, true}, {110, true}, {101, false}, {102, true}}},
		{"§6.12.10 wrap: FFFFFFFFh is the lesser", 0xfffffffe, []step{{0xfffffffe, true}, {1, true}, {0xffffffff, true}, {0, true}, {0, false}, {9, true}, {0xffffffff, false}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWindow15(c.initial)
			for i, s := range c.steps {
				if got := w.fits(s.seq); got != s.ok {
					t.Fatalf("step %d: fits(%d) = %v, want %v", i, s.seq, got, s.ok)
				}
				if s.ok {
					w.accept(s.seq)
				}
			}
		})
	}
}

// TestWindow20 walks through the window of [IPMI 2.0 §6.12.13, §6.12.14].
func TestWindow20(t *testing.T) {
	t.Parallel()
	type step struct {
		seq uint32
		ok  bool
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"§6.12.13 zero is never valid", []step{{0, false}, {1, true}, {0, false}}},
		{"§6.12.13 the first number is 1, duplicates fall", []step{{1, true}, {1, false}, {2, true}}},
		{"§6.12.13 consoles may begin with 3", []step{{3, true}, {2, true}, {1, true}, {1, false}, {3, false}}},
		{"§6.12.14 fifteen ahead, not sixteen", []step{{16, false}, {15, true}, {31, false}, {30, true}}},
		{"§6.12.14 sixteen behind, not seventeen", []step{{15, true}, {18, true}, {2, true}, {1, false}, {17, true}}},
		{"§6.12.14 what was leapt over may come once", []step{{5, true}, {10, true}, {7, true}, {7, false}, {5, false}, {9, true}, {8, true}, {6, true}, {6, false}}},
		{"§6.12.14 numbers below the start were never sent", []step{{1, true}, {0xffffffff, false}, {0xfffffff5, false}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w window20
			for i, s := range c.steps {
				if got := w.fits(s.seq); got != s.ok {
					t.Fatalf("step %d: fits(%d) = %v, want %v", i, s.seq, got, s.ok)
				}
				if s.ok {
					w.accept(s.seq)
				}
			}
		})
	}
	t.Run("§6.12.14 numbers wrap and leave zero out", func(t *testing.T) {
		w := window20{highest: 0xfffffffe}
		for _, s := range []step{{0xffffffff, true}, {0, false}, {2, true}, {1, true}, {0, false}, {0xffffffff, false}} {
			if got := w.fits(s.seq); got != s.ok {
				t.Fatalf("fits(%#x) = %v, want %v", s.seq, got, s.ok)
			}
			if s.ok {
				w.accept(s.seq)
			}
		}
	})
}

// TestWindowModels compares both windows with sets of received numbers, over the same stretch of random leaps.
func TestWindowModels(t *testing.T) {
	t.Parallel()
	var w15 = newWindow15(1000)
	var w20 = window20{highest: 1000}
	seen15, seen20 := map[uint32]bool{}, map[uint32]bool{}
	high15, high20 := uint32(1000), uint32(1000)
	for n := uint32(992); n < 1000; n++ {
		seen15[n] = true
	}
	x := uint64(1)
	for range 200000 {
		x = x*6364136223846793005 + 1442695040888963407
		leap := int32(x>>33)%22 - 18
		n := uint32(int32(high15) + leap)
		want := !seen15[n] && int32(n-high15) <= 8 && int32(n-high15) >= -8
		if got := w15.fits(n); got != want {
			t.Fatalf("window15: highest %d: fits(%d) = %v, want %v", high15, n, got, want)
		}
		if want {
			w15.accept(n)
			seen15[n], high15 = true, max(high15, n)
		}
		n = uint32(int32(high20) + leap)
		want = !seen20[n] && n > 1000 && int32(n-high20) <= 15 && int32(n-high20) >= -16
		if got := w20.fits(n); got != want {
			t.Fatalf("window20: highest %d: fits(%d) = %v, want %v", high20, n, got, want)
		}
		if want {
			w20.accept(n)
			seen20[n], high20 = true, max(high20, n)
		}
	}
}

func TestNextSequence(t *testing.T) {
	t.Parallel()
	for n, want := range map[uint32]uint32{0: 1, 1: 2, 0xfffffffe: 0xffffffff, 0xffffffff: 1} {
		if got := nextSequence(n); got != want {
			t.Errorf("nextSequence(%#x) = %#x, want %#x", n, got, want)
		}
	}
}
