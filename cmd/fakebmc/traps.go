package main

import (
	"net"
	"net/netip"
)

// sendTrap sends an SNMP trap from the address that the daemon listens on, as a BMC with one network port does, so that
// who receives it can tell machines apart. Port 0 of it: any.
func (d *daemon) sendTrap(to netip.AddrPort, trap []byte) error {
	conn, err := net.DialUDP("udp", trapSource(d.flags.listen.list, to.Addr()), net.UDPAddrFromAddrPort(to))
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Write(trap)
	return err
}

// trapSource is the first address of the list that can send to a destination: one of its family, and loopback only to
// loopback. Nil leaves the choice to the system: the daemon listens on all addresses.
func trapSource(list []string, to netip.Addr) *net.UDPAddr {
	for _, addr := range list {
		from, err := net.ResolveUDPAddr(family("udp", addr), addr)
		if err != nil || from.IP == nil || from.IP.IsUnspecified() {
			continue
		}
		ip := from.AddrPort().Addr().Unmap()
		if ip.Is4() == to.Unmap().Is4() && (!ip.IsLoopback() || to.IsLoopback()) {
			return &net.UDPAddr{IP: from.IP, Zone: from.Zone}
		}
	}
	return nil
}
