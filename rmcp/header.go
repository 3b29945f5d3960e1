package rmcp

import (
	"errors"

	"github.com/fakebmc/fakebmc/ipmb"
)

// Ports of the protocol. [IPMI 2.0 §13.1.2]
const (
	Port       = 623 // primary: everything IPMI needs
	SecurePort = 664 // secondary: RMCP's own encryption, which IPMI does not use
)

// HeaderSize is the length of an RMCP header. [IPMI 2.0 §13.1.3]
const HeaderSize = 4

// Version is the only version of RMCP. [IPMI 2.0 §13.1.3, Table 13-1]
const Version uint8 = 0x06

// NoACK is the sequence number of a message that wants no RMCP ACK; IPMI messages always have it.
// [IPMI 2.0 §13.1.3, Table 13-1]
const NoACK uint8 = 0xff

const (
	classACK  = 1 << 7
	classMask = 0x1f
)

// Class says who reads the data behind an RMCP header, five bits. [IPMI 2.0 §13.1.3, Table 13-1]
type Class uint8

// Classes of RMCP messages. [IPMI 2.0 §13.1.3, Table 13-1]
const (
	ClassASF  Class = 6
	ClassIPMI Class = 7
	ClassOEM  Class = 8 // data starts with an IANA enterprise number, MS byte first
)

// String names the class.
func (c Class) String() string {
	switch c {
	case ClassASF:
		return "ASF"
	case ClassIPMI:
		return "IPMI"
	case ClassOEM:
		return "OEM"
	}
	return "reserved"
}

// ErrVersion says that an RMCP header's version is not 06h.
var ErrVersion = errors.New("rmcp version is not 6")

// Header is the RMCP header. [IPMI 2.0 §13.1.3, Table 13-1]
type Header struct {
	Sequence uint8 // NoACK, or 00h-FEh to ask for an ACK
	Class    Class
	ACK      bool // the packet is an acknowledgement and has no data
}

// ParseHeader reads the header of a datagram and returns the data behind it, a part of b. The reserved byte and bits are
// ignored. The errors are ipmb.ErrLength and ErrVersion.
func ParseHeader(b []byte) (Header, []byte, error) {
	if len(b) < HeaderSize {
		return Header{}, nil, ipmb.ErrLength
	}
	if b[0] != Version {
		return Header{}, nil, ErrVersion
	}
	return Header{Sequence: b[2], Class: Class(b[3] & classMask), ACK: b[3]&classACK != 0}, b[HeaderSize:], nil
}

// AppendTo appends the four bytes.
func (h Header) AppendTo(b []byte) []byte {
	class := byte(h.Class) & classMask
	if h.ACK {
		class |= classACK
	}
	return append(b, Version, 0, h.Sequence, class)
}

// WantsACK reports whether the receiver answers with an RMCP ACK: a normal message, sequence 00h-FEh.
// [IPMI 2.0 §13.2.1]
func (h Header) WantsACK() bool { return !h.ACK && h.Sequence != NoACK }

// Acknowledgement is the whole ACK packet for h: same sequence and class, ACK bit set. [IPMI 2.0 §13.2.1, Table 13-2]
func (h Header) Acknowledgement() Header {
	return Header{Sequence: h.Sequence, Class: h.Class, ACK: true}
}
