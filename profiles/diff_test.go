package profiles

import (
	"slices"
	"strings"
	"testing"
)

// TestDiff compares generic with a machine that changes it.
func TestDiff(t *testing.T) {
	t.Parallel()
	changed, err := Parse("changed.yaml", []byte(`profile: changed
description: another
extends: generic
seed: 7
device: {firmware: "2.15", auxiliary: 01 02 03 04}
users:
  - {id: 3, remove: true}
  - {id: 5, name: new, privilege: user}
channels:
  - {number: 1, cipher_suites: [3, 17]}
sensors:
  - {number: 0x01, upper: {critical: 42}}
  - {number: 0x30, name: Fan 2}
  - {number: 0x77, remove: true}
`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Diff(mustLoad(t, "generic"), changed)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`device.auxiliary: 00 00 00 00 → 01 02 03 04`,
		`device.firmware: "1.00" → "2.15"`,
		`channels[1].cipher_suites: [{id: 0, privilege: user}, 1, 2, 3, {id: 6, privilege: user}, 7, 8, 11, 12, 15, 16, 17] → [3, 17]`,
		`- users[operator]: {id: 3, name: operator, password: password, privilege: operator}`,
		`+ users[new]: {id: 5, name: new, privilege: user}`,
		`sensors[Inlet Temp].upper.critical: 47 → 42`,
		`sensors[0x30].name: Fan 1 → Fan 2`,
		`- sensors[System Event]: {number: 0x77, name: System Event, type: system-event, record: event-only}`,
		`+ seed: 7`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if same, err := Diff(changed, changed); err != nil || len(same) != 0 {
		t.Errorf("with itself: %v, %v", same, err)
	}
}
