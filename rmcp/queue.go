package rmcp

import "github.com/fakebmc/fakebmc/ipmb"

// queue holds what the BMC sends unasked until the lock is given back: behind the answer of the request in progress, if
// there is one. Packets are sealed when they leave, so that sequence numbers rise in the order of sending.
type queue struct {
	packets []queued
	data    []byte // their payloads, one after the other
	sealed  []byte
}

type queued struct {
	session    *Session
	packet     Packet20 // type, bits and OEM numbers; v1.5 sessions have none of them
	start, end int      // of data
}

func (q *queue) empty() bool { return len(q.packets) == 0 }

// Send sends an IPMI message to the session's console: the answer to a bridged request, or a request of the BMC or of
// system software. It is authenticated if the session's packets are, and encrypted unless that is suspended. It leaves
// when the lock is given back, behind the answer of a request in progress. Lock held.
func (t *Table) Send(s *Session, m *ipmb.Message) { t.SendBytes(s, m.AppendTo(nil)) }

// SendBytes sends bytes as Send sends a message, whatever they are. Lock held.
func (t *Table) SendBytes(s *Session, b []byte) {
	q := &t.queue
	start := len(q.data)
	q.data = append(q.data, b...)
	q.packets = append(q.packets, queued{session: s, start: start, end: len(q.data),
		packet: Packet20{Type: PayloadIPMI, Authenticated: true, Encrypted: !s.plainMessages}})
}

// SendPayload sends a payload other than an IPMI message on an RMCP+ session, with the bits that p asks for and the
// session's cipher suite allows. It leaves as Send's messages do. Lock held.
func (t *Table) SendPayload(s *Session, p Payload) {
	if !s.rmcpPlus {
		return
	}
	q := &t.queue
	start := len(q.data)
	q.data = append(q.data, p.Data...)
	q.packets = append(q.packets, queued{session: s, start: start, end: len(q.data),
		packet: Packet20{Type: p.Type, Enterprise: p.Enterprise, OEMPayload: p.OEMPayload,
			Authenticated: p.Authenticated, Encrypted: p.Encrypted}})
}

// flush seals and sends what is in the queue.
func (t *Table) flush() {
	q := &t.queue
	for i := range q.packets {
		p := &q.packets[i]
		s := p.session
		payload := q.data[p.start:p.end]
		var flaws Flaws
		if t.faults != nil {
			t.passing = Passage{Channel: s.channel, Peer: s.route.peer, Local: s.route.local, RMCPPlus: s.rmcpPlus, Payload: p.packet.Type}
			var send bool
			if payload, flaws, send = t.meddle(s, payload); !send {
				*p = queued{}
				continue
			}
		}
		q.sealed = q.sealed[:0]
		switch {
		case !s.rmcpPlus && len(payload) > MaxMessage15:
			*p = queued{}
			continue // fits in no packet
		case s.rmcpPlus:
			p.packet.Payload = payload
			q.sealed = s.seal20(q.sealed, &p.packet, flaws)
		default:
			authType := s.authType
			if s.messageOff {
				authType = AuthTypeNone
			}
			s.outbound = nextSequence(s.outbound)
			q.sealed = s.seal15(q.sealed, authType, s.outbound, payload, flaws)
		}
		*p = queued{}
		if s.route.wire != nil {
			t.write(q.sealed, s.route)
		}
	}
	q.packets, q.data = q.packets[:0], q.data[:0]
}
