package console

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

const (
	readBuffer = 9 << 10
	maxStrays  = 256
)

// Options change how a Console works. The zero value is what tests want.
type Options struct {
	// Timeout is how long an attempt waits for its answer: 2 s when zero. A context may end it sooner.
	Timeout time.Duration
	// Retries is how many times a request without answer is sent again.
	Retries int
	// Rand gives random numbers, session IDs and initialization vectors: crypto/rand when nil.
	Rand io.Reader
	// Tolerate is asked about each breach of the protocol that leaves a packet usable: numbers, lengths, pads, addresses,
	// protection. When it says yes the console goes on; this is how a test talks to a BMC that is not as strict as ours,
	// and collects what is wrong with it. Codes that are wrong are never tolerated.
	Tolerate func(breach error) bool
}

// Console is a remote console at one UDP port.
type Console struct {
	wire   wire
	opt    Options
	rqSeq  uint8
	tag    uint8
	plus   map[uint32]*Session // RMCP+ sessions by the console's ID
	old    map[uint32]*Session // v1.5 sessions by the BMC's ID
	strays [][]byte            // datagrams outside of sessions, in order
	buf    []byte
}

// wire is what a Console needs of a connection.
type wire interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
}

// Dial makes a console that talks to a BMC's UDP address.
func Dial(address string, opt Options) (*Console, error) {
	conn, err := net.Dial("udp", address)
	if err != nil {
		return nil, err
	}
	return New(conn, opt), nil
}

// New makes a console on a connection that keeps datagrams apart. Close closes it.
func New(conn net.Conn, opt Options) *Console { return newConsole(conn, opt) }

// NewPacket makes a console on a packet connection; what others than peer send is ignored. Close closes it.
func NewPacket(conn net.PacketConn, peer net.Addr, opt Options) *Console {
	return newConsole(packetWire{conn, peer}, opt)
}

func newConsole(w wire, opt Options) *Console {
	if opt.Timeout == 0 {
		opt.Timeout = 2 * time.Second
	}
	if opt.Rand == nil {
		opt.Rand = rand.Reader
	}
	return &Console{
		wire: w, opt: opt, buf: make([]byte, readBuffer),
		plus: make(map[uint32]*Session), old: make(map[uint32]*Session),
	}
}

// Close closes the connection. Sessions stay open at the BMC.
func (c *Console) Close() error { return c.wire.Close() }

// Send sends a datagram as it is.
func (c *Console) Send(datagram []byte) error {
	_, err := c.wire.Write(datagram)
	return err
}

// Receive returns the next datagram that is not part of a session of this console.
func (c *Console) Receive(ctx context.Context) ([]byte, error) {
	return c.stray(ctx, func([]byte) bool { return true })
}

// Ping asks for presence. [IPMI 2.0 §13.2.3]
func (c *Console) Ping(ctx context.Context) (rmcp.Pong, error) {
	ping := rmcp.Ping{Tag: c.nextTag()}
	for attempt := 0; ; attempt++ {
		if err := c.Send(ping.AppendTo(nil)); err != nil {
			return rmcp.Pong{}, err
		}
		d, err := c.stray(ctx, func(d []byte) bool {
			pong, err := parsePong(d)
			return err == nil && pong.Tag == ping.Tag
		})
		if err == nil {
			return parsePong(d)
		}
		if !c.again(ctx, attempt, err) {
			return rmcp.Pong{}, fmt.Errorf("presence ping: %w", err)
		}
	}
}

// Quiet reports whether the BMC has sent nothing that nobody waited for: it pings, and whatever comes before the pong is
// ErrUnexpected. Because a BMC answers a socket's datagrams in their order, this proves without waiting that what was
// sent before stays without answer.
func (c *Console) Quiet(ctx context.Context) error {
	if _, err := c.Ping(ctx); err != nil {
		return err
	}
	if len(c.strays) > 0 {
		d := c.strays[0]
		c.strays = c.strays[1:]
		return fmt.Errorf("%w: %x", ErrUnexpected, d)
	}
	for _, sessions := range []map[uint32]*Session{c.plus, c.old} {
		for _, s := range sessions {
			if p, ok := s.take(func(*Packet) bool { return true }); ok {
				return fmt.Errorf("%w: in session %08Xh: %v %x", ErrUnexpected, s.id, p.Type, p.Payload)
			}
		}
	}
	return nil
}

// Do sends a request outside of a session in the IPMI v1.5 format and returns the data behind the completion code; a
// completion code other than OK is the error, as an ipmb.CompletionCode, beside the data.
func (c *Console) Do(ctx context.Context, netFn ipmb.NetFn, cmd uint8, data ...byte) ([]byte, error) {
	return c.do(ctx, false, netFn, cmd, data)
}

// DoPlus is Do in the RMCP+ format.
func (c *Console) DoPlus(ctx context.Context, netFn ipmb.NetFn, cmd uint8, data ...byte) ([]byte, error) {
	return c.do(ctx, true, netFn, cmd, data)
}

func (c *Console) do(ctx context.Context, plus bool, netFn ipmb.NetFn, cmd uint8, data []byte) ([]byte, error) {
	m := c.Request(netFn, cmd, data...)
	var datagram []byte
	if plus {
		datagram = (&rmcp.Packet20{Payload: m.AppendTo(nil)}).AppendTo(nil)
	} else {
		datagram = (&rmcp.Packet15{Message: m.AppendTo(nil)}).AppendTo(nil)
	}
	for attempt := 0; ; attempt++ {
		if err := c.Send(datagram); err != nil {
			return nil, err
		}
		var answer ipmb.Message
		d, err := c.stray(ctx, func(d []byte) bool {
			payload, ok := outsidePayload(d, plus)
			if ok {
				answer, ok = answerTo(&m, payload)
			}
			return ok
		})
		if err == nil {
			if err = c.breach(checkOutside(d, plus)); err != nil {
				return nil, err
			}
			return completion(&answer)
		}
		if !c.again(ctx, attempt, err) {
			return nil, fmt.Errorf("%v/%02Xh outside of a session: %w", netFn, cmd, err)
		}
	}
}

// Request makes a request from this console (software ID 81h) to the BMC, with the next sequence number.
func (c *Console) Request(netFn ipmb.NetFn, cmd uint8, data ...byte) ipmb.Message {
	c.rqSeq = (c.rqSeq + 1) & 0x3f
	return ipmb.Message{
		To: ipmb.AddrBMC, NetFn: netFn, From: ipmb.AddrRemoteConsole, Seq: c.rqSeq, Cmd: cmd, Data: data,
	}
}

// Setup sends a message of RMCP+ session set-up and returns the payload of its answer, which has the next payload type
// and the same tag.
func (c *Console) Setup(ctx context.Context, t rmcp.PayloadType, payload []byte) ([]byte, error) {
	isAnswer := func(d []byte) bool {
		p, ok := setupPayload(d, t+1)
		return ok && len(p) > 0 && p[0] == payload[0]
	}
	for attempt := 0; ; attempt++ {
		if err := c.SendSetup(t, payload); err != nil {
			return nil, err
		}
		d, err := c.stray(ctx, isAnswer)
		if err == nil {
			p, _ := setupPayload(d, t+1)
			return p, c.breach(checkOutside(d, true))
		}
		if c.again(ctx, attempt, err) {
			continue
		}
		for _, d := range c.strays {
			if p, ok := setupPayload(d, t+1); ok {
				return p, fmt.Errorf("%v: %w", t+1, ErrTag)
			}
		}
		return nil, fmt.Errorf("%v: %w", t, err)
	}
}

// SendSetup sends a message of RMCP+ session set-up and does not wait.
func (c *Console) SendSetup(t rmcp.PayloadType, payload []byte) error {
	return c.Send((&rmcp.Packet20{Type: t, Payload: payload}).AppendTo(nil))
}

// stray waits for a datagram outside of sessions that match accepts.
func (c *Console) stray(ctx context.Context, match func([]byte) bool) ([]byte, error) {
	deadline := c.deadline(ctx)
	for {
		if i := slices.IndexFunc(c.strays, match); i >= 0 {
			d := c.strays[i]
			c.strays = slices.Delete(c.strays, i, i+1)
			return d, nil
		}
		if err := c.pump(ctx, deadline); err != nil {
			return nil, err
		}
	}
}

// breach is err, unless it is tolerated.
func (c *Console) breach(err error) error {
	if err != nil && c.opt.Tolerate != nil && c.opt.Tolerate(err) {
		return nil
	}
	return err
}

// again reports whether a request is to be sent once more.
func (c *Console) again(ctx context.Context, attempt int, err error) bool {
	if d, ok := ctx.Deadline(); ok && !time.Now().Before(d) {
		return false
	}
	return attempt < c.opt.Retries && errors.Is(err, ErrNoAnswer) && ctx.Err() == nil
}

// deadline is when an attempt that begins now is over.
func (c *Console) deadline(ctx context.Context) time.Time {
	deadline := time.Now().Add(c.opt.Timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		return d
	}
	return deadline
}

// pump receives one datagram and gives it to its session, or to the strays.
func (c *Console) pump(ctx context.Context, deadline time.Time) error {
	if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, func() { c.wire.SetReadDeadline(time.Unix(1, 0)) })
		defer stop()
	}
	for {
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", ErrNoAnswer, context.Cause(ctx))
		}
		if err := c.wire.SetReadDeadline(deadline); err != nil {
			return err
		}
		n, err := c.wire.Read(c.buf)
		switch {
		case err == nil:
			return c.route(append([]byte(nil), c.buf[:n]...))
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return err
		case !time.Now().Before(deadline):
			return ErrNoAnswer
		} // else a context that is over, this one or an earlier one, has interrupted the read
	}
}

// route finds the session that a datagram belongs to.
func (c *Console) route(d []byte) error {
	h, rest, err := rmcp.ParseHeader(d)
	if err != nil {
		return fmt.Errorf("%w: %x", ErrHeader, d)
	}
	if h.Class == rmcp.ClassIPMI && !h.ACK {
		if p, err := rmcp.ParsePacket20(rest); err == nil {
			if s := c.plus[p.SessionID]; s != nil {
				return s.receive(d)
			}
		} else if p, err := rmcp.ParsePacket15(rest); err == nil {
			if s := c.old[p.SessionID]; s != nil {
				return s.receive(d)
			}
		}
	}
	if len(c.strays) == maxStrays {
		c.strays = c.strays[1:]
	}
	c.strays = append(c.strays, d)
	return nil
}

func (c *Console) nextTag() uint8 {
	c.tag++
	if c.tag == rmcp.TagUnidirectional {
		c.tag = 0
	}
	return c.tag
}

// random fills b.
func (c *Console) random(b []byte) error {
	_, err := io.ReadFull(c.opt.Rand, b)
	return err
}

// random32 draws a number that is neither 0 nor one of taken's keys.
func (c *Console) random32(taken map[uint32]*Session) (uint32, error) {
	var b [4]byte
	for {
		if err := c.random(b[:]); err != nil {
			return 0, err
		}
		if n := binary.LittleEndian.Uint32(b[:]); n != 0 && taken[n] == nil {
			return n, nil
		}
	}
}

// packetWire makes a wire of a packet connection.
type packetWire struct {
	net.PacketConn
	peer net.Addr
}

func (w packetWire) Write(b []byte) (int, error) { return w.WriteTo(b, w.peer) }

func (w packetWire) Read(b []byte) (int, error) {
	for {
		n, from, err := w.ReadFrom(b)
		if err != nil || from.String() == w.peer.String() {
			return n, err
		}
	}
}
