package bmc

import "sync"

// Host is the hardware behind a machine: what carries out in the world what the controller does with the host's power.
// Its methods are called in the order of events, one at a time, outside of the machine's lock; they may take their time
// and may call the machine, except Close. A method for which there is no hardware does nothing.
type Host interface {
	PowerOn()  // HostPowered(true) tells when it is on
	PowerOff() // hard
	Reset()
	NMI()
	GracefulShutdown() // asks the operating system; HostPowered(false) tells the outcome
}

// hostLink carries calls to the Host.
type hostLink struct {
	host    Host // nil: there is no hardware
	calls   []func(Host)
	serving bool
	served  sync.WaitGroup
}

// SetHost puts hardware behind the machine, or takes it away with nil. With hardware, the way up and a soft shutdown end
// when the hardware says so, and the host's own firmware takes the boot flags.
func (m *Machine) SetHost(h Host) {
	defer m.lockAll()()
	m.host.host = h
	if h != nil || m.closed {
		return
	}
	m.host.calls = nil
	switch p := &m.power; p.state { // what waited for the hardware takes the profile's time
	case PowerTurningOn:
		m.powerAlarm(p.spec.PowerUp.Std(), m.cameUp)
	case PowerShuttingDown:
		m.powerAlarm(p.spec.Shutdown.Std(), m.wentDown)
	}
}

// tellHost calls the hardware, later and without the machine's lock, which the caller holds. There is a goroutine only
// while there is something to say.
func (m *Machine) tellHost(call func(Host)) {
	l := &m.host
	if l.host == nil || m.closed {
		return
	}
	l.calls = append(l.calls, call)
	if !l.serving {
		l.serving = true
		l.served.Go(m.serveHost)
	}
}

// serveHost makes the calls that wait, and ends.
func (m *Machine) serveHost() {
	for {
		m.mu.Lock()
		if len(m.host.calls) == 0 || m.closed {
			m.host.serving = false
			m.mu.Unlock()
			return
		}
		host, call := m.host.host, m.host.calls[0]
		m.host.calls = m.host.calls[1:]
		m.mu.Unlock()
		call(host)
	}
}

// HostPowered is the hardware's word that the host went on or off by itself: an operating system that shut down, a
// virtual machine that somebody started.
func (m *Machine) HostPowered(on bool) {
	defer m.lockAll()()
	p := &m.power
	switch {
	case m.closed || !p.mains || p.state.On() == on:
	case !on:
		p.commanded = p.commanded && p.state != PowerOn
		m.wentDown()
	case p.state == PowerTurningOn:
		m.cameUp()
	default:
		p.source, p.commanded = powerSource{cause: causeUnknown}, false
		m.cameUp()
	}
}

// HostReset is the hardware's word that the host reset itself, as an operating system that reboots does.
func (m *Machine) HostReset() {
	defer m.lockAll()()
	if !m.closed && m.power.state.On() {
		m.hostReset(powerSource{cause: causeSoftReset})
	}
}

// lockAll takes the session table's lock and the machine's, and returns what releases them. What ends sessions, may end in
// a reset of the host, or changes what is non-volatile needs both.
func (m *Machine) lockAll() (unlock func()) {
	m = m.top() // who keeps what is non-volatile
	m.sessions.Lock()
	m.mu.Lock()
	return func() {
		_ = m.release() // which logs the error; there is nobody here to tell
		m.sessions.Unlock()
	}
}
