package bmc

import (
	"bytes"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestSensorsOnLUNs reads sensors on other LUNs than 00b. [IPMI 2.0 §5.1, §35]
func TestSensorsOnLUNs(t *testing.T) {
	t.Parallel()
	value := 20.0
	m := newTestMachine(t, suiteZero, func(p *profiles.Profile) {
		p.Device.DeviceSDRs = true
		p.Sensors = []profiles.Sensor{
			{Number: 1, Name: "Inlet", Type: sensorTypeTemperature, Value: &value, Range: []float64{-128, 127}},
			{Number: 2, LUN: 1, Name: "Riser", Type: sensorTypeTemperature, Value: &value, Range: []float64{-128, 127}},
			{Number: 3, LUN: 3, Name: "Slot", Type: 0x21, Possible: []uint8{0, 2}, Asserted: []uint8{2}, Settable: true},
		}
	})
	c := newLAN(t, m).login("admin", ipmb.PrivilegeAdministrator)
	const sensorEvent = ipmb.NetFn(0x04)
	for _, test := range []struct {
		name string
		lun  ipmb.LUN
		cmd  uint8
		data []byte
		want string
	}{
		{"§35.14 LUN 0", 0, 0x2d, []byte{1}, "00 14 c0 c0"},
		{"§35.14 LUN 1", 1, 0x2d, []byte{2}, "00 14 c0 c0"},
		{"§35.14 LUN 3", 3, 0x2d, []byte{3}, "00 00 c0 04 80"},
		{"§35.14 not on LUN 0", 0, 0x2d, []byte{2}, "cb"},
		{"§35.14 not on LUN 1", 1, 0x2d, []byte{1}, "cb"},
		{"§35.16 type", 3, 0x2f, []byte{3}, "00 21 6f"},
		{"§35.11 event enable", 3, 0x29, []byte{3}, "00 c0 05 00 05 00"},
		{"§29.2 no sensor", 1, 0x01, nil, "c2"},
	} {
		got := c.toLUN(test.lun, sensorEvent, test.cmd, test.data...)
		if !bytes.Equal(got, unhex(t, test.want)) {
			t.Errorf("%s: [% x], want [%s]", test.name, got, test.want)
		}
	}
	for lun, want := range map[uint8]string{0: "00 01 0b", 1: "00 01 0b", 3: "00 01 0b"} {
		r, err := m.RequestResponse(t.Context(), SystemRequest{NetworkFunction: uint8(sensorEvent), Command: 0x20, Lun: lun})
		if err != nil || !bytes.Equal(r.ResponseData, unhex(t, want)) {
			t.Errorf("§35.2 LUN %d: [% x], %v, want [%s]", lun, r.ResponseData, err, want)
		}
	}
	if r := m.ask(t, ipmb.GetSDR, "0000 0200 00 ff"); !bytes.Equal(r[8:11], []byte{0x20, 0x01, 2}) {
		t.Errorf("§43.1 key: [% x]", r[8:11])
	}
	if err := m.SetSensor("Riser", 126); err != nil {
		t.Fatal(err)
	}
	if got := c.toLUN(3, sensorEvent, 0x30, 3, 0x10, 0, 0x01, 0x00); !bytes.Equal(got, []byte{0}) {
		t.Errorf("§35.17: [% x]", got)
	}
	if e := m.ask(t, ipmb.GetSELEntry, "0000 ffff 00 ff"); e[0] != 0 || !bytes.Equal(e[10:12], []byte{0x20, 0x03}) {
		t.Errorf("§32.1 generator of the event: [% x]", e)
	}
}
