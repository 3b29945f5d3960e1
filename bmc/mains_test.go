package bmc

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// entries is the number of entries of the log.
func (m *Machine) entries() (n int) {
	m.withLock(func() { n = m.sel.Len() })
	return n
}

// TestNothingHappensWithoutPower turns sensors and devices while the controller has no power, or resets: there is nobody
// who sees it. Its first look afterwards raises no events, as at any start. [IPMI 2.0 §20.2]
func TestNothingHappensWithoutPower(t *testing.T) {
	t.Parallel()
	slow := func(p *profiles.Profile) { p.Device.ColdReset = profiles.Duration(10 * time.Second) }
	for name, c := range map[string]struct{ down, up func(*Machine) }{
		"AC":         {func(m *Machine) { m.RemoveAC() }, func(m *Machine) { m.ReturnAC() }},
		"cold reset": {func(m *Machine) { m.ask(t, ipmb.ColdReset, "") }, func(*Machine) {}},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newTestMachine(t, sensorProfile, slow)
			c.down(m)
			m.set(t, "Inlet", 55)
			if err := m.SetSensorState("Software", 1, true); err != nil {
				t.Fatal(err)
			}
			m.SetCondition(ConditionIntrusion, true)
			if n := m.entries(); n != 0 {
				t.Errorf("%s: %d entries in the log of a controller that is down", name, n)
			}
			c.up(m)
			pass(time.Minute)
			m.exchange(t,
				exchange{"§35.14 " + name, ipmb.GetSensorReading, "01", "00 37 c0 d8"},
				exchange{"§35.13 " + name, ipmb.GetSensorEventStatus, "01", "00 c0 80 02 00 00"},
				exchange{"§35.14 " + name, ipmb.GetSensorReading, "03", "00 00 c0 02 80"})
			if n := m.entries(); n != 0 {
				t.Errorf("%s: %d entries after the start", name, n)
			}
			m.set(t, "Inlet", 20)
			if n := m.entries(); n != 2 {
				t.Errorf("%s: %d entries, want the two thresholds' deassertions", name, n)
			}
		})
	}
}

// TestLimitsWithoutPower looks at DCMI's limits again when the controller has its power again. [DCMI §6.6.3, §6.7.2]
func TestLimitsWithoutPower(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, dcmiProfile, func(p *profiles.Profile) { p.Power.Restore = profiles.RestorePrevious })
		m.exchange(t,
			exchange{"DCMI §6.7.2 23 degrees, log, 30 s", ipmb.SetThermalLimit, "37 01 20 17 1e00", "00 dc"},
			exchange{"DCMI §6.6.3 50 W, log, 30 s", ipmb.SetPowerLimit, "000000 11 3200 30750000 0000 0a00", "00 dc"},
			exchange{"DCMI §6.6.4", ipmb.ActivateDeactivatePowerLimit, "01 0000", "00 dc"})
		m.RemoveAC()
		pass(time.Minute)
		m.set(t, "Inlet 1", 25)
		if err := m.SetDevice("psu1", "pin", 120); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		if n := m.entries(); n != 0 {
			t.Errorf("%d entries without power", n)
		}
		m.ReturnAC()
		pass(29 * time.Second)
		if n := m.entries(); n != 0 {
			t.Errorf("%d entries too soon", n)
		}
		pass(2 * time.Second)
		if n := m.entries(); n != 2 {
			t.Errorf("%d entries, want one for each limit", n)
		}
	})
}
