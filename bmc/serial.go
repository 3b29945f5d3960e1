package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// serialChannel is what a serial/modem channel has beside what all channels have: its configuration, the two
// multiplexers at the serial connector, and the calls that it makes. No modem is at the line. [IPMI 2.0 §14, §25]
type serialChannel struct {
	spec     *profiles.Serial
	stored   serialStored
	terminal [2]byte // terminal mode configuration in force [IPMI 2.0 §25.2, parameter 29]
	mux      serialMux
	routing  serialRouting
	proxy    []byte // transmit buffer of the PPP UDP proxy; nil: none
	call     serialCall
}

// serialStored is what the controller keeps in non-volatile storage.
type serialStored struct {
	Parameters parameters
	Terminal   [2]byte
}

func newSerialChannel(number uint8, spec *profiles.Serial) (*serialChannel, error) {
	p, err := newSerialParameters(number, spec)
	if err != nil {
		return nil, err
	}
	s := &serialChannel{spec: spec, stored: serialStored{Parameters: p, Terminal: terminalDefault}}
	s.restart()
	return s, nil
}

// restart is the start of the controller: what is volatile has its default. [IPMI 2.0 §25.3, §25.13]
func (s *serialChannel) restart() {
	s.terminal = s.stored.Terminal
	s.mux = serialMux{toBMC: true}
	s.routing = routingBMC
	s.call.alarm.stop()
	s.call = serialCall{alarm: s.call.alarm}
	s.proxy = nil
	if s.spec.UDPProxy > 0 {
		s.proxy = make([]byte, s.spec.UDPProxy)
	}
}

// isSerial reports whether a channel's medium is asynchronous serial/modem. [IPMI 2.0 §6.5]
func (c *channel) isSerial() bool { return c.serial != nil }

// serials visits the serial channels.
func (cs *channels) serials(visit func(*channel)) {
	for _, c := range cs.byNumber {
		if c != nil && c.isSerial() {
			visit(c)
		}
	}
}

// value is an entry of a parameter behind the selectors.
func (s *serialChannel) value(number, set uint8) []byte {
	return s.stored.Parameters.entry(number, set)
}

// serialCall is a call that the controller makes for a callback. Nobody answers, so that it is tried as often as the
// destination's configuration says, and given up. Alerts keep count of their calls themselves. [IPMI 2.0 §14.6]
type serialCall struct {
	retries uint8
	alarm   alarm // runs while a retry waits
}

// callRetries are the retries of a destination and the time between them. [IPMI 2.0 §25.2, parameters 17 and 18]
func (s *serialChannel) callRetries(destination uint8) (retries uint8, interval time.Duration) {
	retries = s.value(serialDestination, destination)[2] & callRetryMask
	if s.stored.Parameters.row(serialCallRetry) != nil {
		interval = time.Duration(s.value(serialCallRetry, 0)[0]) * time.Second
	}
	return retries, interval
}

// startCallback calls a destination back.
func (m *Machine) startCallback(c *channel, destination uint8) {
	call := &c.serial.call
	retries, interval := c.serial.callRetries(destination)
	call.retries = retries
	m.callBack(c, interval)
}

// callBack is one try.
func (m *Machine) callBack(c *channel, interval time.Duration) {
	call := &c.serial.call
	m.log.Info().Uint8("channel", c.spec.Number).Uint8("retries", call.retries).Msg("callback: nobody answers, there is no modem")
	if call.retries == 0 {
		return
	}
	call.retries--
	m.setAlarm(&call.alarm, interval, func() { m.callBack(c, interval) })
}

// calling reports whether a callback is being tried.
func (s *serialChannel) calling() bool { return s.call.alarm.running() }

// alerting reports whether an alert is in progress on a channel. [IPMI 2.0 §25.3]
func (m *Machine) alerting(c *channel) bool {
	return m.alerts.current != nil && m.alerts.current.channel == c.spec.Number
}

// startPage sends an alert over a serial channel, or begins to. No modem is there, so that every call fails; what is
// left is when. [IPMI 2.0 §14.10-14.13, §30.7]
func (m *Machine) startPage(c *channel, destination uint8, pet PET, immediate bool) alertStatus {
	s := c.serial
	if !s.stored.Parameters.hasEntry(serialDestination, destination) || !m.mayAlert(c) {
		return alertNoCall
	}
	kind := s.value(serialDestination, destination)[0] & serialDestinationMask
	if kind > destinationPPPAlert {
		return alertNoCall // no alert's destination, or an OEM type
	}
	retries, interval := s.callRetries(destination)
	m.log.Info().Uint8("channel", c.spec.Number).Uint8("destination", destination).Msg("alert: nobody answers, there is no modem")
	if retries == 0 {
		return alertNoCall
	}
	m.alerts.current = &attempt{pet: pet, call: true, retries: retries, interval: interval, immediate: immediate, channel: c.spec.Number}
	m.setAlarm(&m.alerts.alarm, interval, m.alertTimeout)
	return alertInProgress
}

// mayAlert reports whether alerts can take the line: not while Serial over LAN has it and does not let them, nor when the
// line is the host's for good. [IPMI 2.0 Table 14-2, §24.1]
func (m *Machine) mayAlert(c *channel) bool {
	if m.solHolds(c) {
		return m.payloads.alertBehavior() == solAlertsSucceed
	}
	return c.serial.sharing() || m.modeInForce(c) != profiles.AccessDisabled
}

// waitsForSOL reports whether an alert of a policy has to wait until Serial over LAN gives the line back.
// [IPMI 2.0 §24.1]
func (m *Machine) waitsForSOL(e *policyEntry) bool {
	c := m.channels.byNumber[e.channel()]
	return c != nil && m.solHolds(c) && m.payloads.alertBehavior() == solAlertsDeferred
}

// userCallback are a user's callback options on a channel: capabilities, CBCP negotiation options and three callback
// destinations, FFh for none. [IPMI 2.0 §25.11]
type userCallback [5]byte

var noCallback = userCallback{2: 0xff, 3: 0xff, 4: 0xff}

const callbackIPMI = 1 << 0 // callback by the Callback command is enabled, in the user's and in the channel's options

// mayCallBack reports whether who asks may start a callback: the channel's option is above the user's, and the User
// level is the one that may not. [IPMI 2.0 §14.6, §25.2 parameter 5, §25.11, App. G note 7]
func (m *Machine) mayCallBack(r *Request, c *channel) error {
	p := &c.serial.stored.Parameters
	switch {
	case r.Privilege() == ipmb.PrivilegeUser:
		return ipmb.InsufficientPrivilege
	case p.row(serialCallback) == nil || p.entry(serialCallback, 0)[0]&callbackIPMI == 0:
		return ipmb.NotSupportedInState
	case r.Session == nil:
		return nil
	}
	if u := m.users.byID(r.Session.UserID()); u == nil || u.access[c.spec.Number].callback[0]&callbackIPMI == 0 {
		return ipmb.InsufficientPrivilege
	}
	return nil
}
