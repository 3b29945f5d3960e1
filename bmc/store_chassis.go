package bmc

import (
	"fmt"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
)

// storedChassis is what Set Chassis Capabilities and Set Front Panel Button Enables set. [IPMI 2.0 §28.6, §28.7]
type storedChassis struct {
	Intrusion bool  `json:"intrusion"`
	Lockout   bool  `json:"lockout"`
	FRU       uint8 `json:"fru"`
	SDR       uint8 `json:"sdr"`
	SEL       uint8 `json:"sel"`
	SM        uint8 `json:"sm"`
	Bridge    uint8 `json:"bridge"`
	Disabled  uint8 `json:"disabled_buttons"`
}

func keptChassis() storedPart {
	return single(keepsChassis, "chassis",
		func(m *Machine) (storedChassis, bool) {
			s := &m.chassis.stored
			c := &s.Capabilities
			return storedChassis{
				Intrusion: c.Intrusion, Lockout: c.Lockout, FRU: c.FRU, SDR: c.SDR, SEL: c.SEL, SM: c.SM, Bridge: c.Bridge,
				Disabled: uint8(s.Disabled),
			}, true
		},
		func(m *Machine, d *storedChassis) error {
			if disabled := profiles.Button(d.Disabled); disabled&^m.chassis.lockable != 0 {
				return fmt.Errorf("the chassis has no buttons %02Xh that can be disabled", d.Disabled)
			}
			m.chassis.stored = chassisStored{
				Capabilities: Capabilities{
					Intrusion: d.Intrusion, Lockout: d.Lockout, FRU: d.FRU, SDR: d.SDR, SEL: d.SEL, SM: d.SM, Bridge: d.Bridge,
				},
				Disabled: profiles.Button(d.Disabled),
			}
			return nil
		})
}

// storedPower is the power restore policy with what it needs to know, the power cycle interval and the power-on hours.
// [IPMI 2.0 §28.8, §28.9, §28.14]
type storedPower struct {
	Policy   string `json:"restore_policy"`
	On       bool   `json:"on"`
	Interval uint8  `json:"cycle_seconds"`
	PowerOn  string `json:"power_on_time"`
}

// keptPower is the host's power. A machine that finds it is one whose mains return: the host is off, and restoreAC
// brings it back.
func keptPower() storedPart {
	return single(keepsPower, "power",
		func(m *Machine) (storedPower, bool) {
			p := &m.power
			on := p.state != PowerOff
			if !p.mains || p.restoring {
				on = p.stored.WasOn
			}
			return storedPower{
				Policy: p.stored.Policy.String(), On: on, Interval: uint8(p.stored.Interval / time.Second),
				PowerOn: p.poweredFor().Truncate(time.Second).String(),
			}, true
		},
		func(m *Machine, d *storedPower) error {
			p := &m.power
			i := slices.IndexFunc(p.spec.RestorePolicies, func(r profiles.RestorePolicy) bool { return r.String() == d.Policy })
			if i < 0 {
				return fmt.Errorf("restore_policy: the chassis has no %q", d.Policy)
			}
			powerOn, err := time.ParseDuration(d.PowerOn)
			if err != nil || powerOn < 0 {
				return fmt.Errorf("power_on_time: %q is no time span", d.PowerOn)
			}
			p.stored = powerStored{
				Policy: p.spec.RestorePolicies[i], Interval: time.Duration(d.Interval) * time.Second, WasOn: d.On, PowerOn: powerOn,
			}
			p.state, p.onSince, p.event = PowerOff, time.Time{}, eventACFailed
			m.device.acpi.follow(false)
			p.restoring = true
			return nil
		})
}

// returnFromStore is the return of the mains for a machine that was built from what it kept: the controller starts, and
// the power restore policy is applied. [IPMI 2.0 §28.8, §17.4.1]
func (m *Machine) returnFromStore() {
	if m.power.restoring {
		m.controllerStarts()
		m.powerAlarm(m.power.spec.RestoreDelay.Std()+m.restoreDelay(), m.restorePower)
	}
}

// countPowerOn saves the power-on hours whenever the counter counts. [IPMI 2.0 §28.14]
func (m *Machine) countPowerOn() {
	m.setAlarm(&m.keeper.hours, minutesPerCount(m.profile), func() {
		m.changed(keepsPower)
		m.countPowerOn()
	})
}

// storedBoot are the boot options that are non-volatile: the others go with the controller's power. [IPMI 2.0 §28.13]
type storedBoot struct {
	Scan uint8 `json:"service_partition_scan"`
}

func keptBoot() storedPart {
	return single(keepsBoot, "boot",
		func(m *Machine) (storedBoot, bool) { return storedBoot{Scan: m.boot.stored.Scan}, true },
		func(m *Machine, d *storedBoot) error {
			m.boot.stored.Scan = d.Scan
			return nil
		})
}
