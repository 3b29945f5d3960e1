package sel

import (
	"slices"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// TestRestore moves a log that was written, aged and reserved into another one. [IPMI 2.0 §31]
func TestRestore(t *testing.T) {
	t.Parallel()
	cfg := Config{Capacity: 3, Policy: Ring, Operations: AllOperations}
	from, err := NewLog(cfg)
	if err != nil {
		t.Fatal(err)
	}
	entry := Entry{2: 0xc0}
	for range 5 {
		if _, err := from.Add(entry); err != nil {
			t.Fatal(err)
		}
	}
	reservation, _ := from.Reserve()
	before := from.Revision()
	if _, err := from.Delete(reservation, 4); err != nil || from.Revision() == before {
		t.Fatalf("delete: %v, revision %d", err, from.Revision())
	}
	before = from.Revision()
	from.Get(0, 5, 0, ReadAll)
	from.Reserve()
	if from.Revision() != before {
		t.Error("reading and reserving are changes")
	}
	to, err := NewLog(cfg, Entry{0: 9, 2: 0xc1})
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Restore(from.State(), slices.Collect(from.Entries())); err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Collect(to.Entries()), slices.Collect(from.Entries()); !slices.Equal(got, want) || to.State() != from.State() {
		t.Errorf("got %v %+v, want %v %+v", got, to.State(), want, from.State())
	}
	if _, err := to.Delete(reservation, 5); err != ipmb.ReservationCanceled {
		t.Errorf("an old reservation: %v", err)
	}
	if id, err := to.Add(entry); id != 6 || err != nil {
		t.Errorf("the next entry is %d, %v", id, err)
	}
	for name, entries := range map[string][]Entry{
		"too many": make([]Entry, 4), "reserved ID": {{}}, "the same ID twice": {{0: 1}, {0: 1}},
	} {
		if err := to.Restore(State{}, entries); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
