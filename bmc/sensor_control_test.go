package bmc

import (
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// TestRearmSetSensor re-arms a sensor that software has set: its states stay, and their events come again.
// [IPMI 2.0 §29.1, §35.12, §35.17]
func TestRearmSetSensor(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t)
	m.exchange(t, exchange{"§35.17 states 1 and 9", ipmb.SetSensorReadingAndEventStatus, "03 10 00 02 02", "00"})
	trap.want(t, "§35.17", "03:01ffff", "03:09ffff")
	m.exchange(t,
		exchange{"§35.12 all", ipmb.ReArmSensorEvents, "03 00", "00"},
		exchange{"§35.14 the states are still there", ipmb.GetSensorReading, "03", "00 00 c0 02 82"},
		exchange{"§35.13", ipmb.GetSensorEventStatus, "03", "00 c0 02 02 00 00"})
	trap.want(t, "§35.12", "03:01ffff", "03:09ffff")
	m.exchange(t,
		exchange{"§35.12 state 9", ipmb.ReArmSensorEvents, "03 80 00 02", "00"},
		exchange{"§35.14", ipmb.GetSensorReading, "03", "00 00 c0 02 82"})
	trap.want(t, "§35.12 of one state", "03:09ffff")
	m.exchange(t,
		exchange{"§29.1", ipmb.SetEventReceiver, "20 00", "00"},
		exchange{"§35.14 after the global re-arm", ipmb.GetSensorReading, "03", "00 00 c0 02 82"})
	trap.want(t, "§29.1", "02:00ffff", "03:01ffff", "03:09ffff")
}

// TestRearmEventOnly leaves sensors without a reading alone: there is nothing to scan. [IPMI 2.0 §29.1, §43.3]
func TestRearmEventOnly(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t)
	for _, offset := range []uint8{1, 2} {
		if err := m.SetSensorState("Events", offset, true); err != nil {
			t.Fatal(err)
		}
		m.exchange(t, exchange{"§29.1", ipmb.SetEventReceiver, "20 00", "00"})
	}
	trap.want(t, "each once", "04:01ffff", "02:00ffff", "04:02ffff", "02:00ffff")
}

// TestEventMessageControl lets each kind of control do what it can and nothing else. [IPMI 2.0 §35.10, §43.1 byte 12]
func TestEventMessageControl(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		control sdr.Capabilities
		off     string // Get Sensor Event Enable after all messages were disabled
		some    string // after one of the events was disabled
		events  bool   // come when nothing was disabled
	}{
		{"per state", sdr.EventsPerState, "00 40 95 0a 95 0a", "00 c0 15 0a 15 0a", true},
		{"entire sensor", sdr.EventsWholeSensor, "00 40 95 0a 95 0a", "00 c0 95 0a 95 0a", true},
		{"global disable only", sdr.EventsGlobal, "00 c0 95 0a 95 0a", "00 c0 95 0a 95 0a", true},
		{"no events", sdr.EventsNone, "00 40 95 0a 95 0a", "00 c0 95 0a 95 0a", false},
	} {
		m, trap := trappedMachine(t, func(p *profiles.Profile) {
			caps := uint8(sdr.AutoRearm | sdr.HysteresisSettable | sdr.ThresholdsSettable | c.control)
			p.Sensors[0].Capabilities = &caps
		})
		m.set(t, "Inlet", 45)
		m.set(t, "Inlet", 24)
		if c.events {
			trap.want(t, c.name, "01:572d28", "01:-571828")
		} else {
			trap.want(t, c.name)
		}
		m.exchange(t,
			exchange{c.name, ipmb.SetSensorEventEnable, "01 e0 80 00 80 00", "00"},
			exchange{c.name, ipmb.GetSensorEventEnable, "01", c.some},
			exchange{c.name, ipmb.SetSensorEventEnable, "01 d0 80 00 80 00", "00"},
			exchange{c.name, ipmb.SetSensorEventEnable, "01 40", "00"})
		if c.control != sdr.EventsNone {
			m.exchange(t, exchange{c.name, ipmb.GetSensorEventEnable, "01", c.off})
		}
	}
}

// TestInitializationAgentEnables enables what the record says, whatever the record tells of the state that the sensor
// comes up in, which the agent does not use. [IPMI 2.0 §33.6, §43.1 byte 11]
func TestInitializationAgentEnables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                     string
		init                     sdr.Initialization
		start, off, reset, again string
	}{
		{"comes up disabled, both are initialized", sdr.InitScanning | sdr.InitEvents, "c0", "00", "c0", "c0"},
		{"comes up enabled, none is initialized", sdr.ScanningEnabled | sdr.EventsEnabled, "c0", "00", "00", "c0"},
		{"comes up disabled, events are initialized", sdr.InitEvents, "80", "00", "80", "80"},
		{"comes up disabled, scanning is initialized", sdr.InitScanning, "40", "00", "40", "40"},
	} {
		record, err := sensorRecord(&profiles.Sensor{
			Number: 1, Name: "Inlet", Type: profiles.SensorType(sdr.Temperature), Scale: 1, Range: []float64{0, 255},
			Initialization: (*uint8)(&c.init), Upper: profiles.Thresholds{Critical: number(50)},
		})
		if err != nil {
			t.Fatal(err)
		}
		m := sensorMachine(t, func(p *profiles.Profile) {
			p.Sensors[0] = profiles.Sensor{Number: 1, Raw: record.AppendTo(nil), Value: number(20)}
		})
		flags := func(want string) exchange {
			return exchange{c.name, ipmb.GetSensorEventEnable, "01", "00 " + want + " 00 02 00 02"}
		}
		m.exchange(t, flags(c.start), exchange{c.name, ipmb.SetSensorEventEnable, "01 00", "00"}, flags(c.off))
		if err := m.SetPower(HardReset); err != nil {
			t.Fatal(err)
		}
		m.exchange(t, flags(c.reset), exchange{"§20.2", ipmb.ColdReset, "", "00"}, flags(c.again))
	}
}

// TestPartsEvents holds the events that other parts raise in a sensor's name to the sensor's masks and control.
// [IPMI 2.0 §35.13.2, §43.1]
func TestPartsEvents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, status string
		caps         sdr.Capabilities
		events       []string
	}{
		{"one of two offsets is supported", "00 c0 02 00 00 00", sdr.AutoRearm, []string{"23:c124ff"}},
		{"no events", "00 c0 02 00 00 00", sdr.AutoRearm | sdr.EventsNone, nil},
	} {
		m, trap := trappedMachine(t, func(p *profiles.Profile) {
			caps := uint8(c.caps)
			p.Sensors = append(p.Sensors, profiles.Sensor{Number: 0x23, Name: "Watchdog", Type: sensorTypeWatchdog2, Possible: []uint8{1}, Capabilities: &caps})
		})
		m.exchange(t,
			exchange{"§27.6 NMI and hard reset", ipmb.SetWatchdogTimer, "04 21 00 00 00 00", "00"},
			exchange{"§27.5 at once", ipmb.ResetWatchdogTimer, "", "00"},
			exchange{"§35.13 " + c.name, ipmb.GetSensorEventStatus, "23", c.status})
		trap.want(t, c.name, c.events...)
	}
}

// TestReadingMask returns the states that the record says can be read, and no others; events have masks of their own.
// [IPMI 2.0 §43.1, bytes 15-20]
func TestReadingMask(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t, func(p *profiles.Profile) { p.Sensors[2].Masks = []uint16{0x0006, 0x0002, 0x0003} })
	for _, offset := range []uint8{0, 1, 2, 9} {
		if err := m.SetSensorState("Software", offset, true); err != nil {
			t.Fatal(err)
		}
	}
	m.exchange(t,
		exchange{"§35.14 states 0 and 1", ipmb.GetSensorReading, "03", "00 00 c0 03 80"},
		exchange{"§35.13 events 1 and 2", ipmb.GetSensorEventStatus, "03", "00 c0 06 00 00 00"})
	trap.want(t, "events 1 and 2", "03:01ffff", "03:02ffff")
}

// TestInitializationAgentThresholds sets the thresholds that can be set, and lets the others be. [IPMI 2.0 §43.1 byte 11]
func TestInitializationAgentThresholds(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, func(p *profiles.Profile) {
		s := &p.Sensors[0]
		s.Masks = []uint16{0x0a80, 0x0a80, 0x1018} // upper non-critical and critical can be read, the latter be set
		s.Live = &profiles.Limits{Upper: profiles.Thresholds{NonCritical: number(42), Critical: number(52)}}
	})
	get := ipmb.GetSensorThresholds
	m.exchange(t,
		exchange{"§35.9 at the start", get, "01", "00 18 00 00 00 2a 34 00"},
		exchange{"§35.8 not settable", ipmb.SetSensorThresholds, "01 08 00 00 00 2b 00 00", "cc"},
		exchange{"§35.8", ipmb.SetSensorThresholds, "01 10 00 00 00 00 37 00", "00"},
		exchange{"§35.9", get, "01", "00 18 00 00 00 2a 37 00"},
		exchange{"§33.21", ipmb.RunInitializationAgent, "01", "00 01"},
		exchange{"§33.6", get, "01", "00 18 00 00 00 2a 32 00"},
		exchange{"§20.2", ipmb.ColdReset, "", "00"},
		exchange{"§20.2 as at the start", get, "01", "00 18 00 00 00 2a 34 00"})
}

// TestSetSensorNothing changes neither reading nor status: the sensor goes on following its device. [IPMI 2.0 §35.17]
func TestSetSensorNothing(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t, func(p *profiles.Profile) { p.Sensors[0].Settable = true })
	set, get := ipmb.SetSensorReadingAndEventStatus, ipmb.GetSensorReading
	if err := m.SetSensorAvailable("Inlet", false); err != nil {
		t.Fatal(err)
	}
	m.exchange(t,
		exchange{"no operation", set, "01 00 37", "00"},
		exchange{"§35.14 unavailable as before", get, "01", "00 00 e0 c0"},
		exchange{"operations without their bytes", set, "01 14 37", "00"},
		exchange{"§35.14 unavailable as before", get, "01", "00 00 e0 c0"})
	if err := m.SetSensorAvailable("Inlet", true); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"no operation", set, "01 00 37", "00"}, exchange{"§35.14", get, "01", "00 18 c0 c0"})
	if err := m.SetDevice("inlet", "temperature", 45); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"§35.14 follows its device", get, "01", "00 2d c0 c8"})
	trap.want(t, "§35.17", "01:572d28")
}
