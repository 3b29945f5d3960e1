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
	{Op: ipmb.SetCommandEnables, Name: "Set Command Enables", Section: "21.7", Priv: privAdmin, Len: between(19, 22), Keeps: keepsFirewall, Do: setCommandEnables},
	{Op: ipmb.GetCommandEnables, Name: "Get Command Enables", Section: "21.8", Priv: privUser, Len: between(3, 6), Do: getCommandEnables},
	{Op: ipmb.SetCommandSubFunctionEnables, Name: "Set Command Sub-function Enables", Section: "21.9", Priv: privAdmin, Len: between(8, 15), Keeps: keepsFirewall, Do: setSubFunctionEnables},
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

// extensionOrAny is extension for requests that may leave it out, as ipmitool does: then they ask for the commands of all
// who defined some under the NetFn. [IPMI 2.0 §21.3, byte 4 in parentheses]
func extensionOrAny(g *group, rest []byte) (err error) {
	if len(rest) == 0 && g.op.ExtensionLen() > 0 {
		g.any = true
		return nil
	}
	g.op, err = extension(g.op, rest)
	return err
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
	g := group{op: ipmb.Op{NetFn: ipmb.NetFn(r.Data[1] & netFnMask).Request()}, half: half, lun: ipmb.LUN(r.Data[2] & 3)}
	return c, g, extensionOrAny(&g, rest)
}

// oneCommand reads channel, NetFn, LUN, command and the extension, and finds the command, or nil if the channel has none.
// [IPMI 2.0 §21.4]
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
		return c, nil, nil
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

// followedSpecification are type and errata, version and revision of the specification that a command follows.
// Revision 1.1 has its errata in it, so that their number is 0, which is also what ipmitool 1.8.19 copes with: it reads
// these bytes as the start of the support mask. [IPMI 2.0 §21.4, bytes 2:4]
func (m *Machine) followedSpecification(op ipmb.Op) [3]byte {
	switch {
	case op.NetFn == ipmb.NetFnGroup && op.Body == ipmb.BodyDCMI:
		return [3]byte{0x00, 0x15, 0x10}
	case op.NetFn == ipmb.NetFnGroup, op.NetFn >= ipmb.NetFnOEMGroup:
		return [3]byte{} // the vendor's
	case op.NetFn == ipmb.NetFnBridge:
		return [3]byte{0x20, 0x10, 0x13} // ICMB
	}
	version := uint8(m.profile.Device.IPMIVersion)
	return [3]byte{0x00, version<<4 | version>>4, 0x11}
}

// getSubFunctionSupport says which sub-functions of a command are not there, because they are switched off.
// [IPMI 2.0 §21.4]
func getSubFunctionSupport(m *Machine, r *Request) ([]byte, error) {
	c, cmd, err := m.oneCommand(r, r.Data[4:])
	if err != nil {
		return nil, err
	}
	if cmd == nil {
		return nil, ipmb.InvalidField
	}
	spec := m.followedSpecification(cmd.Op)
	missing := cmd.Sub.Known &^ m.firewall.enabledSubs(c, cmd)
	return binary.LittleEndian.AppendUint32(append(r.Buf, spec[:]...), uint32(missing)), nil // 32 and up have no field
}

// getConfigurableCommands says which commands can be switched on and off. [IPMI 2.0 §21.5]
func getConfigurableCommands(m *Machine, r *Request) ([]byte, error) {
	c, g, err := m.commandGroup(r, r.Data[3:])
	if err != nil {
		return nil, err
	}
	mask := m.firewall.mask(g, func(cmd *Command) bool { return m.firewall.configurable(cmd, c) })
	return append(r.Buf, mask[:]...), nil
}

// appendSubMask appends four bytes, and four more if the command has sub-functions above 31. [IPMI 2.0 §21.6]
func appendSubMask(b []byte, s SubFunctions, mask uint64) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(mask))
	if s.Known>>32 != 0 {
		b = binary.LittleEndian.AppendUint32(b, uint32(mask>>32))
	}
	return b
}

// getConfigurableSubFunctions says which sub-functions can be switched on and off: all that are there.
// [IPMI 2.0 §21.6]
func getConfigurableSubFunctions(m *Machine, r *Request) ([]byte, error) {
	_, cmd, err := m.oneCommand(r, r.Data[4:])
	if err != nil {
		return nil, err
	}
	if cmd == nil {
		return binary.LittleEndian.AppendUint32(r.Buf, 0), nil
	}
	return appendSubMask(r.Buf, cmd.Sub, cmd.Sub.Known), nil
}

// setCommandEnables switches the commands of a group on and off. [IPMI 2.0 §21.7]
func setCommandEnables(m *Machine, r *Request) ([]byte, error) {
	c, g, err := m.commandGroup(r, r.Data[19:])
	switch {
	case err != nil:
		return nil, err
	case g.any:
		return nil, ipmb.LengthInvalid // to set is to say whose
	case !m.firewall.enable(c, g, commandMask(r.Data[3:19])):
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

// setSubFunctionEnables switches sub-functions of a command on and off. The second four bytes are for sub-functions from
// 32 on; without them those stay as they are. [IPMI 2.0 §21.9]
func setSubFunctionEnables(m *Machine, r *Request) ([]byte, error) {
	n := ipmb.Op{NetFn: ipmb.NetFn(r.Data[1] & netFnMask).Request()}.ExtensionLen()
	if len(r.Data) != 4+n+4 && len(r.Data) != 4+n+8 {
		return nil, ipmb.LengthInvalid
	}
	c, cmd, err := m.oneCommand(r, r.Data[4:4+n])
	if err != nil {
		return nil, err
	}
	if cmd == nil {
		return nil, ccNotConfigurable
	}
	masks := r.Data[4+n:]
	want := uint64(binary.LittleEndian.Uint32(masks))
	if len(masks) == 8 {
		want |= uint64(binary.LittleEndian.Uint32(masks[4:])) << 32
	} else {
		want |= m.firewall.enabledSubs(c, cmd) >> 32 << 32
	}
	if !m.firewall.enableSubs(c, cmd, want) {
		return nil, ccNotConfigurable
	}
	return nil, nil
}

// getSubFunctionEnables says which sub-functions of a command are on. The code 80h, which the specification lists without
// a use, is for a command that the channel does not have.
// [IPMI 2.0 §21.10]
func getSubFunctionEnables(m *Machine, r *Request) ([]byte, error) {
	c, cmd, err := m.oneCommand(r, r.Data[4:])
	if err != nil {
		return nil, err
	}
	if cmd == nil {
		return nil, ccNotConfigurable
	}
	return appendSubMask(r.Buf, cmd.Sub, m.firewall.enabledSubs(c, cmd)), nil
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
