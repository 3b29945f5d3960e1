package bmc

import (
	"errors"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// PowerAction is what can be done with the host's power. [IPMI 2.0 §28.3]
type PowerAction = profiles.PowerAction

// Power actions.
const (
	PowerDown           = profiles.PowerDown
	PowerUp             = profiles.PowerUp
	PowerCycle          = profiles.PowerCycle
	HardReset           = profiles.HardReset
	DiagnosticInterrupt = profiles.DiagnosticInterrupt
	SoftShutdown        = profiles.SoftShutdown
)

// PowerState is where the host's power is.
type PowerState uint8

// Power states.
const (
	PowerOff          PowerState = iota
	PowerTurningOn               // asked to be on; the supply has no power good yet
	PowerOn                      //
	PowerShuttingDown            // on, and the operating system is shutting down
	PowerTurningOff              // on, and the supply was told to go off
	PowerCycling                 // off for the power cycle interval
)

// On reports whether the main supply says power good, which is what Get Chassis Status calls on.
func (s PowerState) On() bool {
	return s == PowerOn || s == PowerShuttingDown || s == PowerTurningOff
}

// String names the state.
func (s PowerState) String() string {
	return [...]string{"off", "turning-on", "on", "shutting-down", "turning-off", "cycling"}[s]
}

// restartCause is why the host last started. [IPMI 2.0 §28.11]
type restartCause uint8

// Restart causes.
const (
	causeUnknown         restartCause = 0x0
	causeChassisControl  restartCause = 0x1
	causeResetButton     restartCause = 0x2
	causePowerButton     restartCause = 0x3
	causeWatchdog        restartCause = 0x4
	causeOEM             restartCause = 0x5 // the API: a vendor's own means, such as its web page
	causeAlwaysRestore   restartCause = 0x6
	causeRestorePrevious restartCause = 0x7
	causePEFReset        restartCause = 0x8
	causePEFCycle        restartCause = 0x9
	causeSoftReset       restartCause = 0xa
)

// powerSource is who wants a power action.
type powerSource struct {
	cause   restartCause
	channel uint8 // of a command; 0 otherwise
}

// powerEvent has the bits of the last power event. [IPMI 2.0 §28.2, byte 3]
type powerEvent uint8

// Bits of the last power event.
const (
	eventACFailed  powerEvent = 1 << 0
	eventOverload  powerEvent = 1 << 1
	eventInterlock powerEvent = 1 << 2
	eventFault     powerEvent = 1 << 3
	eventByCommand powerEvent = 1 << 4 // the host is on because of a command
)

// leastCycle is the least time off in a power cycle, also with an interval of "no delay". [IPMI 2.0 §28.3]
const leastCycle = time.Second

// ErrNoMains is the answer to power actions while the mains are off.
var ErrNoMains = errors.New("the mains are off: return AC first")

// power is the host's power: a state, and the timer that leads to the next one.
type power struct {
	spec    *profiles.Power
	state   PowerState
	again   bool        // turning off, and on again after the interval
	source  powerSource // of the way up that is in progress
	started powerSource // of the last start: Get System Restart Cause
	event   powerEvent
	reason  powerEvent // of the way down that is in progress
	fault   bool       // the last attempt did not reach the desired state
	mains   bool
	// restoring: the mains are back, and the power restore policy has not been applied.
	restoring bool
	// commanded: a Chassis Control is behind the latest change.
	commanded bool
	onSince   time.Time // for the power-on hours; zero: off
	alarm     alarm
	stored    powerStored
}

// powerStored is what the controller keeps in non-volatile storage.
type powerStored struct {
	Policy   profiles.RestorePolicy
	Interval time.Duration // of a power cycle
	WasOn    bool          // when the mains were lost
	PowerOn  time.Duration // accumulated time with power on
}

func newPower(p *profiles.Profile) power {
	w := power{spec: &p.Power, mains: true, stored: powerStored{
		Policy: p.Power.Restore, Interval: p.Power.CycleInterval.Std(),
		PowerOn: time.Duration(p.Chassis.POH.Count) * minutesPerCount(p),
	}}
	if !p.Power.StartOff {
		w.state, w.onSince = PowerOn, time.Now()
	}
	return w
}

// minutesPerCount is the unit of the power-on hours counter.
func minutesPerCount(p *profiles.Profile) time.Duration {
	return time.Duration(max(1, p.Chassis.POH.MinutesPerCount)) * time.Minute
}

// poweredFor is the accumulated time with power on.
func (p *power) poweredFor() time.Duration {
	if p.onSince.IsZero() {
		return p.stored.PowerOn
	}
	return p.stored.PowerOn + time.Since(p.onSince)
}

// supports reports whether Chassis Control has the action.
func (p *power) supports(a PowerAction) bool { return slices.Contains(p.spec.Actions, a) }

// applyPower carries out a power action, or says that it makes no sense in the present state. [IPMI 2.0 §28.3]
func (m *Machine) applyPower(a PowerAction, by powerSource) error {
	m.log.Info().Stringer("action", a).Stringer("state", m.power.state).Uint8("cause", uint8(by.cause)).Msg("power action")
	p := &m.power
	p.commanded = by.cause == causeChassisControl
	switch a {
	case PowerDown:
		m.powerDown()
		return nil
	case PowerUp:
		return m.powerUp(by)
	case PowerCycle:
		if !p.state.On() {
			return ipmb.NotSupportedInState
		}
		p.source = by
		m.startDown(true)
		return nil
	case HardReset:
		if p.state != PowerOn && p.state != PowerShuttingDown {
			return ipmb.NotSupportedInState
		}
		m.hostReset(by)
		m.tellHost(Host.Reset)
		return nil
	case DiagnosticInterrupt:
		if !p.state.On() {
			return ipmb.NotSupportedInState
		}
		m.tellHost(Host.NMI)
		m.showDiagnosticInterrupt()
		return nil
	case SoftShutdown:
		return m.softShutdown()
	}
	return ipmb.InvalidField
}

// powerUp starts the way up. Powering up what is on or on its way is no error.
func (m *Machine) powerUp(by powerSource) error {
	p := &m.power
	switch {
	case m.chassis.condition(ConditionInterlock):
		return ipmb.NotSupportedInState // the chassis is open
	case p.state == PowerTurningOff:
		p.again, p.source = true, by
	case p.state == PowerOff:
		p.source = by
		m.startUp()
	}
	return nil
}

func (m *Machine) startUp() {
	p := &m.power
	p.state = PowerTurningOn
	m.changed(keepsPower)
	m.tellHost(Host.PowerOn)
	if m.host.host == nil {
		m.powerAlarm(p.spec.PowerUp.Std(), m.cameUp)
	}
}

// powerDown takes the power away, whatever the state.
func (m *Machine) powerDown() {
	m.changed(keepsPower)
	p := &m.power
	switch p.state {
	case PowerTurningOn:
		p.alarm.stop()
		p.state = PowerOff
		m.tellHost(Host.PowerOff)
	case PowerCycling:
		p.alarm.stop()
		p.state = PowerOff
	case PowerOn, PowerShuttingDown, PowerTurningOff:
		m.startDown(false)
	}
}

// startDown turns the supply off; again: and on after the power cycle interval.
func (m *Machine) startDown(again bool) {
	p := &m.power
	p.again = again
	if p.state == PowerTurningOff {
		return
	}
	p.state = PowerTurningOff
	m.tellHost(Host.PowerOff)
	m.powerAlarm(p.spec.PowerDown.Std(), m.wentDown)
}

// softShutdown asks the operating system to shut down. [IPMI 2.0 §28.3, action 5h]
func (m *Machine) softShutdown() error {
	p := &m.power
	switch {
	case p.state == PowerShuttingDown:
		return nil
	case p.state != PowerOn:
		return ipmb.NotSupportedInState
	case m.host.host != nil:
		p.state = PowerShuttingDown
		m.tellHost(Host.GracefulShutdown)
	case !p.spec.IgnoreShutdown:
		p.state = PowerShuttingDown
		m.powerAlarm(p.spec.Shutdown.Std(), m.wentDown)
	}
	return nil
}

// powerAlarm takes the next step in d, or now.
func (m *Machine) powerAlarm(d time.Duration, next func()) {
	if d == 0 {
		m.power.alarm.stop()
		next()
		return
	}
	m.setAlarm(&m.power.alarm, d, next)
}

// cameUp ends the way up: the supply says power good, or does not.
func (m *Machine) cameUp() {
	p := &m.power
	p.alarm.stop()
	if m.chassis.condition(conditionsDown | ConditionControlFault) {
		p.state, p.fault = PowerOff, true
		m.changed(keepsPower)
		m.log.Info().Msg("host does not power up")
		return
	}
	p.state, p.fault = PowerOn, false
	p.event &^= eventByCommand
	if p.source.cause == causeChassisControl {
		p.event |= eventByCommand
	}
	m.powerGood(true)
	m.hostStarts(p.source)
}

// wentDown ends the way down.
func (m *Machine) wentDown() {
	p := &m.power
	p.alarm.stop()
	if m.chassis.condition(ConditionControlFault) {
		p.state, p.fault, p.again = PowerOn, true, false
		m.log.Info().Msg("host does not power down")
		m.sendAlerts()
		return
	}
	p.state, p.fault = PowerOff, false
	p.event, p.reason = p.event&eventByCommand|p.reason, 0
	if p.again {
		p.again, p.state = false, PowerCycling
		m.setAlarm(&p.alarm, max(p.stored.Interval, leastCycle), m.startUp)
	}
	m.hostStops()
	m.powerGood(false)
	m.sendAlerts() // which waited for it [IPMI 2.0 Table 17-1]
}

// dropPower takes the power away at once, because of a fault. [IPMI 2.0 §28.2]
func (m *Machine) dropPower(reason powerEvent) {
	p := &m.power
	p.commanded = false
	if !p.state.On() {
		m.powerDown() // was on its way up
		return
	}
	p.again, p.reason = false, reason
	m.tellHost(Host.PowerOff)
	m.wentDown()
}

// hostReset is a reset of the host while its power stays.
func (m *Machine) hostReset(by powerSource) {
	p := &m.power
	p.alarm.stop()
	p.state, p.commanded = PowerOn, by.cause == causeChassisControl
	m.hostStops()
	m.hostStarts(by)
	m.happens(fault.HostReset)
}
