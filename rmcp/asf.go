package rmcp

import (
	"encoding/binary"
	"errors"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Enterprise numbers that a pong names. [IPMI 2.0 §13.2.4, Table 13-6] [DCMI §4.4]
const (
	EnterpriseASF  uint32 = 4542
	EnterpriseDCMI uint32 = 36465
)

// Bits of a pong's supported entities and supported interactions. [IPMI 2.0 §13.2.4, Table 13-6]
const (
	EntityIPMI       uint8 = 1 << 7
	EntityASF1       uint8 = 1 // ASF version 1.0, bits 3:0
	InteractSecurity uint8 = 1 << 7
	InteractDASH     uint8 = 1 << 5
)

// Types of ASF messages. [IPMI 2.0 §13.2.2, Table 13-4]
const (
	asfPong uint8 = 0x40
	asfPing uint8 = 0x80
)

const (
	asfHeaderSize = 8
	pongDataSize  = 16
)

// TagUnidirectional is the tag of an ASF message that wants no answer. [IPMI 2.0 §13.2.2]
const TagUnidirectional uint8 = 0xff

// ErrNotASF says that the data of an ASF class message is not the expected ASF message.
var ErrNotASF = errors.New("not the expected asf message")

// Ping is the ASF Presence Ping. [IPMI 2.0 §13.2.3, Table 13-5]
type Ping struct {
	Tag uint8 // TagUnidirectional: send no pong
}

// ParsePing reads a ping that starts behind the RMCP header. Data behind the ping's own header is ignored. The errors
// are ipmb.ErrLength and ErrNotASF.
func ParsePing(b []byte) (Ping, error) {
	tag, _, err := parseASF(b, asfPing)
	return Ping{Tag: tag}, err
}

// AppendTo appends the whole datagram, RMCP header included, with a sequence that wants no ACK.
func (p Ping) AppendTo(b []byte) []byte {
	b = Header{Sequence: NoACK, Class: ClassASF}.AppendTo(b)
	b = binary.BigEndian.AppendUint32(b, EnterpriseASF)
	return append(b, asfPing, p.Tag, 0, 0)
}

// Presence is what a managed system says about itself in a pong. [IPMI 2.0 §13.2.4, Table 13-6]
type Presence struct {
	Enterprise   uint32 // EnterpriseASF when there is nothing OEM
	OEM          uint32 // meaning is Enterprise's business
	Entities     uint8
	Interactions uint8
}

// Pong is the ASF Presence Pong. [IPMI 2.0 §13.2.4, Table 13-6]
//
// Clients: nmap, python-ipmi, gebn/bmc and vmware/goipmi need it before they open a session, and want EntityIPMI.
type Pong struct {
	Tag uint8 // the ping's
	Presence
}

// ParsePong reads a pong that starts behind the RMCP header. The errors are ipmb.ErrLength and ErrNotASF.
func ParsePong(b []byte) (Pong, error) {
	tag, data, err := parseASF(b, asfPong)
	if err != nil {
		return Pong{}, err
	}
	if len(data) < pongDataSize {
		return Pong{}, ipmb.ErrLength
	}
	return Pong{Tag: tag, Presence: Presence{
		Enterprise:   binary.BigEndian.Uint32(data),
		OEM:          binary.BigEndian.Uint32(data[4:]),
		Entities:     data[8],
		Interactions: data[9],
	}}, nil
}

// AppendTo appends the whole datagram, RMCP header included.
func (p Pong) AppendTo(b []byte) []byte {
	b = Header{Sequence: NoACK, Class: ClassASF}.AppendTo(b)
	b = binary.BigEndian.AppendUint32(b, EnterpriseASF)
	b = append(b, asfPong, p.Tag, 0, pongDataSize)
	b = binary.BigEndian.AppendUint32(b, p.Enterprise)
	b = binary.BigEndian.AppendUint32(b, p.OEM)
	return append(b, p.Entities, p.Interactions, 0, 0, 0, 0, 0, 0)
}

// parseASF reads the header of an ASF message of one type: enterprise, type, tag, reserved, data length.
func parseASF(b []byte, want uint8) (tag uint8, data []byte, err error) {
	if len(b) < asfHeaderSize {
		return 0, nil, ipmb.ErrLength
	}
	if binary.BigEndian.Uint32(b) != EnterpriseASF || b[4] != want {
		return 0, nil, ErrNotASF
	}
	size := int(b[7])
	if len(b) < asfHeaderSize+size {
		return 0, nil, ipmb.ErrLength
	}
	return b[5], b[asfHeaderSize : asfHeaderSize+size], nil
}
