package bmc

import (
	"errors"
	"runtime/debug"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// Execute runs a request that came over LAN and appends completion code and data to out. It returns false when
// nothing is to be sent. The session layer calls it, with the session table's lock held.
func (m *Machine) Execute(r *rmcp.Request, out []byte) ([]byte, bool) {
	start := len(out)
	m.mu.Lock()
	m.hold()
	req := m.begin(&r.Message, r.Channel)
	req.Session, req.LAN = r.Session, r
	out, ok := m.dispatch(req, out)
	op := req.Op
	m.deliver()
	return m.answered(op, out, start, ok)
}

// UserLevelCommand reports whether a session at User privilege may run the message's command. The session layer asks
// when user-level authentication is switched off. Messages for system software are User's, whatever is in them: it sees
// what they are worth. Send Message is User's to no other channel. [IPMI 2.0 §6.12.4, §22.6, §22.22, App. G note 2]
func (m *Machine) UserLevelCommand(msg *ipmb.Message) bool {
	if msg.ToLUN == ipmb.LUNSMS {
		return true
	}
	op, data, ok := ipmb.OpOf(msg.NetFn, msg.Cmd, msg.Data)
	if !ok || op == ipmb.SendMessage && len(data) > 0 && data[0]&channelNumberMask != ChannelSystemInterface {
		return false
	}
	cmd := m.table.Lookup(op)
	return cmd != nil && cmd.Priv <= ipmb.PrivilegeUser
}

// answer finds the command, checks it and runs it. The caller holds the lock.
func (m *Machine) answer(r *Request, out []byte) ([]byte, bool) {
	switch {
	case m.closed:
		return out, false
	case m.forwarding.forwards(r):
		return m.toForwardTarget(r, out)
	case r.Message.ToLUN == ipmb.LUNSMS && !r.SystemInterface():
		return m.toSystemSoftware(r, out)
	case r.Message.NetFn.IsResponse():
		m.bridgeAnswer(r)
		return out, false
	}
	op, data, ok := ipmb.OpOf(r.Message.NetFn, r.Message.Cmd, r.Message.Data)
	r.Op, r.Data = op, data
	cmd := m.table.Lookup(op)
	if !ok && cmd == nil {
		return append(out, byte(ipmb.LengthInvalid)), true
	}
	if err := m.check(cmd, r); err != ipmb.OK {
		return op.AppendExtension(append(out, byte(err))), true
	}
	body, code := m.run(cmd, r)
	m.changed(cmd.Keeps)
	if code == codeLater {
		return out, false
	}
	return append(op.AppendExtension(append(out, byte(code))), body...), true
}

// check makes the table's own checks, in the order of the design: known command, LUN, allowed on this interface,
// enabled, privilege, request length, sub-functions enabled.
func (m *Machine) check(cmd *Command, r *Request) ipmb.CompletionCode {
	switch {
	case cmd == nil || cmd.Do == nil:
		return ipmb.InvalidCommand
	case m.faults.updates && r.Op.NetFn != ipmb.NetFnApp:
		return ipmb.FirmwareUpdateMode // sessions and the controller's identity are application commands
	case r.Message.ToLUN != ipmb.LUNBMC && (!cmd.LUNs || r.Message.ToLUN == ipmb.LUNSMS):
		return ipmb.InvalidLUN // mandatory and optional commands are on LUN 00b [IPMI 2.0 §5.1]
	case !cmd.reachableFrom(r):
		return ipmb.InsufficientPrivilege
	case !m.firewall.enabled(r.Channel, cmd):
		return ipmb.InsufficientPrivilege // [IPMI 2.0 §21.1] a disabled command answers D4h
	case !r.Local() && cmd.Reach != Sessionless && r.Privilege() < cmd.Priv:
		return ipmb.InsufficientPrivilege
	case !cmd.Len.Takes(len(r.Data)):
		return ipmb.LengthInvalid
	case !m.firewall.allows(m, cmd, r):
		return ipmb.SubFunctionDisabled // [IPMI 2.0 §21.1]
	}
	return ipmb.OK
}

// reachableFrom reports whether the command may come over the request's interface. [IPMI 2.0 App. G]
func (c *Command) reachableFrom(r *Request) bool {
	switch c.Reach {
	case Sessionless:
		return true
	case SystemInterfaceOnly:
		return r.SystemInterface()
	case LocalOnly:
		return r.Local()
	case BMCGenerated, Broadcast:
		return false
	}
	return r.Local() || r.Session != nil
}

// codeLater stands for no code: the answer comes later. It is none of IPMI's. [IPMI 2.0 §5.2, Table 5-2]
const codeLater ipmb.CompletionCode = 0xfe

// run calls the handler. A panic or an error that is no completion code is a bug of fakebmc: the client gets FFh, the
// log the stack.
func (m *Machine) run(cmd *Command, r *Request) (body []byte, code ipmb.CompletionCode) {
	defer func() {
		if p := recover(); p != nil {
			m.panics.Add(1)
			m.log.Error().Interface("panic", p).Str("cmd", cmd.Name).Bytes("stack", debug.Stack()).Msg("handler panicked")
			body, code = nil, ipmb.Unspecified
		}
	}()
	body, err := cmd.Do(m, r)
	if err == nil {
		return body, ipmb.OK
	}
	if c, ok := err.(ipmb.CompletionCode); ok { // the common case needs no walk of the chain
		return body, c
	}
	if errors.As(err, &code) {
		return body, code
	}
	if errors.Is(err, errLater) {
		return nil, codeLater
	}
	m.log.Error().Err(err).Str("cmd", cmd.Name).Bytes("stack", debug.Stack()).Msg("handler failed")
	return nil, ipmb.Unspecified
}
