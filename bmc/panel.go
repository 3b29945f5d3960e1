package bmc

import (
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// SetPower carries out a power action as the machine's front panel or web page would. The error is a completion code
// when the action makes no sense in the present state, as in Chassis Control.
func (m *Machine) SetPower(a PowerAction) error {
	defer m.lockAll()()
	switch {
	case m.closed:
		return ErrClosed
	case !m.power.mains:
		return ErrNoMains
	}
	return m.applyPower(a, powerSource{cause: causeOEM})
}

// PowerState is where the host's power is now.
func (m *Machine) PowerState() PowerState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.power.state
}

// Button is a button of the front panel.
type Button uint8

// Buttons.
const (
	ButtonPower     Button = iota // off: power up; on: ask the operating system to shut down
	ButtonPowerHold               // the power button for four seconds: hard power down
	ButtonReset
	ButtonNMI
	ButtonIdentify     // switches the indication on for good, or off
	ButtonIdentifyHold // the identify button for more than three seconds: some vendors give it a meaning
)

// String names the button.
func (b Button) String() string {
	if b > ButtonIdentifyHold {
		return fmt.Sprintf("button %d", uint8(b))
	}
	return [...]string{"power", "power-hold", "reset", "nmi", "identify", "identify-hold"}[b]
}

// PressButton presses a button of the front panel. The error says why nothing happens: the mains are off, the button is
// disabled (D4h) or without effect in the present state (D5h). [IPMI 2.0 §28.6]
func (m *Machine) PressButton(b Button) error {
	defer m.lockAll()()
	p := &m.power
	switch {
	case m.closed:
		return ErrClosed
	case !p.mains:
		return ErrNoMains
	}
	m.log.Info().Stringer("button", b).Msg("button pressed")
	m.showButton(b)
	for _, part := range m.parts {
		part.Pressed(b)
	}
	switch b {
	case ButtonPower:
		if p.state == PowerOff || p.state == PowerCycling {
			return m.applyPower(PowerUp, powerSource{cause: causePowerButton})
		}
		return m.press(profiles.ButtonPower, SoftShutdown, causeUnknown)
	case ButtonPowerHold:
		return m.press(profiles.ButtonPower, PowerDown, causeUnknown)
	case ButtonReset:
		return m.press(profiles.ButtonReset, HardReset, causeResetButton)
	case ButtonNMI:
		return m.press(profiles.ButtonDiagnostic, DiagnosticInterrupt, causeUnknown)
	case ButtonIdentify:
		if m.chassis.identified == identifyOff {
			m.identifyFor(identifyForever)
		} else {
			m.identifyFor(0)
		}
		return nil
	case ButtonIdentifyHold:
		return nil
	}
	return fmt.Errorf("there is no %v", b)
}

// press does what a button is for, unless it is disabled.
func (m *Machine) press(b profiles.Button, a PowerAction, cause restartCause) error {
	if m.chassis.disabled(b) {
		return ipmb.InsufficientPrivilege
	}
	if a == PowerDown || a == HardReset {
		m.deactivateAllSOL() // [IPMI 2.0 §15.9, note 2]
	}
	return m.applyPower(a, powerSource{cause: cause})
}
