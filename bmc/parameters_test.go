package bmc

import (
	"fmt"
	"io"
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
