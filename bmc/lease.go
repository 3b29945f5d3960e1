package bmc

import "github.com/fakebmc/fakebmc/profiles"

// usesDHCP reports whether a LAN channel has its address from DHCP. [IPMI 2.0 §23.2, parameter 4]
func (c *channel) usesDHCP() bool {
	return c.isLAN() && c.lan.row(lanSource) != nil && c.lan.entry(lanSource, 0)[0]&0x0f == byte(profiles.SourceDHCP)
}

// sourceChanged follows a write of parameter 4. A change to DHCP asks for an address at once.
func (m *Machine) sourceChanged(c *channel, before bool) {
	switch {
	case !c.usesDHCP():
		c.lease.stop()
	case !before:
		m.requestLease(c)
	}
}

// requestLease is the DHCP client of a channel: it gives up the addresses and has those of the profile's lease a while
// later. It is what LAN parameters 3, 6 and 12 show; nothing is sent, as the network that they describe is not there.
func (m *Machine) requestLease(c *channel) {
	m.log.Info().Uint8("channel", c.spec.Number).Msg("dhcp starts")
	c.setAddresses(profiles.IPv4{}, profiles.IPv4{}, profiles.IPv4{})
	m.setAlarm(&c.lease, c.spec.LAN.Lease.Time.Std(), func() {
		c.setAddresses(c.spec.LAN.Leased())
		m.log.Info().Uint8("channel", c.spec.Number).Msg("dhcp gave an address")
	})
}

func (c *channel) setAddresses(ip, mask, gateway profiles.IPv4) {
	for number, address := range map[uint8]profiles.IPv4{lanIP: ip, lanMask: mask, lanGateway: gateway} {
		c.lan.put(parameterKey{number: number}, address[:])
	}
}

// restartDHCP asks for the addresses of the LAN channels that have theirs from DHCP anew. [DCMI §6.1.3, parameter 1]
func (m *Machine) restartDHCP() {
	for _, c := range m.channels.byNumber {
		if c != nil && c.usesDHCP() {
			m.requestLease(c)
		}
	}
}

// startLeases gives the channels that were kept without an address, because they waited for one, theirs.
func (cs *channels) startLeases() {
	for _, c := range cs.byNumber {
		if c != nil && c.usesDHCP() && c.lan.row(lanIP) != nil && [4]byte(c.lan.entry(lanIP, 0)) == [4]byte{} {
			c.setAddresses(c.spec.LAN.Leased())
		}
	}
}

// stopLeases ends what is under way.
func (cs *channels) stopLeases() {
	for _, c := range cs.byNumber {
		if c != nil {
			c.lease.stop()
		}
	}
}
