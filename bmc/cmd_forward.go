package bmc

import (
	"encoding/binary"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// forwardCommands are the rows of [IPMI 2.0 §35b].
var forwardCommands = []Command{
	{Op: ipmb.ForwardedCommand, Name: "Forwarded Command", Section: "35b.4", Priv: privUser, Reach: BMCGenerated, Sent: true},
	{Op: ipmb.SetForwardedCommands, Name: "Set Forwarded Commands", Section: "35b.2", Priv: privAdmin, Len: between(3, 19), Do: setForwardedCommands},
	{Op: ipmb.GetForwardedCommands, Name: "Get Forwarded Commands", Section: "35b.1", Priv: privUser, Len: exactly(3), Do: getForwardedCommands},
	{Op: ipmb.EnableForwardedCommands, Name: "Enable Forwarded Commands", Section: "35b.3", Priv: privAdmin, Len: between(1, 5), Do: enableForwardedCommands},
}

// Operations of Set and Get Forwarded Commands. The first two have a mask, of commands 00h to 7Fh and 80h to FFh.
// [IPMI 2.0 §35b.1, §35b.2]
const (
	forwardMaskLow  = 0
	forwardMaskHigh = 1
	forwardDisable  = 2
	forwardEnable   = 3
)

// forwardSource finds the source channel and the commands that a request's first three bytes name.
func (m *Machine) forwardSource(r *Request) (operation uint8, key forwardKey, err error) {
	number, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil || !isForwardSource(c) {
		return 0, key, ipmb.InvalidField
	}
	operation = r.Data[1] >> 6
	return operation, forwardKey{channel: number, netFn: ipmb.NetFn(r.Data[1] & 0x3f), lun: ipmb.LUN(r.Data[2] & 3), half: operation}, nil
}

// getForwardedCommands says which commands of a source channel are forwarded. [IPMI 2.0 §35b.1]
func getForwardedCommands(m *Machine, r *Request) ([]byte, error) {
	operation, key, err := m.forwardSource(r)
	switch {
	case err != nil:
		return nil, err
	case operation > forwardMaskHigh, key.netFn.IsResponse():
		return nil, ipmb.InvalidField
	}
	mask := m.forwarding.masks[key]
	return append(r.Buf, mask[:]...), nil
}

// setForwardedCommands chooses the commands of a source channel that are forwarded, or switches the channel.
// [IPMI 2.0 §35b.2]
func setForwardedCommands(m *Machine, r *Request) ([]byte, error) {
	operation, key, err := m.forwardSource(r)
	if err != nil {
		return nil, err
	}
	f := &m.forwarding
	switch mask := r.Data[3:]; {
	case operation > forwardMaskHigh:
		f.off[key.channel] = operation == forwardDisable
	case len(mask) != len(commandMask{}):
		return nil, ipmb.LengthInvalid
	case key.netFn.IsResponse():
		return nil, ipmb.InvalidField // only requests are
	case commandMask(mask) == commandMask{}:
		delete(f.masks, key)
	default:
		f.masks[key] = commandMask(mask)
	}
	return nil, nil
}

// Operations and statuses of Enable Forwarded Commands. [IPMI 2.0 §35b.3]
const (
	forwardingGet     = 0
	forwardingTarget  = 1
	forwardingEnable  = 2
	forwardingDisable = 3

	forwardingIsEnabled  = 2
	forwardingIsDisabled = 3
)

// enableForwardedCommands sets the target controller, and switches forwarding on and off. [IPMI 2.0 §35b.3]
func enableForwardedCommands(m *Machine, r *Request) ([]byte, error) {
	f := &m.forwarding
	switch r.Data[0] & 3 {
	case forwardingTarget:
		if err := m.setForwardTarget(r.Data[1:]); err != nil {
			return nil, err
		}
	case forwardingEnable:
		if f.target.Addr == 0 {
			return nil, ipmb.NotSupportedInState // there is no target yet
		}
		f.enabled = true
	case forwardingDisable:
		f.enabled = false
	}
	status := byte(forwardingIsDisabled)
	if f.enabled {
		status = forwardingIsEnabled
	}
	sources, targets := m.forwardChannels()
	b := append(r.Buf, status, f.target.Channel, byte(f.target.LUN), byte(f.target.Addr), byte(f.timeout/forwardTimeUnit))
	return binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, sources), targets), nil
}

// setForwardTarget takes the bytes behind the operation. Who waits for the old target is told nothing more.
func (m *Machine) setForwardTarget(b []byte) error {
	if len(b) != 4 {
		return ipmb.LengthInvalid
	}
	number, address, timeout := b[0]&channelNumberMask, b[2]&^1, b[3]
	c := m.channels.byNumber[number]
	switch {
	case c == nil, !isForwardTarget(c), address == 0:
		return ipmb.InvalidField
	case timeout < leastForwardTime:
		return ipmb.ParameterOutOfRange
	}
	f := &m.forwarding
	f.drop(0)
	f.target = ipmb.Target{Channel: number, LUN: ipmb.LUN(b[1] & 3), Addr: ipmb.Addr(address)}
	f.timeout = time.Duration(timeout) * forwardTimeUnit
	return nil
}

// forwardChannels has a bit for each channel that can be a source, and a target.
func (m *Machine) forwardChannels() (sources, targets uint16) {
	for number, c := range m.channels.byNumber {
		switch {
		case c == nil:
			continue
		case isForwardSource(c):
			sources |= 1 << number
		}
		if isForwardTarget(c) {
			targets |= 1 << number
		}
	}
	return sources, targets
}
