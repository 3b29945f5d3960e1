package rmcp

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// maxDatagram is the room for a datagram. An Ethernet frame carries less.
const maxDatagram = 2048

// Router finds the machine that an address belongs to, so that one socket can serve many and a reload can put another
// machine in a running one's place. It is asked for each datagram.
type Router interface {
	// Route returns the session table behind a local address, or nil if nobody is there.
	Route(local netip.AddrPort) *Table
}

// Route makes a table the router of its own socket.
func (t *Table) Route(netip.AddrPort) *Table { return t }

// ServerOptions are a server's settings.
type ServerOptions struct {
	Channel uint8 // the LAN channel that the socket is
	Log     zerolog.Logger
}

// Server is one socket. Its single reader handles each datagram to the end before it takes the next one, so that a
// session's packets keep their order. Several servers may share a table.
type Server struct {
	conn   packetConn
	router Router
	opt    ServerOptions

	closing atomic.Bool
	closed  chan struct{} // closed by Close, before it waits
	serving sync.Mutex    // held by Serve while it runs
	once    sync.Once
	err     error // of closing the socket
}

// packetConn is a socket as the server uses it: plain UDP, UDP on a wildcard address, or any net.PacketConn.
type packetConn interface {
	read(b []byte) (n int, peer, local netip.AddrPort, err error)
	write(b []byte, peer, local netip.AddrPort) error
	localAddr() net.Addr
	SetReadDeadline(time.Time) error
	Close() error
}

// NewServer prepares to serve a socket, which it closes in the end. A UDP socket on a wildcard address answers from the
// address that was asked, where the system can do that (Linux). The addresses of other kinds of net.PacketConn must be
// *net.UDPAddr, or print as IP and port.
func NewServer(conn net.PacketConn, router Router, opt ServerOptions) (*Server, error) {
	c, err := newPacketConn(conn)
	if err != nil {
		return nil, err
	}
	return &Server{conn: c, router: router, opt: opt, closed: make(chan struct{})}, nil
}

// LocalAddr is the socket's address.
func (s *Server) LocalAddr() net.Addr { return s.conn.localAddr() }

// Times between attempts to read after an error that may pass, and the number of errors in a row after which it is
// taken to be persistent.
const (
	firstBackoff  = time.Millisecond
	longestWait   = 250 * time.Millisecond
	mostReadFails = 20
)

// Serve reads and answers until Close, then returns nil; or until the socket fails for good. It is called once.
func (s *Server) Serve() error {
	s.serving.Lock()
	defer s.serving.Unlock()
	in, out := make([]byte, maxDatagram), make([]byte, 0, maxDatagram)
	arrival := Arrival{Wire: s, Channel: s.opt.Channel}
	fails, wait := 0, firstBackoff
	for !s.closing.Load() {
		n, peer, local, err := s.conn.read(in)
		if err != nil {
			if s.closing.Load() {
				return nil
			}
			if fails++; fails > mostReadFails || errors.Is(err, net.ErrClosed) {
				return err
			}
			s.opt.Log.Warn().Err(err).Msg("read failed")
			s.pause(wait)
			wait = min(2*wait, longestWait)
			continue
		}
		fails, wait = 0, firstBackoff
		arrival.Peer, arrival.Local = peer, local
		t := s.router.Route(local)
		if t == nil {
			continue
		}
		if out = t.Handle(in[:n], &arrival, out[:0]); len(out) > 0 {
			s.WriteDatagram(out, peer, local)
		}
	}
	return nil
}

// pause waits, but not on a server that closes.
func (s *Server) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.closed:
	}
}

// WriteDatagram sends a datagram. UDP promises nothing, so an error is only logged.
func (s *Server) WriteDatagram(b []byte, peer, local netip.AddrPort) {
	if err := s.conn.write(b, peer, local); err != nil && !s.closing.Load() {
		s.opt.Log.Warn().Err(err).Stringer("peer", peer).Msg("write failed")
	}
}

// WriteStray sends a datagram from a place that nobody asked. A socket that is none of UDP sends nothing. [StrayWire]
func (s *Server) WriteStray(b []byte, peer, local netip.AddrPort, from Stray) {
	addr, err := local.Addr(), error(nil)
	if from == OtherAddress {
		addr, err = otherAddress(addr.Unmap())
	}
	var conn *net.UDPConn
	if err == nil {
		conn, err = net.ListenUDP("udp", &net.UDPAddr{IP: addr.AsSlice()})
	}
	if err == nil {
		_, err = conn.WriteToUDPAddrPort(b, peer)
		conn.Close()
	}
	if err != nil && !s.closing.Load() {
		s.opt.Log.Warn().Err(err).Stringer("peer", peer).Msg("stray write failed")
	}
}

var errNoOtherAddress = errors.New("this computer has no other address")

// otherAddress is an address of this computer that is not this one, but of its kind. On Linux each of 127.0.0.0/8 is one.
func otherAddress(addr netip.Addr) (netip.Addr, error) {
	if addr.Is4() && addr.IsLoopback() {
		b := addr.As4()
		b[2] ^= 1
		return netip.AddrFrom4(b), nil
	}
	list, err := net.InterfaceAddrs()
	if err != nil {
		return netip.Addr{}, err
	}
	for _, a := range list {
		prefix, err := netip.ParsePrefix(a.String())
		if other := prefix.Addr(); err == nil && other != addr && other.Is4() == addr.Is4() && other.IsGlobalUnicast() {
			return other, nil
		}
	}
	return netip.Addr{}, errNoOtherAddress
}

// Close ends Serve, waits for it, and closes the socket. It may be called more than once.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.closing.Store(true)
		close(s.closed)
		early := s.conn.SetReadDeadline(time.Unix(1, 0)) != nil // a socket without deadlines has but one way to wake
		if early {
			s.err = s.conn.Close()
		}
		s.serving.Lock()
		defer s.serving.Unlock()
		if !early {
			s.err = s.conn.Close()
		}
	})
	if errors.Is(s.err, net.ErrClosed) {
		return nil
	}
	return s.err
}
