package bmc

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
)

// firewallCommands are the rows of [IPMI 2.0 §21].
var firewallCommands = []Command{
	{Op: ipmb.GetNetFnSupport, Name: "Get NetFn Support", Section: "21.2", Priv: privUser, Len: exactly(1), Do: getNetFnSupport},
	{Op: ipmb.GetCommandSupport, Name: "Get Command Support", Section: "21.3", Priv: privUser, Len: between(3, 6), Do: getCommandSupport},
	{Op: ipmb.GetCommandSubFunctionSupport, Name: "Get Command Sub-function Support", Section: "21.4", Priv: privUser, Len: between(4, 7), Do: getSubFunctionSupport},
	{Op: ipmb.GetConfigurableCommands, Name: "Get Configurable Commands", Section: "21.5", Priv: privUser, Len: between(3, 6), Do: getConfigurableCommands},
	{Op: ipmb.GetConfigurableCommandSubFunctions, Name: "Get Configurable Command Sub-functions", Section: "21.6", Priv: privUser, Len: between(4, 7), Do: getConfigurableSubFunctions},
	{Op: ipmb.SetCommandEnables, Name: "Set Command Enables", Section: "21.7", Priv: privAdmin, Len: between(19, 22), Do: setCommandEnables},
	{Op: ipmb.GetCommandEnables, Name: "Get Command Enables", Section: "21.8", Priv: privUser, Len: between(3, 6), Do: getCommandEnables},
	{Op: ipmb.SetCommandSubFunctionEnables, Name: "Set Command Sub-function Enables", Section: "21.9", Priv: privAdmin, Len: between(8, 15), Do: setSubFunctionEnables},
	{Op: ipmb.GetCommandSubFunctionEnables, Name: "Get Command Sub-function Enables", Section: "21.10", Priv: privUser, Len: between(4, 7), Do: getSubFunctionEnables},
	{Op: ipmb.GetOEMNetFnIANASupport, Name: "Get OEM NetFn IANA Support", Section: "21.11", Priv: privUser, Len: exactly(3), Do: getOEMNetFnIANASupport},
}

// ccNotConfigurable says that a request would change a command or sub-function that is not there or cannot be
// configured. [IPMI 2.0 §21.7, §21.9]
const ccNotConfigurable ipmb.CompletionCode = 0x80

// LUN support, two bits for each LUN. [IPMI 2.0 §21.2]
const (
	lunFollowsSpecification = 1
	lunRestricted           = 2
)

// lunSupport is the byte for a channel: all commands are on LUN 00b.
func (f *firewall) lunSupport(channel uint8) byte {
	if f.restricted(channel) {
		return lunRestricted
	}
	return lunFollowsSpecification
}

// firewallChannel finds the channel that a request's first byte names.
func (m *Machine) firewallChannel(r *Request) (*channel, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil {
		return nil, ipmb.InvalidField
	}
	return c, nil
}

// extension reads the group extension body or the enterprise number behind a request's fixed bytes into op. A NetFn
// without one must have nothing there. [IPMI 2.0 §21.3]
func extension(op ipmb.Op, rest []byte) (ipmb.Op, error) {
	if len(rest) != op.ExtensionLen() {
		return op, ipmb.LengthInvalid
	}
	op, _, _ = ipmb.OpOf(op.NetFn, op.Cmd, rest)
	return op, nil
}

const netFnMask = 0x3f

// commandGroup reads channel, half and NetFn, LUN and, from rest on, the extension. [IPMI 2.0 §21.3]
func (m *Machine) commandGroup(r *Request, rest []byte) (*channel, group, error) {
	c, err := m.firewallChannel(r)
	if err != nil {
		return nil, group{}, err
	}
	half := r.Data[1] >> 6
	if half > 1 {
		return nil, group{}, ipmb.InvalidField
	}
	op, err := extension(ipmb.Op{NetFn: ipmb.NetFn(r.Data[1] & netFnMask).Request()}, rest)
	return c, group{op: op, half: half, lun: ipmb.LUN(r.Data[2] & 3)}, err
}

// oneCommand reads channel, NetFn, LUN, command and the extension, and finds the command. [IPMI 2.0 §21.4]
func (m *Machine) oneCommand(r *Request, rest []byte) (*channel, *Command, error) {
	c, err := m.firewallChannel(r)
	if err != nil {
		return nil, nil, err
	}
	op, err := extension(ipmb.Op{NetFn: ipmb.NetFn(r.Data[1] & netFnMask).Request(), Cmd: r.Data[3]}, rest)
	if err != nil {
		return nil, nil, err
	}
	cmd := m.table.Lookup(op)
	if cmd == nil || !cmd.available(c) || ipmb.LUN(r.Data[2]&3) != ipmb.LUNBMC {
		return nil, nil, ipmb.InvalidField
	}
	return c, cmd, nil
}

// getNetFnSupport says which network functions have commands on a channel. [IPMI 2.0 §21.2]
func getNetFnSupport(m *Machine, r *Request) ([]byte, error) {
	c, err := m.firewallChannel(r)
	if err != nil {
		return nil, err
	}
	var used uint32 // a bit for each pair
	for i := range m.table.rows {
		if row := &m.table.rows[i]; row.available(c) {
			used |= 1 << (row.Op.NetFn / 2)
		}
	}
	b := append(r.Buf, m.firewall.lunSupport(c.spec.Number))
	b = binary.LittleEndian.AppendUint32(b, used)
	return append(b, make([]byte, 12)...), nil // LUNs 1 to 3
}

// getCommandSupport says which commands a channel has; a bit that is set means that there is none. A command that is
// switched off is not there. [IPMI 2.0 §21.3]
func getCommandSupport(m *Machine, r *Request) ([]byte, error) {
	c, g, err := m.commandGroup(r, r.Data[3:])
	if err != nil {
		return nil, err
	}
	mask := m.firewall.mask(g, func(cmd *Command) bool {
		return cmd.available(c) && m.firewall.enabled(c.spec.Number, cmd)
	})
	for i := range mask {
		mask[i] = ^mask[i]
	}
	return append(r.Buf, mask[:]...), nil
}

// Specification that a command follows: IPMI 2.0 revision 1.1, no errata number of its own; for group extensions the
// defining body's byte is 0. [IPMI 2.0 §21.4, bytes 2:4]
var followedSpecification = [3]byte{0x00, 0x20, 0x11}

// getSubFunctionSupport says which sub-functions of a command are not there, because they are switched off.
// [IPMI 2.0 §21.4]
func getSubFunctionSupport(m *Machine, r *Request) ([]byte, error) {
	c, cmd, err := m.oneCommand(r, r.Data[4:])
	if err != nil {
		return nil, err
	}
	b := append(r.Buf, followedSpecification[:]...)
	return binary.LittleEndian.AppendUint32(b, cmd.Sub.Known&^m.firewall.enabledSubs(c, cmd)), nil
}

// getConfigurableCommands says which commands can be switched on and off. [IPMI 2.0 §21.5]
func getConfigurableCommands(m *Machine, r *Request) ([]byte, error) {
	c, g, err := m.commandGroup(r, r.Data[3:])
	if err != nil {
		return nil, err
	}
	mask := m.firewall.mask(g, func(cmd *Command) bool { return cmd.configurable(c) })
	return append(r.Buf, mask[:]...), nil
}

// getConfigurableSubFunctions says which sub-functions can be switched on and off: all that are there.
// [IPMI 2.0 §21.6]
func getConfigurableSubFunctions(m *Machine, r *Request) ([]byte, error) {
	_, cmd, err := m.oneCommand(r, r.Data[4:])
	if err != nil {
		return nil, err
	}
	return binary.LittleEndian.AppendUint32(r.Buf, cmd.Sub.Known), nil
}

// setCommandEnables switches the commands of a group on and off. [IPMI 2.0 §21.7]
func setCommandEnables(m *Machine, r *Request) ([]byte, error) {
	c, g, err := m.commandGroup(r, r.Data[19:])
	if err != nil {
		return nil, err
	}
	if !m.firewall.enable(c, g, commandMask(r.Data[3:19])) {
		return nil, ccNotConfigurable
	}
	return nil, nil
}

// getCommandEnables says which commands are on. [IPMI 2.0 §21.8]
func getCommandEnables(m *Machine, r *Request) ([]byte, error) {
	c, g, err := m.commandGroup(r, r.Data[3:])
	if err != nil {
		return nil, err
	}
	mask := m.firewall.mask(g, func(cmd *Command) bool {
		return cmd.available(c) && m.firewall.enabled(c.spec.Number, cmd)
	})
	return append(r.Buf, mask[:]...), nil
}

// setSubFunctionEnables switches sub-functions of a command on and off. The second four bytes, for sub-functions from 32
// on, of which there are none, may be there and must be zero. [IPMI 2.0 §21.9]
func setSubFunctionEnables(m *Machine, r *Request) ([]byte, error) {
	n := ipmb.Op{NetFn: ipmb.NetFn(r.Data[1] & netFnMask).Request()}.ExtensionLen()
	if len(r.Data) != 4+n+4 && len(r.Data) != 4+n+8 {
		return nil, ipmb.LengthInvalid
	}
	c, cmd, err := m.oneCommand(r, r.Data[4:4+n])
	if err != nil {
		return nil, err
	}
	masks := r.Data[4+n:]
	if len(masks) == 8 && binary.LittleEndian.Uint32(masks[4:]) != 0 ||
		!m.firewall.enableSubs(c, cmd, binary.LittleEndian.Uint32(masks)) {
		return nil, ccNotConfigurable
	}
	return nil, nil
}

// getSubFunctionEnables says which sub-functions of a command are on. A command without any has nothing to tell.
// [IPMI 2.0 §21.10]
func getSubFunctionEnables(m *Machine, r *Request) ([]byte, error) {
	c, cmd, err := m.oneCommand(r, r.Data[4:])
	if err != nil {
		return nil, err
	}
	if cmd.Sub.Known == 0 {
		return nil, ccNotConfigurable
	}
	return binary.LittleEndian.AppendUint32(r.Buf, m.firewall.enabledSubs(c, cmd)), nil
}

const lastIANA = 1 << 7

// getOEMNetFnIANASupport lists who defined the commands of NetFn 2Ch or 2Eh. [IPMI 2.0 §21.11]
func getOEMNetFnIANASupport(m *Machine, r *Request) ([]byte, error) {
	c, err := m.firewallChannel(r)
	if err != nil {
		return nil, err
	}
	netFn, index := ipmb.NetFn(r.Data[1]&netFnMask).Request(), int(r.Data[2]&0x3f)
	if netFn != ipmb.NetFnGroup && netFn != ipmb.NetFnOEMGroup {
		return nil, ipmb.InvalidField
	}
	var list []ipmb.Op // in the table's order, so that equal ones are neighbours
	for i := range m.table.rows {
		row := &m.table.rows[i]
		op := row.Op
		op.Cmd = 0
		if op.NetFn == netFn && row.available(c) && (len(list) == 0 || list[len(list)-1] != op) {
			list = append(list, op)
		}
	}
	if index >= len(list) {
		return nil, ipmb.ParameterOutOfRange
	}
	var last byte
	if index == len(list)-1 {
		last = lastIANA
	}
	return list[index].AppendExtension(append(r.Buf, last, m.firewall.lunSupport(c.spec.Number))), nil
}
