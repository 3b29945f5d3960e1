package bmc

import (
	"fmt"
	"slices"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// channels are the controller's channels by number. [IPMI 2.0 §6.3]
type channels struct {
	byNumber [16]*channel // nil: the channel does not exist
	kr       lockableKey  // one for all channels [IPMI 2.0 §22.25]
}

// keyLen is the length of KG and KR in bytes. [IPMI 2.0 §22.25]
const keyLen = 20

// lockableKey is a key that can be locked for good against reading and writing.
type lockableKey struct {
	key    [keyLen]byte
	locked bool
}

// channel is one channel: what it is, and its settings.
type channel struct {
	spec          *profiles.Channel
	volatile      access               // in force
	stored        access               // non-volatile: copied to volatile by a system reset or power-off [IPMI 2.0 §22.22]
	auth          [6]uint8             // enabled v1.5 authentication types as a bit mask, by requested privilege [IPMI 2.0 §23.2, parameter 2]
	suites        []rmcp.SuiteLimit    // enabled cipher suites with their privilege limits [IPMI 2.0 §23.2, parameter 24]
	unusedLevels  [9]byte              // parameter 24 as written, where there is no suite
	kg            [keyLen]byte         // all zero: one-key login [IPMI 2.0 §13.31]
	authSupport   uint8                // types that may be enabled [IPMI 2.0 §23.2, parameter 1]
	badPassword   profiles.BadPassword // [IPMI 2.0 §23.2, parameter 26]
	arps          arpSuspension        // [IPMI 2.0 §23.3]
	lease         alarm                // runs while DHCP is under way
	counted       lanCounters          // what the counters were when the statistics were cleared [IPMI 2.0 §23.4]
	lan           parameters           // LAN channels only [IPMI 2.0 §23.2]
	solParameters parameters           // channels that carry SOL only [IPMI 2.0 §26.3]
	sol           solPolicy            // SOL configuration [IPMI 2.0 §26.2]
	serial        *serialChannel       // serial channels only [IPMI 2.0 §25]
	receive       bool                 // Enable Message Channel Receive [IPMI 2.0 §22.5]
}

// access are a channel's access settings. [IPMI 2.0 §22.22]
type access = profiles.Access

func newChannels(p *profiles.Profile) (*channels, error) {
	cs := &channels{}
	for i := range p.Channels {
		spec := &p.Channels[i]
		if spec.Number > 15 || spec.Number >= 0xc && spec.Number <= 0xe {
			return nil, fmt.Errorf("channels: %d is no channel number (0-11 and 15 are)", spec.Number)
		}
		if cs.byNumber[spec.Number] != nil {
			return nil, fmt.Errorf("channels: number %d is there twice", spec.Number)
		}
		c := &channel{spec: spec, volatile: spec.Access, stored: spec.Access, sol: spec.SOL, badPassword: spec.BadPassword}
		for _, suite := range spec.Suites {
			algorithms, ok := rmcp.SuiteByID(suite.ID)
			if !ok {
				return nil, fmt.Errorf("channels: number %d: there is no cipher suite %d", spec.Number, suite.ID)
			}
			c.suites = append(c.suites, rmcp.SuiteLimit{Suite: algorithms, Limit: suite.Privilege})
		}
		copy(c.kg[:], spec.KG)
		for level, types := range map[ipmb.Privilege][]rmcp.AuthType{
			ipmb.PrivilegeCallback: spec.Auth.Callback, ipmb.PrivilegeUser: spec.Auth.User,
			ipmb.PrivilegeOperator: spec.Auth.Operator, ipmb.PrivilegeAdministrator: spec.Auth.Administrator,
			ipmb.PrivilegeOEM: spec.Auth.OEM,
		} {
			for _, t := range types {
				c.auth[level] |= 1 << t
				c.authSupport |= 1 << t
			}
		}
		c.restart()
		if c.isLAN() {
			var err error
			if c.lan, err = newLANParameters(&spec.LAN); err != nil {
				return nil, fmt.Errorf("channels: number %d: lan: %w", spec.Number, err)
			}
		}
		if spec.Medium == profiles.MediumSerial {
			var err error
			if c.serial, err = newSerialChannel(spec.Number, &spec.Serial); err != nil {
				return nil, fmt.Errorf("channels: number %d: serial: %w", spec.Number, err)
			}
		}
		if c.carries(rmcp.PayloadSOL) {
			var err error
			if c.solParameters, err = newSOLParameters(&spec.SOL, sharesSerial(p)); err != nil {
				return nil, fmt.Errorf("channels: number %d: sol: %w", spec.Number, err)
			}
		}
		cs.byNumber[spec.Number] = c
	}
	return cs, nil
}

// resolve turns a request's channel number into the actual one, with Eh for the channel that the request came over,
// and finds the channel. It returns nil when there is none. [IPMI 2.0 §6.3]
func (cs *channels) resolve(number, origin uint8) (uint8, *channel) {
	if number == ChannelThis {
		number = origin
	}
	if number > 15 {
		return number, nil
	}
	return number, cs.byNumber[number]
}

// hasSessions reports whether a channel carries sessions.
func (c *channel) hasSessions() bool { return c.spec.Sessions != profiles.SessionLess }

// isLAN reports whether a channel's medium is a LAN. [IPMI 2.0 §6.5]
func (c *channel) isLAN() bool {
	return c.spec.Medium == profiles.MediumLAN || c.spec.Medium == profiles.MediumOtherLAN
}

// offers reports whether an IPMI v1.5 authentication type is enabled for some level. [IPMI 2.0 §22.16]
func (c *channel) offers(t rmcp.AuthType) bool {
	for _, types := range c.auth {
		if types&(1<<t) != 0 {
			return true
		}
	}
	return false
}

// takesV15 reports whether IPMI v1.5 sessions are possible at all, or said to be.
func (c *channel) takesV15() bool {
	if len(c.spec.Versions) > 0 {
		return slices.Contains(c.spec.Versions, "1.5")
	}
	return c.auth != [len(c.auth)]uint8{}
}

// takesRMCPPlus reports whether RMCP+ sessions are possible: some cipher suite is enabled.
func (c *channel) takesRMCPPlus() bool {
	if len(c.spec.Versions) > 0 && !slices.Contains(c.spec.Versions, "2.0") {
		return false
	}
	return c.isLAN() && slices.ContainsFunc(c.suites, func(s rmcp.SuiteLimit) bool { return s.Limit.IsLevel() })
}

// takesMode reports whether Set Channel Access may choose a mode on this channel. [IPMI 2.0 §22.22]
func (c *channel) takesMode(mode profiles.AccessMode) bool {
	return slices.Contains(c.spec.Modes, mode)
}

// resetVolatile copies the non-volatile access settings into force on every channel and ends sets in progress, as a
// system reset and a transition to power-off do. [IPMI 2.0 §22.22, §23.2 parameter 0]
func (cs *channels) resetVolatile() {
	for _, c := range cs.byNumber {
		if c != nil {
			c.volatile = c.stored
			c.lan.systemReset()
			c.solParameters.systemReset()
		}
	}
}

// carries reports whether a standard payload type is offered on the channel. [IPMI 2.0 §24.8]
func (c *channel) carries(t rmcp.PayloadType) bool {
	return t < 16 && slices.Contains(c.spec.Payloads, uint8(t))
}

// oemPayload finds an OEM payload of the channel, or nil. [IPMI 2.0 §24.10]
func (c *channel) oemPayload(match func(*profiles.OEMPayload) bool) *profiles.OEMPayload {
	for i := range c.spec.OEMPayloads {
		if match(&c.spec.OEMPayloads[i]) {
			return &c.spec.OEMPayloads[i]
		}
	}
	return nil
}

// solPolicy is the SOL configuration of the first channel that carries SOL, for requests from channels that do not.
func (cs *channels) solPolicy() solPolicy {
	for _, c := range cs.byNumber {
		if c != nil && c.carries(rmcp.PayloadSOL) {
			return c.sol
		}
	}
	return solPolicy{}
}

// restart brings every channel to where it is after a restart of the controller.
func (cs *channels) restart() {
	for _, c := range cs.byNumber {
		if c != nil {
			c.restart()
		}
	}
}

// restart leaves only the system interface's own channel enabled for the receive message queue, and volatile parameters
// as they are at the start. [IPMI 2.0 §15.8, §22.5, §23.2, §25.2]
func (c *channel) restart() {
	c.receive = c.spec.Number == ChannelSystemInterface
	c.lan.restart()
	c.solParameters.restart()
	c.restoreBitRate()
	if c.isSerial() {
		c.serial.stored.Parameters.restart()
		c.serial.restart()
	}
}
