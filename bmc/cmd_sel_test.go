package bmc

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// clock2019 says 2019-03-01 12:00:00 at the start, which is C0 1E 79 5C. In a bubble it stands still between two sleeps.
func clock2019(p *profiles.Profile) { p.Clock.Start = "2019-03-01T12:00:00Z" }

// TestSEL follows one log through its life. [IPMI 2.0 §31]
func TestSEL(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, clock2019)
		m.exchange(t,
			exchange{"§31.2 empty", ipmb.GetSELInfo, "", "00 51 0000 0001 ffffffff ffffffff 0f"},
			exchange{"§31.3 empty", ipmb.GetSELAllocationInfo, "", "00 1000 1000 1000 1000 01"},
			exchange{"§31.5 nothing there", ipmb.GetSELEntry, "0000 0000 00 ff", "cb"},
			exchange{"§31.6 system event", ipmb.AddSELEntry, "0000 02 00000000 2000 04 01 30 01 57 ff ff", "00 0100"},
			exchange{"§31.6 OEM, timestamped", ipmb.AddSELEntry, "0000 c1 00000000 570100 010203040506", "00 0200"},
			exchange{"§31.6 OEM, not timestamped", ipmb.AddSELEntry, "0000 e1 0102030405060708090a0b0c0d", "00 0300"},
			exchange{"§31.6 standard type that is none", ipmb.AddSELEntry, "0000 03 00000000 2000 04 01 30 01 57 ff ff", "80"},
			exchange{"§31.6 short", ipmb.AddSELEntry, "0000 02", "c7"},
			exchange{"§31.5 first", ipmb.GetSELEntry, "0000 0000 00 ff", "00 0200 0100 02 c01e795c 2000 04 01 30 01 57 ff ff"},
			exchange{"§31.5 second", ipmb.GetSELEntry, "0000 0200 00 ff", "00 0300 0200 c1 c01e795c 570100 010203040506"},
			exchange{"§31.5 last", ipmb.GetSELEntry, "0000 ffff 00 ff", "00 ffff 0300 e1 0102030405060708090a0b0c0d"},
			exchange{"§31.5 from the start needs no reservation", ipmb.GetSELEntry, "0000 0100 00 03", "00 0200 0100 02"},
			exchange{"§31.5 from elsewhere does", ipmb.GetSELEntry, "0000 0100 03 04", "c5"},
			exchange{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
			exchange{"§31.5 part", ipmb.GetSELEntry, "0100 0100 03 04", "00 0200 c01e795c"},
			exchange{"§31.5 no such entry", ipmb.GetSELEntry, "0000 0900 00 ff", "cb"},
			exchange{"§31.2 three", ipmb.GetSELInfo, "", "00 51 0300 d000 c01e795c ffffffff 0f"},
			exchange{"§31.8 without a reservation", ipmb.DeleteSELEntry, "0000 0200", "c5"},
			exchange{"§31.8", ipmb.DeleteSELEntry, "0100 0200", "00 0200"},
			exchange{"§31.8 gone", ipmb.DeleteSELEntry, "0100 0200", "cb"},
			exchange{"§31.5 the next one has its place", ipmb.GetSELEntry, "0000 0100 00 02", "00 0300 0100"},
			exchange{"§31.9 letters", ipmb.ClearSEL, "0100 434c53 aa", "cc"},
			exchange{"§31.9 operation", ipmb.ClearSEL, "0100 434c52 ab", "cc"},
			exchange{"§31.9 reservation", ipmb.ClearSEL, "0200 434c52 aa", "c5"},
			exchange{"§31.9 bmclib's reservation", ipmb.ClearSEL, "2143 434c52 aa", "c5"},
			exchange{"§31.9", ipmb.ClearSEL, "0100 434c52 aa", "00 01"},
			exchange{"§31.9 status", ipmb.ClearSEL, "0100 434c52 00", "00 01"},
			exchange{"§31.2 cleared", ipmb.GetSELInfo, "", "00 51 0000 0001 c01e795c c01e795c 0f"})
	})
}

// TestSELPartialAdd makes an entry in parts. [IPMI 2.0 §31.7]
func TestSELPartialAdd(t *testing.T) {
	t.Parallel()
	add := ipmb.PartialAddSELEntry
	synctest.Test(t, func(t *testing.T) {
		newTestMachine(t, clock2019).exchange(t,
			exchange{"§31.7 without a reservation", add, "0000 0000 00 00 0000 02", "c5"},
			exchange{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
			exchange{"§31.7 reserved progress", add, "0100 0000 00 02 0000 02", "cc"},
			exchange{"§31.7 first", add, "0100 0000 00 00 0000 02 00000000", "00 0100"},
			exchange{"§31.7 invisible", ipmb.GetSELEntry, "0000 0100 00 ff", "cb"},
			exchange{"§31.7 not where it goes on", add, "0100 0100 08 00 00", "c9"},
			exchange{"§31.7 last", add, "0100 0100 07 01 2000 04 01 30 01 57 ff ff", "00 0100"},
			exchange{"§31.7 visible and dated", ipmb.GetSELEntry, "0000 0100 00 ff", "00 ffff 0100 02 c01e795c 2000 04 01 30 01 57 ff ff"},
			exchange{"§31.4 the addition cancelled", add, "0100 0000 00 00 0000 02", "c5"},
			exchange{"§31.4", ipmb.ReserveSEL, "", "00 0200"},
			exchange{"§31.7 short in the end", add, "0200 0000 00 01 0000 02", "80"})
	})
}

// TestSELBegin: a log that begins with the entry of its clearing was cleared then. [IPMI 2.0 §31.2]
func TestSELBegin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, clock2019, func(p *profiles.Profile) {
			p.SEL.Entries = []profiles.SELEntry{
				{Ago: profiles.Duration(2 * time.Second), SensorType: 0x10, Sensor: 1, EventType: 0x6f, Data: []byte{0x02}},
				{Ago: profiles.Duration(time.Second), SensorType: 0x10, Sensor: 1, EventType: 0x6f, Data: []byte{0x03}},
			}
		})
		m.exchange(t, exchange{"§31.2", ipmb.GetSELInfo, "", "00 51 0200 e000 bf1e795c be1e795c 0f"})
	})
}

// TestSELErase takes the profile's time. [IPMI 2.0 §31.9, 81h of §30, §31]
func TestSELErase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, clock2019, func(p *profiles.Profile) { p.SEL.Erase = profiles.Duration(2 * time.Second) })
		m.exchange(t,
			exchange{"§31.6", ipmb.AddSELEntry, "0000 e1 0102030405060708090a0b0c0d", "00 0100"},
			exchange{"§30.5 software", ipmb.SetLastProcessedEventID, "00 0100", "00"},
			exchange{"§30.5 BMC", ipmb.SetLastProcessedEventID, "01 0100", "00"},
			exchange{"§30.6", ipmb.GetLastProcessedEventID, "", "00 c01e795c 0100 0100 0100"},
			exchange{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
			exchange{"§31.9 begins", ipmb.ClearSEL, "0100 434c52 aa", "00 00"},
			exchange{"§31.9 goes on", ipmb.ClearSEL, "0100 434c52 00", "00 00"},
			exchange{"§31.9 sent again", ipmb.ClearSEL, "0100 434c52 aa", "00 00"},
			exchange{"§31.2", ipmb.GetSELInfo, "", "81"},
			exchange{"§31.4", ipmb.ReserveSEL, "", "81"},
			exchange{"§31.5", ipmb.GetSELEntry, "0000 0000 00 ff", "81"},
			exchange{"§31.6", ipmb.AddSELEntry, "0000 e1 0102030405060708090a0b0c0d", "81"},
			exchange{"§31.7", ipmb.PartialAddSELEntry, "0100 0000 00 00 0000", "81"},
			exchange{"§31.8", ipmb.DeleteSELEntry, "0100 0100", "81"},
			exchange{"§30.5", ipmb.SetLastProcessedEventID, "00 0100", "81"},
			exchange{"§30.6", ipmb.GetLastProcessedEventID, "", "81"})
		pass(2 * time.Second)
		m.exchange(t,
			exchange{"§31.9 done", ipmb.ClearSEL, "0100 434c52 00", "00 01"},
			exchange{"§30.5 cleared with it", ipmb.GetLastProcessedEventID, "", "00 c01e795c ffff ffff ffff"})
	})
}

// TestSELWithout lacks the optional commands, and says so. [IPMI 2.0 §31.2]
func TestSELWithout(t *testing.T) {
	t.Parallel()
	newTestMachine(t, func(p *profiles.Profile) { p.SEL.Operations = nil }).exchange(t,
		exchange{"§31.2", ipmb.GetSELInfo, "", "00 51 0000 0001 ffffffff ffffffff 00"},
		exchange{"§31.3", ipmb.GetSELAllocationInfo, "", "c1"},
		exchange{"§31.4", ipmb.ReserveSEL, "", "c1"},
		exchange{"§31.7", ipmb.PartialAddSELEntry, "0000 0000 00 00 0000", "c1"},
		exchange{"§31.8", ipmb.DeleteSELEntry, "0000 0000", "c1"},
		exchange{"§31.9 with 0000h", ipmb.ClearSEL, "0000 434c52 aa", "00 01"})
	newTestMachine(t, func(p *profiles.Profile) { p.SEL.Reservations = profiles.ReservationAny }).exchange(t,
		exchange{"bmclib's reservation where the profile allows it", ipmb.ClearSEL, "2143 434c52 aa", "00 01"})
	newTestMachine(t, func(p *profiles.Profile) { p.SEL.Reservations = profiles.ReservationZero }).exchange(t,
		exchange{"[DCMI 1.5 §6.4] 0000h", ipmb.ClearSEL, "0000 434c52 aa", "00 01"},
		exchange{"[DCMI 1.5 §6.4] not others", ipmb.ClearSEL, "2143 434c52 aa", "c5"})
	newTestMachine(t, func(p *profiles.Profile) { p.SEL.KeepTypes = []uint8{0xe1} }).exchange(t,
		exchange{"§31.6", ipmb.AddSELEntry, "0000 e1 0102030405060708090a0b0c0d", "00 0100"},
		exchange{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
		exchange{"§31.8 80h", ipmb.DeleteSELEntry, "0100 0100", "80"})
}

// TestSELTime sets the clock, which the SDR repository shares. [IPMI 2.0 §31.10-31.11b, §33.17]
func TestSELTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, clock2019, func(p *profiles.Profile) { p.Clock.Rate, p.Clock.LogChanges = 60, true })
		m.exchange(t,
			exchange{"§31.10", ipmb.GetSELTime, "", "00 c01e795c"},
			exchange{"§31.11a unspecified", ipmb.GetSELTimeUTCOffset, "", "00 ff07"},
			exchange{"§31.11b Tokyo", ipmb.SetSELTimeUTCOffset, "1c02", "00"},
			exchange{"§31.11a", ipmb.GetSELTimeUTCOffset, "", "00 1c02"},
			exchange{"§31.11b west", ipmb.SetSELTimeUTCOffset, "20fe", "00"},
			exchange{"§31.11a", ipmb.GetSELTimeUTCOffset, "", "00 20fe"},
			exchange{"§31.11b 1441", ipmb.SetSELTimeUTCOffset, "a105", "c9"})
		pass(time.Second)
		m.exchange(t,
			exchange{"a minute in a second", ipmb.GetSELTime, "", "00 fc1e795c"},
			exchange{"§33.17 the same clock", ipmb.GetSDRRepositoryTime, "", "00 fc1e795c"},
			exchange{"§31.11 no time", ipmb.SetSELTime, "ffffffff", "cc"},
			exchange{"§31.11", ipmb.SetSELTime, "00000040", "00"},
			exchange{"§31.11a unspecified again", ipmb.GetSELTimeUTCOffset, "", "00 ff07"},
			exchange{"§31.10", ipmb.GetSELTime, "", "00 00000040"},
			exchange{"§42.2 before", ipmb.GetSELEntry, "0000 0000 00 ff", "00 0200 0100 02 fc1e795c 2000 04 12 12 6f c5 00 ff"},
			exchange{"§42.2 after", ipmb.GetSELEntry, "0000 ffff 00 ff", "00 ffff 0200 02 00000040 2000 04 12 12 6f c5 80 ff"})
		unset := newTestMachine(t, func(p *profiles.Profile) { p.Clock.Start = profiles.ClockUnset })
		unset.exchange(t, exchange{"§37 since the start", ipmb.GetSELTime, "", "00 00000000"})
		pass(5 * time.Second)
		unset.exchange(t, exchange{"§37 since the start", ipmb.GetSELTime, "", "00 05000000"})
	})
}

// TestSELReset cancels the reservation. [IPMI 2.0 §31.4.2]
func TestSELReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t)
		m.exchange(t,
			exchange{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
			exchange{"§20.2", ipmb.ColdReset, "", "00"})
		pass(time.Minute)
		m.exchange(t, exchange{"§31.4.2", ipmb.ClearSEL, "0100 434c52 aa", "c5"})
	})
}

// TestAuxiliaryLogs keep what they are told. [IPMI 2.0 §31.12, §31.13]
func TestAuxiliaryLogs(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetAuxiliaryLogStatus, ipmb.SetAuxiliaryLogStatus
	m := newTestMachine(t, func(p *profiles.Profile) {
		p.SEL.AuxiliaryLogs = []profiles.AuxiliaryLog{profiles.AuxiliaryMCA, profiles.AuxiliaryOEM2}
	})
	m.exchange(t,
		exchange{"§31.12 MCA, nothing", get, "00", "00 ffffffff 00000000"},
		exchange{"§31.13 MCA", set, "00 01020304 05000000", "00"},
		exchange{"§31.12 MCA", get, "f0", "00 01020304 05000000"},
		exchange{"§31.13 MCA with the length of OEM", set, "00 01020304 570100 0102030405060708", "c7"},
		exchange{"§31.12 OEM 1 is not there", get, "01", "cc"},
		exchange{"§31.13 OEM 1", set, "01 01020304 570100 0102030405060708", "cc"},
		exchange{"§31.13 OEM 2", set, "02 01020304 570100 0102030405060708", "00"},
		exchange{"§31.12 OEM 2", get, "02", "00 01020304 570100 0102030405060708"},
		exchange{"§31.12 reserved", get, "03", "cc"})
}

// TestSELFull stops or goes on, by the profile, and says so. [IPMI 2.0 §31.2, §17.5, Table 42-3 sensor type 10h]
func TestSELFull(t *testing.T) {
	t.Parallel()
	fill := func(m *Machine, n int) {
		for i := range n {
			m.ask(t, ipmb.PlatformEventMessage, fmt.Sprintf("41 04 01 %02x 01 57", i))
		}
	}
	full := func(p *profiles.Profile) { p.SEL.AlmostFull, p.SEL.Sensor = 75, 0x70 }
	stop := newTestMachine(t, full)
	fill(stop, 12)
	stop.exchange(t, exchange{"§42.2 75 %", ipmb.GetSELEntry, "0000 ffff 00 ff", "00 ffff 0d00 02" + stamp(t, stop) + "2000 04 10 70 6f 35 ff 4b"})
	fill(stop, 9)
	info := stop.ask(t, ipmb.GetSELInfo, "")
	if info[2] != 16 || info[14] != 0x8f {
		t.Errorf("§31.2 full: % x", info)
	}
	stop.exchange(t,
		exchange{"§42.2 full", ipmb.GetSELEntry, "0000 ffff 00 ff", "00 ffff 1000 02" + stamp(t, stop) + "2000 04 10 70 6f 04 ff ff"},
		exchange{"§31.6 no room", ipmb.AddSELEntry, "0000 e1 0102030405060708090a0b0c0d", "c4"},
		exchange{"§30.6 processed without an entry", ipmb.SetPEFConfigurationParameters, "01 00", "00"})
	fill(stop, 1)
	if got := stop.ask(t, ipmb.GetLastProcessedEventID, ""); !bytes.Equal(got[9:], []byte{0, 0}) {
		t.Errorf("§30.6: % x, want 0000h for an event that was not logged", got)
	}
	ring := newTestMachine(t, func(p *profiles.Profile) { p.SEL.Full = profiles.LogRings })
	fill(ring, 20)
	if info := ring.ask(t, ipmb.GetSELInfo, ""); info[2] != 16 || info[14] != 0x0f || bytes.Equal(info[10:14], unhex(t, "ffffffff")) {
		t.Errorf("ring: % x", info)
	}
	if first := ring.ask(t, ipmb.GetSELEntry, "0000 0000 00 ff"); first[3] != 5 {
		t.Errorf("ring begins with % x, want record 5", first)
	}
}

// TestSELSensor shows how full the log is, in the sensor that reports it. [IPMI 2.0 Table 42-3, sensor type 10h]
func TestSELSensor(t *testing.T) {
	t.Parallel()
	fill := func(p *profiles.Profile) { p.SEL.Entries = make([]profiles.SELEntry, 11) }
	newSensor := func(edits ...func(*profiles.Profile)) *Machine {
		return newTestMachine(t, append(edits, func(p *profiles.Profile) {
			p.SEL.AlmostFull, p.SEL.Sensor = 75, 0x70
			p.Sensors = append(p.Sensors, profiles.Sensor{Number: 0x70, Name: "SEL", Type: sensorTypeEventLogging, Possible: []uint8{2, 4, 5}, Deassertion: new([]uint8)})
		})...)
	}
	read := ipmb.GetSensorReading
	m := newSensor(fill)
	m.exchange(t,
		exchange{"§42.2 eleven of sixteen", read, "70", "00 00 c0 00 80"},
		exchange{"§29.3 the twelfth, and the report", ipmb.PlatformEventMessage, "41 04 01 01 01 57", "00"},
		exchange{"§31.2 thirteen", ipmb.GetSELEntry, "0000 0d00 00 ff", "00 ffff 0d00 02" + stamp(t, m) + "2000 04 10 70 6f 35 ff 4b"},
		exchange{"§42.2 almost full", read, "70", "00 00 c0 20 80"},
		exchange{"§35.13 event status", ipmb.GetSensorEventStatus, "70", "00 c0 20 00 00 00"})
	for range 3 {
		m.ask(t, ipmb.PlatformEventMessage, "41 04 01 01 01 57")
	}
	m.exchange(t,
		exchange{"§42.2 full", read, "70", "00 00 c0 30 80"},
		exchange{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
		exchange{"§31.8 one less", ipmb.DeleteSELEntry, "0100 0200", "00 0200"},
		exchange{"§42.2 not full", read, "70", "00 00 c0 20 80"},
		exchange{"§31.9", ipmb.ClearSEL, "0000 434c52 aa", "c5"},
		exchange{"§31.4", ipmb.ReserveSEL, "", "00 0200"},
		exchange{"§31.9", ipmb.ClearSEL, "0200 434c52 aa", "00 01"},
		exchange{"§42.2 empty", read, "70", "00 00 c0 00 80"})
	newSensor(func(p *profiles.Profile) { p.SEL.Entries = make([]profiles.SELEntry, 16) }).exchange(t,
		exchange{"§42.2 full from the start", read, "70", "00 00 c0 30 80"})
	newSensor(func(p *profiles.Profile) {
		p.SEL.Full, p.SEL.Entries = profiles.LogRings, make([]profiles.SELEntry, 16)
	}).exchange(t, exchange{"§42.2 a ring is never full", read, "70", "00 00 c0 20 80"})
}

// stamp is the timestamp of the last entry.
func stamp(t *testing.T, m *Machine) string {
	t.Helper()
	return fmt.Sprintf("%x", m.ask(t, ipmb.GetSELEntry, "0000 ffff 00 ff")[6:10])
}

// TestSELEntries come from the profile. [IPMI 2.0 §32]
func TestSELEntries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, clock2019, func(p *profiles.Profile) {
			p.SEL.Cleared = true
			p.SEL.Entries = []profiles.SELEntry{
				{Ago: profiles.Duration(192 * time.Second), SensorType: 1, Sensor: 2, EventType: 1, Deassert: true, Data: []byte{9}},
				{Record: unhex(t, "0000 e0 0102030405060708090a0b0c0d")},
			}
		})
		m.exchange(t,
			exchange{"§32.1", ipmb.GetSELEntry, "0000 0000 00 ff", "00 0200 0100 02 001e795c 2000 04 01 02 81 09 ff ff"},
			exchange{"§32.3", ipmb.GetSELEntry, "0000 0200 00 ff", "00 ffff 0200 e0 0102030405060708090a0b0c0d"},
			exchange{"§30.6 history", ipmb.GetLastProcessedEventID, "", "00 001e795c 0200 ffff 0200"},
			exchange{"§31.4", ipmb.ReserveSEL, "", "00 0100"},
			exchange{"§31.9", ipmb.ClearSEL, "0100 434c52 aa", "00 01"},
			exchange{"§42.2 log area cleared", ipmb.GetSELEntry, "0000 0000 00 ff", "00 ffff 0100 02 c01e795c 2000 04 10 00 6f 02 ff ff"})
	})
	p := testProfile()
	p.SEL.Entries = make([]profiles.SELEntry, 17)
	if _, err := New(p); err == nil {
		t.Error("17 entries fit into a log of 16")
	}
}
