package dell_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
)

const base = `profile: test
extends: generic
clock: {start: "2024-01-01T00:00:00Z"}
system:
  info:
    parameters:
      - {number: 0xc5, data: "07 41 42 43 44 45 46 47"}
      - {number: 0xdd, set: 2, data: "00 00 00 00 00 00 00 00 20"}
oem:
  dell:
    duty: 40
    fans: [{sensor: Fan 1, full: 15000}]
`

func run(t *testing.T, m *bmc.Machine, steps ...[3]string) {
	t.Helper()
	for _, s := range steps {
		if got := fmt.Sprintf("% x", bmctest.Ask(t, m, s[1])); got != s[2] {
			t.Errorf("%s: %s answers %s, want %s", s[0], s[1], got, s[2])
		}
	}
}

// TestCommands sends what delloem, ipmi-oem and fan controllers do.
func TestCommands(t *testing.T) {
	t.Parallel()
	m := bmctest.New(t, bmctest.YAML(base))
	fan := func(want float64) {
		t.Helper()
		if s, err := m.Sensor("Fan 1"); err != nil || s.Value < want*0.95 || s.Value > want*1.05 {
			t.Errorf("fan 1 is at %v (%v), want about %v", s.Value, err, want)
		}
	}
	fan(8400) // as the profile has it, until somebody drives it
	run(t, m,
		[3]string{"service tag", "06 59 00 c5 00 00", "00 11 07 41 42 43 44 45 46 47"},
		[3]string{"iDRAC information", "06 59 00 dd 02 00", "00 11 02 00 00 00 00 00 00 00 00 20"},
		[3]string{"dedicated", "30 29", "00 01 00"},
		[3]string{"dedicated port", "30 c1 00 00 00", "00 05 00 00"},
		[3]string{"LOM 2, failover to all", "30 28 03 06", "00"},
		[3]string{"selection", "30 29", "00 03 06"},
		[3]string{"LOM 2", "30 c1 00 00 00", "00 02 00 00"},
		[3]string{"link", "30 c1 01 00 00", "00 02 01 00"},
		[3]string{"1 Gbps", "30 c1 02 00 00", "00 02 02 00"},
		[3]string{"full duplex", "30 c1 03 00 00", "00 02 01 00"},
		[3]string{"sub-command 4", "30 c1 04 00 00", "cc"},
		[3]string{"dedicated with failover", "30 28 01 06", "cc"},
		[3]string{"failover to itself", "30 28 03 03", "cc"},
		[3]string{"LOM 5", "30 28 06 00", "cc"},
		[3]string{"generation 11", "30 24 02", "c1"},
		[3]string{"generation 11", "30 25", "c1"},
		[3]string{"duty in automatic control", "30 30 02 ff 32", "d5"},
		[3]string{"manual", "30 30 01 00", "00"},
		[3]string{"duty", "30 30 02 ff 32", "00"},
		[3]string{"101 %", "30 30 02 ff 65", "cc"},
		[3]string{"duty without", "30 30 02 ff", "c7"},
		[3]string{"mode 2", "30 30 01 02", "cc"},
		[3]string{"another selector", "30 9c 07 02", "cc"},
		[3]string{"clear what", "30 9d 07 01 03", "cc"})
	fan(7500)
	run(t, m, [3]string{"automatic", "30 30 01 01", "00"})
	fan(6000)
	run(t, bmctest.New(t, bmctest.YAML(base+"    generation: 11\n    nic: 2\n")),
		[3]string{"dedicated", "30 25", "00 02"},
		[3]string{"no LOM", "30 c1 00 00 00", "00 00 00 00"},
		[3]string{"link", "30 c1 01 00 00", "cc"},
		[3]string{"shared", "30 24 00", "00"},
		[3]string{"LOM 1", "30 c1 00 00 00", "00 01 00 00"},
		[3]string{"selection 4", "30 24 04", "cc"},
		[3]string{"generation 12", "30 29", "c1"},
		[3]string{"generation 12", "30 28 01 00", "c1"})
}

// TestPower counts energy and remembers peaks.
func TestPower(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := bmctest.New(t, bmctest.YAML(base))
		set := func(watts float64) {
			t.Helper()
			for _, name := range []string{"psu1", "psu2"} {
				if err := m.SetDevice(name, "pin", watts/2); err != nil {
					t.Fatal(err)
				}
			}
		}
		watts := func() float64 { return float64(binary.LittleEndian.Uint16(bmctest.Ask(t, m, "30 b3 0a 00")[1:])) }
		near := func(what string, got, want, by float64) {
			t.Helper()
			if math.Abs(got-want) > by {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		const begin = 1704067200 // 2024-01-01
		set(400)
		near("power", watts(), 400, 4)
		time.Sleep(3 * time.Hour)
		set(600)
		near("power", watts(), 600, 6)
		set(300)
		data := bmctest.Ask(t, m, "30 9c 07 01")
		if len(data) != 25 {
			t.Fatalf("% x", data)
		}
		le := binary.LittleEndian
		near("energy since", float64(le.Uint32(data[1:])), begin, 1)
		near("energy", float64(le.Uint32(data[5:])), 1200, 30)
		near("peaks since", float64(le.Uint32(data[9:])), begin, 1)
		near("peak power at", float64(le.Uint32(data[19:])), begin+3*3600, 1)
		near("peak power", float64(le.Uint16(data[23:])), 600, 6)
		headroom := bmctest.Ask(t, m, "30 bb")
		near("headroom", float64(le.Uint16(headroom[1:])), 450, 6)
		near("headroom at the peak", float64(le.Uint16(headroom[3:])), 150, 6)
		run(t, m, [3]string{"clear the peaks", "30 9d 07 01 02", "00"}, [3]string{"clear the energy", "30 9d 07 01 01", "00"})
		data = bmctest.Ask(t, m, "30 9c 07 01")
		near("energy since", float64(le.Uint32(data[1:])), begin+3*3600, 1)
		near("energy", float64(le.Uint32(data[5:])), 0, 0)
		near("peak power", float64(le.Uint16(data[23:])), 300, 6)
	})
}
