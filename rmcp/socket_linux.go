package rmcp

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// wildcardConn is a UDP socket on all addresses. The kernel says with each datagram which address it was sent to, and
// is told with each answer which address to send from. (IP_PKTINFO, IPV6_PKTINFO: ip(7), ipv6(7), RFC 3542 §6)
type wildcardConn struct {
	*net.UDPConn
	port  uint16
	inet6 bool     // an IPv6 socket, perhaps for IPv4 as well
	oob   [64]byte // of read
}

// Sizes of struct in_pktinfo and in6_pktinfo, and where the addresses stand.
const (
	pktinfo4Size    = 12 // interface index, address to answer from, address that was asked
	pktinfo4From    = 4
	pktinfo4Asked   = 8
	pktinfo6Size    = 20 // address, interface index
	pktinfo6Index   = 16
	controlWordSize = 4
)

func newWildcardConn(udp *net.UDPConn, local netip.AddrPort) (packetConn, error) {
	c := &wildcardConn{UDPConn: udp, port: local.Port(), inet6: local.Addr().Is6()}
	raw, err := udp.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("wildcard socket: %w", err)
	}
	var set error
	err = raw.Control(func(fd uintptr) {
		if c.inet6 {
			set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IPV6, syscall.IPV6_RECVPKTINFO, 1)
		} else {
			set = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_PKTINFO, 1)
		}
	})
	if err == nil {
		err = set
	}
	if err != nil {
		return nil, fmt.Errorf("wildcard socket: packet information: %w", err)
	}
	return c, nil
}

func (c *wildcardConn) read(b []byte) (n int, peer, local netip.AddrPort, err error) {
	n, oobn, _, peer, err := c.ReadMsgUDPAddrPort(b, c.oob[:])
	if err != nil {
		return 0, peer, local, err
	}
	asked := parsePacketInfo(c.oob[:oobn])
	return n, unmap(peer), netip.AddrPortFrom(asked, c.port), nil
}

// parsePacketInfo finds the address that a datagram was sent to in its control messages.
func parsePacketInfo(b []byte) netip.Addr {
	const head = syscall.SizeofCmsghdr
	for len(b) >= head {
		size := int(binary.NativeEndian.Uint32(b)) // little-endian or 32-bit systems; larger ones never set the rest
		if head == 16 {
			size = int(binary.NativeEndian.Uint64(b))
		}
		if size < head || size > len(b) {
			break
		}
		level := binary.NativeEndian.Uint32(b[head-2*controlWordSize:])
		kind := binary.NativeEndian.Uint32(b[head-controlWordSize:])
		data := b[head:size]
		switch {
		case level == syscall.IPPROTO_IP && kind == syscall.IP_PKTINFO && len(data) >= pktinfo4Size:
			return netip.AddrFrom4([4]byte(data[pktinfo4Asked:]))
		case level == syscall.IPPROTO_IPV6 && kind == syscall.IPV6_PKTINFO && len(data) >= pktinfo6Size:
			return netip.AddrFrom16([16]byte(data)).Unmap()
		}
		b = b[min(len(b), syscall.CmsgSpace(size-head)):]
	}
	return netip.Addr{}
}

func (c *wildcardConn) write(b []byte, peer, local netip.AddrPort) error {
	var oob [64]byte
	n := c.putPacketInfo(oob[:], local.Addr())
	_, _, err := c.WriteMsgUDPAddrPort(b, oob[:n], peer)
	return err
}

// putPacketInfo writes the control message that makes the kernel send from an address, and returns its length. On an
// IPv6 socket an IPv4 address is written as a mapped one. A multicast or broadcast address that was asked cannot be
// answered from; the kernel chooses then.
func (c *wildcardConn) putPacketInfo(b []byte, from netip.Addr) int {
	if !from.IsValid() || from.IsUnspecified() || from.IsMulticast() || from == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return 0
	}
	const head = syscall.SizeofCmsghdr
	level, kind, size := uint32(syscall.IPPROTO_IP), uint32(syscall.IP_PKTINFO), pktinfo4Size
	if c.inet6 {
		level, kind, size = syscall.IPPROTO_IPV6, syscall.IPV6_PKTINFO, pktinfo6Size
	}
	if head == 16 {
		binary.NativeEndian.PutUint64(b, uint64(head+size))
	} else {
		binary.NativeEndian.PutUint32(b, uint32(head+size))
	}
	binary.NativeEndian.PutUint32(b[head-2*controlWordSize:], level)
	binary.NativeEndian.PutUint32(b[head-controlWordSize:], kind)
	if c.inet6 {
		a := from.As16()
		copy(b[head:], a[:])
	} else {
		a := from.As4()
		copy(b[head+pktinfo4From:], a[:])
	}
	return syscall.CmsgSpace(size)
}

func (c *wildcardConn) localAddr() net.Addr { return c.LocalAddr() }
