package bmc

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// addIn is system software that answers forwarded commands as an add-in card would.
type addIn struct {
	t     *testing.T
	m     *Machine
	risen int // of the attention bit
}

func newAddIn(t *testing.T, m *Machine) *addIn {
	a := &addIn{t: t, m: m}
	m.OnAttention(func(now Attention) {
		if now.Set {
			a.risen++
		}
	})
	m.exchange(t,
		exchange{"§22.5 receive what comes over the bus", ipmb.EnableMessageChannelReceive, "00 01", "00 00 01"},
		exchange{"§35b.3 system software: 20h, LUN 10b, 100 ms", ipmb.EnableForwardedCommands, "01 00 02 20 0a", "00 03 00 02 20 0a 03 00 01 00"},
		exchange{"§35b.3 enable", ipmb.EnableForwardedCommands, "02", "00 02 00 02 20 0a 03 00 01 00"})
	a.risen = 0
	return a
}

// request reads the Forwarded Command that waits, and returns its sequence number.
func (a *addIn) request(want string) uint8 {
	a.t.Helper()
	if a.risen != 1 {
		a.t.Errorf("the attention bit rose %d times, want 1", a.risen)
	}
	a.risen = 0
	got := a.m.ask(a.t, ipmb.GetMessage, "")
	if len(got) < 8 {
		a.t.Fatalf("Get Message answered [% x]", got)
	}
	seq := got[5] >> 2
	message, err := ipmb.ParseMessage(append([]byte{0x20}, got[2:]...))
	if err != nil {
		a.t.Fatal(err)
	}
	if got[1] != 0x00 || message.NetFn != ipmb.NetFnTransport || message.ToLUN != ipmb.LUNSMS || message.From != ipmb.AddrBMC || message.Cmd != 0x30 {
		a.t.Errorf("channel %02x, message %+v", got[1], message)
	}
	if !bytes.Equal(message.Data, unhex(a.t, want)) {
		a.t.Errorf("§35b.4 request data [% x], want [%s]", message.Data, want)
	}
	return seq
}

// respond sends the Forwarded Command response.
func (a *addIn) respond(seq uint8, data string) []byte {
	a.t.Helper()
	message := ipmb.Message{To: ipmb.AddrBMC, NetFn: ipmb.NetFnTransport.Response(), From: ipmb.AddrBMC, FromLUN: ipmb.LUNSMS, Seq: seq, Cmd: 0x30, Data: unhex(a.t, data)}
	return a.m.ask(a.t, ipmb.SendMessage, "00"+hex.EncodeToString(message.AppendTo(nil)))
}

// TestForward sends a command of a session to system software and its answer back.
func TestForward(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, suiteZero)
		a := newAddIn(t, m)
		c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
		own := c.toLUN(0, ipmb.NetFnApp, 1)
		m.exchange(t, exchange{"§35b.2 Get Device ID from channel 1", ipmb.SetForwardedCommands, "01 06 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00"})

		if got := c.toLUN(0, ipmb.NetFnApp, 1, 0xaa); got != nil {
			t.Errorf("§35b forwarded, and answered [% x]", got)
		}
		seq := a.request("81 02 43 01 18 01 aa")
		if got := a.respond(seq, "00 1c 01 00 11 22 33"); !bytes.Equal(got, []byte{0}) {
			t.Errorf("Send Message answered [% x]", got)
		}
		answer := c.unasked("§35b.4")
		if answer.To != ipmb.AddrRemoteConsole || answer.From != ipmb.AddrBMC || answer.NetFn != ipmb.NetFnApp.Response() || answer.Seq != 5 || answer.Cmd != 1 ||
			!bytes.Equal(answer.Data, unhex(t, "00 11 22 33")) {
			t.Errorf("§35b.4 the requester gets %+v", answer)
		}
		c.wire.forget()
		if got := a.respond(seq, "00 1c 01 00"); !bytes.Equal(got, []byte{byte(ccNAKOnWrite)}) {
			t.Errorf("§35b.4 a second response answered [% x]", got)
		}

		for _, test := range []struct{ name, response, want string }{
			{"an error of the command", "00 1c 01 c9", "c9"},
			{"an error of the target", "c1", "c1"},
			{"another command's", "00 1c 02 00", "ff"},
			{"no command's", "00", "ff"},
		} {
			c.toLUN(0, ipmb.NetFnApp, 1)
			a.respond(a.request("81 02 43 01 18 01"), test.response)
			if answer := c.unasked(test.name); !bytes.Equal(answer.Data, unhex(t, test.want)) {
				t.Errorf("%s: the requester gets [% x], want [%s]", test.name, answer.Data, test.want)
			}
			c.wire.forget()
		}

		c.toLUN(0, ipmb.NetFnApp, 1)
		seq = a.request("81 02 43 01 18 01")
		pass(99 * time.Millisecond)
		if len(c.wire.all()) != 0 {
			t.Error("§35b.3 timed out early")
		}
		pass(2 * time.Millisecond)
		if answer := c.unasked("§35b.4 timeout"); !bytes.Equal(answer.Data, []byte{0xc3}) {
			t.Errorf("§35b.4 the requester gets [% x]", answer.Data)
		}
		c.wire.forget()
		a.respond(seq, "00 1c 01 00")
		if len(c.wire.all()) != 0 {
			t.Error("§35b.4 an answer after the timeout")
		}

		m.exchange(t, exchange{"the host's own is not forwarded", ipmb.GetDeviceID, "", hex.EncodeToString(own)},
			exchange{"§35b.2 source off", ipmb.SetForwardedCommands, "01 80 00", "00"})
		if got := c.toLUN(0, ipmb.NetFnApp, 1); !bytes.Equal(got, own) {
			t.Errorf("source off: [% x]", got)
		}
		m.exchange(t, exchange{"§35b.2 source on", ipmb.SetForwardedCommands, "01 c0 00", "00"})
		if got := c.toLUN(0, ipmb.NetFnApp, 1); got != nil {
			t.Errorf("source on: [% x]", got)
		}
		m.ask(t, ipmb.CloseSession, hex.EncodeToString(binary.LittleEndian.AppendUint32(nil, c.id)))
		if n := len(m.forwarding.waiting); n != 0 {
			t.Errorf("%d requests of a session that is gone wait", n)
		}
	})
}

// TestForwardFromBus shows a request of a channel without sessions, and a target that does not take it.
func TestForwardFromBus(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, suiteZero)
		a := newAddIn(t, m)
		m.exchange(t, exchange{"§35b.2 from channel 0, LUN 1", ipmb.SetForwardedCommands, "00 46 01 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00"})
		request := ipmb.Message{To: ipmb.AddrBMC, NetFn: ipmb.NetFnApp, ToLUN: 1, From: 0x2c, Seq: 9, FromLUN: 3, Cmd: 0x88, Data: []byte{7}}
		if got := m.FromBus(0, request.AppendTo(nil)); got != nil {
			t.Errorf("§35b forwarded, and answered [% x]", got)
		}
		a.request("00 19 88 07") // no user, no privilege, no session handle
		m.exchange(t, exchange{"§35b.3 a target where nobody is", ipmb.EnableForwardedCommands, "01 00 00 72 03", "00 02 00 00 72 03 03 00 01 00"})
		if got := m.FromBus(0, request.AppendTo(nil)); len(got) < 7 || got[6] != 0x80 {
			t.Errorf("§35b.4 target unavailable: [% x]", got)
		}
		m.exchange(t, exchange{"§35b.3 off", ipmb.EnableForwardedCommands, "03", "00 03 00 00 72 03 03 00 01 00"})
		if got := m.FromBus(0, request.AppendTo(nil)); len(got) < 7 || got[6] != 0xc1 {
			t.Errorf("off: [% x]", got)
		}
	})
}

// TestForwardQueueFull shows that what system software does not fetch is bounded.
func TestForwardQueueFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, suiteZero)
		newAddIn(t, m)
		c := newLAN(t, m).login("admin", ipmb.PrivilegeOperator)
		m.exchange(t, exchange{"§35b.2", ipmb.SetForwardedCommands, "01 06 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "00"})
		for i := range ipmb.QueuePlaces {
			if got := c.toLUN(0, ipmb.NetFnApp, 1); got != nil {
				t.Errorf("request %d: [% x]", i, got)
			}
		}
		if got := c.toLUN(0, ipmb.NetFnApp, 1); !bytes.Equal(got, []byte{0xc0}) {
			t.Errorf("queue full: [% x]", got)
		}
		if got := c.toLUN(0, ipmb.NetFnApp, 1, make([]byte, 245)...); !bytes.Equal(got, []byte{0xc8}) {
			t.Errorf("longer than Get Message can return: [% x]", got)
		}
		m.exchange(t, exchange{"§22.5 not received any more", ipmb.EnableMessageChannelReceive, "00 00", "00 00 00"})
		if got := c.toLUN(0, ipmb.NetFnApp, 1); !bytes.Equal(got, []byte{0x80}) {
			t.Errorf("§35b.4 target unavailable: [% x]", got)
		}
	})
}

// TestForwardedCommands shows the masks and what is refused.
func TestForwardedCommands(t *testing.T) {
	t.Parallel()
	set, get, enable := ipmb.SetForwardedCommands, ipmb.GetForwardedCommands, ipmb.EnableForwardedCommands
	const none = "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
	m := newTestMachine(t, suiteZero)
	m.exchange(t,
		exchange{"§35b.3 at the start", enable, "00", "00 03 00 00 00 03 03 00 01 00"},
		exchange{"§35b.3 no target", enable, "02", "d5"},
		exchange{"§35b.3 less than 30 ms", enable, "01 00 00 72 02", "c9"},
		exchange{"§35b.3 a LAN channel", enable, "01 01 00 72 03", "cc"},
		exchange{"§35b.3 no channel", enable, "01 05 00 72 03", "cc"},
		exchange{"§35b.3 no address", enable, "01 00 00 01 03", "cc"},
		exchange{"§35b.3 too short", enable, "01 00 00 72", "c7"},
		exchange{"§35b.1", get, "01 06 00", "00 " + none},
		exchange{"§35b.2", set, "01 46 03 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 80", "00"},
		exchange{"§35b.1", get, "01 46 03", "00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 80"},
		exchange{"§35b.1 the other half", get, "01 06 03", "00 " + none},
		exchange{"§35b.1 another LUN", get, "01 46 00", "00 " + none},
		exchange{"§35b.2 a response", set, "01 07 00 " + none, "cc"},
		exchange{"§35b.2 half a mask", set, "01 06 00 00", "c7"},
		exchange{"§35b.2 the system interface", set, "0f 06 00 " + none, "cc"},
		exchange{"§35b.1 reserved operation", get, "01 86 00", "cc"},
		exchange{"§35b.1 serial", get, "02 06 00", "cc"},
		exchange{"§35b.2 nothing", set, "01 46 03 " + none, "00"},
	)
	if n := len(m.forwarding.masks); n != 0 {
		t.Errorf("%d masks", n)
	}
	newLAN(t, m).login("admin", ipmb.PrivilegeOperator).want(
		exchange{"App. G", set, "01 80 00", "d4"}, exchange{"App. G", enable, "00", "d4"}, exchange{"App. G", get, "01 06 00", "00 " + none},
		exchange{"§35b.4 not accepted as a request", ipmb.ForwardedCommand, "01 18 01", "c1"})
}
