package bmc

import (
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// serialMux is the serial/modem multiplexer: whether the serial connector is the host's or the controller's, as far as
// it can be chosen. [IPMI 2.0 §14.2.4, §25.3]
type serialMux struct {
	toBMC         bool
	systemBlocked bool // requests to switch to the system
	bmcBlocked    bool // requests to switch to the controller
	accepted      bool // the last operation was
}

// muxSharing enables Serial Port Sharing. [IPMI 2.0 §25.2, parameter 8, data 2]
const muxSharing = 1 << 3

// sharing reports whether the multiplexer can be switched.
func (s *serialChannel) sharing() bool {
	return s.stored.Parameters.row(serialMuxControl) != nil && s.value(serialMuxControl, 0)[1]&muxSharing != 0
}

// solHolds reports whether Serial over LAN has the host's serial controller of a channel with Serial Port Sharing.
// [IPMI 2.0 §15.13]
func (m *Machine) solHolds(c *channel) bool {
	return c.isSerial() && c.serial.spec.Sharing.SOL && c.serial.sharing() && m.payloads.activeSOL() > 0
}

// modeInForce is a channel's access mode. While Serial over LAN has the line, the serial channel is disabled.
// [IPMI 2.0 §15.13]
func (m *Machine) modeInForce(c *channel) profiles.AccessMode {
	if m.solHolds(c) {
		return profiles.AccessDisabled
	}
	return c.volatile.Mode
}

// connectorAtBMC reports whether the serial connector is the controller's now. [IPMI 2.0 Table 14-2, Table 15-4]
func (m *Machine) connectorAtBMC(c *channel) bool {
	s := c.serial
	switch {
	case m.solHolds(c):
		return false
	case s.calling() || m.alerting(c):
		return true
	case m.modeInForce(c) == profiles.AccessDisabled:
		return false
	}
	return !s.sharing() || s.mux.toBMC
}

// Operations of Set Serial/Modem Mux. [IPMI 2.0 §25.3, byte 2]
const (
	muxGet = iota
	muxRequestSystem
	muxRequestBMC
	muxForceSystem
	muxForceBMC
	muxBlockSystem
	muxAllowSystem
	muxBlockBMC
	muxAllowBMC
)

// switchMux carries out an operation. What is rejected is no error, but told in the answer, except for some operations
// while Serial over LAN has the line. [IPMI 2.0 §25.3, Table 14-2, Table 15-4]
func (m *Machine) switchMux(c *channel, operation uint8) error {
	mux := &c.serial.mux
	held := m.solHolds(c)
	switch {
	case operation > muxAllowBMC:
		return ipmb.InvalidField
	case operation == muxGet:
		return nil
	case held && (operation == muxForceBMC || operation == muxBlockSystem || operation == muxBlockBMC):
		return ipmb.NotSupportedInState
	}
	mux.accepted = true
	switch operation {
	case muxRequestSystem, muxForceSystem:
		mux.accepted = c.serial.sharing() && (operation == muxForceSystem || !mux.systemBlocked)
		if mux.accepted && mux.toBMC {
			m.leave(c)
		}
	case muxRequestBMC, muxForceBMC:
		mux.accepted = c.serial.sharing() && m.modeInForce(c) != profiles.AccessDisabled && (operation == muxForceBMC || !mux.bmcBlocked)
		mux.toBMC = mux.toBMC || mux.accepted
	case muxBlockSystem, muxAllowSystem:
		mux.systemBlocked = operation == muxBlockSystem
	case muxBlockBMC, muxAllowBMC:
		mux.bmcBlocked = operation == muxBlockBMC
	}
	m.followConnector()
	return nil
}

// muxStatus is the answer to Set Serial/Modem Mux. [IPMI 2.0 §25.3]
func (m *Machine) muxStatus(c *channel) (status uint8) {
	mux := &c.serial.mux
	bit(&status, 7, mux.systemBlocked)
	bit(&status, 6, mux.bmcBlocked)
	bit(&status, 3, m.alerting(c))
	bit(&status, 2, m.sessions.ActiveOn(c.spec.Number) > 0)
	bit(&status, 1, mux.accepted)
	bit(&status, 0, m.connectorAtBMC(c))
	return status
}

// serialHostStops is a reset or a loss of the host's power: the controller takes the connector, and requests are allowed
// again unless a Chassis Control is the cause. [IPMI 2.0 §25.3, Table 14-2]
func (m *Machine) serialHostStops() {
	m.channels.serials(func(c *channel) {
		s := c.serial
		s.mux.toBMC = true
		s.terminal = s.stored.Terminal // [IPMI 2.0 §25.2, note 2]
		s.stored.Parameters.systemReset()
	})
	m.allowMux()
	m.followConnector()
}

// serialHostStarts is a reset of the host, or power up.
func (m *Machine) serialHostStarts() {
	m.channels.serials(func(c *channel) { c.serial.terminal = c.serial.stored.Terminal })
	m.allowMux()
}

// allowMux lifts the blocks, unless a Chassis Control is behind what happens.
func (m *Machine) allowMux() {
	if m.power.commanded {
		return
	}
	m.channels.serials(func(c *channel) { c.serial.mux.systemBlocked, c.serial.mux.bmcBlocked = false, false })
}

// Boot flags for the host's firmware. [IPMI 2.0 §28.13, parameter 5, data 4]
const (
	bootSharedMode  = 1 << 3
	bootMuxMask     = 0x07
	bootMuxToBMC    = 1
	bootMuxToSystem = 2
)

// firmwareStarts is what the host's firmware does with the multiplexer when POST starts, for its console redirection.
// [IPMI 2.0 Table 14-2]
func (m *Machine) firmwareStarts() {
	m.channels.serials(func(c *channel) {
		if mode := m.modeInForce(c); mode != profiles.AccessDisabled && !m.solHolds(c) {
			_ = m.switchMux(c, muxRequestSystem) // a remote console may have blocked it
		}
	})
}

// firmwareEnds is what it does when POST ends. The boot flags come before what the access mode recommends.
// [IPMI 2.0 Table 14-2; §28.13, parameter 5]
func (m *Machine) firmwareEnds(flags BootFlags) {
	m.channels.serials(func(c *channel) {
		named := m.boot.initiator[0] == c.spec.Number // by the boot initiator info
		if flags.Valid() && flags[3]&bootSharedMode != 0 && named && c.takesMode(profiles.AccessShared) {
			c.volatile.Mode = profiles.AccessShared
		}
		operation := uint8(muxGet)
		switch m.modeInForce(c) {
		case profiles.AccessPreBoot:
			operation = muxForceSystem
		case profiles.AccessAlways:
			operation = muxForceBMC
		}
		if flags.Valid() {
			switch flags[3] & bootMuxMask {
			case bootMuxToBMC:
				operation = muxForceBMC
			case bootMuxToSystem:
				operation = muxForceSystem
			}
		}
		_ = m.switchMux(c, operation) // Serial over LAN keeps the line
	})
}

// serialRouting is the serial routing multiplexer, which an add-in card can take over. [IPMI 2.0 §25.13]
type serialRouting uint8

// Settings of the serial routing multiplexer.
const (
	routingBMC               serialRouting = 1 + iota // under control of the BMC
	routingSystemToAddIn                              // the host's serial controller is the add-in's
	routingConnectorToSystem                          // the connector is the host's
	routingConnectorToAddIn                           // the connector is the add-in's
)

// setRouting switches the serial routing multiplexer. What takes the host's serial controller away ends Serial over LAN,
// which needs it.
func (m *Machine) setRouting(c *channel, r serialRouting) {
	c.serial.routing = r
	m.followConnector()
	if m.hostSerialAway() {
		m.deactivateAllSOL()
	}
}

// hostSerialAway reports whether an add-in card has the host's serial controller that Serial over LAN uses.
func (m *Machine) hostSerialAway() (away bool) {
	m.channels.serials(func(c *channel) {
		away = away || c.serial.spec.Sharing.SOL && c.serial.routing == routingSystemToAddIn
	})
	return away
}
