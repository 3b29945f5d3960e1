package bmc

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

func TestSelfTestAndGUID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		result, detail uint8
		want           string
	}{
		{0x55, 0x00, "00 55 00"}, {0x55, 0x12, "00 55 00"}, {0x56, 0x01, "00 56 00"}, {0, 0, "00 56 00"},
		{0x57, 0xc0, "00 57 c0"}, {0x58, 0x07, "00 58 07"}, {0x80, 0x01, "00 80 01"},
	} {
		m := newTestMachine(t, func(p *profiles.Profile) {
			p.Device.SelfTest = profiles.SelfTest{Result: test.result, Detail: test.detail}
		})
		m.exchange(t, exchange{fmt.Sprintf("§20.4 %02Xh", test.result), ipmb.GetSelfTestResults, "", test.want})
	}
	newTestMachine(t).exchange(t, exchange{"§20.8 none", ipmb.GetDeviceGUID, "", "c1"})
	guid := profiles.GUID{1, 2, 3, 15: 0xff}
	newTestMachine(t, func(p *profiles.Profile) { p.Device.GUID = &guid }).exchange(t,
		exchange{"§20.8", ipmb.GetDeviceGUID, "", "00 010203000000000000000000000000ff"},
		exchange{"§20.8 with data", ipmb.GetDeviceGUID, "00", "c7"})
}

func TestACPIPowerState(t *testing.T) {
	t.Parallel()
	set, get := ipmb.SetACPIPowerState, ipmb.GetACPIPowerState
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"§20.7 at start", get, "", "00 00 00"},
		exchange{"§20.6 both", set, "83 82", "00"},
		exchange{"§20.7 S3, D2", get, "", "00 03 02"},
		exchange{"§20.6 bit 7 clear changes nothing", set, "05 00", "00"},
		exchange{"§20.6 no change", set, "ff ff", "00"},
		exchange{"§20.7 as before", get, "", "00 03 02"},
		exchange{"§20.6 system only", set, "8a 00", "00"},
		exchange{"§20.6 device only", set, "00 aa", "00"},
		exchange{"§20.7 override, unknown", get, "", "00 0a 2a"},
		exchange{"§20.6 legacy off", set, "a1 00", "00"},
		exchange{"§20.6 no such system state", set, "8b 80", "cc"},
		exchange{"§20.6 no such device state", set, "80 84", "cc"},
		exchange{"§20.7 a refused request changes nothing", get, "", "00 21 2a"},
		exchange{"§20.6 one byte", set, "80", "c7"})
	newLAN(t, newTestMachine(t, suiteZero)).login("user", 0).want(
		exchange{"§20.6 User", set, "80 80", "d4"}, exchange{"§20.7 User", get, "", "00 00 00"})
}

// TestColdReset loses what is not stored and keeps the rest, and the sessions are gone. [IPMI 2.0 §20.2]
func TestColdReset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, bridgeProfile, func(p *profiles.Profile) {
			p.Device.ColdReset, p.Device.WarmReset = profiles.Duration(2*time.Second), profiles.Duration(time.Second)
		})
		m.exchange(t,
			exchange{"§20.5 manufacturing test", ipmb.ManufacturingTestOn, "12 34", "00"},
			exchange{"§20.1 not in normal operation", ipmb.GetDeviceID, "", "00 20 01 86 92 02 8f 66 4a 00 14 04"},
			exchange{"§22.1 enables", ipmb.SetBMCGlobalEnables, "e5", "00"},
			exchange{"§22.5 receive", ipmb.EnableMessageChannelReceive, "01 01", "00 01 01"},
			exchange{"§22.29 name", ipmb.SetUserName, "05 626f6200000000000000000000000000", "00"},
			exchange{"§20.6 ACPI state", ipmb.SetACPIPowerState, "83 83", "00"})
		m.withLock(func() { m.messaging.storeEvent([16]byte{1}, false) })
		console := newLAN(t, m).login("admin", ipmb.PrivilegeAdministrator)
		console.toLUN(ipmb.LUNSMS, ipmb.NetFnApp, 1)
		m.exchange(t, exchange{"§22.4 buffer and queue", ipmb.GetMessageFlags, "", "00 03"})

		console.want(exchange{"§20.3 warm reset answers", ipmb.WarmReset, "", "00"})
		m.wantAway(t, "after Warm Reset", time.Second)
		if console.ask(ipmb.GetDeviceID, "") != nil {
			t.Error("§20.3: a session lived on after Warm Reset")
		}
		m.exchange(t,
			exchange{"§20.3 enables stay", ipmb.GetBMCGlobalEnables, "", "00 e5"},
			exchange{"§20.3 receive stays", ipmb.EnableMessageChannelReceive, "01 02", "00 01 01"},
			exchange{"§20.3 messages are dropped, the event stays", ipmb.GetMessageFlags, "", "00 02"},
			exchange{"§20.3 manufacturing test stays", ipmb.GetDeviceID, "", "00 20 01 86 92 02 8f 66 4a 00 14 04"})

		console.login("admin", ipmb.PrivilegeAdministrator)
		console.want(exchange{"§20.2 cold reset answers", ipmb.ColdReset, "", "00"})
		if got := console.ask(ipmb.GetDeviceID, ""); got != nil {
			t.Errorf("§20.2: the controller answered [% x] while away", got)
		}
		m.wantAway(t, "after Cold Reset", 2*time.Second)
		if console.ask(ipmb.GetDeviceID, "") != nil {
			t.Error("§20.2: a session lived on after Cold Reset")
		}
		m.exchange(t,
			exchange{"§20.2 enables", ipmb.GetBMCGlobalEnables, "", "00 08"},
			exchange{"§20.2 receive", ipmb.EnableMessageChannelReceive, "01 02", "00 01 00"},
			exchange{"§20.2 flags", ipmb.GetMessageFlags, "", "00 00"},
			exchange{"§20.5 manufacturing test left", ipmb.GetDeviceID, "", "00 20 01 06 92 02 8f 66 4a 00 14 04"},
			exchange{"§22.29 name stays", ipmb.GetUserName, "05", "00 626f6200000000000000000000000000"},
			exchange{"§20.7 the host goes on", ipmb.GetACPIPowerState, "", "00 03 03"})
	})
}

// wantAway waits while the controller is away for a time, and asks on both sides of its end.
func (m *Machine) wantAway(t *testing.T, when string, d time.Duration) {
	t.Helper()
	pass(d - instant)
	if got := m.ask(t, ipmb.GetDeviceID, ""); !bytes.Equal(got, []byte{byte(ipmb.Timeout)}) {
		t.Errorf("%s: answered [% x] while away, want c3", when, got)
	}
	if m.Available() {
		t.Errorf("%s: available while away", when)
	}
	pass(2 * instant)
	if got := m.ask(t, ipmb.GetDeviceID, ""); got[0] != 0 || !m.Available() {
		t.Errorf("%s: after %v still away: [% x]", when, d, got)
	}
}

// TestColdResetAtOnce: a controller without a time to be away is back with the answer.
func TestColdResetAtOnce(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, suiteZero)
	console := newLAN(t, m).login("admin", ipmb.PrivilegeAdministrator)
	console.want(exchange{"§20.2", ipmb.ColdReset, "", "00"})
	if console.ask(ipmb.GetDeviceID, "") != nil {
		t.Error("§20.2: the session lived on")
	}
	m.exchange(t, exchange{"§20.2 back", ipmb.GetDeviceID, "", "00 20 01 06 92 02 8f 66 4a 00 14 04"})
	newLAN(t, m).login("operator", ipmb.PrivilegeOperator).want(
		exchange{"§20.2 Operator", ipmb.ColdReset, "", "d4"},
		exchange{"§20.3 Operator", ipmb.WarmReset, "", "d4"},
		exchange{"§20.5 Operator", ipmb.ManufacturingTestOn, "", "d4"})
}

// TestControllerIsBack: what follows a reset runs once, when the controller is back. [IPMI 2.0 §20.2]
func TestControllerIsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t)
		var away []bool
		back := func() { away = append(away, m.away.Load()) }
		m.withLock(func() { m.resetController(time.Second, back) })
		pass(time.Second - instant)
		m.withLock(func() {
			if len(away) != 0 {
				t.Error("§20.2: back before its time")
			}
		})
		pass(time.Minute)
		m.withLock(func() { m.resetController(0, back) })
		if fmt.Sprint(away) != "[false false]" {
			t.Errorf("§20.2: came back away %v, want false once for each reset", away)
		}
	})
}

// TestCloseWhileAway: closing a machine that is away leaves no timer behind.
func TestCloseWhileAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, func(p *profiles.Profile) { p.Device.ColdReset = profiles.Duration(time.Minute) })
		m.exchange(t, exchange{"§20.2", ipmb.ColdReset, "", "00"})
		m.Close()
		pass(2 * time.Minute)
		if _, err := m.RequestResponse(context.Background(), SystemRequest{NetworkFunction: 6, Command: 1}); err == nil || m.Available() {
			t.Error("a closed machine came back")
		}
	})
}
