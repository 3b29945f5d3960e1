package supermicro_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/oem/supermicro"
	"github.com/fakebmc/fakebmc/profiles"
)

const base = `profile: test
extends: generic
oem:
  supermicro:
    zones:
      - {number: 0, duty: 40, fans: [{sensor: Fan 1, full: 15000}, {sensor: Fan 2, full: 15000}]}
      - {number: 1, duty: 30}
`

// TestCommands sends what fan controllers, FreeIPMI and the exporter do.
func TestCommands(t *testing.T) {
	t.Parallel()
	m := bmctest.New(t, bmctest.YAML(base))
	m.SetCondition(bmc.ConditionIntrusion, true)
	fan := func(want float64) {
		t.Helper()
		if s, err := m.Sensor("Fan 1"); err != nil || s.Value < want*0.95 || s.Value > want*1.05 {
			t.Errorf("fan 1 is at %v (%v), want about %v", s.Value, err, want)
		}
	}
	fan(8400) // as the profile has it, until somebody drives it
	for _, step := range []struct{ name, request, want string }{
		{"reset intrusion", "30 03", "00"},
		{"mode", "30 45 00", "00 02"},
		{"mode without a mode", "30 45 01", "c7"},
		{"read with a mode", "30 45 00 01", "c7"},
		{"a mode that the board lacks", "30 45 01 03", "cc"},
		{"operation 2", "30 45 02", "cc"},
		{"full", "30 45 01 01", "00"},
		{"mode", "30 45 00", "00 01"},
		{"duty", "30 70 66 00 01", "00 64"},
		{"set duty", "30 70 66 01 00 32", "00"},
		{"duty", "30 70 66 00 00", "00 32"},
		{"no such zone reads 0", "30 70 66 00 07", "00 00"},
		{"no such zone", "30 70 66 01 07 32", "cc"},
		{"101 %", "30 70 66 01 00 65", "cc"},
		{"no zone", "30 70 66 00", "c7"},
		{"LAN mode", "30 70 0c 00", "00 02"},
		{"dedicated", "30 70 0c 01 00", "00"},
		{"LAN mode", "30 70 0c 00", "00 00"},
		{"LAN mode 3", "30 70 0c 01 03", "cc"},
		{"LAN mode without", "30 70 0c 01", "c7"},
		{"another sub-command", "30 70 67 00 00", "cc"},
		{"X9", "30 91 5a 03 00 80", "c1"},
	} {
		if got := fmt.Sprintf("% x", bmctest.Ask(t, m, step.request)); got != step.want {
			t.Errorf("%s: %s answers %s, want %s", step.name, step.request, got, step.want)
		}
	}
	fan(7500)
	const intrusion = 1 << 0 // [IPMI 2.0 §28.2, byte 4]
	if got := bmctest.Ask(t, m, "00 01"); got[3]&intrusion != 0 {
		t.Errorf("the intrusion is still there: % x", got)
	}
	x9 := bmctest.New(t, bmctest.YAML(base+"    x9: true\n"))
	if got := bmctest.Ask(t, x9, "30 91 5a 03 00 80"); got[0] != 0 {
		t.Errorf("X9: % x", got)
	}
	if s, err := x9.Sensor("Fan 1"); err != nil || s.Value < 7000 || s.Value > 8000 {
		t.Errorf("X9: fan 1 is at %v, %v", s.Value, err)
	}
	if got := fmt.Sprintf("% x", bmctest.Ask(t, x9, "30 70 66 00 00")); got != "cc" {
		t.Errorf("X9 has duties at 30h/70h: %s", got)
	}
}

// TestProfileErrors names the value that does not fit.
func TestProfileErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"fan_mode: pue": "oem.supermicro.fan_mode: pue is none of fan_modes",
		"zones: [{number: 0, fans: [{sensor: X, full: 1}]}]": "oem.supermicro.zones: ",
	} {
		p, err := profiles.Parse("x.yaml", []byte("profile: x\nextends: generic\noem: {supermicro: {"+text+"}}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bmc.New(p, bmc.WithVendors(supermicro.Vendor())); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
}
