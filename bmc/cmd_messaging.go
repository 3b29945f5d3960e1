package bmc

import (
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// messagingCommands are the rows of [IPMI 2.0 §22.1-22.11, §22.14].
var messagingCommands = []Command{
	{Op: ipmb.SetBMCGlobalEnables, Name: "Set BMC Global Enables", Section: "22.1", Priv: privUser, Reach: SystemInterfaceOnly, Len: exactly(1), Sub: globalEnablesSubs, Do: setBMCGlobalEnables},
	{Op: ipmb.GetBMCGlobalEnables, Name: "Get BMC Global Enables", Section: "22.2", Priv: privUser, Len: none(), Do: getBMCGlobalEnables},
	{Op: ipmb.ClearMessageFlags, Name: "Clear Message Flags", Section: "22.3", Priv: privUser, Reach: SystemInterfaceOnly, Len: exactly(1), Sub: clearFlagsSubs, Do: clearMessageFlags},
	{Op: ipmb.GetMessageFlags, Name: "Get Message Flags", Section: "22.4", Priv: privUser, Reach: SystemInterfaceOnly, Len: none(), Do: getMessageFlags},
	{Op: ipmb.EnableMessageChannelReceive, Name: "Enable Message Channel Receive", Section: "22.5", Priv: privUser, Reach: SystemInterfaceOnly, Len: exactly(2), Sub: channelReceiveSubs, Do: enableMessageChannelReceive},
	{Op: ipmb.GetMessage, Name: "Get Message", Section: "22.6", Priv: privUser, Reach: SystemInterfaceOnly, Len: none(), Do: getMessage},
	{Op: ipmb.SendMessage, Name: "Send Message", Section: "22.7", Priv: privUser, Len: atLeast(1), Sub: sendMessageSubs, Do: sendMessage},
	{Op: ipmb.ReadEventMessageBuffer, Name: "Read Event Message Buffer", Section: "22.8", Priv: privUser, Reach: SystemInterfaceOnly, Len: none(), Do: readEventMessageBuffer},
	{Op: ipmb.GetBTInterfaceCapabilities, Name: "Get BT Interface Capabilities", Section: "22.10", Priv: privUser, Len: none(), Do: getBTInterfaceCapabilities},
	{Op: ipmb.GetSystemGUID, Name: "Get System GUID", Section: "22.14", Priv: privCallback, Reach: Sessionless, Len: none(), Do: getSystemGUID},
	{Op: ipmb.MasterWriteRead, Name: "Master Write-Read", Section: "22.11", Priv: privOperator, Len: atLeast(3), Sub: masterWriteReadSubs, Do: masterWriteRead},
	{Op: ipmb.GetSystemInterfaceCapabilities, Name: "Get System Interface Capabilities", Section: "22.9", Priv: privUser, Len: exactly(1), Do: getSystemInterfaceCapabilities},
	{Op: ipmb.SetSystemInfoParameters, Name: "Set System Info Parameters", Section: "22.14a", Priv: privAdmin, Len: atLeast(2), Keeps: keepsSystemInfo, Do: setSystemInfoParameters},
	{Op: ipmb.GetSystemInfoParameters, Name: "Get System Info Parameters", Section: "22.14b", Priv: privUser, Len: exactly(4), Do: getSystemInfoParameters},
}

// ccNothingWaits is Get Message's and Read Event Message Buffer's completion code for an empty queue or buffer.
// [IPMI 2.0 §22.6, §22.8]
const ccNothingWaits ipmb.CompletionCode = 0x80

// setBMCGlobalEnables switches event logging, the event message buffer and the interrupts. [IPMI 2.0 §22.1]
func setBMCGlobalEnables(m *Machine, r *Request) ([]byte, error) {
	return nil, m.messaging.setEnables(globalEnables(r.Data[0]))
}

// getBMCGlobalEnables reads them back. [IPMI 2.0 §22.2]
func getBMCGlobalEnables(m *Machine, r *Request) ([]byte, error) {
	return append(r.Buf, uint8(m.messaging.enables)), nil
}

// clearMessageFlags drops what waits. [IPMI 2.0 §22.3]
func clearMessageFlags(m *Machine, r *Request) ([]byte, error) {
	m.messaging.clear(messageFlags(r.Data[0]))
	return nil, nil
}

// getMessageFlags says what waits. [IPMI 2.0 §22.4]
func getMessageFlags(m *Machine, r *Request) ([]byte, error) {
	return append(r.Buf, uint8(m.messaging.flags())), nil
}

// Channel states of Enable Message Channel Receive. [IPMI 2.0 §22.5]
const (
	receiveOff = iota
	receiveOn
	receiveGet
	receiveStateMask = 3
)

// enableMessageChannelReceive lets messages of a channel into the receive message queue, or not. [IPMI 2.0 §22.5]
func enableMessageChannelReceive(m *Machine, r *Request) ([]byte, error) {
	number, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil {
		return nil, ipmb.InvalidField
	}
	switch r.Data[1] & receiveStateMask {
	case receiveOff:
		c.receive = false
	case receiveOn:
		c.receive = true
	case receiveGet:
	default:
		return nil, ipmb.InvalidField
	}
	state := byte(receiveOff)
	if c.receive {
		state = receiveOn
	}
	return append(r.Buf, number, state), nil
}

// getMessage hands the oldest message of the queue to system software. [IPMI 2.0 §22.6]
func getMessage(m *Machine, r *Request) ([]byte, error) {
	q, ok := m.messaging.take()
	if !ok {
		return nil, ccNothingWaits
	}
	return append(append(r.Buf, byte(q.Privilege)<<4|q.Channel), q.Data...), nil
}

// Bits of Send Message's first byte. [IPMI 2.0 §22.7]
const (
	sendTrackingShift = 6
	sendTrack         = 1 // 0: no tracking
	sendRaw           = 2 // for tests of buses; 3: reserved
	sendEncrypted     = 1 << 5
	sendAuthenticated = 1 << 4
)

// sendMessage bridges a message to another channel. [IPMI 2.0 §22.7]
func sendMessage(m *Machine, r *Request) ([]byte, error) {
	b := r.Data[0]
	tracking := b >> sendTrackingShift
	if tracking > sendRaw || tracking == sendRaw && !m.profile.BridgeRaw {
		return nil, ipmb.InvalidField
	}
	return m.sendMessage(r, sendMode{
		channel: b & channelNumberMask, track: tracking == sendTrack, raw: tracking == sendRaw,
		encrypted: b&sendEncrypted != 0, authenticated: b&sendAuthenticated != 0,
	}, r.Data[1:])
}

// readEventMessageBuffer hands the event of the buffer to system software. [IPMI 2.0 §22.8]
func readEventMessageBuffer(m *Machine, r *Request) ([]byte, error) {
	record, ok := m.messaging.takeEvent()
	if !ok {
		return nil, ccNothingWaits
	}
	return append(r.Buf, record[:]...), nil
}

// getBTInterfaceCapabilities has the sizes and times of a BT interface; with another interface the table has no such
// command. [IPMI 2.0 §22.10]
func getBTInterfaceCapabilities(m *Machine, r *Request) ([]byte, error) {
	s := &m.profile.SystemInterface
	seconds := (s.BT.Timeout.Std() + time.Second - 1) / time.Second
	return append(r.Buf, s.BT.Outstanding, s.MaxIn, s.MaxOut, byte(seconds), s.BT.Retries), nil
}

// Fields of Get System Interface Capabilities for SSIF. [IPMI 2.0 §22.9]
const (
	ssifTransactionShift = 6
	ssifPEC              = 1 << 3
)

// getSystemInterfaceCapabilities has the sizes of an SSIF, KCS or SMIC interface. A kind of interface that the machine
// does not have is an error; the specification does not say which. [IPMI 2.0 §22.9]
func getSystemInterfaceCapabilities(m *Machine, r *Request) ([]byte, error) {
	s := &m.profile.SystemInterface
	kind := profiles.InterfaceType(r.Data[0] & 0x0f)
	if kind != s.Type || kind == profiles.InterfaceBT {
		return nil, ipmb.InvalidField
	}
	b := append(r.Buf, 0)
	if kind != profiles.InterfaceSSIF {
		return append(b, 0, s.MaxIn), nil // version 1
	}
	transactions := s.SSIF.Transactions << ssifTransactionShift
	if s.SSIF.PEC {
		transactions |= ssifPEC
	}
	return append(b, transactions, s.MaxIn, s.MaxOut), nil
}

// getSystemGUID is the GUID of the system, the same as in RAKP message 2. [IPMI 2.0 §22.14]
func getSystemGUID(m *Machine, r *Request) ([]byte, error) {
	return append(r.Buf, m.profile.System.GUID[:]...), nil
}

// Fields of Master Write-Read's bus byte. [IPMI 2.0 §22.11]
const (
	busPrivate      = 1 << 0
	busIDMask       = 7 << 1
	busChannelShift = 4
)

// masterWriteRead writes to and reads from a device: on a private bus of the controller, or on the public bus of a
// channel, whose bus ID is 0. [IPMI 2.0 §22.11]
func masterWriteRead(m *Machine, r *Request) ([]byte, error) {
	id := i2c.PrivateBus(r.Data[0] & busIDMask >> 1)
	if r.Data[0]&busPrivate == 0 {
		number, c := m.channels.resolve(r.Data[0]>>busChannelShift, r.Channel)
		if c == nil || !c.isBus() || r.Data[0]&busIDMask != 0 {
			return nil, ipmb.InvalidField
		}
		id = i2c.PublicBus(number)
	}
	read := slices.Grow(r.Buf, int(r.Data[2]))[:r.Data[2]]
	n, err := m.hardware.transfer(id, r.Data[1]>>1, r.Data[3:], read)
	return read[:n], err
}

// setSystemInfoParameters writes one parameter, or one block of it. [IPMI 2.0 §22.14a]
func setSystemInfoParameters(m *Machine, r *Request) ([]byte, error) {
	return nil, m.info.set(m, r.Data[0], r.Data[1:])
}

// getSystemInfoParameters reads one parameter, or one block of it. [IPMI 2.0 §22.14b]
func getSystemInfoParameters(m *Machine, r *Request) ([]byte, error) {
	return m.info.getParameters(m, nil, r)
}

// GetSystemInfo is the standard command, for vendors who replace it and do not know a parameter. [IPMI 2.0 §22.14b]
func GetSystemInfo(m *Machine, r *Request) ([]byte, error) { return getSystemInfoParameters(m, r) }

// SetSystemInfo is the standard command, for vendors who replace it and do not know a parameter. [IPMI 2.0 §22.14a]
func SetSystemInfo(m *Machine, r *Request) ([]byte, error) { return setSystemInfoParameters(m, r) }
