package rmcp

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Faults makes the session layer fail on purpose. Every method is called with the table's lock held, must be quick, and
// calls nothing of the table unless it says so.
type Faults interface {
	// Receive is asked about each datagram before anybody looks at it.
	Receive(p *Passage, b []byte) Fate
	// Setup is asked about each set-up message of RMCP+ before it is looked at; p.Session is the login that a RAKP
	// message names.
	Setup(p *Passage, message []byte) SetupFault
	// Seal is asked about each payload of a packet before it is sealed; for an IPMI message that answers a request
	// p.Answer is completion code and data. It returns the payload, perhaps another one, and whether it is sent.
	Seal(p *Passage, payload []byte) (b []byte, flaws Flaws, send bool)
	// Open is asked about each payload other than an IPMI message that came in over a session, decrypted and before
	// anybody acts on it. It returns the payload, perhaps another one, and whether it goes on.
	Open(p *Passage, payload []byte) (b []byte, goOn bool)
	// Send is asked about each datagram that leaves.
	Send(p *Passage, b []byte) Fate
	// Settle is called when all of that is done, before the lock is given back: what is to happen to the machine happens
	// now. It may end sessions.
	Settle()
}

// Passage is what passes, as far as it is known.
type Passage struct {
	Channel     uint8
	Peer, Local netip.AddrPort
	ASF         bool
	Foreign     bool        // no RMCP at all, or of another class
	RMCPPlus    bool        // format of the packet
	Payload     PayloadType // of what came from the console, or of what is sent unasked; for Send that of the datagram
	Session     *Session    // nil outside of one
	Request     *Request    // that is answered, nil when it is none
	Answer      []byte      // completion code and data of its response
}

// Fate is what becomes of a datagram. The zero value lets it pass.
type Fate struct {
	Drop   bool
	Delay  time.Duration
	Copies int // more than one
	Behind int // later datagrams that go first
	Within time.Duration
	From   Stray               // where it leaves from instead
	Edit   func([]byte) []byte // nil: it stays as it is
}

func (f *Fate) held() bool { return f.Delay > 0 || f.Behind > 0 }

// SetupFault is what becomes of a set-up message. The zero value lets it pass.
type SetupFault struct {
	Drop   bool
	Refuse *Status             // the answer
	Flaws  Flaws               // of the login from now on
	Edit   func([]byte) []byte // of the answer's payload, nil: it stays as it is
}

// Stray is a place that a datagram leaves from though nobody asked there. The zero value is the right place.
type Stray uint8

// Places that nobody asked.
const (
	OtherPort    Stray = 1 + iota
	OtherAddress       // of the same computer
)

// StrayWire is a Wire that can send from a place that nobody asked.
type StrayWire interface {
	WriteStray(b []byte, peer, local netip.AddrPort, from Stray)
}

// maxHeld bounds the datagrams that faults hold back; more are lost.
const maxHeld = 1024

// held is a datagram that faults hold back.
type held struct {
	behind int // later datagrams that go first; 0: only time counts
	due    time.Time
	timer  *time.Timer
	out    bool // on its way to a console
	run    func()
}

// SetFaults makes the table fail on purpose, or stops that with nil. What is held back stays so. Lock held.
func (t *Table) SetFaults(f Faults) { t.faults = f }

// hold keeps run until it is due: after a time, or when enough later datagrams have gone.
func (t *Table) hold(f *Fate, out bool, run func()) {
	if len(t.held) >= maxHeld {
		return
	}
	after := f.Delay
	if f.Behind > 0 {
		after = max(after, f.Within)
	}
	h := &held{behind: f.Behind, due: time.Now().Add(after), out: out, run: run}
	h.timer = time.AfterFunc(after, func() {
		t.Lock()
		defer t.Unlock()
		t.releaseUntil(h.due)
	})
	t.held[h] = struct{}{}
	t.order = append(t.order, h)
}

// releaseUntil lets go what is due at a time, in the order in which it was to go. Timers of one moment fire in any order.
func (t *Table) releaseUntil(now time.Time) {
	var due []*held
	for _, h := range t.order {
		if !h.due.After(now) {
			due = append(due, h)
		}
	}
	slices.SortStableFunc(due, func(a, b *held) int { return a.due.Compare(b.due) })
	for _, h := range due {
		t.release(h)
	}
}

// release lets go what is held, once.
func (t *Table) release(h *held) {
	if _, ok := t.held[h]; !ok {
		return
	}
	delete(t.held, h)
	for i, other := range t.order {
		if other == h {
			t.order = append(t.order[:i], t.order[i+1:]...)
			break
		}
	}
	h.timer.Stop()
	h.run()
}

// passed lets go what only waited for a later datagram, in the order in which it came.
func (t *Table) passed(out bool) {
	var due []*held
	for _, h := range t.order {
		if h.out == out && h.behind > 0 {
			if h.behind--; h.behind == 0 {
				due = append(due, h)
			}
		}
	}
	for _, h := range due {
		t.release(h)
	}
}

// DropHeld forgets what faults hold back: the end of the machine. Lock held.
func (t *Table) DropHeld() {
	for h := range t.held {
		h.timer.Stop()
	}
	clear(t.held)
	t.order = nil
}

// handleFaulty is Handle with faults: everything that leaves goes through the wire.
func (t *Table) handleFaulty(datagram []byte, from *Arrival) {
	t.passing = passage(datagram, from)
	if id, ok := peekSession(datagram); ok {
		t.passing.Session = t.ByID(id)
	}
	f := t.faults.Receive(&t.passing, datagram)
	if f.Drop {
		t.drop(from, DropFault, nil)
		return
	}
	if f.Edit != nil {
		datagram = f.Edit(bytes.Clone(datagram))
	}
	arrival := *from
	for range f.Copies {
		again := bytes.Clone(datagram)
		t.hold(&Fate{Delay: f.Delay}, false, func() { t.take(again, &arrival) })
	}
	if f.held() {
		later := bytes.Clone(datagram)
		t.hold(&f, false, func() { t.take(later, &arrival) })
		return
	}
	t.take(datagram, &arrival)
	t.passed(false)
}

// take handles a datagram whose fate is settled.
func (t *Table) take(datagram []byte, from *Arrival) {
	t.passing = passage(datagram, from)
	if out := t.receive(datagram, from, nil); len(out) > 0 {
		t.write(out, routeOf(from))
	}
}

// write sends a datagram, through the faults if there are any.
func (t *Table) write(b []byte, to route) {
	switch {
	case to.wire == nil:
	case t.faults != nil:
		t.transmit(b, to)
	default:
		to.wire.WriteDatagram(b, to.peer, to.local)
		t.Stats.sent(to.channel)
	}
}

// transmit sends a datagram through the faults. What the machine asked for its request comes on top.
func (t *Table) transmit(b []byte, to route) {
	p := t.passing
	if p.RMCPPlus {
		p.Payload = payloadOf(b)
	}
	f := t.faults.Send(&p, b)
	if r := p.Request; r != nil {
		f.Delay += r.Hold
		f.Copies += r.Copies
	}
	if f.Drop {
		return
	}
	b = bytes.Clone(b)
	if f.Edit != nil {
		b = f.Edit(b)
	}
	send := func() {
		for range 1 + f.Copies {
			t.Stats.sent(to.channel)
			if f.From == 0 {
				to.wire.WriteDatagram(b, to.peer, to.local)
			} else if stray, ok := to.wire.(StrayWire); ok {
				time.AfterFunc(0, func() { stray.WriteStray(b, to.peer, to.local, f.From) }) // opens a socket
			}
		}
	}
	if f.held() {
		t.hold(&f, true, send)
		return
	}
	send()
	t.passed(true)
}

// passage is what a datagram shows without keys.
func passage(b []byte, from *Arrival) Passage {
	p := Passage{Channel: from.Channel, Peer: from.Peer, Local: from.Local}
	h, data, err := ParseHeader(b)
	if err != nil {
		p.Foreign = true
		return p
	}
	p.ASF = h.Class == ClassASF
	p.Foreign = !p.ASF && h.Class != ClassIPMI
	if h.Class == ClassIPMI && len(data) > 1 && AuthType(data[0]&authTypeMask) == AuthTypeRMCPPlus {
		p.RMCPPlus, p.Payload = true, payloadOf(b)
	}
	return p
}

// payloadOf is the payload type of a datagram in the format of RMCP+.
func payloadOf(b []byte) PayloadType {
	if len(b) < HeaderSize+2 {
		return PayloadIPMI
	}
	return PayloadType(b[HeaderSize+1] & payloadTypeMask)
}

// peekSession is the session ID of a packet.
func peekSession(b []byte) (uint32, bool) {
	h, data, err := ParseHeader(b)
	if err != nil || h.Class != ClassIPMI || len(data) < header15Size {
		return 0, false
	}
	at := 5
	if AuthType(data[0]&authTypeMask) == AuthTypeRMCPPlus {
		if at = 2; PayloadType(data[1]&payloadTypeMask) == PayloadOEMExplicit {
			at += headerOEMSize
		}
	}
	if len(data) < at+4 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(data[at:]), true
}

// meddle asks the faults about a payload that is about to be sealed. Without faults it costs a comparison.
func (t *Table) meddle(s *Session, payload []byte) (_ []byte, flaws Flaws, send bool) {
	if t.faults == nil || payload == nil {
		return payload, 0, true
	}
	p := &t.passing
	p.Session, p.Answer = s, nil
	if p.Request != nil && len(payload) > messageOverhead {
		p.Answer = payload[messageHead : len(payload)-1]
	}
	payload, flaws, send = t.faults.Seal(p, payload)
	if flaws.has(FlawAuthCodeNew) && s != nil && !s.rmcpPlus {
		s.authNew = t.coderOfNow(s)
	}
	return payload, flaws, send
}

// coderOfNow computes AuthCodes with the password that the session's user has now; nil if there is no such user any more.
func (t *Table) coderOfNow(s *Session) *AuthCoder {
	u, ok := t.bmc.UserByName(s.channel, []byte(s.userName), ipmb.PrivilegeUnspecified)
	if !ok || s.authType == AuthTypeOEM {
		return nil
	}
	auth, err := NewAuthCoder(s.authType, u.Password[:AuthCodeSize])
	if err != nil {
		panic(err) // the session's own type
	}
	return auth
}

// Bytes of an IPMI message around its data: to, NetFn, checksum, from, sequence, command in front, a checksum behind.
// [IPMI 2.0 §13.8]
const (
	messageHead     = 6
	messageOverhead = messageHead + 1
)

// faultySetup is a set-up message under faults.
func (t *Table) faultySetup(c *Channel, p *Packet20, from *Arrival, out []byte) []byte {
	t.passing.Session = t.loginOf(p)
	f := t.faults.Setup(&t.passing, p.Payload)
	switch {
	case f.Drop:
		return t.drop(from, DropFault, out)
	case f.Refuse != nil:
		return t.refuseSetup(p, *f.Refuse, from, f.Edit, out)
	}
	t.flaws = f.Flaws
	start := len(out)
	out = t.setupMessage(c, p, from, out)
	t.flaws = 0
	return editSetup(out, start, f.Edit)
}

// loginOf is the login that a RAKP message names.
func (t *Table) loginOf(p *Packet20) *Session {
	if p.Type == PayloadOpenSessionRequest || len(p.Payload) < setupErrorSize {
		return nil
	}
	return t.byID[binary.LittleEndian.Uint32(p.Payload[4:])]
}

// refuseSetup answers a set-up message with a status.
func (t *Table) refuseSetup(p *Packet20, status Status, from *Arrival, edit func([]byte) []byte, out []byte) []byte {
	if len(p.Payload) < setupErrorSize {
		return t.drop(from, DropFormat, out)
	}
	id := binary.LittleEndian.Uint32(p.Payload[4:]) // of Open Session Request: the console's
	if p.Type != PayloadOpenSessionRequest {
		s := t.byID[id]
		if id = 0; s != nil {
			id = s.consoleID
		}
	}
	answer := p.Type + 1
	t.refuse(from, answer, status)
	start := len(out)
	out = answerSetup(out, answer, appendSetup(nil, p.Payload[0], status, id))
	return editSetup(out, start, edit)
}

// editSetup changes the payload of a set-up message that starts at out[start].
func editSetup(out []byte, start int, edit func([]byte) []byte) []byte {
	const head = HeaderSize + header20Size
	if edit == nil || len(out) < start+head {
		return out
	}
	kind, payload := payloadOf(out[start:]), bytes.Clone(out[start+head:])
	return answerSetup(out[:start], kind, edit(payload))
}
