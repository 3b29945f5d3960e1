package bmc

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestBootOptions writes and reads each parameter. [IPMI 2.0 §28.12, §28.13]
func TestBootOptions(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	set, get := ipmb.SetSystemBootOptions, ipmb.GetSystemBootOptions
	m.exchange(t,
		exchange{"§28.13 default", get, "00 00 00", "00 01 00 00"},
		exchange{"#0 in progress", set, "00 01", "00"},
		exchange{"#0 read", get, "00 00 00", "00 01 00 01"},
		exchange{"#0 §28.12 81h", set, "00 01", "81"},
		exchange{"#0 no roll back, no commit", set, "00 02", "cc"},
		exchange{"#0 reserved", set, "00 03", "cc"},
		exchange{"#0 complete", set, "00 00", "00"},
		exchange{"#0 complete twice", set, "00 00", "00"},
		exchange{"#0 read", get, "00 00 00", "00 01 00 00"},

		exchange{"#1 service partition", set, "01 a5", "00"},
		exchange{"#1 read", get, "01 00 00", "00 01 01 a5"},
		exchange{"#2 scan, reserved bits dropped", set, "02 fe", "00"},
		exchange{"#2 read", get, "02 00 00", "00 01 02 02"},
		exchange{"#3 valid bit clearing", set, "03 ff", "00"},
		exchange{"#3 read", get, "03 00 00", "00 01 03 1f"},
		exchange{"#4 acknowledge all", set, "04 ff ff", "00"},
		exchange{"#4 SMS has handled", set, "04 08 00", "00"},
		exchange{"#4 mask reads 0", get, "04 00 00", "00 01 04 00 f7"},
		exchange{"#5 flags", set, "05 e0 18 a2 0b 11", "00"},
		exchange{"#5 read", get, "05 00 00", "00 01 05 e0 18 a2 0b 11"},
		exchange{"#5 §28.13 persistent needs valid", set, "05 60 04 00 00 00", "00"},
		exchange{"#5 read", get, "05 00 00", "00 01 05 20 04 00 00 00"},
		exchange{"#5 reserved bits dropped", set, "05 ff 18 a2 fb f1", "00"},
		exchange{"#5 read", get, "05 00 00", "00 01 05 e0 18 a2 0b 11"},
		exchange{"#5 reserved bits are no flags", set, "05 1f 04 00 00 00", "00"},
		exchange{"#5 read", get, "05 00 00", "00 01 05 00 04 00 00 00"},
		exchange{"#5 flags", set, "05 20 04 00 00 00", "00"},
		exchange{"#6 reserved bits dropped", set, "06 f1 04 03 02 01 44 33 22 11", "00"},
		exchange{"#6 read", get, "06 00 00", "00 01 06 01 04 03 02 01 44 33 22 11"},
		exchange{"#6 initiator", set, "06 01 04 03 02 01 44 33 22 11", "00"},
		exchange{"#6 read", get, "06 00 00", "00 01 06 01 04 03 02 01 44 33 22 11"},

		exchange{"#7 block 0", set, "07 00 d9 7e 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d", "00"},
		exchange{"#7 fewer bytes leave the others", set, "07 00 57 01 00 ff", "00"},
		exchange{"#7 read block 0", get, "07 00 00", "00 01 07 00 57 01 00 ff 02 03 04 05 06 07 08 09 0a 0b 0c 0d"},
		exchange{"#7 last block", set, "07 04 ee", "00"},
		exchange{"#7 read last block", get, "07 04 00", "00 01 07 04 ee 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"},
		exchange{"#7 no such block", set, "07 05 ee", "c9"},
		exchange{"#7 no such block to read", get, "07 05 00", "c9"},

		exchange{"#5 mark invalid", set, "85", "00"},
		exchange{"#5 data stay", get, "05 00 00", "00 01 85 20 04 00 00 00"},
		exchange{"#5 mark valid", set, "05", "00"},
		exchange{"#5 reserved bit of the selector is ignored", get, "85 00 00", "00 01 05 20 04 00 00 00"},
		exchange{"#1 data with the mark", set, "81 01", "00"},
		exchange{"#1 both changed", get, "01 00 00", "00 01 81 01"},

		exchange{"§28.12 80h", set, "08 00", "80"},
		exchange{"§28.12 80h OEM", set, "60", "80"},
		exchange{"§28.13 80h", get, "08 00 00", "80"},
		exchange{"§28.13 80h OEM", get, "7f 00 00", "80"},
		exchange{"#5 short", set, "05 80 04 00 00", "c7"},
		exchange{"#5 long", set, "05 80 04 00 00 00 00", "c7"},
		exchange{"#7 block without data", set, "07 00", "c7"},
		exchange{"#7 17 bytes", set, "07 00 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10", "c7"},
		exchange{"§28.13 short", get, "05 00", "c7"})
}

// TestBootFlagsPersistentNeedsAdministrator in a session. [IPMI 2.0 §28.13, parameter 5]
func TestBootFlagsPersistentNeedsAdministrator(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, suiteZero)
	op := newLAN(t, m).login("operator", ipmb.PrivilegeOperator)
	op.want(
		exchange{"§28.13 operator", ipmb.SetSystemBootOptions, "05 c0 04 00 00 00", "d4"},
		exchange{"§28.13 nothing changed", ipmb.GetSystemBootOptions, "05 00 00", "00 01 05 00 00 00 00 00"},
		exchange{"§28.13 one boot", ipmb.SetSystemBootOptions, "05 80 04 00 00 00", "00"})
	newLAN(t, m).login("admin", ipmb.PrivilegeAdministrator).want(
		exchange{"§28.13 administrator", ipmb.SetSystemBootOptions, "05 c0 04 00 00 00", "00"})
}

// TestBootFlagsAreValidForAMinute unless a Chassis Control comes. [IPMI 2.0 §28.12, §28.13 parameter 3]
func TestBootFlagsAreValidForAMinute(t *testing.T) {
	t.Parallel()
	valid := []byte{0, 1, 5, 0xc0, 4, 0, 0, 0}
	invalid := []byte{0, 1, 5, 0, 4, 0, 0, 0}
	want := func(t *testing.T, m *Machine, when string, want []byte) {
		t.Helper()
		if got := m.ask(t, ipmb.GetSystemBootOptions, "05 00 00"); !bytes.Equal(got, want) {
			t.Errorf("%s: boot flags [% x], want [% x]", when, got, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t)
		m.exchange(t, exchange{"flags", ipmb.SetSystemBootOptions, "05 c0 04 00 00 00", "00"})
		pass(60*time.Second - instant)
		want(t, m, "before 60 s", valid)
		pass(2 * instant)
		want(t, m, "after 60 s", invalid)

		m.exchange(t, exchange{"flags", ipmb.SetSystemBootOptions, "05 c0 04 00 00 00", "00"})
		pass(50 * time.Second)
		m.exchange(t, exchange{"a restart", ipmb.ChassisControl, "03", "00"})
		pass(50 * time.Second)
		want(t, m, "the countdown restarted", valid)
		pass(11 * time.Second)
		want(t, m, "a minute after the restart", invalid)

		m.exchange(t, exchange{"§28.13 #3 no timeout", ipmb.SetSystemBootOptions, "03 08", "00"},
			exchange{"flags", ipmb.SetSystemBootOptions, "05 c0 04 00 00 00", "00"})
		pass(time.Hour)
		want(t, m, "without timeout", valid)
	})
}

// TestBootFlagsOfASlowRestart stay valid until the restart that Chassis Control initiated in time has come to the
// firmware, however long that takes. [IPMI 2.0 §28.12]
func TestBootFlagsOfASlowRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const post = 80 * time.Second
		m := newTestMachine(t, func(p *profiles.Profile) { p.Boot.POST = profiles.Duration(post) })
		m.exchange(t,
			exchange{"§28.9 two minutes", ipmb.SetPowerCycleInterval, "78", "00"},
			exchange{"flags", ipmb.SetSystemBootOptions, "05 80 04 00 00 00", "00"})
		pass(50 * time.Second)
		m.exchange(t, exchange{"§28.3 cycle", ipmb.ChassisControl, "02", "00"})
		pass(2*time.Minute + post - instant)
		m.exchange(t, exchange{"valid while the host starts", ipmb.GetSystemBootOptions, "05 00 00", "00 01 05 80 04 00 00 00"})
		pass(2 * instant)
		if f := m.LastBoot(); !f.Valid() || f.Device() != 1 {
			t.Errorf("the firmware found % x, want PXE", f)
		}
		m.exchange(t, exchange{"the firmware took them", ipmb.GetSystemBootOptions, "05 00 00", "00 01 05 00 04 00 00 00"},
			exchange{"flags", ipmb.SetSystemBootOptions, "05 80 04 00 00 00", "00"})
		pass(time.Minute)
		m.exchange(t, exchange{"the next minute counts", ipmb.GetSystemBootOptions, "05 00 00", "00 01 05 00 04 00 00 00"})
	})
}

// TestBootFlagsAfterRestarts that Chassis Control did not cause. [IPMI 2.0 §28.12, §28.13 parameter 3]
func TestBootFlagsAfterRestarts(t *testing.T) {
	t.Parallel()
	reset := func(cause restartCause) func(m *Machine) {
		return func(m *Machine) {
			defer m.lockAll()()
			_ = m.applyPower(HardReset, powerSource{cause: cause})
		}
	}
	for _, c := range []struct {
		name    string
		restart func(m *Machine)
		except  string // the bit of parameter 3
	}{
		{"§28.13 #3 bit 0 power button", func(m *Machine) { m.PressButton(ButtonPowerHold); m.PressButton(ButtonPower) }, "01"},
		{"§28.13 #3 bit 1 reset button", func(m *Machine) { m.PressButton(ButtonReset) }, "02"},
		{"§28.13 #3 bit 1 soft reset", func(m *Machine) { m.HostReset() }, "02"},
		{"§28.13 #3 bit 2 watchdog", reset(causeWatchdog), "04"},
		{"§28.13 #3 bit 4 PEF", reset(causePEFReset), "10"},
		{"§28.12 others", func(m *Machine) { m.SetPower(HardReset) }, "00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newTestMachine(t)
			for _, step := range []struct{ except, want string }{
				{"00", "00 01 05 20 04 00 00 00"}, {c.except, "00 01 05 e0 04 00 00 00"},
			} {
				if step.except == "00" && step.want[9:11] == "e0" {
					continue // no exception for this one
				}
				m.exchange(t,
					exchange{"clearing", ipmb.SetSystemBootOptions, "03 " + step.except, "00"},
					exchange{"flags", ipmb.SetSystemBootOptions, "05 e0 04 00 00 00", "00"})
				c.restart(m)
				m.exchange(t, exchange{c.name + ", except " + step.except, ipmb.GetSystemBootOptions, "05 00 00", step.want})
			}
		})
	}
}

// TestFirmwareTakesBootFlags when the profile gives the host one. [IPMI 2.0 §28.12, §28.13 parameter 4]
func TestFirmwareTakesBootFlags(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, func(p *profiles.Profile) { p.Boot.POST = profiles.Duration(10 * time.Second) })
		m.exchange(t,
			exchange{"acknowledge", ipmb.SetSystemBootOptions, "04 ff ff", "00"},
			exchange{"EFI PXE once", ipmb.SetSystemBootOptions, "05 a0 04 00 00 00", "00"},
			exchange{"restart", ipmb.ChassisControl, "03", "00"})
		pass(10*time.Second - instant)
		if f := m.BootFlags(); !f.Valid() || m.LastBoot().Valid() {
			t.Errorf("before the end of POST: flags %x, taken %x", f, m.LastBoot())
		}
		pass(2 * instant)
		m.exchange(t,
			exchange{"§28.12 for one boot", ipmb.GetSystemBootOptions, "05 00 00", "00 01 05 20 04 00 00 00"},
			exchange{"§28.13 BIOS has handled", ipmb.GetSystemBootOptions, "04 00 00", "00 01 04 00 fe"})
		if f := m.LastBoot(); !f.Valid() || f.Device() != 1 || !f.EFI() || f.Persistent() {
			t.Errorf("the host booted with %x", f)
		}
		m.exchange(t,
			exchange{"CD for good", ipmb.SetSystemBootOptions, "05 c0 14 00 00 00", "00"},
			exchange{"restart", ipmb.ChassisControl, "03", "00"})
		pass(11 * time.Second)
		if f := m.LastBoot(); f.Device() != 5 || !f.Persistent() || !m.BootFlags().Valid() {
			t.Errorf("persistent: booted with %x, flags are %x", f, m.BootFlags())
		}
		m.exchange(t,
			exchange{"restart", ipmb.ChassisControl, "03", "00"},
			exchange{"disk", ipmb.SetSystemBootOptions, "05 80 08 00 00 00", "00"},
			exchange{"off before the end of POST", ipmb.ChassisControl, "00", "00"})
		pass(11 * time.Second)
		if f := m.LastBoot(); f.Device() != 5 || !m.BootFlags().Valid() {
			t.Errorf("off: booted with %x, flags are %x", f, m.BootFlags())
		}
		m.exchange(t, exchange{"on", ipmb.ChassisControl, "01", "00"})
		pass(11 * time.Second)
		if f := m.LastBoot(); f.Device() != 2 {
			t.Errorf("on: booted with %x", f)
		}
		m.exchange(t,
			exchange{"no flags", ipmb.SetSystemBootOptions, "05 00 00 00 00 00", "00"},
			exchange{"restart", ipmb.ChassisControl, "03", "00"})
		pass(11 * time.Second)
		if f := m.LastBoot(); f.Valid() {
			t.Errorf("without flags the host booted with %x", f)
		}
	})
}
