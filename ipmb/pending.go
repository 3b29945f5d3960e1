package ipmb

import "time"

// Pending limits. [IPMI 2.0 §6.13.3]
const (
	// PendingPlaces is the number of requests that may wait for an answer on each target channel; the specification
	// recommends four or more. It is far below the 64 sequence numbers, so that a free one always exists.
	PendingPlaces = 16
	// PendingTime is how long a request waits: sequence numbers on the IPMB expire after it. [IPMI 2.0 §6.13.2]
	PendingTime = 5 * time.Second
)

// Origin is where the answer to a bridged request goes. [IPMI 2.0 §6.13.3]
type Origin struct {
	Channel uint8
	Session uint32 // the BMC's session ID, 0 on session-less channels
	Addr    Addr   // the requester
	LUN     LUN    // the requester's
	Seq     uint8  // the requester's sequence number
}

// Target is whom a bridged request was sent to.
type Target struct {
	Channel uint8
	Session uint32 // the BMC's session ID, 0 on session-less channels
	Addr    Addr
	LUN     LUN
}

// BridgedKind is how the answer to a bridged request goes back. [IPMI 2.0 §6.13.3, §22.7]
type BridgedKind uint8

// Kinds of bridged requests.
const (
	BridgedSeparate BridgedKind = iota // in a message of its own
	BridgedEmbedded                    // in Send Message's response, which waits for it: see Reply
	BridgedHeld                        // in Send Message's response, which comes with it
)

// Bridged is a request that waits for the answer of another controller.
type Bridged struct {
	Kind  BridgedKind
	Reply *[]byte // where an embedded answer goes
	// Chain: the request is itself a Send Message, to another controller that tracks what is in it. Behind its response
	// comes the answer from further away, with the same sequence number.
	Chain   bool
	relayed bool // the response has come
	Origin  Origin
	Target  Target
	NetFn   NetFn // of the request
	Cmd     uint8
	Seq     uint8 // six bits: the one that the BMC put on the target channel
	Expires time.Time
}

// Pending is the table of bridged requests that wait for an answer: bounded, each entry with an end. It knows no clock;
// callers say what time it is. The zero value is an empty table. [IPMI 2.0 §6.13.3, §6.13.4]
type Pending struct {
	list []Bridged
	next uint8 // sequence number to try first
}

// Add remembers a request and gives it a sequence number that no pending request to the same responder has. False: too
// many requests wait on the target channel.
func (p *Pending) Add(now time.Time, b Bridged) (seq uint8, ok bool) {
	p.expire(now)
	n := 0
	for i := range p.list {
		if p.list[i].Target.Channel == b.Target.Channel {
			n++
		}
	}
	if n >= PendingPlaces {
		return 0, false
	}
	for p.taken(&b.Target, p.next) {
		p.next = (p.next + 1) & seqMask
	}
	b.Seq, b.Expires = p.next, now.Add(PendingTime)
	p.next = (p.next + 1) & seqMask
	p.list = append(p.list, b)
	return b.Seq, true
}

const seqMask = 0x3f

// taken reports whether a request with the sequence number waits for the responder, on whichever LUN.
func (p *Pending) taken(t *Target, seq uint8) bool {
	for i := range p.list {
		o := &p.list[i].Target
		if p.list[i].Seq == seq && o.Channel == t.Channel && o.Session == t.Session && o.Addr == t.Addr {
			return true
		}
	}
	return false
}

// Take finds the request that a response answers, by channel, session, responder, sequence number, network function and
// command, and removes it; one of a chain stays for the answers behind a Send Message's. False: nobody waits for it, or
// not any more.
func (p *Pending) Take(now time.Time, channel uint8, session uint32, m *Message) (Bridged, bool) {
	p.expire(now)
	from := Target{Channel: channel, Session: session, Addr: m.From, LUN: m.FromLUN}
	for i, b := range p.list {
		same := b.Cmd == m.Cmd && b.NetFn.Response() == m.NetFn
		if b.Target != from || b.Seq != m.Seq || !same && !(b.relayed && m.NetFn.IsResponse()) {
			continue
		}
		if b.Chain && same && len(m.Data) > 0 && m.Data[0] == byte(OK) {
			p.list[i].relayed, p.list[i].Expires = true, now.Add(PendingTime)
		} else {
			p.remove(i)
		}
		return b, true
	}
	return Bridged{}, false
}

// Drop forgets the request that Add gave a sequence number, because it did not get onto its channel.
func (p *Pending) Drop(t Target, seq uint8) {
	for i := range p.list {
		if p.list[i].Target == t && p.list[i].Seq == seq {
			p.remove(i)
			return
		}
	}
}

// DropSession forgets the requests that came from a session or were sent to it, when it ends. [IPMI 2.0 §6.13.3]
func (p *Pending) DropSession(id uint32) {
	p.keep(func(b *Bridged) bool { return b.Origin.Session != id && b.Target.Session != id })
}

// Len is the number of requests that wait.
func (p *Pending) Len(now time.Time) int {
	p.expire(now)
	return len(p.list)
}

// Flush forgets all requests. Sequence numbers go on, so that a late answer meets no new request.
func (p *Pending) Flush() { p.list = nil }

func (p *Pending) expire(now time.Time) {
	p.keep(func(b *Bridged) bool { return now.Before(b.Expires) })
}

func (p *Pending) keep(f func(*Bridged) bool) {
	n := 0
	for i := range p.list {
		if f(&p.list[i]) {
			p.list[n] = p.list[i]
			n++
		}
	}
	p.list = p.list[:n]
}

func (p *Pending) remove(i int) { p.list = append(p.list[:i], p.list[i+1:]...) }
