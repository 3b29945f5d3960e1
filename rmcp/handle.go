package rmcp

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// maxMessage is the room for an answer: RMCP+ sets no limit, but no IPMI command comes near this. [IPMI 2.0 §6.14]
const maxMessage = 1024

// Handle takes one datagram to its end and appends the datagram that answers it, if any, to out. When there is more to
// send than that (an RMCP ACK in front, bridged answers behind), it writes to from.Wire itself what has to go first.
//
// datagram and out must not overlap. Nothing of datagram is kept; its bytes are changed (decrypted in place).
func (t *Table) Handle(datagram []byte, from *Arrival, out []byte) []byte {
	t.Stats.received(from.Channel)
	t.mu.Lock()
	if t.faults != nil {
		t.handleFaulty(datagram, from)
		t.settle()
		t.mu.Unlock()
		return out
	}
	start := len(out)
	out = t.receive(datagram, from, out)
	if len(t.ended) > 0 || !t.queue.empty() {
		if len(out) > start && from.Wire != nil {
			from.Wire.WriteDatagram(out[start:], from.Peer, from.Local)
			t.Stats.sent(from.Channel)
			out = out[:start]
		}
		t.settle()
	}
	t.mu.Unlock()
	if len(out) > start {
		t.Stats.sent(from.Channel)
	}
	return out
}

// drop counts a datagram that gets no answer.
func (t *Table) drop(from *Arrival, why DropReason, out []byte) []byte {
	t.Stats.Dropped[why].Add(1)
	if why == DropHeader {
		t.Stats.Channel(from.Channel).Foreign.Add(1)
	}
	if e := t.opt.Log.Debug(); e.Enabled() {
		e.Stringer("peer", from.Peer).Stringer("why", why).Msg("datagram dropped")
	}
	return out
}

// receive looks at the RMCP header. [IPMI 2.0 §13.1.3, §13.2]
func (t *Table) receive(b []byte, from *Arrival, out []byte) []byte {
	if !t.bmc.Available() {
		return t.drop(from, DropAway, out)
	}
	h, data, err := ParseHeader(b)
	switch {
	case err != nil:
		return t.drop(from, DropHeader, out)
	case h.ACK:
		return t.drop(from, DropACK, out)
	case h.Class != ClassASF && h.Class != ClassIPMI:
		return t.drop(from, DropClass, out)
	}
	start := len(out)
	if h.WantsACK() {
		out = h.Acknowledgement().AppendTo(out)
	}
	acked := len(out)
	if h.Class == ClassASF {
		out = t.ping(data, from, out)
	} else {
		out = t.session(data, from, out)
	}
	if acked > start && len(out) > acked { // two datagrams: the ACK goes first
		if from.Wire != nil {
			t.write(out[start:acked], routeOf(from))
		}
		out = out[:start+copy(out[start:], out[acked:])]
	}
	return out
}

// ping answers a Presence Ping. [IPMI 2.0 §13.2.3, §13.2.4]
func (t *Table) ping(data []byte, from *Arrival, out []byte) []byte {
	p, err := ParsePing(data)
	if err != nil || p.Tag == TagUnidirectional {
		return t.drop(from, DropASF, out)
	}
	if c, ok := t.bmc.Channel(from.Channel); !ok || !c.Open {
		return t.drop(from, DropChannel, out)
	}
	return Pong{Tag: p.Tag, Presence: t.bmc.Presence()}.AppendTo(out)
}

// session looks at the session header's format. [IPMI 2.0 §13.6, Table 13-8]
func (t *Table) session(data []byte, from *Arrival, out []byte) []byte {
	if len(data) > 0 && AuthType(data[0]&authTypeMask) == AuthTypeRMCPPlus {
		p, err := ParsePacket20(data)
		if err != nil {
			return t.drop(from, DropFormat, out)
		}
		return t.receive20(&p, from, out)
	}
	p, err := ParsePacket15(data)
	if err != nil {
		return t.drop(from, DropFormat, out)
	}
	return t.receive15(&p, from, out)
}

// open reports whether a channel takes logins and messages outside of sessions. Sessions that are there go on when it
// closes, so that the console that closed it gets its answer. [IPMI 2.0 §22.22]
func (t *Table) open(channel uint8) (Channel, bool) {
	c, ok := t.bmc.Channel(channel)
	return c, ok && c.Open
}

// parseMessage reads an IPMI message that is for the BMC; why is for drop if it is none. The BMC's address is 20h; system
// software behind its LUN 10b has software IDs, too. [IPMI 2.0 §13.8, §6.13.1, Table 22-8]
func parseMessage(b []byte) (m ipmb.Message, why DropReason, ok bool) {
	m, err := ipmb.ParseMessage(b)
	switch {
	case err != nil:
		return m, DropMessage, false
	case m.To != ipmb.AddrBMC && !(m.ToLUN == ipmb.LUNSMS && m.To.IsSoftware()):
		return m, DropAddress, false
	}
	return m, 0, true
}

// begin makes the request in progress out of a message.
func (t *Table) begin(m ipmb.Message, from *Arrival) *Request {
	r := &t.request
	*r = Request{Message: m, Channel: from.Channel, Peer: from.Peer, Local: from.Local}
	if t.faults != nil {
		t.passing.Request = r
	}
	return r
}

// execute runs the request and returns the answer as a message, in the table's own memory; nil: no answer. An answer
// that is longer than limit is replaced by CAh, "cannot return number of requested data bytes". [IPMI 2.0 §5.2]
func (t *Table) execute(r *Request, limit int) []byte {
	t.Stats.Messages.Add(1)
	to := r.Message.Response()
	b := append(t.message[:0], byte(to.To), byte(to.NetFn)<<2|byte(to.ToLUN))
	b = append(b, ipmb.Checksum(b), byte(to.From), to.Seq<<2|byte(to.FromLUN), to.Cmd)
	head := len(b)
	b, ok := t.bmc.Execute(r, b)
	if !ok {
		return nil
	}
	if len(b) >= limit {
		b = append(b[:head], byte(ipmb.CannotReturnBytes))
	}
	return append(b, ipmb.Checksum(b[3:]))
}

// seen notes a good packet of a session.
func (s *Session) seen(from *Arrival) {
	s.lastSeen = time.Now()
	s.route = routeOf(from)
}
