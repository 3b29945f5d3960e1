package rmcp

import (
	"fmt"
	"net"
	"net/netip"
)

func newPacketConn(conn net.PacketConn) (packetConn, error) {
	udp, ok := conn.(*net.UDPConn)
	if !ok {
		return &anyConn{PacketConn: conn}, nil
	}
	local := unmap(udp.LocalAddr().(*net.UDPAddr).AddrPort())
	if local.Addr().IsUnspecified() {
		return newWildcardConn(udp, local)
	}
	return &plainConn{UDPConn: udp, local: local}, nil
}

// unmap makes an IPv4 address out of an IPv4-mapped IPv6 one, which is how sockets of both families show it.
func unmap(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// plainConn is a UDP socket on one address.
type plainConn struct {
	*net.UDPConn
	local netip.AddrPort
}

func (c *plainConn) read(b []byte) (n int, peer, local netip.AddrPort, err error) {
	n, peer, err = c.ReadFromUDPAddrPort(b)
	return n, unmap(peer), c.local, err
}

func (c *plainConn) write(b []byte, peer, _ netip.AddrPort) error {
	_, err := c.WriteToUDPAddrPort(b, peer)
	return err
}

func (c *plainConn) localAddr() net.Addr { return c.LocalAddr() }

// anyConn is a net.PacketConn that is no UDP socket, in memory for instance.
type anyConn struct{ net.PacketConn }

func (c *anyConn) read(b []byte) (n int, peer, local netip.AddrPort, err error) {
	n, from, err := c.ReadFrom(b)
	if err != nil {
		return 0, peer, local, err
	}
	if peer, err = addrPort(from); err != nil {
		return 0, peer, local, err
	}
	local, _ = addrPort(c.LocalAddr())
	return n, peer, local, nil
}

func (c *anyConn) write(b []byte, peer, _ netip.AddrPort) error {
	_, err := c.WriteTo(b, net.UDPAddrFromAddrPort(peer))
	return err
}

func (c *anyConn) localAddr() net.Addr { return c.LocalAddr() }

func addrPort(a net.Addr) (netip.AddrPort, error) {
	if udp, ok := a.(*net.UDPAddr); ok {
		return unmap(udp.AddrPort()), nil
	}
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return p, fmt.Errorf("address of a datagram: %w", err)
	}
	return unmap(p), nil
}
