package bmc

import (
	"bytes"
	"io"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// serialConnector is the controller's end of the serial connector, when the multiplexer gives it the line: Basic Mode,
// and the escape sequences that switch. Of IPMI messaging it has what needs no session: single-session logins are not
// there. [IPMI 2.0 §14.2.4, §14.3, §14.4]
type serialConnector struct {
	plug     *serialPort // nil: nothing is plugged in, DCD is absent
	reader   basicReader
	tail     []byte // the latest characters, for the escape sequences
	sequence uint8  // of requests
	ping     alarm  // until the next Serial/Modem Connection Active message
	leaving  alarm  // until the multiplexer switches to the system
	tries    int    // of the message that says so
}

// ServeConnector plugs a stream into the serial connector of the first serial channel, and carries characters until the
// stream ends, as ServeSerial does for the host's end. Who has the line is the multiplexers' business: the host, the
// controller, or nobody while Serial over LAN has it. [IPMI 2.0 §14.2.3, §15.2]
func (m *Machine) ServeConnector(stream io.ReadWriteCloser) error {
	p := newSerialPort(&m.line, stream)
	p.deliver, p.taken = m.fromConnector, m.line.drained
	return m.servePort(p, func() error {
		switch {
		case m.connectorChannel() == nil:
			return ErrNoConnector
		case m.connector.plug != nil:
			return ErrSerialBusy
		}
		m.connector = serialConnector{plug: p, ping: m.connector.ping, leaving: m.connector.leaving}
		m.followConnector()
		return nil
	}, m.unplugConnector)
}

// unplugConnector is the loss of DCD. [IPMI 2.0 §25.2, parameter 8, data 1, bit 0]
func (m *Machine) unplugConnector() {
	m.connector.plug = nil
	if c := m.connectorChannel(); m.switches(c, switchOnDCDLoss) && c.serial.value(serialConnectionMode, 0)[0]&directConnect != 0 {
		c.serial.mux.toBMC = true
	}
	m.followConnector()
}

// connectorChannel is the serial channel whose connector it is, or nil.
func (m *Machine) connectorChannel() (first *channel) {
	m.channels.serials(func(c *channel) {
		if first == nil {
			first = c
		}
	})
	return first
}

// Bits of mux switch control, data 1 and data 2. [IPMI 2.0 §25.2, parameter 8]
const (
	switchOnDCDLoss  = 1 << 0
	switchToBMC      = 1 << 1 // on <ESC>(
	switchToSystem   = 1 << 2 // on <ESC>Q
	switchOnBasic    = 1 << 4 // on Get Channel Authentication Capabilities
	resetOnSequence  = 1 << 5 // on <ESC>R<ESC>r<ESC>R
	wakeOnSequence   = 1 << 6 // on <ESC>^
	pingOnDirectCall = 1 << 1
	pingAcknowledged = 1 << 0

	directConnect = 1 << 7 // parameter 3
)

// switches reports whether a way to switch is enabled, and possible in the access mode. [IPMI 2.0 Table 14-2]
func (m *Machine) switches(c *channel, trigger uint8) bool {
	return c.serial.sharing() && m.modeInForce(c) != profiles.AccessDisabled && c.serial.value(serialMuxControl, 0)[0]&trigger != 0
}

// connectorPlace is where the serial connector leads.
type connectorPlace uint8

const (
	toNobody connectorPlace = iota
	toHost
	toController
)

// connectorLeads says who is behind the connector now. [IPMI 2.0 Table 15-1, §25.13]
func (m *Machine) connectorLeads(c *channel) connectorPlace {
	switch {
	case m.solHolds(c), c.serial.routing == routingSystemToAddIn, c.serial.routing == routingConnectorToAddIn:
		return toNobody
	case c.serial.routing == routingConnectorToSystem || !m.connectorAtBMC(c):
		return toHost
	}
	return toController
}

// fromConnector takes what comes in at the connector, one character after the other, because each may switch the line.
func (m *Machine) fromConnector(b []byte) int {
	c := m.connectorChannel()
	for i, char := range b {
		at := m.connectorLeads(c)
		if at == toHost && m.power.state.On() && m.line.receive([]byte{char}) == 0 {
			return i
		}
		if message, ok := m.connector.reader.read(char); ok && m.basicMode(c) {
			m.basicMessage(c, at, message)
		}
		m.snoop(c, at, char)
	}
	return len(b)
}

// toConnector sends what the host sends, if the connector is the host's and somebody is there; else it is lost.
func (m *Machine) toConnector(b []byte) int {
	c := m.connectorChannel()
	if c == nil || m.connector.plug == nil || m.connectorLeads(c) != toHost {
		return len(b)
	}
	n := m.connector.plug.receive(b)
	if m.line.spec.IgnoreCTS {
		return len(b)
	}
	return n
}

// tell sends characters of the controller's own to the connector. A far end that does not read loses them.
func (m *Machine) tell(b []byte) {
	if m.connector.plug != nil {
		m.connector.plug.receive(b)
	}
}

// Escape sequences of Microsoft's headless operation, and the answer to the first ones. [IPMI 2.0 Table 14-1, §15.12]
var (
	escToBMC    = []byte("\x1b(")
	escToSystem = []byte("\x1bQ")
	escReset    = []byte("\x1bR\x1br\x1bR")
	escWake     = []byte("\x1b^")
	escDone     = []byte("\x1b*")
)

// snoop watches for the escape sequences.
func (m *Machine) snoop(c *channel, at connectorPlace, char byte) {
	t := &m.connector.tail
	if *t = append(*t, char); len(*t) > len(escReset) {
		*t = append((*t)[:0], (*t)[1:]...)
	}
	mux := &c.serial.mux
	switch {
	case at == toHost && bytes.HasSuffix(*t, escToBMC) && m.switches(c, switchToBMC):
		mux.toBMC = true
		m.tell(escDone)
	case at == toController && bytes.HasSuffix(*t, escToSystem) && m.switches(c, switchToSystem):
		mux.toBMC = false
		m.tell(escDone)
	case bytes.HasSuffix(*t, escReset) && m.switches(c, resetOnSequence):
		_ = m.applyPower(HardReset, powerSource{cause: causeOEM}) // the host may be off
	case bytes.HasSuffix(*t, escWake) && m.switches(c, wakeOnSequence):
		_ = m.applyPower(PowerUp, powerSource{cause: causeOEM})
		m.tell(escDone)
	default:
		return
	}
	*t = (*t)[:0]
	m.followConnector()
}

// basicMode reports whether Basic Mode is enabled.
func (m *Machine) basicMode(c *channel) bool {
	return c.serial.stored.Parameters.row(serialConnectionMode) != nil &&
		c.serial.value(serialConnectionMode, 0)[0]&uint8(profiles.SerialBasic) != 0
}

// basicMessage takes a message in Basic Mode. While the connector is the host's, it is watched for the one that asks for
// the controller. [IPMI 2.0 §14.2.4, §14.4]
func (m *Machine) basicMessage(c *channel, at connectorPlace, message []byte) {
	request, ok := basicRequest(message)
	if !ok || m.gone() {
		return
	}
	op, _, _ := ipmb.OpOf(request.NetFn, request.Cmd, request.Data)
	switch {
	case at == toHost && op == ipmb.GetChannelAuthenticationCapabilities && m.switches(c, switchOnBasic):
		c.serial.mux.toBMC = true
		m.followConnector()
	case at != toController:
		return
	}
	m.tell([]byte{basicHandshake})
	answer := request.Response()
	if op == ipmb.SerialModemConnectionActive { // the far end acknowledges the switch [IPMI 2.0 §14.3.2]
		answer.Data = []byte{byte(ipmb.OK)}
		defer m.leaveConnector(c)
	} else {
		data := bytes.Clone(request.Data)
		request.Data = data
		r := m.begin(&request, c.spec.Number)
		r.outside = true
		out, answers := m.dispatch(r, nil)
		if !answers {
			return
		}
		answer.Data = out
		if r.hold > 0 {
			m.later(r.hold, func() { m.tell(appendBasic(nil, answer.AppendTo(nil))) })
			return
		}
	}
	m.tell(appendBasic(nil, answer.AppendTo(nil)))
}

// Session states of Serial/Modem Connection Active, and the times of the message. [IPMI 2.0 §14.3.2, §25.9]
const (
	pingNoSession = 0
	pingLeaving   = 2

	pingInterval  = 2 * time.Second
	leavingRetry  = 20 * time.Millisecond
	leavingTries  = 4 // the message and three retries
	leavingPeriod = 3 * time.Second
)

// pings reports whether Serial/Modem Connection Active messages are sent. [IPMI 2.0 §14.3]
func (m *Machine) pings(c *channel) bool {
	return !m.gone() && m.connector.plug != nil && m.basicMode(c) && c.serial.stored.Parameters.row(serialMuxControl) != nil &&
		c.serial.value(serialMuxControl, 0)[1]&pingOnDirectCall != 0
}

// request sends a request of the controller's own to the far end. Nobody waits for the response.
func (m *Machine) connectorRequest(op ipmb.Op, data ...byte) {
	k := &m.connector
	k.sequence = (k.sequence + 1) & 0x3f
	message := ipmb.Message{To: ipmb.AddrRemoteConsole, NetFn: op.NetFn, From: ipmb.AddrBMC, Seq: k.sequence, Cmd: op.Cmd, Data: data}
	m.tell(appendBasic(nil, message.AppendTo(nil)))
}

func (m *Machine) sendPing(state byte) {
	m.connectorRequest(ipmb.SerialModemConnectionActive, state, byte(m.profile.Device.IPMIVersion))
}

// followConnector starts and ends the messages with which the controller says that it has the line. [IPMI 2.0 §14.3]
func (m *Machine) followConnector() {
	k, c := &m.connector, m.connectorChannel()
	if c == nil {
		return
	}
	has := m.connectorLeads(c) == toController && m.pings(c)
	switch {
	case !has:
		k.ping.stop()
	case !k.ping.running():
		m.pingAgain()
	}
}

func (m *Machine) pingAgain() {
	m.sendPing(pingNoSession)
	m.setAlarm(&m.connector.ping, pingInterval, func() {
		if c := m.connectorChannel(); m.connectorLeads(c) == toController && m.pings(c) {
			m.pingAgain()
		}
	})
}

// leave switches the multiplexer to the system. The far end is told before, and may have to acknowledge: then it has
// three retries and three seconds. [IPMI 2.0 §14.3.1, §14.3.2]
func (m *Machine) leave(c *channel) {
	k := &m.connector
	told := c == m.connectorChannel() && m.connectorLeads(c) == toController && m.pings(c)
	if !told {
		c.serial.mux.toBMC = false
		return
	}
	if c.serial.value(serialMuxControl, 0)[1]&pingAcknowledged == 0 {
		m.sendPing(pingLeaving)
		c.serial.mux.toBMC = false
		m.followConnector()
		return
	}
	if !k.leaving.running() {
		k.tries = 0
		m.leaveAgain(c)
	}
}

func (m *Machine) leaveAgain(c *channel) {
	k := &m.connector
	if k.tries == leavingTries {
		m.setAlarm(&k.leaving, leavingPeriod, func() { m.leaveNow(c) })
		return
	}
	k.tries++
	m.sendPing(pingLeaving)
	m.setAlarm(&k.leaving, leavingRetry, func() { m.leaveAgain(c) })
}

// leaveConnector is the far end's acknowledge: if the controller is leaving, it leaves.
func (m *Machine) leaveConnector(c *channel) {
	if m.connector.leaving.running() {
		m.leaveNow(c)
	}
}

func (m *Machine) leaveNow(c *channel) {
	m.connector.leaving.stop()
	c.serial.mux.toBMC = false
	m.followConnector()
}

// solActivates tells who is at the connector that Serial over LAN takes the line away. [IPMI 2.0 §26.1]
func (m *Machine) solActivates(instance int) {
	const activating, major, minor = 0, 1, 0
	if c := m.connectorChannel(); c != nil && c.serial.spec.Sharing.SOL && c.serial.sharing() && m.basicMode(c) {
		m.connectorRequest(ipmb.SOLActivating, activating, byte(instance), major, minor)
	}
}
