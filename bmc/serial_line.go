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
}

// serialEnd is who is at the host's end of the line. Its methods are called with both of the machine's locks held.
type serialEnd interface {
	receive(b []byte) int // takes characters, and says how many
	flush()               // forgets those that were not worked on yet
	sendBreak()
	hangUp()       // DCD and DSR went away
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

func (l *serialLine) hangUp() {
	if l.end != nil {
		l.end.hangUp()
	}
}

func (l *serialLine) drained() {
	if l.end != nil {
		l.end.drained()
	}
}

// send gives the host's characters to the consoles, and says how many it took. Without a console, or without power in
// the host's serial controller, they are lost. A host that pays attention to CTS waits while a console has no room; one
// that does not loses characters, and the console is told of the overrun. [IPMI 2.0 §15.6, §15.9]
func (l *serialLine) send(b []byte) int {
	if !l.m.power.state.On() {
		return len(b)
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
