package bmc_test

import (
	"testing"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestQuirksFitTheMachine: the commands of every quirk are in the command table, alone and all together.
func TestQuirksFitTheMachine(t *testing.T) {
	t.Parallel()
	generic, err := profiles.Load("generic")
	if err != nil {
		t.Fatal(err)
	}
	b, err := bmc.NewBlueprint(generic)
	if err != nil {
		t.Fatal(err)
	}
	m, err := b.New()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, name := range profiles.Quirks() {
		if err := m.SetFaults(profiles.Faults{}, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := m.SetFaults(profiles.Faults{}, profiles.Quirks()...); err != nil {
		t.Error(err)
	}
}
