package bmc

import (
	"slices"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// linkedMachine has the sensors that show the machine itself.
func linkedMachine(t *testing.T) (*Machine, *eventTrap) {
	t.Helper()
	return trappedMachine(t, func(p *profiles.Profile) {
		p.Watchdog.Sensor = 0x23
		none := &[]uint8{}
		p.Sensors = append(p.Sensors,
			profiles.Sensor{Number: 0x23, Name: "Watchdog", Type: profiles.SensorType(sdr.Watchdog2), Possible: []uint8{0, 1, 2, 3, 8}, Deassertion: none},
			profiles.Sensor{Number: 0x71, Name: "ACPI", Type: profiles.SensorType(sdr.ACPIPowerState), Possible: []uint8{0, 5, 11}, Deassertion: none},
			profiles.Sensor{Number: 0x72, Name: "Button", Type: profiles.SensorType(sdr.Button), Possible: []uint8{0, 1, 2}, Deassertion: none})
	})
}

// TestACPISensor follows the host's power and Set ACPI Power State. [IPMI 2.0 §20.6, Table 42-3]
func TestACPISensor(t *testing.T) {
	t.Parallel()
	m, trap := linkedMachine(t)
	m.exchange(t, exchange{"S0", ipmb.GetSensorReading, "71", "00 00 c0 01 80"})
	if err := m.SetPower(PowerDown); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"S5", ipmb.GetSensorReading, "71", "00 00 c0 20 80"})
	if err := m.SetPower(PowerUp); err != nil {
		t.Fatal(err)
	}
	m.exchange(t,
		exchange{"legacy on", ipmb.GetSensorReading, "71", "00 00 c0 00 88"},
		exchange{"§20.6 the operating system", ipmb.SetACPIPowerState, "80 80", "00"},
		exchange{"S0", ipmb.GetSensorReading, "71", "00 00 c0 01 80"})
	trap.want(t, "each state", "71:05ffff", "71:0bffff", "71:00ffff")
}

// TestButtonSensor shows a button going down. [IPMI 2.0 Table 42-3]
func TestButtonSensor(t *testing.T) {
	t.Parallel()
	m, trap := linkedMachine(t)
	if err := m.PressButton(ButtonReset); err != nil {
		t.Fatal(err)
	}
	trap.want(t, "reset", "72:02ffff")
	if err := m.PressButton(ButtonPowerHold); err != nil {
		t.Fatal(err)
	}
	trap.want(t, "power", "72:00ffff", "71:05ffff")
}

// TestDiagnosticInterruptSensor shows an interrupt that a client asks for, and none to a host that is off. [IPMI 2.0 §28.3]
func TestDiagnosticInterruptSensor(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t, func(p *profiles.Profile) {
		p.Sensors = append(p.Sensors, profiles.Sensor{Number: 0x75, Name: "Critical", Type: profiles.SensorType(sdr.CriticalInterrupt),
			Possible: []uint8{0, 3}, Deassertion: &[]uint8{}})
	})
	m.exchange(t, exchange{"§28.3 diagnostic interrupt", ipmb.ChassisControl, "04", "00"})
	trap.want(t, "interrupted", "75:00ffff")
	m.exchange(t,
		exchange{"it is over", ipmb.GetSensorReading, "75", "00 00 c0 00 80"},
		exchange{"§28.3 power down", ipmb.ChassisControl, "00", "00"},
		exchange{"§28.3 nobody to interrupt", ipmb.ChassisControl, "04", "d5"})
	trap.want(t, "off")
}

// TestOwnEventsHeedTheSensor lets a sensor's enables hold for events that another part raises in its name.
// [IPMI 2.0 §35.10]
func TestOwnEventsHeedTheSensor(t *testing.T) {
	t.Parallel()
	m, trap := linkedMachine(t)
	expire := func() {
		m.exchange(t,
			exchange{"§27.6 no action, at once", ipmb.SetWatchdogTimer, "04 00 00 10 00 00", "00"},
			exchange{"§27.5", ipmb.ResetWatchdogTimer, "", "00"})
	}
	expire()
	trap.want(t, "expired", "23:c004ff")
	m.exchange(t,
		exchange{"§35.13 the sensor remembers", ipmb.GetSensorEventStatus, "23", "00 c0 01 00 00 00"},
		exchange{"§35.10 not this one", ipmb.SetSensorEventEnable, "23 e0 01 00 00 00", "00"})
	expire()
	trap.want(t, "switched off")
	m.exchange(t, exchange{"§35.10 this one", ipmb.SetSensorEventEnable, "23 d0 01 00 00 00", "00"})
	expire()
	trap.want(t, "switched on", "23:c004ff")
}

// TestSensorsAfterRestarts tells what a reset of the host and of the controller do to sensors. [IPMI 2.0 §33.6]
func TestSensorsAfterRestarts(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t)
	change := func() {
		t.Helper()
		m.exchange(t,
			exchange{"§35.8", ipmb.SetSensorThresholds, "01 08 00 00 00 14 00 00", "00"},
			exchange{"§35.10", ipmb.SetSensorEventEnable, "01 40", "00"},
			exchange{"§35.17", ipmb.SetSensorReadingAndEventStatus, "03 10 00 01 00", "00"})
	}
	restored := func(name string) {
		t.Helper()
		m.exchange(t,
			exchange{name, ipmb.GetSensorThresholds, "01", "00 3f 0a 05 02 28 32 3c"},
			exchange{name, ipmb.GetSensorEventEnable, "01", "00 c0 95 0a 95 0a"})
	}
	change()
	trap.want(t, "below 24 degrees", "01:571814", "03:00ffff")
	if err := m.SetPower(HardReset); err != nil {
		t.Fatal(err)
	}
	restored("a reset of the host runs the initialization agent")
	m.exchange(t, exchange{"what software said stays", ipmb.GetSensorReading, "03", "00 00 c0 01 80"})
	trap.want(t, "the condition is gone", "01:-571828")
	change()
	trap.want(t, "again", "01:571814")
	m.RemoveAC()
	m.ReturnAC()
	restored("a restart of the controller")
	m.exchange(t,
		exchange{"what software said is forgotten", ipmb.GetSensorReading, "03", "00 00 c0 00 80"},
		exchange{"event status is forgotten", ipmb.GetSensorEventStatus, "03", "00 c0 00 00 00 00"})
}

// TestSharedRecord makes several sensors of one compact record. [IPMI 2.0 §43.2]
func TestSharedRecord(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, func(p *profiles.Profile) {
		p.Sensors = []profiles.Sensor{{Number: 0x40, Name: "Bay ", Type: 0x0d, Possible: []uint8{0, 1}, Share: 3}}
	})
	var names []string
	for _, s := range m.Sensors() {
		names = append(names, s.Name)
	}
	if want := []string{"Bay 1", "Bay 2", "Bay 3"}; !slices.Equal(names, want) {
		t.Errorf("sensors %q, want %q", names, want)
	}
	if err := m.SetSensorState("Bay 2", 1, true); err != nil {
		t.Fatal(err)
	}
	m.exchange(t,
		exchange{"its neighbour", ipmb.GetSensorReading, "40", "00 00 c0 00 80"},
		exchange{"the second", ipmb.GetSensorReading, "41", "00 00 c0 02 80"})
	if n := m.sdrs.repository.Info().Records; n != 1 {
		t.Errorf("%d records", n)
	}
}
