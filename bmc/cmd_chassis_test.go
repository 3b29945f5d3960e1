package bmc

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// TestChassisCapabilities reads, and writes what can be written. [IPMI 2.0 §28.1, §28.7]
func TestChassisCapabilities(t *testing.T) {
	t.Parallel()
	get, set := ipmb.GetChassisCapabilities, ipmb.SetChassisCapabilities
	newTestMachine(t).exchange(t,
		exchange{"§28.1 intrusion, diagnostic interrupt", get, "", "00 05 20 20 20 20 20"},
		exchange{"§28.7 six bytes", set, "02 24 26 28 2a 2c", "00"},
		exchange{"§28.1 lockout, diagnostic interrupt", get, "", "00 06 24 26 28 2a 2c"},
		exchange{"§28.7 five bytes leave the bridge, bit 0 and reserved flags are nothing", set, "fd 21 00 20 20", "00"},
		exchange{"§28.1", get, "", "00 05 20 00 20 20 2c"},
		exchange{"§28.7 short", set, "00 20 20 20", "c7"},
		exchange{"§28.7 long", set, "00 20 20 20 20 20 20", "c7"})
	newTestMachine(t, func(p *profiles.Profile) {
		p.Chassis.Fixed, p.Chassis.Interlock, p.Power.Actions = true, true, []profiles.PowerAction{PowerDown, PowerUp}
	}).exchange(t,
		exchange{"§28.7 read-only is no error", set, "02 24 26 28 2a 2c", "00"},
		exchange{"§28.1 interlock, no diagnostic interrupt", get, "", "00 09 20 20 20 20 20"},
		exchange{"§28.3 an action that is not there", ipmb.ChassisControl, "04", "cc"})
}

// TestChassisIdentify blinks for a time, for good, or not. [IPMI 2.0 §28.5, §28.2]
func TestChassisIdentify(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, req, status string
		lasts             time.Duration // 0: for good
	}{
		{"§28.5 default", "", "00 01 00 50 70", 15 * time.Second},
		{"§28.5 7 s", "07", "00 01 00 50 70", 7 * time.Second},
		{"§28.5 255 s", "ff 00", "00 01 00 50 70", 255 * time.Second},
		{"§28.5 force on", "07 01", "00 01 00 60 70", 0},
		{"§28.5 force on overrides off", "00 ff", "00 01 00 60 70", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newTestMachine(t)
				for range 2 { // the second starts the time anew
					m.exchange(t,
						exchange{c.name, ipmb.ChassisIdentify, c.req, "00"},
						exchange{c.name, ipmb.GetChassisStatus, "", c.status})
					pass(c.lasts - instant)
				}
				m.exchange(t, exchange{"before the end", ipmb.GetChassisStatus, "", c.status})
				if pass(2 * instant); c.lasts != 0 {
					m.exchange(t, exchange{"after the end", ipmb.GetChassisStatus, "", "00 01 00 40 70"})
					return
				}
				pass(24 * time.Hour)
				m.exchange(t,
					exchange{"for good", ipmb.GetChassisStatus, "", c.status},
					exchange{"§28.5 off", ipmb.ChassisIdentify, "00", "00"},
					exchange{"off", ipmb.GetChassisStatus, "", "00 01 00 40 70"})
			})
		})
	}
	newTestMachine(t, func(p *profiles.Profile) { p.Chassis.TimedIdentifyOnly = true }).exchange(t,
		exchange{"§28.5 force on is not there", ipmb.ChassisIdentify, "07 01", "cc"},
		exchange{"§28.5 nor is its byte", ipmb.ChassisIdentify, "07 00", "cc"},
		exchange{"§28.5 one byte is", ipmb.ChassisIdentify, "07", "00"})
}

// TestChassisControlOverLAN needs an operator, and remembers the channel. [IPMI 2.0 §28.3, §28.11, App. G]
func TestChassisControlOverLAN(t *testing.T) {
	t.Parallel()
	m := newTestMachine(t, suiteZero)
	newLAN(t, m).login("user", 0).want(
		exchange{"App. G user looks", ipmb.GetChassisStatus, "", "00 01 00 40 70"},
		exchange{"App. G user does not touch", ipmb.ChassisControl, "03", "d4"},
		exchange{"App. G boot options are for operators", ipmb.GetSystemBootOptions, "05 00 00", "d4"})
	newLAN(t, m).login("operator", ipmb.PrivilegeOperator).want(
		exchange{"§28.3 reset", ipmb.ChassisControl, "03", "00"},
		exchange{"§28.11 over channel 1", ipmb.GetSystemRestartCause, "", "00 01 01"},
		exchange{"App. G buttons are for administrators", ipmb.SetFrontPanelButtonEnables, "00", "d4"})
}

// FuzzChassisCommands sends anything to the commands of chapters 27 and 28: no handler panics, and each answers.
func FuzzChassisCommands(f *testing.F) {
	rows := append(append([]Command{}, chassisCommands...), watchdogCommands...)
	for i := range rows {
		f.Add(uint8(i), []byte{5, 0x80, 4, 0, 0, 0})
		f.Add(uint8(i), []byte{7, 4, 1})
	}
	f.Fuzz(func(t *testing.T, row uint8, data []byte) {
		m := newTestMachine(t)
		op := rows[int(row)%len(rows)].Op
		for range 2 {
			r, err := m.RequestResponse(t.Context(), SystemRequest{
				NetworkFunction: uint8(op.NetFn), Command: op.Cmd, RequestData: data, RequestDataSize: uint32(len(data)),
			})
			if err != nil || len(r.ResponseData) == 0 {
				t.Fatalf("%v: % x, %v", op, r.ResponseData, err)
			}
		}
	})
}
