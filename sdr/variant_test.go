package sdr

import (
	"slices"
	"testing"
)

// TestSetFromZero gives the first record the ID 0000h and leaves the set that it comes from as it is.
func TestSetFromZero(t *testing.T) {
	t.Parallel()
	record := func() []byte { return []byte{0, 0, 0x51, 0xc0, 3, 1, 2, 3} }
	set, err := NewSet(record(), record())
	if err != nil {
		t.Fatal(err)
	}
	list := func(s *Set) (ids []RecordID) {
		for r := range NewRepository(s, Config{}).Records() {
			ids = append(ids, idOf(r))
		}
		return ids
	}
	if got := list(set.FromZero()); !slices.Equal(got, []RecordID{0, 2}) {
		t.Errorf("record IDs %v", got)
	}
	if got := list(set); !slices.Equal(got, []RecordID{1, 2}) {
		t.Errorf("of the first set: %v", got)
	}
	if _, next, err := NewRepository(set.FromZero(), Config{}).Get(Access{}, 0, 0, ReadAll); err != nil || next != 2 {
		t.Errorf("the first record: next %d, %v", next, err)
	}
}

// TestTouchErasure moves the most recent erasure and nothing else.
func TestTouchErasure(t *testing.T) {
	t.Parallel()
	set, err := NewSet([]byte{0, 0, 0x51, 0xc0, 3, 1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	r := NewRepository(set, Config{Timestamp: func() uint32 { return 1000 }, LastAdd: 500})
	for i, want := range []uint32{1000, 1001} {
		if r.TouchErasure(); r.Info().LastErase != want || r.Info().LastAdd != 500 || r.Info().Records != 1 {
			t.Errorf("%d: %+v, want erased at %d", i, r.Info(), want)
		}
	}
}
