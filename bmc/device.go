package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// deviceState is the controller's own state. [IPMI 2.0 §20]
type deviceState struct {
	back          alarm // ends a reset
	acpi          acpi
	manufacturing bool // manufacturing test mode, left by Cold Reset [IPMI 2.0 §20.5]
	down          bool // has no power, or is in a cold reset: it sees nothing, and no event is one
}

func newDeviceState(p *profiles.Profile) deviceState {
	d := deviceState{acpi: acpi{system: p.System.ACPI.System, device: p.System.ACPI.Device}}
	if p.Power.StartOff {
		d.acpi.follow(false)
	}
	return d
}

func (d *deviceState) stop() { d.back.stop() }

// resetController ends all sessions and forgets all messages in transit, and lets the controller be away for a time; back
// runs when it is back. The request in progress is still answered. The caller holds both locks. [IPMI 2.0 §20.2, §20.3]
func (m *Machine) resetController(away time.Duration, back func()) {
	if m.owner == nil {
		m.sessions.EndAll(rmcp.EndChange)
	}
	m.messaging.disconnect()
	m.events.received = nil // retry tracking [IPMI 2.0 §20.3]
	m.log.Info().Dur("away", away).Msg("controller resets")
	if away <= 0 {
		back()
		m.happens(fault.Back)
		return
	}
	m.away.Store(true)
	m.setAlarm(&m.device.back, away, func() {
		m.away.Store(false)
		m.log.Info().Msg("controller is back")
		back()
		m.happens(fault.Back)
	})
}

// coldReset starts the controller anew. What is non-volatile stays, and the host runs on. [IPMI 2.0 §20.2]
func (m *Machine) coldReset() {
	m.endUpdate()
	if m.owner != nil {
		m.restartSatellite()
		m.resetController(m.profile.Device.ColdReset.Std(), func() {})
		m.happens(fault.ColdReset)
		return
	}
	m.controllerRestarts()
	m.resetController(m.profile.Device.ColdReset.Std(), m.controllerStarts)
	m.happens(fault.ColdReset)
}

// warmReset cleans up communication and leaves settings as they are. [IPMI 2.0 §20.3]
func (m *Machine) warmReset() {
	m.resetController(m.profile.Device.WarmReset.Std(), func() {})
	m.happens(fault.WarmReset)
}

// lacking lists the commands, by CommandID, that a machine does not have because its profile has nothing for them.
func lacking(p *profiles.Profile) []string {
	var off []string
	if p.Device.GUID == nil {
		off = append(off, "get-device-guid")
	}
	if !p.Device.EventBuffer {
		off = append(off, "read-event-message-buffer")
	}
	if p.SystemInterface.Type != profiles.InterfaceBT {
		off = append(off, "get-bt-interface-capabilities") // [IPMI 2.0 §22.10]
	}
	return append(off, lackingDCMI(p)...)
}

// System power states that Set ACPI Power State takes beside 00h to 0Ah. [IPMI 2.0 §20.6, Table 20-7]
const (
	acpiLegacyOff = 0x21
	acpiUnknown   = 0x2a
	acpiNoChange  = 0x7f
	acpiLastState = 0x0a // G3, sleeping, override
	acpiLastD     = 0x03
)

// set is Set ACPI Power State: states of which nil stays as it is. [IPMI 2.0 §20.6]
func (a *acpi) set(system, device *uint8) error {
	if system != nil {
		switch s := *system; {
		case s <= acpiLastState, s == acpiLegacyOn, s == acpiLegacyOff, s == acpiUnknown, s == acpiNoChange:
		default:
			return ipmb.InvalidField
		}
	}
	if device != nil && *device > acpiLastD && *device != acpiUnknown && *device != acpiNoChange {
		return ipmb.InvalidField
	}
	if system != nil && *system != acpiNoChange {
		a.system = *system
	}
	if device != nil && *device != acpiNoChange {
		a.device = *device
	}
	return nil
}
