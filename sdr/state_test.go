package sdr

import (
	"bytes"
	"slices"
	"testing"
)

// TestRestore moves a repository that was written into another one. [IPMI 2.0 §33]
func TestRestore(t *testing.T) {
	t.Parallel()
	oem := func(id byte) []byte { return []byte{id, 0, 0x51, 0xc0, 5, 0xd9, 0x7e, 0, 0xaa, id} }
	set, err := NewSet(oem(1), oem(2))
	if err != nil {
		t.Fatal(err)
	}
	from := NewRepository(set, Config{Operations: SupportsDelete})
	if from.Revision() != 0 {
		t.Error("a new repository has changed")
	}
	if _, err := from.Add(Access{}, oem(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := from.Delete(Access{}, 1); err != nil || from.Revision() != 2 {
		t.Fatalf("delete: %v, revision %d", err, from.Revision())
	}
	records := slices.Collect(from.Records())
	kept, err := NewSet(records...)
	if err != nil {
		t.Fatal(err)
	}
	to := NewRepository(set, Config{Operations: SupportsDelete})
	if err := to.Restore(from.State(), kept); err != nil {
		t.Fatal(err)
	}
	if got := slices.Collect(to.Records()); !slices.EqualFunc(got, records, bytes.Equal) || to.State() != from.State() || to.Info() != from.Info() {
		t.Errorf("got % x %+v, want % x %+v", got, to.State(), records, from.State())
	}
	if id, err := to.Add(Access{}, oem(0)); id != 4 || err != nil {
		t.Errorf("the next record is %d, %v", id, err)
	}
	small := NewRepository(nil, Config{Capacity: 16})
	if err := small.Restore(State{}, kept); err == nil || small.Info().Records != 0 {
		t.Errorf("more than there is room for: %v", err)
	}
}
