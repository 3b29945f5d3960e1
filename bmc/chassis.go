package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sdr"
)

// chassis is the box around the host: what it can do, its indicator and its front panel. [IPMI 2.0 §28]
type chassis struct {
	spec       *profiles.Chassis
	stored     chassisStored
	lockable   profiles.Button // buttons that can be disabled
	conditions Condition
	identified identifyState
	alarm      alarm // ends a timed identify
}

// chassisStored is what the controller keeps in non-volatile storage.
type chassisStored struct {
	Capabilities Capabilities
	Disabled     profiles.Button // front panel buttons
}

// Capabilities are the chassis' functions, and where on the primary IPMB they are. [IPMI 2.0 §28.1]
type Capabilities struct {
	Intrusion, Lockout        bool
	FRU, SDR, SEL, SM, Bridge uint8 // 8-bit slave addresses; 00h: unspecified
}

// Condition is a set of things that are wrong with a chassis. [IPMI 2.0 §28.2]
type Condition uint16

// Conditions.
const (
	ConditionPowerFault   Condition = 1 << iota // of the main power subsystem; takes the power away
	ConditionOverload                           // takes the power away
	ConditionInterlock                          // a panel is open; takes the power away and refuses power up
	ConditionControlFault                       // the supply does not obey: power neither comes nor goes
	ConditionCoolingFault
	ConditionDriveFault
	ConditionLockout   // the front panel is locked
	ConditionIntrusion // somebody is or was in the chassis

	conditionsDown = ConditionPowerFault | ConditionOverload | ConditionInterlock
)

// identifyState is the indicator's state, as Get Chassis Status tells it. [IPMI 2.0 §28.2, byte 4]
type identifyState uint8

const (
	identifyOff identifyState = iota
	identifyTimed
	identifyOn
)

// identifyForever asks for an indication without end.
const identifyForever time.Duration = -1

func newChassis(p *profiles.Profile) chassis {
	c := chassis{spec: &p.Chassis, stored: chassisStored{Capabilities: Capabilities{
		Intrusion: p.Chassis.Intrusion, Lockout: p.Chassis.Lockout,
		FRU: p.Chassis.FRU, SDR: p.Chassis.SDR, SEL: p.Chassis.SEL, SM: p.Chassis.SM, Bridge: p.Chassis.Bridge,
	}}}
	for _, b := range p.Chassis.LockableButtons {
		c.lockable |= b
	}
	return c
}

// condition reports whether one of the conditions is there.
func (c *chassis) condition(any Condition) bool { return c.conditions&any != 0 }

// disabled reports whether a button has no effect. A locked front panel disables power off and reset.
func (c *chassis) disabled(b profiles.Button) bool {
	locked := c.condition(ConditionLockout) && b&(profiles.ButtonPower|profiles.ButtonReset) != 0
	return locked || c.stored.Disabled&b != 0
}

// lockedOut is the front panel lockout of Get Chassis Status: power off and reset do not work.
func (c *chassis) lockedOut() bool {
	return c.disabled(profiles.ButtonPower) && c.disabled(profiles.ButtonReset)
}

// identifyFor switches the indicator on for a time, for good, or off with 0. It starts the time anew.
// [IPMI 2.0 §28.5]
func (m *Machine) identifyFor(d time.Duration) {
	c := &m.chassis
	c.alarm.stop()
	switch {
	case d == 0:
		c.identified = identifyOff
	case d == identifyForever:
		c.identified = identifyOn
	default:
		c.identified = identifyTimed
		m.setAlarm(&c.alarm, d, func() { c.identified = identifyOff })
	}
}

// Identifying reports whether the indicator is on.
func (m *Machine) Identifying() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.chassis.identified != identifyOff
}

// SetCondition makes something go wrong with the chassis, or well again. Faults of the power subsystem take the host's
// power away when they come; they do not bring it back when they go.
func (m *Machine) SetCondition(c Condition, on bool) {
	defer m.lockAll()()
	if !m.closed {
		m.setCondition(c, on)
	}
}

// setCondition is SetCondition under the locks.
func (m *Machine) setCondition(c Condition, on bool) {
	if c&ConditionIntrusion != 0 {
		m.showOneState(sdr.PhysicalSecurity, 0, on)
	}
	if !on {
		m.chassis.conditions &^= c
		return
	}
	m.chassis.conditions |= c
	for _, cause := range []struct {
		condition Condition
		event     powerEvent
	}{{ConditionPowerFault, eventFault}, {ConditionInterlock, eventInterlock}, {ConditionOverload, eventOverload}} {
		if c&cause.condition != 0 {
			m.dropPower(cause.event)
		}
	}
}
