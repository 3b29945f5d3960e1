package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// forwarding is command forwarding: requests of other controllers and of consoles that a target controller, an add-in
// card perhaps, answers in the controller's place. [IPMI 2.0 §35b]
//
// The text has two switches, which it does not tell apart: here Set Forwarded Commands switches a source channel, on at
// the start, and Enable Forwarded Commands the whole, off at the start. All of it is volatile. Requests of the system
// interface are not forwarded: it waits for each answer, and is the way back when a mask was wrong. Neither are
// requests outside of a session, which have no user.
type forwarding struct {
	enabled bool
	target  ipmb.Target
	timeout time.Duration
	off     [16]bool // source channels
	masks   map[forwardKey]commandMask
	waiting []*forwarded
}

// forwardKey names 128 commands of a source channel.
type forwardKey struct {
	channel uint8
	netFn   ipmb.NetFn
	lun     ipmb.LUN
	half    uint8 // 1: commands 80h-FFh
}

// forwarded is a request that waits for the target controller. The table of bridged requests has its sequence number.
type forwarded struct {
	origin  ipmb.Origin
	to      ipmb.Addr // the address that the requester used for the controller
	lun     ipmb.LUN
	netFn   ipmb.NetFn
	cmd     uint8
	seq     uint8 // on the target channel
	timeout alarm
}

// Forwarded command time-out. [IPMI 2.0 §35b.3, byte 5]
const (
	forwardTimeUnit  = 10 * time.Millisecond
	leastForwardTime = 3
)

func newForwarding() forwarding {
	return forwarding{timeout: leastForwardTime * forwardTimeUnit, masks: make(map[forwardKey]commandMask)}
}

// forwards reports whether a request goes to the target controller. [IPMI 2.0 §35b]
func (f *forwarding) forwards(r *Request) bool {
	if !f.enabled || f.off[r.Channel&15] || r.SystemInterface() || !r.Local() && r.Session == nil || r.Message.NetFn.IsResponse() {
		return false
	}
	mask := f.masks[forwardKey{r.Channel, r.Message.NetFn, r.Message.ToLUN, r.Message.Cmd >> 7}]
	return mask.has(int(r.Message.Cmd & 0x7f))
}

// ccTargetUnavailable: the target controller did not accept the request. [IPMI 2.0 §35b.4]
const ccTargetUnavailable ipmb.CompletionCode = 0x80

// forward sends a request to the target controller inside of Forwarded Command. [IPMI 2.0 §35b.4]
func (m *Machine) forward(r *Request) ipmb.CompletionCode {
	f := &m.forwarding
	msg := r.Message
	w := &forwarded{
		origin: ipmb.Origin{Channel: r.Channel, Addr: msg.From, LUN: msg.FromLUN, Seq: msg.Seq},
		to:     msg.To, lun: msg.ToLUN, netFn: msg.NetFn, cmd: msg.Cmd,
	}
	data := []byte{r.Channel}
	if s := r.Session; s != nil {
		w.origin.Session = s.ID()
		limit, _ := m.levelLimit(s)
		data = []byte{sessionBased | r.Channel, s.UserID(), byte(limit)<<4 | byte(s.Privilege()), s.Handle()}
	}
	op := ipmb.ForwardedCommand
	seq, ok := m.messaging.pending.Add(time.Now(), ipmb.Bridged{Origin: w.origin, Target: f.target, NetFn: op.NetFn, Cmd: op.Cmd})
	if !ok {
		return ipmb.NodeBusy
	}
	w.seq = seq
	out := ipmb.Message{
		To: f.target.Addr, NetFn: op.NetFn, ToLUN: f.target.LUN, From: ipmb.AddrBMC, Seq: seq, Cmd: op.Cmd,
		Data: append(append(data, byte(msg.NetFn)<<2|byte(msg.ToLUN), msg.Cmd), msg.Data...),
	}
	f.waiting = append(f.waiting, w) // before the message is out: the answer may come at once
	m.setAlarm(&w.timeout, f.timeout, func() { m.forwardTimeout(w) })
	code := m.deliverForwarded(&out)
	if code != ipmb.OK {
		f.take(seq)
		m.messaging.pending.Drop(f.target, seq)
	}
	return code
}

// toForwardTarget forwards a request. There is an answer at once only if that is not possible.
func (m *Machine) toForwardTarget(r *Request, out []byte) ([]byte, bool) {
	if code := m.forward(r); code != ipmb.OK {
		return refuse(r, out, code), true
	}
	return out, false
}

// sessionBased marks a request from a session-based channel. [IPMI 2.0 §35b.4, byte 1]
const sessionBased = 1 << 7

// deliverForwarded puts the request on the target's bus. The controller's own address with LUN 10b is system software,
// which finds it in the receive message queue as it does what other controllers send there. [IPMI 2.0 §6.13.1]
func (m *Machine) deliverForwarded(out *ipmb.Message) ipmb.CompletionCode {
	f := &m.forwarding
	if f.target.Addr != ipmb.AddrBMC {
		if m.writeBus(f.target.Channel, out.AppendTo(nil)) != nil {
			return ccTargetUnavailable
		}
		return ipmb.OK
	}
	c := m.channels.byNumber[f.target.Channel]
	message := c.fromBusForm(out.AppendTo(nil))
	switch {
	case f.target.LUN != ipmb.LUNSMS, !c.receive:
		return ccTargetUnavailable
	case len(message) > maxQueued:
		return ipmb.FieldLengthExceeded
	case !m.messaging.put(ipmb.Queued{Channel: f.target.Channel, Data: message}):
		return ipmb.NodeBusy
	}
	return ipmb.OK
}

// take forgets a request that waits.
func (f *forwarding) take(seq uint8) *forwarded {
	for i, w := range f.waiting {
		if w.seq == seq {
			f.waiting = append(f.waiting[:i], f.waiting[i+1:]...)
			w.timeout.stop()
			return w
		}
	}
	return nil
}

// forwardTimeout tells the requester that the target controller was silent. [IPMI 2.0 §35b.4]
func (m *Machine) forwardTimeout(w *forwarded) {
	m.messaging.pending.Drop(m.forwarding.target, w.seq)
	m.forwarding.take(w.seq)
	m.answerForwarded(w, []byte{byte(ipmb.Timeout)})
}

// forwardAnswer takes the target controller's response back to who asked, and reports whether the response was one.
func (m *Machine) forwardAnswer(b *ipmb.Bridged, data []byte) bool {
	if b.Cmd != ipmb.ForwardedCommand.Cmd || b.NetFn != ipmb.ForwardedCommand.NetFn {
		return false
	}
	w := m.forwarding.take(b.Seq)
	if w == nil {
		return false // a bridged Forwarded Command of somebody else
	}
	m.answerForwarded(w, w.response(data))
	return true
}

// response is what the requester gets, completion code first: that of Forwarded Command if there is no other one.
// [IPMI 2.0 §35b.4]
func (w *forwarded) response(data []byte) []byte {
	const header = 3 // completion code, network function and LUN, command
	switch {
	case len(data) > 0 && data[0] != byte(ipmb.OK):
		return data[:1]
	case len(data) <= header, ipmb.NetFn(data[1]>>2) != w.netFn.Response(), data[2] != w.cmd:
		return []byte{byte(ipmb.Unspecified)}
	}
	return data[header:]
}

// answerForwarded sends the response as if the controller had executed the request itself.
func (m *Machine) answerForwarded(w *forwarded, data []byte) {
	answer := ipmb.Message{
		To: w.origin.Addr, NetFn: w.netFn.Response(), ToLUN: w.origin.LUN,
		From: w.to, Seq: w.origin.Seq, FromLUN: w.lun, Cmd: w.cmd, Data: data,
	}
	if w.origin.Session == 0 {
		_ = m.writeBus(w.origin.Channel, answer.AppendTo(nil)) // an answer that nobody takes is lost
		return
	}
	if s := m.originSession(&w.origin); s != nil {
		m.sessions.Send(s, &answer)
	}
}

// drop forgets what waits, of one session or, with 0, of all.
func (f *forwarding) drop(session uint32) {
	kept := f.waiting[:0]
	for _, w := range f.waiting {
		if session != 0 && w.origin.Session != session {
			kept = append(kept, w)
			continue
		}
		w.timeout.stop()
	}
	f.waiting = kept
}

// restart is the start of the controller.
func (f *forwarding) restart() {
	f.drop(0)
	*f = newForwarding()
}

// isForwardSource reports whether the requests of a channel can be forwarded.
func isForwardSource(c *channel) bool { return c.isBus() || c.isLAN() }

// isForwardTarget reports whether a target controller can be on a channel. [IPMI 2.0 §35b.3, bytes 9:10]
func isForwardTarget(c *channel) bool {
	return c.spec.Medium == profiles.MediumIPMB || c.spec.Medium == profiles.MediumPCISMBus
}

// toSelf takes a response that system software sends to the controller's own address on a bus, where Send Message does
// not get it: nothing answers itself there.
func (m *Machine) toSelf(channel uint8, message *ipmb.Message) bool {
	if message.To != ipmb.AddrBMC || !message.NetFn.IsResponse() {
		return false
	}
	b, ok := m.messaging.pending.Take(time.Now(), channel, 0, message)
	return ok && m.forwardAnswer(&b, message.Data)
}
