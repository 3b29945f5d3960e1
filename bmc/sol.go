package bmc

import (
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// SOLPacket is the payload of a Serial over LAN packet, in both directions. [IPMI 2.0 §15.9, Table 15-2]
type SOLPacket struct {
	Sequence uint8     // 1 to Fh; 0: a packet that is not acknowledged, without characters of its own
	Acked    uint8     // sequence number of the packet that is answered; 0: none
	Accepted uint8     // how many of its characters were taken
	Flags    SOLStatus // to the console, or the bits of an operation from the console
	Data     []byte
}

// SOLStatus is the status byte of a BMC's packet, or the operation byte of a console's. [IPMI 2.0 §15.9, Table 15-2]
type SOLStatus uint8

// Status bits of the BMC.
const (
	SOLNACK        SOLStatus = 1 << 6 // both directions
	SOLUnavailable SOLStatus = 1 << 5 // the host's power is off
	SOLDeactivated SOLStatus = 1 << 4
	SOLOverrun     SOLStatus = 1 << 3 // the host sent more than there was room for
	SOLBreak       SOLStatus = 1 << 2 // the host sent a break
	SOLRTS         SOLStatus = 1 << 1 // test mode: the host asserts RTS
	SOLDTR         SOLStatus = 1 << 0 // test mode: the host asserts DTR
)

// Operation bits of the console.
const (
	SOLRing          SOLStatus = 1 << 5
	SOLSendBreak     SOLStatus = 1 << 4
	SOLDeassertCTS   SOLStatus = 1 << 3
	SOLDeassertDCD   SOLStatus = 1 << 2 // and DSR
	SOLFlushInbound  SOLStatus = 1 << 1
	SOLFlushOutbound SOLStatus = 1 << 0
	SOLDeassertDSR   SOLStatus = 1 << 1 // test mode, in the place of flush inbound; SOLDeassertDCD is DCD alone then
)

const (
	solHeader       = 4
	solSequenceMask = 0x0f
	solOutboundData = solOutboundMax - solHeader
)

// ParseSOLPacket reads a packet; its data is part of b. Reserved bits are ignored.
func ParseSOLPacket(b []byte) (SOLPacket, error) {
	if len(b) < solHeader {
		return SOLPacket{}, ipmb.ErrLength
	}
	return SOLPacket{Sequence: b[0] & solSequenceMask, Acked: b[1] & solSequenceMask, Accepted: b[2],
		Flags: SOLStatus(b[3] & 0x7f), Data: b[solHeader:]}, nil
}

// AppendTo appends the packet in wire order.
func (p SOLPacket) AppendTo(b []byte) []byte {
	b = append(b, p.Sequence&solSequenceMask, p.Acked&solSequenceMask, p.Accepted, byte(p.Flags))
	return append(b, p.Data...)
}

// Times of the protocol that no parameter sets.
const (
	// solPatience is how long a packet that found no room at all waits for its NACK. A console sends what was refused
	// at once, so without it the two would flood the network for as long as the host does not read.
	solPatience = 100 * time.Millisecond
	// solLeastRetry is the retry interval for "back-to-back", which would leave no time for an answer.
	solLeastRetry = 10 * time.Millisecond
)

// solStream is the state of one active SOL instance. [IPMI 2.0 §15.11]
type solStream struct {
	// From the console.
	inbound uint8     // last sequence number; 0: none
	answer  SOLPacket // to it; sent again when the console repeats the packet
	late    alarm     // runs while that answer is held back
	noCTS   bool      // the console deasserts CTS: the host shall not send
	noDCD   bool      // the console deasserts DCD
	noDSR   bool      // the console deasserts DSR

	// To the console.
	buffer    []byte // not in a packet yet
	due       bool   // the accumulate interval is over
	gather    alarm  // the accumulate interval
	packet    []byte // characters of the packet that waits for its ACK; nil: none
	outbound  uint8  // its sequence number, or the last one
	status    SOLStatus
	retries   uint8 // that are left
	requests  uint8 // of the console to send it again, that are left
	frozen    bool  // nothing is appended any more
	suspended bool  // by a NACK
	retry     alarm
	overrun   bool // to be told in the next packet
}

// clear makes a new stream, without losing count of the alarms.
func (s *solStream) clear() {
	for _, a := range []*alarm{&s.late, &s.gather, &s.retry} {
		a.stop()
	}
	*s = solStream{late: s.late, gather: s.gather, retry: s.retry}
}

// solReceive takes a console's SOL packet. Packets that lack what the activation demanded are dropped.
// [IPMI 2.0 §15.11, §24.1]
func (m *Machine) solReceive(in *payloadInstance, p *rmcp.Payload) {
	packet, err := ParseSOLPacket(p.Data)
	if err != nil || in.authenticated && !p.Authenticated || in.encrypted && !p.Encrypted {
		m.log.Debug().Uint32("session", in.session.ID()).Bool("authenticated", p.Authenticated).Bool("encrypted", p.Encrypted).
			Msg("sol packet dropped")
		return
	}
	s := &in.solStream
	repeated := packet.Sequence != 0 && packet.Sequence == s.inbound
	if !repeated { // the packet that repeats another is the same: its operation has been carried out
		m.solOperation(in, packet.Flags)
	}
	m.solAcknowledged(in, &packet)
	if packet.Sequence == 0 {
		return
	}
	if !repeated {
		m.solData(in, &packet)
		return
	}
	if !s.late.running() {
		m.solSend(in, s.answer)
	}
}

// solOperation carries out the operation byte, which comes before the characters. [IPMI 2.0 §15.9]
func (m *Machine) solOperation(in *payloadInstance, op SOLStatus) {
	s := &in.solStream
	if op&SOLFlushInbound != 0 && !in.testMode {
		m.line.flush()
	}
	if op&SOLFlushOutbound != 0 && !in.testMode {
		s.retry.stop()
		s.gather.stop()
		s.packet, s.buffer, s.due, s.suspended = nil, nil, false, false
	}
	s.noCTS, s.noDCD = op&SOLDeassertCTS != 0, op&SOLDeassertDCD != 0
	s.noDSR = s.noDCD
	if in.testMode {
		s.noDSR = op&SOLDeassertDSR != 0
	}
	m.line.follow()
	if op&SOLSendBreak != 0 {
		m.line.sendBreak()
	}
	if op&SOLRing != 0 {
		m.line.ring()
	}
	m.line.drained()
}

// solData takes characters for the host and answers. [IPMI 2.0 §15.11]
func (m *Machine) solData(in *payloadInstance, p *SOLPacket) {
	s := &in.solStream
	s.late.stop()
	s.inbound = p.Sequence
	s.answer = SOLPacket{Acked: p.Sequence}
	if !m.power.state.On() {
		s.answer.Flags = SOLNACK | SOLUnavailable
		m.solSend(in, s.answer)
		return
	}
	n := m.line.receive(p.Data)
	if in.session == nil {
		return // what was typed took the instance away
	}
	s.answer.Accepted = uint8(min(n, 255))
	if n < len(p.Data) {
		s.answer.Flags = SOLNACK
	}
	if n == 0 && len(p.Data) > 0 {
		m.setAlarm(&s.late, solPatience, func() { m.solSend(in, s.answer) })
		return
	}
	m.solSend(in, s.answer)
}

// solAcknowledged is what the console says of the BMC's packet. [IPMI 2.0 §15.11, Table 15-3]
func (m *Machine) solAcknowledged(in *payloadInstance, p *SOLPacket) {
	s := &in.solStream
	if p.Acked == 0 || p.Acked != s.outbound || s.packet == nil {
		return
	}
	switch {
	case p.Flags&SOLNACK != 0: // suspend
		s.retry.stop()
		s.suspended = true
	case int(p.Accepted) >= len(s.packet): // completion
		m.solDone(in)
	default: // partial, resume
		if p.Accepted > 0 {
			s.frozen = true
		}
		if s.suspended {
			s.suspended = false
			s.renew(in.policy())
		}
		m.solAgain(in, &s.requests)
	}
}

// solDone forgets the packet on its way, and goes on with what has gathered.
func (m *Machine) solDone(in *payloadInstance) {
	s := &in.solStream
	s.retry.stop()
	s.packet, s.suspended = nil, false
	m.line.drained()
	m.solPump(in)
}

// solPump sends characters when there are enough of them or the accumulate interval is over. While a packet waits for
// its ACK, they gather. [IPMI 2.0 §26.3, parameter 3]
func (m *Machine) solPump(in *payloadInstance) {
	s, policy := &in.solStream, in.policy()
	switch {
	case len(s.buffer) == 0:
	case s.packet == nil && (s.due || len(s.buffer) >= int(policy.Threshold)):
		m.solNext(in)
	case !s.due && !s.gather.running():
		m.setAlarm(&s.gather, policy.Accumulate.Std(), func() {
			s.due = true
			m.solPump(in)
		})
	}
}

// solNext makes the next packet and sends it.
func (m *Machine) solNext(in *payloadInstance) {
	s := &in.solStream
	s.gather.stop()
	s.due, s.frozen = false, false
	s.status, s.packet = 0, nil
	if s.overrun {
		s.overrun, s.status = false, SOLOverrun
	}
	s.fill()
	if s.outbound++; s.outbound > solSequenceMask {
		s.outbound = 1
	}
	s.renew(in.policy())
	m.solTransmit(in)
	m.line.drained()
	m.solPump(in)
}

// fill moves characters from the buffer into the packet.
func (s *solStream) fill() {
	n := min(len(s.buffer), solOutboundData-len(s.packet))
	s.packet = append(s.packet, s.buffer[:n]...)
	s.buffer = s.buffer[:copy(s.buffer, s.buffer[n:])]
}

// solTransmit sends the packet, for the first time or again, and waits for its ACK.
func (m *Machine) solTransmit(in *payloadInstance) {
	s := &in.solStream
	m.solSend(in, SOLPacket{Sequence: s.outbound, Flags: s.status, Data: s.packet})
	m.setAlarm(&s.retry, max(in.policy().RetryInterval.Std(), solLeastRetry), func() { m.solAgain(in, &s.retries) })
}

// solRequests is how often a console can have a packet again when it is sent without retries.
const solRequests = 2

// renew gives a packet all its retries.
func (s *solStream) renew(policy *solPolicy) {
	s.retries, s.requests = policy.Retries, max(policy.Retries, solRequests)
}

// solAgain sends the packet again, with characters that have come since, or gives it up when none of the retries is left:
// they are lost. Those that the console asks for are counted as well, so that no console can have it for ever.
// [IPMI 2.0 §15.11, §26.3 parameter 4]
func (m *Machine) solAgain(in *payloadInstance, left *uint8) {
	s := &in.solStream
	if *left == 0 {
		m.log.Debug().Uint32("session", in.session.ID()).Int("characters", len(s.packet)).Msg("sol packet given up")
		m.solDone(in)
		return
	}
	*left--
	if !s.frozen {
		s.fill()
		m.line.drained()
	}
	m.solTransmit(in)
}

// solTake takes the host's characters as far as there is room for them.
func (in *payloadInstance) solTake(b []byte, room int) {
	n := min(len(b), max(0, room-len(in.buffer)))
	in.buffer = append(in.buffer, b[:n]...)
	if n < len(b) {
		in.overrun = true
	}
}

// solSend sends a packet on the instance's session. The caller holds both locks.
func (m *Machine) solSend(in *payloadInstance, p SOLPacket) {
	if in.testMode {
		p.Flags |= m.line.hostSignals()
	}
	m.sessions.SendPayload(in.session, rmcp.Payload{Type: rmcp.PayloadSOL, Authenticated: in.authenticated,
		Encrypted: in.encrypted, Data: p.AppendTo(nil)})
}
