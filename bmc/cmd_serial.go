package bmc

import (
	"bytes"
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
)

// serialCommands are the rows of [IPMI 2.0 §25].
var serialCommands = []Command{
	{Op: ipmb.SetSerialModemConfiguration, Name: "Set Serial/Modem Configuration", Section: "25.1", Priv: privAdmin, Len: atLeast(3), Sub: serialParameterSubs, Keeps: keepsSerial | keepsChannels | keepsLockouts, Do: setSerialParameters},
	{Op: ipmb.GetSerialModemConfiguration, Name: "Get Serial/Modem Configuration", Section: "25.2", Priv: privOperator, Len: exactly(4), Do: getSerialParameters},
	{Op: ipmb.SetSerialModemMux, Name: "Set Serial/Modem Mux", Section: "25.3", Priv: privOperator, Len: exactly(2), Sub: serialMuxSubs, Do: setSerialModemMux},
	{Op: ipmb.GetTAPResponseCodes, Name: "Get TAP Response Codes", Section: "25.4", Priv: privUser, Len: exactly(1), Do: getTAPResponseCodes},
	{Op: ipmb.SetPPPUDPProxyTransmitData, Name: "Set PPP UDP Proxy Transmit Data", Section: "25.5", Priv: privUser, Reach: SystemInterfaceOnly, Len: between(3, 2+proxyBlock), Sub: firstByteChannelSubs, Do: setPPPUDPProxyTransmitData},
	{Op: ipmb.GetPPPUDPProxyTransmitData, Name: "Get PPP UDP Proxy Transmit Data", Section: "25.6", Priv: privUser, Reach: SystemInterfaceOnly, Len: exactly(2), Do: getPPPUDPProxyTransmitData},
	{Op: ipmb.SendPPPUDPProxyPacket, Name: "Send PPP UDP Proxy Packet", Section: "25.7", Priv: privUser, Reach: SystemInterfaceOnly, Len: exactly(15), Sub: firstByteChannelSubs, Do: sendPPPUDPProxyPacket},
	{Op: ipmb.GetPPPUDPProxyReceiveData, Name: "Get PPP UDP Proxy Receive Data", Section: "25.8", Priv: privUser, Reach: SystemInterfaceOnly, Len: exactly(2), Do: getPPPUDPProxyReceiveData},
	{Op: ipmb.SerialModemConnectionActive, Name: "Serial/Modem Connection Active", Section: "25.9", Priv: privUser, Reach: BMCGenerated, Sent: true},
	{Op: ipmb.Callback, Name: "Callback", Section: "25.10", Priv: privCallback, Len: exactly(2), Sub: firstByteChannelSubs, Do: callback},
	{Op: ipmb.SetUserCallbackOptions, Name: "Set User Callback Options", Section: "25.11", Priv: privAdmin, Len: exactly(7), Sub: callbackOptionSubs, Keeps: keepsUsers, Do: setUserCallbackOptions},
	{Op: ipmb.GetUserCallbackOptions, Name: "Get User Callback Options", Section: "25.12", Priv: privUser, Len: exactly(2), Do: getUserCallbackOptions},
	{Op: ipmb.SetSerialRoutingMux, Name: "Set Serial Routing Mux", Section: "25.13", Priv: privAdmin, Len: exactly(3), Do: setSerialRoutingMux},
}

// serialChannel finds the serial channel that a request's channel byte names.
func (m *Machine) serialChannel(r *Request, number byte) (*channel, error) {
	_, c := m.channels.resolve(number&channelNumberMask, r.Channel)
	if c == nil || !c.isSerial() {
		return nil, ipmb.InvalidField
	}
	return c, nil
}

// setSerialParameters writes one parameter. [IPMI 2.0 §25.1]
func setSerialParameters(m *Machine, r *Request) ([]byte, error) {
	c, err := m.serialChannel(r, r.Data[0])
	if err != nil {
		return nil, err
	}
	err = c.serial.stored.Parameters.write(m, c, r.Data[1], r.Data[2:])
	m.followConnector()
	return nil, err
}

// getSerialParameters reads one parameter. [IPMI 2.0 §25.2]
func getSerialParameters(m *Machine, r *Request) ([]byte, error) {
	c, err := m.serialChannel(r, r.Data[0])
	if err != nil {
		return nil, err
	}
	return c.serial.stored.Parameters.getParameters(m, c, r)
}

// setSerialModemMux switches the serial connector between the host and the controller. [IPMI 2.0 §25.3]
func setSerialModemMux(m *Machine, r *Request) ([]byte, error) {
	c, err := m.serialChannel(r, r.Data[0])
	if err != nil {
		return nil, err
	}
	if err := m.switchMux(c, r.Data[1]&0x0f); err != nil {
		return nil, err
	}
	return append(r.Buf, m.muxStatus(c)), nil
}

// getTAPResponseCodes has the codes of the last TAP page. No page got as far as a service that answers, so that they are
// what they are at the start of each. [IPMI 2.0 §25.4]
func getTAPResponseCodes(m *Machine, r *Request) ([]byte, error) {
	c, err := m.serialChannel(r, r.Data[0])
	switch {
	case err != nil:
		return nil, err
	case c.serial.spec.TAPAccounts == 0:
		return nil, ipmb.InvalidField // no TAP paging here
	}
	const codes, characters = 5, 3
	return append(r.Buf, bytes.Repeat([]byte{'0'}, codes*characters)...), nil
}

// proxyBlock is a block of the PPP UDP proxy's buffers. [IPMI 2.0 §25.5]
const proxyBlock = 16

// Completion codes of the PPP UDP proxy. [IPMI 2.0 §25.7, §25.8]
const (
	ccPPPLinkDown  ipmb.CompletionCode = 0x80
	ccNoPacketData ipmb.CompletionCode = 0x80
)

// proxyChannel finds the serial channel of a PPP UDP proxy command. Serial over LAN takes the line away from it.
// [IPMI 2.0 §15.13]
func (m *Machine) proxyChannel(r *Request) (*channel, error) {
	c, err := m.serialChannel(r, r.Data[0])
	switch {
	case err != nil:
		return nil, err
	case c.serial.proxy == nil:
		return nil, ipmb.InvalidField
	case m.solHolds(c):
		return nil, ipmb.NotSupportedInState
	}
	return c, nil
}

// proxyData is the part of the transmit buffer that a block has, whose number counts from 1.
func (s *serialChannel) proxyData(block byte) ([]byte, error) {
	from := (int(block) - 1) * proxyBlock
	if from < 0 || from >= len(s.proxy) {
		return nil, ipmb.ParameterOutOfRange
	}
	return s.proxy[from:min(from+proxyBlock, len(s.proxy))], nil
}

// setPPPUDPProxyTransmitData writes into the transmit buffer. [IPMI 2.0 §25.5]
func setPPPUDPProxyTransmitData(m *Machine, r *Request) ([]byte, error) {
	c, err := m.proxyChannel(r)
	if err != nil {
		return nil, err
	}
	block, err := c.serial.proxyData(r.Data[1])
	if err != nil {
		return nil, err
	}
	if data := r.Data[2:]; copy(block, data) < len(data) {
		return nil, ipmb.FieldLengthExceeded // the last block is shorter
	}
	return nil, nil
}

// getPPPUDPProxyTransmitData reads a block of the transmit buffer, always 16 bytes. [IPMI 2.0 §25.6]
func getPPPUDPProxyTransmitData(m *Machine, r *Request) ([]byte, error) {
	c, err := m.proxyChannel(r)
	if err != nil {
		return nil, err
	}
	block, err := c.serial.proxyData(r.Data[1])
	if err != nil {
		return nil, err
	}
	return append(append(r.Buf, block...), make([]byte, proxyBlock-len(block))...), nil
}

// sendPPPUDPProxyPacket would send the transmit buffer over the PPP link, which is never up without a modem.
// [IPMI 2.0 §25.7]
func sendPPPUDPProxyPacket(m *Machine, r *Request) ([]byte, error) {
	c, err := m.proxyChannel(r)
	if err != nil {
		return nil, err
	}
	if n := int(binary.LittleEndian.Uint16(r.Data[13:])); n < 1 || n > len(c.serial.proxy) {
		return nil, ipmb.ParameterOutOfRange
	}
	return nil, ccPPPLinkDown
}

// getPPPUDPProxyReceiveData reads the receive buffer, in which nothing ever arrives without a PPP link.
// [IPMI 2.0 §25.8]
func getPPPUDPProxyReceiveData(m *Machine, r *Request) ([]byte, error) {
	const blockMask, length = 0x7f, 0
	if _, err := m.proxyChannel(r); err != nil {
		return nil, err
	}
	if r.Data[1]&blockMask != length {
		return nil, ccNoPacketData
	}
	return append(r.Buf, 0, 0), nil
}

// Completion codes of Callback. [IPMI 2.0 §25.10]
const (
	ccCallbackAlert   ipmb.CompletionCode = 0x81 // an alert is in progress on the channel
	ccCallbackSession ipmb.CompletionCode = 0x82 // a session is active on the channel
)

// callback makes the controller call a destination, which must be one for callbacks. It does not wait for the outcome.
// [IPMI 2.0 §25.10]
func callback(m *Machine, r *Request) ([]byte, error) {
	c, err := m.serialChannel(r, r.Data[0])
	if err != nil {
		return nil, err
	}
	destination, s := r.Data[1]&serialDestinationMask, c.serial
	if err := m.mayCallBack(r, c); err != nil {
		return nil, err
	}
	switch {
	case m.solHolds(c):
		return nil, ipmb.NotSupportedInState // [IPMI 2.0 §15.13]
	case !s.stored.Parameters.hasEntry(serialDestination, destination):
		return nil, ipmb.ParameterOutOfRange
	case m.alerting(c):
		return nil, ccCallbackAlert
	case m.sessions.ActiveOn(c.spec.Number) > 0:
		return nil, ccCallbackSession
	case s.calling():
		return nil, ipmb.NodeBusy
	}
	switch s.value(serialDestination, destination)[0] & serialDestinationMask {
	case destinationBasicCallback, destinationPPPCallback:
		m.startCallback(c, destination)
		return nil, nil
	}
	return nil, ipmb.InvalidField
}

// callbackUser finds a user's callback options on a serial channel. User 1, who has no name, has none.
func (m *Machine) callbackUser(r *Request, id, channel byte) (*userCallback, error) {
	if _, err := m.serialChannel(r, channel); err != nil {
		return nil, err
	}
	_, a, err := m.userOn(r, channel, id)
	if err != nil {
		return nil, err
	}
	if id&userIDMask == 1 {
		return nil, ipmb.InvalidField // reserved
	}
	return &a.callback, nil
}

// setUserCallbackOptions says how a user may be called back. [IPMI 2.0 §25.11]
func setUserCallbackOptions(m *Machine, r *Request) ([]byte, error) {
	options, err := m.callbackUser(r, r.Data[0], r.Data[1])
	if err != nil {
		return nil, err
	}
	*options = userCallback(r.Data[2:])
	options[0], options[1] = options[0]&0x03, options[1]&0x0f
	return nil, nil
}

// getUserCallbackOptions reads it back. [IPMI 2.0 §25.12]
func getUserCallbackOptions(m *Machine, r *Request) ([]byte, error) {
	options, err := m.callbackUser(r, r.Data[0], r.Data[1])
	if err != nil {
		return nil, err
	}
	return append(r.Buf, options[:]...), nil
}

// setSerialRoutingMux routes the serial lines between the connector, the host and an add-in card. [IPMI 2.0 §25.13]
func setSerialRoutingMux(m *Machine, r *Request) ([]byte, error) {
	c, err := m.serialChannel(r, r.Data[0])
	if err != nil {
		return nil, err
	}
	if !c.serial.stored.Parameters.hasEntry(serialPorts, r.Data[1]) {
		return nil, ipmb.ParameterOutOfRange
	}
	switch routing := serialRouting(r.Data[2] & 0x0f); {
	case routing > routingConnectorToAddIn:
		return nil, ipmb.InvalidField
	case routing != 0:
		m.setRouting(c, routing)
	}
	return append(r.Buf, byte(c.serial.routing)), nil
}
