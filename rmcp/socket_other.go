//go:build !linux

package rmcp

import (
	"net"
	"net/netip"
)

// newWildcardConn leaves it to the system from which address a socket on all addresses answers.
func newWildcardConn(udp *net.UDPConn, local netip.AddrPort) (packetConn, error) {
	return &plainConn{UDPConn: udp, local: local}, nil
}
