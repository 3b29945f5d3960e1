package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/bmc/fault"
)

// The lists of this file say what else changes when the host or the controller restarts. They are literal, so that one
// place answers the question "what does a system reset do".

// hostStops is what a system reset and a loss of the host's power have in common.
func (m *Machine) hostStops() {
	m.channels.resetVolatile() // [IPMI 2.0 §22.22]
	m.watchdog.hostStopped()   // [IPMI 2.0 §27.2, §27.6]
	m.boot.hostStopped()       // [IPMI 2.0 §28.13, parameter 0]
	m.pefHostStopped()         // [IPMI 2.0 §30.2, §30.4 parameter 0]
	m.messaging.hostStops()    // [IPMI 2.0 §22.1, §22.4]
	m.serialHostStops()        // [IPMI 2.0 §25.3]
	m.info.hostStops()         // [IPMI 2.0 §22.14a]
	for _, part := range m.parts {
		part.HostStops()
	}
}

// hostStarts is what a system reset and a power up have in common.
func (m *Machine) hostStarts(by powerSource) {
	m.power.started = by
	m.boot.hostStarted(by.cause) // [IPMI 2.0 §28.12]
	if by.cause == causeChassisControl {
		m.chassisControlled()
	}
	m.runInitAgent()     // [IPMI 2.0 §33.6]
	m.serialHostStarts() // [IPMI 2.0 §25.2, §25.3]
	m.startPOST()
	m.line.started()
	m.pefHostStarted(by.cause) // [IPMI 2.0 §17.4]
	m.log.Info().Uint8("cause", uint8(by.cause)).Msg("host starts")
}

// powerGood is what follows the main supply's power good signal.
func (m *Machine) powerGood(on bool) {
	p := &m.power
	if on {
		p.onSince = time.Now()
	} else {
		p.stored.PowerOn, p.onSince = p.poweredFor(), time.Time{}
	}
	m.changed(keepsPower)
	m.device.acpi.follow(on)
	m.showACPI()
	m.hostRail(on)
	m.line.power(on) // [IPMI 2.0 §15.9]
	m.samplePower()
	for _, part := range m.parts {
		part.HostPower(on)
	}
	if on {
		m.happens(fault.PowerOn)
	} else {
		m.happens(fault.PowerOff)
	}
	m.log.Info().Bool("on", on).Msg("host power")
}

// controllerRestarts is what a cold reset of the controller and a loss of its standby power have in common. The host
// goes on in a cold reset. [IPMI 2.0 §20.2]
func (m *Machine) controllerRestarts() {
	m.channels.resetVolatile()
	m.watchdog.reset()
	m.boot.reset()
	m.device.manufacturing = false // [IPMI 2.0 §20.5]
	m.messaging.restart()          // [IPMI 2.0 §22.1]
	m.channels.restart()           // [IPMI 2.0 §22.5]
	m.forwarding.restart()
	m.connector.leaving.stop()
	m.identifyFor(0) // [IPMI 2.0 §28.5]
	m.sel.Reset()    // [IPMI 2.0 §31.4.2]
	m.pefStops()     // [IPMI 2.0 §17.4.1]
	m.events = newEvents()
	m.restartSensors()
	m.sdrs.repository.Reset() // [IPMI 2.0 §33.11.2]
	m.sdrs.device.Reset()
	m.dcmi.stop()
	for _, part := range m.parts {
		part.Stop()
	}
	m.device.down = true
}

// controllerStarts is what the controller does when it is back from a reset or has its power again.
func (m *Machine) controllerStarts() {
	m.device.down = false
	m.restartSensors() // which look for the first time
	m.dcmi.restart(m)
	m.followConnector() // [IPMI 2.0 §14.3]
	m.pefStarts()       // [IPMI 2.0 §17.4.1]
}

// restoreDefaults brings settings back to the profile's, as vendors' commands for it do. The restart of the controller
// that follows is the caller's. Logs, records and inventories stay.
func (m *Machine) restoreDefaults() error {
	users, err := newUsers(m.profile)
	if err != nil {
		return err
	}
	channels, err := newChannels(m.profile)
	if err != nil {
		return err
	}
	pef, err := newPEF(m.profile)
	if err != nil {
		return err
	}
	m.channels.stopLeases()
	m.users, m.channels, m.badPasswords = users, channels, badPasswords{}
	m.channels.startLeases()
	m.pef.stored.Parameters = pef.stored.Parameters
	m.firewall = newFirewall(m.table, m.channels)
	m.changed(allParts)
	for _, part := range m.parts {
		part.Defaults()
	}
	return nil
}
