package bmc

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestMasterWriteReadFromBus reads as much over the IPMB as the read count can ask for. [IPMI 2.0 §22.11]
func TestMasterWriteReadFromBus(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, func(p *profiles.Profile) {
		p.I2C = []profiles.I2CBus{{Bus: profiles.BusID(i2c.PrivateBus(1)), Devices: []profiles.I2CDevice{
			{At: 0x50, Model: "24c02", Name: "eeprom", Image: profiles.HexBytes{1, 2, 3}}}}}
	})
	request := ipmb.Message{To: 0x20, NetFn: 6, From: 0x52, Seq: 5, Cmd: ipmb.MasterWriteRead.Cmd, Data: []byte{3, 0xa0, 0xff, 0}}
	answer, err := ipmb.ParseMessage(m.FromBus(0, request.AppendTo(nil)))
	want := append([]byte{0, 1, 2, 3}, bytes.Repeat([]byte{0xff}, 252)...)
	if err != nil || !bytes.Equal(answer.Data, want) {
		t.Errorf("§22.11: % x, %v; want 00 01 02 03 and 252 times ff", answer.Data, err)
	}
}

// TestBridgedBroadcast sends a broadcast with tracking, as OpenIPMI's library does when it looks for controllers: its
// address stands in front of the message. [IPMI 2.0 §6.13.3, §20.9]
func TestBridgedBroadcast(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	got := c.bridge("40 00 2c 18 bc 20 04 01 db")
	if len(got) != 2 || got[1].From != 0x2c || got[1].Seq != 1 || got[1].NetFn != 7 || !bytes.Equal(got[1].Data, unhex(t, "00 "+meIdentity)) {
		t.Errorf("§20.9: %+v, want the identity of 2Ch", got)
	}
	c.want(exchange{"§22.7 one byte too few behind the broadcast address", ipmb.SendMessage, "40 00 2c 18 bc 20 04 01", "c7"})
	embedded := newTestMachine(t, satelliteProfile, func(p *profiles.Profile) { p.BridgeReply = "embedded" })
	newLAN(t, embedded).login("admin", ipmb.PrivilegeOperator).want(
		exchange{"embedded", ipmb.SendMessage, "40 00 2c 18 bc 20 04 01 db", "00 20 1c c4 2c 04 01 00 " + meIdentity + " 6d"},
		exchange{"nobody of that address: silence", ipmb.SendMessage, "40 00 2e 18 ba 20 04 01 db", "c3"})
	for _, m := range []*Machine{m, embedded} {
		m.withLock(func() {
			if n := m.messaging.pending.Len(time.Now()); n != 0 {
				t.Errorf("%d requests are pending", n)
			}
		})
	}
}

// TestTrackedResponse: tracking is for requests. A response goes out as its sender wrote it, and nothing waits behind it.
// [IPMI 2.0 §22.7, bits 7:6]
func TestTrackedResponse(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile)
	c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	var heard []byte
	m.withLock(func() {
		m.hardware.tree.Bus(i2c.PublicBus(0)).Intercept = func(tr *i2c.Transaction) error {
			heard = append([]byte{tr.Addr << 1}, tr.Write...)
			return tr.Run()
		}
	})
	const response = "82 1e 60 20 14 01 00 cb"
	c.want(exchange{"§22.7", ipmb.SendMessage, "40" + response, "00"})
	m.withLock(func() {
		if n := m.messaging.pending.Len(time.Now()); n != 0 || !bytes.Equal(heard, unhex(t, response)) {
			t.Errorf("§22.7: %d requests are pending, 82h got % x, want none and %s", n, heard, response)
		}
	})
}

// TestQueuedForms has the rows of Get Message's table for messages from buses, with checksums and packet error codes by
// hand. [IPMI 2.0 §22.6, Table 22-8]
func TestQueuedForms(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, satelliteProfile, func(p *profiles.Profile) {
		p.BridgeRaw = true
		p.Channels = append(p.Channels, profiles.Channel{Number: 6, Medium: profiles.MediumPCISMBus, Protocol: profiles.ProtocolSMBus})
		p.IPMB = append(p.IPMB, profiles.Satellite{Name: "Card", At: 0x2e, Channel: 6, Device: profiles.Device{ID: 0x33}})
	})
	m.exchange(t,
		exchange{"§22.5", ipmb.EnableMessageChannelReceive, "00 01", "00 00 01"},
		exchange{"§22.5", ipmb.EnableMessageChannelReceive, "06 01", "00 06 01"})
	from := func(channel uint8, data string) {
		t.Helper()
		request := ipmb.Message{To: 0x20, NetFn: 6, From: 0x82, Seq: 17, Cmd: ipmb.SendMessage.Cmd, Data: unhex(t, data)}
		answer, err := ipmb.ParseMessage(m.FromBus(channel, request.AppendTo(nil)))
		if err != nil || !bytes.Equal(answer.Data, []byte{0}) {
			t.Fatalf("Send Message %s: % x, %v", data, answer.Data, err)
		}
	}
	from(0, "0f 41 1a a5 82 24 01 59")
	from(0, "0f 41 1a a6 82 24 01 59")
	from(0, "8f 01 02 03")
	toLUN := ipmb.Message{To: 0x20, NetFn: 6, ToLUN: ipmb.LUNSMS, From: 0x2e, Seq: 9, Cmd: 1, Data: []byte{1, 2}}
	if got := m.FromBus(6, toLUN.AppendTo(nil)); got != nil {
		t.Errorf("§6.13.1: the BMC answered % x for system software", got)
	}
	m.exchange(t,
		exchange{"IPMB, checksum as if for 20h", ipmb.GetMessage, "", "00 00 1a c6 82 24 01 59"},
		exchange{"IPMB, a wrong checksum stays wrong", ipmb.GetMessage, "", "00 00 1a c7 82 24 01 59"},
		exchange{"IPMB, raw", ipmb.GetMessage, "", "00 00 01 02 03"},
		exchange{"SMBus request", ipmb.GetMessage, "", "00 06 20 1a 00 2e 24 01 01 02 3e"},
		exchange{"§22.7 to SMBus", ipmb.SendMessage, "06 2e 18 ba 20 06 04 d6", "00"},
		exchange{"SMBus response", ipmb.GetMessage, "", "00 06 20 1e 00 2e 04 04 00 56 00 ef"},
		exchange{"§35b.3 system software by SMBus", ipmb.EnableForwardedCommands, "01 06 02 20 0a", "00 03 06 02 20 0a 4b 00 41 00"},
		exchange{"§35b.3 enable", ipmb.EnableForwardedCommands, "02", "00 02 06 02 20 0a 4b 00 41 00"},
		exchange{"§35b.2 Get Device ID from channel 0", ipmb.SetForwardedCommands, "00 06 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00"})
	getDeviceID := ipmb.Message{To: 0x20, NetFn: 6, From: 0x82, Seq: 3, Cmd: 1}
	if got := m.FromBus(0, getDeviceID.AppendTo(nil)); got != nil {
		t.Errorf("§35b: forwarded, and answered % x", got)
	}
	m.exchange(t,
		exchange{"SMBus, forwarded", ipmb.GetMessage, "", "00 06 20 32 00 20 00 30 00 18 01 18"},
		exchange{"no more", ipmb.GetMessage, "", "80"})
}

// TestOtherResponder: a console's message for another address than the BMC's is not answered; system software behind LUN
// 10b has software IDs, too. [IPMI 2.0 §13.8, §6.13.1, Table 22-8]
func TestOtherResponder(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, bridgeProfile)
	m.exchange(t, exchange{"§22.5", ipmb.EnableMessageChannelReceive, "01 01", "00 01 01"})
	c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	ask := func(to ipmb.Addr, lun ipmb.LUN) []byte {
		return c.send(&ipmb.Message{To: to, NetFn: 6, ToLUN: lun, From: 0x81, Seq: 5, Cmd: 1})
	}
	for _, to := range []ipmb.Addr{0x00, 0x21, 0x22, 0x2c, 0x41, 0x81} {
		if got := ask(to, ipmb.LUNBMC); got != nil {
			t.Errorf("§13.8: %02Xh is not the BMC's address, and it answered % x", uint8(to), got)
		}
	}
	if got := ask(0x20, ipmb.LUNBMC); len(got) < 12 || got[0] != 0 {
		t.Errorf("§13.8: the BMC's own address: % x", got)
	}
	ask(0x22, ipmb.LUNSMS)
	ask(0x41, ipmb.LUNSMS)
	handle := m.Sessions().ByID(c.id).Handle()
	m.exchange(t,
		exchange{"Table 22-8: rsSWID 41h", ipmb.GetMessage, "", fmt.Sprintf("00 31 %02x 41 1a a5 81 14 01 6a", handle)},
		exchange{"§13.8 22h is nobody's", ipmb.GetMessage, "", "80"})
}

// TestUserLevelMessages: with user-level authentication off, messages for system software need no AuthCode whatever their
// command; to other channels Send Message is no User command. [IPMI 2.0 §22.6, App. G note 2]
func TestUserLevelMessages(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	send := ipmb.SendMessage
	for _, tt := range []struct {
		name string
		msg  ipmb.Message
		want bool
	}{
		{"Get Device ID", ipmb.Message{NetFn: 6, Cmd: 1}, true},
		{"Chassis Control", ipmb.Message{NetFn: 0, Cmd: 2, Data: []byte{1}}, false},
		{"LUN 10b", ipmb.Message{NetFn: 0, ToLUN: ipmb.LUNSMS, Cmd: 2, Data: []byte{1}}, true},
		{"LUN 10b, unknown command", ipmb.Message{NetFn: 0x30, ToLUN: ipmb.LUNSMS, Cmd: 0x99}, true},
		{"Send Message to Fh", ipmb.Message{NetFn: send.NetFn, Cmd: send.Cmd, Data: []byte{0x4f}}, true},
		{"Send Message to the IPMB", ipmb.Message{NetFn: send.NetFn, Cmd: send.Cmd, Data: []byte{0x40}}, false},
		{"Send Message to Eh", ipmb.Message{NetFn: send.NetFn, Cmd: send.Cmd, Data: []byte{0x4e}}, false},
	} {
		if got := m.UserLevelCommand(&tt.msg); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
