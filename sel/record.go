// Package sel holds the System Event Log: its 16-byte records and the log that keeps them, with its reservations, its
// clock, and what it does when it is full. [IPMI 2.0 §31, §32]
//
// Nothing here locks, waits or writes logs of its own: the caller does.
package sel

import (
	"encoding/binary"
	"fmt"

	"github.com/fakebmc/fakebmc/ipmb"
)

// RecordID is a handle of a log entry. [IPMI 2.0 §32.1]
type RecordID uint16

// Record IDs with a meaning of their own in requests, and NoRecord as the next ID behind the last entry.
// [IPMI 2.0 §31.5]
const (
	FirstRecord RecordID = 0x0000
	LastRecord  RecordID = 0xffff
	NoRecord    RecordID = 0xffff
)

// RecordType is the type of a log entry. [IPMI 2.0 §31.6.1]
type RecordType uint8

// Record types and the first of their ranges. [IPMI 2.0 §31.6.1, §32]
const (
	TypeSystemEvent     RecordType = 0x02 // the only standard type, 00h-BFh
	FirstTimestampedOEM RecordType = 0xc0 // C0h-DFh: dated by the log
	FirstOEM            RecordType = 0xe0 // E0h-FFh: stored as given
)

// IsTimestamped reports whether the log dates entries of the type. [IPMI 2.0 §31.6.1]
func (t RecordType) IsTimestamped() bool { return t < FirstOEM }

// String is the kind of record.
func (t RecordType) String() string {
	switch {
	case t == TypeSystemEvent:
		return "system event"
	case t >= FirstOEM:
		return fmt.Sprintf("OEM non-timestamped %02Xh", uint8(t))
	case t >= FirstTimestampedOEM:
		return fmt.Sprintf("OEM timestamped %02Xh", uint8(t))
	}
	return fmt.Sprintf("reserved %02Xh", uint8(t))
}

// EntryLen is the length of every log entry. [IPMI 2.0 §32]
const EntryLen = 16

// Entry is a log entry as Get SEL Entry returns it. [IPMI 2.0 §32]
type Entry [EntryLen]byte

// ID is the record ID.
func (e Entry) ID() RecordID { return RecordID(binary.LittleEndian.Uint16(e[:])) }

// Type is the record type.
func (e Entry) Type() RecordType { return RecordType(e[2]) }

// Timestamp is the time of the log at which the entry was made; of non-timestamped types it is OEM data.
func (e Entry) Timestamp() uint32 { return binary.LittleEndian.Uint32(e[3:]) }

func (e *Entry) setID(id RecordID) { binary.LittleEndian.PutUint16(e[:], uint16(id)) }

func (e *Entry) setTimestamp(t uint32) { binary.LittleEndian.PutUint32(e[3:], t) }

// Record is a typed log entry.
type Record interface {
	// AppendTo appends the 16 bytes.
	AppendTo(b []byte) []byte
}

// EntryOf encodes a typed record.
func EntryOf(r Record) Entry { return Entry(r.AppendTo(make([]byte, 0, EntryLen))) }

// Parse reads 16 bytes into SystemEvent, TimestampedOEM, OEM or, for reserved types, Reserved. The error is
// ipmb.ErrLength.
func Parse(b []byte) (Record, error) {
	if len(b) != EntryLen {
		return nil, ipmb.ErrLength
	}
	e := Entry(b)
	switch t := e.Type(); {
	case t == TypeSystemEvent:
		return parseSystemEvent(e), nil
	case t >= FirstOEM:
		return OEM{ID: e.ID(), Type: t, Data: [13]byte(e[3:])}, nil
	case t >= FirstTimestampedOEM:
		return TimestampedOEM{
			ID: e.ID(), Type: t, Timestamp: e.Timestamp(), Manufacturer: uint32(e[7]) | uint32(e[8])<<8 | uint32(e[9])<<16,
			Data: [6]byte(e[10:]),
		}, nil
	default:
		return Reserved{ID: e.ID(), Type: t, Data: [13]byte(e[3:])}, nil
	}
}

// Event message revisions. [IPMI 2.0 §29.3, §32.1]
const (
	EvMRev   uint8 = 0x04
	EvMRev10 uint8 = 0x03 // IPMI 1.0; such events are logged as EvMRev
)

// Generator says who generated an event. [IPMI 2.0 §32.1, bytes 8, 9]
type Generator struct {
	Address ipmb.Addr // slave address, or software ID when bit 0 is set
	Channel uint8     // over which it came, 4 bits; 0 for system interface, primary IPMB and the BMC itself
	LUN     ipmb.LUN  // 0 unless Address is a slave address
}

// SystemEvent is a system event record, type 02h. [IPMI 2.0 §32.1, Table 32-1]
type SystemEvent struct {
	ID          RecordID
	Timestamp   uint32
	Generator   Generator
	EvMRev      uint8
	SensorType  uint8 // [IPMI 2.0 §42.2]
	Sensor      uint8
	Deassertion bool
	EventType   uint8    // event/reading type code, 7 bits [IPMI 2.0 §42.1]
	Data        [3]uint8 // FFh where unspecified
}

const (
	deassertion   = 1 << 7
	eventTypeMask = 0x7f
)

// AppendTo appends the entry.
func (r SystemEvent) AppendTo(b []byte) []byte {
	b = appendHead(b, r.ID, TypeSystemEvent)
	b = binary.LittleEndian.AppendUint32(b, r.Timestamp)
	kind := r.EventType & eventTypeMask
	if r.Deassertion {
		kind |= deassertion
	}
	b = append(b, byte(r.Generator.Address), r.Generator.Channel<<4|byte(r.Generator.LUN&3), r.EvMRev, r.SensorType, r.Sensor, kind)
	return append(b, r.Data[:]...)
}

func parseSystemEvent(e Entry) SystemEvent {
	return SystemEvent{
		ID: e.ID(), Timestamp: e.Timestamp(),
		Generator: Generator{Address: ipmb.Addr(e[7]), Channel: e[8] >> 4, LUN: ipmb.LUN(e[8] & 3)},
		EvMRev:    e[9], SensorType: e[10], Sensor: e[11], Deassertion: e[12]&deassertion != 0, EventType: e[12] & eventTypeMask,
		Data: [3]uint8(e[13:]),
	}
}

// TimestampedOEM is an OEM record of types C0h-DFh. [IPMI 2.0 §32.2]
type TimestampedOEM struct {
	ID           RecordID
	Type         RecordType
	Timestamp    uint32
	Manufacturer uint32 // IANA enterprise number, 24 bits
	Data         [6]byte
}

// AppendTo appends the entry.
func (r TimestampedOEM) AppendTo(b []byte) []byte {
	b = appendHead(b, r.ID, r.Type)
	b = binary.LittleEndian.AppendUint32(b, r.Timestamp)
	b = append(b, byte(r.Manufacturer), byte(r.Manufacturer>>8), byte(r.Manufacturer>>16))
	return append(b, r.Data[:]...)
}

// OEM is an OEM record of types E0h-FFh. [IPMI 2.0 §32.3]
type OEM struct {
	ID   RecordID
	Type RecordType
	Data [13]byte
}

// AppendTo appends the entry.
func (r OEM) AppendTo(b []byte) []byte { return append(appendHead(b, r.ID, r.Type), r.Data[:]...) }

// Reserved is a record of a standard type that is not defined; some firmware writes types 00h and 03h (HP DL380 G5,
// Intel S2600JF). [IPMI 2.0 §31.6.1]
type Reserved struct {
	ID   RecordID
	Type RecordType
	Data [13]byte
}

// AppendTo appends the entry.
func (r Reserved) AppendTo(b []byte) []byte { return append(appendHead(b, r.ID, r.Type), r.Data[:]...) }

func appendHead(b []byte, id RecordID, t RecordType) []byte {
	return append(binary.LittleEndian.AppendUint16(b, uint16(id)), byte(t))
}
