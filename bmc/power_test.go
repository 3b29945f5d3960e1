package bmc

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// slowPower gives the test machine times that can be told apart.
func slowPower(p *profiles.Profile) {
	p.Power.PowerUp = profiles.Duration(3 * time.Second)
	p.Power.PowerDown = profiles.Duration(2 * time.Second)
	p.Power.Shutdown = profiles.Duration(20 * time.Second)
	p.Power.CycleInterval = profiles.Duration(5 * time.Second)
}

// wantPower compares the power state.
func (m *Machine) wantPower(t *testing.T, when string, want PowerState) {
	t.Helper()
	if got := m.PowerState(); got != want {
		t.Errorf("%s: power is %v, want %v", when, got, want)
	}
}

// pass lets virtual time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

const instant = time.Millisecond // on either side of a deadline

// TestPowerDownAndUp takes the profile's times. [IPMI 2.0 §28.2, §28.3]
func TestPowerDownAndUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, slowPower)
		m.exchange(t,
			exchange{"§28.2 on", ipmb.GetChassisStatus, "", "00 01 00 40 70"},
			exchange{"§28.11 nothing is known", ipmb.GetSystemRestartCause, "", "00 00 00"},
			exchange{"§28.3 power up when on", ipmb.ChassisControl, "01", "00"},
			exchange{"§28.3 power down", ipmb.ChassisControl, "00", "00"})
		m.wantPower(t, "at once", PowerTurningOff)
		pass(2*time.Second - instant)
		m.exchange(t, exchange{"§28.2 still on", ipmb.GetChassisStatus, "", "00 01 00 40 70"})
		pass(2 * instant)
		m.wantPower(t, "after 2 s", PowerOff)
		m.exchange(t,
			exchange{"§28.2 off", ipmb.GetChassisStatus, "", "00 00 00 40 70"},
			exchange{"§28.3 power down when off", ipmb.ChassisControl, "00", "00"},
			exchange{"§28.3 power cycle when off", ipmb.ChassisControl, "02", "d5"},
			exchange{"§28.3 hard reset when off", ipmb.ChassisControl, "03", "d5"},
			exchange{"§28.3 diagnostic interrupt when off", ipmb.ChassisControl, "04", "d5"},
			exchange{"§28.3 soft shutdown when off", ipmb.ChassisControl, "05", "d5"},
			exchange{"§28.4 when off", ipmb.ChassisReset, "", "d5"},
			exchange{"§28.3 no such action", ipmb.ChassisControl, "06", "cc"},
			exchange{"§28.3 reserved bits are ignored", ipmb.ChassisControl, "f1", "00"})
		m.wantPower(t, "power up", PowerTurningOn)
		pass(3*time.Second - instant)
		m.exchange(t, exchange{"§28.2 no power good yet", ipmb.GetChassisStatus, "", "00 00 00 40 70"})
		pass(2 * instant)
		m.exchange(t,
			exchange{"§28.2 on by command", ipmb.GetChassisStatus, "", "00 01 10 40 70"},
			exchange{"§28.11 Chassis Control over channel Fh", ipmb.GetSystemRestartCause, "", "00 01 0f"})
	})
}

// TestPowerCycle stays off for the interval. [IPMI 2.0 §28.3, §28.9]
func TestPowerCycle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, interval string
		off            time.Duration
	}{
		{"§28.9 interval of the profile", "", 5 * time.Second},
		{"§28.9 7 s", "07", 7 * time.Second},
		{"§28.3 no delay is 1 s", "00", time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newTestMachine(t, slowPower)
				if c.interval != "" {
					m.exchange(t, exchange{c.name, ipmb.SetPowerCycleInterval, c.interval, "00"})
				}
				m.exchange(t, exchange{"§28.3 cycle", ipmb.ChassisControl, "02", "00"})
				m.wantPower(t, "told", PowerTurningOff)
				pass(2*time.Second + instant)
				m.wantPower(t, "down", PowerCycling)
				m.exchange(t, exchange{"§28.3 off means no cycle", ipmb.ChassisControl, "02", "d5"})
				pass(c.off - 2*instant)
				m.wantPower(t, "before the interval's end", PowerCycling)
				pass(2 * instant)
				m.wantPower(t, "after the interval", PowerTurningOn)
				pass(3 * time.Second)
				m.wantPower(t, "at the end", PowerOn)
				m.exchange(t, exchange{"§28.11", ipmb.GetSystemRestartCause, "", "00 01 0f"})
			})
		})
	}
}

// TestPowerIsTakenBack lets a later command win over the one in progress.
func TestPowerIsTakenBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		actions []PowerAction
		between time.Duration
		want    PowerState // a minute later
	}{
		{"down, then up", []PowerAction{PowerDown, PowerUp}, time.Second, PowerOn},
		{"down, then cycle", []PowerAction{PowerDown, PowerCycle}, time.Second, PowerOn},
		{"cycle, then down on the way down", []PowerAction{PowerCycle, PowerDown}, time.Second, PowerOff},
		{"cycle, then down while off", []PowerAction{PowerCycle, PowerDown}, 4 * time.Second, PowerOff},
		{"cycle, then down on the way up", []PowerAction{PowerCycle, PowerDown}, 8 * time.Second, PowerOff},
		{"cycle, then up while off", []PowerAction{PowerCycle, PowerUp}, 4 * time.Second, PowerOn},
		{"shutdown, then down", []PowerAction{SoftShutdown, PowerDown}, time.Second, PowerOff},
		{"shutdown, then reset", []PowerAction{SoftShutdown, HardReset}, time.Second, PowerOn},
		{"shutdown, then cycle", []PowerAction{SoftShutdown, PowerCycle}, time.Second, PowerOn},
		{"shutdown twice", []PowerAction{SoftShutdown, SoftShutdown}, time.Second, PowerOff},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newTestMachine(t, slowPower)
				for _, a := range c.actions {
					if err := m.SetPower(a); err != nil {
						t.Fatalf("%v: %v", a, err)
					}
					pass(c.between)
				}
				pass(time.Minute)
				m.wantPower(t, c.name, c.want)
			})
		})
	}
}

// TestSoftShutdown waits for the operating system. [IPMI 2.0 §28.3, 5h]
func TestSoftShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, slowPower)
		m.exchange(t, exchange{"§28.3 5h", ipmb.ChassisControl, "05", "00"})
		m.wantPower(t, "asked", PowerShuttingDown)
		pass(20*time.Second - instant)
		m.exchange(t, exchange{"§28.2 the system runs until then", ipmb.GetChassisStatus, "", "00 01 00 40 70"})
		pass(2 * instant)
		m.wantPower(t, "shut down", PowerOff)
	})
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, slowPower, func(p *profiles.Profile) { p.Power.IgnoreShutdown = true })
		m.exchange(t, exchange{"§28.3 5h", ipmb.ChassisControl, "05", "00"})
		pass(time.Hour)
		m.wantPower(t, "an operating system that hangs", PowerOn)
	})
}

// TestSystemReset looks at everything that one list says. [IPMI 2.0 §22.22, §27.2, §28.13]
func TestSystemReset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		op   ipmb.Op
		req  string
	}{{"§28.3 hard reset", ipmb.ChassisControl, "03"}, {"§28.4", ipmb.ChassisReset, ""}, {"§28.3 power down", ipmb.ChassisControl, "00"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newTestMachine(t)
			m.exchange(t,
				exchange{"volatile access mode off", ipmb.SetChannelAccess, "01 80 00", "00"},
				exchange{"boot options in progress", ipmb.SetSystemBootOptions, "00 01", "00"},
				exchange{"watchdog", ipmb.SetWatchdogTimer, "84 01 00 3e 58 02", "00"},
				exchange{"watchdog runs", ipmb.ResetWatchdogTimer, "", "00"},
				exchange{c.name, c.op, c.req, "00"},
				exchange{"§22.22 volatile settings are the stored ones", ipmb.GetChannelAccess, "01 80", "00 02 04"},
				exchange{"§28.13 set complete", ipmb.GetSystemBootOptions, "00 00 00", "00 01 00 00"},
				exchange{"§27.7 stopped, don't log cleared", ipmb.GetWatchdogTimer, "", "00 04 01 00 00 58 02 58 02"},
				exchange{"§27.5 to be set again", ipmb.ResetWatchdogTimer, "", "80"})
		})
	}
}

// TestPowerRestorePolicy takes AC away and returns it. [IPMI 2.0 §28.8, §28.11]
func TestPowerRestorePolicy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		policy   string
		off      bool // before the mains go
		want     PowerState
		status   string
		restarts string
	}{
		{"§28.8 always off, was on", "00", false, PowerOff, "00 00 01 40 70", "00 00 00"},
		{"§28.8 previous, was on", "01", false, PowerOn, "00 21 01 40 70", "00 07 00"},
		{"§28.8 previous, was off", "01", true, PowerOff, "00 20 01 40 70", "00 00 00"},
		{"§28.8 always on, was off", "02", true, PowerOn, "00 41 01 40 70", "00 06 00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newTestMachine(t, slowPower, func(p *profiles.Profile) {
					p.Device.ColdReset = profiles.Duration(4 * time.Second)
					p.Power.RestoreDelay = profiles.Duration(10 * time.Second)
					p.Power.StartOff = c.off
				})
				m.exchange(t,
					exchange{"identify", ipmb.ChassisIdentify, "00 01", "00"},
					exchange{"boot flags", ipmb.SetSystemBootOptions, "05 80 04 00 00 00", "00"},
					exchange{"service partition scan", ipmb.SetSystemBootOptions, "02 02", "00"},
					exchange{c.name, ipmb.SetPowerRestorePolicy, c.policy, "00 07"})
				m.RemoveAC()
				m.exchange(t, exchange{"no standby power", ipmb.GetChassisStatus, "", "c3"})
				if err := m.SetPower(PowerUp); !errors.Is(err, ErrNoMains) {
					t.Errorf("SetPower without mains: %v", err)
				}
				if err := m.PressButton(ButtonPower); !errors.Is(err, ErrNoMains) {
					t.Errorf("PressButton without mains: %v", err)
				}
				pass(time.Hour)
				m.ReturnAC()
				pass(4*time.Second - instant)
				m.exchange(t, exchange{"the controller starts", ipmb.GetChassisStatus, "", "c3"})
				pass(2 * instant)
				m.wantPower(t, "before the delay", PowerOff)
				pass(10 * time.Second)
				if c.want == PowerOn {
					m.wantPower(t, "after the delay", PowerTurningOn)
				}
				pass(3 * time.Second)
				m.wantPower(t, "at the end", c.want)
				m.exchange(t,
					exchange{c.name, ipmb.GetChassisStatus, "", c.status},
					exchange{c.name, ipmb.GetSystemRestartCause, "", c.restarts},
					exchange{"§28.13 semi-volatile is gone", ipmb.GetSystemBootOptions, "05 00 00", "00 01 05 00 00 00 00 00"},
					exchange{"§28.13 non-volatile is not", ipmb.GetSystemBootOptions, "02 00 00", "00 01 02 02"})
			})
		})
	}
	m := newTestMachine(t, func(p *profiles.Profile) { p.Power.RestorePolicies = []profiles.RestorePolicy{profiles.RestoreOff} })
	m.exchange(t,
		exchange{"§28.8 ask only", ipmb.SetPowerRestorePolicy, "03", "00 01"},
		exchange{"§28.8 not supported", ipmb.SetPowerRestorePolicy, "01", "cc"},
		exchange{"§28.8 reserved", ipmb.SetPowerRestorePolicy, "07", "cc"})
}

// TestButtons presses what the front panel has. [IPMI 2.0 §28.6, §28.11]
func TestButtons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, slowPower)
		press := func(b Button, want error) {
			t.Helper()
			if err := m.PressButton(b); err != want {
				t.Errorf("%v: %v, want %v", b, err, want)
			}
		}
		press(ButtonReset, nil)
		m.exchange(t, exchange{"§28.11 reset button", ipmb.GetSystemRestartCause, "", "00 02 00"})
		press(ButtonNMI, nil)
		press(ButtonPower, nil)
		m.wantPower(t, "power button when on", PowerShuttingDown)
		press(ButtonPowerHold, nil)
		pass(2 * time.Second)
		m.wantPower(t, "power button held", PowerOff)
		press(ButtonReset, ipmb.NotSupportedInState)
		m.exchange(t, exchange{"§28.6 all that can be", ipmb.SetFrontPanelButtonEnables, "07", "00"},
			exchange{"§28.6 standby cannot", ipmb.SetFrontPanelButtonEnables, "08", "cc"},
			exchange{"§28.2 lockout, and what is disabled", ipmb.GetChassisStatus, "", "00 00 00 42 77"})
		press(ButtonPower, nil)
		pass(3 * time.Second)
		m.wantPower(t, "§28.6 the button is disabled for power off only", PowerOn)
		m.exchange(t, exchange{"§28.11 power button", ipmb.GetSystemRestartCause, "", "00 03 00"})
		for _, b := range []Button{ButtonPower, ButtonPowerHold, ButtonReset, ButtonNMI} {
			press(b, ipmb.InsufficientPrivilege)
		}
		m.exchange(t, exchange{"§28.6 enable", ipmb.SetFrontPanelButtonEnables, "00", "00"})
		m.SetCondition(ConditionLockout, true)
		m.exchange(t, exchange{"§28.2 locked", ipmb.GetChassisStatus, "", "00 01 00 42 70"})
		press(ButtonReset, ipmb.InsufficientPrivilege)
		press(ButtonNMI, nil)
		press(ButtonIdentify, nil)
		m.exchange(t, exchange{"§28.2 identify on", ipmb.GetChassisStatus, "", "00 01 00 62 70"})
		press(ButtonIdentify, nil)
		if m.Identifying() {
			t.Error("the button leaves the indicator on")
		}
		if err := m.PressButton(99); err == nil {
			t.Error("button 99 is there")
		}
	})
}

// TestConditions shows faults where Get Chassis Status has them. [IPMI 2.0 §28.2]
func TestConditions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		condition Condition
		status    string // with the condition
		after     string // without it
	}{
		{"§28.2 overload", ConditionOverload, "00 02 02 40 70", "00 00 02 40 70"},
		{"§28.2 interlock", ConditionInterlock, "00 04 04 40 70", "00 00 04 40 70"},
		{"§28.2 power fault", ConditionPowerFault, "00 08 08 40 70", "00 00 08 40 70"},
		{"§28.2 intrusion", ConditionIntrusion, "00 01 00 41 70", "00 01 00 40 70"},
		{"§28.2 drive fault", ConditionDriveFault, "00 01 00 44 70", "00 01 00 40 70"},
		{"§28.2 cooling fault", ConditionCoolingFault, "00 01 00 48 70", "00 01 00 40 70"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newTestMachine(t)
			m.SetCondition(c.condition, true)
			m.exchange(t, exchange{c.name, ipmb.GetChassisStatus, "", c.status})
			m.SetCondition(c.condition, false)
			m.exchange(t, exchange{c.name + " is over", ipmb.GetChassisStatus, "", c.after})
		})
	}
	m := newTestMachine(t)
	m.SetCondition(ConditionInterlock, true)
	m.exchange(t, exchange{"§28.3 an open chassis stays off", ipmb.ChassisControl, "01", "d5"})
	m.SetCondition(ConditionInterlock, false)
	m.SetCondition(ConditionControlFault, true)
	m.exchange(t,
		exchange{"§28.3 a supply that does not obey", ipmb.ChassisControl, "01", "00"},
		exchange{"§28.2 power control fault", ipmb.GetChassisStatus, "", "00 10 04 40 70"})
	m.SetCondition(ConditionControlFault, false)
	m.exchange(t,
		exchange{"§28.3 it obeys", ipmb.ChassisControl, "01", "00"},
		exchange{"§28.2 on", ipmb.GetChassisStatus, "", "00 01 14 40 70"})
	m.SetCondition(ConditionControlFault, true)
	m.exchange(t,
		exchange{"§28.3 it does not go off", ipmb.ChassisControl, "00", "00"},
		exchange{"§28.2 power control fault", ipmb.GetChassisStatus, "", "00 11 14 40 70"})
}

// TestLastPowerEvent is that of the last change only. [IPMI 2.0 §28.2, byte 3]
func TestLastPowerEvent(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	m.SetCondition(ConditionOverload, true)
	m.SetCondition(ConditionOverload, false)
	m.exchange(t,
		exchange{"§28.3 up", ipmb.ChassisControl, "01", "00"},
		exchange{"§28.2 on by command, was down by overload", ipmb.GetChassisStatus, "", "00 01 12 40 70"},
		exchange{"§28.3 down", ipmb.ChassisControl, "00", "00"},
		exchange{"§28.2 went down for no fault", ipmb.GetChassisStatus, "", "00 00 10 40 70"})
	if err := m.PressButton(ButtonPower); err != nil {
		t.Fatal(err)
	}
	m.exchange(t, exchange{"§28.2 on by button", ipmb.GetChassisStatus, "", "00 01 00 40 70"})
}

// TestFaultOnTheWayUp keeps the host off and is not the cause of a later power down.
func TestFaultOnTheWayUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, slowPower)
		m.exchange(t, exchange{"cycle", ipmb.ChassisControl, "02", "00"})
		pass(3 * time.Second)
		m.SetCondition(ConditionPowerFault, true)
		pass(time.Minute)
		m.exchange(t, exchange{"§28.2 off", ipmb.GetChassisStatus, "", "00 08 00 40 70"})
		m.SetCondition(ConditionPowerFault, false)
		for _, action := range []string{"01", "00"} {
			m.exchange(t, exchange{"up and down", ipmb.ChassisControl, action, "00"})
			pass(time.Minute)
		}
		m.exchange(t, exchange{"§28.2 down by command", ipmb.GetChassisStatus, "", "00 00 10 40 70"})
	})
}

// TestMainsTakeTheController with its sessions and what it keeps in memory only. [IPMI 2.0 §27.7]
func TestMainsTakeTheController(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, suiteZero)
	c := newLAN(t, m).login("operator", ipmb.PrivilegeOperator)
	c.want(
		exchange{"watchdog", ipmb.SetWatchdogTimer, "04 00 00 00 00 00", "00"},
		exchange{"expires", ipmb.ResetWatchdogTimer, "", "00"},
		exchange{"§27.7 flag", ipmb.GetWatchdogTimer, "", "00 04 00 00 10 00 00 00 00"})
	m.RemoveAC()
	if m.Mains() || m.Sessions().Active() != 0 {
		t.Errorf("mains %v, %d sessions; want neither", m.Mains(), m.Sessions().Active())
	}
	m.RemoveAC() // again changes nothing
	m.ReturnAC()
	m.ReturnAC()
	m.exchange(t, exchange{"§27.7 as after a start", ipmb.GetWatchdogTimer, "", "00 01 00 00 00 00 00 00 00"})
}

// TestPOHCounter counts while the host is on, and keeps the rest. [IPMI 2.0 §28.14]
func TestPOHCounter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, func(p *profiles.Profile) { p.Chassis.POH = profiles.POH{MinutesPerCount: 30, Count: 0x010203} })
		pass(29 * time.Minute)
		m.exchange(t, exchange{"§28.14 before the count", ipmb.GetPOHCounter, "", "00 1e 03 02 01 00"},
			exchange{"off", ipmb.ChassisControl, "00", "00"})
		pass(10 * time.Hour)
		m.exchange(t, exchange{"§28.14 off", ipmb.GetPOHCounter, "", "00 1e 03 02 01 00"},
			exchange{"on", ipmb.ChassisControl, "01", "00"})
		pass(time.Minute)
		m.exchange(t, exchange{"§28.14 goes on where it was", ipmb.GetPOHCounter, "", "00 1e 04 02 01 00"})
		m.RemoveAC()
		pass(10 * time.Hour)
		m.ReturnAC()
		m.exchange(t, exchange{"§28.14 non-volatile", ipmb.GetPOHCounter, "", "00 1e 04 02 01 00"})
	})
}

// TestACPIFollowsPower sets what the controller can see. [IPMI 2.0 §20.6]
func TestACPIFollowsPower(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t)
	for _, c := range []struct {
		action PowerAction
		want   acpi
	}{{PowerDown, acpi{0x05, 0x03}}, {PowerUp, acpi{0x20, 0x00}}} {
		if err := m.SetPower(c.action); err != nil {
			t.Fatal(err)
		}
		if m.device.acpi != c.want {
			t.Errorf("%v: ACPI state %+v, want %+v", c.action, m.device.acpi, c.want)
		}
	}
	if off := newTestMachine(t, func(p *profiles.Profile) { p.Power.StartOff = true }); off.device.acpi.system != 0x05 {
		t.Errorf("a host that starts off: ACPI state %02Xh, want 05h", off.device.acpi.system)
	}
}

// fakeHost writes down what it is told.
type fakeHost struct {
	mu    sync.Mutex
	calls []string
}

func (h *fakeHost) told(call string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, call)
}

func (h *fakeHost) PowerOn()          { h.told("on") }
func (h *fakeHost) PowerOff()         { h.told("off") }
func (h *fakeHost) Reset()            { h.told("reset") }
func (h *fakeHost) NMI()              { h.told("nmi") }
func (h *fakeHost) GracefulShutdown() { h.told("shutdown") }

func (h *fakeHost) want(t *testing.T, calls ...string) {
	t.Helper()
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Equal(h.calls, calls) {
		t.Errorf("host was told %q, want %q", h.calls, calls)
	}
	h.calls = nil
}

// TestHost tells the hardware behind the machine, in order, and listens to it.
func TestHost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, slowPower)
		h := new(fakeHost)
		m.SetHost(h)
		do := func(a PowerAction) {
			t.Helper()
			if err := m.SetPower(a); err != nil {
				t.Errorf("%v: %v", a, err)
			}
		}
		do(DiagnosticInterrupt)
		do(HardReset)
		do(SoftShutdown)
		h.want(t, "nmi", "reset", "shutdown")
		pass(time.Hour)
		m.wantPower(t, "the host has not said that it is off", PowerShuttingDown)
		m.HostPowered(false)
		m.wantPower(t, "it has", PowerOff)
		h.want(t)
		m.HostPowered(true)
		m.wantPower(t, "somebody started it", PowerOn)
		m.exchange(t, exchange{"§28.11 unknown", ipmb.GetSystemRestartCause, "", "00 00 00"})
		m.HostReset()
		m.exchange(t, exchange{"§28.11 soft reset", ipmb.GetSystemRestartCause, "", "00 0a 00"})
		do(PowerCycle)
		m.HostPowered(false)
		m.wantPower(t, "off sooner than the profile says", PowerCycling)
		pass(5 * time.Second)
		m.HostPowered(true)
		m.wantPower(t, "on sooner than the profile says", PowerOn)
		m.exchange(t, exchange{"§28.11 API", ipmb.GetSystemRestartCause, "", "00 05 00"})
		h.want(t, "off", "on")
		m.RemoveAC()
		h.want(t, "off")
		m.HostPowered(true)
		m.wantPower(t, "without mains nothing is on", PowerOff)
		m.ReturnAC()
		do(PowerUp)
		h.want(t, "on")
		pass(time.Hour)
		m.wantPower(t, "the host has not said that it is on", PowerTurningOn)
		do(PowerDown)
		h.want(t, "off")
		do(PowerUp)
		h.want(t, "on")
		m.SetHost(nil)
		pass(time.Hour)
		m.wantPower(t, "nobody is there to say so", PowerOn)
		do(PowerDown)
		pass(2 * time.Second)
		do(PowerUp)
		h.want(t)
	})
}

// TestClosedMachineHasNoPower refuses, and stops its timers.
func TestClosedMachineHasNoPower(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newTestMachine(t, slowPower)
		m.exchange(t, exchange{"cycle", ipmb.ChassisControl, "02", "00"}, exchange{"identify", ipmb.ChassisIdentify, "", "00"})
		m.Close()
		pass(time.Hour)
		m.wantPower(t, "closed", PowerTurningOff)
		if err := m.SetPower(PowerUp); !errors.Is(err, ErrClosed) {
			t.Errorf("SetPower: %v", err)
		}
		if err := m.PressButton(ButtonPower); !errors.Is(err, ErrClosed) {
			t.Errorf("PressButton: %v", err)
		}
	})
}

func TestPowerNames(t *testing.T) {
	t.Parallel()
	for got, want := range map[fmt.Stringer]string{
		PowerOff: "off", PowerTurningOn: "turning-on", PowerOn: "on", PowerShuttingDown: "shutting-down",
		PowerTurningOff: "turning-off", PowerCycling: "cycling", ButtonIdentify: "identify", Button(9): "button 9",
		HardReset: "hard-reset", profiles.RestorePrevious: "previous", profiles.ButtonStandby: "standby",
		profiles.InterruptNone: "none", profiles.InterruptNMI: "nmi",
	} {
		if got.String() != want {
			t.Errorf("%T %v, want %s", got, got, want)
		}
	}
}
