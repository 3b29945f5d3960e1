package bmc

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// bridgeProfile has an event message buffer, cipher suite 0 and a second LAN channel, number 3.
func bridgeProfile(p *profiles.Profile) {
	p.Device.EventBuffer = true
	p.SystemInterface.EventInterrupt = 0x0b
	suiteZero(p)
	second := p.Channels[1]
	second.Number = 3
	p.Channels = append(p.Channels, second)
	for i := range p.Users {
		p.Users[i].Enabled = nil
	}
}

func TestGlobalEnables(t *testing.T) {
	t.Parallel()
	set, get := ipmb.SetBMCGlobalEnables, ipmb.GetBMCGlobalEnables
	m := newTestMachine(t, bridgeProfile)
	m.exchange(t,
		exchange{"§22.1 default xxxx100x", get, "", "00 08"},
		exchange{"§22.1 all", set, "ff", "00"},
		exchange{"§22.2 reserved bit 4 reads 0", get, "", "00 ef"},
		exchange{"§22.1 two bytes", set, "08 00", "c7"})
	m.hostResets()
	m.exchange(t, exchange{"§22.1 after a system reset, OEM bits kept", get, "", "00 e8"})
	bare := newTestMachine(t, func(p *profiles.Profile) { p.SystemInterface.SMSInterrupt = noInterrupt })
	bare.exchange(t,
		exchange{"§22.1 no event message buffer", set, "0c", "cc"},
		exchange{"§22.1 no buffer full interrupt", set, "0a", "cc"},
		exchange{"§22.1 no queue interrupt", set, "09", "cc"},
		exchange{"§22.1 refused bytes change nothing", get, "", "00 08"},
		exchange{"§22.8 no event message buffer", ipmb.ReadEventMessageBuffer, "", "c1"})
	user := newLAN(t, newTestMachine(t, suiteZero)).login("user", 0)
	user.want(
		exchange{"§22.2 User may read", get, "", "00 08"},
		exchange{"App. G system interface only", set, "08", "d4"},
		exchange{"App. G system interface only", ipmb.ClearMessageFlags, "01", "d4"},
		exchange{"App. G system interface only", ipmb.GetMessageFlags, "", "d4"},
		exchange{"App. G system interface only", ipmb.EnableMessageChannelReceive, "01 02", "d4"},
		exchange{"App. G system interface only", ipmb.GetMessage, "", "d4"})
}

// hostResets resets the host under the locks.
func (m *Machine) hostResets() {
	defer m.lockAll()()
	m.hostReset(powerSource{cause: causeSoftReset})
}

// withLock runs f under the machine's lock.
func (m *Machine) withLock(f func()) {
	defer m.lockAll()()
	f()
}

func TestEventMessageBuffer(t *testing.T) {
	t.Parallel()
	read, flags := ipmb.ReadEventMessageBuffer, ipmb.GetMessageFlags
	m := newTestMachine(t, bridgeProfile)
	first, second := [16]byte{1, 0, 2, 15: 0xaa}, [16]byte{2}
	store := func(record [16]byte, fromHost bool) {
		m.withLock(func() { m.messaging.storeEvent(record, fromHost) })
	}
	store(first, false)
	m.exchange(t,
		exchange{"§22.8 off: nothing stored", read, "", "80"},
		exchange{"§22.1 on", ipmb.SetBMCGlobalEnables, "0c", "00"})
	store(first, true)
	m.exchange(t, exchange{"§22.8 not from system software", read, "", "80"})
	store(first, false)
	store(second, false)
	m.exchange(t,
		exchange{"§22.4 full", flags, "", "00 02"},
		exchange{"§22.8 the first stays", read, "", "00 01 00 02 00 00 00 00 00 00 00 00 00 00 00 00 aa"},
		exchange{"§22.8 read once", read, "", "80"},
		exchange{"§22.4 empty", flags, "", "00 00"})
	store(second, false)
	m.exchange(t,
		exchange{"§22.1 buffer off", ipmb.SetBMCGlobalEnables, "08", "00"},
		exchange{"§22.4 disabled reads 0", flags, "", "00 00"},
		exchange{"§22.1 buffer on", ipmb.SetBMCGlobalEnables, "0c", "00"},
		exchange{"§22.4 full again", flags, "", "00 02"},
		exchange{"§22.3 clear", ipmb.ClearMessageFlags, "02", "00"},
		exchange{"§22.3 cleared", read, "", "80"})
	store(second, false)
	m.hostResets()
	m.exchange(t, exchange{"§22.4 cleared by a system reset", read, "", "80"})
}

// TestEventsWithoutLogEntry have the record ID FFFFh in the event message buffer: the log is full, or off.
// [IPMI 2.0 §17.5, §22.8]
func TestEventsWithoutLogEntry(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, bridgeProfile, func(p *profiles.Profile) { p.SEL.Capacity = 2 })
	m.exchange(t, exchange{"§22.1 buffer", ipmb.SetBMCGlobalEnables, "0c", "00"})
	seq := uint8(0)
	event := func(name, want string) {
		t.Helper()
		seq++
		request := ipmb.Message{To: 0x20, NetFn: 4, From: 0x82, FromLUN: 1, Seq: seq, Cmd: ipmb.PlatformEventMessage.Cmd, Data: []byte{4, 1, 8, 1, 0x57, 0, 0}}
		m.FromBus(0, request.AppendTo(nil))
		m.exchange(t, exchange{name, ipmb.GetMessageFlags, "", "00 02"})
		if got := m.ask(t, ipmb.ReadEventMessageBuffer, ""); !like(got, "00 "+want+" 02 .. .. .. .. 82 01 04 01 08 01 57 00 00") {
			t.Errorf("%s: % x, want record ID %s", name, got, want)
		}
	}
	event("logged", "01 00")
	event("logged, the last one", "02 00")
	event("full", "ff ff")
	m.exchange(t,
		exchange{"§31.9 erase", ipmb.ReserveSEL, "", "00 01 00"},
		exchange{"§31.9 erase", ipmb.ClearSEL, "01 00 43 4c 52 aa", "00 01"},
		exchange{"§22.1 logging off", ipmb.SetBMCGlobalEnables, "04", "00"})
	event("logging off", "ff ff")
	m.exchange(t,
		exchange{"§22.1 the host's are logged all the same", ipmb.PlatformEventMessage, "41 04 01 08 01 57 00 00", "00"},
		exchange{"§22.8 and not in the buffer", ipmb.ReadEventMessageBuffer, "", "80"})
	if got := m.ask(t, ipmb.GetSELEntry, "00 00 ff ff 00 ff"); !like(got, "00 ff ff .. .. 02 .. .. .. .. 41 .. 04 01 08 01 57 00 00") {
		t.Errorf("§22.1: the last entry is % x, want the host's", got)
	}
}

func TestMessageFlags(t *testing.T) {
	t.Parallel()
	get, clear := ipmb.GetMessageFlags, ipmb.ClearMessageFlags
	m := newTestMachine(t, bridgeProfile)
	var heard []bool
	m.OnAttention(func(a Attention) { heard = append(heard, a.Set) })
	m.exchange(t, exchange{"§22.1 buffer", ipmb.SetBMCGlobalEnables, "0c", "00"})
	m.withLock(func() {
		m.messaging.preTimeout(true)
		m.messaging.storeEvent([16]byte{1}, false)
		m.messaging.raiseOEM(0xff)
	})
	m.exchange(t,
		exchange{"§22.7 to the queue", ipmb.SendMessage, "0f 20 18 c8 41 04 01 ba", "00"},
		exchange{"§22.4 all", get, "", "00 eb"},
		exchange{"§22.3 OEM", clear, "e0", "00"},
		exchange{"§22.4 standard ones", get, "", "00 0b"},
		exchange{"§22.3 watchdog", clear, "08", "00"},
		exchange{"§22.4 queue and buffer", get, "", "00 03"},
		exchange{"§22.3 queue", clear, "01", "00"},
		exchange{"§22.3 flushed", ipmb.GetMessage, "", "80"},
		exchange{"§22.3 reserved bits clear nothing", clear, "14", "00"},
		exchange{"§22.4 buffer", get, "", "00 02"},
		exchange{"§22.3 buffer", clear, "02", "00"},
		exchange{"§22.4 none", get, "", "00 00"})
	if fmt.Sprint(heard) != "[false true false]" {
		t.Errorf("§9.12: the attention bit went %v, want false true false", heard)
	}
	heard = nil
	m.withLock(func() { m.messaging.raiseOEM(flagsOEM) })
	m.exchange(t, exchange{"§22.1 OEM 0 on", ipmb.SetBMCGlobalEnables, "28", "00"})
	m.hostResets()
	m.OnAttention(nil)
	if fmt.Sprint(heard) != "[true]" {
		t.Errorf("§9.5: the attention bit went %v with OEM flags, want true once they are enabled", heard)
	}
	smi := newTestMachine(t, bridgeProfile, func(p *profiles.Profile) { p.SystemInterface.EventInterrupt = interruptSMI })
	smi.exchange(t, exchange{"§22.1 buffer", ipmb.SetBMCGlobalEnables, "0c", "00"})
	smi.OnAttention(func(a Attention) {
		if a.Set {
			t.Error("§9.12: a buffer that is for the SMI handler called for system software")
		}
	})
	smi.withLock(func() { smi.messaging.storeEvent([16]byte{1}, false) })
}

// TestAttentionInterrupts: whether the attention bit comes with an interrupt is each flag's own enable.
// [IPMI 2.0 §22.1, bits 1:0]
func TestAttentionInterrupts(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, bridgeProfile, func(p *profiles.Profile) {
		p.SystemInterface.SMSInterrupt, p.SystemInterface.EventInterrupt = 5, 5
	})
	var now Attention
	m.OnAttention(func(a Attention) { now = a })
	for _, c := range []struct {
		name    string
		enables string
		raise   func()
		want    Attention
	}{
		{"none", "0f", func() {}, Attention{Interrupts: true}},
		{"queue", "0d", func() { m.messaging.preTimeout(true) }, Attention{true, true, true}},
		{"queue, buffer's enabled", "0e", func() { m.messaging.preTimeout(true) }, Attention{Set: true}},
		{"buffer", "0e", func() { m.messaging.storeEvent([16]byte{1}, false) }, Attention{true, true, false}},
		{"buffer, queue's enabled", "0d", func() { m.messaging.storeEvent([16]byte{1}, false) }, Attention{true, false, true}},
		{"both, none enabled", "0c", func() {
			m.messaging.preTimeout(true)
			m.messaging.storeEvent([16]byte{1}, false)
		}, Attention{Set: true}},
	} {
		m.exchange(t, exchange{c.name, ipmb.SetBMCGlobalEnables, c.enables, "00"})
		m.withLock(c.raise)
		if now != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, now, c.want)
		}
		m.exchange(t, exchange{"clear", ipmb.ClearMessageFlags, "0b", "00"})
	}
	m.exchange(t, exchange{"§22.1 all on", ipmb.SetBMCGlobalEnables, "0f", "00"})
	m.hostResets()
	if now != (Attention{}) {
		t.Errorf("§22.1: after a reset %+v, want none", now)
	}
}

func TestEnableMessageChannelReceive(t *testing.T) {
	t.Parallel()
	op := ipmb.EnableMessageChannelReceive
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"§22.5 LAN is off at start", op, "01 02", "00 01 00"},
		exchange{"§22.5 the system interface is on", op, "0f 02", "00 0f 01"},
		exchange{"§22.5 this channel", op, "0e 02", "00 0f 01"},
		exchange{"§22.5 on", op, "01 01", "00 01 01"},
		exchange{"§22.5 get", op, "f1 fe", "00 01 01"},
		exchange{"§22.5 off", op, "01 00", "00 01 00"},
		exchange{"§22.5 reserved state", op, "01 03", "cc"},
		exchange{"§22.5 no channel", op, "07 02", "cc"},
		exchange{"§22.5 one byte", op, "01", "c7"})
}

// TestSendMessageFromHost walks the checks in their order.
func TestSendMessageFromHost(t *testing.T) {
	t.Parallel()
	send := ipmb.SendMessage
	m := newTestMachine(t, bridgeProfile)
	m.exchange(t,
		exchange{"§22.7 no data", send, "", "c7"},
		exchange{"§22.7 raw is not supported", send, "80", "cc"},
		exchange{"§22.7 reserved tracking", send, "c0 2c 18 bc 20 04 01 db", "cc"},
		exchange{"§22.7 no channel", send, "07 2c 18 bc 20 04 01 db", "cc"},
		exchange{"§22.7 this channel is reserved", send, "0e 2c 18 bc 20 04 01 db", "cc"},
		exchange{"§22.7 six bytes for a bus", send, "00 2c 18 bc 20 04 01", "c7"},
		exchange{"§22.7 nobody there", send, "00 2c 18 bc 20 06 01 d9", "83"},
		exchange{"§22.7 tracked, nobody there", send, "40 2c 18 bc 20 06 01 d9", "83"},
		exchange{"§22.7 encrypted on a bus", send, "20 2c 18 bc 20 06 01 d9", "cc"},
		exchange{"§22.7 authenticated on a bus", send, "10 2c 18 bc 20 06 01 d9", "cc"},
		exchange{"§22.7 seven bytes for a session", send, "01 05 81 18 67 20 04 01", "c7"},
		exchange{"§22.7 no such session handle", send, "01 05 81 18 67 20 04 01 db", "80"},
		exchange{"§22.7 session handle 0", send, "01 00 81 18 67 20 04 01 db", "80"},
		exchange{"§22.7 serial channel without a session", send, "02 01 81 18 67 20 04 01 db", "80"},
		exchange{"§22.22 LAN switched off", ipmb.SetChannelAccess, "01 80 00", "00"},
		exchange{"§22.7 closed channel", send, "01 05 81 18 67 20 04 01 db", "cc"},
		exchange{"§22.6 nothing came", ipmb.GetMessage, "", "80"})
}

// TestReceiveMessageQueue fills the queue from the host's own side. [IPMI 2.0 §22.6]
func TestReceiveMessageQueue(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	for range ipmb.QueuePlaces {
		m.exchange(t, exchange{"§22.7 to system software", ipmb.SendMessage, "0f 20 18 c8 41 04 01 ba", "00"})
	}
	m.exchange(t,
		exchange{"§22.6 full", ipmb.SendMessage, "0f 20 18 c8 41 04 01 ba", "c0"},
		exchange{"§22.6 too long for Get Message", ipmb.SendMessage, "0f" + fmt.Sprintf("%0500x", 0), "c8"},
		exchange{"§22.4", ipmb.GetMessageFlags, "", "00 01"},
		exchange{"§22.6 no privilege, no handle", ipmb.GetMessage, "", "00 0f 00 20 18 c8 41 04 01 ba"},
		exchange{"§22.5 own channel off", ipmb.EnableMessageChannelReceive, "0f 00", "00 0f 00"},
		exchange{"§22.5 refused", ipmb.SendMessage, "0f 20 18 c8 41 04 01 ba", "d3"},
		exchange{"§22.6 what is there stays", ipmb.GetMessage, "", "00 0f 00 20 18 c8 41 04 01 ba"},
		exchange{"§22.3 flush", ipmb.ClearMessageFlags, "01", "00"},
		exchange{"§22.6 empty", ipmb.GetMessage, "", "80"})
}

// toLUN sends a message to a LUN of the BMC.
func (c *lan) toLUN(lun ipmb.LUN, netFn ipmb.NetFn, cmd uint8, data ...byte) []byte {
	c.t.Helper()
	return c.send(&ipmb.Message{To: ipmb.AddrBMC, NetFn: netFn, ToLUN: lun, From: ipmb.AddrRemoteConsole, Seq: 5, Cmd: cmd, Data: data})
}

// send sends any message in an RMCP+ session of cipher suite 0, and returns completion code and data of the answer.
func (c *lan) send(m *ipmb.Message) []byte {
	c.t.Helper()
	c.seq++
	p := rmcp.Packet20{SessionID: c.id, Sequence: c.seq, Payload: m.AppendTo(nil)}
	out := c.handle(p.AppendTo(nil))
	if out == nil {
		return nil
	}
	return c.message(out).Data
}

// message reads the message of an RMCP+ packet.
func (c *lan) message(out []byte) ipmb.Message {
	c.t.Helper()
	a, err := rmcp.ParsePacket20(out)
	if err != nil {
		c.t.Fatal(err)
	}
	m, err := ipmb.ParseMessage(a.Payload)
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

// unasked reads the only message that came by itself since the last datagram or since forget.
func (c *lan) unasked(when string) ipmb.Message {
	c.t.Helper()
	if len(c.wire.all()) != 1 {
		c.t.Fatalf("%s: %d datagrams came by themselves, want 1", when, len(c.wire.all()))
	}
	_, data, err := rmcp.ParseHeader(c.wire.all()[0])
	if err != nil {
		c.t.Fatal(err)
	}
	return c.message(data)
}

func TestLUN2OverLAN(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, bridgeProfile)
	c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	wantAnswer := func(name string, got []byte, want string) {
		t.Helper()
		if !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("%s: answered [% x], want [%s]", name, got, want)
		}
	}
	wantAnswer("§22.5 reception is off", c.toLUN(ipmb.LUNSMS, ipmb.NetFnApp, 1), "d3")
	wantAnswer("§22.5 group extension keeps its body", c.toLUN(ipmb.LUNSMS, ipmb.NetFnGroup, 1, 0xdc), "d3 dc")
	wantAnswer("§22.5 short group extension", c.toLUN(ipmb.LUNSMS, ipmb.NetFnGroup, 1), "d3")
	wantAnswer("§22.5 response, nobody to tell", c.toLUN(ipmb.LUNSMS, ipmb.NetFnApp.Response(), 1, 0), "")
	m.exchange(t,
		exchange{"§22.6 nothing came", ipmb.GetMessage, "", "80"},
		exchange{"§22.5 on", ipmb.EnableMessageChannelReceive, "01 01", "00 01 01"})
	if got := c.toLUN(ipmb.LUNSMS, ipmb.NetFnApp, 1, 0xaa); got != nil {
		t.Errorf("§6.13.1: the BMC itself answered [% x] for system software", got)
	}
	if got := c.toLUN(ipmb.LUNSMS, ipmb.NetFnApp.Response(), 1, 0); got != nil {
		t.Errorf("§6.13.1: a response was answered [% x]", got)
	}
	handle := m.Sessions().ByID(c.id).Handle()
	m.exchange(t,
		exchange{"§22.4", ipmb.GetMessageFlags, "", "00 01"},
		exchange{"§22.6 Operator, LAN, handle, request", ipmb.GetMessage, "", fmt.Sprintf("00 31 %02x 20 1a c6 81 14 01 aa c0", handle)},
		exchange{"§22.6 response", ipmb.GetMessage, "", fmt.Sprintf("00 31 %02x 20 1e c2 81 14 01 00 6a", handle)},
		exchange{"§22.4", ipmb.GetMessageFlags, "", "00 00"})
	for range ipmb.QueuePlaces {
		c.toLUN(ipmb.LUNSMS, ipmb.NetFnApp, 1)
	}
	wantAnswer("§22.6 full", c.toLUN(ipmb.LUNSMS, ipmb.NetFnApp, 1), "c0")
	wantAnswer("§22.6 too long", c.toLUN(ipmb.LUNSMS, ipmb.NetFnApp, 1, make([]byte, maxQueued)...), "c8")
	wantAnswer("§5.1 OEM LUN 01b", c.toLUN(ipmb.LUNOEM1, ipmb.NetFnApp, 1), "c2")

	// System software answers with Send Message. [IPMI 2.0 §6.13.1]
	c.wire.forget()
	m.exchange(t, exchange{"§22.7 answer", ipmb.SendMessage, fmt.Sprintf("01 %02x 81 1c 63 20 16 01 00 02 c7", handle), "00"})
	if a := c.unasked("§22.7"); a.To != 0x81 || a.NetFn != 7 || a.From != 0x20 || a.Seq != 5 || a.FromLUN != 2 || a.Cmd != 1 || !bytes.Equal(a.Data, []byte{0, 2}) {
		t.Errorf("§22.7: the console got %+v", a)
	}
	m.exchange(t,
		exchange{"§22.7 cannot be encrypted", ipmb.SendMessage, fmt.Sprintf("21 %02x 81 1c 63 20 16 01 00 02 c7", handle), "cc"},
		exchange{"§22.7 cannot be authenticated", ipmb.SendMessage, fmt.Sprintf("11 %02x 81 1c 63 20 16 01 00 02 c7", handle), "cc"},
		exchange{"§22.7 handle of another channel", ipmb.SendMessage, fmt.Sprintf("03 %02x 81 1c 63 20 16 01 00 02 c7", handle), "80"})
}

func TestLUN2Privilege(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, bridgeProfile, func(p *profiles.Profile) { p.Users[2].Privilege = ipmb.PrivilegeCallback })
	m.exchange(t, exchange{"§22.5 on", ipmb.EnableMessageChannelReceive, "01 01", "00 01 01"})
	user := newLAN(t, m).login("user", 0)
	if got := user.toLUN(ipmb.LUNSMS, ipmb.NetFnApp, 1); got != nil {
		t.Errorf("§22.7: User was answered [% x]", got)
	}
	callback := newLAN(t, m).login("operator", 0)
	if got := callback.toLUN(ipmb.LUNSMS, ipmb.NetFnApp, 1); !bytes.Equal(got, []byte{0xd4}) {
		t.Errorf("§22.7: Callback was answered [% x], want d4", got)
	}
	stranger := newLAN(t, m)
	outside := rmcp.Packet15{Message: (&ipmb.Message{To: 0x20, NetFn: 6, ToLUN: 2, From: 0x81, Cmd: 1}).AppendTo(nil)}
	a, err := rmcp.ParsePacket15(stranger.handle(outside.AppendTo(nil)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ipmb.ParseMessage(a.Message); err != nil || !bytes.Equal(got.Data, []byte{0xd4}) {
		t.Errorf("§22.7: outside of a session [% x], %v; want d4", got.Data, err)
	}
	user.want(
		exchange{"§22.7 User to system software", ipmb.SendMessage, "0f 20 18 c8 81 04 01 7a", "00"},
		exchange{"§22.7 User to a bus", ipmb.SendMessage, "40 2c 18 bc 20 04 01 db", "d4"},
		exchange{"§22.7 User to another LAN", ipmb.SendMessage, "43 01", "d4"},
		exchange{"§22.7 raw goes before privilege", ipmb.SendMessage, "80", "cc"},
		exchange{"§22.7 no channel goes before privilege", ipmb.SendMessage, "47", "cc"})
	operator := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	operator.want(
		exchange{"§22.7 Operator to a bus", ipmb.SendMessage, "40 2c 18 bc 20 04 01 db", "83"},
		exchange{"§22.7 short", ipmb.SendMessage, "40 2c 18", "c7"},
		exchange{"§6.13 the same channel", ipmb.SendMessage, "41 01 81 18 67 20 04 01 db", "cc"})
	for range ipmb.PendingPlaces + 1 {
		operator.want(exchange{"§22.7 what nobody took is not pending", ipmb.SendMessage, "40 ee 18 fa 20 04 01 db", "83"})
	}
	handle := m.Sessions().ByID(user.id).Handle()
	m.exchange(t,
		exchange{"§22.6 by LUN 10b", ipmb.GetMessage, "", fmt.Sprintf("00 21 %02x 20 1a c6 81 14 01 6a", handle)},
		exchange{"§22.6 by Send Message", ipmb.GetMessage, "", fmt.Sprintf("00 21 %02x 20 18 c8 81 04 01 7a", handle)},
		exchange{"§22.6 no more", ipmb.GetMessage, "", "80"})
}

// TestInferredPrivilege has the example of the specification. [IPMI 2.0 §22.6]
func TestInferredPrivilege(t *testing.T) {
	t.Parallel()
	userOff, bothOff := profiles.Access{NoUserLevelAuth: true}, profiles.Access{NoUserLevelAuth: true, NoPerMessageAuth: true}
	for _, test := range []struct {
		name          string
		authenticated bool
		kind          profiles.SessionKind
		access, later profiles.Access // of the channel when the session was activated, and now
		want          ipmb.Privilege
	}{
		{"authenticated", true, profiles.MultiSession, userOff, userOff, ipmb.PrivilegeOperator},
		{"plain, user level off", false, profiles.MultiSession, userOff, userOff, ipmb.PrivilegeUser},
		{"plain, user level off until now", false, profiles.MultiSession, userOff, profiles.Access{}, ipmb.PrivilegeUser},
		{"plain, user level off from now on", false, profiles.MultiSession, profiles.Access{}, userOff, ipmb.PrivilegeOperator},
		{"plain, both off", false, profiles.MultiSession, bothOff, bothOff, ipmb.PrivilegeOperator},
		{"plain, both on", false, profiles.MultiSession, profiles.Access{}, profiles.Access{}, ipmb.PrivilegeOperator},
		{"single session", false, profiles.SingleSession, userOff, userOff, ipmb.PrivilegeOperator},
	} {
		m := newTestMachine(t, bridgeProfile, func(p *profiles.Profile) {
			a := &p.Channels[1].Access
			a.NoUserLevelAuth, a.NoPerMessageAuth = test.access.NoUserLevelAuth, test.access.NoPerMessageAuth
		})
		c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
		r := &Request{Session: m.Sessions().ByID(c.id), LAN: &rmcp.Request{Authenticated: test.authenticated}}
		spec := profiles.Channel{Sessions: test.kind}
		if got := inferredPrivilege(r, &channel{spec: &spec, volatile: test.later}); got != test.want {
			t.Errorf("§22.6 %s: %v, want %v", test.name, got, test.want)
		}
	}
	if got := inferredPrivilege(&Request{}, nil); got != ipmb.PrivilegeUnspecified {
		t.Errorf("§22.6 no session: %v, want %v", got, ipmb.PrivilegeUnspecified)
	}
}

// TestTrackedBetweenLANs bridges a request from one LAN channel to the console of a session on another, and its answer
// back. [IPMI 2.0 §6.13.3]
func TestTrackedBetweenLANs(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, bridgeProfile)
	from := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
	to := newLAN(t, m)
	to.arrival.Channel = 3
	to.login("user", 0)
	handle := m.Sessions().ByID(to.id).Handle()
	request := fmt.Sprintf("43 %02x 81 18 67 81 1c 01 62", handle)

	to.wire.forget()
	from.want(exchange{"§6.13.3 the response to Send Message itself", ipmb.SendMessage, request, "00"})
	got := to.unasked("§6.13.3")
	if got.To != 0x81 || got.NetFn != 6 || got.From != ipmb.AddrBMC || got.FromLUN != 0 || got.Cmd != 1 {
		t.Fatalf("§6.13.3: the other console got %+v", got)
	}
	answer := got.Response()
	answer.Data = []byte{0, 0x20, 0x01}
	from.wire.forget()
	for name, wrong := range map[string]func(m *ipmb.Message){
		"sequence number": func(m *ipmb.Message) { m.Seq ^= 1 },
		"command":         func(m *ipmb.Message) { m.Cmd++ },
	} {
		a := answer
		wrong(&a)
		if to.send(&a); len(from.wire.all()) != 0 {
			t.Errorf("§6.13.3: an answer with a wrong %s came through", name)
		}
	}
	if out := to.send(&answer); out != nil {
		t.Errorf("§6.13.3: the answer was answered [% x]", out)
	}
	back := from.unasked("§6.13.3")
	if back.To != ipmb.AddrRemoteConsole || back.NetFn != 7 || back.Seq != 7 || back.From != 0x81 || back.Cmd != 1 || !bytes.Equal(back.Data, answer.Data) {
		t.Errorf("§6.13.3: who asked got %+v", back)
	}
	from.wire.forget()
	if to.send(&answer); len(from.wire.all()) != 0 {
		t.Error("§6.13.3: a second answer came through")
	}

	for range ipmb.PendingPlaces {
		from.want(exchange{"§6.13.3 pending", ipmb.SendMessage, request, "00"})
	}
	from.want(exchange{"§6.13.3 too many pending", ipmb.SendMessage, request, "c0"})
	from.want(exchange{"§22.19 close", ipmb.CloseSession, fmt.Sprintf("%02x %02x %02x %02x", byte(from.id), byte(from.id>>8), byte(from.id>>16), byte(from.id>>24)), "00"})
	m.withLock(func() {
		if n := m.messaging.pending.Len(time.Now()); n != 0 {
			t.Errorf("§6.13.3: %d requests of an ended session are pending", n)
		}
	})
}

func TestSystemInterfaceCapabilities(t *testing.T) {
	t.Parallel()
	get, bt := ipmb.GetSystemInterfaceCapabilities, ipmb.GetBTInterfaceCapabilities
	newTestMachine(t).exchange(t,
		exchange{"§22.9 KCS", get, "01", "00 00 00 ff"},
		exchange{"§22.9 reserved bits", get, "f1", "00 00 00 ff"},
		exchange{"§22.9 no SSIF here", get, "00", "cc"},
		exchange{"§22.9 no SMIC here", get, "02", "cc"},
		exchange{"§22.9 BT has its own command", get, "03", "cc"},
		exchange{"§22.9 no data", get, "", "c7"},
		exchange{"§22.10 not a BT interface", bt, "", "c1"})
	of := func(s profiles.SystemInterface) *Machine {
		return newTestMachine(t, func(p *profiles.Profile) { p.SystemInterface = s })
	}
	of(profiles.SystemInterface{Type: profiles.InterfaceSMIC, MaxIn: 40}).exchange(t,
		exchange{"§22.9 SMIC", get, "02", "00 00 00 28"})
	of(profiles.SystemInterface{Type: profiles.InterfaceSSIF, MaxIn: 64, MaxOut: 62, SSIF: profiles.SSIF{Transactions: 1, PEC: true}}).exchange(t,
		exchange{"§22.9 SSIF", get, "00", "00 00 48 40 3e"})
	of(profiles.SystemInterface{Type: profiles.InterfaceBT, MaxIn: 63, MaxOut: 64, BT: profiles.BT{Outstanding: 2, Timeout: profiles.Duration(5e9), Retries: 3}}).exchange(t,
		exchange{"§22.10 BT", bt, "", "00 02 3f 40 05 03"},
		exchange{"§22.10 with data", bt, "00", "c7"},
		exchange{"§22.9 type 3 is reserved", get, "03", "cc"})
}

func TestMasterWriteRead(t *testing.T) {
	t.Parallel()
	op := ipmb.MasterWriteRead
	m := newTestMachine(t, suiteZero)
	m.exchange(t,
		exchange{"§22.11 no device on the IPMB", op, "00 a0 10 00", "83"},
		exchange{"§22.11 35 bytes to write, 34 to read", op, "00 a0 22" + fmt.Sprintf("%070x", 0), "83"},
		exchange{"§22.11 no private bus", op, "01 a0 10 00", "cc"},
		exchange{"§22.11 private bus 3", op, "07 a0 10 00", "cc"},
		exchange{"§22.11 public bus ID 1", op, "02 a0 10 00", "cc"},
		exchange{"§22.11 a LAN is no bus", op, "10 a0 10 00", "cc"},
		exchange{"§22.11 no channel", op, "70 a0 10 00", "cc"},
		exchange{"§22.11 two bytes", op, "00 a0", "c7"})
	newLAN(t, m).login("user", 0).want(exchange{"§22.11 User", op, "00 a0 10 00", "d4"})
	newLAN(t, m).login("admin", ipmb.PrivilegeOperator).want(exchange{"§22.11 Operator", op, "00 a0 10 00", "83"})
}

// TestMasterWriteReadDevices reaches the generic machine's devices: the same registers that its sensors and inventories
// look at, with the thermometer's bytes as its data sheet has them (24 °C is 1800h).
func TestMasterWriteReadDevices(t *testing.T) {
	t.Parallel()
	p, err := profiles.Load("generic")
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	op := ipmb.MasterWriteRead
	m.exchange(t,
		exchange{"§22.11 private bus 1, 48h, register 0", op, "03 90 02 00", "00 18 00"},
		exchange{"§22.11 nobody at 4Fh", op, "03 9e 02 00", "83"},
		exchange{"§22.11 behind a multiplexer that is shut", op, "03 a0 02 00", "83"},
		exchange{"§22.11 open the multiplexer's channel 0", op, "03 e0 00 01", "00"},
		exchange{"§22.11 no bus 7", op, "0f 90 02 00", "cc"})
	if got := m.ask(t, op, "03 a0 01 00"); len(got) != 2 || got[0] != 0 {
		t.Errorf("§22.11: the EEPROM behind the multiplexer answered % x", got)
	}
	if err := m.SetSensor("Inlet Temp", 31.5); err != nil {
		t.Fatal(err)
	}
	m.exchange(t,
		exchange{"§22.11 two devices at 48h pull the same wire: 1F80h and 1D00h", op, "03 90 02 00", "00 1d 00"},
		exchange{"§22.11 shut the multiplexer", op, "03 e0 00 00", "00"},
		exchange{"§22.11 follows the sensor", op, "03 90 02 00", "00 1f 80"})
	header := m.ask(t, ipmb.ReadFRUData, "00 00 00 08")[2:]
	m.exchange(t, exchange{"§34.2 the inventory's header is in the EEPROM", op, "09 ae 08 00 00", "00" + hexOf(header)})
	m.exchange(t, exchange{"§22.11 write to the EEPROM", op, "09 ae 00 1f f0 5a", "00"})
	m.exchange(t,
		exchange{"§34.2 seen by Read FRU Data", ipmb.ReadFRUData, "00 f0 1f 01", "00 01 5a"},
		exchange{"§34.3 Write FRU Data", ipmb.WriteFRUData, "00 f1 1f a5", "00 01"},
		exchange{"§22.11 read from the EEPROM", op, "09 ae 02 1f f0", "00 5a a5"})
	bus := m.hardware.tree.Bus(i2c.PrivateBus(1))
	for err, want := range map[error]string{i2c.ErrArbitration: "81", i2c.ErrBus: "82", i2c.ErrNAKData: "83", i2c.ErrBusy: "c0"} {
		bus.Intercept = func(*i2c.Transaction) error { return err }
		m.exchange(t, exchange{"§22.11 " + err.Error(), op, "03 90 02 00", want})
	}
	bus.Intercept = func(t *i2c.Transaction) error {
		if err := t.Run(); err != nil {
			return err
		}
		return t.Truncate(1)
	}
	m.exchange(t, exchange{"§22.11 truncated read", op, "03 90 02 00", "84 1f"})
}

func TestGetSystemGUID(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, func(p *profiles.Profile) {
		p.System.GUID = profiles.GUID{0x1f, 0x2e, 0x3d, 0x4c, 0x5b, 0x6a, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	})
	want := exchange{"§22.14", ipmb.GetSystemGUID, "", "00 1f2e3d4c5b6a0708090a0b0c0d0e0f10"}
	m.exchange(t, want)
	newLAN(t, m).want(want) // outside of a session
	if guid := m.SystemGUID(); guid[0] != 0x1f || guid[15] != 16 {
		t.Errorf("§13.21: RAKP message 2 has another GUID: % x", guid)
	}
}

// TestContextOfSystemRequests: a canceled caller gets no answer and leaves no message.
func TestContextOfSystemRequests(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.RequestResponse(ctx, SystemRequest{NetworkFunction: 6, Command: ipmb.GetMessage.Cmd}); err == nil {
		t.Error("a canceled request was answered")
	}
}
