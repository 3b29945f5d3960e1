package bmc

import (
	"errors"
	"io"
	"sync"
)

// ErrSerialBusy is the answer to a second connection to the host's serial port.
var ErrSerialBusy = errors.New("the serial port is connected already")

// serialPort is a stream at the host's end of the line: a pseudo-terminal, a socket, a program. One goroutine reads it
// and one writes; ServeSerial, which runs the first, waits for the second.
type serialPort struct {
	line   *serialLine
	stream io.ReadWriteCloser
	input  []byte        // typed and not written yet, at most the line's buffer; guarded by the machine's lock
	wake   chan struct{} // one place: there is input
	room   chan struct{} // one place: the consoles may have room again
	gone   chan struct{} // closed when the connection is over
	once   sync.Once
}

// ServeSerial connects a stream to the host's serial port and carries characters until the stream ends, which is its
// error (io.EOF for a stream that was closed at the other end), or the machine closes, which is ErrClosed. The stream is
// closed then. Close must end its reads and writes.
//
// Reading stops while the consoles have no room, unless the profile says that the host ignores flow control; while
// there is no console, what is read is lost, as with a serial cable that nobody plugged in.
func (m *Machine) ServeSerial(stream io.ReadWriteCloser) error {
	p := &serialPort{stream: stream, wake: make(chan struct{}, 1), room: make(chan struct{}, 1), gone: make(chan struct{})}
	if err := m.connectSerial(p); err != nil {
		stream.Close()
		return err
	}
	defer m.serialServed.Done()
	var writer sync.WaitGroup
	writer.Go(p.write)
	err := p.read()
	p.disconnect()
	writer.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.line.end = nil
	if m.closed {
		return ErrClosed
	}
	return err
}

func (m *Machine) connectSerial(p *serialPort) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return ErrClosed
	case m.line.end != nil:
		return ErrSerialBusy
	}
	p.line, m.line.end = &m.line, p
	m.serialServed.Add(1)
	return nil
}

// read carries what the host sends until the stream ends.
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

// carry gives characters to the consoles, and waits while they have no room.
func (p *serialPort) carry(b []byte) bool {
	for {
		unlock := p.line.m.lockAll()
		n := p.line.send(b)
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

// write carries what was typed to the host.
func (p *serialPort) write() {
	for {
		select {
		case <-p.wake:
		case <-p.gone:
			return
		}
		m := p.line.m
		m.mu.Lock()
		b := p.input
		p.input = nil
		m.mu.Unlock()
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

func (p *serialPort) hangUp() {}

func (p *serialPort) disconnect() {
	p.once.Do(func() {
		close(p.gone)
		p.stream.Close()
	})
}
