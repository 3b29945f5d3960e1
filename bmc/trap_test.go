package bmc

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestTrapCommunity ends at the first null character. [IPMI 2.0 §23.2, parameter 16]
func TestTrapCommunity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t)
		for written, want := range map[string]string{
			"6162 00 6364 00000000000000000000000000": "04 02 6162 a4",
			"303132333435363738393031323334353637":    "04 12 303132333435363738393031323334353637 a4",
			"00 6162636465666768696a6b6c6d6e6f7071":   "04 00 a4",
			"6162 00 6364 0000000000000000000000000a": "04 02 6162 a4",
		} {
			m.exchange(t,
				exchange{"§23.1 16", ipmb.SetLANConfigurationParameters, "01 10 " + written, "00"},
				exchange{"§23.2 16 as written", ipmb.GetLANConfigurationParameters, "01 10 00 00", "00 11 " + written},
				exchange{"§30.7", ipmb.AlertImmediate, "01 01 00", "00"})
			pass(time.Second)
			if traps := caught.take(); len(traps) != 1 || !bytes.Contains(traps[0].data, unhex(t, "02 01 00 "+want)) {
				t.Errorf("community %s: traps %v, want %s", written, traps, want)
			}
		}
	})
}

// TestTrapWithoutParameters sends traps from a channel that lacks the parameters behind their fields. [IPMI 2.0 §17.16]
func TestTrapWithoutParameters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, caught := newAlerting(t, alerting(policy(1, 1, profiles.PolicyAlways)), func(p *profiles.Profile) {
			p.Channels[1].LAN.Community, p.Channels[1].LAN.Without = "secret", []uint8{3, 16}
		})
		m.exchange(t,
			exchange{"§30.7", ipmb.AlertImmediate, "01 01 00", "00"},
			exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		pass(time.Second)
		traps := caught.take()
		if len(traps) != 2 {
			t.Fatalf("traps %v", traps)
		}
		for _, trap := range traps {
			if !bytes.Contains(trap.data, unhex(t, "02 01 00 04 06 7075626c6963")) || !bytes.Contains(trap.data, unhex(t, "40 04 c000020a")) {
				t.Errorf("community and agent are not \"public\" and the profile's address: % x", trap.data)
			}
		}
	})
}

// TestAlertsEndWithThePower sends nothing while the controller has no power. When it starts it goes on with the events
// that were not processed, and not with an immediate alert. [IPMI 2.0 §17.13.1, §30.7]
func TestAlertsEndWithThePower(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]func(*Machine){
		"AC":         func(m *Machine) { m.RemoveAC() },
		"cold reset": func(m *Machine) { m.ask(t, ipmb.ColdReset, "") },
	} {
		synctest.Test(t, func(t *testing.T) {
			m, caught := newAlerting(t, alerting(policy(1, 3, profiles.PolicyAlways)))
			m.exchange(t,
				exchange{"§30.7 with retries", ipmb.AlertImmediate, "01 03 00", "00"},
				exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
			pass(time.Second)
			restart(m)
			pass(time.Minute)
			traps := caught.take()
			if n := len(traps); n != 1 && !m.Mains() {
				t.Errorf("%d traps without power, want the one before", n)
			}
			m.ReturnAC()
			pass(time.Minute)
			if n := len(traps) + len(caught.take()); n != 1+3 {
				t.Errorf("%s: %d traps, want the first, and the event's three", name, n)
			}
			m.exchange(t, exchange{"§30.7 no status", ipmb.AlertImmediate, "01 43", "00 00"})
		})
	}
}
