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

// repositoryProfile leaves one sensor and gives the repository one record of each other kind.
func repositoryProfile(p *profiles.Profile) {
	p.Sensors = p.Sensors[3:4] // event-only
	added, erased := uint32(0x01020304), uint32(0x05060708)
	p.SDR = profiles.SDR{Capacity: 1024, Added: &added, Erased: &erased}
}

// someOEM is an OEM record of eight bytes behind the header's ID.
const someOEM = "00 00 51 c0 05 d9 7e 00 aa bb"

// TestSDRRepository adds, reads and deletes records. [IPMI 2.0 §33.9-§33.15]
func TestSDRRepository(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, repositoryProfile)
	m.exchange(t,
		exchange{"§33.9", ipmb.GetSDRRepositoryInfo, "", "00 51 01 00 e0 03 04 03 02 01 08 07 06 05 6f"},
		exchange{"§33.10", ipmb.GetSDRRepositoryAllocationInfo, "", "00 40 00 10 00 3e 00 3e 00 10"},
		exchange{"§33.11", ipmb.ReserveSDRRepository, "", "00 01 00"},
		exchange{"§33.12 whole record", ipmb.GetSDR, "00 00 00 00 00 ff", "00 ff ff 01 00 51 03 12 20 00 04 00 00 12 6f 01 00 00 00 c6 45 76 65 6e 74 73"},
		exchange{"§33.12 part", ipmb.GetSDR, "01 00 01 00 05 03", "00 ff ff 20 00 04"},
		exchange{"§33.12 part without reservation: C5h", ipmb.GetSDR, "00 00 01 00 05 03", "c5"},
		exchange{"§33.12 absent: CBh", ipmb.GetSDR, "00 00 09 00 00 ff", "cb"},
		exchange{"§33.12 behind the end: C9h", ipmb.GetSDR, "01 00 01 00 40 01", "c9"},
		exchange{"§33.12 five bytes: C7h", ipmb.GetSDR, "00 00 00 00 00", "c7"},
		exchange{"§33.13", ipmb.AddSDR, someOEM, "00 02 00"},
		exchange{"§33.12 the next record", ipmb.GetSDR, "00 00 01 00 00 02", "00 02 00 01 00"},
		exchange{"§33.12 the last record", ipmb.GetSDR, "00 00 ff ff 00 ff", "00 ff ff 02 00 51 c0 05 d9 7e 00 aa bb"},
		exchange{"§33.13 header and length differ: C7h", ipmb.AddSDR, "00 00 51 c0 09 d9 7e 00 aa bb", "c7"},
		exchange{"§33.15 without reservation: C5h", ipmb.DeleteSDR, "00 00 02 00", "c5"},
		exchange{"§33.15", ipmb.DeleteSDR, "01 00 02 00", "00 02 00"},
		exchange{"§33.15 absent: CBh", ipmb.DeleteSDR, "01 00 02 00", "cb"},
		exchange{"§33.11 a new one cancels the old", ipmb.ReserveSDRRepository, "", "00 02 00"},
		exchange{"§33.15 cancelled: C5h", ipmb.DeleteSDR, "01 00 01 00", "c5"})
}

// TestPartialAddSDR adds a record in parts. [IPMI 2.0 §33.14]
func TestPartialAddSDR(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, repositoryProfile)
	m.exchange(t,
		exchange{"§33.14 without reservation: C5h", ipmb.PartialAddSDR, "00 00 00 00 00 00 00 00 51 c0 05", "c5"},
		exchange{"§33.11", ipmb.ReserveSDRRepository, "", "00 01 00"},
		exchange{"§33.14 first part", ipmb.PartialAddSDR, "01 00 00 00 00 00 00 00 51 c0 05", "00 02 00"},
		exchange{"§33.12 invisible", ipmb.GetSDR, "00 00 02 00 00 ff", "cb"},
		exchange{"§33.14 a gap: C9h", ipmb.PartialAddSDR, "01 00 02 00 07 00 00", "c9"},
		exchange{"§33.14 last part", ipmb.PartialAddSDR, "01 00 02 00 05 01 d9 7e 00 aa bb", "00 02 00"},
		exchange{"§33.12 visible", ipmb.GetSDR, "00 00 02 00 00 ff", "00 ff ff 02 00 51 c0 05 d9 7e 00 aa bb"},
		exchange{"§33.14 a length that differs: 80h", ipmb.PartialAddSDR, "01 00 00 00 00 01 00 00 51 c0 05 d9", "80"},
		exchange{"§33.14 reserved progress: CCh", ipmb.PartialAddSDR, "01 00 00 00 00 02 00", "cc"})
}

// TestClearSDRs erases, which takes its time. [IPMI 2.0 §33.16]
func TestClearSDRs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := sensorMachine(t, repositoryProfile, func(p *profiles.Profile) { p.SDR.EraseTime = profiles.Duration(2 * time.Second) })
		m.exchange(t,
			exchange{"§33.16 without reservation: C5h", ipmb.ClearSDRRepository, "00 00 43 4c 52 aa", "c5"},
			exchange{"§33.11", ipmb.ReserveSDRRepository, "", "00 01 00"},
			exchange{"§33.16 not CLR: CCh", ipmb.ClearSDRRepository, "01 00 43 4c 53 aa", "cc"},
			exchange{"§33.16 neither AAh nor 00h: CCh", ipmb.ClearSDRRepository, "01 00 43 4c 52 bb", "cc"},
			exchange{"§33.16 initiate", ipmb.ClearSDRRepository, "01 00 43 4c 52 aa", "00 00"},
			exchange{"§33.16 in progress", ipmb.ClearSDRRepository, "01 00 43 4c 52 00", "00 00"},
			exchange{"busy: C0h", ipmb.AddSDR, someOEM, "c0"})
		time.Sleep(2 * time.Second)
		m.exchange(t, exchange{"§33.16 completed", ipmb.ClearSDRRepository, "01 00 43 4c 52 00", "00 01"})
		info := m.ask(t, ipmb.GetSDRRepositoryInfo, "")
		if n := binary.LittleEndian.Uint16(info[2:]); n != 0 {
			t.Errorf("%d records are left", n)
		}
		// Sensors are not their records: they go on.
		m.exchange(t, exchange{"the sensor is there", ipmb.GetSensorType, "04", "00 12 6f"})
	})
}

// TestSDRUpdateMode keeps others out. [IPMI 2.0 §33.2.1, §33.19, §33.20]
func TestSDRUpdateMode(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, repositoryProfile)
	m.exchange(t,
		exchange{"§33.20 outside: D5h", ipmb.ExitSDRRepositoryUpdateMode, "", "d5"},
		exchange{"§33.19", ipmb.EnterSDRRepositoryUpdateMode, "", "00"},
		exchange{"D0h", ipmb.GetSDRRepositoryInfo, "", "d0"},
		exchange{"D0h", ipmb.GetSDRRepositoryAllocationInfo, "", "d0"},
		exchange{"D0h", ipmb.ReserveSDRRepository, "", "d0"},
		exchange{"D0h", ipmb.DeleteSDR, "00 00 01 00", "d0"},
		exchange{"D0h", ipmb.GetSDRRepositoryTime, "", "d0"},
		exchange{"D0h", ipmb.SetSDRRepositoryTime, "00 00 00 60", "d0"},
		exchange{"D0h", ipmb.RunInitializationAgent, "01", "d0"},
		exchange{"§33.12 allowed", ipmb.GetSDR, "00 00 00 00 00 02", "00 ff ff 01 00"},
		exchange{"§33.13 allowed", ipmb.AddSDR, someOEM, "00 02 00"},
		exchange{"§33.14 allowed, no reservation", ipmb.PartialAddSDR, "00 00 00 00 00 01 00 00 51 c0 05 d9 7e 00 aa bb", "00 03 00"},
		exchange{"§33.16 allowed, no reservation", ipmb.ClearSDRRepository, "00 00 43 4c 52 aa", "00 01"})
	// Another party.
	out, ok := m.executeAs(t, 1, ipmb.GetSDR, "00 00 00 00 00 ff")
	if !ok || out[0] != byte(ipmb.SDRUpdateMode) {
		t.Errorf("another party reads: % x, want D0h", out)
	}
	m.exchange(t,
		exchange{"§33.20", ipmb.ExitSDRRepositoryUpdateMode, "", "00"},
		exchange{"§33.11", ipmb.ReserveSDRRepository, "", "00 01 00"})
}

// executeAs sends a request as the IPMB does, from another address.
func (m *Machine) executeAs(t *testing.T, from ipmb.Addr, op ipmb.Op, req string) ([]byte, bool) {
	t.Helper()
	m.sessions.Lock()
	defer m.sessions.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	msg := ipmb.Message{To: ipmb.AddrBMC, NetFn: op.NetFn, From: from, Cmd: op.Cmd, Data: unhex(t, req)}
	return m.dispatch(m.begin(&msg, ChannelPrimaryIPMB), nil)
}

// TestSDRWithout lacks the optional operations. [IPMI 2.0 §33.9]
func TestSDRWithout(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, repositoryProfile, func(p *profiles.Profile) {
		p.SDR.Without, p.SDR.Update = []string{"allocation", "reserve", "partial-add", "delete"}, "modal"
	})
	m.exchange(t,
		exchange{"§33.9 operation support", ipmb.GetSDRRepositoryInfo, "", "00 51 01 00 e0 03 04 03 02 01 08 07 06 05 40"},
		exchange{"§33.10", ipmb.GetSDRRepositoryAllocationInfo, "", "c1"},
		exchange{"§33.11", ipmb.ReserveSDRRepository, "", "c1"},
		exchange{"§33.12 partial reads need no reservation", ipmb.GetSDR, "00 00 01 00 05 03", "00 ff ff 20 00 04"},
		exchange{"§33.14", ipmb.PartialAddSDR, "00 00 00 00 00 00 00", "c1"},
		exchange{"§33.15", ipmb.DeleteSDR, "00 00 01 00", "c1"},
		exchange{"§33.2 modal only: D5h outside update mode", ipmb.AddSDR, someOEM, "d5"})
}

// TestSDRLongRead asks for more than the interface carries. [IPMI 2.0 §33.12]
func TestSDRLongRead(t *testing.T) {
	t.Parallel()
	m := sensorMachine(t, func(p *profiles.Profile) { p.SystemInterface.MaxOut = 40 })
	m.exchange(t,
		exchange{"a record of 53 bytes: CAh", ipmb.GetSDR, "00 00 00 00 00 ff", "ca"},
		exchange{"its header", ipmb.GetSDR, "00 00 00 00 00 05", "00 02 00 01 00 51 01 30"})
	if out, ok := m.executeAs(t, 0x24, ipmb.GetSDR, "00 00 00 00 00 ff"); !ok || out[0] != byte(ipmb.CannotReturnBytes) {
		t.Errorf("over IPMB: % x, want CAh", out)
	}
}

// TestSDRTime sets and reads the clock. [IPMI 2.0 §33.17, §33.18]
func TestSDRTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := sensorMachine(t)
		m.exchange(t,
			exchange{"§33.18", ipmb.SetSDRRepositoryTime, "00 00 00 60", "00"},
			exchange{"§33.17", ipmb.GetSDRRepositoryTime, "", "00 00 00 00 60"})
		time.Sleep(90 * time.Second)
		m.exchange(t, exchange{"§33.17 it goes", ipmb.GetSDRRepositoryTime, "", "00 5a 00 00 60"})
	})
}

// TestInitializationAgent sets sensors as their records say. [IPMI 2.0 §33.6, §33.21]
func TestInitializationAgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := sensorMachine(t, func(p *profiles.Profile) { p.SDR.InitTime = profiles.Duration(time.Second) })
		m.exchange(t,
			exchange{"§33.21 nothing runs", ipmb.RunInitializationAgent, "00", "00 01"},
			exchange{"§35.8", ipmb.SetSensorThresholds, "01 08 00 00 00 50 00 00", "00"},
			exchange{"§35.6", ipmb.SetSensorHysteresis, "01 ff 09 09", "00"},
			exchange{"§35.10", ipmb.SetSensorEventEnable, "01 20 ff ff ff ff", "00"},
			exchange{"§33.21 run", ipmb.RunInitializationAgent, "01", "00 00"},
			exchange{"§33.21 in progress", ipmb.RunInitializationAgent, "00", "00 00"})
		time.Sleep(time.Second)
		m.exchange(t,
			exchange{"§33.21 completed", ipmb.RunInitializationAgent, "00", "00 01"},
			exchange{"§35.9", ipmb.GetSensorThresholds, "01", "00 3f 0a 05 02 28 32 3c"},
			exchange{"§35.7", ipmb.GetSensorHysteresis, "01 ff", "00 02 02"},
			exchange{"§35.11", ipmb.GetSensorEventEnable, "01", "00 c0 95 0a 95 0a"})
	})
}

// TestEveryRecordType builds a repository from a profile with each record type, and parses it again.
func TestEveryRecordType(t *testing.T) {
	t.Parallel()
	address := uint8(0x20)
	m := sensorMachine(t, func(p *profiles.Profile) {
		fan := profiles.Entity{ID: sdr.EntityFan, Instance: 1}
		p.FRU = []profiles.FRU{{ID: 0, Name: "System"}, {ID: 1, Name: "Supply"}}
		p.SDR = profiles.SDR{
			Controller:  profiles.Controller{Name: "BMC"},
			Controllers: []profiles.OtherController{{Address: 0x2c, Channel: 6, Name: "ME", Support: []profiles.Support{profiles.SupportSensor}}},
			Devices:     []profiles.DeviceLocator{{Name: "Inlet", From: "inlet", Access: 0x20, Type: 0xbf}},
			Associations: []profiles.Association{
				{Container: fan, Contained: []profiles.Entity{fan, {ID: sdr.EntityFan, Instance: 8}}, Range: true},
				{Container: fan, Contained: []profiles.Entity{fan}, Address: &address},
			},
			Confirmations: []profiles.Confirmation{{Address: 0x20, ID: 0x20, Firmware: profiles.Firmware{Major: 1}, IPMIVersion: profiles.IPMI20}},
			Channels:      &profiles.ChannelRecord{Channels: make([]byte, 8), Interrupt: 0xff, EventInterrupt: 0xff},
			OEM:           []profiles.OEMRecord{{Manufacturer: 32473, Data: []byte{1, 2}}},
			Records:       []profiles.HexBytes{unhex(t, "40 00 51 0a 02 aa bb")},
		}
	})
	var types []string
	for id, guard := uint16(0), 0; id != 0xffff && guard < 50; guard++ {
		rec := m.ask(t, ipmb.GetSDR, fmt.Sprintf("00 00 %02x %02x 00 ff", byte(id), byte(id>>8)))
		if rec[0] != 0 {
			t.Fatalf("record %04Xh: % x", id, rec)
		}
		r, err := sdr.Parse(rec[3:])
		if err != nil {
			t.Fatalf("record %04Xh: %v", id, err)
		}
		types = append(types, fmt.Sprintf("%02x", uint8(r.Type())))
		switch r := r.(type) {
		case *sdr.GenericLocator:
			if r.Slave != 0x90 || r.Bus != 1 || r.Access != 0x20 {
				t.Errorf("locator of inlet: %+v", r)
			}
		case *sdr.FRULocator:
			if !r.Logical || r.Device != 1 || r.Name.String() != "Supply" {
				t.Errorf("FRU locator: %+v", r)
			}
		}
		id = binary.LittleEndian.Uint16(rec[1:])
	}
	want := []string{"01", "02", "02", "03", "01", "12", "12", "11", "10", "08", "09", "13", "14", "c0", "0a"}
	if !slices.Equal(types, want) {
		t.Errorf("record types %v, want %v", types, want)
	}
}

// TestRepositoryTimestamps follow from the records: the same machine has the same, another one others.
func TestRepositoryTimestamps(t *testing.T) {
	t.Parallel()
	stamp := func(edit func(*profiles.Profile)) uint32 {
		return binary.LittleEndian.Uint32(sensorMachine(t, edit).ask(t, ipmb.GetSDRRepositoryInfo, "")[6:])
	}
	same := func(*profiles.Profile) {}
	other := func(p *profiles.Profile) { p.Sensors[0].Name = "Intake" }
	if a, b := stamp(same), stamp(same); a != b {
		t.Errorf("the same profile: %d and %d", a, b)
	}
	if a, b := stamp(same), stamp(other); a == b {
		t.Errorf("another profile has the same timestamp %d", a)
	}
}
