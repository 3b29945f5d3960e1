package vmserial

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// peer is a virtual machine that is connected. One goroutine reads and answers, one writes.
//
// QEMU acts on a control command when it ends, and may throw away what it read together with it. So a command is a write
// of its own with a pause after it, and one that a request causes follows the request's answer.
type peer struct {
	link *Link
	conn net.Conn
	log  zerolog.Logger

	responses chan []byte   // one place, so that who does not read is not answered
	asked     chan byte     // control commands for the hardware
	gone      chan struct{} // closed by close
	once      sync.Once

	can       atomic.Uint32 // capability bits
	answering atomic.Int32  // requests that came and whose response has not gone
	forgotten atomic.Bool   // the virtual machine no longer knows the signals that it was told

	mu      sync.Mutex // guards what follows
	silent  bool       // it has said nothing since it connected
	resetAt time.Time  // it was told to reset, and may say that it did
	offAt   time.Time  // it was told to power off

	// Used by the writer alone.
	told          bmc.Attention // signals that the virtual machine was told
	tellAttention bool          // whatever it was told
	tellIRQ       bool
}

// Times of the protocol.
const (
	// commandGap follows a control command, so that the other end reads it alone.
	commandGap = 10 * time.Millisecond
	// writeLimit ends a connection whose other end takes nothing.
	writeLimit = 10 * time.Second
	// resetEcho is how long after a reset command a report of a reset is the answer to it.
	resetEcho = 10 * time.Second
	// offEcho is how long after a power off command what the host asks may still come from before.
	offEcho = time.Second
)

func newPeer(k *Link, conn net.Conn, log zerolog.Logger) *peer {
	return &peer{
		link: k, conn: conn, log: log, silent: true,
		responses: make(chan []byte, 1), asked: make(chan byte, 4), gone: make(chan struct{}),
	}
}

// close ends the connection. It may be called more than once.
func (p *peer) close() {
	p.once.Do(func() {
		close(p.gone)
		p.conn.Close()
	})
}

// read takes the stream apart and answers, until the connection ends.
func (p *peer) read() error {
	var d decoder
	b := make([]byte, 512)
	for {
		n, err := p.conn.Read(b)
		for _, c := range b[:n] {
			f, ok := d.put(c)
			if !ok {
				continue
			}
			if err := p.take(f); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}

// take acts on a frame.
func (p *peer) take(f frame) error {
	if f.control {
		p.control(f.body)
		return nil
	}
	m, ok := parseMessage(f.body)
	if !ok || m.netFn.IsResponse() {
		p.log.Debug().Hex("frame", f.body).Msg("frame dropped: no request")
		return nil
	}
	return p.answer(m)
}

// answer runs a request of the host. A host that asks is on: with -no-shutdown, QEMU stops when it is told to power off,
// and whoever lets it go on, by its monitor, does not tell us.
func (p *peer) answer(m message) error {
	p.mu.Lock()
	p.silent = false
	stale := time.Since(p.offAt) < offEcho
	p.mu.Unlock()
	if !stale {
		p.link.machine.HostPowered(true)
	}
	p.answering.Add(1) // the writer takes it back
	r, err := p.link.machine.RequestResponse(p.link.ctx, bmc.SystemRequest{
		Command: m.cmd, Lun: uint8(m.lun), NetworkFunction: uint8(m.netFn), ResponderAddress: uint8(ipmb.AddrBMC),
		RequestData: m.data, RequestDataSize: uint32(len(m.data)),
	})
	if err != nil {
		return err
	}
	select {
	case p.responses <- m.answer(r.ResponseData).appendTo(nil):
		return nil
	case <-p.gone:
		return net.ErrClosed
	}
}

// control acts on a control command of the virtual machine. Codes that QEMU does not send are ignored, as it does.
func (p *peer) control(b []byte) {
	switch code := b[0]; {
	case code == cmdVersion && len(b) > 1:
		p.log.Debug().Uint8("version", b[1]).Msg("virtual machine's protocol version")
	case code == cmdCapabilities && len(b) > 1:
		p.log.Debug().Hex("capabilities", b[1:2]).Msg("virtual machine's capabilities")
		p.can.Store(uint32(b[1]))
		p.forget()
	case code == cmdReset:
		p.wasReset()
	}
}

// forget makes the writer tell the signals again.
func (p *peer) forget() {
	p.forgotten.Store(true)
	select {
	case p.link.wake <- struct{}{}:
	default:
	}
}

// wasReset takes the virtual machine's word that it was reset. It may also say so when it starts, and when it was told to
// reset: that is no news. QEMU 7.2 has the report in its code, and no device of it sends one.
func (p *peer) wasReset() {
	p.forget() // a reset clears its signals
	p.mu.Lock()
	expected := p.silent || time.Since(p.resetAt) < resetEcho
	p.silent, p.resetAt = false, time.Time{}
	p.mu.Unlock()
	m := p.link.machine
	switch {
	case !m.PowerState().On():
		m.HostPowered(true) // it was stopped, and somebody started it again
	case !expected:
		m.HostReset()
	}
}

// write sends responses first, then commands, until the connection ends.
func (p *peer) write() {
	defer p.close() // ends the reader, too
	for err := p.command(cmdVersion, protocolVersion); err == nil; {
		asked := p.asked
		if p.answering.Load() > 0 {
			asked = nil // a response is coming
		} else if command, ok := p.next(); ok {
			err = p.command(command)
			continue
		}
		select {
		case r := <-p.responses:
			err = p.send(r)
			p.answering.Add(-1)
		case command := <-asked:
			err = p.command(command)
		case <-p.link.wake:
		case <-p.gone:
			return
		}
	}
}

// next is the signal that the virtual machine should be told now.
func (p *peer) next() (command byte, ok bool) {
	if p.forgotten.Swap(false) {
		p.tellAttention, p.tellIRQ = true, true
	}
	now, can := *p.link.attention.Load(), p.can.Load()
	switch {
	case can&canIRQ != 0 && (p.tellIRQ || now.Interrupts != p.told.Interrupts):
		p.tellIRQ, p.told.Interrupts = false, now.Interrupts
		if now.Interrupts {
			return cmdEnableIRQ, true
		}
		return cmdDisableIRQ, true
	case can&canAttention != 0 && (p.tellAttention || now.Set != p.told.Set || now.Interrupt != p.told.Interrupt):
		p.tellAttention, p.told.Set, p.told.Interrupt = false, now.Set, now.Interrupt
		switch {
		case !now.Set:
			return cmdNoAttention, true
		case now.Interrupt:
			return cmdAttentionIRQ, true
		}
		return cmdAttention, true
	}
	return 0, false
}

// command sends a control command, alone.
func (p *peer) command(b ...byte) error {
	if err := p.send(appendFrame(nil, b, endControl)); err != nil {
		return err
	}
	select {
	case <-time.After(commandGap):
		return nil
	case <-p.gone:
		return net.ErrClosed
	}
}

// send writes one frame.
func (p *peer) send(b []byte) error {
	if err := p.conn.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return err
	}
	_, err := p.conn.Write(b)
	if err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.EOF) {
		p.log.Debug().Err(err).Msg("virtual machine does not read")
	}
	return err
}
