package bmc

import (
	"slices"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

func number(v float64) *float64 { return &v }

// sensorProfile gives a machine four sensors: a temperature with all six thresholds whose raw reading is its degrees, a
// supply's status, a sensor that software sets, and one without reading.
func sensorProfile(p *profiles.Profile) {
	host := profiles.RailHost
	p.I2C = []profiles.I2CBus{{Bus: profiles.BusID{Number: 1}, Devices: []profiles.I2CDevice{
		{At: 0x48, Model: "tmp75", Name: "inlet", Value: number(24)},
		{At: 0x58, Model: "pmbus", Name: "psu", Values: map[string]float64{"pin": 200}},
		{At: 0x2c, Model: "emc2301", Name: "fan", Rail: host, Value: number(8000)},
	}}}
	p.Sensors = []profiles.Sensor{
		{Number: 1, Name: "Inlet", Type: profiles.SensorType(sdr.Temperature), Scale: 1, Range: []float64{0, 255},
			From:  profiles.Sources{{Device: "inlet"}},
			Lower: profiles.Thresholds{NonCritical: number(10), Critical: number(5), NonRecoverable: number(2)},
			Upper: profiles.Thresholds{NonCritical: number(40), Critical: number(50), NonRecoverable: number(60)}},
		{Number: 2, Name: "Supply", Type: profiles.SensorType(sdr.PowerSupply), States: []profiles.SensorState{
			{State: 0, From: profiles.Sources{{Device: "psu"}}},
			{State: 1, From: profiles.Sources{{Device: "psu", Quantity: "failed"}}},
			{State: 3, From: profiles.Sources{{Device: "psu", Quantity: "vin"}}, Below: number(85)},
		}},
		{Number: 3, Name: "Software", Type: 0x0f, Possible: []uint8{0, 1, 2, 9}, Settable: true},
		{Number: 4, Name: "Events", Type: 0x12, Record: "event-only"},
		{Number: 5, Name: "Fan", Type: profiles.SensorType(sdr.Fan), Scale: 1, From: profiles.Sources{{Device: "fan"}}, Rail: host,
			Range: []float64{0, 25500}, Lower: profiles.Thresholds{Critical: number(1000)}},
	}
}

// sensorMachine builds sensorProfile and lets the test see the events.
func sensorMachine(t *testing.T, edits ...func(*profiles.Profile)) *Machine {
	t.Helper()
	return newTestMachine(t, append([]func(*profiles.Profile){sensorProfile}, edits...)...)
}

// TestGetSensorReading reads thresholds, states and what is not there. [IPMI 2.0 §35.14]
func TestGetSensorReading(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t)
	m.exchange(t,
		exchange{"§35.14 threshold: nothing crossed", ipmb.GetSensorReading, "01", "00 18 c0 c0"},
		exchange{"§35.14 discrete: presence", ipmb.GetSensorReading, "02", "00 00 c0 01 80"},
		exchange{"§35.14 event-only: CDh", ipmb.GetSensorReading, "04", "cd"},
		exchange{"§35.14 absent: CBh", ipmb.GetSensorReading, "77", "cb"},
		exchange{"§35.14 FFh is reserved: CBh", ipmb.GetSensorReading, "ff", "cb"},
		exchange{"§35.14 no number: C7h", ipmb.GetSensorReading, "", "c7"})
	for _, step := range []struct {
		celsius float64
		want    string
	}{
		{39, "00 27 c0 c0"}, {40, "00 28 c0 c8"}, {50, "00 32 c0 d8"}, {60, "00 3c c0 f8"},
		{10, "00 0a c0 c1"}, {5, "00 05 c0 c3"}, {2, "00 02 c0 c7"},
	} {
		if err := m.SetSensor("Inlet", step.celsius); err != nil {
			t.Fatal(err)
		}
		m.exchange(t, exchange{"§35.14 comparison without hysteresis", ipmb.GetSensorReading, "01", step.want})
	}
	if err := m.SetSensorAvailable("Inlet", false); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"§35.14 unavailable", ipmb.GetSensorReading, "01", "00 00 e0 c0"})
}

// TestOneTruth turns a device: reading, state and the device's own register agree, whoever turned it.
func TestOneTruth(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t)
	if err := m.SetDevice("inlet", "temperature", 33); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"the sensor follows the device", ipmb.GetSensorReading, "01", "00 21 c0 c0"})
	if err := m.SetSensor("Inlet", 42); err != nil {
		t.Fatal(err)
	}
	d, err := m.Device("inlet")
	if err != nil || d.Quantities[0].Value != 42 {
		t.Errorf("inlet is at %+v, %v; want 42", d.Quantities, err)
	}
	for _, step := range []struct {
		name string
		turn func() error
		want string
	}{
		{"a broken supply", func() error { return m.SetDevice("psu", "failed", 1) }, "00 00 c0 03 80"},
		{"mended", func() error { return m.SetDevice("psu", "failed", 0) }, "00 00 c0 01 80"},
		{"its cord pulled", func() error { return m.SetDevice("psu", "vin", 0) }, "00 00 c0 09 80"},
		{"pulled out", func() error { return m.SetDevicePresent("psu", false) }, "00 00 c0 00 80"},
	} {
		if err := step.turn(); err != nil {
			t.Fatal(err)
		}
		m.exchange(t, exchange{step.name, ipmb.GetSensorReading, "02", step.want})
	}
	s, err := m.Sensor("Inlet")
	if err != nil || s.Value != 42 || !slices.Equal(s.Thresholds, []string{"upper-non-critical"}) || s.Unit != "degrees-c" {
		t.Errorf("Sensor: %+v, %v", s, err)
	}
}

// TestHostRail takes the host's power: what hangs on it is unavailable, and comes back.
func TestHostRail(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t)
	m.exchange(t, exchange{"host on", ipmb.GetSensorReading, "05", "00 50 c0 c0"})
	if err := m.SetPower(PowerDown); err != nil {
		t.Fatal(err)
	}
	m.exchange(t,
		exchange{"host off", ipmb.GetSensorReading, "05", "00 00 e0 c0"},
		exchange{"standby rail", ipmb.GetSensorReading, "01", "00 18 c0 c0"})
	if err := m.SetPower(PowerUp); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"host on again", ipmb.GetSensorReading, "05", "00 50 c0 c0"})
}
