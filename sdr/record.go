// Package sdr holds sensor data records: their codec, the conversion between raw readings and units that they describe,
// and the repository that keeps them with its reservations, partial reads and updates. [IPMI 2.0 §33, §36, §43]
//
// A record is kept as the bytes that Get SDR returns, so that records captured from a real machine stay what they were.
// The typed records are for building them and for looking inside.
//
// Nothing here locks, waits or logs: the caller does.
package sdr

import (
	"encoding/binary"
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
)

// RecordID is a handle of a record in a repository. [IPMI 2.0 §33.8]
type RecordID uint16

// Record IDs with a meaning of their own in requests, and NoRecord as the next ID behind the last record.
// [IPMI 2.0 §33.12]
const (
	FirstRecord RecordID = 0x0000
	LastRecord  RecordID = 0xffff
	NoRecord    RecordID = 0xffff
)

// RecordType is the type of a sensor data record. [IPMI 2.0 §43]
type RecordType uint8

// Record types. 0Ah to 0Fh and all others are reserved. [IPMI 2.0 §43.1-§43.12]
const (
	TypeFullSensor         RecordType = 0x01
	TypeCompactSensor      RecordType = 0x02
	TypeEventOnly          RecordType = 0x03
	TypeEntityAssociation  RecordType = 0x08
	TypeDeviceAssociation  RecordType = 0x09
	TypeGenericLocator     RecordType = 0x10
	TypeFRULocator         RecordType = 0x11
	TypeControllerLocator  RecordType = 0x12
	TypeControllerConfirm  RecordType = 0x13
	TypeMessageChannelInfo RecordType = 0x14
	TypeOEM                RecordType = 0xc0
)

// String is the specification's name.
func (t RecordType) String() string {
	switch t {
	case TypeFullSensor:
		return "full sensor"
	case TypeCompactSensor:
		return "compact sensor"
	case TypeEventOnly:
		return "event-only"
	case TypeEntityAssociation:
		return "entity association"
	case TypeDeviceAssociation:
		return "device-relative entity association"
	case TypeGenericLocator:
		return "generic device locator"
	case TypeFRULocator:
		return "FRU device locator"
	case TypeControllerLocator:
		return "management controller device locator"
	case TypeControllerConfirm:
		return "management controller confirmation"
	case TypeMessageChannelInfo:
		return "BMC message channel info"
	case TypeOEM:
		return "OEM"
	}
	return fmt.Sprintf("reserved %02Xh", uint8(t))
}

// HeaderLen is the length of the header that all records begin with. [IPMI 2.0 §43]
const HeaderLen = 5

// MaxLen is the greatest length of a record that its length byte can tell, header and 255 bytes.
const MaxLen = HeaderLen + 0xff

// Version is the SDR version byte, 1.5 in BCD with the digits swapped. [IPMI 2.0 §43]
const Version = 0x51

// Header is the header of a record. [IPMI 2.0 §43]
type Header struct {
	ID      RecordID
	Version uint8
	Type    RecordType
	Length  uint8 // of the bytes behind the header
}

// ParseHeader reads the first five bytes of a record and looks at no more.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < HeaderLen {
		return Header{}, ipmb.ErrLength
	}
	return Header{ID: RecordID(binary.LittleEndian.Uint16(b)), Version: b[2], Type: RecordType(b[3]), Length: b[4]}, nil
}

// Record is a typed record.
type Record interface {
	// Type is the record's type byte.
	Type() RecordType
	// AppendTo appends the whole record, header included.
	AppendTo(b []byte) []byte
}

// Parse reads a whole record into its type: *FullSensor, *CompactSensor, *EventOnly, *EntityAssociation,
// *DeviceAssociation, *GenericLocator, *FRULocator, *ControllerLocator, *ControllerConfirmation, *MessageChannelInfo,
// *OEM or, for reserved types, *Reserved. The record shares no memory with b. The error is ipmb.ErrLength when header
// and length disagree or the type needs more bytes.
func Parse(b []byte) (Record, error) {
	h, err := ParseHeader(b)
	if err != nil {
		return nil, err
	}
	if len(b) != HeaderLen+int(h.Length) {
		return nil, ipmb.ErrLength
	}
	switch h.Type {
	case TypeFullSensor:
		return parseFullSensor(h.ID, b)
	case TypeCompactSensor:
		return parseCompactSensor(h.ID, b)
	case TypeEventOnly:
		return parseEventOnly(h.ID, b)
	case TypeEntityAssociation:
		return parseEntityAssociation(h.ID, b)
	case TypeDeviceAssociation:
		return parseDeviceAssociation(h.ID, b)
	case TypeGenericLocator:
		return parseGenericLocator(h.ID, b)
	case TypeFRULocator:
		return parseFRULocator(h.ID, b)
	case TypeControllerLocator:
		return parseControllerLocator(h.ID, b)
	case TypeControllerConfirm:
		return parseControllerConfirmation(h.ID, b)
	case TypeMessageChannelInfo:
		return parseMessageChannelInfo(h.ID, b)
	case TypeOEM:
		return parseOEM(h.ID, b)
	}
	return &Reserved{ID: h.ID, RecordType: h.Type, Data: append([]byte(nil), b[HeaderLen:]...)}, nil
}

// appendHeader appends a header whose length byte finish sets.
func appendHeader(b []byte, id RecordID, t RecordType) []byte {
	return append(binary.LittleEndian.AppendUint16(b, uint16(id)), Version, byte(t), 0)
}

// finish sets the length byte of the record that starts at start.
func finish(b []byte, start int) []byte {
	b[start+4] = byte(len(b) - start - HeaderLen)
	return b
}

// OEM is an OEM record, type C0h, at most 64 bytes long. [IPMI 2.0 §43.12]
type OEM struct {
	ID           RecordID
	Manufacturer uint32 // IANA enterprise number, 20 bits
	Data         []byte
}

const (
	oemLen           = HeaderLen + 3
	manufacturerMask = 1<<20 - 1
)

// Type is C0h.
func (r *OEM) Type() RecordType { return TypeOEM }

// AppendTo appends the record.
func (r *OEM) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, TypeOEM)
	m := r.Manufacturer & manufacturerMask
	b = append(b, byte(m), byte(m>>8), byte(m>>16))
	b = append(b, r.Data...)
	return finish(b, start)
}

func parseOEM(id RecordID, b []byte) (Record, error) {
	if len(b) < oemLen {
		return nil, ipmb.ErrLength
	}
	m := (uint32(b[5]) | uint32(b[6])<<8 | uint32(b[7])<<16) & manufacturerMask
	return &OEM{ID: id, Manufacturer: m, Data: append([]byte(nil), b[oemLen:]...)}, nil
}

// Reserved is a record of a type that the specification does not define. [IPMI 2.0 §43.6]
type Reserved struct {
	ID         RecordID
	RecordType RecordType
	Data       []byte // behind the header
}

// Type is the type byte.
func (r *Reserved) Type() RecordType { return r.RecordType }

// AppendTo appends the record.
func (r *Reserved) AppendTo(b []byte) []byte {
	start := len(b)
	b = appendHeader(b, r.ID, r.RecordType)
	b = append(b, r.Data...)
	return finish(b, start)
}
