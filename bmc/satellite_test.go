package bmc

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// satelliteProfile puts a controller at 2Ch on the IPMB, another at 82h, and one at 84h on a bus behind that.
func satelliteProfile(p *profiles.Profile) {
	bridgeProfile(p)
	forty, critical := 40.0, 60.0
	identity := func(id uint8, support ...profiles.Support) profiles.Device {
		return profiles.Device{
			ID: id, Revision: 1, DeviceSDRs: true, Firmware: profiles.Firmware{Major: 4, Minor: 0x05}, IPMIVersion: 0x02,
			Support: support, Manufacturer: 343, Product: 0x0b02, ColdReset: profiles.Duration(time.Second),
		}
	}
	sensor := profiles.Sensor{Number: 8, Name: "ME Temp", Type: 1, Entity: profiles.Entity{ID: 7, Instance: 1}, Scale: 1, Value: &forty,
		Upper: profiles.Thresholds{Critical: &critical}}
	p.IPMB = []profiles.Satellite{
		{Name: "ME", At: 0x2c, Device: identity(0x50, profiles.SupportSensor, profiles.SupportEventGenerator), Sensors: []profiles.Sensor{sensor}, Rail: profiles.RailHost},
		{Name: "Chassis", At: 0x82, Device: identity(0x21, profiles.SupportSEL, profiles.SupportEventReceiver, profiles.SupportFRU),
			SEL:  profiles.SEL{Capacity: 4, Operations: []profiles.LogOperation{profiles.LogReserve}},
			FRU:  []profiles.FRU{{ID: 0, Size: 64, Image: profiles.HexBytes{1, 0, 0, 0, 0, 0, 0, 0xff}}},
			IPMB: []profiles.Satellite{{Name: "Fans", At: 0x84, Channel: 1, Device: identity(0x22)}}},
	}
}

// theSatellite is the satellite of a name.
func theSatellite(t *testing.T, m *Machine, name string) (found *Machine) {
	t.Helper()
	m.eachSatellite(func(s *Machine) {
		if s.slot.Name == name {
			found = s
		}
	})
	if found == nil {
		t.Fatalf("no satellite %q", name)
	}
	return found
}

// meIdentity is Get Device ID's data of the controller at 2Ch.
const meIdentity = "50 81 04 05 02 21 57 01 00 02 0b"

// TestSatelliteFromHost is the host's way to a satellite: no tracking, the answer by Get Message. [IPMI 2.0 §6.13.2]
func TestSatelliteFromHost(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	send, get := ipmb.SendMessage, ipmb.GetMessage
	m.exchange(t,
		exchange{"§6.13.2 request", send, "00 2c 18 bc 20 06 01 d9", "00"},
		exchange{"§22.4 a message waits", ipmb.GetMessageFlags, "", "00 01"},
		exchange{"§22.6 answer", get, "", "00 00 1e c2 2c 04 01 00 " + meIdentity + " 6d"},
		exchange{"§22.6 no more", get, "", "80"},
		exchange{"§6.13.2 tracking means nothing", send, "40 2c 18 bc 20 06 01 d9", "00"},
		exchange{"§22.6 answer", get, "", "00 00 1e c2 2c 04 01 00 " + meIdentity + " 6d"},
		exchange{"§7.3 a wrong checksum is on the bus, and nobody answers", send, "00 2c 18 bc 20 06 01 d8", "00"},
		exchange{"§6.13.2 LUN 00b: nobody asked", send, "00 2c 18 bc 20 04 01 db", "00"},
		exchange{"§22.6 nothing came", get, "", "80"},
		exchange{"§20.9 broadcast", send, "00 00 2c 18 bc 20 06 01 d9", "00"},
		exchange{"§20.9 the one that was asked", get, "", "00 00 1e c2 2c 04 01 00 " + meIdentity + " 6d"},
		exchange{"§20.9 broadcast for nobody: all acknowledge", send, "00 00 2e 18 ba 20 06 01 d9", "00"},
		exchange{"§22.6 and none answers", get, "", "80"},
		exchange{"§22.7 nobody there", send, "00 2e 18 ba 20 06 01 d9", "83"},
		exchange{"§22.5 the switch keeps requests out", ipmb.EnableMessageChannelReceive, "00 02", "00 00 00"})
	resp, err := m.RequestResponse(t.Context(), SystemRequest{NetworkFunction: 6, Command: 1, ResponderAddress: 0x2c})
	if err != nil || !bytes.Equal(resp.ResponseData, unhex(t, "00 "+meIdentity)) {
		t.Errorf("RequestResponse with the satellite's address: % x, %v", resp.ResponseData, err)
	}
	resp, err = m.RequestResponse(t.Context(), SystemRequest{NetworkFunction: 6, Command: 1, ResponderAddress: 0x2e})
	if err != nil || resp.CompletionCode != byte(ipmb.DestinationUnavailable) {
		t.Errorf("RequestResponse with nobody's address: % x, %v; want d3", resp.ResponseData, err)
	}
}

// TestSatelliteFromLAN has the two messages of a tracked request. [IPMI 2.0 §6.13.3]
func TestSatelliteFromLAN(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	got := c.bridge("40 2c 18 bc 20 04 01 db")
	if len(got) != 2 {
		t.Fatalf("%d answers, want 2", len(got))
	}
	if a := got[0]; a.Cmd != ipmb.SendMessage.Cmd || !bytes.Equal(a.Data, []byte{0}) {
		t.Errorf("first %+v, want Send Message's own", a)
	}
	if a := got[1]; a.Cmd != 1 || a.NetFn != 7 || a.Seq != 1 || a.From != 0x2c || !bytes.Equal(a.Data, unhex(t, "00 "+meIdentity)) {
		t.Errorf("second %+v, want the satellite's", a)
	}
	if got := c.bridge("40 2c 18 bc 20 04 01 00"); len(got) != 2 {
		t.Errorf("§6.13.3: the BMC makes the checksums anew, so that a wrong one does not matter; %d answers", len(got))
	}
	if got := c.bridge("00 2c 18 bc 20 04 01 db"); len(got) != 1 {
		t.Errorf("§22.7: no tracking, and %d answers came back", len(got))
	}
	m.withLock(func() {
		if n := m.messaging.pending.Len(time.Now()); n != 0 {
			t.Errorf("%d requests are pending", n)
		}
	})
}

// bridge sends a Send Message and returns all messages that come back.
func (c *lan) bridge(req string) (list []ipmb.Message) {
	c.t.Helper()
	data := c.toLUN(ipmb.LUNBMC, ipmb.NetFnApp, ipmb.SendMessage.Cmd, unhex(c.t, req)...)
	if len(c.wire.all()) == 0 { // only the answer
		return []ipmb.Message{{Cmd: ipmb.SendMessage.Cmd, Data: data}}
	}
	for _, d := range c.wire.all() {
		list = append(list, c.message(d[4:]))
	}
	return list
}

// TestDoubleBridging goes through one controller to another: a response for each Send Message, and the answer.
func TestDoubleBridging(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	inner := ipmb.Message{To: 0x84, NetFn: 6, From: 0x82, Seq: 5, Cmd: 1}
	outer := func(track byte) string {
		msg := ipmb.Message{To: 0x82, NetFn: 6, From: 0x20, Seq: 5, Cmd: ipmb.SendMessage.Cmd, Data: inner.AppendTo([]byte{track | 1})}
		return fmt.Sprintf("40%x", msg.AppendTo(nil))
	}
	got := c.bridge(outer(0x40))
	if len(got) != 3 {
		t.Fatalf("%d answers, want 3", len(got))
	}
	if a := got[1]; a.Cmd != ipmb.SendMessage.Cmd || a.From != 0x82 || !bytes.Equal(a.Data, []byte{0}) {
		t.Errorf("second %+v, want the response of 82h to Send Message", a)
	}
	if a := got[2]; a.Cmd != 1 || a.Seq != 5 || a.Data[0] != 0 || a.Data[1] != 0x22 {
		t.Errorf("third %+v, want the identity of 84h", a)
	}
	inner.To = 0x86
	if got := c.bridge(outer(0x40)); len(got) != 2 || !bytes.Equal(got[1].Data, []byte{0x83}) {
		t.Errorf("nobody behind 82h: %+v, want its 83h", got)
	}
	m.withLock(func() {
		if n := m.messaging.pending.Len(time.Now()); n > 1 { // the chain that was answered waits for its end
			t.Errorf("%d requests are pending", n)
		}
	})
}

// TestEmbeddedReply has the answer inside Send Message's response, as some controllers give it.
func TestEmbeddedReply(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile, func(p *profiles.Profile) { p.BridgeReply = "embedded" })
	c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	c.want(
		exchange{"the satellite's message", ipmb.SendMessage, "40 2c 18 bc 20 04 01 db", "00 20 1c c4 2c 04 01 00 " + meIdentity + " 6d"},
		exchange{"nobody there", ipmb.SendMessage, "40 2e 18 ba 20 04 01 db", "83"})
	inner := ipmb.Message{To: 0x84, NetFn: 6, From: 0x82, Seq: 5, Cmd: 1}
	msg := ipmb.Message{To: 0x82, NetFn: 6, From: 0x20, Seq: 5, Cmd: ipmb.SendMessage.Cmd, Data: inner.AppendTo([]byte{0x41})}
	if got := c.ask(ipmb.SendMessage, fmt.Sprintf("40%x", msg.AppendTo(nil))); len(got) < 20 || got[7] != 0 || got[14] != 0 || got[15] != 0x22 {
		t.Errorf("double: % x, want both answers one inside the other", got)
	}
	m.withLock(func() {
		if n := m.messaging.pending.Len(time.Now()); n != 0 {
			t.Errorf("%d requests are pending", n)
		}
	})
}

// TestRawSend delivers bytes as they are, where the profile allows it. [IPMI 2.0 §22.7]
func TestRawSend(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile, func(p *profiles.Profile) {
		p.BridgeRaw = true
		p.I2C = []profiles.I2CBus{{Bus: profiles.BusID(i2c.PublicBus(0)), Devices: []profiles.I2CDevice{{At: 0x50, Model: "24c02", Name: "eeprom"}}}}
	})
	m.exchange(t,
		exchange{"§22.7 a message", ipmb.SendMessage, "80 2c 18 bc 20 06 01 d9", "00"},
		exchange{"§22.6 answer", ipmb.GetMessage, "", "00 00 1e c2 2c 04 01 00 " + meIdentity + " 6d"},
		exchange{"§22.7 two bytes to an EEPROM on the bus", ipmb.SendMessage, "80 a0 05 5a", "00"},
		exchange{"§22.11 written", ipmb.MasterWriteRead, "00 a0 01 05", "00 5a"},
		exchange{"§22.7 no byte", ipmb.SendMessage, "80", "c7"},
		exchange{"§22.7 nobody", ipmb.SendMessage, "80 ee", "83"},
		exchange{"§22.7 to system software", ipmb.SendMessage, "8f aa", "00"},
		exchange{"§22.6 as it is", ipmb.GetMessage, "", "00 0f 00 aa"})
	c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	c.wire.forget()
	m.exchange(t, exchange{"§22.7 to a session, behind its handle", ipmb.SendMessage, fmt.Sprintf("81 %02x 01 02 03", m.Sessions().ByID(c.id).Handle()), "00"})
	if len(c.wire.all()) != 1 || !bytes.HasSuffix(c.wire.all()[0], []byte{3, 0, 1, 2, 3}) {
		t.Errorf("§22.7: the console got % x, want a payload of three bytes", c.wire.all())
	}
}

// TestBusFaults are the codes of a bus that goes wrong. [IPMI 2.0 §22.7]
func TestBusFaults(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	for _, tt := range []struct {
		fault error
		want  string
	}{
		{i2c.ErrArbitration, "81"}, {i2c.ErrBus, "82"}, {i2c.ErrNAKAddress, "83"}, {i2c.ErrNAKData, "83"}, {i2c.ErrBusy, "c0"}, {nil, "00"},
	} {
		m.withLock(func() {
			m.hardware.tree.Bus(i2c.PublicBus(0)).Intercept = func(tr *i2c.Transaction) error {
				if tt.fault != nil {
					return tt.fault
				}
				return tr.Run()
			}
		})
		m.exchange(t, exchange{fmt.Sprint("§22.7 ", tt.fault), ipmb.SendMessage, "00 2c 18 bc 20 04 01 db", tt.want})
	}
}

// TestSatelliteAway does not acknowledge: pulled out, without power, in reset.
func TestSatelliteAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, satelliteProfile)
		there := func(name, want string) {
			t.Helper()
			m.exchange(t, exchange{name, ipmb.SendMessage, "00 2c 18 bc 20 04 01 db", want})
		}
		if err := m.SetDevicePresent("ME", false); err != nil {
			t.Fatal(err)
		}
		there("pulled out", "83")
		if err := m.SetDevicePresent("ME", true); err != nil {
			t.Fatal(err)
		}
		there("plugged in", "00")
		m.ask(t, ipmb.ChassisControl, "00")
		there("the host's rail is off", "83")
		m.ask(t, ipmb.ChassisControl, "01")
		time.Sleep(time.Minute)
		there("on again", "00")
		m.exchange(t, exchange{"§20.2 cold reset", ipmb.SendMessage, "00 2c 18 bc 20 04 02 da", "00"})
		there("in reset", "83")
		time.Sleep(time.Second)
		synctest.Wait()
		there("back", "00")
		if m.Sessions() == nil || m.away.Load() {
			t.Error("the satellite's reset took the BMC along")
		}
		for _, s := range m.Satellites() {
			t.Log(s.Name, s.Path)
		}
	})
}

// TestSatelliteCommands has what the device support says, and C1h for the rest.
func TestSatelliteCommands(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	ask := func(at ipmb.Addr, op ipmb.Op, data string) []byte {
		resp, err := m.RequestResponse(t.Context(), SystemRequest{NetworkFunction: uint8(op.NetFn), Command: op.Cmd, ResponderAddress: uint8(at),
			RequestData: unhex(t, data), RequestDataSize: uint32(len(unhex(t, data)))})
		if err != nil {
			t.Fatal(err)
		}
		return resp.ResponseData
	}
	for _, tt := range []struct {
		name string
		at   ipmb.Addr
		op   ipmb.Op
		req  string
		want string
	}{
		{"sensor", 0x2c, ipmb.GetSensorReading, "08", "00 28 c0 c0"},
		{"device SDRs", 0x2c, ipmb.GetDeviceSDRInfo, "01", "00 01 01"},
		{"the owner of its records", 0x2c, ipmb.GetDeviceSDR, "00 00 00 00 00 08", "00 ff ff .. .. 51 01 .. 2c 00 08"},
		{"no repository", 0x2c, ipmb.GetSDRRepositoryInfo, "", "c1"},
		{"no log", 0x2c, ipmb.GetSELInfo, "", "c1"},
		{"no chassis", 0x2c, ipmb.GetChassisStatus, "", "c1"},
		{"no sessions", 0x2c, ipmb.GetSessionInfo, "00", "c1"},
		{"no bridge", 0x2c, ipmb.SendMessage, "40", "c1"},
		{"no GUID", 0x2c, ipmb.GetDeviceGUID, "", "c1"},
		{"event receiver", 0x2c, ipmb.GetEventReceiver, "", "00 20 00"},
		{"inventory", 0x82, ipmb.ReadFRUData, "00 00 00 04", "00 04 01 00 00 00"},
		{"no sensors", 0x82, ipmb.GetSensorReading, "08", "c1"},
		{"a bridge with one bus", 0x82, ipmb.SendMessage, "42 84 18 64 82 04 01 79", "cc"},
		{"event for its own log", 0x82, ipmb.PlatformEventMessage, "04 01 08 01 57 00 00", "00"},
		{"its own log", 0x82, ipmb.GetSELEntry, "00 00 00 00 00 ff", "00 ff ff .. .. 02 .. .. .. .. 20 00 04 01 08 01 57 00 00"},
		{"the BMC's log is another", 0x20, ipmb.GetSELEntry, "00 00 00 00 00 ff", "cb"},
	} {
		if got := ask(tt.at, tt.op, tt.req); !like(got, tt.want) {
			t.Errorf("%02x %s: % x, want %s", uint8(tt.at), tt.name, got, tt.want)
		}
	}
}

// like compares bytes with a pattern in which ".." is any byte.
func like(got []byte, pattern string) bool {
	fields := strings.Fields(pattern)
	for i, f := range fields {
		if i >= len(got) || f != ".." && f != fmt.Sprintf("%02x", got[i]) {
			return false
		}
	}
	return len(got) == len(fields)
}

// TestSatelliteEvents go to the event receiver, by default the BMC's log. [IPMI 2.0 §29.3]
func TestSatelliteEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, satelliteProfile)
		s := theSatellite(t, m, "ME")
		heat := func(to float64) {
			if err := s.SetSensor("ME Temp", to); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		heat(70)
		if got := m.ask(t, ipmb.GetSELEntry, "00 00 ff ff 00 ff"); !like(got, "00 ff ff .. .. 02 .. .. .. .. 2c 00 04 01 08 01 59 46 3c") {
			t.Errorf("§29.3: the last entry is % x, want an event of 2Ch", got)
		}
		other := m.sel.Len()
		if got := m.ask(t, ipmb.SendMessage, "00 2c 10 c4 20 04 00 82 00 5a"); got[0] != 0 { // Set Event Receiver: 82h
			t.Fatalf("% x", got)
		}
		heat(20)
		heat(70)
		chassis := theSatellite(t, m, "Chassis")
		if n := m.sel.Len() - other; n != 0 || chassis.sel.Len() == 0 {
			t.Errorf("§29.1: %d more entries in the BMC's log and %d in that of 82h, the receiver", n, chassis.sel.Len())
		}
		if got := m.ask(t, ipmb.SendMessage, "00 2c 10 c4 20 04 00 ff 00 dd"); got[0] != 0 { // Set Event Receiver: none
			t.Fatalf("% x", got)
		}
		before := chassis.sel.Len()
		heat(20)
		heat(70)
		if chassis.sel.Len() != before || m.sel.Len() != other {
			t.Error("§29.1: events are off, and one came")
		}
	})
}

// TestBMCEventReceiver sends the BMC's own events to a satellite. [IPMI 2.0 §29.1]
func TestBMCEventReceiver(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	m.exchange(t, exchange{"§29.1", ipmb.SetEventReceiver, "82 00", "00"})
	m.withLock(func() { m.event(m.ownEvent(0x12, 0x77, 0x05)) })
	m.exchange(t, exchange{"§22.2 anything", ipmb.GetBMCGlobalEnables, "", "00 08"})
	s := theSatellite(t, m, "Chassis")
	m.withLock(func() {
		if e, ok := s.sel.Last(); !ok || e[7] != 0x20 || e[10] != 0x12 || m.sel.Len() != 0 {
			t.Errorf("82h has % x, and the BMC %d entries", e, m.sel.Len())
		}
	})
}

// TestRepositoryListsSatellites finds the locator and the sensors of 2Ch in the BMC's repository. [IPMI 2.0 §43.9]
func TestRepositoryListsSatellites(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	var locators, sensors []string
	for next := "00 00"; next != "ff ff"; {
		got := m.ask(t, ipmb.GetSDR, "00 00 "+next+" 00 ff")
		if got[0] != 0 {
			t.Fatalf("% x", got)
		}
		next = fmt.Sprintf("% x", got[1:3])
		switch rec := got[3:]; rec[3] {
		case 0x12:
			locators = append(locators, fmt.Sprintf("%02x", rec[5]))
		case 0x01:
			sensors = append(sensors, fmt.Sprintf("%02x:%02x", rec[5], rec[7]))
		}
	}
	if fmt.Sprint(locators, sensors) != "[2c 82] [2c:08]" {
		t.Errorf("locators %v, sensors %v", locators, sensors)
	}
}

// TestHeldReply sends a request from a controller on the bus to a console: the response to Send Message comes with the
// console's answer. [IPMI 2.0 §22.7, response bytes 2:N]
func TestHeldReply(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	handle := m.Sessions().ByID(c.id).Handle()
	inner := ipmb.Message{To: 0x81, NetFn: 6, From: 0x82, Seq: 9, Cmd: 1}
	request := ipmb.Message{To: 0x20, NetFn: 6, From: 0x82, Seq: 17, FromLUN: 1, Cmd: ipmb.SendMessage.Cmd, Data: inner.AppendTo([]byte{0x41, handle})}
	var heard []byte
	s := theSatellite(t, m, "Chassis")
	m.withLock(func() { // what 82h sees come back
		bus := m.hardware.tree.Bus(i2c.PublicBus(0))
		bus.Intercept = func(tr *i2c.Transaction) error {
			heard = append([]byte{tr.Addr << 1}, tr.Write...)
			return tr.Run()
		}
		c.wire.forget()
		m.hold()
		if err := s.writeBus(0, request.AppendTo(nil)); err != nil {
			t.Fatal(err)
		}
		m.deliver()
	})
	if heard != nil {
		t.Fatalf("82h was answered % x before the console was", heard)
	}
	m.exchange(t, exchange{"anything", ipmb.GetBMCGlobalEnables, "", "00 08"})
	got := c.unasked("§6.13.3")
	answer := got.Response()
	answer.Data = []byte{0, 0xaa}
	c.send(&answer)
	want := ipmb.Message{To: 0x82, NetFn: 7, ToLUN: 1, From: 0x20, Seq: 17, Cmd: ipmb.SendMessage.Cmd, Data: []byte{0, 0, 0xaa}}
	if !bytes.Equal(heard, want.AppendTo(nil)) {
		t.Errorf("82h got % x, want % x", heard, want.AppendTo(nil))
	}
}

// TestBridgingUnderLoad sends ten thousand requests at random, and ends with nothing pending and nothing queued.
func TestBridgingUnderLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, satelliteProfile)
		one, two := newLAN(t, m).login("admin", ipmb.PrivilegeOperator), newLAN(t, m).login("operator", ipmb.PrivilegeOperator)
		r := rand.New(rand.NewPCG(1, 2))
		targets := []byte{0x2c, 0x82, 0x2e, 0x84}
		for range 10000 {
			c := one
			if r.IntN(2) == 1 {
				c = two
			}
			msg := ipmb.Message{To: ipmb.Addr(targets[r.IntN(len(targets))]), NetFn: 6, From: 0x20, Seq: uint8(r.IntN(64)), Cmd: uint8(1 + r.IntN(4)*r.IntN(2))}
			if r.IntN(4) == 0 {
				behind := ipmb.Message{To: 0x84, NetFn: 6, From: 0x82, Seq: msg.Seq, Cmd: 1}
				msg.To, msg.Cmd, msg.Data = 0x82, ipmb.SendMessage.Cmd, behind.AppendTo([]byte{0x41})
			}
			got := c.bridge(fmt.Sprintf("%02x%x", 0x40*r.IntN(2), msg.AppendTo(nil)))
			for i, a := range got[1:] {
				if a.Seq != msg.Seq {
					t.Fatalf("answer %d has sequence number %d, want %d", i+1, a.Seq, msg.Seq)
				}
			}
			if len(got) > 3 {
				t.Fatalf("%d answers", len(got))
			}
			if r.IntN(50) == 0 {
				time.Sleep(time.Second) // resets end, chains expire
			}
		}
		time.Sleep(ipmb.PendingTime)
		m.withLock(func() {
			for _, x := range []*Machine{m, theSatellite(t, m, "Chassis"), theSatellite(t, m, "ME")} {
				if n := x.messaging.pending.Len(time.Now()); n != 0 {
					t.Errorf("%02x: %d requests are pending", uint8(x.address), n)
				}
			}
			if n := len(m.bridges.frames); n != 0 || m.messaging.queue.Len() != 0 {
				t.Errorf("%d messages under way, %d queued", n, m.messaging.queue.Len())
			}
		})
	})
}

// TestSatelliteUpdateMode has a satellite's SDR repository updated; it has no event filters that wait for the end.
// [IPMI 2.0 §33.20]
func TestSatelliteUpdateMode(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile, func(p *profiles.Profile) {
		p.IPMB[0].Device.Support = append(p.IPMB[0].Device.Support, profiles.SupportSDRRepository)
	})
	for _, op := range []ipmb.Op{ipmb.EnterSDRRepositoryUpdateMode, ipmb.ExitSDRRepositoryUpdateMode} {
		resp, err := m.RequestResponse(t.Context(), SystemRequest{NetworkFunction: uint8(op.NetFn), Command: op.Cmd, ResponderAddress: 0x2c})
		if err != nil || !bytes.Equal(resp.ResponseData, []byte{0}) {
			t.Errorf("%s: % x, %v", op, resp.ResponseData, err)
		}
	}
}
