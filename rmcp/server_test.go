package rmcp

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// startServer serves a table on a socket until the test ends.
func startServer(t testing.TB, conn net.PacketConn, router Router) *Server {
	t.Helper()
	s, err := NewServer(conn, router, ServerOptions{Channel: testChannel})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("second Close: %v", err)
		}
	})
	return s
}

func listen(t testing.TB, network, address string) net.PacketConn {
	t.Helper()
	conn, err := net.ListenPacket(network, address)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// askUDP sends a datagram from a connected socket, which takes answers from that address only, and returns the answer.
func askUDP(t testing.TB, network, address string, b []byte) []byte {
	t.Helper()
	conn, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(b); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(5 * second))
	buf := make([]byte, maxDatagram)
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return buf[:n]
}

// TestServer serves sessions of both kinds over each kind of socket.
func TestServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, network, listen, dial string }{
		{"§13.1.2 one address", "udp4", "127.0.0.1:0", "127.0.0.1"},
		{"§13.1.2 IPv6", "udp6", "[::1]:0", "::1"},
		{"§13.1.2 wildcard", "udp4", "0.0.0.0:0", "127.0.0.1"},
		{"§13.1.2 wildcard, answers from the address that was asked", "udp4", "0.0.0.0:0", "127.0.77.3"},
		{"§13.1.2 both families, IPv4", "udp", "[::]:0", "127.0.77.4"},
		{"§13.1.2 both families, IPv6", "udp", "[::]:0", "::1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			table, m := newTestTable(Options{})
			m.requests = []Request{}
			s := startServer(t, listen(t, c.network, c.listen), table)
			port := s.LocalAddr().(*net.UDPAddr).Port
			to := netip.AddrPortFrom(netip.MustParseAddr(c.dial), uint16(port))
			via := func(b []byte) []byte { return askUDP(t, "udp", to.String(), b) }
			login20(&peer{t: t, via: via}, 17, "admin", "secretpw").do(1)
			login15(&peer{t: t, via: via}, AuthTypeMD5, "admin", "secretpw").do(1)
			table.Lock()
			defer table.Unlock()
			for _, r := range m.requests {
				if r.Local != to || !r.Peer.Addr().IsLoopback() || r.Peer.Addr().Is4In6() {
					t.Fatalf("request from %v to %v, want it to %v", r.Peer, r.Local, to)
				}
			}
		})
	}
}

// TestServerQueue: what a session gets unasked leaves by the socket its last packet came by.
func TestServerQueue(t *testing.T) {
	t.Parallel()
	table, _ := newTestTable(Options{})
	s := startServer(t, listen(t, "udp4", "0.0.0.0:0"), table)
	to := net.UDPAddr{IP: net.IPv4(127, 0, 77, 9), Port: s.LocalAddr().(*net.UDPAddr).Port}
	conn, err := net.DialUDP("udp4", nil, &to)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, maxDatagram)
	read := func() []byte {
		conn.SetReadDeadline(time.Now().Add(5 * second))
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return buf[:n]
	}
	c := login20(&peer{t: t, via: func(b []byte) []byte { conn.Write(b); return bytes.Clone(read()) }}, 3, "admin", "secretpw")
	c.do(1)
	table.Lock()
	table.SendPayload(table.ByIndex(1), Payload{Type: PayloadSOL, Authenticated: true, Encrypted: true, Data: []byte{1, 0, 0, 0, 'x'}})
	table.Unlock()
	if kind, b := c.open20(read()); kind != PayloadSOL || !bytes.Equal(b, []byte{1, 0, 0, 0, 'x'}) {
		t.Errorf("%v % x", kind, b)
	}
}

// switchRouter puts one table in another's place.
type switchRouter struct{ table atomic.Pointer[Table] }

func (r *switchRouter) Route(netip.AddrPort) *Table { return r.table.Load() }

func TestRouter(t *testing.T) {
	t.Parallel()
	a, _ := newTestTable(Options{})
	b, m := newTestTable(Options{})
	m.channel.Open = true
	r := &switchRouter{}
	r.table.Store(a)
	s := startServer(t, listen(t, "udp4", "127.0.0.1:0"), r)
	ping := Ping{Tag: 1}.AppendTo(nil)
	askUDP(t, "udp4", s.LocalAddr().String(), ping)
	r.table.Store(b)
	askUDP(t, "udp4", s.LocalAddr().String(), ping)
	if a.Stats.In.Load() != 1 || b.Stats.In.Load() != 1 || b.Stats.Out.Load() != 1 {
		t.Errorf("datagrams: %d and %d, want one each", a.Stats.In.Load(), b.Stats.In.Load())
	}
}

// brokenConn fails to read in a certain way.
type brokenConn struct {
	net.PacketConn
	err   error
	reads atomic.Int64
}

func (c *brokenConn) ReadFrom(b []byte) (int, net.Addr, error) {
	c.reads.Add(1)
	if c.err != nil {
		return 0, nil, c.err
	}
	return c.PacketConn.ReadFrom(b)
}
func (c *brokenConn) LocalAddr() net.Addr             { return &net.UDPAddr{} }
func (c *brokenConn) SetReadDeadline(time.Time) error { return errors.New("no deadlines") }
func (c *brokenConn) Close() error                    { return nil }

func TestServerReadErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table, _ := newTestTable(Options{})
		failure := errors.New("socket is broken")
		conn := &brokenConn{err: failure}
		s, err := NewServer(conn, table, ServerOptions{})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := s.Serve(); !errors.Is(err, failure) {
			t.Errorf("Serve: %v, want the socket's error", err)
		}
		if n, took := conn.reads.Load(), time.Since(start); n != mostReadFails+1 || took < second || took > 10*second {
			t.Errorf("%d reads in %v", n, took)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Serve(); err != nil {
			t.Errorf("Serve after Close: %v", err)
		}
		closed := &brokenConn{err: net.ErrClosed}
		s, _ = NewServer(closed, table, ServerOptions{})
		if err := s.Serve(); !errors.Is(err, net.ErrClosed) || closed.reads.Load() != 1 {
			t.Errorf("closed socket: %v after %d reads", err, closed.reads.Load())
		}
		waiting := &brokenConn{err: failure}
		s, _ = NewServer(waiting, table, ServerOptions{})
		go s.Serve()
		time.Sleep(100 * time.Millisecond)
		start = time.Now()
		if s.Close(); time.Since(start) != 0 {
			t.Errorf("Close waited %v for the pause between reads", time.Since(start))
		}
	})
}

// BenchmarkWildcard is a ping through a socket on all addresses: IP_PKTINFO both ways.
func BenchmarkWildcard(b *testing.B) {
	table, _ := newTestTable(Options{})
	s := startServer(b, listen(b, "udp4", "0.0.0.0:0"), table)
	conn, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 77, 1), Port: s.LocalAddr().(*net.UDPAddr).Port})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	ping, buf := Ping{Tag: 1}.AppendTo(nil), make([]byte, 64)
	b.ReportAllocs()
	for b.Loop() {
		conn.Write(ping)
		if _, err := conn.Read(buf); err != nil {
			b.Fatal(err)
		}
	}
}
