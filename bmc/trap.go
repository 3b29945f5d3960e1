package bmc

import (
	"encoding/asn1"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/sel"
)

// PET is a Platform Event Trap. [IPMI 2.0 §17.16, Tables 17-6 and 17-7]
//
// In the SNMP trap multi-byte fields have their most significant byte first, unlike anything else in IPMI.
type PET struct {
	Community string
	Agent     [4]byte       // IPv4 address of the controller
	Uptime    time.Duration // of the controller

	GUID         profiles.GUID // as Get System GUID sends it
	Sequence     uint16        // the same in all tries of one alert
	Timestamp    uint32        // seconds since 1998-01-01 0:00; 0 unspecified
	UTCOffset    int16         // minutes; petNoUTCOffset: unspecified
	Source       uint8         // event source type
	Severity     uint8
	Event        Event
	Entity       uint8 // 0: unspecified
	Instance     uint8
	Manufacturer uint32 // IANA enterprise number
	Product      uint16
	Text         []byte // alert string, none if empty
}

// Fields of a PET. [IPMI 2.0 Table 17-7]
const (
	petEpoch       uint32 = 883612800 // 1998-01-01 0:00 in seconds since 1970
	petNoUTCOffset int16  = -1
	petMaxOffset          = 720 // minutes

	petSourceBMC      = 0x20 // trap source; event source of what the controller sends by itself
	petSourceSoftware = 0x21 // event source of what system software gave
	petNoLanguage     = 0xff
	petEndOfFields    = 0xc1

	// A text alert string is an OEM custom field of IPMI's own format, ASCII. [IPMI 2.0 §17.16.1, Table 17-8]
	petMultirecord = 0x80
	petASCII       = 1 << 6
	petAlertString = 0x01
	petMaxText     = 60 // of the 64 bytes of OEM custom fields
)

// petTime converts a timestamp of the log.
func petTime(t uint32) uint32 {
	if t == sel.Unspecified || t < petEpoch {
		return 0
	}
	return t - petEpoch
}

// AppendTo appends the value of the trap's variable binding. [IPMI 2.0 Table 17-7]
func (p *PET) AppendTo(b []byte) []byte {
	b = append(b, p.GUID[:]...)
	b = binary.BigEndian.AppendUint16(b, p.Sequence)
	b = binary.BigEndian.AppendUint32(b, p.Timestamp)
	b = binary.BigEndian.AppendUint16(b, uint16(p.UTCOffset))
	b = append(b, petSourceBMC, p.Source, p.Severity, p.Event.GeneratorID[0], p.Event.SensorNumber, p.Entity, p.Instance)
	b = append(b, p.Event.Data[:]...)
	b = append(b, 0, 0, 0, 0, 0, petNoLanguage)
	b = binary.BigEndian.AppendUint32(b, p.Manufacturer)
	b = binary.BigEndian.AppendUint16(b, p.Product)
	if text := p.Text[:min(len(p.Text), petMaxText)]; len(text) > 0 {
		b = append(b, petMultirecord, petASCII|byte(len(text)), petAlertString)
		b = append(b, text...)
	}
	return append(b, petEndOfFields)
}

// An SNMP version 1 trap. encoding/asn1 writes the few types that it needs. [RFC 1157 §4.1.6]
type (
	snmpTrap struct {
		Version   int // 0
		Community []byte
		PDU       snmpTrapPDU `asn1:"tag:4"`
	}
	snmpTrapPDU struct {
		Enterprise asn1.ObjectIdentifier
		Agent      []byte `asn1:"application,tag:0"` // IpAddress
		Generic    int
		Specific   int
		Time       int64 `asn1:"application,tag:3"` // TimeTicks, 10 ms
		Bindings   []snmpBinding
	}
	snmpBinding struct {
		Name  asn1.ObjectIdentifier
		Value []byte
	}
)

// enterpriseSpecific is the generic trap of every PET. [RFC 1157 §4.1.6]
const enterpriseSpecific = 6

// Object identifiers of PET, under Wired for Management. [PET §2.2]
var (
	petEnterprise = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3183, 1, 1}
	petVariable   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3183, 1, 1, 1}
)

// specific is the specific trap number: sensor type, event type, direction and offset. [IPMI 2.0 Table 17-6]
func (p *PET) specific() int {
	offset := p.Event.Data[0] & offsetMask
	if p.Event.Deassert {
		offset |= deassertion
	}
	return int(p.Event.SensorType)<<16 | int(p.Event.EventType)<<8 | int(offset)
}

// Trap encodes the SNMP message.
func (p *PET) Trap() ([]byte, error) {
	return asn1.Marshal(snmpTrap{Community: []byte(p.Community), PDU: snmpTrapPDU{
		Enterprise: petEnterprise,
		Agent:      p.Agent[:],
		Generic:    enterpriseSpecific,
		Specific:   p.specific(),
		Time:       int64(uint32(p.Uptime / (10 * time.Millisecond))), // which comes around after 497 days
		Bindings:   []snmpBinding{{petVariable, p.AppendTo(nil)}},
	}})
}

// WithTraps sets what sends SNMP traps; without it they go out over UDP. It is called outside of the machine's lock, one
// trap at a time.
func WithTraps(send func(to netip.AddrPort, trap []byte) error) Option {
	return func(m *Machine) { m.alerts.traps.send = send }
}

// trapSender sends traps in order, later and without the machine's lock. There is a goroutine only while there is
// something to send.
type trapSender struct {
	send    func(to netip.AddrPort, trap []byte) error // nil: sendUDP
	waiting []trap
	serving bool
	sent    sync.WaitGroup
}

type trap struct {
	to      netip.AddrPort
	data    []byte
	channel uint8
}

// sendTrap queues a trap. The caller holds the lock.
func (m *Machine) sendTrap(t trap) {
	s := &m.alerts.traps
	if m.closed {
		return
	}
	m.log.Info().Stringer("to", t.to).Msg("send platform event trap")
	s.waiting = append(s.waiting, t)
	if !s.serving {
		s.serving = true
		s.sent.Go(m.serveTraps)
	}
}

// serveTraps sends the traps that wait, and ends.
func (m *Machine) serveTraps() {
	for {
		m.mu.Lock()
		s := &m.alerts.traps
		if len(s.waiting) == 0 || m.closed {
			s.waiting, s.serving = nil, false
			m.mu.Unlock()
			return
		}
		t, send := s.waiting[0], s.send
		s.waiting = s.waiting[1:]
		m.mu.Unlock()
		if send == nil {
			send = sendUDP
		}
		if err := send(t.to, t.data); err != nil {
			m.log.Warn().Err(err).Stringer("to", t.to).Msg("platform event trap not sent")
			continue
		}
		m.sessions.Stats.Channel(t.channel).Out.Add(1)
	}
}

// sendUDP sends one datagram from a port of the system's choice.
func sendUDP(to netip.AddrPort, data []byte) error {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Write(data)
	return err
}
