package bmc

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

func TestPEFParameters(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetPEFConfigurationParameters, ipmb.SetPEFConfigurationParameters
	m := newTestMachine(t, alarmed, func(p *profiles.Profile) {
		p.PEF.Actions = p.PEF.Actions[:4] // no diagnostic interrupt
		p.PEF.Policies = []profiles.AlertPolicy{{Number: 2, Policy: 3, When: profiles.PolicyStop, Channel: 1, Destination: 2, String: 0x81}}
		p.PEF.Parameters = []profiles.Parameter{{Number: 96, Data: []byte{1, 2}}}
		p.PEF.AlertStartupDelay = profiles.Duration(90 * time.Second)
	})
	zeros := func(n int) string { return strings.Repeat("00", n) }
	m.exchange(t,
		exchange{"§30.1 four actions, four filters", ipmb.GetPEFCapabilities, "", "00 51 0f 04"},
		exchange{"§30.4 0", get, "00 00 00", "00 11 00"},
		exchange{"§30.3 0 set in progress", set, "00 01", "00"},
		exchange{"§30.3 0 again", set, "00 01", "81"},
		exchange{"§30.3 0 commit write without rollback", set, "00 02", "cc"},
		exchange{"§30.3 0 complete", set, "00 00", "00"},
		exchange{"§30.4 1 PEF, alert startup delay", get, "01 00 00", "00 11 09"},
		exchange{"§30.3 1 reserved bits are nothing", set, "01 f3", "00"},
		exchange{"§30.4 1", get, "01 00 00", "00 11 03"},
		exchange{"§30.4 2", get, "02 00 00", "00 11 0f"},
		exchange{"§30.3 2 what cannot be done reads zero", set, "02 3f", "00"},
		exchange{"§30.4 2", get, "02 00 00", "00 11 0f"},
		exchange{"§30.4 3 default", get, "03 00 00", "00 11 3c"},
		exchange{"§30.4 4", get, "04 00 00", "00 11 5a"},
		exchange{"§30.4 5", get, "05 00 00", "00 11 04"},
		exchange{"§30.3 5 is read-only", set, "05 05", "82"},
		exchange{"§30.4 6", get, "06 01 00", "00 11 01 80 02 00 10 ffff 01 ff 01 0002 000000 000000 000000"},
		exchange{"§30.4 6 empty slot", get, "06 04 00", "00 11 04" + zeros(20)},
		exchange{"§30.4 6 no filter 0", get, "06 00 00", "c9"},
		exchange{"§30.4 6 no filter 5", get, "06 05 00", "c9"},
		exchange{"§30.3 6", set, "06 02 9f ff 93 08 2000 02 30 81 ff00 010203 040506 070809", "00"},
		exchange{"§17.7 actions that are not there read zero", get, "06 02 00", "00 11 02 80 0f 13 08 2000 02 30 81 ff00 010203 040506 070809"},
		exchange{"§30.3 6 short", set, "06 02 80 01", "c7"},
		exchange{"§30.4 7 is the first byte", get, "07 02 00", "00 11 02 80"},
		exchange{"§30.3 7", set, "07 02 00", "00"},
		exchange{"§30.4 6 the others stay", get, "06 02 00", "00 11 02 00 0f 13 08 2000 02 30 81 ff00 010203 040506 070809"},
		exchange{"§30.3 7 of an empty slot", set, "07 03 c0", "00"},
		exchange{"§30.4 6 empty slot", get, "06 03 00", "00 11 03 c0" + zeros(19)},
		exchange{"§30.4 8", get, "08 00 00", "00 11 04"},
		exchange{"§30.3 8 is read-only", set, "08 04", "82"},
		exchange{"§30.4 9", get, "09 02 00", "00 11 02 3a 12 81"},
		exchange{"§30.3 9", set, "09 01 18 11 00", "00"},
		exchange{"§30.4 9", get, "09 01 00", "00 11 01 18 11 00"},
		exchange{"§30.3 10", set, "0a ff 000102030405060708090a0b0c0d0e0f", "00"},
		exchange{"§30.4 10", get, "0a 00 00", "00 11 01 000102030405060708090a0b0c0d0e0f"},
		exchange{"§30.4 11", get, "0b 00 00", "00 11 02"},
		exchange{"§30.3 12, reserved bits", set, "0c 02 81 83", "00"},
		exchange{"§30.4 12", get, "0c 02 00", "00 11 02 01 03"},
		exchange{"§30.4 12 volatile", get, "0c 00 00", "00 11 00 00 00"},
		exchange{"§30.3 13 block 1", set, "0d 02 01 " + zeros(15) + "41", "00"},
		exchange{"§30.3 13 a short block", set, "0d 02 02 4142", "00"},
		exchange{"§30.4 13", get, "0d 02 02", "00 11 02 02 4142"},
		exchange{"§30.4 13 no block 0", get, "0d 02 00", "c9"},
		exchange{"§30.4 13 no block 3", get, "0d 02 03", "c9"},
		exchange{"§30.3 13 long", set, "0d 02 01 " + zeros(17), "c7"},
		exchange{"§30.4 14 no group control", get, "0e 00 00", "80"},
		exchange{"§30.3 15 no group control", set, "0f 01 00", "80"},
		exchange{"§30.4 revision only", get, "81 00 00", "00 11"},
		exchange{"§30.4 revision of nothing", get, "8e 00 00", "80"},
		exchange{"§30.4 96 from the profile", get, "60 00 00", "00 11 01 02"},
		exchange{"§30.4 97", get, "61 00 00", "80"},
		exchange{"§30.4 short", get, "01 00", "c7"})
}

// TestCompareData has the table's cases. [IPMI 2.0 §17.9, Table 17-3]
func TestCompareData(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                    string
		mask, exact, want, data byte
		match                   bool
	}{
		{"§17.7 all zero matches any", 0, 0, 0, 0xa5, true},
		{"§17.7 wildcard", 0, 0xff, 0, 0xa5, true},
		{"§17.7 never: masked bit wanted", 0, 0xff, 0x01, 0xff, false},
		{"exact", 0xff, 0xff, 0xa5, 0xa5, true},
		{"exact, one bit off", 0xff, 0xff, 0xa5, 0xa4, false},
		{"exact nibble", 0x0f, 0xff, 0x05, 0xf5, true},
		{"any of two bits set", 0x03, 0xfc, 0x03, 0x02, true},
		{"none of two bits set", 0x03, 0xfc, 0x03, 0xfc, false},
		{"any of two bits clear", 0x03, 0xfc, 0x00, 0x01, true},
		{"both set", 0x03, 0xfc, 0x00, 0x03, false},
		{"exact bit wrong in spite of the others", 0x83, 0xfc, 0x83, 0x03, false},
		{"exact bit and one of the others", 0x83, 0xfc, 0x83, 0x81, true},
	} {
		if got := compareData(c.data, c.mask, c.exact, c.want); got != c.match {
			t.Errorf("%s: %t, want %t", c.name, got, c.match)
		}
	}
}

// TestFilterMatches compares each field. [IPMI 2.0 §17.7, Table 17-2]
func TestFilterMatches(t *testing.T) {
	t.Parallel()
	e := Event{GeneratorID: [2]byte{0x20, 0x10}, SensorType: 1, SensorNumber: 0x30, EventType: 1, Data: [3]byte{0x59, 0x60, 0x50}}
	all := []byte{0x80, 1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	for _, c := range []struct {
		name  string
		at    int
		bytes []byte
		match bool
	}{
		{"any", 0, nil, true},
		{"generator", 4, []byte{0x20, 0x10}, true},
		{"other generator", 4, []byte{0x22, 0x10}, false},
		{"other channel", 4, []byte{0x20, 0x00}, false},
		{"sensor type", 6, []byte{1}, true},
		{"other sensor type", 6, []byte{2}, false},
		{"sensor", 7, []byte{0x30}, true},
		{"other sensor", 7, []byte{0x31}, false},
		{"assertion", 8, []byte{0x01}, true},
		{"deassertion", 8, []byte{0x81}, false},
		{"offset 9", 9, []byte{0x00, 0x02}, true},
		{"other offsets", 9, []byte{0xff, 0xfd}, false},
		{"no offset", 9, []byte{0, 0}, false},
		{"data 1", 11, []byte{0xf0, 0xff, 0x50}, true},
		{"other data 1", 11, []byte{0xf0, 0xff, 0x40}, false},
		{"other data 2", 14, []byte{0xff, 0xff, 0x61}, false},
		{"other data 3", 17, []byte{0xff, 0xff, 0x51}, false},
	} {
		f := eventFilter(all)
		copy(f[c.at:], c.bytes)
		if got := f.matches(&e); got != c.match {
			t.Errorf("%s: %t, want %t", c.name, got, c.match)
		}
	}
}

// TestMatchingFilters joins what several filters say: the lowest policy number, the first filter with it, the highest
// severity of those with it. [IPMI 2.0 §17.7, §17.11, §17.13]
func TestMatchingFilters(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, func(p *profiles.Profile) {
		alert := []profiles.PEFAction{profiles.PEFAlert}
		for i, f := range []struct {
			policy   uint8
			severity profiles.Severity
		}{{5, profiles.SeverityNonRecoverable}, {2, profiles.SeverityNonCritical}, {2, profiles.SeverityCritical}, {2, profiles.SeverityOK}} {
			p.PEF.Filters = append(p.PEF.Filters, profiles.PEFFilter{
				Number: uint8(i + 1), SensorType: 0xff, Sensor: 0xff, EventType: 0xff, Actions: alert, Policy: f.policy, Severity: f.severity,
			})
		}
	})
	got := m.pef.match(&Event{})
	if got.policy != 2 || got.filter != 2 || got.severity != uint8(profiles.SeverityCritical) {
		t.Errorf("policy %d, filter %d, severity %02X; want policy 2, filter 2, severity 10", got.policy, got.filter, got.severity)
	}
}

// hot is a Platform Event Message: a temperature above its upper critical threshold.
const hot = "41 04 01 30 01 59 60 50"

// pefOn has one filter for each list of actions, for all events; policy 1 each.
func pefOn(filters ...[]profiles.PEFAction) func(*profiles.Profile) {
	return func(p *profiles.Profile) {
		p.PEF.Enabled = true
		for i, actions := range filters {
			p.PEF.Filters = append(p.PEF.Filters, profiles.PEFFilter{
				Number: uint8(i + 1), SensorType: 0x01, Sensor: 0xff, EventType: 0xff, Actions: actions, Policy: 1,
			})
		}
	}
}

// TestPEFActions are taken in the order of their priority. [IPMI 2.0 §17.6, Table 17-1]
func TestPEFActions(t *testing.T) {
	t.Parallel()
	type actions = []profiles.PEFAction
	for _, c := range []struct {
		name    string
		filters []actions
		state   PowerState
		cause   restartCause
		report  string // event data of the event for the action
	}{
		{"nothing", nil, PowerOn, causeUnknown, ""},
		{"power down", []actions{{profiles.PEFPowerDown}}, PowerOff, causeUnknown, "c4 02 ff"},
		{"power cycle", []actions{{profiles.PEFPowerCycle}}, PowerCycling, causeUnknown, "c4 08 ff"},
		{"reset", []actions{{profiles.PEFReset}}, PowerOn, causePEFReset, "c4 04 ff"},
		{"NMI", []actions{{profiles.PEFDiagnosticInterrupt}}, PowerOn, causeUnknown, "c4 20 ff"},
		{"power down is above cycle", []actions{{profiles.PEFPowerCycle}, {profiles.PEFPowerDown}}, PowerOff, causeUnknown, "c4 02 ff"},
		{"cycle is above reset", []actions{{profiles.PEFReset, profiles.PEFPowerCycle}}, PowerCycling, causeUnknown, "c4 08 ff"},
		{"reset is above NMI", []actions{{profiles.PEFDiagnosticInterrupt}, {profiles.PEFReset}}, PowerOn, causePEFReset, "c4 04 ff"},
		{"alerts go with all", []actions{{profiles.PEFAlert}, {profiles.PEFReset}}, PowerOn, causePEFReset, "c4 05 ff"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newTestMachine(t, pefOn(c.filters...), func(p *profiles.Profile) { p.PEF.EventMessages = true })
				m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
				synctest.Wait()
				if s := m.PowerState(); s != c.state {
					t.Errorf("power is %v, want %v", s, c.state)
				}
				if m.power.started.cause != c.cause {
					t.Errorf("restart cause %X, want %X", m.power.started.cause, c.cause)
				}
				entry := m.ask(t, ipmb.GetSELEntry, newest)
				if got := entry[len(entry)-3:]; c.report != "" && !bytes.Equal(got, unhex(t, c.report)) {
					t.Errorf("§42.2 the action's event has data % x, want %s", got, c.report)
				}
			})
		})
	}
}

// TestPEFDisabled takes no action, and loses those that wait. [IPMI 2.0 §17.4, §17.4.1]
func TestPEFDisabled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, clock2019, pefOn([]profiles.PEFAction{profiles.PEFPowerDown}))
		event, last := ipmb.PlatformEventMessage, ipmb.GetLastProcessedEventID
		m.exchange(t,
			exchange{"§30.3 action disabled", ipmb.SetPEFConfigurationParameters, "02 3d", "00"},
			exchange{"§29.3", event, hot, "00"},
			exchange{"§30.6 processed", last, "", "00 c01e795c 0100 ffff 0100"},
			exchange{"§30.3 action enabled", ipmb.SetPEFConfigurationParameters, "02 3f", "00"},
			exchange{"§30.3 PEF disabled", ipmb.SetPEFConfigurationParameters, "01 00", "00"},
			exchange{"§29.3", event, hot, "00"},
			exchange{"§30.6 received", last, "", "00 c01e795c 0200 ffff 0200"},
			exchange{"§30.3 PEF enabled", ipmb.SetPEFConfigurationParameters, "01 01", "00"},
			exchange{"§30.2 postponed", ipmb.ArmPEFPostponeTimer, "fe", "00 fe"},
			exchange{"§29.3", event, hot, "00"},
			exchange{"§30.3 PEF disabled", ipmb.SetPEFConfigurationParameters, "01 00", "00"},
			exchange{"§30.2 no longer postponed", ipmb.ArmPEFPostponeTimer, "00", "00 00"})
		pass(time.Minute)
		if s := m.PowerState(); s != PowerOn {
			t.Errorf("power is %v, want on", s)
		}
	})
}

// TestPEFPostponeTimer gives software time. [IPMI 2.0 §17.3, §17.4.1, §30.2, §30.5]
func TestPEFPostponeTimer(t *testing.T) {
	t.Parallel()
	arm, event, last := ipmb.ArmPEFPostponeTimer, ipmb.PlatformEventMessage, ipmb.GetLastProcessedEventID
	machine := func(t *testing.T) *Machine {
		return newTestMachine(t, clock2019, pefOn([]profiles.PEFAction{profiles.PEFPowerDown}))
	}
	want := func(t *testing.T, m *Machine, state PowerState) {
		t.Helper()
		synctest.Wait()
		if s := m.PowerState(); s != state {
			t.Errorf("power is %v, want %v", s, state)
		}
	}
	t.Run("software is late", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			m := machine(t)
			m.exchange(t,
				exchange{"§30.2 armed", arm, "0a", "00 0a"},
				exchange{"§30.2 it does not count without an event", arm, "ff", "00 0a"})
			pass(20 * time.Second)
			m.exchange(t, exchange{"§29.3", event, hot, "00"})
			pass(4500 * time.Millisecond)
			m.exchange(t,
				exchange{"§30.2 counts", arm, "ff", "00 06"},
				exchange{"§29.3 another", event, hot, "00"},
				exchange{"§30.6 unprocessed", last, "", "00 d81e795c 0200 ffff ffff"})
			pass(5500*time.Millisecond - instant)
			want(t, m, PowerOn)
			pass(2 * instant)
			want(t, m, PowerOff)
			m.exchange(t, exchange{"§30.6 processed", last, "", "00 d81e795c 0200 ffff 0200"})
		})
	})
	t.Run("software is in time", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			m := machine(t)
			m.exchange(t,
				exchange{"§30.2 armed", arm, "0a", "00 0a"},
				exchange{"§29.3", event, hot, "00"})
			pass(9 * time.Second)
			m.exchange(t,
				exchange{"§30.5", ipmb.SetLastProcessedEventID, "00 0100", "00"},
				exchange{"§30.2 stopped", arm, "ff", "00 0a"})
			pass(time.Minute)
			want(t, m, PowerOn)
			m.exchange(t, exchange{"§29.3", event, hot, "00"})
			pass(9 * time.Second)
			want(t, m, PowerOn)
			pass(2 * time.Second)
			want(t, m, PowerOff)
		})
	})
	t.Run("software is half way", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			m := machine(t)
			m.exchange(t,
				exchange{"§30.2 armed", arm, "0a", "00 0a"},
				exchange{"§29.3 hot", event, hot, "00"},
				exchange{"§29.3 a voltage, for which there is no filter", event, "41 04 02 31 01 52", "00"},
				exchange{"§30.5 the first", ipmb.SetLastProcessedEventID, "00 0100", "00"})
			pass(time.Minute)
			want(t, m, PowerOn)
			m.exchange(t, exchange{"§30.6 the second", last, "", "00 c01e795c 0200 0100 0200"})
		})
	})
	t.Run("disarmed", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			m := machine(t)
			m.exchange(t,
				exchange{"§30.2 off for good", arm, "fe", "00 fe"},
				exchange{"§29.3", event, hot, "00"})
			pass(time.Hour)
			want(t, m, PowerOn)
			m.exchange(t,
				exchange{"§22.1 no logging", ipmb.SetBMCGlobalEnables, "00", "00"},
				exchange{"§30.5 all are processed", ipmb.SetLastProcessedEventID, "00 0100", "00"})
			m.mu.Lock()
			e := Event{GeneratorID: [2]byte{0x20}, EvMRev: 4, SensorType: 1, SensorNumber: 0x30, EventType: 1, Data: [3]byte{0x59, 0xff, 0xff}, received: true}
			m.event(e)
			m.mu.Unlock()
			pass(time.Minute)
			want(t, m, PowerOn) // also after an event that is not in the log
			m.exchange(t, exchange{"§29.3", event, hot, "00"})
			m.exchange(t, exchange{"§30.2 immediately", arm, "00", "00 00"})
			want(t, m, PowerOff)
		})
	})
	t.Run("reset", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			m := machine(t)
			m.exchange(t,
				exchange{"§30.2 off for good", arm, "fe", "00 fe"},
				exchange{"§28.3 reset", ipmb.ChassisControl, "03", "00"},
				exchange{"§30.2 in force again", arm, "ff", "00 00"})
		})
	})
}

// TestPEFStartupDelay lets a person in before PEF acts again. [IPMI 2.0 §17.4]
func TestPEFStartupDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, pefOn([]profiles.PEFAction{profiles.PEFPowerDown}), func(p *profiles.Profile) {
			p.PEF.StartupDelay = profiles.Duration(30 * time.Second)
		})
		m.PressButton(ButtonReset)
		synctest.Wait()
		m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		pass(30*time.Second - instant)
		if s := m.PowerState(); s != PowerOn {
			t.Errorf("during the delay power is %v", s)
		}
		if pass(2 * instant); m.PowerState() != PowerOff {
			t.Errorf("after the delay power is %v", m.PowerState())
		}
		m.exchange(t, exchange{"§28.3 up", ipmb.ChassisControl, "01", "00"})
		synctest.Wait()
		m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		if synctest.Wait(); m.PowerState() != PowerOff {
			t.Errorf("§17.4 a start by command has no delay: %v", m.PowerState())
		}
	})
}

// TestPEFAfterPowerLoss processes what it did not before, but resets nothing. [IPMI 2.0 §17.4.1, §17.13.2]
func TestPEFAfterPowerLoss(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action profiles.PEFAction
		state  PowerState
	}{{profiles.PEFPowerDown, PowerOff}, {profiles.PEFReset, PowerOn}} {
		t.Run(c.action.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newTestMachine(t, clock2019, pefOn([]profiles.PEFAction{c.action}), func(p *profiles.Profile) {
					p.Power.Restore = profiles.RestorePrevious
				})
				m.exchange(t,
					exchange{"§30.2 postponed", ipmb.ArmPEFPostponeTimer, "0a", "00 0a"},
					exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
				m.RemoveAC()
				pass(time.Minute)
				m.ReturnAC()
				pass(time.Minute)
				if s := m.PowerState(); s != c.state {
					t.Errorf("power is %v, want %v", s, c.state)
				}
				if m.power.started.cause == causePEFReset {
					t.Error("a reset that was pending was done")
				}
				if got := m.ask(t, ipmb.GetLastProcessedEventID, ""); !bytes.Equal(got[9:], []byte{1, 0}) {
					t.Errorf("§30.6 % x: not processed", got)
				}
			})
		})
	}
}

// TestPEFReportsOnce does not report the actions that a report leads to. [IPMI 2.0 §30.4, parameter 1]
func TestPEFReportsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, func(p *profiles.Profile) {
			p.PEF.Enabled, p.PEF.EventMessages = true, true
			p.PEF.Filters = []profiles.PEFFilter{{Number: 1, SensorType: 0xff, Sensor: 0xff, EventType: 0xff, Actions: []profiles.PEFAction{profiles.PEFAlert}, Policy: 1}}
		})
		m.exchange(t, exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		pass(time.Second)
		if m.sel.Len() != 2 {
			t.Errorf("%d entries, want the event and one report", m.sel.Len())
		}
	})
}

// TestPEFGroupControl has the group control table of a machine whose profile gives it one. [IPMI 2.0 §30.4, parameters 14, 15]
func TestPEFGroupControl(t *testing.T) {
	t.Parallel()
	set, get := ipmb.SetPEFConfigurationParameters, ipmb.GetPEFConfigurationParameters
	newTestMachine(t, func(p *profiles.Profile) { p.PEF.GroupControls = 4 }).exchange(t,
		exchange{"§30.4 14", get, "0e 00 00", "00 11 04"},
		exchange{"§30.3 14 is read-only", set, "0e 04", "82"},
		exchange{"§30.3 15", set, "0f 04 e2 01 f1 ff 02 00 00 00 00 f3", "00"},
		exchange{"§30.4 15 without reserved bits", get, "0f 04 00", "00 11 04 22 01 11 ff 02 00 00 00 00 73"},
		exchange{"§30.3 15 reserved operation", set, "0f 04 22 01 11 ff 02 00 00 00 00 06", "cc"},
		exchange{"§30.3 15 no entry 0", set, "0f 00 22 01 11 ff 02 00 00 00 00 00", "c9"},
		exchange{"§30.4 15 no entry 5", get, "0f 05 00", "c9"},
		exchange{"§30.1 and no such action", ipmb.GetPEFCapabilities, "", "00 51 2f 04"})
}

// TestPEFUnavailable filters nothing in SDR repository update mode and in manufacturing test mode. What is in the log by
// then is filtered afterwards. [IPMI 2.0 §17.4]
func TestPEFUnavailable(t *testing.T) {
	t.Parallel()
	want := func(t *testing.T, m *Machine, when string, state PowerState) {
		t.Helper()
		pass(time.Minute)
		if s := m.PowerState(); s != state {
			t.Errorf("%s: power is %v, want %v", when, s, state)
		}
	}
	last := func(t *testing.T, m *Machine, bmc string) {
		t.Helper()
		if got := m.ask(t, ipmb.GetLastProcessedEventID, ""); !bytes.Equal(got[9:], unhex(t, bmc)) {
			t.Errorf("§30.6 last processed by the BMC % x, want %s", got[9:], bmc)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, pefOn([]profiles.PEFAction{profiles.PEFPowerDown}))
		m.exchange(t,
			exchange{"§33.19", ipmb.EnterSDRRepositoryUpdateMode, "", "00"},
			exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		want(t, m, "update mode", PowerOn)
		last(t, m, "ffff")
		m.exchange(t, exchange{"§33.20", ipmb.ExitSDRRepositoryUpdateMode, "", "00"})
		want(t, m, "after update mode", PowerOff)
		last(t, m, "0100")
	})
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, pefOn([]profiles.PEFAction{profiles.PEFPowerDown}), func(p *profiles.Profile) { p.Device.ColdReset = 0 })
		m.exchange(t,
			exchange{"§20.5", ipmb.ManufacturingTestOn, "", "00"},
			exchange{"§29.3", ipmb.PlatformEventMessage, hot, "00"})
		want(t, m, "manufacturing test mode", PowerOn)
		m.exchange(t, exchange{"§20.2", ipmb.ColdReset, "", "00"})
		pass(time.Minute)
		last(t, m, "0100")
	})
}
