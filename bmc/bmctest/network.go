package bmctest

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// Network is a network in memory: sockets on it exchange datagrams as UDP sockets do, in order and without loss as long
// as a socket's inbox has room. Everything that waits on it waits on channels, so it works in a testing/synctest bubble,
// where time is virtual.
type Network struct {
	mu      sync.Mutex // guards sockets and next
	sockets map[netip.AddrPort]*socket
	next    uint16 // the next ephemeral port
}

// NewNetwork makes an empty network.
func NewNetwork() *Network {
	return &Network{sockets: make(map[netip.AddrPort]*socket), next: 49152}
}

// inboxSize is the number of datagrams that a socket holds for its reader; more are lost, as with UDP.
const inboxSize = 1024

// Listen opens a socket on an address. Port 0 takes a free one. It returns an error of the kind net.ListenPacket
// returns if the address is taken.
func (n *Network) Listen(addr netip.AddrPort) (net.PacketConn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for addr.Port() == 0 {
		free := netip.AddrPortFrom(addr.Addr(), n.next)
		if n.next++; n.next == 0 {
			n.next = 49152
		}
		if n.sockets[free] == nil {
			addr = free
		}
	}
	if n.sockets[addr] != nil {
		return nil, &net.OpError{Op: "listen", Net: "memory", Addr: net.UDPAddrFromAddrPort(addr), Err: os.ErrExist}
	}
	s := &socket{network: n, addr: addr, inbox: make(chan datagram, inboxSize), closed: make(chan struct{}),
		deadline: make(chan struct{})}
	n.sockets[addr] = s
	return s, nil
}

type datagram struct {
	data []byte
	from netip.AddrPort
}

// socket is one end point. It implements net.PacketConn.
type socket struct {
	network *Network
	addr    netip.AddrPort
	inbox   chan datagram
	once    sync.Once
	closed  chan struct{} // closed by Close

	mu       sync.Mutex    // guards deadline and timer
	deadline chan struct{} // closed when the read deadline has passed
	timer    *time.Timer
}

// ReadFrom waits for a datagram. What does not fit in b is lost, as with UDP.
func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	s.mu.Lock()
	deadline := s.deadline
	s.mu.Unlock()
	select {
	case <-s.closed:
		return 0, nil, net.ErrClosed
	case <-deadline:
		return 0, nil, os.ErrDeadlineExceeded
	default:
	}
	select {
	case d := <-s.inbox:
		return copy(b, d.data), net.UDPAddrFromAddrPort(d.from), nil
	case <-s.closed:
		return 0, nil, net.ErrClosed
	case <-deadline:
		return 0, nil, os.ErrDeadlineExceeded
	}
}

// WriteTo puts a copy of b into the inbox of whoever listens on the address; if nobody does, it is lost.
func (s *socket) WriteTo(b []byte, to net.Addr) (int, error) {
	select {
	case <-s.closed:
		return 0, net.ErrClosed
	default:
	}
	addr, err := netip.ParseAddrPort(to.String())
	if err != nil {
		return 0, &net.AddrError{Err: "no IP address and port", Addr: to.String()}
	}
	s.network.mu.Lock()
	peer := s.network.sockets[addr]
	s.network.mu.Unlock()
	if peer != nil {
		select {
		case peer.inbox <- datagram{append([]byte(nil), b...), s.addr}:
		default:
		}
	}
	return len(b), nil
}

// Close takes the socket off the network and ends its reads.
func (s *socket) Close() error {
	s.once.Do(func() {
		s.network.mu.Lock()
		delete(s.network.sockets, s.addr)
		s.network.mu.Unlock()
		close(s.closed)
		s.setDeadline(time.Time{})
	})
	return nil
}

// LocalAddr is a *net.UDPAddr.
func (s *socket) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(s.addr) }

// SetDeadline sets the read deadline; writes never wait.
func (s *socket) SetDeadline(t time.Time) error { return s.SetReadDeadline(t) }

// SetWriteDeadline does nothing: writes never wait.
func (s *socket) SetWriteDeadline(time.Time) error { return nil }

// SetReadDeadline ends present and later reads at t; the zero time lets them wait.
func (s *socket) SetReadDeadline(t time.Time) error {
	select {
	case <-s.closed:
		return net.ErrClosed
	default:
	}
	s.setDeadline(t)
	return nil
}

func (s *socket) setDeadline(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		if !s.timer.Stop() {
			<-s.deadline // the timer has run, or is about to
		}
		s.timer = nil
	}
	select {
	case <-s.deadline:
		s.deadline = make(chan struct{})
	default:
	}
	if t.IsZero() {
		return
	}
	if wait := time.Until(t); wait > 0 {
		passed := s.deadline
		s.timer = time.AfterFunc(wait, func() { close(passed) })
		return
	}
	close(s.deadline)
}
