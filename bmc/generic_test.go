package bmc

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// genericMachine is the embedded generic machine, with power changes that take no time.
func genericMachine(t *testing.T) *Machine {
	t.Helper()
	p, err := profiles.Load("generic")
	if err != nil {
		t.Fatal(err)
	}
	p.Power.PowerUp, p.Power.PowerDown = 0, 0
	m, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// TestGenericSensors finds a healthy server of about 60 sensors of many types.
func TestGenericSensors(t *testing.T) {
	t.Parallel()
	m := genericMachine(t)
	sensors := m.Sensors()
	types := make(map[string]int)
	for _, s := range sensors {
		types[s.Type]++
		if eventOnly := s.Type == "system-event" || s.Type == "session-audit" || s.Name == "Power Threshold" || s.Name == "Thermal Limit"; !s.Available && !eventOnly {
			t.Errorf("%s is unavailable", s.Name)
		}
		if len(s.Thresholds) > 0 {
			t.Errorf("%s is at %v %s: %v", s.Name, s.Value, s.Unit, s.Thresholds)
		}
	}
	if len(sensors) < 55 || len(sensors) > 75 {
		t.Errorf("%d sensors", len(sensors))
	}
	for _, name := range []string{"temperature", "voltage", "current", "fan", "power-supply", "power-unit", "physical-security",
		"processor", "memory", "drive-slot", "os-boot", "watchdog-2", "event-logging-disabled", "acpi-power-state", "button", "lan"} {
		if types[name] == 0 {
			t.Errorf("no sensor of type %s", name)
		}
	}
}

// TestGenericRecords finds each record type that clients understand, and FRU inventories with each area.
func TestGenericRecords(t *testing.T) {
	t.Parallel()
	m := genericMachine(t)
	types := make(map[sdr.RecordType]int)
	for rec := range m.sdrs.repository.Records() {
		r, err := sdr.Parse(rec)
		if err != nil {
			t.Fatalf("% x: %v", rec, err)
		}
		types[r.Type()]++
	}
	for _, want := range []sdr.RecordType{sdr.TypeFullSensor, sdr.TypeCompactSensor, sdr.TypeEventOnly, sdr.TypeEntityAssociation,
		sdr.TypeDeviceAssociation, sdr.TypeGenericLocator, sdr.TypeFRULocator, sdr.TypeControllerLocator, sdr.TypeControllerConfirm, sdr.TypeOEM} {
		if types[want] == 0 {
			t.Errorf("no %v record", want)
		}
	}
	var internal, chassis, board, product, records bool
	for i := range m.inventories {
		inv, err := m.FRU(m.inventories[i].spec.ID)
		if err != nil {
			t.Errorf("FRU device %d: %v", m.inventories[i].spec.ID, err)
		}
		internal, chassis = internal || inv.Internal != nil, chassis || inv.Chassis != nil
		board, product, records = board || inv.Board != nil, product || inv.Product != nil, records || inv.Records != nil
	}
	if !(internal && chassis && board && product && records) {
		t.Errorf("internal %v, chassis %v, board %v, product %v, multirecord %v", internal, chassis, board, product, records)
	}
}

// TestGenericPowerOff makes the host's sensors unavailable and leaves those on the standby rail.
func TestGenericPowerOff(t *testing.T) {
	t.Parallel()
	m := genericMachine(t)
	if err := m.SetPower(PowerDown); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"CPU1 Temp": false, "Fan 1": false, "P12V": false, "DIMM A1": false, "OS Boot": false, "Backplane Temp": false,
		"Inlet Temp": true, "P3V3 AUX": true, "PSU1 Status": true, "Intrusion": true, "Sys Power": true,
	} {
		if s, err := m.Sensor(name); err != nil || s.Available != want {
			t.Errorf("%s: available %v, %v; want %v", name, s.Available, err, want)
		}
	}
	if s, _ := m.Sensor("Sys Power"); s.Value > 30 {
		t.Errorf("it draws %v W", s.Value)
	}
	if err := m.SetPower(PowerUp); err != nil {
		t.Fatal(err)
	}
	if s, _ := m.Sensor("Sys Power"); s.Value < 300 {
		t.Errorf("on again it draws %v W", s.Value)
	}
	if err := m.SetPower(PowerDown); err != nil {
		t.Fatal(err)
	}
	if s, _ := m.Sensor("ACPI State"); len(s.States) != 1 || s.States[0] != 5 {
		t.Errorf("ACPI state %v, want S5", s.States)
	}
}

// TestGenericChassisFollows shows what sensors see in the chassis status. [IPMI 2.0 §28.2, byte 4]
func TestGenericChassisFollows(t *testing.T) {
	t.Parallel()
	m := genericMachine(t)
	status := func() byte { return m.ask(t, ipmb.GetChassisStatus, "")[3] & 0x0d }
	for _, step := range []struct {
		name string
		turn func() error
		want byte
	}{
		{"healthy", func() error { return nil }, 0x00},
		{"cover open", func() error { return m.SetSensorState("Intrusion", 0, true) }, 0x01},
		{"a fan stands", func() error { return m.SetDevice("fans-a", "fan3", 0) }, 0x09},
		{"a drive is broken", func() error { return m.SetDevice("drives", "p06", 1) }, 0x0d},
		{"cover closed", func() error { return m.SetSensorState("Intrusion", 0, false) }, 0x0c},
		{"the fan turns", func() error { return m.SetDevice("fans-a", "fan3", 8400) }, 0x04},
		{"the drive is mended", func() error { return m.SetDevice("drives", "p06", 0) }, 0x00},
	} {
		if err := step.turn(); err != nil {
			t.Fatal(err)
		}
		if got := status(); got != step.want {
			t.Errorf("%s: status %02Xh, want %02Xh", step.name, got, step.want)
		}
	}
	m.SetCondition(ConditionIntrusion, true)
	if s, _ := m.Sensor("Intrusion"); len(s.States) != 1 {
		t.Errorf("the sensor shows %v", s.States)
	}
}

// TestGenericRedundancy pulls cords.
func TestGenericRedundancy(t *testing.T) {
	t.Parallel()
	m := genericMachine(t)
	states := func() uint8 {
		s, err := m.Sensor("PSU Redundancy")
		if err != nil || len(s.States) != 1 {
			t.Fatalf("%v, %v", s.States, err)
		}
		return s.States[0]
	}
	if got := states(); got != 0 {
		t.Errorf("at the start state %d, want 0, fully redundant", got)
	}
	if err := m.SetDevice("psu2", "vin", 0); err != nil {
		t.Fatal(err)
	}
	if got := states(); got != 1 {
		t.Errorf("one cord pulled: state %d, want 1, redundancy lost", got)
	}
	if err := m.SetDevice("psu2", "vin", 230); err != nil {
		t.Fatal(err)
	}
	if err := m.SetDevicePresent("psu1", false); err != nil {
		t.Fatal(err)
	}
	if got := states(); got != 1 {
		t.Errorf("one supply pulled: state %d, want 1", got)
	}
}

// TestIdleMachineIsSmall bounds what one more machine of a profile costs.
func TestIdleMachineIsSmall(t *testing.T) {
	p, err := profiles.Load("generic")
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBlueprint(p)
	if err != nil {
		t.Fatal(err)
	}
	const n, most = 200, 72 << 10
	machines := make([]*Machine, 0, n)
	build := func(n int) {
		for range n {
			m, err := b.New()
			if err != nil {
				t.Fatal(err)
			}
			machines = append(machines, m)
		}
	}
	build(1)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	build(n)
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / n
	t.Logf("%d bytes each", each)
	if each > most {
		t.Errorf("one more machine costs %d bytes, at most %d", each, most)
	}
	for _, m := range machines {
		m.Close()
	}
}

// TestGenericCauseAndEffect heats the inlet past its last threshold: reading, event status, log, message flag and event
// message buffer, and platform event filtering, which switches the host off. Nothing was told to any of them.
func TestGenericCauseAndEffect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := genericMachine(t)
		m.ask(t, ipmb.SetBMCGlobalEnables, "0c") // event message buffer, event logging
		m.ask(t, ipmb.ArmPEFPostponeTimer, "02") // two seconds to look before filtering acts
		before := m.sel.Len()
		if err := m.SetDevice("inlet", "", 56); err != nil {
			t.Fatal(err)
		}
		m.exchange(t,
			exchange{"§35.14 reading and comparison", ipmb.GetSensorReading, "01", "00 38 c0 f8"},
			exchange{"§35.13 event status", ipmb.GetSensorEventStatus, "01", "00 c0 80 0a 00 00"})
		if n := m.sel.Len() - before; n < 3 {
			t.Errorf("%d new entries in the log, want those of three thresholds and their consequences", n)
		}
		if flags := m.ask(t, ipmb.GetMessageFlags, ""); flags[1]&0x02 == 0 {
			t.Errorf("message flags % x: event message buffer full is not set", flags)
		}
		if event := m.ask(t, ipmb.ReadEventMessageBuffer, ""); len(event) != 17 || event[11] != 0x01 || event[12] != 0x01 || event[14] != 0x57 {
			t.Errorf("event message buffer % x, want upper non-critical going high of sensor 01h", event)
		}
		time.Sleep(3 * time.Second)
		if m.PowerState() != PowerOff {
			t.Errorf("power is %v, want off by platform event filtering", m.PowerState())
		}
		if s, err := m.Sensor("CPU1 Temp"); err != nil || s.Available {
			t.Errorf("CPU1 Temp is still read: %+v, %v", s, err)
		}
	})
}
