package sel

import (
	"slices"
	"testing"
)

// TestFromZero counts record IDs from 0000h, also after Clear and Restore.
func TestFromZero(t *testing.T) {
	t.Parallel()
	zero := func(c *Config) { c.FromZero = true }
	l, _ := newLog(t, zero)
	add(t, l, 3)
	if got := ids(l); !slices.Equal(got, []RecordID{0, 1, 2}) {
		t.Fatalf("record IDs %v", got)
	}
	if _, next, err := l.Get(0, 0, 0, ReadAll); err != nil || next != 1 {
		t.Errorf("the first entry: next %d, %v", next, err)
	}
	again, _ := newLog(t, zero)
	if err := again.Restore(l.State(), slices.Collect(l.Entries())); err != nil {
		t.Errorf("restored: %v", err)
	}
	strict, _ := newLog(t)
	if err := strict.Restore(l.State(), slices.Collect(l.Entries())); err == nil {
		t.Error("a log that counts from 1 took the ID 0000h")
	}
	if err := l.Clear(reserve(t, l)); err != nil {
		t.Fatal(err)
	}
	if add(t, l, 1); ids(l)[0] != 0 {
		t.Errorf("after Clear: record ID %d", ids(l)[0])
	}
	if _, err := NewLog(Config{FromZero: true}, Entry{}, Entry{0, 0, 2}, Entry{1, 0, 2}); err == nil {
		t.Error("two entries with the ID 0001h were taken")
	}
}

// TestUnit counts storage in units that are larger than an entry.
func TestUnit(t *testing.T) {
	t.Parallel()
	l, _ := newLog(t, func(c *Config) { c.Unit, c.Overflowed = 18, true })
	add(t, l, 4)
	if info, err := l.Info(); err != nil || info.Free != 12*18 || info.Operations&Overflow == 0 {
		t.Errorf("%+v", info)
	}
	if a := l.Allocation(); a.Unit != 18 || a.Units != 16 || a.Free != 12 {
		t.Errorf("%+v", a)
	}
}
