package bmc

import (
	"encoding/binary"

	"github.com/fakebmc/fakebmc/ipmb"
)

// lanCommands are the rows of [IPMI 2.0 §23].
var lanCommands = []Command{
	{Op: ipmb.SetLANConfigurationParameters, Name: "Set LAN Configuration Parameters", Section: "23.1", Priv: privAdmin, Len: atLeast(3), Sub: lanParameterSubs, Keeps: keepsLAN | keepsLockouts, Do: setLANParameters},
	{Op: ipmb.GetLANConfigurationParameters, Name: "Get LAN Configuration Parameters", Section: "23.2", Priv: privOperator, Len: exactly(4), Do: getLANParameters},
	{Op: ipmb.SuspendBMCARPs, Name: "Suspend BMC ARPs", Section: "23.3", Priv: privAdmin, Len: exactly(2), Sub: suspendARPSubs, Do: suspendARPs},
	{Op: ipmb.GetIPUDPRMCPStatistics, Name: "Get IP/UDP/RMCP Statistics", Section: "23.4", Priv: privUser, Len: exactly(2), Do: getLANStatistics},
}

// lanChannel finds the LAN channel that a request's first byte names.
func (m *Machine) lanChannel(r *Request) (*channel, error) {
	_, c := m.channels.resolve(r.Data[0]&channelNumberMask, r.Channel)
	if c == nil || !c.isLAN() {
		return nil, ipmb.InvalidField
	}
	return c, nil
}

// setLANParameters writes one parameter. [IPMI 2.0 §23.1]
func setLANParameters(m *Machine, r *Request) ([]byte, error) {
	c, err := m.lanChannel(r)
	if err != nil {
		return nil, err
	}
	dhcp := c.usesDHCP()
	err = c.lan.write(m, c, r.Data[1], r.Data[2:])
	if err == nil && r.Data[1] == lanSource {
		m.sourceChanged(c, dhcp)
	}
	return nil, err
}

// getLANParameters reads one parameter. [IPMI 2.0 §23.2]
func getLANParameters(m *Machine, r *Request) ([]byte, error) {
	c, err := m.lanChannel(r)
	if err != nil {
		return nil, err
	}
	return c.lan.getParameters(m, c, r)
}

// BMC-generated ARPs, in Suspend BMC ARPs and in LAN parameter 10. [IPMI 2.0 §23.2, §23.3]
const arpMask = 1<<1 | 1<<0 // responses, gratuitous

// arpSuspension is what software asked to suspend while the watchdog timer runs.
type arpSuspension struct {
	bits  uint8
	epoch uint64 // of the watchdog timer; another one: no more
}

// suspendARPs suspends BMC-generated ARPs for as long as the watchdog timer runs and is not set anew, and says which
// ARPs the configuration allows and nobody suspends. [IPMI 2.0 §23.3]
func suspendARPs(m *Machine, r *Request) ([]byte, error) {
	c, err := m.lanChannel(r)
	if err != nil {
		return nil, err
	}
	c.arps = arpSuspension{bits: r.Data[1] & arpMask, epoch: m.watchdog.epoch}
	return append(r.Buf, m.arpsOccurring(c)), nil
}

// arpsOccurring has a bit for each kind of ARP that is enabled and not suspended.
func (m *Machine) arpsOccurring(c *channel) uint8 {
	control := c.lan.row(lanARPControl)
	if control == nil {
		return 0
	}
	on := c.lan.get(m, c, control, parameterKey{number: lanARPControl})[0] & arpMask
	if m.watchdog.running && c.arps.epoch == m.watchdog.epoch {
		on &^= c.arps.bits
	}
	return on
}

const clearStatistics = 1 << 0

// getLANStatistics counts what really came and went since the start or the last clear; no count goes above FFFFh. What
// only an own IP stack could count (header errors, fragments) and the UDP proxy of serial channels stay at zero.
// [IPMI 2.0 §23.4]
func getLANStatistics(m *Machine, r *Request) ([]byte, error) {
	c, err := m.lanChannel(r)
	if err != nil {
		return nil, err
	}
	now := m.lanCounters(c)
	if r.Data[1]&clearStatistics != 0 {
		c.counted = now
	}
	received, sent, valid := since(now.received, c.counted.received), since(now.sent, c.counted.sent), since(now.valid, c.counted.valid)
	b := r.Buf
	for _, n := range []uint16{received, 0, 0, 0, sent, received, valid, 0, 0} {
		b = binary.LittleEndian.AppendUint16(b, n)
	}
	return b, nil
}

// lanCounters are counts of datagrams.
type lanCounters struct{ received, sent, valid uint32 }

func since(now, then uint32) uint16 { return uint16(min(now-then, 0xffff)) }
