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

// TestSensorFactors reads the factors of linear and non-linear sensors. [IPMI 2.0 §35.5]
func TestSensorFactors(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, func(p *profiles.Profile) {
		p.Sensors = append(p.Sensors, profiles.Sensor{
			Number: 6, Name: "Curve", Type: profiles.SensorType(sdr.Temperature), Linearization: 0x70, Value: number(30),
			Factors: []profiles.Factors{{Reading: 0x10, M: 1}, {Reading: 0x80, M: 2, B: -10, Tolerance: 1, Accuracy: 0x155, AccuracyExp: 2, RExp: -1, BExp: 1}},
		})
	})
	m.exchange(t,
		exchange{"§35.5 linear: 100 RPM", ipmb.GetSensorReadingFactors, "05 20", "00 00 01 00 00 00 00 20"},
		exchange{"§35.5 near the first entry", ipmb.GetSensorReadingFactors, "06 00", "00 10 01 00 00 00 00 00"},
		exchange{"§35.5 exactly the first entry", ipmb.GetSensorReadingFactors, "06 10", "00 80 01 00 00 00 00 00"},
		exchange{"§35.5 the second", ipmb.GetSensorReadingFactors, "06 80", "00 10 02 01 f6 d5 58 f1"},
		exchange{"§35.5 discrete: CDh", ipmb.GetSensorReadingFactors, "02 00", "cd"},
		exchange{"§35.5 absent: CBh", ipmb.GetSensorReadingFactors, "20 00", "cb"})
	// Near the first entry y = x, near the second y = (2x - 100)/10.
	m.exchange(t, exchange{"30 is 1Eh by the first entry", ipmb.GetSensorReading, "06", "00 1e c0 c0"})
	m.set(t, "Curve", 15.6)
	m.exchange(t, exchange{"15.6 is 80h by the second", ipmb.GetSensorReading, "06", "00 80 c0 c0"})
}

// TestSensorType changes a sensor's types where it can be. [IPMI 2.0 §35.15, §35.16]
func TestSensorType(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t, func(p *profiles.Profile) { p.Sensors[2].Retypable = true })
	m.exchange(t,
		exchange{"§35.16", ipmb.GetSensorType, "03", "00 0f 6f"},
		exchange{"§35.15", ipmb.SetSensorType, "03 07 03", "00"},
		exchange{"§35.16", ipmb.GetSensorType, "03", "00 07 03"},
		exchange{"§35.15 a threshold sensor it cannot be: CCh", ipmb.SetSensorType, "03 01 01", "cc"},
		exchange{"§35.15 fixed: CDh", ipmb.SetSensorType, "01 02 01", "cd"},
		exchange{"§35.15 absent: CBh", ipmb.SetSensorType, "20 02 01", "cb"},
		exchange{"§35.16 absent: CBh", ipmb.GetSensorType, "20", "cb"})
	if err := m.SetSensorState("Software", 1, true); err != nil {
		t.Fatal(err)
	}
	trap.want(t, "events have the new type", "03:01ffff")
}

// TestSetSensorReading lets software say what a sensor reads. [IPMI 2.0 §35.17]
func TestSetSensorReading(t *testing.T) {
	t.Parallel()
	m, trap := trappedMachine(t, func(p *profiles.Profile) { p.Sensors[0].Settable = true })
	m.exchange(t,
		exchange{"§35.17 write assertion bits", ipmb.SetSensorReadingAndEventStatus, "03 10 00 02 02", "00"},
		exchange{"§35.14 states follow", ipmb.GetSensorReading, "03", "00 00 c0 02 82"},
		exchange{"§35.13", ipmb.GetSensorEventStatus, "03", "00 c0 02 02 00 00"})
	trap.want(t, "two states", "03:01ffff", "03:09ffff")
	m.exchange(t,
		exchange{"§35.17 set a bit", ipmb.SetSensorReadingAndEventStatus, "03 20 00 01 00", "00"},
		exchange{"§35.17 set it again", ipmb.SetSensorReadingAndEventStatus, "03 20 00 01 00", "00"},
		exchange{"§35.17 clear the others", ipmb.SetSensorReadingAndEventStatus, "03 30 00 01 00", "00"},
		exchange{"§35.14", ipmb.GetSensorReading, "03", "00 00 c0 01 80"})
	trap.want(t, "one event; clearing is silent", "03:00ffff")
	m.exchange(t,
		exchange{"§35.17 deassert", ipmb.SetSensorReadingAndEventStatus, "03 04 00 00 00 01 00", "00"},
		exchange{"§35.14", ipmb.GetSensorReading, "03", "00 00 c0 00 80"},
		exchange{"§35.17 whole event data", ipmb.SetSensorReadingAndEventStatus, "03 60 00 04 00 00 00 a7 11 22", "00"},
		exchange{"§35.17 event data but the offset", ipmb.SetSensorReadingAndEventStatus, "03 a0 00 00 02 00 00 a7 33 44", "00"})
	trap.want(t, "event data", "03:-00ffff", "03:a71122", "03:a93344")
	m.exchange(t,
		exchange{"§35.17 a reading alone meets the thresholds", ipmb.SetSensorReadingAndEventStatus, "01 01 2a", "00"},
		exchange{"§35.14", ipmb.GetSensorReading, "01", "00 2a c0 c8"},
		exchange{"§35.17 and stays", ipmb.GetSensorReading, "01", "00 2a c0 c8"})
	trap.want(t, "its event", "01:572a28")
	if err := m.SetSensor("Inlet", 24); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"set anew, the device counts", ipmb.GetSensorReading, "01", "00 18 c0 c0"})
	m.exchange(t,
		exchange{"80h: not settable", ipmb.SetSensorReadingAndEventStatus, "02 10 00 01 00", "80"},
		exchange{"80h: no such state", ipmb.SetSensorReadingAndEventStatus, "03 10 00 08 00", "80"},
		exchange{"80h: no reading", ipmb.SetSensorReadingAndEventStatus, "03 01 55", "80"},
		exchange{"81h: the controller makes them", ipmb.SetSensorReadingAndEventStatus, "01 50 00 80 00 00 00 01 02 03", "81"},
		exchange{"CCh: reserved event data operation", ipmb.SetSensorReadingAndEventStatus, "03 c0 00", "cc"},
		exchange{"CCh: reserved reading operation", ipmb.SetSensorReadingAndEventStatus, "03 02 00", "cc"},
		exchange{"C7h: event data bytes missing", ipmb.SetSensorReadingAndEventStatus, "03 60 00 04 00", "c7"},
		exchange{"CBh: absent", ipmb.SetSensorReadingAndEventStatus, "20 10 00 01 00", "cb"},
		exchange{"CDh: event-only", ipmb.SetSensorReadingAndEventStatus, "04 10 00 01 00", "cd"})
}

// TestDeviceSDRs reads what the controller says of its own sensors. [IPMI 2.0 §35.2-§35.4]
func TestDeviceSDRs(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, func(p *profiles.Profile) { p.Device.DeviceSDRs, p.Sensors[2].Retypable = true, true })
	m.exchange(t,
		exchange{"§35.2 sensors", ipmb.GetDeviceSDRInfo, "", "00 05 01"},
		exchange{"§35.2 sensors, asked for", ipmb.GetDeviceSDRInfo, "00", "00 05 01"},
		exchange{"§35.2 SDRs", ipmb.GetDeviceSDRInfo, "01", "00 05 01"},
		exchange{"§35.4", ipmb.ReserveDeviceSDRRepository, "", "00 01 00"},
		exchange{"§35.3 header", ipmb.GetDeviceSDR, "00 00 03 00 00 05", "00 04 00 03 00 51 02 23"},
		exchange{"§35.3 part", ipmb.GetDeviceSDR, "01 00 03 00 0c 02", "00 04 00 0f 6f"},
		exchange{"§35.3 wrong reservation: C5h", ipmb.GetDeviceSDR, "02 00 03 00 0c 02", "c5"},
		exchange{"§35.15 the record changes", ipmb.SetSensorType, "03 07 03", "00"},
		exchange{"§35.3 80h", ipmb.GetDeviceSDR, "01 00 03 00 0c 02", "80"},
		exchange{"§35.3 from the start", ipmb.GetDeviceSDR, "00 00 03 00 00 05", "00 04 00 03 00 51 02 23"},
		exchange{"§35.3 the new types", ipmb.GetDeviceSDR, "01 00 03 00 0c 02", "00 04 00 07 03"},
		exchange{"§35.3 absent: CBh", ipmb.GetDeviceSDR, "00 00 33 00 00 05", "cb"})
	without := sensorMachine(t)
	without.exchange(t,
		exchange{"a controller without", ipmb.GetDeviceSDRInfo, "", "c1"},
		exchange{"a controller without", ipmb.ReserveDeviceSDRRepository, "", "c1"},
		exchange{"a controller without", ipmb.GetDeviceSDR, "00 00 00 00 00 05", "c1"})
}

// TestRawRecord makes a sensor of a captured record, with the fields of a PowerEdge R640's "Inlet Temp": its raw reading
// of 29 °C was 9Dh.
func TestRawRecord(t *testing.T) {
	t.Parallel()
	raw := "03 00 51 01 35 20 00 05 07 01 7f 68 01 01 85 32 85 32 1b 09 00 01 00 00 01 02 80 c2 30 00 07 97 c5 8b ff 00 00 af aa 00 79 83 02 02 00 00 00" +
		" ca 49 6e 6c 65 74 20 54 65 6d 70"
	m := sensorMachine(t, func(p *profiles.Profile) {
		p.Sensors = []profiles.Sensor{{Number: 5, Raw: unhex(t, raw), Value: number(29)}}
	})
	m.exchange(t,
		exchange{"reading", ipmb.GetSensorReading, "05", "00 9d c0 c0"},
		exchange{"thresholds", ipmb.GetSensorThresholds, "05", "00 1b 83 79 00 aa af 00"},
		exchange{"record", ipmb.GetSDR, "00 00 00 00 00 ff", "00 ff ff " + raw})
	if err := m.SetSensor("Inlet Temp", 45); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"upper non-critical", ipmb.GetSensorReading, "05", "00 ad c0 c8"})
}

// FuzzParseSensorStatus shows that no request breaks the parser, and that what is absent changes nothing.
func FuzzParseSensorStatus(f *testing.F) {
	f.Add([]byte{0x60, 0x00, 0x04, 0x00, 0x00, 0x00, 0xa7, 0x11, 0x22})
	f.Add([]byte{0x10, 0x00})
	f.Fuzz(func(t *testing.T, b []byte) {
		st, err := parseSensorStatus(b)
		if err == nil && (st.HasAssertion != (len(b) > 2) || st.HasDeassertion != (len(b) > 4) || st.Data != statusKeep && len(b) < 9) {
			t.Errorf("[% x]: %+v", b, st)
		}
	})
}
