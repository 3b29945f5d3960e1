package bmc

import (
	"errors"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/bmc/i2c"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
)

// Bridging: messages that are not for the controller itself but for somebody on another channel. [IPMI 2.0 §6.13]

// Command-specific completion codes of Send Message and Master Write-Read. [IPMI 2.0 §22.7, §22.11]
const (
	ccNoSession       ipmb.CompletionCode = 0x80
	ccLostArbitration ipmb.CompletionCode = 0x81
	ccBusError        ipmb.CompletionCode = 0x82
	ccNAKOnWrite      ipmb.CompletionCode = 0x83
	ccTruncatedRead   ipmb.CompletionCode = 0x84 // Master Write-Read only
)

// maxQueued is the longest message that the receive message queue takes: what Get Message can return over a system
// interface of 255 bytes. [IPMI 2.0 §6.13, Table 6-8]
const maxQueued = 250

// toSystemSoftware takes a message for LUN 10b into the receive message queue. A request that gets there is answered by
// system software, with Send Message, so that the controller answers only those that do not. [IPMI 2.0 §6.13.1]
func (m *Machine) toSystemSoftware(r *Request, out []byte) ([]byte, bool) {
	code := m.mayQueue(r)
	if code == ipmb.OK {
		code = m.queueFor(r, r.Message.AppendTo(nil), false)
	}
	if code == ipmb.OK || r.Message.NetFn.IsResponse() {
		return out, false
	}
	return refuse(r, out, code), true
}

// refuse answers a request that is not executed here with an error.
func refuse(r *Request, out []byte, code ipmb.CompletionCode) []byte {
	op, _, ok := ipmb.OpOf(r.Message.NetFn, r.Message.Cmd, r.Message.Data)
	r.Op = op
	out = append(out, byte(code))
	if ok {
		out = op.AppendExtension(out)
	}
	return out
}

// mayQueue checks a message for LUN 10b: User level is enough, and the firmware firewall's switch for bridging is that of
// Send Message. [IPMI 2.0 §21.2, §22.7]
func (m *Machine) mayQueue(r *Request) ipmb.CompletionCode {
	send := m.table.Lookup(ipmb.SendMessage)
	switch {
	case send == nil || !send.Done():
		return ipmb.InvalidLUN // no bridging, no LUN 10b
	case !r.Local() && r.Privilege() < ipmb.PrivilegeUser, !m.firewall.enabled(r.Channel, send):
		return ipmb.InsufficientPrivilege
	}
	return ipmb.OK
}

// queueFor puts a message that a request brought into the receive message queue, in Get Message's format for the
// request's channel, or as it is if it is raw. [IPMI 2.0 §22.6, Table 22-8]
func (m *Machine) queueFor(r *Request, message []byte, raw bool) ipmb.CompletionCode {
	_, c := m.channels.resolve(r.Channel, r.Channel)
	// A response on a bus answers what system software asked there. The switch keeps out the requests of others.
	if c == nil || !c.receive && !(c.isBus() && r.Message.NetFn.IsResponse()) {
		return ipmb.DestinationUnavailable // [IPMI 2.0 §22.5]
	}
	switch {
	case r.Session != nil:
		message = append([]byte{r.Session.Handle()}, message...)
	case r.SystemInterface():
		message = append([]byte{0}, message...) // the place of the session handle, which no session has
	case !raw:
		message = c.fromBusForm(message)
	}
	if len(message) > maxQueued {
		return ipmb.FieldLengthExceeded
	}
	if !m.messaging.put(ipmb.Queued{Channel: r.Channel, Privilege: inferredPrivilege(r, c), Data: message}) {
		return ipmb.NodeBusy
	}
	return ipmb.OK
}

// fromBusForm is a message of a bus as Get Message has it: without its first address, and with a checksum as if that had
// been the controller's own; or, where the protocol is that of SMBus, whole, with 00h in place of the first checksum and
// a packet error code in place of the second. [IPMI 2.0 §22.6, Table 22-8; Table 6-2]
func (c *channel) fromBusForm(message []byte) []byte {
	b, last := slices.Clone(message), len(message)-1
	if c.spec.Protocol == profiles.ProtocolSMBus {
		b[2] = 0
		b[last] = i2c.PEC(0, b[:last]...)
		return b
	}
	b[2] += b[0] - byte(ipmb.AddrBMC)
	return b[1:]
}

// inferredPrivilege tells system software how far to trust a message: the session's operating level, or User if the
// packet was not authenticated and only user-level commands of the session may go without; nothing on a channel without
// sessions. What the channel says by now does not matter: the session has what was so when it was activated.
// [IPMI 2.0 §22.6]
func inferredPrivilege(r *Request, c *channel) ipmb.Privilege {
	if r.Session == nil {
		return ipmb.PrivilegeUnspecified
	}
	level := r.Privilege()
	if c.spec.Sessions == profiles.SingleSession {
		return level
	}
	if r.Session.UserAuthOff() && !r.Session.MessageAuthOff() && !r.LAN.Authenticated {
		level = min(level, ipmb.PrivilegeUser)
	}
	return level
}

// sendMode is what Send Message's first byte asks for. [IPMI 2.0 §22.7]
type sendMode struct {
	channel       uint8
	track         bool
	raw           bool // bytes that are no message, perhaps
	encrypted     bool // must be
	authenticated bool // must be
}

// sendMessage sends a message that a request brought to another channel. It returns when the message is there, and does
// not wait for an answer. The order of the checks is a decision; the specification has none.
//
// Messages from the system interface are not tracked, whatever the mode says: their answers go to LUN 10b, as
// their senders wrote. [IPMI 2.0 §6.13.2]
func (m *Machine) sendMessage(r *Request, mode sendMode, message []byte) (data []byte, err error) {
	c, err := m.sendTarget(r, mode.channel)
	if err != nil {
		return nil, err
	}
	mode.track = mode.track && !r.SystemInterface()
	least := ipmb.MinMessage
	if mode.raw {
		least = 1
	}
	if c.hasSessions() {
		least++ // session handle
	}
	if len(message) < least {
		return nil, ipmb.LengthInvalid
	}
	switch {
	case c.hasSessions():
		return m.sendToSession(r, mode, message[0], message[1:])
	case mode.encrypted || mode.authenticated:
		return nil, ipmb.InvalidField // there is no session to do that
	case mode.channel == ChannelSystemInterface:
		if code := m.queueFor(r, message, mode.raw); code != ipmb.OK {
			return nil, code
		}
		return nil, nil
	}
	return m.sendToBus(r, mode, message)
}

// sendToBus sends a message to a bus of slave addresses. A broadcast has its address in front of the message. A response
// is none to be tracked. [IPMI 2.0 §20.9, §22.7]
func (m *Machine) sendToBus(r *Request, mode sendMode, message []byte) (data []byte, err error) {
	at := 0 // of the message
	if message[0] == addrBroadcast && !mode.raw {
		at = 1
	}
	if len(message)-at < ipmb.MinMessage && !mode.raw {
		return nil, ipmb.LengthInvalid
	}
	if err := m.mayReach(mode.channel, ipmb.Addr(message[at])); err != nil {
		return nil, err
	}
	if mode.raw {
		return nil, m.writeBus(mode.channel, message)
	}
	inner := parseUnchecked(message[at:])
	switch {
	case mode.track && !inner.NetFn.IsResponse():
		return m.sendTracked(r, mode.channel, message[:at], &inner)
	case r.SystemInterface() && m.toSelf(mode.channel, &inner):
		return nil, nil
	}
	return nil, m.writeBus(mode.channel, message)
}

// sendTarget checks the channel that a message is for. Sessions of User level may only reach system software, and
// bridging goes between different channels. [IPMI 2.0 §6.13, §22.7, App. G note 2]
func (m *Machine) sendTarget(r *Request, number uint8) (*channel, error) {
	c := m.channels.byNumber[number]
	switch {
	case c == nil, c.hasSessions() && c.volatile.Mode == profiles.AccessDisabled:
		return nil, ipmb.InvalidField
	case number == r.Channel && number != ChannelSystemInterface, !c.carriesMessages():
		return nil, ipmb.InvalidField
	case m.solHolds(c):
		return nil, ipmb.NotSupportedInState // [IPMI 2.0 §15.13]
	case number != ChannelSystemInterface && !r.Local() && r.Privilege() < ipmb.PrivilegeOperator:
		return nil, ipmb.InsufficientPrivilege
	}
	return c, nil
}

// carriesMessages reports whether Send Message has a format for the channel's medium that fakebmc knows.
// [IPMI 2.0 §22.7, Table 22-10]
func (c *channel) carriesMessages() bool {
	return c.hasSessions() || c.isBus() || c.spec.Medium == profiles.MediumSystemInterface
}

// isBus reports whether a channel is a bus of slave addresses. [IPMI 2.0 §6.5]
func (c *channel) isBus() bool {
	switch c.spec.Medium {
	case profiles.MediumIPMB, profiles.MediumPCISMBus, profiles.MediumSMBus1, profiles.MediumSMBus2:
		return true
	}
	return false
}

// sendToSession sends a message to the console of a session. [IPMI 2.0 §22.7]
//
// The response to a tracked request from a bus waits for the console's answer and has it in it.
func (m *Machine) sendToSession(r *Request, mode sendMode, handle uint8, message []byte) (data []byte, err error) {
	s := m.sessions.ByHandle(handle)
	switch {
	case s == nil || s.Channel() != mode.channel:
		return nil, ccNoSession
	case mode.encrypted && !s.Encrypts(), mode.authenticated && (!s.Authenticates() || s.MessageAuthOff() && !s.RMCPPlus()):
		return nil, ipmb.InvalidField
	case len(message) > rmcp.MaxMessage15 && !s.RMCPPlus():
		return nil, ipmb.FieldLengthExceeded // fits in no packet
	}
	send := m.sessions.SendBytes
	if mode.encrypted { // even while encryption is suspended
		send = func(s *rmcp.Session, b []byte) {
			m.sessions.SendPayload(s, rmcp.Payload{Type: rmcp.PayloadIPMI, Authenticated: true, Encrypted: true, Data: b})
		}
	}
	if mode.raw {
		send(s, message)
		return nil, nil
	}
	inner := parseUnchecked(message)
	if mode.track && !inner.NetFn.IsResponse() {
		to := ipmb.Target{Channel: mode.channel, Session: s.ID(), Addr: inner.To, LUN: inner.ToLUN}
		b := bridged(r, to, &inner)
		if r.Local() {
			b.Kind, b.Chain, err = ipmb.BridgedHeld, false, errLater
		}
		if err := m.track(b, &inner); err != nil {
			return nil, err
		}
	}
	send(s, inner.AppendTo(nil))
	return nil, err
}

// errLater is a handler's word that its answer comes later, and not now.
var errLater = errors.New("the answer comes later")

// sendTracked writes a request to a bus, behind front, and remembers who waits for its answer. With embedded replies it waits for the
// answer itself, and returns it as the other controller sent it. [IPMI 2.0 §22.7]
func (m *Machine) sendTracked(r *Request, channel uint8, front []byte, inner *ipmb.Message) (reply []byte, err error) {
	to := ipmb.Target{Channel: channel, Addr: inner.To, LUN: inner.ToLUN}
	b := bridged(r, to, inner)
	embedded := m.profile.BridgeReply == "embedded" || r.embedReply
	if embedded {
		b.Kind, b.Reply, b.Chain = ipmb.BridgedEmbedded, &reply, false
		b.Origin.Addr, b.Origin.LUN, b.Origin.Seq = inner.From, inner.FromLUN, inner.Seq
	}
	if err := m.track(b, inner); err != nil {
		return nil, err
	}
	if err := m.writeBus(channel, inner.AppendTo(slices.Clone(front))); err != nil {
		m.messaging.pending.Drop(to, inner.Seq)
		return nil, err
	}
	if !embedded {
		return nil, nil
	}
	m.drain()
	if reply == nil {
		m.messaging.pending.Drop(to, inner.Seq)
		return nil, ipmb.Timeout
	}
	return reply, nil
}

// bridged is what must be known to send an answer back. It goes back with the sequence number of the request in Send
// Message, which clients make that of Send Message, too; on a bus, where the requester knows no other, with Send
// Message's. [IPMI 2.0 §6.13.3, §8.2.2]
func bridged(r *Request, to ipmb.Target, inner *ipmb.Message) ipmb.Bridged {
	b := ipmb.Bridged{
		Origin: ipmb.Origin{Channel: r.Channel, Addr: r.Message.From, LUN: inner.FromLUN, Seq: inner.Seq},
		Target: to, NetFn: inner.NetFn, Cmd: inner.Cmd,
	}
	if r.Session != nil {
		b.Origin.Session = r.Session.ID()
	} else {
		b.Origin.LUN, b.Origin.Seq = r.Message.FromLUN, r.Message.Seq
	}
	send := ipmb.SendMessage
	b.Chain = inner.NetFn == send.NetFn && inner.Cmd == send.Cmd && len(inner.Data) > 0 && inner.Data[0]>>sendTrackingShift == sendTrack
	return b
}

// track remembers who waits for the answer to a message, and makes the message the controller's own request: its
// address, its LUN 00b, a sequence number of its own. [IPMI 2.0 §6.13.3]
func (m *Machine) track(b ipmb.Bridged, inner *ipmb.Message) error {
	seq, ok := m.messaging.pending.Add(time.Now(), b)
	if !ok {
		return ipmb.NodeBusy
	}
	inner.From, inner.FromLUN, inner.Seq = m.address, ipmb.LUNBMC, seq
	return nil
}

// bridgeAnswer takes a response that somebody sent to the controller back to who asked. What answers no pending request
// is dropped. [IPMI 2.0 §6.13.3]
func (m *Machine) bridgeAnswer(r *Request) {
	var session uint32
	if r.Session != nil {
		session = r.Session.ID()
	}
	b, ok := m.messaging.pending.Take(time.Now(), r.Channel, session, r.Message)
	if !ok {
		return
	}
	if m.forwardAnswer(&b, r.Message.Data) {
		return
	}
	answer := ipmb.Message{
		To: b.Origin.Addr, NetFn: r.Message.NetFn, ToLUN: b.Origin.LUN,
		From: r.Message.From, Seq: b.Origin.Seq, FromLUN: r.Message.FromLUN, Cmd: r.Message.Cmd, Data: r.Message.Data,
	}
	switch b.Kind {
	case ipmb.BridgedEmbedded:
		*b.Reply = answer.AppendTo(nil)
		return
	case ipmb.BridgedHeld: // [IPMI 2.0 §22.7, response bytes 2:N]
		answer.NetFn, answer.Cmd = ipmb.SendMessage.NetFn.Response(), ipmb.SendMessage.Cmd
		answer.Data = append([]byte{byte(ipmb.OK)}, answer.Data...)
	}
	if s := m.originSession(&b.Origin); s != nil {
		m.sessions.Send(s, &answer)
		return
	}
	answer.From, answer.FromLUN = m.address, ipmb.LUNBMC   // on a bus, the one that was asked
	_ = m.writeBus(b.Origin.Channel, answer.AppendTo(nil)) // an answer that nobody takes is lost
}

// originSession is the session that a bridged request came over, or nil.
func (m *Machine) originSession(o *ipmb.Origin) *rmcp.Session {
	if o.Session == 0 {
		return nil
	}
	return m.sessions.ByID(o.Session)
}

// parseUnchecked reads a message of at least ipmb.MinMessage bytes whose checksums are nobody's business but the
// sender's. [IPMI 2.0 §7.3]
func parseUnchecked(b []byte) ipmb.Message {
	last := len(b) - 1
	return ipmb.Message{
		To: ipmb.Addr(b[0]), NetFn: ipmb.NetFn(b[1] >> 2), ToLUN: ipmb.LUN(b[1] & 3),
		From: ipmb.Addr(b[3]), Seq: b[4] >> 2, FromLUN: ipmb.LUN(b[4] & 3), Cmd: b[5], Data: b[6:last],
	}
}
