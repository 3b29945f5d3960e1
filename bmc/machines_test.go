package bmc

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// TestBuiltInMachines builds every machine that is built in.
func TestBuiltInMachines(t *testing.T) {
	t.Parallel()
	for _, name := range profiles.Names() {
		p, err := profiles.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := New(p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m.Close()
	}
}

// TestCapturedRepository holds a repository to the record IDs, owners and bytes that a profile gives.
func TestCapturedRepository(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, func(p *profiles.Profile) {
		yes, no := true, false
		p.Sensors = p.Sensors[:1]
		p.Sensors[0].RecordID, p.Sensors[0].Number = 0x10, 0x01
		p.Sensors = append(p.Sensors, profiles.Sensor{Number: 2, Name: "Shared", Type: profiles.SensorType(sdr.Voltage), Reading: 3, Possible: []uint8{0, 1},
			Sharing: []byte{0x11, 0x82}, Format: "unsigned", RecordID: 0x08})
		p.FRU = []profiles.FRU{{ID: 0, Name: "Board", Locator: &yes, Type: 0x09, Modifier: 2, Bus: 3, RecordID: 0x02}, {ID: 1, Name: "Silent", Locator: &no}}
		p.SDR = profiles.SDR{
			Controller:  profiles.Controller{Name: "BMC", RecordID: 0x04},
			Inventories: []profiles.FRULocator{{Name: "CPU", Device: 0xb0, Logical: &no, Type: 0xbf, RecordID: 0x03}},
			Sensors:     []profiles.OtherSensor{{Owner: 0x2c, LUN: 1, Channel: 6, Sensor: profiles.Sensor{Number: 0x17, Name: "ME", Type: 0xdc, Reading: 0x75, Record: "event-only"}}},
			OEM:         []profiles.OEMRecord{{Manufacturer: 343, Data: []byte{1}, RecordID: 0x01}},
		}
	})
	var got []string
	for id, guard := uint16(0), 0; id != 0xffff && guard < 20; guard++ {
		rec := m.ask(t, ipmb.GetSDR, fmt.Sprintf("00 00 %02x %02x 00 ff", byte(id), byte(id>>8)))
		if rec[0] != 0 || len(rec) < 12 {
			t.Fatalf("record %04Xh: % x", id, rec)
		}
		got = append(got, fmt.Sprintf("% x: % x", rec[3:7], rec[8:11]))
		id = binary.LittleEndian.Uint16(rec[1:])
	}
	want := []string{
		"01 00 51 c0: 57 01 00",
		"02 00 51 11: 20 00 83", // logical, private bus 3
		"03 00 51 11: 00 b0 00", // not logical: a slave address
		"04 00 51 12: 20 00 00",
		"05 00 51 03: 2c 61 17", // channel 6, LUN 1 [IPMI 2.0 §43.3, byte 7]
		"08 00 51 02: 20 00 02",
		"10 00 51 01: 20 00 01",
	}
	if !slices.Equal(got, want) {
		t.Errorf("records\n%q, want\n%q", got, want)
	}
	shared := m.ask(t, ipmb.GetSDR, "00 00 08 00 00 ff")[3:]
	if shared[20] != 0 || shared[23] != 0x11 || shared[24] != 0x82 {
		t.Errorf("units %02x, sharing % x, want 00 and 11 82", shared[20], shared[23:25])
	}
}

// TestLiveThresholds reads thresholds that are others than the record's, also where the record says that there are none.
// [IPMI 2.0 §35.9]
func TestLiveThresholds(t *testing.T) {
	t.Parallel()
	number := func(f float64) *float64 { return &f }
	none := uint8(sdr.AutoRearm | sdr.HysteresisReadable)
	m := sensorMachine(t, func(p *profiles.Profile) {
		s := profiles.Sensor{
			Number: 1, Name: "Temp", Type: profiles.SensorType(sdr.Temperature), Value: number(30), Factors: []profiles.Factors{{M: 1, B: -128}},
			Lower: profiles.Thresholds{Critical: number(3)}, Upper: profiles.Thresholds{Critical: number(83)}, Capabilities: &none,
			Masks: []uint16{0x2204, 0x2204, 0x0012}, Range: []float64{-20, 100},
		}
		live := s
		live.Number, live.Live = 2, &profiles.Limits{Upper: profiles.Thresholds{Critical: number(100)}}
		p.Sensors, p.SDR, p.DCMI = []profiles.Sensor{s, live}, profiles.SDR{}, nil
	})
	m.exchange(t,
		exchange{"§35.9 none", ipmb.GetSensorThresholds, "01", "00 00 00 00 00 00 00 00"},
		exchange{"§35.9 live", ipmb.GetSensorThresholds, "02", "00 12 00 83 00 00 e4 00"})
	rec := m.ask(t, ipmb.GetSDR, "00 00 02 00 00 ff")[3:]
	if rec[34] != 228 || rec[35] != 108 || rec[37] != 211 {
		t.Errorf("range %d to %d, upper critical %d", rec[35], rec[34], rec[37])
	}
}

// TestWalkWithin lets a value walk, and not far; a still machine does not walk at all.
func TestWalkWithin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		number := func(f float64) *float64 { return &f }
		for _, still := range []bool{false, true} {
			m := sensorMachine(t, func(p *profiles.Profile) {
				p.Seed, p.Still, p.SDR, p.DCMI = 7, still, profiles.SDR{}, nil
				p.Sensors = []profiles.Sensor{{Number: 1, Name: "Temp", Type: profiles.SensorType(sdr.Temperature), Value: number(30),
					Move: &profiles.Motion{Walk: &profiles.Walk{Step: 5, Every: profiles.Duration(time.Second), Within: 4}}}}
			})
			low, high := byte(255), byte(0)
			for range 200 {
				time.Sleep(time.Second)
				raw := m.ask(t, ipmb.GetSensorReading, "01")[1]
				low, high = min(low, raw), max(high, raw)
			}
			if span := int(high) - int(low); still && span != 0 || !still && (span < 4 || span > 8) {
				t.Errorf("still %v: readings over %d degrees", still, span)
			}
		}
	})
}

// TestVersionsOffered holds what a channel says of its versions of IPMI to what it does. [IPMI 2.0 §22.13]
func TestVersionsOffered(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		versions []string
		want     string
	}{
		{nil, "03"},
		{[]string{"2.0"}, "02"},
		{[]string{"1.5"}, "01"},
		{[]string{"1.5", "2.0"}, "03"},
	} {
		m := sensorMachine(t, func(p *profiles.Profile) { p.Channels[1].Versions = tt.versions })
		got := m.ask(t, ipmb.GetChannelAuthenticationCapabilities, "81 04")
		if fmt.Sprintf("%02x", got[4]) != tt.want {
			t.Errorf("%v: extended capabilities %02x, want %s", tt.versions, got[4], tt.want)
		}
	}
}

// TestEmptySlots reads the access of a user ID that nobody uses. [IPMI 2.0 §22.27]
func TestEmptySlots(t *testing.T) {
	t.Parallel()
	no := false
	m := sensorMachine(t, func(p *profiles.Profile) { p.EmptySlots = profiles.SlotAccess{Messaging: &no, LinkAuth: true} })
	if got := m.ask(t, ipmb.GetUserAccess, "01 09"); got[4] != 0x2f {
		t.Errorf("access % x, want 2f", got)
	}
}

// TestRemoteDeviceSDRs reads a controller's device SDRs over a session, where the specification has them local.
// [IPMI 2.0 §35.2, §35.3, Appendix G]
func TestRemoteDeviceSDRs(t *testing.T) {
	t.Parallel()
	for _, remote := range []bool{false, true} {
		m := sensorMachine(t, func(p *profiles.Profile) {
			p.Device.DeviceSDRs, p.SDR.SameDevice, p.SDR.Controller.Name = true, true, "BMC"
			if remote {
				p.Commands.Remote = []string{"get-device-sdr-info"}
			}
		})
		got := m.table.Lookup(ipmb.GetDeviceSDRInfo).Reach
		if remote != (got == Anywhere) {
			t.Errorf("remote %v: %v", remote, got)
		}
		if all, device := m.sdrs.repository.Info().Records, m.sdrs.device.Info().Records; all != device {
			t.Errorf("%d device SDRs, %d in the repository", device, all)
		}
	}
	if _, err := newTable(profiles.Commands{Remote: []string{"get-devise-id"}}, standardCommands()...); err == nil {
		t.Error("an unknown remote command is taken")
	}
}
