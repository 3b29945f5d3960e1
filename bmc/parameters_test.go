package bmc

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestWithoutEachParameter takes away one parameter after the other, and does what looks at them: alerts, callbacks,
// Serial over LAN, multiplexer, connector, ARPs, restarts.
func TestWithoutEachParameter(t *testing.T) {
	t.Parallel()
	type edit = func(*profiles.Profile, uint8)
	for table, c := range map[string]struct {
		last    uint8
		without edit
	}{
		"LAN":    {80, func(p *profiles.Profile, n uint8) { p.Channels[1].LAN.Without = []uint8{n} }},
		"serial": {54, func(p *profiles.Profile, n uint8) { p.Channels[2].Serial.Without = []uint8{n} }},
		"SOL":    {8, func(p *profiles.Profile, n uint8) { p.Channels[1].SOL.Without = []uint8{n} }},
	} {
		for n := uint8(1); n <= c.last; n++ {
			t.Run(fmt.Sprintf("%s %d", table, n), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { withoutParameter(t, func(p *profiles.Profile) { c.without(p, n) }) })
			})
		}
	}
}

func withoutParameter(t *testing.T, without func(*profiles.Profile)) {
	serial := profiles.AlertPolicy{Number: 2, Policy: 1, Channel: 2, Destination: 1}
	m, caught := newAlerting(t, alerting(policy(1, 1, profiles.PolicyAlways), serial), suiteZero, func(p *profiles.Profile) {
		p.Channels[1].LAN.MAC = profiles.MAC{2, 0, 0, 0, 6, 0x23}
		p.Boot.POST = profiles.Duration(time.Second)
		without(p)
		list := p.Channels[1].LAN.Parameters[:0]
		for _, v := range p.Channels[1].LAN.Parameters { // what is not there has no value
			if len(p.Channels[1].LAN.Without) == 0 || v.Number != p.Channels[1].LAN.Without[0] {
				list = append(list, v)
			}
		}
		p.Channels[1].LAN.Parameters = list
	})
	end := plugIn(t, func(rw io.ReadWriteCloser) error { return m.ServeConnector(rw) })
	admin := newLAN(t, m).login("admin", ipmb.PrivilegeAdministrator)
	admin.ask(ipmb.ActivatePayload, "01 01 00 00 00 00")
	admin.ask(ipmb.DeactivatePayload, "01 01 00 00 00 00")
	end.write("\x1b(\x1bQ\x00")
	m.ask(t, ipmb.PlatformEventMessage, hot)
	for _, request := range []struct {
		op  ipmb.Op
		req string
	}{
		{ipmb.AlertImmediate, "01 01 00"}, {ipmb.AlertImmediate, "02 01 00"}, {ipmb.Callback, "02 01"},
		{ipmb.SetSerialModemMux, "02 04"}, {ipmb.SetSerialModemMux, "02 03"}, {ipmb.SuspendBMCARPs, "01 03"},
		{ipmb.GetIPUDPRMCPStatistics, "01 00"}, {ipmb.SetSystemBootOptions, "05 80 00 00 09 00"}, {ipmb.ChassisControl, "03"},
		{ipmb.ChassisControl, "02"}, {ipmb.ColdReset, ""},
	} {
		if got := m.ask(t, request.op, request.req); len(got) == 0 || got[0] == byte(ipmb.Unspecified) {
			t.Errorf("%s [%s] answered [% x]", request.op, request.req, got)
		}
		pass(time.Second)
	}
	pass(time.Minute)
	if traps := caught.take(); len(traps) == 0 && m.channels.byNumber[1].lan.hasEntry(lanDestinationType, 1) && m.channels.byNumber[1].lan.hasEntry(lanDestination, 1) {
		t.Error("no trap was sent")
	}
	m.withLock(func() { _ = Inside{m: m}.MAC() })
}

// TestVolatileParameters are kept through a reset of the host, and are what they were at the start when the controller
// starts anew. The volatile bit rate of SOL is the non-volatile one then.
// [IPMI 2.0 §15.8; §23.2, parameters 18, 19, 25; §25.2, parameters 17, 21; §30.4, parameters 12, 13]
func TestVolatileParameters(t *testing.T) {
	t.Parallel()
	lan, serial, sol, pef := ipmb.GetLANConfigurationParameters, ipmb.GetSerialModemConfiguration, ipmb.GetSOLConfigurationParameters, ipmb.GetPEFConfigurationParameters
	const address = "00 00 c0000263 000000000000"
	for name, restart := range map[string]func(*testing.T, *Machine){
		"cold reset": func(t *testing.T, m *Machine) { m.exchange(t, exchange{"§20.2", ipmb.ColdReset, "", "00"}) },
		"AC":         func(_ *testing.T, m *Machine) { m.RemoveAC(); m.ReturnAC() },
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newTestMachine(t, lanProfile, func(p *profiles.Profile) {
				p.Channels[1].LAN.Parameters = append(p.Channels[1].LAN.Parameters, profiles.Parameter{Number: 19, Data: unhex(t, address)})
			})
			want := func(name, kind, to, tag, rate, page, dial, keys, text string) {
				t.Helper()
				m.exchange(t,
					exchange{name, lan, "01 12 00 00", "00 11 00 " + kind}, exchange{name, lan, "01 13 00 00", "00 11 00 " + to},
					exchange{name, lan, "01 19 00 00", "00 11 00 " + tag}, exchange{name, sol, "01 06 00 00", "00 11 " + rate},
					exchange{name, serial, "02 11 00 00", "00 11 00 " + page}, exchange{name, serial, "02 15 00 01", "00 11 00 01 " + dial},
					exchange{name, pef, "0c 00 00", "00 11 00 " + keys}, exchange{name, pef, "0d 00 01", "00 11 00 01 " + text},
					exchange{name, lan, "01 12 01 00", "00 11 01 80 07 03"}, exchange{name, sol, "01 05 00 00", "00 11 08"})
			}
			setLAN, setSerial, setSOL, setPEF := ipmb.SetLANConfigurationParameters, ipmb.SetSerialModemConfiguration, ipmb.SetSOLConfigurationParameters, ipmb.SetPEFConfigurationParameters
			m.exchange(t,
				exchange{"18", setLAN, "01 12 00 80 07 03", "00"}, exchange{"18 of destination 1", setLAN, "01 12 01 80 07 03", "00"},
				exchange{"19", setLAN, "01 13 00 00 00 c0000201 020000000002", "00"}, exchange{"25", setLAN, "01 19 00 10 07 03", "00"},
				exchange{"5", setSOL, "01 05 08", "00"}, exchange{"6", setSOL, "01 06 07", "00"},
				exchange{"17", setSerial, "02 11 00 01 02 03 04", "00"}, exchange{"21", setSerial, "02 15 00 01 41 42", "00"},
				exchange{"12", setPEF, "0c 00 01 02", "00"}, exchange{"13", setPEF, "0d 00 01 41 42", "00"})
			zeros := func(n int) string { return strings.Repeat("00", n) }
			written := func(when string) {
				t.Helper()
				want(when, "80 07 03", "00 00 c0000201 020000000002", "10 07 03", "07", "01 02 03 04", "4142"+zeros(14), "01 02", "4142")
			}
			written("as written")
			m.exchange(t, exchange{"§28.3 reset", ipmb.ChassisControl, "03", "00"})
			written("after a reset of the host")
			restart(t, m)
			pass(time.Minute)
			want(name, "00 02 00", address, "00 00 00", "08", "00 04 00 00", zeros(16), "00 00", zeros(16))
		})
	}
}

// TestKeptBitRate is the volatile bit rate of SOL, too, after a restart. [IPMI 2.0 §15.8]
func TestKeptBitRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newMemoryStore()
		m := kept(t, s)
		m.exchange(t, exchange{"§26.2 5", ipmb.SetSOLConfigurationParameters, "01 05 08", "00"})
		m.closeKept(t)
		m = kept(t, s)
		m.exchange(t, exchange{"§26.3 6", ipmb.GetSOLConfigurationParameters, "01 06 00 00", "00 11 08"})
		m.closeKept(t)
	})
}
