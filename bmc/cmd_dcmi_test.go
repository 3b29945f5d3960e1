package bmc

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc/fru"
	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// dcmiProfile is a machine with two supplies of 100 W each, two inlets, two processors on the host's rail and a board.
func dcmiProfile(p *profiles.Profile) {
	psu := func(at uint8, name string) profiles.I2CDevice {
		return profiles.I2CDevice{At: at, Model: "pmbus", Name: name, Values: map[string]float64{"pin": 100, "rating": 800}}
	}
	p.I2C = []profiles.I2CBus{{Bus: profiles.BusID(i2c.PrivateBus(3)), Devices: []profiles.I2CDevice{psu(0x58, "psu1"), psu(0x59, "psu2")}}}
	sensor := func(number uint8, name string, e profiles.Entity, value float64, rail profiles.Rail) profiles.Sensor {
		return profiles.Sensor{Number: number, Name: name, Type: sensorTypeTemperature, Entity: e, Value: &value, Rail: rail, Range: []float64{-128, 127}}
	}
	p.Sensors = []profiles.Sensor{
		sensor(1, "Inlet 2", profiles.Entity{ID: 0x40, Instance: 2}, -7, profiles.RailStandby),
		sensor(2, "Inlet 1", profiles.Entity{ID: 0x37, Instance: 1}, 24, profiles.RailStandby),
		sensor(3, "CPU1", profiles.Entity{ID: 0x03, Instance: 1}, 50, profiles.RailHost),
		sensor(4, "CPU2", profiles.Entity{ID: 0x03, Instance: 2}, 51, profiles.RailHost),
		sensor(5, "Board", profiles.Entity{ID: 0x07, Instance: 1}, 31, profiles.RailStandby),
		sensor(6, "Outlet", profiles.Entity{ID: 0x17, Instance: 1}, 40, profiles.RailStandby),
	}
	p.Channels[1].LAN.MAC = profiles.MAC{2, 0, 0, 0, 6, 0x23}
	p.SEL.Capacity = 512
	const s = profiles.Duration(time.Second)
	p.DCMI = &profiles.DCMI{
		TemperatureSampling: 2 * s,
		DHCP:                profiles.DCMIDHCP{Initial: 4 * s, Contact: 120 * s, Retry: 64 * s},
		Power: &profiles.DCMIPower{
			Revision: 1, Periods: []profiles.Duration{0, 5 * s, 60 * s, 3600 * s},
			Statistics: 10 * s, StatisticsLow: s, StatisticsHigh: 3600 * s,
			Limit: 500, LimitLow: 50, LimitHigh: 1600,
			Correction: s, CorrectionLow: s / 1000, CorrectionHigh: 600 * s,
		},
		Thermal: profiles.DCMIThermal{LimitLow: 1, LimitHigh: 100, TimeHigh: 600 * s},
		Events:  profiles.DCMIEvents{Power: 0xe0, Off: 0xe1, Thermal: 0xe2},
	}
}

func TestDCMIAbsent(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	for _, c := range dcmiCommands {
		if got, want := m.ask(t, c.Op, "01 00 00"), []byte{0xc1, 0xdc}; !bytes.Equal(got, want) {
			t.Errorf("%s without DCMI answered [% x], want [% x]", c.Name, got, want)
		}
	}
	m = newTestMachine(t, dcmiProfile, func(p *profiles.Profile) { p.DCMI.Power = nil })
	m.exchange(t,
		exchange{"DCMI §6.6 no power reading", ipmb.GetPowerReading, "01 00 00", "c1 dc"},
		exchange{"DCMI §6.6 no limit", ipmb.GetPowerLimit, "00 00", "c1 dc"},
		exchange{"DCMI §6.1.1 1 no power management", ipmb.GetDCMICapabilitiesInfo, "01", "00 dc 01 05 02 00 00 01"},
		exchange{"DCMI §6.1.1 3 absent", ipmb.GetDCMICapabilitiesInfo, "03", "cc dc"},
		exchange{"DCMI §6.1.1 5 absent", ipmb.GetDCMICapabilitiesInfo, "05", "cc dc"},
		exchange{"DCMI §6.4.2 the rest is there", ipmb.GetAssetTag, "00 10", "00 dc 00"})
}

func TestDCMICapabilities(t *testing.T) {
	t.Parallel()
	get := ipmb.GetDCMICapabilitiesInfo
	newTestMachine(t, dcmiProfile).exchange(t,
		exchange{"DCMI §6.1.1 1 supported", get, "01", "00 dc 01 05 02 00 01 01"},
		exchange{"DCMI §6.1.1 2 512 entries, 2 s", get, "02", "00 dc 01 05 02 00 02 00 00 02"},
		exchange{"DCMI §6.1.1 3 the BMC itself", get, "03", "00 dc 01 05 02 20 01"},
		exchange{"DCMI §6.1.1 4 one LAN", get, "04", "00 dc 01 05 02 01 ff ff"},
		exchange{"DCMI §6.1.1 5 now, 5 s, 1 min, 1 h", get, "05", "00 dc 01 05 02 04 00 05 41 81"},
		exchange{"DCMI §6.1.1 0", get, "00", "cc dc"},
		exchange{"DCMI §6.1.1 6", get, "06", "cc dc"},
		exchange{"DCMI §6.1.1 short", get, "", "c7 dc"})
	newTestMachine(t, dcmiProfile, func(p *profiles.Profile) {
		p.SEL.Capacity, p.SEL.Full = 10000, profiles.LogRings
		second := p.Channels[1]
		second.Number = 3
		p.Channels = append(p.Channels, second)
	}).exchange(t,
		exchange{"DCMI §6.1.1 1 second LAN", get, "01", "00 dc 01 05 02 00 01 05"},
		exchange{"DCMI §6.1.1 2 rollover, record by record", get, "02", "00 dc 01 05 02 ff af 00 00 02"},
		exchange{"DCMI §6.1.1 4 two LANs", get, "04", "00 dc 01 05 02 01 03 ff"})
}

func TestDCMIConfiguration(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetDCMIConfigurationParameters, ipmb.SetDCMIConfigurationParameters
	newTestMachine(t, dcmiProfile).exchange(t,
		exchange{"DCMI §6.1.3 1 reads 0", get, "01 00", "00 dc 01 05 01 00"},
		exchange{"DCMI §6.1.3 2", get, "02 00", "00 dc 01 05 01 00"},
		exchange{"DCMI §6.1.3 3 4 s", get, "03 00", "00 dc 01 05 01 04"},
		exchange{"DCMI §6.1.3 4 120 s", get, "04 00", "00 dc 01 05 01 78 00"},
		exchange{"DCMI §6.1.3 5 64 s", get, "05 00", "00 dc 01 05 01 40 00"},
		exchange{"DCMI §6.1.3 6", get, "06 00", "cc dc"},
		exchange{"DCMI §6.1.3 set selector", get, "05 01", "c9 dc"},
		exchange{"DCMI §6.1.2 1 restart", set, "01 00 01", "00 dc"},
		exchange{"DCMI §6.1.3 1 still 0", get, "01 00", "00 dc 01 05 01 00"},
		exchange{"DCMI §6.1.2 1 other value", set, "01 00 00", "cc dc"},
		exchange{"DCMI §6.1.2 2", set, "02 00 83", "00 dc"},
		exchange{"DCMI §6.1.3 2 changed", get, "02 00", "00 dc 01 05 01 83"},
		exchange{"DCMI §6.1.2 2 reserved bit", set, "02 00 04", "cc dc"},
		exchange{"DCMI §6.1.2 3", set, "03 00 09", "00 dc"},
		exchange{"DCMI §6.1.3 3 changed", get, "03 00", "00 dc 01 05 01 09"},
		exchange{"DCMI §6.1.2 4", set, "04 00 2c 01", "00 dc"},
		exchange{"DCMI §6.1.3 4 changed", get, "04 00", "00 dc 01 05 01 2c 01"},
		exchange{"DCMI §6.1.2 5", set, "05 00 01 02", "00 dc"},
		exchange{"DCMI §6.1.3 5 changed", get, "05 00", "00 dc 01 05 01 01 02"},
		exchange{"DCMI §6.1.2 5 short", set, "05 00 01", "c7 dc"},
		exchange{"DCMI §6.1.2 set selector", set, "05 01 01 02", "c9 dc"},
		exchange{"DCMI §6.1.2 6", set, "06 00 01", "cc dc"})
}

func TestDCMIAssetTag(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetAssetTag, ipmb.SetAssetTag
	own := func(p *profiles.Profile) { p.DCMI.AssetTag = "TAG" }
	steps := []exchange{
		{"DCMI §6.4.2 whole", get, "00 10", "00 dc 03 544147"},
		{"DCMI §6.4.2 from 1", get, "01 01", "00 dc 03 41"},
		{"DCMI §6.4.2 behind the end", get, "10 10", "00 dc 03"},
		{"DCMI §6.4.2 offset 63", get, "3f 00", "c9 dc"},
		{"DCMI §6.4.2 offset and count 64", get, "30 10", "c9 dc"},
		{"DCMI §6.4.2 17 bytes", get, "00 11", "c9 dc"},
		{"DCMI §6.4.3 append", set, "03 02 2d31", "00 dc 05"},
		{"DCMI §6.4.2 appended", get, "00 10", "00 dc 05 5441472d31"},
		{"DCMI §6.4.3 truncates", set, "01 01 42", "00 dc 02"},
		{"DCMI §6.4.2 truncated", get, "00 10", "00 dc 02 5442"},
		{"DCMI §6.4.3 gap", set, "03 01 42", "c9 dc"},
		{"DCMI §6.4.3 17 bytes", set, "00 11 " + strings.Repeat("41", 17), "c9 dc"},
		{"DCMI §6.4.3 offset 63", set, "3f 00", "c9 dc"},
		{"DCMI §6.4.3 count and data differ", set, "00 03 4142", "c7 dc"},
		{"DCMI §6.4.3 16", set, "00 10 " + strings.Repeat("41", 16), "00 dc 10"},
		{"DCMI §6.4.3 32", set, "10 10 " + strings.Repeat("42", 16), "00 dc 20"},
		{"DCMI §6.4.3 48", set, "20 10 " + strings.Repeat("43", 16), "00 dc 30"},
		{"DCMI §6.4.3 63", set, "30 0f " + strings.Repeat("44", 15), "00 dc 3f"},
		{"DCMI §6.4.3 64", set, "30 10 " + strings.Repeat("44", 16), "c9 dc"},
		{"DCMI §6.4.2 63", get, "30 0f", "00 dc 3f " + strings.Repeat("44", 15)},
		{"DCMI §6.4.3 nothing", set, "00 00", "00 dc 00"},
		{"DCMI §6.4.2 nothing", get, "00 10", "00 dc 00"},
	}
	newTestMachine(t, dcmiProfile, own).exchange(t, steps...)

	m := newTestMachine(t, dcmiProfile, func(p *profiles.Profile) {
		p.FRU = []profiles.FRU{{ID: 0, Name: "System", Size: 512, Product: &profiles.ProductArea{Manufacturer: "M", Name: "N", Asset: "TAG"}}}
	})
	m.exchange(t, steps...)
	m.exchange(t,
		exchange{"DCMI §6.4.3 one character", set, "00 01 41", "00 dc 02"},
		exchange{"DCMI §6.4.2 one character and a space", get, "00 10", "00 dc 02 4120"})
	inv, err := m.FRU(0)
	if err != nil || string(inv.Product.AssetTag.Data) != "A " {
		t.Fatalf("the FRU inventory has asset tag %q, %v", inv.Product.AssetTag.Data, err)
	}
	for _, c := range []struct {
		field fru.Field
		lang  fru.Language
		want  string
	}{
		{fru.Field{Encoding: fru.Binary, Data: []byte{1, 2}}, fru.English, "80 dc 02 0102"},
		{fru.Field{Encoding: fru.BCDPlus, Data: []byte{0x12}}, fru.English, "81 dc 01 12"},
		{fru.Field{Encoding: fru.SixBit, Data: []byte{0x29, 0xdc, 0xa6}}, fru.English, "82 dc 03 29dca6"},
		{fru.Field{Encoding: fru.Text, Data: []byte{0x41, 0x00}}, 1, "83 dc 02 4100"},
		{fru.Field{Encoding: fru.Text, Data: []byte("ok")}, fru.English, "00 dc 02 6f6b"},
	} {
		inv.Product.AssetTag, inv.Product.Language = c.field, c.lang
		if err := m.SetFRU(0, inv); err != nil {
			t.Fatal(err)
		}
		m.exchange(t, exchange{"DCMI §6.4.2 encoding", get, "00 10", c.want})
	}

	m = newTestMachine(t, dcmiProfile, func(p *profiles.Profile) {
		p.FRU = []profiles.FRU{{ID: 0, Name: "System", Size: 64, Product: &profiles.ProductArea{Manufacturer: "Manufacturer", Name: "Name", Asset: "TAG"}}}
	})
	m.exchange(t,
		exchange{"DCMI §6.4.3 fits", set, "00 04 41414141", "00 dc 04"},
		exchange{"DCMI §6.4.3 does not fit", set, "00 10 " + strings.Repeat("41", 16), "00 dc 10"},
		exchange{"DCMI §6.4.3 no room", set, "10 10 " + strings.Repeat("41", 16), "c4 dc"},
		exchange{"DCMI §6.4.2 unchanged", get, "10 10", "00 dc 10"})
	m = newTestMachine(t, dcmiProfile, func(p *profiles.Profile) {
		p.I2C = append(p.I2C, profiles.I2CBus{Bus: profiles.BusID(i2c.PrivateBus(4)), Devices: []profiles.I2CDevice{{At: 0x50, Model: "24c02", Name: "rom", WriteProtect: "drop"}}})
		p.FRU = []profiles.FRU{{ID: 0, Name: "System", From: "rom", Product: &profiles.ProductArea{Manufacturer: "M", Name: "N", Asset: "TAG"}}}
	})
	m.exchange(t,
		exchange{"DCMI §6.4.3 write-protected", set, "00 02 4142", "d5 dc"},
		exchange{"DCMI §6.4.2 unchanged", get, "00 10", "00 dc 03 544147"})
	if err := m.SetDevicePresent("rom", false); err != nil {
		t.Fatal(err)
	}
	m.exchange(t,
		exchange{"DCMI §6.4.2 no EEPROM", get, "00 10", "cb dc"},
		exchange{"DCMI §6.4.3 no EEPROM", set, "00 02 4142", "cb dc"})
}

func TestDCMIIdentifier(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetManagementControllerIdentifierString, ipmb.SetManagementControllerIdentifierString
	newTestMachine(t, dcmiProfile).exchange(t,
		exchange{"DCMI §6.4.6 default is the MAC address", get, "00 10", "00 dc 10 44434d49 303230303030303030363233"},
		exchange{"DCMI §6.4.6.1 the rest is zero", get, "10 04", "00 dc 10 00000000"},
		exchange{"DCMI §6.4.6.1 last byte", get, "3f 01", "00 dc 10 00"},
		exchange{"DCMI §6.4.6.1 offset 64", get, "40 00", "c9 dc"},
		exchange{"DCMI §6.4.6.1 beyond 64", get, "3f 02", "c9 dc"},
		exchange{"DCMI §6.4.6.1 17 bytes", get, "00 11", "c9 dc"},
		exchange{"DCMI §6.4.6.2 with a zero", set, "00 04 61626300", "00 dc 04"},
		exchange{"DCMI §6.4.6.1 changed", get, "00 08", "00 dc 03 6162630000000000"},
		exchange{"DCMI §6.4.6.2 behind a zero", set, "00 05 6100626364", "00 dc 05"},
		exchange{"DCMI §6.4.6.1 is ignored", get, "00 08", "00 dc 01 6100000000000000"},
		exchange{"DCMI §6.4.6.2 16", set, "00 10 " + strings.Repeat("61", 16), "00 dc 10"},
		exchange{"DCMI §6.4.6.2 32", set, "10 10 " + strings.Repeat("62", 16), "00 dc 20"},
		exchange{"DCMI §6.4.6.2 48", set, "20 10 " + strings.Repeat("63", 16), "00 dc 30"},
		exchange{"DCMI §6.4.6.2 byte 63 is not zero", set, "30 10 " + strings.Repeat("64", 16), "cc dc"},
		exchange{"DCMI §6.4.6.2 64", set, "30 10 " + strings.Repeat("64", 15) + "00", "00 dc 40"},
		exchange{"DCMI §6.4.6.1 63 characters", get, "30 10", "00 dc 3f " + strings.Repeat("64", 15) + "00"},
		exchange{"DCMI §6.4.6.2 beyond 64", set, "38 10 " + strings.Repeat("64", 16), "c9 dc"},
		exchange{"DCMI §6.4.6.2 17 bytes", set, "00 11 " + strings.Repeat("64", 17), "c9 dc"},
		exchange{"DCMI §6.4.6.2 count and data differ", set, "00 02 64", "c7 dc"})
	newTestMachine(t, dcmiProfile, func(p *profiles.Profile) { p.DCMI.ID = "rack7" }).exchange(t,
		exchange{"DCMI §6.4.6 of the profile", get, "00 08", "00 dc 05 7261636b37000000"})
}

func TestDCMISensors(t *testing.T) {
	t.Parallel()
	info, temp := ipmb.GetDCMISensorInfo, ipmb.GetTemperatureReadings
	m := newTestMachine(t, dcmiProfile)
	m.exchange(t,
		exchange{"DCMI §6.5.2 inlets by either ID, by instance", info, "01 40 00 01", "00 dc 02 02 0200 0100"},
		exchange{"DCMI §6.5.2 the IPMI ID", info, "01 37 00 00", "00 dc 02 02 0200 0100"},
		exchange{"DCMI §6.5.2 from instance 2", info, "01 37 00 02", "00 dc 02 01 0100"},
		exchange{"DCMI §6.5.2 instance 2", info, "01 37 02 00", "00 dc 02 01 0100"},
		exchange{"DCMI §6.5.2 instance 3", info, "01 37 03 00", "cb dc"},
		exchange{"DCMI §6.5.2 processors", info, "01 41 00 01", "00 dc 02 02 0300 0400"},
		exchange{"DCMI §6.5.2 board", info, "01 42 00 01", "00 dc 01 01 0500"},
		exchange{"DCMI §6.5.2 other entity", info, "01 17 00 01", "cc dc"},
		exchange{"DCMI §6.5.2 other type", info, "02 40 00 01", "cc dc"},
		exchange{"DCMI §6.7.3 inlets, one below zero", temp, "01 40 00 01", "00 dc 02 02 18 01 87 02"},
		exchange{"DCMI §6.7.3 instance 2", temp, "01 37 02 00", "00 dc 02 01 87 02"},
		exchange{"DCMI §6.7.3 processors", temp, "01 03 00 01", "00 dc 02 02 32 01 33 02"},
		exchange{"DCMI §6.7.3 board", temp, "01 07 00 01", "00 dc 01 01 1f 01"},
		exchange{"DCMI §6.7.3 instance 9", temp, "01 07 09 00", "cb dc"},
		exchange{"DCMI §6.7.3 other type", temp, "04 07 00 00", "cc dc"})
	m.DropPowerForTest()
	m.exchange(t,
		exchange{"DCMI §6.7.3 host off: nothing available", temp, "01 03 00 01", "00 dc 00 00"},
		exchange{"DCMI §6.7.3 host off: instance", temp, "01 03 01 00", "cb dc"},
		exchange{"DCMI §6.5.2 host off: the records stay", info, "01 03 00 01", "00 dc 02 02 0300 0400"})
	m = newTestMachine(t, dcmiProfile, func(p *profiles.Profile) {
		for i := range uint8(10) {
			v := float64(30 + i)
			p.Sensors = append(p.Sensors, profiles.Sensor{Number: 0x20 + i, Name: "Inlet", Type: sensorTypeTemperature,
				Entity: profiles.Entity{ID: 0x37, Instance: 3 + i}, Value: &v, Range: []float64{-128, 127}})
		}
	})
	m.exchange(t,
		exchange{"DCMI §6.5.2 at most 8", info, "01 40 00 01", "00 dc 0c 08 0200 0100 0700 0800 0900 0a00 0b00 0c00"},
		exchange{"DCMI §6.5.2 the others", info, "01 40 00 09", "00 dc 0c 04 0d00 0e00 0f00 1000"},
		exchange{"DCMI §6.7.3 the others", temp, "01 40 00 09", "00 dc 0c 04 24 09 25 0a 26 0b 27 0c"})
}

// DropPowerForTest takes the host's power away at once.
func (m *Machine) DropPowerForTest() {
	defer m.lockAll()()
	m.dropPower(0)
}

// powerReading asks for power statistics.
func (m *Machine) powerReading(t *testing.T, req string) (current, low, high, mean uint16, period uint32, state byte) {
	t.Helper()
	b := m.ask(t, ipmb.GetPowerReading, req)
	if len(b) != 19 || b[0] != 0 || b[1] != 0xdc {
		t.Fatalf("Get Power Reading [%s] answered [% x]", req, b)
	}
	le := binary.LittleEndian
	if now := uint32(time.Now().Unix()); le.Uint32(b[10:]) > now || le.Uint32(b[10:])+5 < now {
		t.Errorf("time stamp %d, now is %d", le.Uint32(b[10:]), now)
	}
	return le.Uint16(b[2:]), le.Uint16(b[4:]), le.Uint16(b[6:]), le.Uint16(b[8:]), le.Uint32(b[14:]), b[18]
}

func TestDCMIPowerReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, dcmiProfile)
		check := func(name, req string, current, low, high, mean uint16, period uint32, state byte) {
			t.Helper()
			c, l, h, a, p, s := m.powerReading(t, req)
			got := []uint32{uint32(c), uint32(l), uint32(h), uint32(a), p, uint32(s)}
			want := []uint32{uint32(current), uint32(low), uint32(high), uint32(mean), period, uint32(state)}
			if !slices.Equal(got, want) {
				t.Errorf("%s: current, minimum, maximum, average, period, state %v, want %v", name, got, want)
			}
		}
		pin := func(psu string, watts float64) {
			t.Helper()
			if err := m.SetDevice(psu, "pin", watts); err != nil {
				t.Fatal(err)
			}
		}
		check("DCMI §6.6.1 both supplies, at the start", "01 00 00", 200, 200, 200, 200, 10000, 0x40)
		time.Sleep(30 * time.Second)
		pin("psu1", 300) // 400 W for 5 s
		time.Sleep(5 * time.Second)
		pin("psu1", 0) // 100 W since
		time.Sleep(5 * time.Second)
		check("DCMI §6.6.1 10 s", "01 00 00", 100, 100, 400, 250, 10000, 0x40)
		check("DCMI §6.6.1 now", "02 00 00", 100, 100, 100, 100, 0, 0x40)
		check("DCMI §6.6.1 5 s", "02 05 00", 100, 100, 100, 100, 0x05, 0x40)
		check("DCMI §6.6.1 1 min of which 40 s were measured", "02 41 00", 100, 100, 400, 213, 0x41, 0x40)
		m.exchange(t,
			exchange{"DCMI §6.6.1 other period", ipmb.GetPowerReading, "02 06 00", "cc dc"},
			exchange{"DCMI §6.6.1 mode 0", ipmb.GetPowerReading, "00 00 00", "cc dc"},
			exchange{"DCMI §6.6.1 mode 3", ipmb.GetPowerReading, "03 00 00", "cc dc"},
			exchange{"DCMI §6.6.3 period of 20 s", ipmb.SetPowerLimit, "000000 00 f401 e8030000 0000 1400", "00 dc"})
		check("DCMI §6.6.1 20 s", "01 00 00", 100, 100, 400, 225, 20000, 0x40)
		for _, psu := range []string{"psu1", "psu2"} {
			if err := m.SetDevicePresent(psu, false); err != nil {
				t.Fatal(err)
			}
		}
		check("DCMI §6.6.1 no supply", "01 00 00", 0, 0, 0, 0, 20000, 0)
	})
}

// TestDCMIPowerHistory keeps the history small and its mean right when the power changes all the time.
func TestDCMIPowerHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, dcmiProfile)
		for i := range 3600 {
			if err := m.SetDevice("psu1", "pin", float64(100+200*(i%2))); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if n := len(m.dcmi.meter.history); n > maxSpans {
			t.Errorf("the history has %d spans", n)
		}
		if _, low, high, mean, _, _ := m.powerReading(t, "02 81 00"); low != 200 || high != 400 || mean != 300 {
			t.Errorf("1 h: minimum %d, maximum %d, average %d, want 200, 400, 300", low, high, mean)
		}
	})
}

func TestDCMIPowerLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, dcmiProfile)
		get, set, activate := ipmb.GetPowerLimit, ipmb.SetPowerLimit, ipmb.ActivateDeactivatePowerLimit
		events := func(want ...uint8) {
			t.Helper()
			synctest.Wait()
			if got := loggedSensors(t, m); !slices.Equal(got, want) {
				t.Errorf("events of the sensors % x, want % x", got, want)
			}
		}
		m.exchange(t,
			exchange{"DCMI §6.6.2 not active", get, "00 00", "80 dc 0000 00 f401 e8030000 0000 0a00"},
			exchange{"DCMI §6.6.3 below", set, "000000 00 3100 e8030000 0000 0a00", "84 dc"},
			exchange{"DCMI §6.6.3 above", set, "000000 00 4106 e8030000 0000 0a00", "84 dc"},
			exchange{"DCMI §6.6.3 no time", set, "000000 00 f401 00000000 0000 0a00", "85 dc"},
			exchange{"DCMI §6.6.3 too much time", set, "000000 00 f401 c1270900 0000 0a00", "85 dc"},
			exchange{"DCMI §6.6.3 no period", set, "000000 00 f401 e8030000 0000 0000", "89 dc"},
			exchange{"DCMI §6.6.3 too long a period", set, "000000 00 f401 e8030000 0000 110e", "89 dc"},
			exchange{"DCMI §6.6.3 OEM action", set, "000000 02 f401 e8030000 0000 0a00", "cc dc"},
			exchange{"DCMI §6.6.3 reserved action", set, "000000 12 f401 e8030000 0000 0a00", "cc dc"},
			exchange{"DCMI §6.6.3 short", set, "000000 00 f401 e8030000 0000 0a", "c7 dc"},
			exchange{"DCMI §6.6.3 150 W, log, 2 s", set, "000000 11 9600 d0070000 0000 0a00", "00 dc"},
			exchange{"DCMI §6.6.2 changed", get, "00 00", "80 dc 0000 11 9600 d0070000 0000 0a00"},
			exchange{"DCMI §6.6.4 other value", activate, "02 00 00", "cc dc"})
		time.Sleep(time.Minute)
		events()
		m.exchange(t,
			exchange{"DCMI §6.6.4 activate", activate, "01 00 00", "00 dc"},
			exchange{"DCMI §6.6.2 active", get, "00 00", "00 dc 0000 11 9600 d0070000 0000 0a00"})
		time.Sleep(1900 * time.Millisecond)
		events()
		time.Sleep(200 * time.Millisecond)
		events(0xe0)
		time.Sleep(time.Minute)
		events(0xe0) // once
		if err := m.SetDevice("psu1", "pin", 50); err != nil {
			t.Fatal(err) // meets the limit
		}
		time.Sleep(time.Second)
		_ = m.SetDevice("psu1", "pin", 60)
		time.Sleep(1500 * time.Millisecond)
		_ = m.SetDevice("psu1", "pin", 50)
		time.Sleep(time.Minute)
		events(0xe0) // not long enough
		_ = m.SetDevice("psu1", "pin", 60)
		time.Sleep(time.Minute)
		events(0xe0, 0xe0) // again, after the limit was met
		_ = m.SetDevice("psu1", "pin", 50)
		m.exchange(t, exchange{"DCMI §6.6.3 power off", set, "000000 01 9600 d0070000 0000 0a00", "00 dc"})
		_ = m.SetDevice("psu1", "pin", 60)
		time.Sleep(time.Minute)
		events(0xe0, 0xe0, 0xe0, 0xe1)
		m.mu.Lock()
		on := m.power.state.On()
		m.mu.Unlock()
		if on {
			t.Error("the host is on after the limit's power off")
		}
		m.exchange(t, exchange{"DCMI §6.6.4 deactivate", activate, "00 00 00", "00 dc"},
			exchange{"DCMI §6.6.2 not active", get, "00 00", "80 dc 0000 01 9600 d0070000 0000 0a00"})
	})
}

// loggedSensors are the sensor numbers of the events in the log.
func loggedSensors(t *testing.T, m *Machine) (numbers []uint8) {
	t.Helper()
	for next := uint16(0); next != 0xffff; {
		req := binary.LittleEndian.AppendUint16([]byte{0, 0}, next)
		op := ipmb.GetSELEntry
		resp, err := m.RequestResponse(context.Background(), SystemRequest{
			NetworkFunction: uint8(op.NetFn), Command: op.Cmd, RequestData: append(req, 0, 0xff), RequestDataSize: 6,
		})
		if err != nil {
			t.Fatal(err)
		}
		b := resp.ResponseData
		if len(b) != 19 {
			return numbers
		}
		next = binary.LittleEndian.Uint16(b[1:])
		numbers = append(numbers, b[3+11])
	}
	return numbers
}

func TestDCMIThermalLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, dcmiProfile)
		get, set := ipmb.GetThermalLimit, ipmb.SetThermalLimit
		m.exchange(t,
			exchange{"DCMI §6.7.1 none", get, "40 01", "00 dc 00 00 0000"},
			exchange{"DCMI §6.7.1 no inlet", get, "03 01", "cc dc"},
			exchange{"DCMI §6.7.1 no instance", get, "37 03", "cb dc"},
			exchange{"DCMI §6.7.2 too low", set, "37 01 20 00 0a00", "84 dc"},
			exchange{"DCMI §6.7.2 too high", set, "37 01 20 65 0a00", "84 dc"},
			exchange{"DCMI §6.7.2 too long", set, "37 01 20 1e 5902", "85 dc"},
			exchange{"DCMI §6.7.2 no inlet", set, "07 01 20 1e 0a00", "cc dc"},
			exchange{"DCMI §6.7.2 no instance", set, "37 03 20 1e 0a00", "cb dc"},
			exchange{"DCMI §6.7.2 30 degrees, log, 10 s", set, "40 01 3f 1e 0a00", "00 dc"},
			exchange{"DCMI §6.7.1 reserved bits are off", get, "37 01", "00 dc 20 1e 0a00"},
			exchange{"DCMI §6.7.1 the other inlet", get, "37 02", "00 dc 00 00 0000"})
		heat := func(celsius float64, d time.Duration) {
			t.Helper()
			if err := m.SetSensor("Inlet 1", celsius); err != nil {
				t.Fatal(err)
			}
			time.Sleep(d)
			synctest.Wait()
		}
		want := func(numbers ...uint8) {
			t.Helper()
			var got []uint8
			for _, n := range loggedSensors(t, m) {
				if n >= 0xe0 {
					got = append(got, n)
				}
			}
			if !slices.Equal(got, numbers) {
				t.Errorf("events of the sensors % x, want % x", got, numbers)
			}
		}
		heat(30, time.Minute)
		want()
		heat(31, 9*time.Second)
		heat(30, time.Second)
		heat(31, 9*time.Second)
		want()
		heat(31, 2*time.Second)
		want(0xe2)
		heat(35, time.Minute)
		want(0xe2)
		m.exchange(t, exchange{"DCMI §6.7.2 power off", set, "37 01 40 1e 0000", "00 dc"})
		time.Sleep(time.Second)
		want(0xe2, 0xe2, 0xe1)
		m.mu.Lock()
		on := m.power.state.On()
		m.mu.Unlock()
		if on {
			t.Error("the host is on after the limit's power off")
		}
		m.exchange(t, exchange{"DCMI §6.7.2 off", set, "37 01 00 1e 0000", "00 dc"})
		heat(20, time.Second)
		heat(50, time.Minute)
		want(0xe2, 0xe2, 0xe1)
	})
}
