package bmc

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// wantEvent compares the last event in the log and clears the log.
func (m *Machine) wantEvent(t *testing.T, when string, want [3]byte) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	last, _ := m.sel.Last()
	if got := [3]byte(last[13:]); got != want {
		t.Errorf("%s: event data % x, want % x", when, got, want)
	}
	id, err := m.sel.Reserve()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.sel.Clear(id); err != nil {
		t.Fatal(err)
	}
}

var noEvent [3]byte

// TestWatchdogCounts down in steps of 100 ms. [IPMI 2.0 §27.5-27.7]
func TestWatchdogCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t)
		set, reset, get := ipmb.SetWatchdogTimer, ipmb.ResetWatchdogTimer, ipmb.GetWatchdogTimer
		m.exchange(t,
			exchange{"§27.5 80h", reset, "", "80"},
			exchange{"§27.7 stopped", get, "", "00 01 00 00 00 00 00 00 00"},
			exchange{"§27.6 SMS/OS, 60 s", set, "04 00 00 00 58 02", "00"},
			exchange{"§27.7 both countdowns match", get, "", "00 04 00 00 00 58 02 58 02"},
			exchange{"§27.5 start", reset, "", "00"},
			exchange{"§27.7 running", get, "", "00 44 00 00 00 58 02 58 02"})
		pass(10*time.Second + 50*time.Millisecond)
		m.exchange(t, exchange{"§27.7 10.05 s later", get, "", "00 44 00 00 00 58 02 f4 01"})
		pass(50 * time.Millisecond)
		m.exchange(t, exchange{"§27.7 10.1 s later", get, "", "00 44 00 00 00 58 02 f3 01"},
			exchange{"§27.5 restart", reset, "", "00"},
			exchange{"§27.7 from the start", get, "", "00 44 00 00 00 58 02 58 02"})
		pass(30 * time.Second)
		m.exchange(t,
			exchange{"§27.6 don't stop: goes on from the new value", set, "44 00 00 00 64 00", "00"},
			exchange{"§27.7 runs", get, "", "00 44 00 00 00 64 00 64 00"})
		pass(4 * time.Second)
		m.exchange(t,
			exchange{"§27.6 stop", set, "04 00 00 00 64 00", "00"},
			exchange{"§27.7 stopped", get, "", "00 04 00 00 00 64 00 64 00"},
			exchange{"§27.6 don't stop what is stopped", set, "44 00 00 00 65 00", "00"},
			exchange{"§27.7 remains stopped", get, "", "00 04 00 00 00 65 00 65 00"})
		pass(time.Hour)
		m.wantEvent(t, "a timer that does not run", noEvent)
		m.exchange(t, exchange{"start", reset, "", "00"})
		pass(10*time.Second + 100*time.Millisecond + instant)
		m.exchange(t, exchange{"§27.7 expired: stopped, flag of SMS/OS", get, "", "00 04 00 00 10 65 00 00 00"})
		m.wantEvent(t, "§27.3 timer expired, no interrupt, SMS/OS", [3]byte{0xc0, 0x04, 0xff})
		m.wantPower(t, "no action", PowerOn)
		m.exchange(t,
			exchange{"§27.3 don't log", set, "84 00 00 00 00 00", "00"},
			exchange{"§27.7", get, "", "00 84 00 00 10 00 00 00 00"},
			exchange{"§27.5 at once", reset, "", "00"},
			exchange{"§27.3 cleared by the expiration", get, "", "00 04 00 00 10 00 00 00 00"})
		m.wantEvent(t, "don't log", noEvent)
		m.exchange(t,
			exchange{"§27.6 another flag is left alone", set, "01 00 00 2e 65 00", "00"},
			exchange{"§27.7", get, "", "00 01 00 00 10 65 00 65 00"},
			exchange{"§27.6 clear the flag", set, "01 00 00 10 65 00", "00"},
			exchange{"§27.7", get, "", "00 01 00 00 00 65 00 65 00"})
	})
}

// TestWatchdogActions does what the timer was set to do. [IPMI 2.0 §27.1, §27.3, §28.11]
func TestWatchdogActions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		set    string
		event  [3]byte
		power  PowerState // at once
		cause  string     // a minute later
		status string
	}{
		{"§27.6 hard reset", "03 01 00 00 0a 00", [3]byte{0xc1, 0x03, 0xff}, PowerOn, "00 04 00", "00 03 01 00 08 0a 00 00 00"},
		{"§27.6 power down", "02 02 00 00 0a 00", [3]byte{0xc2, 0x02, 0xff}, PowerTurningOff, "00 00 00", "00 02 02 00 04 0a 00 00 00"},
		{"§27.6 power cycle", "05 03 00 00 0a 00", [3]byte{0xc3, 0x05, 0xff}, PowerTurningOff, "00 04 00", "00 05 03 00 20 0a 00 00 00"},
		{"§27.3 don't log", "81 01 00 00 0a 00", noEvent, PowerOn, "00 04 00", "00 01 01 00 02 0a 00 00 00"},
		{"§27.4 interrupt together with the action", "04 21 00 00 0a 00", [3]byte{0xc1, 0x24, 0xff}, PowerOn, "00 04 00", "00 04 21 00 10 0a 00 00 00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newTestMachine(t, slowPower)
				m.exchange(t, exchange{c.name, ipmb.SetWatchdogTimer, c.set, "00"}, exchange{"start", ipmb.ResetWatchdogTimer, "", "00"})
				pass(time.Second + instant)
				m.wantPower(t, c.name, c.power)
				m.wantEvent(t, c.name, c.event)
				pass(time.Minute)
				m.exchange(t,
					exchange{c.name, ipmb.GetSystemRestartCause, "", c.cause},
					exchange{"§27.2 flags outlive resets, don't log does not", ipmb.GetWatchdogTimer, "", c.status},
					exchange{"§27.5 to be set again", ipmb.ResetWatchdogTimer, "", "80"})
			})
		})
	}
}

// TestWatchdogImmediately expires within the command. [IPMI 2.0 §27.6]
func TestWatchdogImmediately(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	m.exchange(t,
		exchange{"§27.6 countdown 0, power down", ipmb.SetWatchdogTimer, "05 02 00 00 00 00", "00"},
		exchange{"§27.5", ipmb.ResetWatchdogTimer, "", "00"})
	m.wantPower(t, "countdown 0", PowerOff)
	m.exchange(t,
		exchange{"§27.6 while off", ipmb.SetWatchdogTimer, "05 00 00 00 0a 00", "00"},
		exchange{"§27.1 no start while off", ipmb.ResetWatchdogTimer, "", "d5"})
}

// TestWatchdogPreTimeout interrupts first. [IPMI 2.0 §27.4, §27.5, §22.4]
func TestWatchdogPreTimeout(t *testing.T) {
	t.Parallel()
	flag := func(m *Machine) bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.messaging.watchdog
	}
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t)
		h := new(fakeHost)
		m.SetHost(h)
		m.exchange(t,
			exchange{"§27.6 NMI 3 s before a reset in 10 s", ipmb.SetWatchdogTimer, "04 21 03 00 64 00", "00"},
			exchange{"start", ipmb.ResetWatchdogTimer, "", "00"})
		pass(7*time.Second - instant)
		if flag(m) {
			t.Error("the flag is there too soon")
		}
		pass(2 * instant)
		h.want(t, "nmi")
		m.wantEvent(t, "§27.4 timer interrupt", [3]byte{0xc8, 0x24, 0xff})
		if !flag(m) {
			t.Error("§22.4: no pre-timeout flag")
		}
		m.exchange(t,
			exchange{"§27.5 too late to restart", ipmb.ResetWatchdogTimer, "", "00"},
			exchange{"§27.7 goes on", ipmb.GetWatchdogTimer, "", "00 44 21 03 00 64 00 1e 00"},
			exchange{"§27.6 Set stops it", ipmb.SetWatchdogTimer, "04 21 03 00 64 00", "00"})
		if flag(m) {
			t.Error("§27.6: Set leaves the flag")
		}
		pass(time.Minute)
		m.wantEvent(t, "stopped", noEvent)
		m.exchange(t, exchange{"start", ipmb.ResetWatchdogTimer, "", "00"})
		pass(8 * time.Second)
		m.exchange(t, exchange{"§27.6 don't stop: a new countdown after the interrupt", ipmb.SetWatchdogTimer, "44 21 03 00 64 00", "00"})
		if flag(m) {
			t.Error("§27.6: don't stop leaves the flag")
		}
		h.want(t, "nmi")
		pass(7*time.Second + instant)
		h.want(t, "nmi")
		pass(3 * time.Second)
		h.want(t, "reset")
		m.wantEvent(t, "§27.3 hard reset", [3]byte{0xc1, 0x24, 0xff})
		if flag(m) {
			t.Error("§27.6: a system hard reset leaves the flag")
		}
		m.exchange(t,
			exchange{"§27.6 an interval longer than the countdown", ipmb.SetWatchdogTimer, "04 30 ff 00 64 00", "00"},
			exchange{"start", ipmb.ResetWatchdogTimer, "", "00"})
		m.wantEvent(t, "at once", [3]byte{0xc8, 0x34, 0xff})
	})
}

// TestSetWatchdogTimerRefuses what the specification reserves and the profile lacks. [IPMI 2.0 §27.6]
func TestSetWatchdogTimerRefuses(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	for name, req := range map[string]string{
		"§27.6 use 0": "00 00 00 00 0a 00", "§27.6 use 6": "06 00 00 00 0a 00",
		"§27.6 action 4": "04 04 00 00 0a 00", "§27.6 interrupt 4": "04 40 00 00 0a 00",
		"§27.4.1 no SMI here": "04 10 00 00 0a 00",
	} {
		m.exchange(t, exchange{name, ipmb.SetWatchdogTimer, req, "cc"})
	}
	m.exchange(t,
		exchange{"§27.6 reserved bits are ignored", ipmb.SetWatchdogTimer, "3c 88 00 c1 0a 00", "00"},
		exchange{"§27.7", ipmb.GetWatchdogTimer, "", "00 04 00 00 00 0a 00 0a 00"},
		exchange{"§27.6 short", ipmb.SetWatchdogTimer, "04 00 00 00 0a", "c7"},
		exchange{"§27.5 with data", ipmb.ResetWatchdogTimer, "00", "c7"})
}
