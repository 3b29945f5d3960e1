package bmc

import "github.com/fakebmc/fakebmc/profiles"

// serialLine is the host's serial port as the controller sees it: SOL's consoles on one side, the host's end on the
// other. All active instances share it: each sees what the host sends, and the host reads what any of them types.
// [IPMI 2.0 §15]
type serialLine struct {
	m    *Machine
	spec *profiles.SOLConsole
	room int       // for characters that wait, in each direction
	end  serialEnd // nil: nothing is connected; what is typed goes nowhere

	signals SerialSignals // that the host's port sees
	noRTS   bool          // the host deasserts RTS
	noDTR   bool          // the host deasserts DTR
}

// SerialSignals are the handshake lines that the host's serial port sees. Without a console none is asserted.
// [IPMI 2.0 §15.6, §15.9]
type SerialSignals struct {
	CTS, DCD, DSR bool
}

// serialEnd is who is at the host's end of the line. Its methods are called with both of the machine's locks held.
type serialEnd interface {
	receive(b []byte) int // takes characters, and says how many
	flush()               // forgets those that were not worked on yet
	sendBreak()
	follow(now SerialSignals)
	ring()
	drained()      // there may be room for output again
	power(on bool) // the host's power came or went
	started()      // the host starts
	disconnect()   // the machine closes
}

func newSerialLine(m *Machine) serialLine {
	l := serialLine{m: m, spec: &m.profile.SOLConsole, room: m.profile.SOLConsole.Buffer}
	if l.room <= 0 {
		l.room = 4096
	}
	if l.spec.To == profiles.SOLConsoleDemo {
		l.end = newDemoConsole(m)
	}
	return l
}

func (l *serialLine) receive(b []byte) int {
	if l.end == nil {
		return len(b)
	}
	return l.end.receive(b)
}

func (l *serialLine) flush() {
	if l.end != nil {
		l.end.flush()
	}
}

func (l *serialLine) sendBreak() {
	if l.end != nil {
		l.end.sendBreak()
	}
}

// ring is RI at the host's port. It wakes a host that is off, if the profile says so. [IPMI 2.0 §15.9]
func (l *serialLine) ring() {
	if l.spec.WakeOnRing && l.m.power.mains && !l.m.power.state.On() {
		l.m.power.commanded = false
		_ = l.m.powerUp(powerSource{cause: causeUnknown}) // an open chassis stays off
	}
	if l.end != nil {
		l.end.ring()
	}
}

// follow works out the signals from the consoles that are there: one that pauses is enough to stop the host, and one
// that is there is a terminal.
func (l *serialLine) follow() {
	now := SerialSignals{CTS: true}
	there := false
	for in := range l.m.payloads.running() {
		there = true
		now.CTS = now.CTS && !in.noCTS
		now.DCD = now.DCD || !in.noDCD
		now.DSR = now.DSR || !in.noDSR
	}
	now.CTS = now.CTS && there
	if now == l.signals {
		return
	}
	l.signals = now
	if l.end != nil {
		l.end.follow(now)
	}
}

// hostSignals are the signals of the host that a console in test mode is told of. A port without power and one that
// nothing is behind asserts none.
func (l *serialLine) hostSignals() (s SOLStatus) {
	if l.end == nil || !l.m.power.state.On() {
		return 0
	}
	if !l.noRTS {
		s |= SOLRTS
	}
	if !l.noDTR {
		s |= SOLDTR
	}
	return s
}

// SerialSignals are the handshake lines that the host's serial port sees now.
func (m *Machine) SerialSignals() SerialSignals {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.line.signals
}

// SetSerialControl says which lines the host asserts, RTS and DTR; at the start both. Consoles in test mode are told.
// [IPMI 2.0 §15.9, status bits 1:0]
func (m *Machine) SetSerialControl(rts, dtr bool) {
	defer m.lockAll()()
	before := m.line.hostSignals()
	m.line.noRTS, m.line.noDTR = !rts, !dtr
	if m.closed || m.line.hostSignals() == before {
		return
	}
	for in := range m.payloads.running() {
		if in.testMode {
			m.solSend(in, SOLPacket{Flags: SOLNACK})
		}
	}
}

func (l *serialLine) drained() {
	if l.end != nil {
		l.end.drained()
	}
}

// send gives the host's characters to the consoles or, without one, to the serial connector, and says how many it took.
// Without power in the host's serial controller, they are lost. A host that pays attention to CTS waits while a console has no room; one
// that does not loses characters, and the console is told of the overrun. [IPMI 2.0 §15.6, §15.9]
func (l *serialLine) send(b []byte) int {
	if !l.m.power.state.On() {
		return len(b)
	}
	if l.m.payloads.activeSOL() == 0 {
		return l.m.toConnector(b)
	}
	n := len(b)
	if !l.spec.IgnoreCTS {
		for in := range l.m.payloads.running() {
			room := l.room - len(in.buffer)
			if in.noCTS || room <= 0 {
				return 0
			}
			n = min(n, room)
		}
	}
	for in := range l.m.payloads.running() {
		in.solTake(b[:n], l.room)
		l.m.solPump(in)
	}
	return n
}

// power follows the host's power: each console is told once. [IPMI 2.0 §15.9, status bit 5]
func (l *serialLine) power(on bool) {
	if l.end != nil {
		l.end.power(on)
	}
	status := SOLNACK
	if !on {
		status |= SOLUnavailable
	}
	for in := range l.m.payloads.running() {
		l.m.solSend(in, SOLPacket{Flags: status})
	}
}

func (l *serialLine) started() {
	if l.end != nil {
		l.end.started()
	}
}

func (l *serialLine) disconnect() {
	if plug := l.m.connector.plug; plug != nil {
		plug.disconnect()
	}
	if l.end != nil {
		l.end.disconnect()
	}
}

// SerialBreak is a break that the host sends: each console is told. [IPMI 2.0 §15.9, status bit 2]
func (m *Machine) SerialBreak() {
	defer m.lockAll()()
	if m.closed || !m.power.state.On() {
		return
	}
	for in := range m.payloads.running() {
		m.solSend(in, SOLPacket{Flags: SOLBreak})
	}
}
