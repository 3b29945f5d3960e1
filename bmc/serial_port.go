package bmc

import (
	"errors"
	"io"
	"sync"
)

// Errors of ServeSerial and ServeConnector.
var (
	ErrSerialBusy  = errors.New("the serial port is connected already")
	ErrNoConnector = errors.New("the machine has no serial channel, and so no serial connector")
)

// serialPort is a stream at one end of the line, the host's or the serial connector: a pseudo-terminal, a socket, a program. One goroutine reads it
// and one writes; ServeSerial, which runs the first, waits for the second.
type serialPort struct {
	line   *serialLine
	stream io.ReadWriteCloser
	input  []byte // typed and not written yet, at most the line's buffer; guarded by the machine's lock
	// deliver takes what the stream sends, and says how much.
	deliver func(b []byte) int
	taken   func()        // after the stream took characters; nil: nobody asks
	wake    chan struct{} // one place: there is input
	room    chan struct{} // one place: the consoles may have room again
	gone    chan struct{} // closed when the connection is over
	once    sync.Once
}

// ServeSerial connects a stream to the host's serial port and carries characters until the stream ends, which is its
// error (io.EOF for a stream that was closed at the other end), or the machine closes, which is ErrClosed. The stream is
// closed then. Close must end its reads and writes.
//
// A stream that can do more than carry characters has some of the methods SendBreak(), SetSignals(SerialSignals) and
// Ring(). They are called under the machine's locks and must not block. What the host signals comes in by SerialBreak and
// SetSerialControl.
//
// Reading stops while the consoles have no room, unless the profile says that the host ignores flow control; while
// there is no console, what is read is lost, as with a serial cable that nobody plugged in.
func (m *Machine) ServeSerial(stream io.ReadWriteCloser) error {
	p := newSerialPort(&m.line, stream)
	p.deliver = m.line.send
	return m.servePort(p, func() error {
		if m.line.end != nil {
			return ErrSerialBusy
		}
		m.line.end = p
		p.follow(m.line.signals)
		return nil
	}, func() { m.line.end = nil })
}

func newSerialPort(l *serialLine, stream io.ReadWriteCloser) *serialPort {
	return &serialPort{line: l, stream: stream, wake: make(chan struct{}, 1), room: make(chan struct{}, 1), gone: make(chan struct{})}
}

// servePort carries characters between plug, which may refuse, and unplug. Both run under the machine's locks.
func (m *Machine) servePort(p *serialPort, plug func() error, unplug func()) error {
	if err := m.plugIn(plug); err != nil {
		p.stream.Close()
		return err
	}
	defer m.serialServed.Done()
	var writer sync.WaitGroup
	writer.Go(p.write)
	err := p.read()
	p.disconnect()
	writer.Wait()
	defer m.lockAll()()
	unplug()
	if m.closed {
		return ErrClosed
	}
	return err
}

func (m *Machine) plugIn(plug func() error) error {
	defer m.lockAll()()
	if m.closed {
		return ErrClosed
	}
	if err := plug(); err != nil {
		return err
	}
	m.serialServed.Add(1)
	return nil
}

// read carries what the stream sends until the stream ends.
func (p *serialPort) read() error {
	b := make([]byte, 1024)
	for {
		n, err := p.stream.Read(b)
		if !p.carry(b[:n]) {
			return io.ErrClosedPipe
		}
		if err != nil {
			return err
		}
	}
}

// carry delivers characters, and waits while there is no room for them.
func (p *serialPort) carry(b []byte) bool {
	for {
		unlock := p.line.m.lockAll()
		n := p.deliver(b)
		unlock()
		if b = b[n:]; len(b) == 0 {
			return true
		}
		select {
		case <-p.room:
		case <-p.gone:
			return false
		}
	}
}

// write carries what waits to the stream.
func (p *serialPort) write() {
	for {
		select {
		case <-p.wake:
		case <-p.gone:
			return
		}
		unlock := p.line.m.lockAll()
		b := p.input
		p.input = nil
		if p.taken != nil {
			p.taken()
		}
		unlock()
		if _, err := p.stream.Write(b); err != nil {
			p.disconnect()
			return
		}
	}
}

// signal fills the one place of a channel.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (p *serialPort) receive(b []byte) int {
	n := min(len(b), p.line.room-len(p.input))
	if n > 0 {
		p.input = append(p.input, b[:n]...)
		signal(p.wake)
	}
	return max(n, 0)
}

func (p *serialPort) flush()     { p.input = nil }
func (p *serialPort) drained()   { signal(p.room) }
func (p *serialPort) power(bool) { p.drained() }
func (p *serialPort) started()   {}

// sendBreak is for streams that have a break.
func (p *serialPort) sendBreak() {
	if s, ok := p.stream.(interface{ SendBreak() }); ok {
		s.SendBreak()
	}
}

// follow is for streams that have handshake lines.
func (p *serialPort) follow(now SerialSignals) {
	if s, ok := p.stream.(interface{ SetSignals(SerialSignals) }); ok {
		s.SetSignals(now)
	}
}

// ring is for streams that have RI.
func (p *serialPort) ring() {
	if s, ok := p.stream.(interface{ Ring() }); ok {
		s.Ring()
	}
}

func (p *serialPort) disconnect() {
	p.once.Do(func() {
		close(p.gone)
		p.stream.Close()
	})
}
